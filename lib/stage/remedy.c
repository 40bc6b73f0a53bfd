/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What to do about an event: the first sentence of its reason that fits what the event has. */
#include <string.h>

#include "stage/verdict.h"

/* What an event may have, as reasons.inc calls it. make_codes.py has the words of the page. */
enum {
    ALLOWED = 0x1,           /* it was allowed */
    NAMED = 0x2,             /* its filter is known */
    NOT_IN_NAMES = 0x4,      /* names were given, and lack the filter that decided */
    NO_FILTER_ID = 0x8,      /* it tells no filter, or filter 0 */
    UNNAMED_RULE = 0x10,     /* a rule whose id is not known */
    GUESS = 0x20,            /* the reason is a guess */
    NET_EVENT = 0x40,        /* no audit record */
    LIVE = 0x80,             /* it comes from the engine */
    STATUS = 0x100,          /* the code of a failure */
    PROCESS = 0x200,         /* a process */
    USER = 0x400,            /* a user */
    SYSTEM = 0x800,          /* the user is the computer's own account */
    SETTING = 0x1000,        /* a setting of the firewall (4950) */
    LISTED = 0x2000,         /* the service lists what there is (5440 to 5444) */
    RING = 0x4000,           /* events that came faster than they were read */
    BIND = 0x8000,           /* the use of a local port */
    LISTEN = 0x10000,        /* listening */
    LOCAL_RULE = 0x20000,    /* the rule is known, and this host's own */
    POLICY_RULE = 0x40000,   /* the rule is known, and of a Group Policy */
    MDM_RULE = 0x80000,      /* the rule is known, and of the device's management */
    SERVICE_RULE = 0x100000, /* the rule is known, and of service hardening */
    APP_RULE = 0x200000,     /* the rule is known, and isolates a packaged app */
    SILENCE = 0x800000,      /* no event for a long time */
    CHANNEL = 0x400000,      /* a record of the firewall's own channel */
};

enum { PERMIT = 0x1002 };

static const struct {
    uint16_t reason;
    uint32_t has;
    const char *text;
} remedies[] = {
#define REASON(code, name, word, text, remedy)
#define REMEDY(name, has, text) {WFPW_REASON_##name, has, text},
#include "codes/reasons.inc"
#undef REMEDY
#undef REASON
};

static uint32_t bit_when(bool holds, uint32_t bit)
{
    return holds ? bit : 0;
}

static uint32_t of_filter(const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    bool refused = ev->verdict == WFPW_VERDICT_BLOCK || ev->verdict == WFPW_VERDICT_DROP;
    bool lacks =
        f != NULL && (f->state == WFPW_FILTER_STATE_UNKNOWN ||
                      f->state == WFPW_FILTER_STATE_NOT_FOUND || (refused && f->action == PERMIT));
    bool named = f != NULL && !lacks && f->state != WFPW_FILTER_STATE_DENIED;
    bool has_id = (ev->present & WFPW_HAS_FILTER_ID) != 0 && ev->filter_id != 0;
    bool has_rule = verdict_of_origin(ev->filter_origin) == WFPW_REASON_RULE ||
                    (named && verdict_of_origin(f->origin) == WFPW_REASON_RULE);
    return bit_when(named, NAMED) | bit_when(lacks && has_id, NOT_IN_NAMES) |
           bit_when(!has_id, NO_FILTER_ID) | bit_when(!has_rule, UNNAMED_RULE);
}

/* Where the rule can be changed. */
static uint32_t of_rule(const wfpw_event *ev)
{
    switch (ev->rule != NULL ? ev->rule->origin : 0) {
    case WFPW_RULE_ORIGIN_LOCAL:
        return LOCAL_RULE;
    case WFPW_RULE_ORIGIN_GROUP_POLICY:
        return POLICY_RULE;
    case WFPW_RULE_ORIGIN_MDM:
        return MDM_RULE;
    case WFPW_RULE_ORIGIN_STATIC:
    case WFPW_RULE_ORIGIN_CONFIGURABLE:
        return SERVICE_RULE;
    case WFPW_RULE_ORIGIN_APPISO:
        return APP_RULE;
    default:
        return 0;
    }
}

static uint32_t of_record(const wfpw_event *ev)
{
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    enum verdict_family family = verdict_layer_of(ev).family;
    return bit_when(ev->audit == NULL, NET_EVENT) | bit_when(id == 4950, SETTING) |
           bit_when(ev->kind == WFPW_KIND_FIREWALL, CHANNEL) |
           bit_when(id >= 5440 && id <= 5444, LISTED) |
           bit_when(id == 5158 || id == 5159 || family == FAMILY_BIND, BIND) |
           bit_when(id == 5154 || id == 5155 || family == FAMILY_LISTEN, LISTEN);
}

static uint32_t of_account(const wfpw_event *ev)
{
    bool process = (ev->present & WFPW_HAS_PROCESS_ID) != 0 && ev->process_id != 0;
    bool is_system = ev->user_sid != NULL && strcmp(ev->user_sid, "S-1-5-18") == 0;
    return bit_when(process, PROCESS) |
           bit_when(ev->user_sid != NULL || ev->user_name != NULL, USER) |
           bit_when(is_system, SYSTEM);
}

static uint32_t what_it_has(const wfpw_event *ev)
{
    bool status = (ev->ike != NULL && (ev->ike->present & WFPW_IKE_HAS_ERROR) != 0) ||
                  (ev->ipsec != NULL && (ev->ipsec->present & WFPW_IPSEC_HAS_STATUS) != 0);
    return of_filter(ev) | of_rule(ev) | of_record(ev) | of_account(ev) |
           bit_when(ev->verdict == WFPW_VERDICT_ALLOW, ALLOWED) |
           bit_when(ev->confidence == WFPW_CONFIDENCE_GUESS, GUESS) | bit_when(status, STATUS) |
           bit_when(ev->source == WFPW_SOURCE_LIVE, LIVE) |
           bit_when(ev->lost_where == WFPW_LOST_RING, RING) |
           bit_when(ev->lost_where == WFPW_LOST_SILENCE, SILENCE);
}

const char *WFPW_CALL wfpw_event_remedy(const wfpw_event *ev)
{
    wfpw_reason row = {.size = sizeof row};
    uint32_t has = ev != NULL ? what_it_has(ev) : 0;
    for (size_t i = 0; ev != NULL && i < sizeof remedies / sizeof *remedies; i++)
        if (remedies[i].reason == ev->reason && (remedies[i].has & ~has) == 0)
            return remedies[i].text;
    (void)wfpw_reason_info(ev != NULL ? ev->reason : 0, &row);
    return row.remedy;
}
