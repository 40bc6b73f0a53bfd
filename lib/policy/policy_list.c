/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "policy/policy_list.h"

#include <string.h>

#include "base/error.h"
#include "decode/fwpm/fwp_object.h"
#include "resolve/service.h"

enum { PAGE = 512 }; /* entries of a call */

static const struct {
    const char *create, *page;
} calls[SYSTEM_LISTS] = {
    [LIST_LAYERS] = {"FwpmLayerCreateEnumHandle0", "FwpmLayerEnum0"},
    [LIST_PROVIDERS] = {"FwpmProviderCreateEnumHandle0", "FwpmProviderEnum0"},
    [LIST_SUBLAYERS] = {"FwpmSubLayerCreateEnumHandle0", "FwpmSubLayerEnum0"},
    [LIST_CALLOUTS] = {"FwpmCalloutCreateEnumHandle0", "FwpmCalloutEnum0"},
    [LIST_CONTEXTS] = {"FwpmProviderContextCreateEnumHandle0", "FwpmProviderContextEnum0"},
    [LIST_FILTERS] = {"FwpmFilterCreateEnumHandle0", "FwpmFilterEnum0"},
};

static const struct policy_object *decode_entry(struct policy_object_builder *b,
                                                enum system_list list, const void *entry)
{
    switch (list) {
    case LIST_LAYERS:
        return fwp_object_layer(b, entry);
    case LIST_PROVIDERS:
        return fwp_object_provider(b, entry);
    case LIST_SUBLAYERS:
        return fwp_object_sublayer(b, entry);
    case LIST_CALLOUTS:
        return fwp_object_callout(b, entry);
    case LIST_CONTEXTS:
        return fwp_object_context(b, entry);
    default:
        return fwp_object_filter(b, entry);
    }
}

const struct policy_object *policy_list_object(struct policy_list *f, enum system_list list,
                                               const void *entry)
{
    const struct policy_object *o = decode_entry(f->builder, list, entry);
    return o != NULL ? display_object(&f->display, f->system, f->builder, o) : NULL;
}

bool policy_list_give(struct policy_list *f, const struct policy_object *o)
{
    char name[SERVICE_NAME_MAX + 1];
    const char *service =
        o->kind == POLICY_OBJECT_PROVIDER ? policy_object_slot_of(o, TEXT_SERVICE) : NULL;
    size_t n = service != NULL ? strlen(service) : 0;
    if (n == 0 || n > SERVICE_NAME_MAX)
        return f->to.take(f->to.ctx, o);
    memcpy(name, service, n + 1);
    bool taken = f->to.take(f->to.ctx, o);
    const struct policy_object *found = service_object(f->system, f->builder, name);
    return taken && (found == NULL || f->to.take(f->to.ctx, found));
}

/* ---- which list ----------------------------------------------------------------------------- */

void policy_list_begin(struct policy_list *f, void *engine)
{
    f->engine = engine;
    f->list = LIST_LAYERS;
    f->layer = f->layer_count = 0;
    f->by_layer = f->is_ending = false;
    f->is_whole = true;
    f->out_of_memory = false;
    display_forget(&f->display);
    f->to.begin(f->to.ctx);
}

static void next_list(struct policy_list *f)
{
    if (f->by_layer)
        f->layer++;
    else if (f->list == LIST_FILTERS)
        f->by_layer = true;
    else
        f->list = (enum system_list)(f->list + 1);
    f->is_ending = f->by_layer && f->layer == f->layer_count;
}

/* A list that is not given. What it would have held is not known to be gone. */
static enum policy_list_result list_refused(struct policy_list *f, uint32_t code, const char *call)
{
    f->code = code;
    f->call = call;
    f->refused = f->list;
    f->is_whole = false;
    policy_list_end(f);
    next_list(f);
    if (error_is_away(code) || code == FWP_E_TIMEOUT)
        return POLICY_LIST_FAILED;
    return error_passes(code) ? FILL_LATER : POLICY_LIST_REFUSED;
}

/* ---- its entries ---------------------------------------------------------------------------- */

static void take_entry(struct policy_list *f, const void *entry)
{
    const FWPM_FILTER0 *filter = entry;
    const FWPM_LAYER0 *layer = entry;
    if (entry == NULL)
        return;
    if (f->list == LIST_LAYERS && f->layer_count < OBJECTS_LAYERS)
        f->layers[f->layer_count++] = layer->layerKey;
    if (f->by_layer && f->to.has(f->to.ctx, filter->filterId))
        return; /* the list of all had it */
    const struct policy_object *o = policy_list_object(f, f->list, entry);
    if (o != NULL && !policy_list_give(f, o))
        f->out_of_memory = true;
}

static enum policy_list_result open_list(struct policy_list *f)
{
    const struct system_policy *p = f->system->policy;
    FWPM_FILTER_ENUM_TEMPLATE0 t = {
        .layerKey = f->layers[f->layer],
        .enumType = FWP_FILTER_ENUM_OVERLAPPING,
        .flags = FWP_FILTER_ENUM_FLAG_INCLUDE_BOOTTIME | FWP_FILTER_ENUM_FLAG_INCLUDE_DISABLED,
        .actionMask = UINT32_MAX, /* whatever they do */
    };
    uint32_t code =
        p->create_enum[f->list](f->system->ctx, f->engine, f->by_layer ? &t : NULL, &f->handle);
    if (code == 0)
        return POLICY_LIST_MORE;
    f->handle = NULL;
    return list_refused(f, code, calls[f->list].create);
}

static enum policy_list_result read_page(struct policy_list *f)
{
    void **entries = NULL;
    uint32_t count = 0, code = f->system->policy->enumerate[f->list](
                            f->system->ctx, f->engine, f->handle, PAGE, &entries, &count);
    if (code != 0)
        return list_refused(f, code, calls[f->list].page);
    for (uint32_t i = 0; i < count && entries != NULL; i++)
        take_entry(f, entries[i]);
    if (entries != NULL)
        f->system->engine->free(f->system->ctx, (void **)&entries);
    if (count < PAGE) {
        policy_list_end(f);
        next_list(f);
    }
    return POLICY_LIST_MORE;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static bool is_possible(const struct policy_list *f)
{
    const struct system_policy *p = f->system->policy;
    return p->create_enum[f->list] != NULL && p->enumerate[f->list] != NULL &&
           p->destroy_enum[f->list] != NULL;
}

static enum policy_list_result end_list(struct policy_list *f)
{
    bool more = f->is_whole && !f->out_of_memory;
    return more && f->to.end(f->to.ctx, f->system->now(f->system->ctx)) ? POLICY_LIST_MORE
                                                                        : POLICY_LIST_DONE;
}

enum policy_list_result policy_list_step(struct policy_list *f)
{
    if (f->is_ending)
        return end_list(f);
    if (!is_possible(f))
        return list_refused(f, 0, calls[f->list].create);
    return f->handle == NULL ? open_list(f) : read_page(f);
}

void policy_list_end(struct policy_list *f)
{
    if (f->handle != NULL)
        (void)f->system->policy->destroy_enum[f->list](f->system->ctx, f->engine, f->handle);
    f->handle = NULL;
}
