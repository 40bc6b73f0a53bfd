/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Everything the engine lists, in steps of one call of the engine, so that events flow in between:
 * layers, providers, sublayers, callouts, contexts, filters; and the filters of each layer once
 * more with those of boot time and those that are disabled, which a list of all leaves out. */
#ifndef WFPW_POLICY_LIST_H
#define WFPW_POLICY_LIST_H

#include "names/objects.h"
#include "os/system.h"
#include "policy/display_text.h"

enum policy_list_result {
    POLICY_LIST_MORE,
    POLICY_LIST_REFUSED, /* a list is not given; the others go on */
    FILL_LATER,          /* as well, and it may be given another time */
    POLICY_LIST_DONE,    /* all there is, or what was not refused */
    POLICY_LIST_FAILED   /* the rest is of no use */
};

/* Who wants to know. */
struct policy_list_target {
    void *ctx;
    void (*begin)(void *ctx);
    bool (*take)(void *ctx, const struct policy_object *o); /* copied; false: no memory */
    bool (*has)(void *ctx, uint64_t id);                    /* this filter has come since `begin` */
    /* Every list was whole. A step of what is to be done then; false when all is done. */
    bool (*end)(void *ctx, uint64_t now);
};

struct policy_list {
    const struct wfpw_system *system;
    struct policy_list_target to;
    struct policy_object_builder *builder;
    struct display display; /* who makes it starts and frees this */
    /* where it stands */
    void *engine, *handle;
    enum system_list list;
    bool by_layer, is_ending;
    uint32_t layer, layer_count;
    FWP_GUID layers[OBJECTS_LAYERS];
    bool is_whole, out_of_memory;
    /* of POLICY_LIST_REFUSED, FILL_LATER and POLICY_LIST_FAILED */
    uint32_t code;
    const char *call;
    enum system_list refused;
};

/* Another one begins. */
void policy_list_begin(struct policy_list *f, void *engine);
/* One step. */
enum policy_list_result policy_list_step(struct policy_list *f);
/* Ends it, wherever it stands. */
void policy_list_end(struct policy_list *f);

/* An entry of a list as an object in the builder's room, as people see it, or NULL. */
const struct policy_object *policy_list_object(struct policy_list *f, enum system_list list,
                                               const void *entry);
/* Gives it to who wants to know, and with a provider the service that it names. o is in the
 * builder's room, and of no use afterwards. false: no memory. */
bool policy_list_give(struct policy_list *f, const struct policy_object *o);

#endif
