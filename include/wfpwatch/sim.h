/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
/**
 * @file sim.h
 * A simulated Windows Filtering Platform (library wfpwatch_sim), for tests of wfpwatch and of
 * programs that embed it. It hands out raw FWPM_NET_EVENTn structs as fwpuclnt.dll does, so that
 * the very code that runs on Windows reads them, and it does not flatter: what no flag covers is
 * garbage, memory is poisoned after each callback and each free, any call can fail or hang.
 *
 * Any thread may call any function with one simulator, except wfpw_sim_free. docs/testing.md has
 * the script language.
 */
#ifndef WFPWATCH_SIM_H
#define WFPWATCH_SIM_H

#include "wfpwatch/wfpwatch.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup wfpw_sim The simulator
 * @{ */

typedef struct wfpw_sim wfpw_sim; /**< A simulated Windows. */

/**
 * Makes a simulator.
 * @param windows 7, 8, 10 (1607), 1803 or 11: which functions there are
 * @param out the simulator, which wfpw_sim_free() takes back
 * @return 0; E_INVAL, E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_sim_new(uint32_t windows, wfpw_sim **out);

/**
 * Frees it after its thread has ended. No session may use it any more.
 * @param sim the simulator; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_sim_free(wfpw_sim *sim);

/**
 * What to give to wfpw_options.system.
 * @param sim the simulator
 * @return its system, which belongs to the simulator
 */
WFPW_API const wfpw_system *WFPW_CALL wfpw_sim_system(wfpw_sim *sim);

/**
 * Does what a script says, on this thread; callbacks run on it too.
 * @param sim the simulator
 * @param script the script
 * @param e what failed; may be NULL
 * @return 0; E_SYNTAX, with the character in e->position; what stood before it has been done
 */
WFPW_API int WFPW_CALL wfpw_sim_play(wfpw_sim *sim, const char *script, wfpw_error *e);

/**
 * The same on a thread of the simulator's, which first waits until somebody has subscribed, and has
 * called nothing for a tenth of a second (or a second is over). One at a time.
 * @param sim the simulator
 * @param script the script, which is copied, and checked before the call returns
 * @param e what failed; may be NULL
 * @return 0; as wfpw_sim_play(), and E_INVAL when one is under way
 */
WFPW_API int WFPW_CALL wfpw_sim_start(wfpw_sim *sim, const char *script, wfpw_error *e);

/**
 * Makes a later call of any function return a code instead of working.
 * @param sim the simulator
 * @param nth which call from now: 1 is the next; 0 takes that back
 * @param code what it returns
 */
WFPW_API void WFPW_CALL wfpw_sim_fail_nth(wfpw_sim *sim, uint64_t nth, uint32_t code);

/** What to ask wfpw_sim_count for. */
enum wfpw_sim_what {
    WFPW_SIM_CALLS = 1,                /**< Calls of functions, ever. */
    WFPW_SIM_CALLBACKS = 2,            /**< Made, ever: events that a subscriber was given. */
    WFPW_SIM_SESSIONS = 3,             /**< Sessions that are open now. */
    WFPW_SIM_SUBSCRIPTIONS = 4,        /**< Subscriptions to net events that are open now. */
    WFPW_SIM_ALLOCATIONS = 5,          /**< Handed out by calls and not yet freed. */
    WFPW_SIM_MISUSES = 6,              /**< Calls that Windows would have answered with a crash. */
    WFPW_SIM_CHANGE_SUBSCRIPTIONS = 7, /**< Subscriptions to changes of filters. */
    WFPW_SIM_ENUMERATED = 8,           /**< Events that enumerations gave, ever. */
    WFPW_SIM_NOW = 9,                  /**< Its clock, 100 ns since 1601-01-01 UTC. */
    WFPW_SIM_LOG_HANDLES = 10,         /**< Handles of the event log that are open now. */
    WFPW_SIM_LOG_RECORDS = 11,         /**< Records that the Security log holds. */
    WFPW_SIM_LOG_NEXT = 12             /**< The number that its next record has. */
};

/**
 * A count of the simulator.
 * @param sim the simulator
 * @param what one of WFPW_SIM_*
 * @return the count
 */
WFPW_API uint64_t WFPW_CALL wfpw_sim_count(wfpw_sim *sim, uint32_t what);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
