/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/explanation.h"

#include "view/audit_sentence.h"

#include <stdio.h>
#include <string.h>

#include "view/format.h"

enum { LABEL = 10, WIDTH_LEAST = 20 };

/* What is being written, a line under the other. */
struct explanation {
    struct buffer *out, line;
    const wfpw_event *ev;
    size_t width;
};

static bool has_field(const wfpw_event *ev, uint32_t what)
{
    return (ev->present & what) != 0;
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* How much of s goes into a line: up to the last blank that fits, or a whole word. */
static size_t line_length(const char *s, size_t n, size_t columns)
{
    size_t fits = text_start(s, n, columns), at = fits;
    if (fits == n)
        return n;
    while (at > 0 && s[at] != ' ')
        at--;
    if (at > 0)
        return at;
    const char *blank = memchr(s + fits, ' ', n - fits);
    return blank != NULL ? (size_t)(blank - s) : n;
}

/* What stands in s->line, behind its label and broken at blanks. */
static void end_line(struct explanation *s, const char *label)
{
    size_t columns = s->width > WIDTH_LEAST ? s->width - LABEL : SIZE_MAX, at = 0;
    while (at < s->line.n) {
        size_t n =
            s->width == 0 ? s->line.n - at : line_length(s->line.p + at, s->line.n - at, columns);
        size_t used = 2 + strlen(label);
        buffer_puts(s->out, "  ");
        buffer_puts(s->out, label);
        buffer_fill(s->out, ' ', used < LABEL ? LABEL - used : 1);
        buffer_put(s->out, s->line.p + at, n);
        buffer_puts(s->out, "\n");
        for (at += n; at < s->line.n && s->line.p[at] == ' ';)
            at++;
        label = "";
    }
    buffer_clear(&s->line);
}

static void put_text(struct explanation *s, const char *text)
{
    buffer_puts(&s->line, text);
}

/* A comma when something stands before. */
static void put_part(struct explanation *s, const char *text)
{
    put_text(s, s->line.n > 0 ? ", " : "");
    put_text(s, text);
}

/* ---- the first line ------------------------------------------------------------------------- */

static void put_times(struct explanation *s, const struct explanation_times *times)
{
    if (times->count > 1)
        buffer_number(&s->line, times->count);
    put_text(s, times->count > 1 ? " times, " : "once, ");
    if (times->records > times->count) {
        put_text(s, "reported by ");
        buffer_number(&s->line, times->records);
        put_text(s, " records, ");
    }
    format_moment(&s->line, times->first);
    put_text(s, " to ");
    format_moment(&s->line, times->last);
    end_line(s, "seen");
}

void explanation_head(struct buffer *b, uint32_t verdict, uint32_t reason,
                      const struct explanation_times *times, size_t width, bool colour)
{
    const char *word = format_verdict(verdict);
    const char *why = wfpw_word(WFPW_LIST_REASON, reason);
    size_t needs = TIME_LENGTH + 8 + strlen(word) + strlen(why) + 4;
    struct explanation s = {.out = b, .width = width};
    buffer_puts(b, colour ? "\x1b[1m" : "");
    format_moment(b, times->first);
    buffer_puts(b, width != 0 && needs > width ? "\n" : "  ");
    buffer_puts(b, word);
    buffer_puts(b, ": ");
    buffer_puts(b, why);
    buffer_puts(b, colour ? "\x1b[0m\n" : "\n");
    if (times->records > 1)
        put_times(&s, times);
    b->failed |= s.line.failed;
    buffer_free(&s.line);
}

/* ---- who, what, where to -------------------------------------------------------------------- */

static void explain_process(struct explanation *s)
{
    const wfpw_event *ev = s->ev;
    if (format_app(ev) != NULL)
        buffer_text(&s->line, format_app(ev));
    if (ev->package_sid != NULL) {
        put_part(s, "package ");
        buffer_text(&s->line, ev->package_sid);
    }
    if (has_field(ev, WFPW_HAS_PROCESS_ID) && ev->process_id != 0) {
        put_part(s, "process ");
        buffer_number(&s->line, ev->process_id);
    }
    if (ev->user_name != NULL || ev->user_sid != NULL) {
        put_part(s, "user ");
        buffer_text(&s->line, ev->user_name != NULL ? ev->user_name : ev->user_sid);
    }
    if (s->line.n == 0 && has_field(ev, WFPW_HAS_PROCESS_ID))
        put_text(s, "not known: the packet belongs to no process");
    end_line(s, "who");
}

/* Listening, or the use of a port, has no other side. */
static bool is_local(const wfpw_event *ev, bool *listens)
{
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    bool known = has_field(ev, WFPW_HAS_LAYER_ID);
    *listens = id == 5154 || id == 5155 || (known && ev->layer_id >= 40 && ev->layer_id < 44);
    return *listens || id == 5158 || id == 5159 ||
           (known && ev->layer_id >= 36 && ev->layer_id < 40);
}

static const char *thing_of(const wfpw_event *ev)
{
    if (ev->mac != NULL)
        return "frame";
    return ev->verdict == WFPW_VERDICT_DROP ? "packet" : "connection";
}

static void put_endpoint(struct explanation *s, const char *before, enum side side)
{
    size_t start = s->line.n;
    put_text(s, before);
    size_t mark = s->line.n;
    format_endpoint(&s->line, s->ev, side);
    if (s->line.n == mark)
        s->line.n = start;
}

static void explain_action(struct explanation *s)
{
    const wfpw_event *ev = s->ev;
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    bool inbound = ev->direction == WFPW_DIRECTION_INBOUND, listens;
    if (!has_field(ev, WFPW_HAS_LOCAL) && !has_field(ev, WFPW_HAS_REMOTE) && ev->mac == NULL)
        return;
    if (has_field(ev, WFPW_HAS_DIRECTION)) {
        format_direction(&s->line, ev, false);
        put_text(s, " ");
    }
    format_protocol(&s->line, ev);
    put_text(s, s->line.n > 0 ? " " : "");
    if (is_local(ev, &listens)) {
        put_endpoint(s, listens ? "listening at " : "use of ", SIDE_LOCAL);
        end_line(s, "what");
        return;
    }
    put_text(s, thing_of(ev));
    /* the source first; while it is not known which side is local, `local` holds the source */
    put_endpoint(s, " from ", inbound && !unknown ? SIDE_REMOTE : SIDE_LOCAL);
    put_endpoint(s, " to ", inbound && !unknown ? SIDE_LOCAL : SIDE_REMOTE);
    if (has_field(ev, WFPW_HAS_LOOPBACK) && (ev->flags & WFPW_EVENT_LOOPBACK) != 0)
        put_part(s, "within this host");
    if (has_field(ev, WFPW_HAS_CAPABILITY)) {
        put_part(s, "capability ");
        put_text(s, wfpw_word(WFPW_LIST_CAPABILITY, ev->capability));
    }
    end_line(s, "what");
}

/* What an event without a connection says of itself. */
static void explain_note(struct explanation *s)
{
    if (format_note(&s->line, s->ev))
        end_line(s, "what");
}

/* ---- which filter --------------------------------------------------------------------------- */

static void put_of(struct explanation *s, const char *before, const char *name, const char *key)
{
    if (name == NULL && key == NULL)
        return;
    put_part(s, before);
    buffer_text(&s->line, name != NULL ? name : key);
}

/* Where it is known from, when that is no moment in which the event lies. */
static void put_source(struct explanation *s, const wfpw_rule *r)
{
    if (r->state != WFPW_FILTER_STATE_UNCERTAIN || r->from == NULL)
        return;
    put_of(s, "as in ", r->from, NULL);
    if (r->from_time == 0)
        return;
    put_text(s, " of ");
    format_moment(&s->line, r->from_time);
}

/* "Block tools ({guid}), blocks outbound, group_policy, as in export.wfw of 2026-..." */
static void put_rule(struct explanation *s, const wfpw_rule *r)
{
    const char *action = r->action == WFPW_RULE_ACTION_BLOCK    ? "blocks "
                         : r->action == WFPW_RULE_ACTION_ALLOW  ? "allows "
                         : r->action == WFPW_RULE_ACTION_BYPASS ? "allows authenticated "
                                                                : "";
    const char *origin = wfpw_word(WFPW_LIST_RULE_ORIGIN, r->origin);
    buffer_text(&s->line, r->title);
    if (strcmp(r->title, r->id) != 0) {
        put_text(s, " (");
        buffer_text(&s->line, r->id);
        put_text(s, ")");
    }
    if (action[0] != 0) {
        put_part(s, action);
        put_text(s, wfpw_word(WFPW_LIST_DIRECTION, r->direction));
    }
    if (origin[0] != 0)
        put_part(s, origin);
    if (r->state == WFPW_FILTER_STATE_DELETED)
        put_part(s, "deleted meanwhile");
    put_source(s, r);
}

/* When the rule became what it is, and who did it. */
static void explain_since(struct explanation *s, const wfpw_rule *r)
{
    const char *what = wfpw_word(WFPW_LIST_RULE_CHANGE, r->change);
    if (r->change_time == 0 || s->ev->time <= r->change_time)
        return;
    format_moment(&s->line, r->change_time);
    put_text(s, ", when ");
    buffer_text(&s->line, r->changed_by != NULL ? r->changed_by : "somebody");
    if (r->changed_user != NULL) {
        put_text(s, " (user ");
        buffer_text(&s->line, r->changed_user);
        put_text(s, ")");
    }
    put_text(s, " ");
    put_text(s, what);
    put_text(s, " this rule");
    end_line(s, "since");
}

static void explain_rule(struct explanation *s)
{
    const wfpw_event *ev = s->ev;
    const wfpw_filter *f = ev->filter;
    const char *origin = ev->filter_origin != NULL || f == NULL ? ev->filter_origin : f->origin;
    if (ev->rule != NULL)
        put_rule(s, ev->rule);
    else if (ev->reason == WFPW_REASON_RULE && origin != NULL)
        buffer_text(&s->line, origin);
    end_line(s, "rule");
    if (ev->rule != NULL)
        explain_since(s, ev->rule);
}

static void explain_filter(struct explanation *s)
{
    const wfpw_event *ev = s->ev;
    const wfpw_filter *f = ev->filter;
    if (has_field(ev, WFPW_HAS_FILTER_ID) && ev->filter_id != 0) {
        buffer_number(&s->line, ev->filter_id);
        put_text(s, " ");
        format_filter(&s->line, ev);
        if (s->line.n > 0 && s->line.p[s->line.n - 1] == ' ')
            s->line.n--; /* it has no name */
    } else if (has_field(ev, WFPW_HAS_FILTER_ID) && ev->reason == WFPW_REASON_NO_FILTER) {
        put_text(s, "none matched");
    }
    if (f != NULL) {
        put_of(s, "of ", format_owner(f), NULL);
        put_of(s, "callout ", f->callout_name, f->callout);
    }
    if (has_field(ev, WFPW_HAS_LAYER_ID))
        put_of(s, "at ", ev->layer_name, ev->layer_key);
    end_line(s, "filter");
    explain_rule(s);
}

/* ---- why ------------------------------------------------------------------------------------ */

static bool has_ike(const wfpw_event *ev, uint32_t bit)
{
    return ev->ike != NULL && (ev->ike->present & bit) != 0;
}

static const char *point_of(const wfpw_event *ev)
{
    static const char *const points[] = {"", " on this host", " on the peer"};
    return has_ike(ev, WFPW_IKE_HAS_POINT) && ev->ike->point < 3 ? points[ev->ike->point] : "";
}

/* The word of a code `%%N` in a field of the record, in English on every Windows. */
static void put_coded(struct explanation *s, const char *name, const char *before)
{
    const char *value = wfpw_audit_get(s->ev->audit, name);
    if (value == NULL || strncmp(value, "%%", 2) != 0)
        return;
    put_text(s, before);
    audit_sentence_value(&s->line, value);
}

/* A record of IPsec has words, in the host's language, in the place of a code. */
static void explain_words_of_status(struct explanation *s)
{
    const wfpw_audit *a = s->ev->audit;
    if (a != NULL)
        audit_sentence_packet(&s->line, s->ev);
    const char *reason = a != NULL ? wfpw_audit_get(a, "FailureReason") : NULL;
    if (reason != NULL && strcmp(reason, "-") != 0) {
        if (has_ike(s->ev, WFPW_IKE_HAS_ERROR)) {
            buffer_number(&s->line, s->ev->ike->error);
            put_text(s, ": ");
        }
        buffer_text(&s->line, reason);
        put_text(s, point_of(s->ev));
        put_coded(s, "KeyModName", "; ");
        put_coded(s, "Role", ", ");
        put_coded(s, "State", ", ");
    }
    end_line(s, "status");
}

static void explain_status(struct explanation *s)
{
    const wfpw_event *ev = s->ev;
    bool has_status = ev->ipsec != NULL && (ev->ipsec->present & WFPW_IPSEC_HAS_STATUS) != 0;
    char text[32];
    bool has_error = has_ike(ev, WFPW_IKE_HAS_ERROR);
    if (ev->audit != NULL || (!has_error && !has_status)) {
        explain_words_of_status(s);
        return;
    }
    uint32_t code = has_error ? ev->ike->error : ev->ipsec->status;
    (void)snprintf(text, sizeof text, code < 0x80000000u ? "%u" : "0x%08X", (unsigned)code);
    put_text(s, text);
    put_text(s, point_of(ev));
    put_text(s, wfpw_system_text(code)[0] != 0 ? ": " : "");
    put_text(s, wfpw_system_text(code));
    end_line(s, "status");
}

/* Why a connection was looked at again: FWP_CONDITION_REAUTHORIZE_REASON_*. */
static void explain_repeats(struct explanation *s)
{
    static const struct {
        uint32_t bit;
        const char *text;
    } reasons[] = {{0x1, "the policy changed"},
                   {0x2, "packets arrive at another interface"},
                   {0x4, "the next hop is at another interface"},
                   {0x8, "the network profile changed"},
                   {0x10, "a driver took its time to decide"},
                   {0x20, "its IPsec protection changed"},
                   {0x40, "it is inspected in mid-stream"},
                   {0x80, "a property of the socket changed"},
                   {0x100, "a multicast or broadcast packet came in"},
                   {0x200, "the data protection policy changed"},
                   {0x4000, "its proxy changed"},
                   {0x10000, "its offload is checked"}};
    const wfpw_event *ev = s->ev;
    if (!has_field(ev, WFPW_HAS_REAUTH_REASON) || ev->reauth_reason == 0)
        return;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if ((ev->reauth_reason & reasons[i].bit) != 0)
            put_part(s, reasons[i].text);
    if (s->line.n == 0)
        buffer_number(&s->line, ev->reauth_reason);
    end_line(s, "again");
}

/* Then it is the absence of an origin that tells. */
static bool says_no_origin(const wfpw_event *ev)
{
    return ev->reason == WFPW_REASON_THIRD_PARTY;
}

static void explain_certainty(struct explanation *s)
{
    static const struct {
        uint32_t bit;
        const char *text;
    } phrases[] = {{WFPW_EVIDENCE_FILTER_ID, "the filter id 0, which no filter has"},
                   {WFPW_EVIDENCE_RECORD_ORIGIN, "the origin in the record"},
                   {WFPW_EVIDENCE_FILTER_ORIGIN, "the filter's origin"},
                   {WFPW_EVIDENCE_ACTION, "the filter's action"},
                   {WFPW_EVIDENCE_PROVIDER, "the filter's provider"},
                   {WFPW_EVIDENCE_SUBLAYER, "the filter's sublayer"},
                   {WFPW_EVIDENCE_CALLOUT, "the filter's callout"},
                   {WFPW_EVIDENCE_FLAGS, "the filter's flags"},
                   {WFPW_EVIDENCE_CONDITIONS, "the filter's conditions"},
                   {WFPW_EVIDENCE_WEIGHT, "the filter's weight"},
                   {WFPW_EVIDENCE_FILTER_STATE, "the filter is not known"},
                   {WFPW_EVIDENCE_TERMINATING, "the sublayer that netsh names"},
                   {WFPW_EVIDENCE_LAYER, "the layer"},
                   {WFPW_EVIDENCE_DIRECTION, "the direction"},
                   {WFPW_EVIDENCE_LOOPBACK, "it stays within this host"},
                   {WFPW_EVIDENCE_PACKAGE, "the program is a packaged app"},
                   {WFPW_EVIDENCE_PROTOCOL, "the protocol"},
                   {WFPW_EVIDENCE_REAUTH, "it was looked at again"},
                   {WFPW_EVIDENCE_KIND, "the kind of event"},
                   {WFPW_EVIDENCE_STATUS, "the status"},
                   {WFPW_EVIDENCE_NAME, "the filter's name"}};
    if (s->ev->reason == WFPW_REASON_UNKNOWN)
        return;
    bool guess = s->ev->confidence == WFPW_CONFIDENCE_GUESS;
    put_text(s, guess ? "a guess" : wfpw_word(WFPW_LIST_CONFIDENCE, s->ev->confidence));
    const char *between = ", by ";
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if ((s->ev->evidence & phrases[i].bit) == 0)
            continue;
        bool none = phrases[i].bit == WFPW_EVIDENCE_RECORD_ORIGIN && says_no_origin(s->ev);
        put_text(s, between);
        put_text(s, none ? "the record, which names no origin" : phrases[i].text);
        between = "; ";
    }
    end_line(s, "sure");
}

static void explain_reason(struct explanation *s)
{
    wfpw_reason row = {.size = sizeof row};
    (void)wfpw_reason_info(s->ev->reason, &row);
    put_text(s, row.text);
    end_line(s, "why");
    explain_status(s);
    explain_repeats(s);
    explain_certainty(s);
    put_text(s, wfpw_event_remedy(s->ev));
    end_line(s, "to do");
}

/* Which records it was made of, when of two. */
static void explain_halves(struct explanation *s)
{
    if ((s->ev->flags & WFPW_EVENT_MERGED) == 0 || s->ev->audit == NULL)
        return;
    put_text(s, "a net event and the audit record of the same decision (");
    buffer_number(&s->line, s->ev->audit->event_id);
    put_text(s, ")");
    end_line(s, "from");
}

void explanation_body(struct buffer *b, const wfpw_event *ev, size_t width)
{
    struct explanation s = {.out = b, .ev = ev, .width = width};
    explain_process(&s);
    explain_action(&s);
    explain_note(&s);
    explain_filter(&s);
    explain_halves(&s);
    explain_reason(&s);
    b->failed |= s.line.failed;
    buffer_free(&s.line);
}
