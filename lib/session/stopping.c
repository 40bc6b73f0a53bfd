/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "session/stopping.h"

enum { POLL_MS = 1 };

void stopping_publish(struct stopping *st, void *source)
{
    (void)os_u64_exchange(&st->source, (uint64_t)(uintptr_t)source);
}

void *stopping_enter(struct stopping *st)
{
    (void)os_u32_add(&st->users, 1);
    return (void *)(uintptr_t)os_u64_add(&st->source, 0);
}

void stopping_leave(struct stopping *st)
{
    (void)os_u32_add(&st->users, UINT32_MAX);
}

void stopping_stop(struct stopping *st, void (*stop)(void *source))
{
    void *source = stopping_enter(st);
    if (source != NULL)
        stop(source);
    stopping_leave(st);
}

void stopping_withdraw(struct stopping *st)
{
    (void)os_u64_exchange(&st->source, 0);
    while (os_u32_add(&st->users, 0) != 0)
        os_sleep_ms(POLL_MS); /* it is a moment */
}
