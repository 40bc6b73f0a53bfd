/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Programs, services, accounts, packages and addresses that must not be silenced, and whether a
 * filter would block one of them. A filter means the same as a wfpw_filter and as a policy object:
 * both are evaluated through struct guard_subject. Nothing here looks at what a filter is called.
 */
#ifndef WFPW_GUARD_H
#define WFPW_GUARD_H

#include "model/policy_object.h"
#include "wfpwatch/wfpwatch.h"

enum {
    GUARD_TARGETS_MAX = 256,
    GUARD_TEXT_MAX = 1024 /* bytes of a target's text */
};

enum guard_form { GUARD_APP, GUARD_USER, GUARD_PACKAGE, GUARD_ADDRESS };

struct guard_target {
    const char *text; /* as it was added */
    enum guard_form form;
    bool is_service;           /* GUARD_USER: every service's groups are in its token */
    const char *value;         /* the pattern, ASCII letters in lower case; or the SID */
    uint8_t low[16], high[16]; /* GUARD_ADDRESS */
    uint8_t family;
};

struct wfpw_guard {
    wfpw_allocator memory;
    uint32_t count;
    struct guard_target *targets[GUARD_TARGETS_MAX];
};

/* A condition of a filter; texts may be NULL. */
struct guard_condition {
    const char *field, *match, *type, *value, *high;
};

/* A filter. */
struct guard_subject {
    const void *filter;
    void (*condition)(const void *filter, uint32_t i, struct guard_condition *out);
    uint32_t count; /* of conditions */
    bool is_cut;    /* it has more conditions than these */
    bool has_weight;
    uint32_t action, flags;
    uint64_t weight;
    const char *layer, *sublayer, *provider, *provider_name, *weight_type;
};

struct guard_subject guard_of_filter(const wfpw_filter *f);
struct guard_subject guard_of_object(const struct policy_object *o);

/* How much of a target's traffic conditions let through to the action. */
enum guard_fit { FIT_NONE, FIT_UNKNOWN, FIT_PART, FIT_ALL };
struct guard_answer {
    enum guard_fit fit;
    bool is_named;   /* the target itself is what is asked for, not something more general */
    bool any_volume; /* the volume of its path was not compared */
};

/* Conditions on one field are alternatives: the answer of the one that fits best. */
struct guard_answer guard_ask_condition(const struct guard_target *t,
                                        const struct guard_condition *c, bool is_v6);
/* The same of a security descriptor, as SDDL. */
struct guard_answer guard_ask_descriptor(const struct guard_target *t, const char *sddl);
/* Whether two paths or patterns of paths are the same; '*' in the pattern stands for any text. */
bool guard_path_fits(const char *pattern, const char *path, bool *any_volume);

/* The first so many bits set. */
void guard_mask(uint64_t length, uint8_t mask[16]);

/* How many targets this filter would block; *out has the one that is surest. */
uint32_t guard_check(const struct wfpw_guard *g, const struct guard_subject *s, wfpw_guarded *out);

/* Reads a target's text; NULL, or what is wrong with it, from *wrong_at on. room: for its value, as
 * much as the text and at least TEXT_SID_MAX + 1 bytes. */
const char *guard_parse(struct guard_target *t, const char *text, char *room, size_t *wrong_at);

enum { SERVICE_SID_MAX = 64 };
/* The SID that Windows derives from the name of a service (sc showsid). UTF-8; letters that are not
 * ASCII are taken as they are. */
void guard_service_sid(const char *name, char sid[SERVICE_SID_MAX]);

#endif
