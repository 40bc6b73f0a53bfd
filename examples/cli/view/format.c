/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/format.h"

#include <stdio.h>
#include <string.h>

#include "platform/term.h"
#include "view/audit_sentence.h"
#include "view/guard_finding.h"

static bool has_field(const wfpw_event *ev, uint32_t what)
{
    return (ev->present & what) != 0;
}

/* ---- time ----------------------------------------------------------------------------------- */

struct date {
    unsigned year, month, day;
};

/* Of a day counted from 1601-01-01, when a cycle of 400 years began. A year starts in March here,
 * which puts the leap day at its end. */
static struct date date_of(uint64_t day)
{
    uint64_t shifted = day + 306; /* from 1600-03-01 */
    unsigned cycle = (unsigned)(shifted / 146097), in_cycle = (unsigned)(shifted % 146097);
    unsigned year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
    unsigned in_year = in_cycle - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * in_year + 2) / 153;
    return (struct date){.year = 1600 + 400 * cycle + year + (month >= 10),
                         .month = month < 10 ? month + 3 : month - 9,
                         .day = in_year - (153 * month + 2) / 5 + 1};
}

static bool local;

void format_be_local(void)
{
    local = true;
}

bool format_is_local(void)
{
    return local;
}

const char *format_zone(char out[8], uint64_t filetime)
{
    char text[32];
    int minutes = local ? term_zone_minutes(filetime) : 0;
    unsigned far = (unsigned)(minutes < 0 ? -minutes : minutes) % 6000;
    if (!local)
        return "UTC";
    (void)snprintf(text, sizeof text, "%c%02u:%02u", minutes < 0 ? '-' : '+', far / 60, far % 60);
    memcpy(out, text, 7);
    return out;
}

const char *format_verdict(uint32_t verdict)
{
    static const char *const words[] = {
        [WFPW_VERDICT_BLOCK] = "blocked", [WFPW_VERDICT_DROP] = "dropped",
        [WFPW_VERDICT_ALLOW] = "allowed", [WFPW_VERDICT_FAILURE] = "failed",
        [WFPW_VERDICT_INFO] = "note",
    };
    const char *word = verdict < sizeof words / sizeof *words ? words[verdict] : NULL;
    return word != NULL ? word : "not explained";
}

void format_moment(struct buffer *b, uint64_t filetime)
{
    char text[TIME_LENGTH + 1], zone[8];
    format_time(text, filetime);
    buffer_puts(b, text);
    buffer_puts(b, " ");
    buffer_puts(b, format_zone(zone, filetime));
}

void format_time(char out[TIME_LENGTH + 1], uint64_t filetime)
{
    if (local)
        filetime += (uint64_t)((int64_t)term_zone_minutes(filetime) * 600000000);
    format_utc(out, filetime);
}

void format_utc(char out[TIME_LENGTH + 1], uint64_t filetime)
{
    char text[64];
    uint64_t ms = filetime / 10000, day = ms / 86400000;
    unsigned rest = (unsigned)(ms % 86400000);
    struct date d = date_of(day);
    if (d.year > 9999) {
        d = (struct date){9999, 12, 31};
        rest = 86399999;
    }
    (void)snprintf(text, sizeof text, "%04u-%02u-%02u %02u:%02u:%02u.%03u", d.year, d.month, d.day,
                   rest / 3600000, rest / 60000 % 60, rest / 1000 % 60, rest % 1000);
    memcpy(out, text, TIME_LENGTH);
    out[TIME_LENGTH] = 0;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void put_v4(struct buffer *b, const uint8_t *a)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
    buffer_puts(b, text);
}

static unsigned address_group(const uint8_t *a, unsigned i)
{
    return (unsigned)a[2 * i] << 8 | a[2 * i + 1];
}

/* The longest run of zero groups, the first of equals: where it starts, and how long it is. */
static unsigned longest_zeros(const uint8_t *a, unsigned *length)
{
    unsigned best = 8;
    *length = 1; /* one group alone is not shortened */
    for (unsigned i = 0; i < 8; i++) {
        unsigned n = 0;
        while (i + n < 8 && address_group(a, i + n) == 0)
            n++;
        if (n > *length) {
            best = i;
            *length = n;
        }
        i += n;
    }
    return best;
}

/* As RFC 5952 has it. */
static void put_v6(struct buffer *b, const uint8_t *a)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    char text[8];
    unsigned length, zeros = longest_zeros(a, &length);
    if (memcmp(a, mapped, sizeof mapped) == 0) {
        buffer_puts(b, "::ffff:");
        put_v4(b, a + 12);
        return;
    }
    for (unsigned i = 0; i < 8; i++) {
        if (i == zeros) {
            buffer_puts(b, "::");
            i += length - 1;
            continue;
        }
        (void)snprintf(text, sizeof text, "%s%x", i == 0 || i == zeros + length ? "" : ":",
                       address_group(a, i));
        buffer_puts(b, text);
    }
}

/* fe80::/10 and ff02::/16 mean nothing without their scope; elsewhere it is no news. */
static bool needs_scope(const wfpw_endpoint *e)
{
    return e->scope_id != 0 && ((e->addr[0] == 0xFE && (e->addr[1] & 0xC0) == 0x80) ||
                                (e->addr[0] == 0xFF && e->addr[1] == 0x02));
}

const char *format_app(const wfpw_event *ev)
{
    return ev->app_path != NULL ? ev->app_path : ev->device_path;
}

void format_address(struct buffer *b, const wfpw_endpoint *e)
{
    if (e->family == 4)
        put_v4(b, e->addr);
    if (e->family != 6)
        return;
    put_v6(b, e->addr);
    if (needs_scope(e)) {
        buffer_puts(b, "%");
        buffer_number(b, e->scope_id);
    }
}

static void put_mac(struct buffer *b, const uint8_t *m)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
                   m[5]);
    buffer_puts(b, text);
}

static bool is_icmp(const wfpw_event *ev)
{
    return has_field(ev, WFPW_HAS_PROTOCOL) && (ev->protocol == 1 || ev->protocol == 58);
}

void format_endpoint(struct buffer *b, const wfpw_event *ev, enum side side)
{
    const wfpw_endpoint *e = side == SIDE_LOCAL ? &ev->local : &ev->remote;
    uint32_t port_flag = side == SIDE_LOCAL ? WFPW_HAS_LOCAL_PORT : WFPW_HAS_REMOTE_PORT;
    bool port = has_field(ev, port_flag) && !is_icmp(ev);
    bool brackets = port && e->family == 6;
    if (e->family == 0 && ev->mac != NULL)
        put_mac(b, side == SIDE_LOCAL ? ev->mac->local : ev->mac->remote);
    buffer_puts(b, brackets ? "[" : "");
    format_address(b, e);
    buffer_puts(b, brackets ? "]" : "");
    if (port) {
        buffer_puts(b, ":");
        buffer_number(b, e->port);
    }
}

/* ---- words ---------------------------------------------------------------------------------- */

void format_protocol(struct buffer *b, const wfpw_event *ev)
{
    if (!has_field(ev, WFPW_HAS_PROTOCOL))
        return;
    const char *word = wfpw_word(WFPW_LIST_PROTOCOL, ev->protocol);
    buffer_puts(b, word);
    if (word[0] == 0)
        buffer_number(b, ev->protocol);
    /* The type goes with the local side: it cannot be told from the code when that is not known. */
    if (is_icmp(ev) && has_field(ev, WFPW_HAS_LOCAL_PORT) && has_field(ev, WFPW_HAS_REMOTE_PORT) &&
        ev->orientation != WFPW_ORIENTATION_UNKNOWN) {
        buffer_puts(b, " ");
        buffer_number(b, ev->local.port);
        buffer_puts(b, "/");
        buffer_number(b, ev->remote.port);
    }
}

void format_direction(struct buffer *b, const wfpw_event *ev, bool is_short)
{
    static const char *const words[] = {[WFPW_DIRECTION_INBOUND] = "in",
                                        [WFPW_DIRECTION_OUTBOUND] = "out",
                                        [WFPW_DIRECTION_FORWARD] = "fwd",
                                        [WFPW_DIRECTION_BIDIRECTIONAL] = "bi"};
    const char *word = wfpw_word(WFPW_LIST_DIRECTION, ev->direction);
    char raw[16];
    if (ev->direction == 0 && !has_field(ev, WFPW_HAS_DIRECTION))
        return;
    if (word[0] == 0) {
        (void)snprintf(raw, sizeof raw, "0x%x", (unsigned)ev->direction_raw);
        word = raw;
    } else if (is_short && ev->direction < sizeof words / sizeof *words) {
        word = words[ev->direction];
    }
    buffer_puts(b, word);
}

static const char *short_kind(uint32_t kind)
{
    switch (kind) {
    case WFPW_KIND_CLASSIFY_DROP:
        return "drop";
    case WFPW_KIND_CLASSIFY_ALLOW:
        return "allow";
    case WFPW_KIND_CAPABILITY_DROP:
        return "cap drop";
    case WFPW_KIND_CAPABILITY_ALLOW:
        return "cap allow";
    case WFPW_KIND_CLASSIFY_DROP_MAC:
        return "mac drop";
    case WFPW_KIND_IPSEC_KERNEL_DROP:
        return "ipsec drop";
    case WFPW_KIND_IPSEC_DOSP_DROP:
        return "dosp drop";
    case WFPW_KIND_IKE_MM_FAILURE:
        return "ike mm";
    case WFPW_KIND_IKE_QM_FAILURE:
        return "ike qm";
    case WFPW_KIND_IKE_EM_FAILURE:
        return "ike em";
    case WFPW_KIND_LPM_PACKET_ARRIVAL:
        return "lpm packet";
    case WFPW_KIND_FILTER_ADD:
        return "filter add";
    case WFPW_KIND_FILTER_DELETE:
        return "filter del";
    default:
        return wfpw_word(WFPW_LIST_KIND, kind);
    }
}

void format_kind(struct buffer *b, const wfpw_event *ev, size_t columns)
{
    enum { ROOM_FOR_AUDIT = 10, ROOM_FOR_WORDS = 13 };
    if (ev->audit != NULL && ev->kind == WFPW_KIND_AUDIT) {
        buffer_number(b, ev->audit->event_id);
        if (ev->kind == WFPW_KIND_FIREWALL)
            buffer_puts(b, columns < ROOM_FOR_WORDS ? "" : " firewall");
        else
            buffer_puts(b, columns < ROOM_FOR_AUDIT ? "" : " audit");
        return;
    }
    buffer_puts(b, columns < ROOM_FOR_WORDS ? short_kind(ev->kind)
                                            : wfpw_word(WFPW_LIST_KIND, ev->kind));
    if (ev->kind == WFPW_KIND_NET_EVENT) {
        buffer_puts(b, " ");
        buffer_number(b, ev->type_raw);
    }
}

static enum tone audit_tone(uint32_t event_id)
{
    switch (event_id) {
    case 5031:
    case 5150:
    case 5151:
    case 5152:
    case 5153:
    case 5155:
    case 5157:
    case 5159:
        return TONE_REFUSED;
    case 5154:
    case 5156:
    case 5158:
        return TONE_ALLOWED;
    default:
        return TONE_NONE;
    }
}

enum tone format_tone(const wfpw_event *ev)
{
    switch (ev->kind) {
    case WFPW_KIND_AUDIT:
        return ev->audit != NULL ? audit_tone(ev->audit->event_id) : TONE_NONE;
    case WFPW_KIND_CLASSIFY_ALLOW:
    case WFPW_KIND_CAPABILITY_ALLOW:
        return TONE_ALLOWED;
    case WFPW_KIND_LPM_PACKET_ARRIVAL:
    case WFPW_KIND_FILTER_ADD:
    case WFPW_KIND_FILTER_DELETE:
    case WFPW_KIND_NET_EVENT:
        return TONE_NONE;
    case WFPW_KIND_GAP:
        return TONE_LOST;
    default:
        return TONE_REFUSED;
    }
}

/* ---- why ------------------------------------------------------------------------------------ */

void format_why(struct buffer *b, const wfpw_event *ev)
{
    bool unknown = ev->reason == WFPW_REASON_UNKNOWN;
    buffer_puts(b, wfpw_word(WFPW_LIST_VERDICT, ev->verdict));
    if (ev->verdict == 0 || (unknown && ev->verdict == WFPW_VERDICT_ALLOW))
        return;
    buffer_puts(b, " ");
    buffer_puts(b, wfpw_word(WFPW_LIST_REASON, ev->reason));
    buffer_puts(b, ev->confidence == WFPW_CONFIDENCE_GUESS && !unknown ? "?" : "");
}

/* ---- the filter ----------------------------------------------------------------------------- */

static void put_in(struct buffer *b, const char *open, const char *text, const char *close)
{
    buffer_puts(b, open);
    buffer_text(b, text);
    buffer_puts(b, close);
}

void format_filter(struct buffer *b, const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    const char *origin = ev->filter_origin != NULL || f == NULL ? ev->filter_origin : f->origin;
    if ((f == NULL || f->key == NULL) && ev->rule != NULL)
        buffer_text(b, ev->rule->title);
    if (f == NULL || f->key == NULL)
        return;
    buffer_text(b, f->name != NULL ? f->name : f->key);
    if (origin != NULL && (f->name == NULL || strcmp(origin, f->name) != 0))
        put_in(b, " [", origin, "]");
    if ((f->present & WFPW_FILTER_HAS_OWN) != 0)
        buffer_puts(b, " (own)");
    if (f->state != WFPW_FILTER_STATE_CURRENT)
        put_in(b, " (", wfpw_word(WFPW_LIST_FILTER_STATE, f->state), ")");
}

/* ---- what is no connection ------------------------------------------------------------------ */

static void put_gap(struct buffer *b, const wfpw_event *ev)
{
    if (ev->lost_where == WFPW_LOST_SILENCE)
        buffer_puts(b, "no event came: there was none, or they are not seen any more");
    else if (has_field(ev, WFPW_HAS_LOST))
        buffer_number(b, ev->lost);
    else
        buffer_puts(b, "an unknown number of");
    if (ev->lost_where != WFPW_LOST_SILENCE)
        buffer_puts(b, ev->lost == 1 ? " event lost here" : " events lost here");
    if (ev->lost_where == WFPW_LOST_RING)
        buffer_puts(b, ": they came faster than they were read");
    if (ev->lost_where == WFPW_LOST_OUTAGE)
        buffer_puts(b, ": the filtering engine was away");
    if (ev->lost_where == WFPW_LOST_COLLECTION)
        buffer_puts(b, ": another program turned collection off");
    if (ev->lost_from == 0)
        return;
    char since[TIME_LENGTH + 1];
    format_time(since, ev->lost_from);
    buffer_puts(b, ", since ");
    buffer_puts(b, since);
}

static void put_if(struct buffer *b, const char *before, const char *text)
{
    if (text != NULL)
        put_in(b, before, text, "");
}

/* Services and names anybody may write. */
const char *format_owner(const wfpw_filter *f)
{
    bool by_key =
        f->product_from == WFPW_PRODUCT_FROM_KEY || f->product_from == WFPW_PRODUCT_FROM_SUBLAYER;
    return by_key ? f->provider_product : f->provider_name != NULL ? f->provider_name : f->provider;
}

/* filter 70210 Block tools: FWP_ACTION_BLOCK at FWPM_LAYER_ALE_AUTH_CONNECT_V4 of Some agent */
static void put_change(struct buffer *b, const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    buffer_puts(b, "filter ");
    buffer_number(b, ev->filter_id);
    if (f == NULL)
        return;
    buffer_puts(b, " ");
    format_filter(b, ev);
    put_if(b, ": ", f->action_name);
    put_if(b, " at ", f->layer);
    put_if(b, " of ", format_owner(f));
}

/* The fields with SIDs, or the others. */
static void put_fields(struct buffer *b, const wfpw_audit *a, bool sids)
{
    const char *field = (const char *)a->fields;
    for (uint32_t i = 0; i < a->field_count; i++, field += a->field_stride) {
        const wfpw_field *f = (const wfpw_field *)(const void *)field;
        const char *value = f->value != NULL ? f->value : "";
        if ((strncmp(value, "S-1-", 4) == 0) != sids)
            continue;
        buffer_puts(b, b->n > 0 ? " " : "");
        buffer_text(b, f->name);
        buffer_puts(b, "=");
        audit_sentence_value(b, value);
    }
}

/* "filter 7 blocks outbound traffic of service=WinDefend (certain)". */
static void put_guarded(struct buffer *b, const wfpw_event *ev)
{
    buffer_puts(b, "filter ");
    buffer_number(b, ev->filter_id);
    if (ev->guarded == NULL) {
        buffer_puts(b, " blocks what is guarded");
        return;
    }
    buffer_puts(b, " ");
    guard_finding_line(b, ev->guarded);
    guard_finding_end(b, ev);
}

bool format_note(struct buffer *b, const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GAP) {
        put_gap(b, ev);
        return true;
    }
    if (ev->kind == WFPW_KIND_FILTER_ADD || ev->kind == WFPW_KIND_FILTER_DELETE) {
        put_change(b, ev);
        return true;
    }
    if (ev->kind == WFPW_KIND_GUARD) {
        put_guarded(b, ev);
        return true;
    }
    bool connection = has_field(ev, WFPW_HAS_LOCAL | WFPW_HAS_REMOTE) || ev->mac != NULL;
    if (ev->audit == NULL || connection)
        return false;
    if (audit_sentence_put(b, ev))
        return true;
    put_fields(b, ev->audit, false);
    put_fields(b, ev->audit, true); /* last, as they are long and say little */
    return true;
}

const char *format_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}
