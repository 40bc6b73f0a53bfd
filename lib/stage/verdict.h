/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that explains: what happened, why, what says so, and how sure that is. It looks at the
 * finished event only, and at nothing that is translated where a key, a flag or a number decides.
 * docs/reasons.md has the words and the order in which evidence counts.
 */
#ifndef WFPW_VERDICT_H
#define WFPW_VERDICT_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

/* Sets verdict, reason, evidence and confidence. */
void verdict_explain(wfpw_event *ev);

/* ---- between verdict.c and verdict_filter.c ---- */

/* What kind of decision is made at a layer. The first ones are in the order of the layers' ids,
 * four to each: v4 and v6, plain and discard. */
enum verdict_family {
    FAMILY_PACKET_IN,
    FAMILY_PACKET_OUT,
    FAMILY_FORWARD,
    FAMILY_TRANSPORT_IN,
    FAMILY_TRANSPORT_OUT,
    FAMILY_STREAM,
    FAMILY_DATAGRAM,
    FAMILY_ICMP_IN,
    FAMILY_ICMP_OUT,
    FAMILY_BIND,
    FAMILY_LISTEN,
    FAMILY_ACCEPT,
    FAMILY_CONNECT,
    FAMILY_FLOW, /* the last whose ids are the same on every Windows */
    FAMILY_REDIRECT,
    FAMILY_MAC,
    FAMILY_VSWITCH,
    FAMILY_IPSEC,
    FAMILY_OTHER
};

struct verdict_layer {
    enum verdict_family family;
    bool is_discard; /* it sees what was discarded already */
};

struct finding {
    uint32_t evidence;
    uint16_t reason;
    uint8_t confidence;
};

/* Whether the application is a packaged app. */
bool verdict_is_packaged(const wfpw_event *ev);
/* The reason of an origin; 0 when the text has none. */
uint16_t verdict_of_origin(const char *origin);
/* Of an event's own origin; where it is the id of a known rule, by what that is for. */
uint16_t verdict_of_record(const wfpw_event *ev);
/* Whether it says that the filter carries none. */
bool verdict_is_no_origin(const char *origin);
/* What kind of decision is made at the event's layer. */
struct verdict_layer verdict_layer_of(const wfpw_event *ev);
/* Why the filter of a refused, or of an allowed, event is there. false: it does not tell. */
bool verdict_of_filter(const wfpw_event *ev, const struct verdict_layer *layer, bool allowed,
                       struct finding *out);
/* What netsh says of the filters that ended the decision. false: it does not tell. */
bool verdict_of_terminating(const wfpw_event *ev, struct finding *out);

#endif
