/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "command/prove_trials.h"

#include <stdio.h>
#include <string.h>

enum { TCP = 6, UDP = 17, SECOND = 10000000, BEFORE = SECOND, AFTER = 2 * SECOND };
enum { RECORD_BEHIND = 2 * SECOND }; /* as wfpw_options.join_window_ms is by default */
enum { PACKET_DROP = 5152, LISTEN_BLOCKED = 5155, CONNECTION_BLOCKED = 5157, BIND_BLOCKED = 5159 };

/* ---- the plan ------------------------------------------------------------------------------- */

static const char *const layer_words[] = {"bind", "listen", "accept", "connect", "packet"};
static const char *const layer_texts[] = {
    "binding a port is refused", "listening is refused", "an inbound connection is blocked",
    "an outbound connection is blocked", "a packet is dropped in silence"};

static void plan_trial(struct prove_trial *trial, enum prove_layer layer, uint8_t protocol,
                       uint8_t family, uint16_t port)
{
    const char *p = protocol == TCP ? "tcp" : "udp";
    trial->filter = (struct prove_filter){
        .layer = layer, .family = family, .protocol = protocol, .port = port, .name = trial->name};
    (void)snprintf(trial->id, sizeof trial->id, "%s %s ipv%u", layer_words[layer], p, family);
    (void)snprintf(trial->text, sizeof trial->text, "%s: %s, IPv%u", layer_texts[layer], p, family);
    (void)snprintf(trial->name, sizeof trial->name, "wfpwatch prove: %s %s ipv%u",
                   layer_words[layer], p, family);
}

static void rename_trial(struct prove_trial *trial, const char *id, const char *text)
{
    (void)snprintf(trial->id, sizeof trial->id, "%s", id);
    (void)snprintf(trial->text, sizeof trial->text, "%s", text);
    (void)snprintf(trial->name, sizeof trial->name, "wfpwatch prove: %s", id);
}

void prove_trials_plan(struct prove_trials *t, uint16_t first_port)
{
    static const enum prove_layer order[] = {PROVE_CONNECT, PROVE_ACCEPT, PROVE_OUTBOUND,
                                             PROVE_BIND, PROVE_LISTEN};
    uint32_t n = 0;
    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (int j = 0; j < (order[i] == PROVE_LISTEN ? 2 : 4); j++, n++)
            plan_trial(&t->list[n], order[i], j < 2 ? TCP : UDP, j % 2 == 0 ? 4 : 6,
                       (uint16_t)(first_port + n));
    plan_trial(&t->list[n], PROVE_CONNECT, UDP, 4, (uint16_t)(first_port + n));
    t->list[n].filter.permits = true;
    rename_trial(&t->list[n++], "permit", "what a filter permits is reported: udp, IPv4");
    plan_trial(&t->list[n], PROVE_CONNECT, TCP, 4, (uint16_t)(first_port + n));
    t->list[n].brief = true;
    rename_trial(&t->list[n++], "brief filter", "a filter that goes at once keeps its name");
    t->flood = (struct prove_filter){.layer = PROVE_CONNECT,
                                     .family = 4,
                                     .protocol = UDP,
                                     .port = (uint16_t)(first_port + n),
                                     .name = "wfpwatch prove: flood"};
}

uint32_t prove_trials_look(struct prove_trials *t, struct prove_host *h)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < PROVE_TRIALS; i++) {
        t->list[i].taken = !h->calls->is_free(h, &t->list[i].filter);
        count += !t->list[i].taken;
    }
    t->flood_taken = !h->calls->is_free(h, &t->flood);
    return count + !t->flood_taken;
}

const char *prove_trials_add(struct prove_trials *t, struct prove_host *h)
{
    const char *failed = NULL;
    for (uint32_t i = 0; failed == NULL && i < PROVE_TRIALS; i++)
        if (!t->list[i].taken)
            failed = h->calls->add(h, &t->list[i].filter, &t->list[i].filter_id);
    if (failed == NULL && !t->flood_taken)
        failed = h->calls->add(h, &t->flood, &t->flood_id);
    return failed != NULL ? failed : h->calls->commit(h);
}

void prove_trial_attempt(struct prove_trial *trial, struct prove_host *h)
{
    if (trial->taken)
        return;
    trial->from = h->calls->now(h);
    trial->error = h->calls->attempt(h, &trial->filter, &trial->local_port);
    trial->until = h->calls->now(h);
    if (trial->brief)
        (void)h->calls->remove(h, trial->filter_id);
}

/* ---- comparing ------------------------------------------------------------------------------ */

static uint32_t wrong_if(bool is_wrong, uint32_t bit)
{
    return is_wrong ? bit : 0;
}

static bool is_loopback(const wfpw_endpoint *e)
{
    static const uint8_t v6[16] = {[15] = 1};
    if (e->family == 6)
        return memcmp(e->addr, v6, sizeof v6) == 0;
    return e->family == 4 && e->addr[0] == 127 && e->addr[1] == 0 && e->addr[2] == 0 &&
           e->addr[3] == 1;
}

/* port 0: any. */
static bool is_end(const wfpw_endpoint *e, uint8_t family, uint16_t port)
{
    return e->family == family && is_loopback(e) && (port == 0 || e->port == port);
}

static uint32_t compare_sides(const struct prove_trial *trial, const wfpw_event *ev)
{
    const struct prove_filter *f = &trial->filter;
    bool is_ours_local = f->layer < PROVE_CONNECT;
    uint16_t local = is_ours_local ? f->port : trial->local_port;
    uint16_t remote = is_ours_local ? trial->local_port : f->port;
    uint32_t wrong = wrong_if(!is_end(&ev->local, f->family, local), PROVE_WRONG_LOCAL);
    if (f->layer <= PROVE_LISTEN)
        return wrong;
    uint32_t direction =
        f->layer == PROVE_ACCEPT ? WFPW_DIRECTION_INBOUND : WFPW_DIRECTION_OUTBOUND;
    bool field =
        ev->direction_from == WFPW_DIRECTION_FROM_FIELD; /* else it contradicts the layer */
    return wrong | wrong_if(!is_end(&ev->remote, f->family, remote), PROVE_WRONG_REMOTE) |
           wrong_if(ev->direction != direction || !field, PROVE_WRONG_DIRECTION);
}

/* Packets below the ALE layers need not name a program and a user; where they do it is ours. */
static uint32_t compare_who(const struct prove_trial *trial, const struct prove_host *h,
                            const wfpw_event *ev)
{
    bool needs = trial->filter.layer == PROVE_CONNECT || trial->filter.layer == PROVE_ACCEPT;
    const char *app = ev->device_path, *user = ev->user_sid;
    bool wrong_app = app != NULL ? h->app[0] != 0 && strcmp(app, h->app) != 0 : needs;
    bool wrong_user = user != NULL ? h->user[0] != 0 && strcmp(user, h->user) != 0 : needs;
    return wrong_if(wrong_app, PROVE_WRONG_APP) | wrong_if(wrong_user, PROVE_WRONG_USER);
}

static uint32_t compare_filter(const struct prove_trial *trial, const wfpw_event *ev)
{
    static const uint32_t layers[] = {36, 40, 44, 48, 16};
    const wfpw_filter *f = ev->filter;
    uint32_t layer = layers[trial->filter.layer] + (trial->filter.family == 6 ? 2 : 0);
    bool named = f != NULL && f->name != NULL && strcmp(f->name, trial->name) == 0 &&
                 f->provider != NULL && strcmp(f->provider, PROVE_PROVIDER) == 0;
    return wrong_if(ev->filter_id != trial->filter_id, PROVE_WRONG_FILTER) |
           wrong_if(ev->layer_id != layer, PROVE_WRONG_LAYER) | wrong_if(!named, PROVE_WRONG_NAME);
}

static uint32_t compare_decision(const struct prove_trial *trial, const wfpw_event *ev)
{
    bool permits = trial->filter.permits;
    uint32_t kind = permits ? WFPW_KIND_CLASSIFY_ALLOW : WFPW_KIND_CLASSIFY_DROP;
    bool verdict = permits ? ev->verdict == WFPW_VERDICT_ALLOW
                           : ev->verdict == WFPW_VERDICT_BLOCK || ev->verdict == WFPW_VERDICT_DROP;
    bool time = ev->time + BEFORE >= trial->from && ev->time <= trial->until + AFTER;
    bool has_protocol = (ev->present & WFPW_HAS_PROTOCOL) != 0;
    return wrong_if(ev->kind != kind || !verdict, PROVE_WRONG_KIND) |
           wrong_if(!has_protocol || ev->protocol != trial->filter.protocol, PROVE_WRONG_PROTOCOL) |
           wrong_if((ev->flags & WFPW_EVENT_LOOPBACK) == 0, PROVE_WRONG_LOOPBACK) |
           wrong_if(!time, PROVE_WRONG_TIME);
}

/* A SYN that nobody answers is sent again, and blocked again. */
static bool is_repeated(const struct prove_filter *f)
{
    return f->protocol == TCP && (f->layer == PROVE_ACCEPT || f->layer == PROVE_OUTBOUND);
}

static uint32_t record_of(const struct prove_filter *f)
{
    return f->layer == PROVE_BIND       ? BIND_BLOCKED
           : f->layer == PROVE_LISTEN   ? LISTEN_BLOCKED
           : f->layer == PROVE_OUTBOUND ? PACKET_DROP
                                        : CONNECTION_BLOCKED;
}

static void take_record(struct prove_trial *trial, const struct prove_host *h, const wfpw_event *ev,
                        uint64_t time)
{
    uint32_t id = ev->audit->event_id, wanted = record_of(&trial->filter);
    if (trial->record != 0 || (id == PACKET_DROP && wanted != PACKET_DROP))
        return; /* a connection's packet has a record of its own */
    trial->record = id;
    trial->record_time = time;
    trial->joined = (ev->flags & WFPW_EVENT_MERGED) != 0;
    trial->wrong |= wrong_if(id != wanted, PROVE_WRONG_RECORD_ID);
    if (wanted != PACKET_DROP)
        trial->wrong |= wrong_if(ev->process_id != h->process, PROVE_WRONG_PROCESS);
}

static void take_event(struct prove_trial *trial, const struct prove_host *h, const wfpw_event *ev)
{
    if (trial->events++ > 0) {
        trial->wrong |= wrong_if(!is_repeated(&trial->filter), PROVE_WRONG_TWICE);
        return;
    }
    trial->event_time = ev->time;
    trial->wrong |= compare_sides(trial, ev) | compare_who(trial, h, ev) |
                    compare_filter(trial, ev) | compare_decision(trial, ev);
    if ((ev->flags & WFPW_EVENT_MERGED) != 0 && ev->audit != NULL)
        take_record(trial, h, ev, ev->time + (uint64_t)ev->join_lag);
}

/* By the filter, or by the port if the filter is another one. */
static struct prove_trial *trial_of(struct prove_trials *t, const wfpw_event *ev)
{
    for (uint32_t i = 0; i < PROVE_TRIALS; i++)
        if (ev->filter_id != 0 && t->list[i].filter_id == ev->filter_id)
            return &t->list[i];
    for (uint32_t i = 0; i < PROVE_TRIALS; i++)
        if (is_end(&ev->local, ev->local.family, t->list[i].filter.port) ||
            is_end(&ev->remote, ev->remote.family, t->list[i].filter.port))
            return &t->list[i];
    return NULL;
}

static void take_gap(struct prove_trials *t, const wfpw_event *ev)
{
    if (ev->lost_where == WFPW_LOST_RING)
        t->flood_lost += ev->lost;
    t->outage = t->outage || ev->lost_where == WFPW_LOST_OUTAGE;
}

void prove_trials_take(struct prove_trials *t, const struct prove_host *h, const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GAP) {
        take_gap(t, ev);
        return;
    }
    bool is_record = ev->kind == WFPW_KIND_AUDIT;
    if (ev->filter_id == t->flood_id && t->flood_id != 0) {
        t->flood_events += !is_record;
        return;
    }
    struct prove_trial *trial = trial_of(t, ev);
    if (trial != NULL && is_record && ev->audit != NULL)
        take_record(trial, h, ev, ev->time);
    else if (trial != NULL && !is_record)
        take_event(trial, h, ev);
}

/* ---- judging -------------------------------------------------------------------------------- */

static bool needs_record(const struct prove_trials *t, const struct prove_trial *trial)
{
    bool packet = trial->filter.layer == PROVE_OUTBOUND;
    return !trial->filter.permits && (packet ? t->audits_packets : t->audits_connections);
}

static bool could_not_try(const struct prove_trial *trial)
{
    return trial->taken || trial->error == PROVE_E_NO_FAMILY || trial->error == PROVE_E_NO_ADDRESS;
}

bool prove_trials_complete(const struct prove_trials *t)
{
    for (uint32_t i = 0; i < PROVE_TRIALS; i++) {
        const struct prove_trial *trial = &t->list[i];
        if (!could_not_try(trial) &&
            (trial->events == 0 || (needs_record(t, trial) && trial->record == 0)))
            return false;
    }
    return true;
}

static uint32_t judge_record(const struct prove_trials *t, const struct prove_trial *trial)
{
    bool joins = trial->filter.layer == PROVE_CONNECT || trial->filter.layer == PROVE_ACCEPT;
    if (!needs_record(t, trial))
        return 0;
    if (trial->record == 0)
        return PROVE_WRONG_RECORD;
    uint64_t a = trial->record_time, b = trial->event_time;
    bool late = trial->events > 0 && (a > b ? a - b : b - a) > RECORD_BEHIND;
    return wrong_if(late, PROVE_WRONG_RECORD_TIME) |
           wrong_if(joins && !late && !trial->joined && trial->events > 0, PROVE_WRONG_RECORD);
}

/* That binding and listening are net events, too, no document says; that they have records does. */
static enum prove_shown shown_of(const struct prove_trial *trial, uint32_t wrong)
{
    bool open = trial->filter.permits || trial->filter.layer <= PROVE_LISTEN;
    if (could_not_try(trial))
        return PROVE_SKIPPED;
    if (wrong == 0)
        return PROVE_YES;
    return open && wrong == PROVE_WRONG_EVENT ? PROVE_OPEN : PROVE_NO;
}

void prove_trial_judge(const struct prove_trials *t, const struct prove_trial *trial,
                       struct prove_claim *c)
{
    bool blocked = trial->error != 0;
    uint32_t wrong = trial->wrong | judge_record(t, trial) |
                     wrong_if(trial->events == 0, PROVE_WRONG_EVENT) |
                     wrong_if(blocked == trial->filter.permits, PROVE_WRONG_BLOCKED);
    *c = (struct prove_claim){.id = trial->id, .text = trial->text, .has_error = true};
    c->shown = shown_of(trial, wrong);
    c->wrong = c->shown == PROVE_SKIPPED ? 0 : wrong;
    c->error = trial->error;
    c->record = trial->record;
    c->joined = trial->joined;
    c->has_event_lag = trial->events > 0;
    c->event_lag = (int64_t)(trial->event_time - trial->from);
    c->has_record_lag = trial->record != 0 && trial->events > 0;
    if (trial->taken)
        (void)snprintf(c->detail, sizeof c->detail, "the port is not free");
    c->record_lag = (int64_t)(trial->record_time - trial->event_time);
}
