/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "machine.h"

#include "sim/sim.h"

void machine_play(wfpw_sim *sim, const char *script)
{
    wfpw_error e;
    if (wfpw_sim_play(sim, script, &e) != WFPW_OK)
        fail_msg("%s at character %u of: %s", e.text, (unsigned)e.position, script);
}

wfpw_sim *machine_new(uint32_t windows)
{
    wfpw_sim *sim;
    assert_int_equal(wfpw_sim_new(windows, &sim), WFPW_OK);
    machine_play(sim, "collect off; keywords 0x10; still_on off");
    return sim;
}

bool machine_is(wfpw_sim *sim, uint32_t collect, uint32_t keywords, uint32_t ipsec)
{
    os_mutex_lock(&sim->lock);
    const uint32_t *o = sim->machine.options;
    bool is = o[FWPM_ENGINE_COLLECT_NET_EVENTS] == collect &&
              o[FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS] == keywords &&
              o[FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS] == ipsec;
    os_mutex_unlock(&sim->lock);
    return is;
}

void machine_assert(wfpw_sim *sim, uint32_t collect, uint32_t keywords, uint32_t ipsec)
{
    if (!machine_is(sim, collect, keywords, ipsec))
        fail_msg("collection %u, keywords 0x%x, IPsec %u", sim->machine.options[0],
                 sim->machine.options[1], sim->machine.options[3]);
}

void machine_assert_as_found(wfpw_sim *sim)
{
    machine_assert(sim, FOUND_COLLECT, FOUND_KEYWORDS & sim->machine.keywords, FOUND_IPSEC);
}

void machine_free(wfpw_sim *sim)
{
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_SESSIONS), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_SUBSCRIPTIONS), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(sim);
}
