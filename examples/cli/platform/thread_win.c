/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "platform/thread.h"

#include <limits.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static DWORD WINAPI thread_main(void *arg)
{
    struct thread *t = arg;
    t->run(t->ctx);
    return 0;
}

bool thread_start(struct thread *t, void (*run)(void *ctx), void *ctx)
{
    t->run = run;
    t->ctx = ctx;
    t->handle = CreateThread(NULL, 0, thread_main, t, 0, NULL);
    return t->handle != NULL;
}

void thread_join(struct thread *t)
{
    (void)WaitForSingleObject(t->handle, INFINITE);
    (void)CloseHandle(t->handle);
}

bool semaphore_init(semaphore *s, unsigned count)
{
    *s = CreateSemaphoreW(NULL, (LONG)count, LONG_MAX, NULL);
    return *s != NULL;
}

void semaphore_post(semaphore *s)
{
    (void)ReleaseSemaphore(*s, 1, NULL);
}

void semaphore_wait(semaphore *s)
{
    (void)WaitForSingleObject(*s, INFINITE);
}

void semaphore_destroy(semaphore *s)
{
    (void)CloseHandle(*s);
}
