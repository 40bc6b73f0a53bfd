/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the tool needs of threads; one file a system fills it (thread_posix.c, thread_win.c).
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>

#ifdef _WIN32
typedef void *thread_handle;
typedef void *semaphore;
#else
#include <pthread.h>
#include <semaphore.h>
typedef pthread_t thread_handle;
typedef sem_t semaphore;
#endif

struct thread {
    thread_handle handle;
    void (*run)(void *ctx);
    void *ctx;
};

/* t stays where it is until it is joined. Ctrl-C and the like stay with the first thread. */
bool thread_start(struct thread *t, void (*run)(void *ctx), void *ctx);
void thread_join(struct thread *t);

bool semaphore_init(semaphore *s, unsigned count);
void semaphore_post(semaphore *s);
void semaphore_wait(semaphore *s);
void semaphore_destroy(semaphore *s);

#endif
