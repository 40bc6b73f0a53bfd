/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Everything the engine lists, in steps of one call of the engine, so that events flow in between:
 * layers, providers, sublayers, callouts, contexts, filters; and the filters of each layer once
 * more with those of boot time and those that are disabled, which a list of all leaves out. */
#ifndef WFPW_FILL_H
#define WFPW_FILL_H

#include "names/display.h"
#include "names/objects.h"
#include "os/system.h"

enum fill_result {
    FILL_MORE,
    FILL_REFUSED, /* a list is not given; the others go on */
    FILL_LATER,   /* as well, and it may be given another time */
    FILL_DONE,    /* all there is, or what was not refused */
    FILL_FAILED   /* the rest is of no use */
};

/* Who wants to know. */
struct fill_target {
    void *ctx;
    void (*begin)(void *ctx);
    bool (*take)(void *ctx, const struct object *o); /* copied; false: no memory */
    bool (*has)(void *ctx, uint64_t id);             /* this filter has come since `begin` */
    /* Every list was whole. A step of what is to be done then; false when all is done. */
    bool (*end)(void *ctx, uint64_t now);
};

struct fill {
    const struct wfpw_system *system;
    struct fill_target to;
    struct object_builder *builder;
    struct display display; /* who makes it starts and frees this */
    /* where it stands */
    void *engine, *handle;
    enum system_list list;
    bool by_layer, is_ending;
    uint32_t layer, layer_count;
    FWP_GUID layers[OBJECTS_LAYERS];
    bool is_whole, out_of_memory;
    /* of FILL_REFUSED, FILL_LATER and FILL_FAILED */
    uint32_t code;
    const char *call;
    enum system_list refused;
};

/* Another one begins. */
void fill_begin(struct fill *f, void *engine);
/* One step. */
enum fill_result fill_step(struct fill *f);
/* Ends it, wherever it stands. */
void fill_end(struct fill *f);

/* An entry of a list as an object in the builder's room, as people see it, or NULL. */
const struct object *fill_object(struct fill *f, enum system_list list, const void *entry);

#endif
