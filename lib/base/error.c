/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "os/fwp_types.h"

static void copy_text(char *to, size_t cap, const char *from)
{
    size_t n = strlen(from);
    if (n >= cap)
        n = cap - 1;
    memcpy(to, from, n);
    to[n] = 0;
}

int error_at(wfpw_error *e, int status, const char *where, uint64_t position, const char *text)
{
    (void)error_set(e, status, where, 0, text);
    if (e != NULL)
        e->position = position;
    return status;
}

int error_set(wfpw_error *e, int status, const char *where, uint32_t os_code, const char *text)
{
    if (e == NULL)
        return status;
    memset(e, 0, sizeof *e);
    e->size = sizeof *e;
    e->status = status;
    e->os_code = os_code;
    copy_text(e->where, sizeof e->where, where);
    copy_text(e->text, sizeof e->text, text != NULL ? text : wfpw_strerror(status));
    return status;
}

void error_log(wfpw_log_fn log, void *log_ctx, int level, const char *what, const char *call,
               uint32_t code)
{
    char text[256];
    if (log == NULL)
        return;
    if (call != NULL)
        (void)snprintf(text, sizeof text, "%s: %s gave 0x%x (%u)", what, call, code, code);
    else
        (void)snprintf(text, sizeof text, "%s", what);
    log(log_ctx, level, text);
}

int error_of_engine(uint32_t code)
{
    switch (code) {
    case 0:
        return WFPW_OK;
    case FWP_ERROR_ACCESS_DENIED:
        return WFPW_E_ACCESS;
    case FWP_E_NET_EVENTS_DISABLED:
        return WFPW_E_DISABLED;
    case FWP_E_TIMEOUT:
        return WFPW_E_TIMEOUT;
    default:
        return error_is_outage(code) ? WFPW_E_NOSERVICE : WFPW_E_SYSTEM;
    }
}

int error_of_windows(uint32_t code)
{
    enum { NOT_HELD = 1314, NO_MEMORY = 8, NOT_ENOUGH_MEMORY = 14 };
    if (code == FWP_ERROR_ACCESS_DENIED || code == NOT_HELD)
        return WFPW_E_ACCESS;
    return code == 0                                        ? WFPW_OK
           : code == NO_MEMORY || code == NOT_ENOUGH_MEMORY ? WFPW_E_NOMEM
                                                            : WFPW_E_SYSTEM;
}

/* Which of them comes when is not documented. CONTEXT_MISMATCH is what a session's handle gives
 * when the service that it was opened in is another one now (Microsoft, "Maintaining State on the
 * Server Between Calls"). */
int error_is_outage(uint32_t code)
{
    switch (code) {
    case FWP_RPC_X_SS_CONTEXT_MISMATCH:
    case FWP_ERROR_SHUTDOWN_IN_PROGRESS:
    case FWP_RPC_S_CALL_FAILED_DNE:
    case FWP_RPC_S_UNKNOWN_IF:
    case FWP_RPC_S_SERVER_UNAVAILABLE:
    case FWP_RPC_S_CALL_FAILED:
    case FWP_EPT_S_NOT_REGISTERED:
    case FWP_E_SESSION_ABORTED:
        return 1;
    default:
        return 0;
    }
}
