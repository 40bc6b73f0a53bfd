/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/fill.h"

#include "decode/fwpobject.h"
#include "error.h"

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

static const struct object *decode(struct object_builder *b, enum system_list list,
                                   const void *entry)
{
    switch (list) {
    case LIST_LAYERS:
        return fwpobject_layer(b, entry);
    case LIST_PROVIDERS:
        return fwpobject_provider(b, entry);
    case LIST_SUBLAYERS:
        return fwpobject_sublayer(b, entry);
    case LIST_CALLOUTS:
        return fwpobject_callout(b, entry);
    case LIST_CONTEXTS:
        return fwpobject_context(b, entry);
    default:
        return fwpobject_filter(b, entry);
    }
}

const struct object *fill_object(struct fill *f, enum system_list list, const void *entry)
{
    const struct object *o = decode(f->builder, list, entry);
    return o != NULL ? display_object(&f->display, f->system, f->builder, o) : NULL;
}

/* ---- which list ----------------------------------------------------------------------------- */

void fill_begin(struct fill *f, void *engine)
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

static void next_list(struct fill *f)
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
static enum fill_result refused(struct fill *f, uint32_t code, const char *call)
{
    f->code = code;
    f->call = call;
    f->refused = f->list;
    f->is_whole = false;
    fill_end(f);
    next_list(f);
    if (error_is_away(code) || code == FWP_E_TIMEOUT)
        return FILL_FAILED;
    return error_passes(code) ? FILL_LATER : FILL_REFUSED;
}

/* ---- its entries ---------------------------------------------------------------------------- */

static void take_entry(struct fill *f, const void *entry)
{
    const FWPM_FILTER0 *filter = entry;
    const FWPM_LAYER0 *layer = entry;
    if (entry == NULL)
        return;
    if (f->list == LIST_LAYERS && f->layer_count < OBJECTS_LAYERS)
        f->layers[f->layer_count++] = layer->layerKey;
    if (f->by_layer && f->to.has(f->to.ctx, filter->filterId))
        return; /* the list of all had it */
    const struct object *o = fill_object(f, f->list, entry);
    if (o != NULL && !f->to.take(f->to.ctx, o))
        f->out_of_memory = true;
}

static enum fill_result open_list(struct fill *f)
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
        return FILL_MORE;
    f->handle = NULL;
    return refused(f, code, calls[f->list].create);
}

static enum fill_result read_page(struct fill *f)
{
    void **entries = NULL;
    uint32_t count = 0, code = f->system->policy->enumerate[f->list](
                            f->system->ctx, f->engine, f->handle, PAGE, &entries, &count);
    if (code != 0)
        return refused(f, code, calls[f->list].page);
    for (uint32_t i = 0; i < count && entries != NULL; i++)
        take_entry(f, entries[i]);
    if (entries != NULL)
        f->system->engine->free(f->system->ctx, (void **)&entries);
    if (count < PAGE) {
        fill_end(f);
        next_list(f);
    }
    return FILL_MORE;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static bool is_possible(const struct fill *f)
{
    const struct system_policy *p = f->system->policy;
    return p->create_enum[f->list] != NULL && p->enumerate[f->list] != NULL &&
           p->destroy_enum[f->list] != NULL;
}

static enum fill_result end_list(struct fill *f)
{
    bool more = f->is_whole && !f->out_of_memory;
    return more && f->to.end(f->to.ctx, f->system->now(f->system->ctx)) ? FILL_MORE : FILL_DONE;
}

enum fill_result fill_step(struct fill *f)
{
    if (f->is_ending)
        return end_list(f);
    if (!is_possible(f))
        return refused(f, 0, calls[f->list].create);
    return f->handle == NULL ? open_list(f) : read_page(f);
}

void fill_end(struct fill *f)
{
    if (f->handle != NULL)
        (void)f->system->policy->destroy_enum[f->list](f->system->ctx, f->engine, f->handle);
    f->handle = NULL;
}
