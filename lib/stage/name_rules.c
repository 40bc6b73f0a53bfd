/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/name_rules.h"

#include "names/names.h"
#include "stage/verdict.h"

void name_rules_init(struct name_rules *n, const wfpw_allocator *memory,
                     const wfpw_options *options)
{
    *n = (struct name_rules){.memory = memory, .options = options};
}

void name_rules_new_batch(struct name_rules *n)
{
    memset(n->copies, 0, sizeof n->copies);
}

/* The rule's id; NULL: no rule decided, or none that is known. */
static const char *id_of(const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    const char *id = ev->filter_origin;
    if (id == NULL && f != NULL && f->state != WFPW_FILTER_STATE_UNKNOWN)
        id = f->origin;
    uint16_t reason = verdict_of_origin(id); /* of service hardening some ids tell it */
    return reason == WFPW_REASON_RULE || reason == WFPW_REASON_SERVICE_HARDENING ? id : NULL;
}

static size_t slot_of(const char *id)
{
    uint64_t h = 0;
    for (; *id != 0; id++)
        h = (h ^ text_lower((uint8_t)*id)) * 0x9E3779B97F4A7C15u;
    return (size_t)(h >> 32) % NAME_RULES_COPIES;
}

static bool name_rule(struct name_rules *n, struct wfpw_batch *b, wfpw_event *ev,
                      const struct record *r, const char *id)
{
    size_t room, slot = slot_of(id);
    void *to = batch_room(b, &room);
    const wfpw_rule *copy = n->copies[slot].rule;
    bool has_copy = copy != NULL && text_same(id, strlen(id), copy->id);
    uint64_t token = has_copy ? n->copies[slot].token : 0;
    size_t needed = names_write_rule(n->options->names, id, r->time, NULL, to, room, &token);
    if (needed == NAMES_SAME)
        ev->rule = copy;
    if (needed == NAMES_SAME || needed == 0)
        return true;
    if (needed > room)
        return false;
    batch_use(b, needed);
    ev->rule = to;
    n->copies[slot].rule = to;
    n->copies[slot].token = token;
    return true;
}

bool name_rules_add(struct name_rules *n, struct wfpw_batch *b, const struct record *r, size_t used)
{
    wfpw_event *ev = batch_last(b);
    const char *id = n->options->names != NULL ? id_of(ev) : NULL;
    if (id == NULL || name_rule(n, b, ev, r, id))
        return true;
    if (batch_count(b) == 1) {
        ev->flags |= WFPW_EVENT_TRUNCATED;
        return true;
    }
    batch_take_back(b, used);
    return false;
}
