/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the library needs of an operating system: threads, atomics, a signal that can be waited on
 * from outside, a clock, files. One folder a system fills it (posix/, win/), chosen by the build.
 */
#ifndef WFPW_OS_H
#define WFPW_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os_native.h" /* of the system's folder: os_u32, os_u64, os_mutex, os_signal, os_event, os_thread */

/* ---- atomics: in os_native.h, inline -------------------------------------------------------- */
/* os_u32 and os_u64 with load (acquires), load_relaxed, store (releases), exchange and add (both
 * sequentially consistent, both return the value before); os_u32_load_ordered, which is
 * sequentially consistent too;
 * bool os_u64_cas(os_u64 *a, uint64_t *expected, uint64_t v): true when *a was *expected and is now
 *   v, otherwise *expected holds what it is; it may fail for no reason;
 * void os_u64_bump(os_u64 *a, uint64_t by): a counter that only one thread writes and others read
 */

/* ---- threads -------------------------------------------------------------------------------- */

bool os_mutex_init(os_mutex *m);
void os_mutex_lock(os_mutex *m);
void os_mutex_unlock(os_mutex *m);
void os_mutex_destroy(os_mutex *m);

/* Starts run(ctx) on a thread of its own, on which no signal of POSIX is handled. false: none could
 * be had. */
bool os_thread_start(os_thread *t, void (*run)(void *ctx), void *ctx);
void os_thread_join(os_thread *t);
/* Whether the thread that calls is this one. All zero: it was not started; false, too, once it was
 * joined. */
bool os_thread_is_self(const os_thread *t);
/* Runs run(ctx) on a thread that nobody waits for. false: none could be had. */
bool os_thread_start_apart(void (*run)(void *ctx), void *ctx);
void os_sleep_ms(uint32_t ms);
/* What a debugger calls the thread that calls; at most 15 bytes. */
void os_thread_name(const char *name);

/* A signal stays set until it is reset. Waiting does not reset it. */
bool os_signal_init(os_signal *s);
void os_signal_set(os_signal *s); /* never waits, from any thread, in a handler of signals */
void os_signal_reset(os_signal *s);
bool os_signal_wait(os_signal *s, int32_t timeout_ms); /* negative: for ever; false: time is over */
intptr_t os_signal_handle(const os_signal *s);
void os_signal_destroy(os_signal *s);

/* ---- memory and code that outlive a session -------------------------------------------------- */

/* Zeroed memory of no allocator's; NULL: there is none. */
void *os_pages_new(size_t bytes);
void os_pages_free(void *p, size_t bytes);
/* The library's code stays where it is until the process ends, whoever lets go of it. */
void os_stay(void);

/* An event wakes one wait for each time that it was set, or for several of them together; a wait
 * takes it back in the same step, so that nothing set meanwhile is lost. The event log sets it by
 * its handle. */
bool os_event_init(os_event *e, bool is_set);
void os_event_set(os_event *e); /* never waits, from any thread */
bool os_event_wait(os_event *e, int32_t timeout_ms);
intptr_t os_event_handle(const os_event *e);
void os_event_set_handle(intptr_t handle);
void os_event_destroy(os_event *e);

/* ---- time ----------------------------------------------------------------------------------- */

uint64_t os_ticks_ms(void); /* monotonic */
uint64_t os_now(void);      /* 100 ns since 1601-01-01 UTC */
/* Local time of this host, so counted, as UTC; of an hour that comes twice, one of the two. */
uint64_t os_utc_of_local(uint64_t local);

/* ---- files ---------------------------------------------------------------------------------- */

/* "-" is standard input. Returns 0 or the system's error number. */
uint32_t os_file_open(os_file *f, const char *path);
/* Reads up to n bytes, fewer only at the end of the file. Returns 0 or the system's error number.
 */
uint32_t os_file_read(os_file *f, void *buf, size_t n, size_t *got);
/* The same `at` bytes behind where the file was when it was opened, of one whose size is known. Any
 * thread, and several at once; not to be mixed with the sequential one. */
uint32_t os_file_read_at(const os_file *f, uint64_t at, void *buf, size_t n, size_t *got);
/* The size in bytes, or 0 when it is not known (a pipe). */
uint64_t os_file_size(const os_file *f);
void os_file_close(os_file *f);

/* ---- the program that the library is part of ------------------------------------------------ */

typedef void (*os_function)(void);
/* A function that the program or one of its libraries exports; NULL: there is none. */
os_function os_program_symbol(const char *name);

#endif
