/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The trials of 'wfpwatch prove': each a filter of its own, something that it blocks or permits,
 * and what the session then has to report of it.
 */
#ifndef PROVE_TRIALS_H
#define PROVE_TRIALS_H

#include "platform/prove_host.h"
#include "view/prove_report.h"

enum { PROVE_TRIALS = 20, PROVE_PORTS = PROVE_TRIALS + 1 };

struct prove_trial {
    struct prove_filter filter;
    bool brief; /* its filter is deleted at once */
    bool taken; /* its port: nothing is added for it, as that might block somebody else */
    char id[32], text[64], name[56];
    uint64_t filter_id;
    uint64_t from, until; /* when it was tried, by the host's clock */
    uint32_t error;
    uint16_t local_port; /* 0: not known */
    uint32_t events, wrong, record;
    bool joined;
    uint64_t event_time, record_time;
};

struct prove_trials {
    struct prove_trial list[PROVE_TRIALS];
    struct prove_filter flood;
    uint64_t flood_id;
    bool flood_taken;                                /* its port */
    uint64_t flood_wanted, flood_events, flood_lost; /* lost: counted in gaps */
    bool audits_connections, audits_packets;         /* else no records are expected */
    bool outage;                                     /* a gap told of one */
};

/* first_port: of PROVE_PORTS ports in a row. */
void prove_trials_plan(struct prove_trials *t, uint16_t first_port);
/* Looks which ports are free. Returns how many filters will be added. */
uint32_t prove_trials_look(struct prove_trials *t, struct prove_host *h);
/* Adds the filters. Returns NULL or the call that failed, and the host has its code. */
const char *prove_trials_add(struct prove_trials *t, struct prove_host *h);
/* Tries one of them. */
void prove_trial_attempt(struct prove_trial *trial, struct prove_host *h);
/* Compares an event with what was tried. */
void prove_trials_take(struct prove_trials *t, const struct prove_host *h, const wfpw_event *ev);
/* Whether everything has come that has to come. */
bool prove_trials_complete(const struct prove_trials *t);
/* The claim that it stands for. */
void prove_trial_judge(const struct prove_trials *t, const struct prove_trial *trial,
                       struct prove_claim *c);

#endif
