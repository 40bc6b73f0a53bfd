/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#define _POSIX_C_SOURCE 200809L
#include "platform/thread.h"

#include <errno.h>
#include <signal.h>

static void *thread_main(void *arg)
{
    struct thread *t = arg;
    t->run(t->ctx);
    return NULL;
}

bool thread_start(struct thread *t, void (*run)(void *ctx), void *ctx)
{
    sigset_t all, before;
    t->run = run;
    t->ctx = ctx;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* the new thread inherits it */
    bool started = pthread_create(&t->handle, NULL, thread_main, t) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void thread_join(struct thread *t)
{
    (void)pthread_join(t->handle, NULL);
}

bool semaphore_init(semaphore *s, unsigned count)
{
    return sem_init(s, 0, count) == 0;
}

void semaphore_post(semaphore *s)
{
    (void)sem_post(s);
}

void semaphore_wait(semaphore *s)
{
    while (sem_wait(s) != 0 && errno == EINTR)
        ;
}

void semaphore_destroy(semaphore *s)
{
    (void)sem_destroy(s);
}
