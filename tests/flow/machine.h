/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A simulated machine whose settings are found in one state, for tests of what is done to them. */
#ifndef WFPW_TEST_MACHINE_H
#define WFPW_TEST_MACHINE_H

#include "cmocka_all.h"

#include <stdbool.h>

#include "wfpwatch/sim.h"

/* What a machine of these tests has before we come: no collection, and one keyword of another's. */
enum { FOUND_COLLECT = 0, FOUND_KEYWORDS = 0x10, FOUND_IPSEC = 0 };

/* A new one, in which monitoring of IPsec connections can be turned off again. */
wfpw_sim *machine_new(uint32_t windows);
bool machine_is(wfpw_sim *sim, uint32_t collect, uint32_t keywords, uint32_t ipsec);
void machine_assert(wfpw_sim *sim, uint32_t collect, uint32_t keywords, uint32_t ipsec);
void machine_assert_as_found(wfpw_sim *sim);
void machine_play(wfpw_sim *sim, const char *script);
/* Nothing of ours is left in the simulator; frees it. */
void machine_free(wfpw_sim *sim);

#endif
