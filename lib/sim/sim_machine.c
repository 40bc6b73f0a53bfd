/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a simulated machine keeps: the engine's options, which outlive sessions and reboots and may
 * be shared by several processes through a file, and the document of our leases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

/* ---- options -------------------------------------------------------------------------------- */

/* FWPM_NET_EVENT_KEYWORD_*: the first two came with Windows 7, the last with Windows 10 1903. */
static uint32_t known_keywords(uint32_t windows)
{
    return windows == 7 ? 0x03 : windows == 11 ? 0x3F : 0x1F;
}

void sim_machine_init(struct wfpw_sim *sim, uint32_t windows)
{
    struct sim_machine *m = &sim->machine;
    m->options[FWPM_ENGINE_COLLECT_NET_EVENTS] = 1;
    m->keywords = known_keywords(windows);
    m->has_ipsec = windows != 7;
    m->still_on = true;
}

void sim_machine_free(struct wfpw_sim *sim)
{
    free(sim->machine.file);
    free(sim->machine.document);
}

/* A byte is read and written in one piece, whoever else does. */
uint32_t sim_machine_byte(const struct wfpw_sim *sim, uint32_t at)
{
    FILE *f = fopen(sim->machine.file, "rb");
    int c = f != NULL && fseek(f, (long)at, SEEK_SET) == 0 ? fgetc(f) : EOF;
    if (f != NULL)
        (void)fclose(f);
    return c != EOF ? (uint32_t)c : 0;
}

void sim_machine_put_byte(struct wfpw_sim *sim, uint32_t at, uint32_t value)
{
    FILE *f = fopen(sim->machine.file, "r+b");
    if (f != NULL && fseek(f, (long)at, SEEK_SET) == 0)
        (void)fputc((int)value, f);
    if (f != NULL)
        (void)fclose(f);
}

uint32_t sim_machine_get(const struct wfpw_sim *sim, uint32_t option)
{
    const struct sim_machine *m = &sim->machine;
    return m->file == NULL ? m->options[option] : sim_machine_byte(sim, option);
}

void sim_clear_history(struct wfpw_sim *sim)
{
    for (uint32_t i = 0; i < sim->history_count; i++)
        free(sim->history[i]);
    sim->history_count = 0;
}

void sim_machine_put(struct wfpw_sim *sim, uint32_t option, uint32_t value)
{
    struct sim_machine *m = &sim->machine;
    if (option == FWPM_ENGINE_COLLECT_NET_EVENTS && value != 0 && sim_machine_get(sim, option) == 0)
        sim_clear_history(sim); /* what was kept is cleared when collecting begins anew */
    m->options[option] = value;
    if (m->file != NULL)
        sim_machine_put_byte(sim, option, value);
}

bool sim_machine_share(struct wfpw_sim *sim, const char *file, size_t n)
{
    struct sim_machine *m = &sim->machine;
    if (m->file != NULL && strlen(m->file) == n && memcmp(m->file, file, n) == 0)
        return true;
    free(m->file);
    m->file = malloc(n + 1);
    if (m->file == NULL)
        return false;
    memcpy(m->file, file, n);
    m->file[n] = 0;
    sim->system.store =
        NULL; /* its leases are shared as well: in the place that the caller names */
    FILE *f = fopen(m->file, "r+b");
    if (f == NULL && (f = fopen(m->file, "wb")) != NULL)
        for (int i = 0; i < SIM_OPTIONS; i++)
            (void)fputc((int)m->options[i], f);
    return f != NULL && fclose(f) == 0;
}

bool sim_machine_knows(const struct wfpw_sim *sim, uint32_t option)
{
    return option == FWPM_ENGINE_COLLECT_NET_EVENTS ||
           option == FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS ||
           (option == FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS && sim->machine.has_ipsec);
}

uint32_t sim_machine_set(struct wfpw_sim *sim, uint32_t option, const FWP_VALUE0 *value)
{
    bool keywords = option == FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS;
    if (!sim_machine_knows(sim, option))
        return FWP_ERROR_INVALID_PARAMETER;
    if (value == NULL)
        return FWP_E_NULL_POINTER;
    if (value->type != FWP_UINT32)
        return FWP_E_TYPE_MISMATCH;
    if ((value->uint32 & ~(keywords ? sim->machine.keywords : 1)) != 0)
        return FWP_ERROR_INVALID_PARAMETER;
    if (option == FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS && value->uint32 == 0 &&
        sim->machine.still_on && sim_machine_get(sim, option) != 0)
        return FWP_E_STILL_ON;
    if (value->uint32 == 0 && sim_defect_is_on(sim, DEFECT_SETTING_LEFT))
        return 0;
    sim_machine_put(sim, option, value->uint32);
    return 0;
}

/* ---- what the options do -------------------------------------------------------------------- */

/* The keyword without which an inbound drop to such an address is not recorded. */
static uint32_t keyword_of_drop(const struct sim_event *ev)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    const wfpw_endpoint *to = &ev->local;
    if (ev->direction != MS_FWP_DIRECTION_IN)
        return 0;
    if (to->family == 4 && memcmp(to->addr, broadcast, sizeof broadcast) == 0)
        return FWPM_NET_EVENT_KEYWORD_INBOUND_BCAST;
    bool multicast = to->family == 4 ? to->addr[0] >> 4 == 14 : to->addr[0] == 255;
    return to->family != 0 && multicast ? FWPM_NET_EVENT_KEYWORD_INBOUND_MCAST : 0;
}

static uint32_t keyword_of(const struct sim_event *ev)
{
    switch (ev->type) {
    case FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW:
        return FWPM_NET_EVENT_KEYWORD_CLASSIFY_ALLOW;
    case FWPM_NET_EVENT_TYPE_CAPABILITY_DROP:
        return FWPM_NET_EVENT_KEYWORD_CAPABILITY_DROP;
    case FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW:
        return FWPM_NET_EVENT_KEYWORD_CAPABILITY_ALLOW;
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP:
        return keyword_of_drop(ev);
    default:
        return 0;
    }
}

bool sim_machine_records(const struct wfpw_sim *sim, const struct sim_event *ev)
{
    uint32_t wanted = keyword_of(ev);
    if (sim_machine_get(sim, FWPM_ENGINE_COLLECT_NET_EVENTS) == 0)
        return false;
    return wanted == 0 ||
           (sim_machine_get(sim, FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS) & wanted) != 0;
}
