/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
/**
 * @file sim.h A simulated Windows Filtering Platform (library wfpwatch_sim), for tests of wfpwatch
 * and of programs that embed it. It returns raw FWPM_NET_EVENTn structs as fwpuclnt.dll does, so
 * that the same code reads them as on Windows, and it is strict: members without a flag contain
 * garbage, memory is poisoned after each callback and each free, any call can fail or hang.
 *
 * Any thread may call any function with one simulator, except wfpw_sim_free. docs/testing.md
 * describes the script language.
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
 * Creates a simulator.
 * @param windows 7, 8, 10 (1607), 1803 or 11: determines which functions exist
 * @param out the simulator, to be freed with wfpw_sim_free()
 * @return 0; E_INVAL, E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_sim_new(uint32_t windows, wfpw_sim **out);

/**
 * Waits for the simulator's thread to end, then frees it. No session may still use it.
 * @param sim the simulator; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_sim_free(wfpw_sim *sim);

/**
 * Returns the value for wfpw_options.system.
 * @param sim the simulator
 * @return its system, owned by the simulator
 */
WFPW_API const wfpw_system *WFPW_CALL wfpw_sim_system(wfpw_sim *sim);

/**
 * Executes a script on this thread; callbacks run on it too.
 * @param sim the simulator
 * @param script the script
 * @param e what failed; may be NULL
 * @return 0; E_SYNTAX, with the character in e->position; the script before it has been executed
 */
WFPW_API int WFPW_CALL wfpw_sim_play(wfpw_sim *sim, const char *script, wfpw_error *e);

/**
 * The same on a thread of the simulator, which first waits until a subscription exists and the
 * subscriber has made no call for 0.1 s (or until 1 s has passed). One script at a time.
 * @param sim the simulator
 * @param script the script, which is copied, and checked before the call returns
 * @param e what failed; may be NULL
 * @return 0; as wfpw_sim_play(), and E_INVAL while a script runs
 */
WFPW_API int WFPW_CALL wfpw_sim_start(wfpw_sim *sim, const char *script, wfpw_error *e);

/**
 * Makes a later call of any function return a code instead of working.
 * @param sim the simulator
 * @param nth the call to fail, counted from now: 1 is the next; 0 cancels
 * @param code the return value
 */
WFPW_API void WFPW_CALL wfpw_sim_fail_nth(wfpw_sim *sim, uint64_t nth, uint32_t code);

/** Counters for wfpw_sim_count. */
enum wfpw_sim_what {
    WFPW_SIM_CALLS = 1,         /**< Function calls, in total. */
    WFPW_SIM_CALLBACKS = 2,     /**< Callbacks, in total: events delivered to a subscriber. */
    WFPW_SIM_SESSIONS = 3,      /**< Sessions that are open now. */
    WFPW_SIM_SUBSCRIPTIONS = 4, /**< Subscriptions to net events that are open now. */
    WFPW_SIM_ALLOCATIONS = 5,   /**< Allocated by calls and not yet freed. */
    WFPW_SIM_MISUSES = 6,       /**< Calls that would crash on Windows. */
    WFPW_SIM_CHANGE_SUBSCRIPTIONS = 7, /**< Subscriptions to changes of filters. */
    WFPW_SIM_ENUMERATED = 8,           /**< Events returned by enumerations, in total. */
    WFPW_SIM_NOW = 9,                  /**< Its clock, 100 ns since 1601-01-01 UTC. */
    WFPW_SIM_LOG_HANDLES = 10,         /**< Handles of the event log that are open now. */
    WFPW_SIM_LOG_RECORDS = 11,         /**< Records in the Security log. */
    WFPW_SIM_LOG_NEXT = 12,            /**< Number of its next record. */
    /**
     * The Winsock code of the script's last `bind`, `listen`, `connect` or `send`: 10013 when it
     * was refused, 10060 when nothing came of it, 0 when it succeeded.
     */
    WFPW_SIM_SOCKET_ERROR = 13,
    WFPW_SIM_LAST_FILTER = 14, /**< The id of the filter that was added last. */
    /** Providers, sublayers and the like, but filters, that dynamic sessions added. */
    WFPW_SIM_DYNAMIC = 15,
    WFPW_SIM_RULE_WATCHES = 16 /**< Watches of the firewall's rules that are open now. */
};

/**
 * Returns a counter of the simulator.
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
