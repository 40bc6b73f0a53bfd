/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/stopping.h"

#include "base/error.h"

enum { POLL_MS = 1 };

void stopping_stop(struct stopping *st)
{
    (void)os_u32_add(&st->users, 1);
    uint64_t address = os_u64_add(&st->service, 0);
    if (address != 0)
        service_stop((struct service *)(uintptr_t)address);
    (void)os_u32_add(&st->users, UINT32_MAX);
}

void stopping_close(struct stopping *st)
{
    uint64_t address = os_u64_exchange(&st->service, 0);
    while (os_u32_add(&st->users, 0) != 0)
        os_sleep_ms(POLL_MS); /* it is a moment */
    service_close((struct service *)(uintptr_t)address);
}

int stopping_start(struct stopping *st, const struct service_options *o, const os_u64 *stopped_at,
                   struct service **out, wfpw_error *e)
{
    struct service *service = NULL;
    *out = NULL;
    int status = os_u64_load(stopped_at) != 0
                     ? error_set(e, WFPW_E_STOPPED, "wfpw_add_live", 0, NULL)
                     : service_new(o, &service, e);
    if (status != WFPW_OK)
        return status;
    (void)os_u64_exchange(&st->service, (uint64_t)(uintptr_t)service);
    if (os_u64_load(stopped_at) != 0)
        service_stop(service);
    status = service_run(service, e);
    if (status != WFPW_OK && status != WFPW_E_STOPPED)
        stopping_close(st);
    else
        *out = service; /* which ends, if it was stopped, when its call of the engine does */
    return status;
}
