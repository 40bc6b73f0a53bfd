/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A fwpuclnt.dll that stands in for Windows' own: the simulator behind the system's names. Which of
 * them it exports is its .def file's matter. The environment tells it what happens:
 *   WFPW_DOUBLE_BEFORE  a script, done when the first function is called
 *   WFPW_DOUBLE_SCRIPT  a script's file, played on a thread once somebody subscribes
 *   WFPW_DOUBLE_LOG     a file that gets a line for every call that reaches it
 *   WFPW_DOUBLE_ENGINE  set: the stand-ins for the event log's libraries show the log of the
 * machine that the one for fwpuclnt.dll simulates, instead of one of their own */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "double.h"
#include "tell_template.h"
#include "wfpwatch/sim.h"

enum { SCRIPT_MAX = 1 << 20 };

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static wfpw_sim *sim;
static FILE *log_file;

/* ---- telling -------------------------------------------------------------------------------- */

/* One line, whole, and out at once: whoever it is told about may be ended at any time. */
__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...)
{
    char line[4096];
    va_list arguments;
    if (log_file == NULL)
        return;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    (void)fprintf(log_file, "%s\n", line);
    (void)fflush(log_file);
}

uint32_t double_told(const char *call, const char *what, uint32_t code)
{
    tell("%s thread=%lu%s -> 0x%x", call, GetCurrentThreadId(), what, code);
    return code;
}
#define reported double_told

/* ---- starting ------------------------------------------------------------------------------- */

static FILE *open_named(const char *variable, const char *mode)
{
    const char *path = getenv(variable);
    return path != NULL && path[0] != 0 ? fopen(path, mode) : NULL;
}

static void tell_script(int status, const wfpw_error *e)
{
    if (status != WFPW_OK)
        tell("script: %s at %llu", e->text, (unsigned long long)e->position);
}

static void start_script(void)
{
    wfpw_error e;
    FILE *f = open_named("WFPW_DOUBLE_SCRIPT", "rb");
    char *text = calloc(1, SCRIPT_MAX);
    if (f != NULL && text != NULL && fread(text, 1, SCRIPT_MAX - 1, f) > 0)
        tell_script(wfpw_sim_start(sim, text, &e), &e);
    free(text);
    if (f != NULL)
        (void)fclose(f);
}

#ifdef DOUBLE_OF_LOG
/* The simulator of the engine's stand-in; NULL: this library has its own. Every stand-in is made of
 * the same simulator, so that one can use what another made. */
static wfpw_sim *sim_of_engine(void)
{
    typedef wfpw_sim *(WINAPI * simulator_function)(void);
    if (getenv("WFPW_DOUBLE_ENGINE") == NULL)
        return NULL;
    HMODULE engine = LoadLibraryA("fwpuclnt.dll");
    FARPROC p = engine != NULL ? GetProcAddress(engine, "DoubleSimulator") : NULL;
    simulator_function simulator;
    memcpy(&simulator, &p, sizeof simulator);
    if (simulator == NULL)
        abort();
    return simulator();
}
#else
static wfpw_sim *sim_of_engine(void)
{
    return NULL;
}
#endif

static BOOL CALLBACK start(INIT_ONCE *o, void *parameter, void **context)
{
    wfpw_error e;
    const char *before = getenv("WFPW_DOUBLE_BEFORE");
    (void)o;
    (void)parameter;
    (void)context;
    log_file = open_named("WFPW_DOUBLE_LOG", "ab");
    sim = sim_of_engine();
    if (sim != NULL)
        return TRUE;
    if (wfpw_sim_new(DOUBLE_WINDOWS, &sim) != WFPW_OK)
        return FALSE;
    if (before != NULL)
        tell_script(wfpw_sim_play(sim, before, &e), &e);
    start_script();
    return TRUE;
}

/* The simulator's functions, and the first parameter of each. It lives until the process ends. */
const struct system_engine *double_engine(void **ctx)
{
    if (!InitOnceExecuteOnce(&once, start, NULL, NULL))
        abort();
    const struct wfpw_system *system = wfpw_sim_system(sim);
    *ctx = system->ctx;
    return system->engine;
}

const struct system_policy *double_policy(void **ctx)
{
    (void)double_engine(ctx);
    return wfpw_sim_system(sim)->policy;
}

const struct system_eventlog *double_eventlog(void **ctx)
{
    (void)double_engine(ctx);
    return wfpw_sim_system(sim)->eventlog;
}

const struct system_audit_policy *double_audit_policy(void **ctx)
{
    (void)double_engine(ctx);
    return wfpw_sim_system(sim)->audit_policy;
}

/* ---- the functions -------------------------------------------------------------------------- */

DWORD WINAPI FwpmEngineOpen0(const wchar_t *server, UINT32 service, void *identity,
                             const FWPM_SESSION0 *session, void **engine);
DWORD WINAPI FwpmEngineOpen0(const wchar_t *server, UINT32 service, void *identity,
                             const FWPM_SESSION0 *session, void **engine)
{
    void *ctx;
    char what[256];
    const wchar_t *name = session != NULL ? (const wchar_t *)session->displayData.name : NULL;
    uint32_t code = double_engine(&ctx)->open(ctx, session, engine);
    (void)snprintf(what, sizeof what,
                   " server=%s service=%u identity=%s name=%ls flags=0x%x wait=%u",
                   server != NULL ? "given" : "none", service, identity != NULL ? "given" : "none",
                   name != NULL ? name : L"-", session != NULL ? session->flags : 0,
                   session != NULL ? session->txnWaitTimeoutInMSec : 0);
    return reported("FwpmEngineOpen0", what, code);
}

DWORD WINAPI FwpmEngineClose0(void *engine);
DWORD WINAPI FwpmEngineClose0(void *engine)
{
    void *ctx;
    return reported("FwpmEngineClose0", "", double_engine(&ctx)->close(ctx, engine));
}

DWORD WINAPI FwpmEngineGetOption0(void *engine, UINT32 option, FWP_VALUE0 **value);
DWORD WINAPI FwpmEngineGetOption0(void *engine, UINT32 option, FWP_VALUE0 **value)
{
    void *ctx;
    char what[64];
    uint32_t code = double_engine(&ctx)->get_option(ctx, engine, option, value);
    (void)snprintf(what, sizeof what, " option=%u value=%u", option,
                   code == 0 && *value != NULL ? (*value)->uint32 : 0);
    return reported("FwpmEngineGetOption0", what, code);
}

DWORD WINAPI FwpmEngineSetOption0(void *engine, UINT32 option, const FWP_VALUE0 *value);
DWORD WINAPI FwpmEngineSetOption0(void *engine, UINT32 option, const FWP_VALUE0 *value)
{
    void *ctx;
    char what[64];
    uint32_t code = double_engine(&ctx)->set_option(ctx, engine, option, value);
    (void)snprintf(what, sizeof what, " option=%u value=%u", option, value->uint32);
    return reported("FwpmEngineSetOption0", what, code);
}

void WINAPI FwpmFreeMemory0(void **p);
void WINAPI FwpmFreeMemory0(void **p)
{
    void *ctx;
    double_engine(&ctx)->free(ctx, p);
    (void)reported("FwpmFreeMemory0", "", 0);
}

static DWORD subscribe(int n, const char *call, void *engine,
                       const FWPM_NET_EVENT_SUBSCRIPTION0 *subscription, system_callback callback,
                       void *context, void **handle)
{
    void *ctx;
    const struct system_engine *e = double_engine(&ctx);
    uint32_t code = e->subscribe[n](ctx, engine, subscription, callback, context, handle);
    tell_template(tell, subscription->enumTemplate);
    return reported(call, subscription->enumTemplate != NULL ? " template=given" : " template=none",
                    code);
}

#define SUBSCRIBE(n)                                                                               \
    DWORD WINAPI FwpmNetEventSubscribe##n(void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *s,     \
                                          system_callback callback, void *context, void **handle); \
    DWORD WINAPI FwpmNetEventSubscribe##n(void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *s,     \
                                          system_callback callback, void *context, void **handle)  \
    {                                                                                              \
        return subscribe(n, "FwpmNetEventSubscribe" #n, engine, s, callback, context, handle);     \
    }
SUBSCRIBE(0)
SUBSCRIBE(1)
SUBSCRIBE(2)
SUBSCRIBE(3)
SUBSCRIBE(4)

DWORD WINAPI FwpmNetEventUnsubscribe0(void *engine, void *handle);
DWORD WINAPI FwpmNetEventUnsubscribe0(void *engine, void *handle)
{
    void *ctx;
    uint32_t code = double_engine(&ctx)->unsubscribe(ctx, engine, handle);
    return reported("FwpmNetEventUnsubscribe0", "", code);
}

DWORD WINAPI FwpmNetEventCreateEnumHandle0(void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                                           void **handle);
DWORD WINAPI FwpmNetEventCreateEnumHandle0(void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                                           void **handle)
{
    void *ctx;
    uint32_t code = double_engine(&ctx)->create_enum(ctx, engine, t, handle);
    tell_template(tell, t);
    return reported("FwpmNetEventCreateEnumHandle0",
                    t != NULL ? " template=given" : " template=none", code);
}

#define ENUMERATE(n)                                                                               \
    DWORD WINAPI FwpmNetEventEnum##n(void *engine, void *handle, UINT32 wanted, void ***entries,   \
                                     UINT32 *count);                                               \
    DWORD WINAPI FwpmNetEventEnum##n(void *engine, void *handle, UINT32 wanted, void ***entries,   \
                                     UINT32 *count)                                                \
    {                                                                                              \
        void *ctx;                                                                                 \
        const struct system_engine *e = double_engine(&ctx);                                       \
        uint32_t code = e->enumerate[n](ctx, engine, handle, wanted, entries, count);              \
        return reported("FwpmNetEventEnum" #n, "", code);                                          \
    }
ENUMERATE(0)
ENUMERATE(1)
ENUMERATE(2)
ENUMERATE(3)
ENUMERATE(4)
ENUMERATE(5)

DWORD WINAPI FwpmNetEventDestroyEnumHandle0(void *engine, void *handle);
DWORD WINAPI FwpmNetEventDestroyEnumHandle0(void *engine, void *handle)
{
    void *ctx;
    uint32_t code = double_engine(&ctx)->destroy_enum(ctx, engine, handle);
    return reported("FwpmNetEventDestroyEnumHandle0", "", code);
}

DWORD WINAPI FwpmGetAppIdFromFileName0(const wchar_t *path, FWP_BYTE_BLOB **app_id);
DWORD WINAPI FwpmGetAppIdFromFileName0(const wchar_t *path, FWP_BYTE_BLOB **app_id)
{
    void *ctx;
    char what[512];
    uint32_t code =
        double_engine(&ctx)->app_id_from_file(ctx, (const uint16_t *)(const void *)path, app_id);
    (void)snprintf(what, sizeof what, " path=%ls", path);
    return reported("FwpmGetAppIdFromFileName0", what, code);
}
