/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A simulated network: a program binds, listens, connects and sends on this host alone, the filters
 * of the policy are evaluated on it, and what they block is a net event and an audit record. And
 * the defects that a simulated Windows can be given, for tests of what has to find them. */
#ifndef WFPW_SIM_NETWORK_H
#define WFPW_SIM_NETWORK_H

#include "sim/policy/sim_policy.h"
#include "sim/script/sim_scene.h"

/* Bits of sim_network.defects, in the order of their words in sim_defect.c. */
enum sim_defect {
    DEFECT_SIDES_SWAPPED,
    DEFECT_WRONG_LOCAL_PORT,
    DEFECT_WRONG_REMOTE_PORT,
    DEFECT_WRONG_ADDRESS,
    DEFECT_WRONG_DIRECTION,
    DEFECT_WRONG_PROTOCOL,
    DEFECT_WRONG_APP,
    DEFECT_WRONG_USER,
    DEFECT_WRONG_FILTER,
    DEFECT_WRONG_LAYER,
    DEFECT_NOT_LOOPBACK,
    DEFECT_EVENT_LOST,
    DEFECT_EVENT_LOST_IPV6,
    DEFECT_EVENT_LOST_UDP,
    DEFECT_EVENT_LOST_INBOUND,
    DEFECT_EVENT_TWICE,
    DEFECT_EVENT_LATE,
    DEFECT_RECORD_LOST,
    DEFECT_RECORD_LATE,
    DEFECT_RECORD_WRONG_PROCESS,
    DEFECT_RECORD_WRONG_ID,
    DEFECT_NAME_MISSING,
    DEFECT_NOT_BLOCKED,
    DEFECT_PERMIT_BLOCKS,
    DEFECT_FLOOD_LOST,
    DEFECT_FILTER_LEFT,
    DEFECT_SUBLAYER_LEFT,
    DEFECT_PROVIDER_LEFT,
    DEFECT_SETTING_LEFT,
    DEFECT_POLICY_LEFT,
    SIM_DEFECTS
};

enum { NETWORK_ACCESS = 10013, NETWORK_TIMEOUT = 10060 }; /* WSAEACCES, WSAETIMEDOUT */
enum { SIM_PROCESS = 4711 };                              /* of the program, without process= */

struct sim_network {
    uint64_t defects;
    uint64_t blocked;     /* counted */
    uint64_t last_filter; /* id of the filter that was added last */
    uint32_t error;       /* of the last call: a Winsock code, or 0 */
};

/* What a program does: the event has protocol, sides, app and user. */
struct sim_traffic {
    struct sim_event what;
    uint64_t process;
};

struct wfpw_sim;
bool sim_defect_is_on(const struct wfpw_sim *sim, enum sim_defect d);
/* From now on it has the defect of this word. Returns NULL, or what is wrong. Takes the lock. */
const char *sim_defect_play(struct wfpw_sim *sim, const struct sim_word *w, bool check);

bool sim_network_knows(const struct sim_word *command);
/* Does it; check: only sees whether it can be read. Returns NULL, or what is wrong, and where.
 * Takes the lock. */
const char *sim_network_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                             const char **where);

/* The filter that decides at this layer, or NULL. The lock is held. */
const struct sim_object *sim_classify(const struct wfpw_sim *sim, uint32_t layer,
                                      const struct sim_event *ev);
/* It blocked or permitted: the event and the record of it, with the defects. Takes the lock. */
void sim_report_decision(struct wfpw_sim *sim, const struct sim_object *filter, uint32_t layer,
                         const struct sim_traffic *t);

#endif
