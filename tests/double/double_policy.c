/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stand-in's functions about the policy, and about connections. */
#include <stdio.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "double.h"
#include "base/text.h"

enum { WHAT_MAX = 128 };

/* ---- lists ---------------------------------------------------------------------------------- */

static DWORD create(enum system_list list, const char *call, void *engine, const void *t,
                    void **handle)
{
    void *ctx;
    char what[WHAT_MAX] = " template=none";
    const FWPM_FILTER_ENUM_TEMPLATE0 *filters = list == LIST_FILTERS ? t : NULL;
    uint32_t code = double_policy(&ctx)->create_enum[list](ctx, engine, t, handle);
    if (filters != NULL)
        (void)snprintf(what, sizeof what, " template=given flags=0x%x actions=0x%x", filters->flags,
                       filters->actionMask);
    return double_told(call, t != NULL && filters == NULL ? " template=given" : what, code);
}

static DWORD enumerate(enum system_list list, const char *call, void *engine, void *handle,
                       UINT32 wanted, void ***entries, UINT32 *count)
{
    void *ctx;
    char what[WHAT_MAX];
    uint32_t code =
        double_policy(&ctx)->enumerate[list](ctx, engine, handle, wanted, entries, count);
    (void)snprintf(what, sizeof what, " wanted=%u count=%u", wanted, code == 0 ? *count : 0);
    return double_told(call, what, code);
}

static DWORD destroy(enum system_list list, const char *call, void *engine, void *handle)
{
    void *ctx;
    return double_told(call, "", double_policy(&ctx)->destroy_enum[list](ctx, engine, handle));
}

static DWORD get(enum system_list list, const char *call, void *engine, const FWP_GUID *key,
                 void **out)
{
    void *ctx;
    char what[WHAT_MAX] = " key=";
    what[5 + text_guid(what + 5, key, false)] = 0;
    return double_told(call, what, double_policy(&ctx)->get_by_key[list](ctx, engine, key, out));
}

#define LIST_OF(noun, list)                                                                        \
    DWORD WINAPI Fwpm##noun##CreateEnumHandle0(void *engine, const void *t, void **handle);        \
    DWORD WINAPI Fwpm##noun##CreateEnumHandle0(void *engine, const void *t, void **handle)         \
    {                                                                                              \
        return create(list, "Fwpm" #noun "CreateEnumHandle0", engine, t, handle);                  \
    }                                                                                              \
    DWORD WINAPI Fwpm##noun##Enum0(void *engine, void *handle, UINT32 wanted, void ***entries,     \
                                   UINT32 *count);                                                 \
    DWORD WINAPI Fwpm##noun##Enum0(void *engine, void *handle, UINT32 wanted, void ***entries,     \
                                   UINT32 *count)                                                  \
    {                                                                                              \
        return enumerate(list, "Fwpm" #noun "Enum0", engine, handle, wanted, entries, count);      \
    }                                                                                              \
    DWORD WINAPI Fwpm##noun##DestroyEnumHandle0(void *engine, void *handle);                       \
    DWORD WINAPI Fwpm##noun##DestroyEnumHandle0(void *engine, void *handle)                        \
    {                                                                                              \
        return destroy(list, "Fwpm" #noun "DestroyEnumHandle0", engine, handle);                   \
    }                                                                                              \
    DWORD WINAPI Fwpm##noun##GetByKey0(void *engine, const FWP_GUID *key, void **out);             \
    DWORD WINAPI Fwpm##noun##GetByKey0(void *engine, const FWP_GUID *key, void **out)              \
    {                                                                                              \
        return get(list, "Fwpm" #noun "GetByKey0", engine, key, out);                              \
    }
LIST_OF(Layer, LIST_LAYERS)
LIST_OF(Provider, LIST_PROVIDERS)
LIST_OF(SubLayer, LIST_SUBLAYERS)
LIST_OF(Callout, LIST_CALLOUTS)
LIST_OF(ProviderContext, LIST_CONTEXTS)
LIST_OF(Filter, LIST_FILTERS)

/* ---- filters -------------------------------------------------------------------------------- */

DWORD WINAPI FwpmFilterGetById0(void *engine, UINT64 id, FWPM_FILTER0 **out);
DWORD WINAPI FwpmFilterGetById0(void *engine, UINT64 id, FWPM_FILTER0 **out)
{
    void *ctx;
    char what[WHAT_MAX];
    (void)snprintf(what, sizeof what, " id=%llu", (unsigned long long)id);
    return double_told("FwpmFilterGetById0", what,
                       double_policy(&ctx)->filter_get(ctx, engine, id, out));
}

DWORD WINAPI FwpmFilterSubscribeChanges0(void *engine, const FWPM_FILTER_SUBSCRIPTION0 *s,
                                         FWPM_FILTER_CHANGE_CALLBACK0 callback, void *context,
                                         void **handle);
DWORD WINAPI FwpmFilterSubscribeChanges0(void *engine, const FWPM_FILTER_SUBSCRIPTION0 *s,
                                         FWPM_FILTER_CHANGE_CALLBACK0 callback, void *context,
                                         void **handle)
{
    void *ctx;
    char what[WHAT_MAX];
    uint32_t code =
        double_policy(&ctx)->subscribe_changes(ctx, engine, s, callback, context, handle);
    (void)snprintf(what, sizeof what, " template=%s flags=0x%x",
                   s->enumTemplate != NULL ? "given" : "none", s->flags);
    return double_told("FwpmFilterSubscribeChanges0", what, code);
}

DWORD WINAPI FwpmFilterUnsubscribeChanges0(void *engine, void *handle);
DWORD WINAPI FwpmFilterUnsubscribeChanges0(void *engine, void *handle)
{
    void *ctx;
    return double_told("FwpmFilterUnsubscribeChanges0", "",
                       double_policy(&ctx)->unsubscribe_changes(ctx, engine, handle));
}

/* ---- connections ---------------------------------------------------------------------------- */

DWORD WINAPI FwpmConnectionCreateEnumHandle0(void *engine, const FWPM_CONNECTION_ENUM_TEMPLATE0 *t,
                                             void **handle);
DWORD WINAPI FwpmConnectionCreateEnumHandle0(void *engine, const FWPM_CONNECTION_ENUM_TEMPLATE0 *t,
                                             void **handle)
{
    void *ctx;
    return double_told("FwpmConnectionCreateEnumHandle0",
                       t != NULL ? " template=given" : " template=none",
                       double_engine(&ctx)->create_connection_enum(ctx, engine, t, handle));
}

DWORD WINAPI FwpmConnectionEnum0(void *engine, void *handle, UINT32 wanted,
                                 FWPM_CONNECTION0 ***entries, UINT32 *count);
DWORD WINAPI FwpmConnectionEnum0(void *engine, void *handle, UINT32 wanted,
                                 FWPM_CONNECTION0 ***entries, UINT32 *count)
{
    void *ctx;
    char what[WHAT_MAX];
    uint32_t code =
        double_engine(&ctx)->enumerate_connections(ctx, engine, handle, wanted, entries, count);
    (void)snprintf(what, sizeof what, " wanted=%u count=%u", wanted, code == 0 ? *count : 0);
    return double_told("FwpmConnectionEnum0", what, code);
}

DWORD WINAPI FwpmConnectionDestroyEnumHandle0(void *engine, void *handle);
DWORD WINAPI FwpmConnectionDestroyEnumHandle0(void *engine, void *handle)
{
    void *ctx;
    return double_told("FwpmConnectionDestroyEnumHandle0", "",
                       double_engine(&ctx)->destroy_connection_enum(ctx, engine, handle));
}
