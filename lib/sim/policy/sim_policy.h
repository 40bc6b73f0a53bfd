/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The policy of a simulated engine: filters and what they name, who enumerates them, who is told of
 * changes. Everything here is called with the simulator's lock held, unless it says otherwise. */
#ifndef WFPW_SIM_POLICY_H
#define WFPW_SIM_POLICY_H

#include "os/system.h"
#include "sim/event/sim_event.h"

enum { SIM_WATCHES = 64, SIM_CONDITIONS = 32 };

struct wfpw_sim;
struct sim_session;

/* An all-zero key is that of nothing. */
static inline bool sim_key_is_none(const FWP_GUID *key)
{
    static const FWP_GUID none = {0};
    return memcmp(key, &none, sizeof none) == 0;
}

/* ---- objects -------------------------------------------------------------------------------- */

/* UTF-16 with its NUL; units NULL: none. */
struct sim_string {
    uint16_t *units;
    uint32_t n; /* without the NUL */
};

/* A condition, with the value in the form that its type needs. */
struct sim_condition {
    FWP_GUID field;
    uint32_t match, type, element; /* element: of a range's ends */
    uint64_t low, high;            /* numbers; of a network its mask or prefix */
    uint8_t low_bytes[16], high_bytes[16];
    struct sim_sid sid;
    struct sim_string text; /* of a blob or a string */
};

/* An object of any list; what its kind does not have is zero. An all-zero key is none. */
struct sim_object {
    enum system_list list;
    uint32_t references; /* its place in the policy, listings, notices */
    bool builtin;
    const struct sim_session *owner; /* a dynamic session, which it ends with; NULL: none */
    FWP_GUID key, provider, layer, sublayer, callout, context;
    uint64_t id, raw_context, weight, effective;
    uint32_t flags, action, weight_type, type;
    struct sim_string name, description, service, data;
    struct sim_condition *conditions;
    uint32_t condition_count;
};

/* A copy with one reference, whose texts and conditions are its own; NULL: no memory. */
struct sim_object *sim_object_copy(const struct sim_object *from);
void sim_object_hold(struct sim_object *o);
void sim_object_drop(struct sim_object *o); /* the last one frees it */

/* ---- raw structs ---------------------------------------------------------------------------- */

/* What one call hands out: blocks of the exact size each, freed as one. */
struct sim_pieces {
    struct sim_piece *list;
    uint32_t count, room;
    bool failed;   /* for want of memory */
    bool is_clean; /* zeros instead of garbage */
};

/* A block of garbage, or a copy; NULL when that fails. */
void *sim_piece(struct sim_pieces *s, size_t n);
void *sim_piece_copy(struct sim_pieces *s, const void *from, size_t n);
/* Poisons all and frees it. */
void sim_pieces_free(struct sim_pieces *s);
/* FWPM_FILTER0 and its kin, by the object's list. */
void *sim_object_raw(struct sim_pieces *s, const struct sim_object *o);

/* ---- the policy ----------------------------------------------------------------------------- */

/* What a FWPM_FILTER_ENUM_TEMPLATE0, or that of another list, asks for, kept. */
struct sim_template {
    bool all; /* there was none */
    uint32_t flags, actions;
    bool has_type; /* of provider contexts */
    uint32_t type;
    FWP_GUID layer, provider, callout;
};

/* Somebody who is told of changes. */
struct sim_watch {
    bool used, active;
    bool stays, stray; /* as of a subscription to events */
    struct sim_session *session;
    uint32_t flags; /* FWPM_SUBSCRIPTION_FLAG_* */
    struct sim_template match;
    FWPM_FILTER_CHANGE_CALLBACK0 callback;
    void *context;
    uint32_t running; /* callbacks under way */
};

/* A filter came (FWPM_CHANGE_ADD) or went, and had this id then. */
struct sim_notice {
    struct sim_notice *next;
    struct sim_object *filter;
    uint32_t type;
    uint64_t id;
};

struct sim_policy {
    struct sim_entry *by_key[SYSTEM_LISTS], *by_id; /* uthash; in the order of their making */
    uint64_t next_id;
    struct sim_listing *listings; /* the handles of enumerations */
    struct sim_watch watches[SIM_WATCHES];
    struct sim_notice *held, **held_end;
    bool holds;          /* notices wait until they are given */
    bool zero_layer;     /* an all-zero layer in a template means all of them */
    bool is_clean;       /* what is handed out has zeros instead of garbage */
    uint64_t lose;       /* so many notices are lost */
    uint64_t empty_gets; /* so many FwpmFilterGetById0 succeed with nothing */
};

/* Built-in layers, sublayers and providers; false: no memory. No lock is needed. */
bool sim_policy_init(struct wfpw_sim *sim);
void sim_policy_free(struct wfpw_sim *sim);
/* Takes over a reference. What had its key or, of filters, its id must be gone. An id of 0 is made.
 * false: no memory; the reference is dropped. */
bool sim_policy_add(struct sim_policy *p, struct sim_object *o);
/* The same, whatever has its key or id: that is deleted first. Subscribers are told. Takes the
 * lock.
 */
bool sim_policy_put_in(struct wfpw_sim *sim, struct sim_object *o);
/* A key of its own for a filter that has none: from its id. */
void sim_filter_key(struct sim_object *o);
/* Deletes it, with its notice at *end; NULL is allowed. */
void sim_policy_take_out(struct sim_policy *p, struct sim_object *o, struct sim_notice ***end);
/* A dynamic session ends, or all of them (NULL): their objects go. Returns the notices. */
struct sim_notice *sim_policy_end_session(struct wfpw_sim *sim, const struct sim_session *s);
/* Objects but filters that belong, or belonged, to a dynamic session, and are there. */
uint64_t sim_policy_count_dynamic(const struct sim_policy *p);
/* Takes it out; the caller has the reference. */
void sim_policy_remove(struct sim_policy *p, struct sim_object *o);
struct sim_object *sim_policy_by_key(const struct sim_policy *p, enum system_list list,
                                     const FWP_GUID *key);
struct sim_object *sim_policy_by_id(const struct sim_policy *p, uint64_t filter_id);
/* The one behind `o`, or the first for NULL; in the order of their making. */
struct sim_object *sim_policy_next(const struct sim_policy *p, enum system_list list,
                                   const struct sim_object *o);
uint32_t sim_policy_count(const struct sim_policy *p, enum system_list list);
/* The service stops: only what is persistent, of boot-time or built in stays. */
void sim_policy_stop(struct wfpw_sim *sim);

/* ---- what Windows has of its own ------------------------------------------------------------ */

/* The fields of a built-in layer. */
uint32_t sim_builtin_field_count(uint32_t layer_id);
/* i is below that; the field points to the key. */
void sim_builtin_field(uint32_t layer_id, uint32_t i, FWPM_FIELD0 *field, FWP_GUID *key);

/* ---- templates, notices --------------------------------------------------------------------- */

/* 0, or why the engine refuses it. */
uint32_t sim_template_make(const struct sim_policy *p, const FWPM_FILTER_ENUM_TEMPLATE0 *from,
                           struct sim_template *out);
/* Whether an enumeration gives this filter. */
bool sim_template_lists(const struct sim_template *t, const struct sim_object *filter);

/* A change happened; lost or held when told so. true: it has to be told, by sim_notices_tell. */
bool sim_notice_add(struct sim_policy *p, uint32_t type, struct sim_object *filter,
                    struct sim_notice **out);
/* Calls back, and frees the notices. Without the lock. */
void sim_notices_tell(struct wfpw_sim *sim, struct sim_notice *list);
void sim_notices_drop(struct sim_policy *p);
/* A session is closed; its subscriptions end. */
void sim_watches_close(struct sim_policy *p, const struct sim_session *session, bool strays);
void sim_watch_end(struct sim_watch *w, bool strays);

/* The functions, for struct system_policy. */
uint32_t sim_subscribe_changes(void *ctx, void *engine, const FWPM_FILTER_SUBSCRIPTION0 *s,
                               FWPM_FILTER_CHANGE_CALLBACK0 callback, void *context, void **handle);
uint32_t sim_unsubscribe_changes(void *ctx, void *engine, void *handle);
void sim_listings_fill(struct wfpw_sim *sim);
void sim_listings_free(struct sim_policy *p);
/* Pieces that a call hands out are freed by FwpmFreeMemory0 of `given`; the lock is held. Returns
 * the call's code. */
uint32_t sim_listing_give(struct wfpw_sim *sim, struct sim_pieces *pieces, void *given);
uint64_t sim_listings_count(const struct sim_policy *p);

#endif
