/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A filter, asked whether it would block a target. Conditions on different fields must all be met,
 * of those on one field any one. Sources: the documentation of FWPM_FILTER0, FWPM_ACTION0 and of
 * "Filtering Layer Identifiers"; for what silencing tools do, docs/facts.md. */
#include "codes/products.h"
#include "guard/guard.h"

/* fwptypes.h, fwpmu.h */
enum {
    ACTION_BLOCK = 0x1001,
    ACTION_CALLOUT_TERMINATING = 0x5003,
    ACTION_CALLOUT_UNKNOWN = 0x4005,
    FLAG_PERSISTENT = 0x1,
    FLAG_BOOTTIME = 0x2,
    FLAG_CLEAR_ACTION_RIGHT = 0x8,
    FLAG_DISABLED = 0x20,
    WEIGHT_CLASS_MAX = 15
};

static bool is_text(const char *s, const char *wanted)
{
    return s != NULL && strcmp(s, wanted) == 0;
}

static bool starts_with(const char *s, const char *start)
{
    return s != NULL && strncmp(s, start, strlen(start)) == 0;
}

/* ---- layers --------------------------------------------------------------------------------- */

/* Where a block or a redirection silences; the key goes on with V4, V6 or V6_... . */
struct layer {
    const char *start;
    uint8_t direction; /* WFPW_DIRECTION_* */
    bool redirects;
};

static const struct layer *layer_of(const char *key)
{
    static const struct layer layers[] = {
        {"FWPM_LAYER_ALE_AUTH_CONNECT_V", WFPW_DIRECTION_OUTBOUND, false},
        {"FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V", WFPW_DIRECTION_INBOUND, false},
        {"FWPM_LAYER_ALE_AUTH_LISTEN_V", WFPW_DIRECTION_INBOUND, false},
        {"FWPM_LAYER_ALE_RESOURCE_ASSIGNMENT_V", WFPW_DIRECTION_BIDIRECTIONAL, false},
        {"FWPM_LAYER_ALE_FLOW_ESTABLISHED_V", WFPW_DIRECTION_BIDIRECTIONAL, false},
        {"FWPM_LAYER_ALE_CONNECT_REDIRECT_V", WFPW_DIRECTION_OUTBOUND, true},
        {"FWPM_LAYER_ALE_BIND_REDIRECT_V", WFPW_DIRECTION_BIDIRECTIONAL, true},
        {"FWPM_LAYER_OUTBOUND_TRANSPORT_", WFPW_DIRECTION_OUTBOUND, false},
        {"FWPM_LAYER_INBOUND_TRANSPORT_", WFPW_DIRECTION_INBOUND, false},
        {"FWPM_LAYER_OUTBOUND_IPPACKET_V", WFPW_DIRECTION_OUTBOUND, false},
        {"FWPM_LAYER_INBOUND_IPPACKET_V", WFPW_DIRECTION_INBOUND, false},
        {"FWPM_LAYER_OUTBOUND_MAC_FRAME_", WFPW_DIRECTION_OUTBOUND, false},
        {"FWPM_LAYER_INBOUND_MAC_FRAME_", WFPW_DIRECTION_INBOUND, false},
        {"FWPM_LAYER_STREAM_V", WFPW_DIRECTION_BIDIRECTIONAL, false},
        {"FWPM_LAYER_STREAM_PACKET_V", WFPW_DIRECTION_BIDIRECTIONAL, false},
        {"FWPM_LAYER_DATAGRAM_DATA_V", WFPW_DIRECTION_BIDIRECTIONAL, false},
    };
    if (key == NULL || strstr(key, "_DISCARD") != NULL)
        return NULL;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        if (starts_with(key, layers[i].start))
            return &layers[i];
    return NULL;
}

/* ---- owners --------------------------------------------------------------------------------- */

/* By the provider's key, which only Windows' own providers have. */
static bool is_of_windows(const struct guard_subject *s)
{
    uint32_t from = 0;
    struct product_of provider = {.key = s->provider};
    const char *product = s->provider != NULL ? product_find(&provider, &from) : NULL;
    return starts_with(product, "Windows ");
}

static bool is_default_program(const char *path)
{
    static const char *const programs[] = {
        "c:\\windows\\system32\\searchfilterhost.exe",   "c:\\windows\\system32\\omadmclient.exe",
        "c:\\windows\\system32\\searchprotocolhost.exe", "c:\\windows\\system32\\dmcertinst.exe",
        "c:\\windows\\system32\\deviceenroller.exe",     "c:\\windows\\system32\\svchost.exe",
    };
    bool any_volume;
    for (size_t i = 0; path != NULL && i < sizeof programs / sizeof *programs; i++)
        if (guard_path_fits(programs[i], path, &any_volume))
            return true;
    return false;
}

/* Service hardening: the firewall restricts some services and programs of Windows to what their
 * rules allow. These are blocked by such filters on every Windows. */
static bool is_default_hardening(const struct guard_subject *s)
{
    struct guard_condition c;
    bool restricts = false;
    if (!is_text(s->provider, "FWPM_PROVIDER_MPSSVC_WSH") ||
        !is_text(s->sublayer, "FWPM_SUBLAYER_MPSSVC_WSH"))
        return false;
    for (uint32_t i = 0; i < s->count; i++) {
        s->condition(s->filter, i, &c);
        if (is_text(c.field, "FWPM_CONDITION_ALE_APP_ID") && !is_default_program(c.value))
            return false;
        restricts = restricts || is_text(c.field, "FWPM_CONDITION_ALE_APP_ID") ||
                    is_text(c.field, "FWPM_CONDITION_ALE_USER_ID");
    }
    return restricts;
}

/* Of packaged apps, whatever else its conditions are. */
static bool is_app_isolation(const struct guard_subject *s)
{
    struct guard_condition c;
    if (!is_text(s->provider, "FWPM_PROVIDER_MPSSVC_APP_ISOLATION"))
        return false;
    for (uint32_t i = 0; i < s->count; i++) {
        s->condition(s->filter, i, &c);
        if (is_text(c.field, "FWPM_CONDITION_ALE_PACKAGE_ID") ||
            is_text(c.field, "FWPM_CONDITION_ALE_USER_ID"))
            return true;
    }
    return false;
}

/* ---- conditions ----------------------------------------------------------------------------- */

static bool is_first_of_field(const struct guard_subject *s, uint32_t i, const char *field)
{
    struct guard_condition c;
    for (uint32_t j = 0; j < i; j++) {
        s->condition(s->filter, j, &c);
        if (is_text(c.field, field))
            return false;
    }
    return true;
}

/* All conditions on the field of condition i, of which it is the first. */
static struct guard_answer ask_field(const struct guard_target *t, const struct guard_subject *s,
                                     uint32_t i, const char *field, bool is_v6)
{
    struct guard_answer best = {.fit = FIT_NONE};
    struct guard_condition c;
    for (; i < s->count; i++) {
        s->condition(s->filter, i, &c);
        if (field != NULL && !is_text(c.field, field))
            continue;
        struct guard_answer a = guard_ask_condition(t, &c, is_v6);
        bool is_better = a.fit != FIT_NONE && (best.fit == FIT_NONE || a.is_named > best.is_named ||
                                               (a.is_named == best.is_named && a.fit > best.fit));
        best = is_better ? a : best;
        if (field == NULL || best.fit == FIT_ALL)
            break;
    }
    return best;
}

/* What all conditions together say; signs: what they add. */
static struct guard_answer ask_filter(const struct guard_target *t, const struct guard_subject *s)
{
    struct guard_answer all = {.fit = s->is_cut ? FIT_UNKNOWN : FIT_ALL};
    bool is_v6 = strstr(s->layer, "_V6") != NULL;
    struct guard_condition c;
    if (t->form == GUARD_ADDRESS && (t->family == 6) != is_v6)
        return (struct guard_answer){.fit = FIT_NONE};
    for (uint32_t i = 0; i < s->count && all.fit != FIT_NONE; i++) {
        s->condition(s->filter, i, &c);
        if (c.field != NULL && !is_first_of_field(s, i, c.field))
            continue;
        struct guard_answer a = ask_field(t, s, i, c.field, is_v6);
        all.fit = a.fit < all.fit ? a.fit : all.fit;
        all.is_named = all.is_named || a.is_named;
        all.any_volume = all.any_volume || a.any_volume;
    }
    return all;
}

/* ---- findings ------------------------------------------------------------------------------- */

/* The highest class of weights, or the highest weight at all. */
static bool has_highest_weight(const struct guard_subject *s)
{
    if (!s->has_weight)
        return false;
    return is_text(s->weight_type, "FWP_UINT8") ? s->weight >= WEIGHT_CLASS_MAX
                                                : s->weight == UINT64_MAX;
}

/* What is true of the filter, whichever target it is for. */
static uint32_t signs_of(const struct guard_subject *s, const struct layer *layer)
{
    bool from_windows = is_of_windows(s);
    bool claims = !from_windows && (starts_with(s->provider_name, "Microsoft") ||
                                    starts_with(s->provider_name, "Windows"));
    uint32_t signs = 0;
    signs |= s->action != ACTION_BLOCK ? WFPW_GUARD_SIGN_CALLOUT : 0;
    signs |= layer->redirects ? WFPW_GUARD_SIGN_REDIRECT : 0;
    signs |= has_highest_weight(s) ? WFPW_GUARD_SIGN_HIGHEST_WEIGHT : 0;
    signs |= (s->flags & FLAG_CLEAR_ACTION_RIGHT) != 0 ? WFPW_GUARD_SIGN_CLEAR_ACTION_RIGHT : 0;
    signs |= s->provider == NULL ? WFPW_GUARD_SIGN_NO_PROVIDER : 0;
    signs |= claims ? WFPW_GUARD_SIGN_NAME_OF_MICROSOFT : 0;
    signs |= (s->flags & (FLAG_PERSISTENT | FLAG_BOOTTIME)) != 0 ? WFPW_GUARD_SIGN_PERSISTENT : 0;
    signs |= (s->flags & FLAG_DISABLED) != 0 ? WFPW_GUARD_SIGN_DISABLED : 0;
    return signs;
}

/* One that is for everybody: Windows itself blocks inbound traffic that no rule allows. */
static bool alarms_as_general(const struct guard_subject *s, const struct layer *layer,
                              const struct guard_answer *a)
{
    bool is_default = is_of_windows(s) && layer->direction == WFPW_DIRECTION_INBOUND;
    return a->fit == FIT_ALL && s->action == ACTION_BLOCK && !is_default && !is_app_isolation(s);
}

static uint32_t confidence_of(uint32_t signs)
{
    uint32_t guess = WFPW_GUARD_SIGN_CALLOUT | WFPW_GUARD_SIGN_NOT_EVALUATED;
    return (signs & guess) != 0                        ? WFPW_CONFIDENCE_GUESS
           : (signs & WFPW_GUARD_SIGN_ANY_VOLUME) != 0 ? WFPW_CONFIDENCE_LIKELY
                                                       : WFPW_CONFIDENCE_CERTAIN;
}

/* Whether it is one for this target; signs: of this target alone. */
static bool check_target(const struct guard_target *t, const struct guard_subject *s,
                         const struct layer *layer, uint32_t *signs)
{
    struct guard_answer a = ask_filter(t, s);
    *signs = a.fit == FIT_UNKNOWN ? WFPW_GUARD_SIGN_NOT_EVALUATED : 0;
    *signs |= a.fit == FIT_PART ? WFPW_GUARD_SIGN_PART : 0;
    *signs |= a.any_volume ? WFPW_GUARD_SIGN_ANY_VOLUME : 0;
    *signs |= a.is_named ? 0 : WFPW_GUARD_SIGN_EVERYTHING;
    return a.is_named ? a.fit != FIT_NONE : alarms_as_general(s, layer, &a);
}

static bool is_surer(const wfpw_guarded *a, const wfpw_guarded *b)
{
    bool a_general = (a->signs & WFPW_GUARD_SIGN_EVERYTHING) != 0,
         b_general = (b->signs & WFPW_GUARD_SIGN_EVERYTHING) != 0;
    return a_general != b_general ? b_general : a->confidence < b->confidence;
}

uint32_t guard_check(const struct wfpw_guard *g, const struct guard_subject *s, wfpw_guarded *out)
{
    const struct layer *layer = layer_of(s->layer);
    bool asks_callout =
        s->action == ACTION_CALLOUT_TERMINATING || s->action == ACTION_CALLOUT_UNKNOWN;
    uint32_t count = 0, common, signs = 0;
    if (layer == NULL || !(s->action == ACTION_BLOCK || (asks_callout && !is_of_windows(s))) ||
        is_default_hardening(s))
        return 0;
    common = signs_of(s, layer);
    for (uint32_t i = 0; i < g->count; i++) {
        if (!check_target(g->targets[i], s, layer, &signs))
            continue;
        wfpw_guarded found = {.size = sizeof found, .target = i, .signs = signs | common};
        found.direction = layer->direction;
        found.confidence = confidence_of(found.signs);
        found.text = g->targets[i]->text;
        if (count++ == 0 || is_surer(&found, out))
            *out = found;
    }
    out->targets = count;
    return count;
}
