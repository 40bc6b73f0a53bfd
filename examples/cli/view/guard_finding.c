/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/guard_finding.h"

#include <string.h>

#include "view/format.h"

enum { SIGN_BITS = 32 };

/* What a sign means to a reader; NULL: it is in the other lines. */
static const char *sentence_of(uint32_t sign)
{
    switch (sign) {
    case WFPW_GUARD_SIGN_HIGHEST_WEIGHT:
        return "has the highest weight";
    case WFPW_GUARD_SIGN_CLEAR_ACTION_RIGHT:
        return "lets no sublayer of less weight decide otherwise";
    case WFPW_GUARD_SIGN_NO_PROVIDER:
        return "belongs to no provider";
    case WFPW_GUARD_SIGN_NAME_OF_MICROSOFT:
        return "its provider calls itself Microsoft's, but its key is none of Windows' own";
    case WFPW_GUARD_SIGN_PERSISTENT:
        return "stays over restarts";
    case WFPW_GUARD_SIGN_DISABLED:
        return "the engine has turned it off";
    case WFPW_GUARD_SIGN_REDIRECT:
        return "at a layer that redirects";
    default:
        return NULL;
    }
}

static const char *doubt_of(const wfpw_guarded *g)
{
    return (g->signs & WFPW_GUARD_SIGN_CALLOUT) != 0 ? ": a callout decides"
           : (g->signs & WFPW_GUARD_SIGN_NOT_EVALUATED) != 0
               ? ": a condition could not be evaluated"
           : (g->signs & WFPW_GUARD_SIGN_ANY_VOLUME) != 0
               ? ": its volume was not compared with the drive"
               : ", by its conditions";
}

void guard_finding_end(struct buffer *b, const wfpw_event *ev)
{
    const char *user = ev->user_name != NULL ? ev->user_name : ev->user_sid;
    buffer_puts(b, " (");
    buffer_puts(b, wfpw_word(WFPW_LIST_CONFIDENCE, ev->guarded->confidence));
    buffer_puts(b, ")");
    if (ev->audit == NULL)
        return;
    buffer_puts(b, ", added by ");
    buffer_text(b, user != NULL ? user : "an unknown user");
    if ((ev->present & WFPW_HAS_PROCESS_ID) != 0) {
        buffer_puts(b, ", process ");
        buffer_number(b, ev->process_id);
    }
}

void guard_finding_line(struct buffer *b, const wfpw_guarded *g)
{
    const char *direction = g->direction == WFPW_DIRECTION_BIDIRECTIONAL
                                ? "in and outbound"
                                : wfpw_word(WFPW_LIST_DIRECTION, g->direction);
    buffer_puts(b, (g->signs & WFPW_GUARD_SIGN_CALLOUT) != 0 ? "may block " : "blocks ");
    if ((g->signs & WFPW_GUARD_SIGN_EVERYTHING) != 0)
        buffer_puts(b, "everybody's ");
    else if ((g->signs & WFPW_GUARD_SIGN_PART) != 0)
        buffer_puts(b, "some ");
    buffer_puts(b, direction);
    buffer_puts(b, (g->signs & WFPW_GUARD_SIGN_EVERYTHING) != 0 ? " traffic, also of "
                                                                : " traffic of ");
    buffer_text(b, g->text);
    if (g->targets > 1) {
        buffer_puts(b, ", and of ");
        buffer_number(b, g->targets - 1);
        buffer_puts(b, g->targets == 2 ? " other target" : " other targets");
    }
}

static void put_conditions(struct buffer *b, const wfpw_filter *f)
{
    enum { CONDITIONS_SHOWN = 3 };
    const char *at = (const char *)f->conditions;
    if (f->condition_count == 0)
        return;
    buffer_puts(b, "\n  if      ");
    for (uint32_t i = 0; i < f->condition_count && i < CONDITIONS_SHOWN; i++) {
        const wfpw_condition *c = (const void *)(at + (size_t)i * f->condition_stride);
        buffer_puts(b, i > 0 ? ", " : "");
        buffer_cut_middle(b, c->text, strlen(c->text), 200);
    }
    if (f->condition_count > CONDITIONS_SHOWN)
        buffer_puts(b, ", ...");
}

static void put_owner(struct buffer *b, const wfpw_filter *f)
{
    buffer_puts(b, "\n  owner   ");
    if (f->provider == NULL) {
        buffer_puts(b, "none: it has no provider");
        return;
    }
    if (f->provider_product != NULL) {
        buffer_text(b, f->provider_product);
        buffer_puts(b, ", ");
    }
    if (f->provider_name != NULL) {
        buffer_puts(b, "\"");
        buffer_text(b, f->provider_name);
        buffer_puts(b, "\" ");
    }
    buffer_text(b, f->provider);
}

static void put_signs(struct buffer *b, const wfpw_guarded *g)
{
    bool any = false;
    for (uint32_t i = 0; i < SIGN_BITS; i++) {
        uint32_t sign = g->signs & UINT32_C(1) << i;
        const char *text = sentence_of(sign);
        if (text == NULL || sign == WFPW_GUARD_SIGN_NO_PROVIDER)
            continue;
        buffer_puts(b, any ? "; " : "\n  odd     ");
        buffer_puts(b, text);
        any = true;
    }
}

static void put_adder(struct buffer *b, const struct filter_adder *by)
{
    const char *user = by->user[0] != 0 ? by->user : by->user_sid;
    buffer_puts(b, "\n  added   ");
    if (by->sure == 0) {
        buffer_puts(b, "no record tells by whom");
        return;
    }
    format_moment(b, by->time);
    buffer_puts(b, " by ");
    buffer_text(b, user[0] != 0 ? user : "an unknown user");
    if (by->has_process) {
        buffer_puts(b, ", process ");
        buffer_number(b, by->process_id);
    }
    if (by->sure != WFPW_CONFIDENCE_CERTAIN) {
        buffer_puts(b, " (likely: it was filter ");
        buffer_number(b, by->filter_id);
        buffer_puts(b, " then, with the same key)");
    }
}

void guard_finding_text(struct buffer *b, const wfpw_guarded *g, const wfpw_filter *f,
                        const struct filter_adder *by)
{
    const char *layer = f->layer_name != NULL ? f->layer_name : f->layer;
    buffer_puts(b, "filter ");
    buffer_number(b, f->id);
    buffer_puts(b, " ");
    guard_finding_line(b, g);
    buffer_puts(b, "\n  name    ");
    buffer_text(b, f->name != NULL ? f->name : "-");
    buffer_puts(b, "\n  layer   ");
    buffer_text(b, layer);
    put_conditions(b, f);
    put_owner(b, f);
    if (by != NULL)
        put_adder(b, by);
    put_signs(b, g);
    buffer_puts(b, "\n  sure    ");
    buffer_puts(b, wfpw_word(WFPW_LIST_CONFIDENCE, g->confidence));
    buffer_puts(b, doubt_of(g));
    buffer_puts(b, "\n\n");
}

void guard_finding_json(struct buffer *b, const wfpw_guarded *g)
{
    bool any = false;
    buffer_puts(b, "\"target\":\"");
    buffer_json_text(b, g->text);
    buffer_puts(b, "\",\"targets\":");
    buffer_number(b, g->targets);
    buffer_puts(b, ",\"confidence\":\"");
    buffer_puts(b, wfpw_word(WFPW_LIST_CONFIDENCE, g->confidence));
    buffer_puts(b, "\",\"direction\":\"");
    buffer_puts(b, wfpw_word(WFPW_LIST_DIRECTION, g->direction));
    buffer_puts(b, "\",\"signs\":[");
    for (uint32_t i = 0; i < SIGN_BITS; i++) {
        const char *word = wfpw_word(WFPW_LIST_GUARD_SIGN, g->signs & UINT32_C(1) << i);
        if (word[0] == 0)
            continue;
        buffer_puts(b, any ? ",\"" : "\"");
        buffer_puts(b, word);
        buffer_puts(b, "\"");
        any = true;
    }
    buffer_puts(b, "]");
}

static void put_text_member(struct buffer *b, const char *key, const char *value)
{
    if (value[0] == 0)
        return;
    buffer_puts(b, key);
    buffer_json_text(b, value);
    buffer_puts(b, "\"");
}

static void put_number_member(struct buffer *b, const char *key, uint64_t value)
{
    buffer_puts(b, key);
    buffer_number(b, value);
}

void guard_finding_adder_json(struct buffer *b, const struct filter_adder *by)
{
    char time[TIME_LENGTH + 1];
    if (by == NULL || by->sure == 0)
        return;
    format_utc(time, by->time);
    time[TIME_DATE] = 'T';
    buffer_puts(b, ",\"added\":{\"time\":\"");
    buffer_puts(b, time);
    buffer_puts(b, "Z\"");
    put_text_member(b, ",\"user\":\"", by->user);
    put_text_member(b, ",\"user_sid\":\"", by->user_sid);
    if (by->has_process)
        put_number_member(b, ",\"pid\":", by->process_id);
    put_number_member(b, ",\"filter_id\":", by->filter_id);
    put_number_member(b, ",\"record_id\":", by->record_id);
    put_text_member(b, ",\"confidence\":\"", wfpw_word(WFPW_LIST_CONFIDENCE, by->sure));
    buffer_puts(b, "}");
}
