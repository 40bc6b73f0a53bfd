/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What can be wrong with a simulated Windows. */
#include "sim/sim.h"

static const char *const defect_words[SIM_DEFECTS] = {
    [DEFECT_SIDES_SWAPPED] = "sides_swapped",
    [DEFECT_WRONG_LOCAL_PORT] = "wrong_local_port",
    [DEFECT_WRONG_REMOTE_PORT] = "wrong_remote_port",
    [DEFECT_WRONG_ADDRESS] = "wrong_address",
    [DEFECT_WRONG_DIRECTION] = "wrong_direction",
    [DEFECT_WRONG_PROTOCOL] = "wrong_protocol",
    [DEFECT_WRONG_APP] = "wrong_app",
    [DEFECT_WRONG_USER] = "wrong_user",
    [DEFECT_WRONG_FILTER] = "wrong_filter",
    [DEFECT_WRONG_LAYER] = "wrong_layer",
    [DEFECT_NOT_LOOPBACK] = "not_loopback",
    [DEFECT_EVENT_LOST] = "event_lost",
    [DEFECT_EVENT_LOST_IPV6] = "event_lost_ipv6",
    [DEFECT_EVENT_LOST_UDP] = "event_lost_udp",
    [DEFECT_EVENT_LOST_INBOUND] = "event_lost_inbound",
    [DEFECT_EVENT_TWICE] = "event_twice",
    [DEFECT_EVENT_LATE] = "event_late",
    [DEFECT_RECORD_LOST] = "record_lost",
    [DEFECT_RECORD_LATE] = "record_late",
    [DEFECT_RECORD_WRONG_PROCESS] = "record_wrong_process",
    [DEFECT_RECORD_WRONG_ID] = "record_wrong_id",
    [DEFECT_NAME_MISSING] = "name_missing",
    [DEFECT_NOT_BLOCKED] = "not_blocked",
    [DEFECT_PERMIT_BLOCKS] = "permit_blocks",
    [DEFECT_FLOOD_LOST] = "flood_lost",
    [DEFECT_FILTER_LEFT] = "filter_left",
    [DEFECT_SUBLAYER_LEFT] = "sublayer_left",
    [DEFECT_PROVIDER_LEFT] = "provider_left",
    [DEFECT_SETTING_LEFT] = "setting_left",
    [DEFECT_POLICY_LEFT] = "policy_left",
};

bool sim_defect_is_on(const struct wfpw_sim *sim, enum sim_defect d)
{
    return (sim->network.defects >> d & 1) != 0;
}

const char *sim_defect_play(struct wfpw_sim *sim, const struct sim_word *w, bool check)
{
    for (int i = 0; i < SIM_DEFECTS; i++) {
        if (!word_is(w, defect_words[i]))
            continue;
        os_mutex_lock(&sim->lock);
        sim->network.defects |= check ? 0 : UINT64_C(1) << i;
        os_mutex_unlock(&sim->lock);
        return NULL;
    }
    return "there is no such defect";
}
