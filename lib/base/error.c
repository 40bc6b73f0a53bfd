/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "os/fwp_types.h"

/* ---- results -------------------------------------------------------------------------------- */

static const struct {
    int code;
    const char *text, *remedy;
} statuses[] = {
#define STATUS(name, number, text, remedy, meaning) {number, text, remedy},
#include "codes/lists.inc"
};

static size_t status_row(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].code == status)
            return i;
    return sizeof statuses / sizeof *statuses;
}

const char *WFPW_CALL wfpw_strerror(int status)
{
    size_t i = status_row(status);
    return i < sizeof statuses / sizeof *statuses ? statuses[i].text : "unknown result";
}

const char *WFPW_CALL wfpw_remedy(const wfpw_error *e)
{
    enum { NOT_HELD = 1314 }; /* ERROR_PRIVILEGE_NOT_HELD */
    size_t i = status_row(e != NULL ? e->status : WFPW_OK);
    if (e != NULL && e->status == WFPW_E_ACCESS && e->os_code == NOT_HELD)
        return "run elevated, as an account with the right to manage auditing and the security log "
               "(SeSecurityPrivilege)";
    return i < sizeof statuses / sizeof *statuses ? statuses[i].remedy : "";
}

/* ---- filling errors, and the log ------------------------------------------------------------ */

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
    text_harmless(e->where, sizeof e->where, where);
    text_harmless(e->text, sizeof e->text, text != NULL ? text : wfpw_strerror(status));
    return status;
}

/* Bytes of a character: what is cut off within one does not get into the line. */
enum { CHARACTER_MAX = 4 };

void error_log(wfpw_log_fn log, void *log_ctx, int level, const char *what, const char *call,
               uint32_t code)
{
    char raw[LOG_LINE + CHARACTER_MAX], text[LOG_LINE];
    if (log == NULL)
        return;
    if (call != NULL)
        (void)snprintf(raw, sizeof raw, "%s: %s gave 0x%x (%u)", what, call, code, code);
    else
        (void)snprintf(raw, sizeof raw, "%.*s", (int)sizeof raw - 1,
                       what); /* what is longer is cut */
    text_harmless(text, sizeof text, raw);
    log(log_ctx, level, text);
}

/* ---- the system's codes ---------------------------------------------------------------------- */

int error_of_engine(uint32_t code)
{
    if (code == 0)
        return WFPW_OK;
    if (error_is_denied(code))
        return WFPW_E_ACCESS;
    if (code == FWP_E_NET_EVENTS_DISABLED)
        return WFPW_E_DISABLED;
    if (code == FWP_E_TIMEOUT)
        return WFPW_E_TIMEOUT;
    return error_is_away(code) ? WFPW_E_NOSERVICE : WFPW_E_SYSTEM;
}

bool error_is_denied(uint32_t code)
{
    return code == FWP_ERROR_ACCESS_DENIED || code == FWP_ERROR_PRIVILEGE_NOT_HELD;
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
bool error_is_away(uint32_t code)
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
        return true;
    default:
        return false;
    }
}

/* What an engine says to an argument, and what comes of a call that it does not have. */
static bool is_about_the_call(uint32_t code)
{
    switch (code) {
    case FWP_ERROR_NOT_SUPPORTED:
    case FWP_ERROR_INVALID_PARAMETER:
    case FWP_ERROR_CALL_NOT_IMPLEMENTED:
    case FWP_ERROR_MOD_NOT_FOUND:
    case FWP_ERROR_PROC_NOT_FOUND:
    case FWP_RPC_S_PROCNUM_OUT_OF_RANGE:
    case FWP_E_DYNAMIC_SESSION_IN_PROGRESS:
    case FWP_E_KM_CLIENTS_ONLY:
        return true;
    default:
        return error_is_about_conditions(code);
    }
}

bool error_is_for_good(uint32_t code)
{
    return error_is_denied(code) || is_about_the_call(code);
}

bool error_passes(uint32_t code)
{
    return code != 0 && !error_is_for_good(code);
}

/* Documentation is thin on which conditions which Windows takes, and on what it says to others: the
 * codes that can be said of an argument, and what RPC says of a union or an enumeration that the
 * other side does not know. */
bool error_is_about_conditions(uint32_t code)
{
    switch (code) {
    case FWP_ERROR_NOT_SUPPORTED:
    case FWP_ERROR_INVALID_PARAMETER:
    case FWP_RPC_S_INVALID_TAG:
    case FWP_RPC_X_NULL_REF_POINTER:
    case FWP_RPC_X_ENUM_VALUE_OUT_OF_RANGE:
    case FWP_RPC_X_BAD_STUB_DATA:
    case FWP_E_CONDITION_NOT_FOUND:
    case FWP_E_INCOMPATIBLE_LAYER:
    case FWP_E_NULL_POINTER:
    case FWP_E_INVALID_ENUMERATOR:
    case FWP_E_INVALID_FLAGS:
    case FWP_E_INVALID_NET_MASK:
    case FWP_E_INVALID_RANGE:
    case FWP_E_INVALID_INTERVAL:
    case FWP_E_ZERO_LENGTH_ARRAY:
    case FWP_E_MATCH_TYPE_MISMATCH:
    case FWP_E_TYPE_MISMATCH:
    case FWP_E_OUT_OF_BOUNDS:
    case FWP_E_RESERVED:
    case FWP_E_DUPLICATE_CONDITION:
    case FWP_E_NEVER_MATCH:
    case FWP_E_INVALID_PARAMETER:
        return true;
    default:
        return false;
    }
}
