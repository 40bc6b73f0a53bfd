/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's policy: the functions of fwpuclnt.dll that list it and tell of its changes. */
#include "os/win/system_win.h"

typedef DWORD(WINAPI *create_function)(void *engine, const void *t, void **handle);
typedef DWORD(WINAPI *get_by_key_function)(void *engine, const FWP_GUID *key, void **out);
typedef DWORD(WINAPI *get_by_id_function)(void *engine, UINT64 id, FWPM_FILTER0 **out);
typedef DWORD(WINAPI *subscribe_function)(void *engine, const FWPM_FILTER_SUBSCRIPTION0 *s,
                                          FWPM_FILTER_CHANGE_CALLBACK0 callback, void *context,
                                          void **handle);

/* The four functions of a list, whose objects the system calls `noun`. */
#define LIST_OF(noun)                                                                              \
    static uint32_t create_##noun(void *ctx, void *engine, const void *t, void **handle)           \
    {                                                                                              \
        return EXPORT(ctx, create_function, Fwpm##noun##CreateEnumHandle0)(engine, t, handle);     \
    }                                                                                              \
    static uint32_t enumerate_##noun(void *ctx, void *engine, void *handle, uint32_t wanted,       \
                                     void ***entries, uint32_t *count)                             \
    {                                                                                              \
        return EXPORT(ctx, enum_function, Fwpm##noun##Enum0)(engine, handle, wanted, entries,      \
                                                             count);                               \
    }                                                                                              \
    static uint32_t destroy_##noun(void *ctx, void *engine, void *handle)                          \
    {                                                                                              \
        return EXPORT(ctx, two_handles_function, Fwpm##noun##DestroyEnumHandle0)(engine, handle);  \
    }                                                                                              \
    static uint32_t get_##noun(void *ctx, void *engine, const FWP_GUID *key, void **out)           \
    {                                                                                              \
        return EXPORT(ctx, get_by_key_function, Fwpm##noun##GetByKey0)(engine, key, out);          \
    }
LIST_OF(Layer)
LIST_OF(Provider)
LIST_OF(SubLayer)
LIST_OF(Callout)
LIST_OF(ProviderContext)
LIST_OF(Filter)

static uint32_t filter_get(void *ctx, void *engine, uint64_t id, FWPM_FILTER0 **out)
{
    return EXPORT(ctx, get_by_id_function, FwpmFilterGetById0)(engine, id, out);
}

static uint32_t subscribe_changes(void *ctx, void *engine, const FWPM_FILTER_SUBSCRIPTION0 *s,
                                  FWPM_FILTER_CHANGE_CALLBACK0 callback, void *context,
                                  void **handle)
{
    return EXPORT(ctx, subscribe_function, FwpmFilterSubscribeChanges0)(engine, s, callback,
                                                                        context, handle);
}

static uint32_t unsubscribe_changes(void *ctx, void *engine, void *handle)
{
    return EXPORT(ctx, two_handles_function, FwpmFilterUnsubscribeChanges0)(engine, handle);
}

#define EACH(verb)                                                                                 \
    {                                                                                              \
        [LIST_LAYERS] = verb##_Layer, [LIST_PROVIDERS] = verb##_Provider,                          \
        [LIST_SUBLAYERS] = verb##_SubLayer, [LIST_CALLOUTS] = verb##_Callout,                      \
        [LIST_CONTEXTS] = verb##_ProviderContext, [LIST_FILTERS] = verb##_Filter                   \
    }

void system_policy_fill(struct system_policy *p)
{
    *p = (struct system_policy){
        .create_enum = EACH(create),
        .enumerate = EACH(enumerate),
        .destroy_enum = EACH(destroy),
        .get_by_key = EACH(get),
        .filter_get = filter_get,
        .subscribe_changes = subscribe_changes,
        .unsubscribe_changes = unsubscribe_changes,
    };
}
