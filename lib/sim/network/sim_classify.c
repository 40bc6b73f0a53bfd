/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which filter decides: of each sublayer the heaviest one whose conditions all hold; one that
 * blocks is stronger than those of other sublayers that permit (the documentation of filter
 * arbitration; vetoes and callouts are not simulated). The Windows Firewall's own filters leave
 * loopback traffic alone. */
#include <string.h>

#include "codes/wfp_symbols.h"
#include "sim/sim.h"

enum { SUBLAYERS_MAX = 32 };

/* ---- conditions ----------------------------------------------------------------------------- */

static bool is_symbol(const FWP_GUID *key, const char *symbol)
{
    uint16_t i = wfp_symbol_find(symbol, strlen(symbol));
    return i != WFP_SYMBOL_NONE && memcmp(key, wfp_symbol_guid(i), sizeof *key) == 0;
}

static bool compare_numbers(const struct sim_condition *c, uint64_t v)
{
    switch (c->match) {
    case FWP_MATCH_EQUAL:
        return v == c->low;
    case FWP_MATCH_NOT_EQUAL:
        return v != c->low;
    case FWP_MATCH_GREATER:
        return v > c->low;
    case FWP_MATCH_LESS:
        return v < c->low;
    case FWP_MATCH_GREATER_OR_EQUAL:
        return v >= c->low;
    case FWP_MATCH_LESS_OR_EQUAL:
        return v <= c->low;
    case FWP_MATCH_RANGE:
        return v >= c->low && v <= c->high;
    case FWP_MATCH_FLAGS_ALL_SET:
        return (v & c->low) == c->low;
    default:
        return false;
    }
}

static bool compare_v6(const struct sim_condition *c, const uint8_t *addr)
{
    bool is_same = memcmp(addr, c->low_bytes, 16) == 0;
    if (c->match == FWP_MATCH_RANGE)
        return memcmp(addr, c->low_bytes, 16) >= 0 && memcmp(addr, c->high_bytes, 16) <= 0;
    if (c->type == FWP_V6_ADDR_MASK)
        return c->match == FWP_MATCH_EQUAL && c->high == 128 && is_same;
    return c->match == FWP_MATCH_NOT_EQUAL ? !is_same : c->match == FWP_MATCH_EQUAL && is_same;
}

static bool compare_address(const struct sim_condition *c, const wfpw_endpoint *e)
{
    bool wants_v6 = c->type == FWP_V6_ADDR_MASK || c->type == FWP_BYTE_ARRAY16_TYPE ||
                    c->element == FWP_BYTE_ARRAY16_TYPE;
    if (e->family == 0 || wants_v6 != (e->family == 6))
        return false;
    if (wants_v6)
        return compare_v6(c, e->addr);
    if (c->type == FWP_V4_ADDR_MASK)
        return (sim_v4_of(e) & c->high) == (c->low & c->high);
    return compare_numbers(c, sim_v4_of(e));
}

/* Ids are the same whatever the case of letters. */
static bool compare_app(const struct sim_condition *c, const struct sim_text *app)
{
    if (c->match != FWP_MATCH_EQUAL || c->text.n != app->n)
        return false;
    for (uint32_t i = 0; i < app->n; i++) {
        uint16_t a = c->text.units[i], b = app->units[i];
        a = a >= 'A' && a <= 'Z' ? (uint16_t)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (uint16_t)(b + 32) : b;
        if (a != b)
            return false;
    }
    return true;
}

static bool has_field(const struct sim_event *ev, uint32_t flag)
{
    return (ev->flags & flag) != 0;
}

/* A field that this traffic does not have never matches. */
static bool condition_holds(const struct sim_condition *c, const struct sim_event *ev)
{
    if (is_symbol(&c->field, "FWPM_CONDITION_IP_PROTOCOL"))
        return has_field(ev, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) &&
               compare_numbers(c, ev->protocol);
    if (is_symbol(&c->field, "FWPM_CONDITION_IP_LOCAL_PORT"))
        return has_field(ev, FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET) &&
               compare_numbers(c, ev->local.port);
    if (is_symbol(&c->field, "FWPM_CONDITION_IP_REMOTE_PORT"))
        return has_field(ev, FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET) &&
               compare_numbers(c, ev->remote.port);
    if (is_symbol(&c->field, "FWPM_CONDITION_IP_LOCAL_ADDRESS"))
        return compare_address(c, &ev->local);
    if (is_symbol(&c->field, "FWPM_CONDITION_IP_REMOTE_ADDRESS"))
        return compare_address(c, &ev->remote);
    if (is_symbol(&c->field, "FWPM_CONDITION_ALE_APP_ID"))
        return has_field(ev, FWPM_NET_EVENT_FLAG_APP_ID_SET) && compare_app(c, &ev->app);
    return false;
}

/* ---- filters -------------------------------------------------------------------------------- */

static bool filter_matches(const struct sim_object *f, const struct sim_event *ev)
{
    for (uint32_t i = 0; i < f->condition_count; i++)
        if (!condition_holds(&f->conditions[i], ev))
            return false;
    return (f->flags & FWPM_FILTER_FLAG_DISABLED) == 0 &&
           (f->action == FWP_ACTION_BLOCK || f->action == FWP_ACTION_PERMIT);
}

/* The deciding filters of the sublayers, so far. */
struct winners {
    const struct sim_object *list[SUBLAYERS_MAX];
    uint32_t count;
};

static void consider_filter(struct winners *w, const struct sim_object *f)
{
    for (uint32_t i = 0; i < w->count; i++) {
        if (memcmp(&w->list[i]->sublayer, &f->sublayer, sizeof f->sublayer) != 0)
            continue;
        if (f->effective > w->list[i]->effective)
            w->list[i] = f;
        return;
    }
    if (w->count < SUBLAYERS_MAX)
        w->list[w->count++] = f;
}

static const FWP_GUID *guid_of(const char *symbol)
{
    return (const FWP_GUID *)wfp_symbol_guid(wfp_symbol_find(symbol, strlen(symbol)));
}

static bool is_key(const FWP_GUID *a, const FWP_GUID *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

const struct sim_object *sim_classify(const struct wfpw_sim *sim, uint32_t layer,
                                      const struct sim_event *ev)
{
    struct winners w = {.count = 0};
    const FWP_GUID *at = guid_of(wfp_symbol_layer_key(layer));
    const FWP_GUID *firewall = guid_of("FWPM_SUBLAYER_MPSSVC_WF");
    struct sim_object *o = NULL;
    while ((o = sim_policy_next(&sim->policy, LIST_FILTERS, o)) != NULL)
        if (is_key(&o->layer, at) && !is_key(&o->sublayer, firewall) && filter_matches(o, ev))
            consider_filter(&w, o);
    for (uint32_t i = 0; i < w.count; i++)
        if (w.list[i]->action == FWP_ACTION_BLOCK)
            return w.list[i];
    return w.count > 0 ? w.list[0] : NULL;
}
