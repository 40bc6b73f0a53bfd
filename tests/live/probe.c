/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * probe [--collection] [--restart SECONDS]: asks this Windows what its documents do not say, and
 * prints one JSON object. To be run as an administrator. Everything that it adds (one filter, which
 * blocks UDP to port 9 of 192.0.2.1) belongs to a dynamic session and goes with it. With
 *   --collection  it turns the collection of net events off for a moment, and back: the engine
 *                 forgets the events that it keeps;
 *   --restart N   it waits N seconds for you to restart the Base Filtering Engine.
 * A question that could not be asked is answered with null. docs/testing.md says how to send them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"

/* ---- 3 and 4: what templates and the collection's state do ---------------------------------- */

static void WINAPI ignore_event(void *context, const void *event)
{
    (void)context;
    (void)event;
}

static DWORD try_template(HANDLE engine, FWPM_NET_EVENT_ENUM_TEMPLATE0 *t)
{
    HANDLE handle;
    DWORD code = subscribe(engine, t, ignore_event, NULL, &handle);
    if (code == 0)
        (void)fwp.FwpmNetEventUnsubscribe0(engine, handle);
    return code;
}

static DWORD try_condition(HANDLE engine, FWP_GUID field, UINT32 match, FWP_CONDITION_VALUE0 value)
{
    FWPM_FILTER_CONDITION0 c = {.fieldKey = field, .matchType = match, .conditionValue = value};
    FWPM_NET_EVENT_ENUM_TEMPLATE0 t = {.numFilterConditions = 1, .filterCondition = &c};
    return try_template(engine, &t);
}

static void ask_match_types(HANDLE engine, const char *name, FWP_GUID field, FWP_VALUE0 value)
{
    FWP_RANGE0 range = {value, value};
    FWP_CONDITION_VALUE0 one = {.type = value.type}, both = {.type = FWP_RANGE_TYPE};
    memcpy(&one.uint32, &value.uint32, sizeof value.uint32);
    both.rangeValue = &range;
    open_object(name);
    for (UINT32 match = FWP_MATCH_EQUAL; match <= FWP_MATCH_NOT_PREFIX; match++) {
        char number[16];
        (void)snprintf(number, sizeof number, "match_%u", match);
        put_code(number,
                 try_condition(engine, field, match, match == FWP_MATCH_RANGE ? both : one));
    }
    close_object();
}

static void ask_templates(HANDLE engine)
{
    static const FWP_GUID protocol = {
        0x3971ef2b, 0x623e, 0x4f9a, {0x8c, 0xb1, 0x6e, 0x79, 0xb8, 0x06, 0xb9, 0xa7}};
    static const FWP_GUID event_type = {
        0x206e9996, 0x490e, 0x40cf, {0xb8, 0x31, 0xb3, 0x86, 0x41, 0xeb, 0x6f, 0xcb}};
    FWPM_NET_EVENT_ENUM_TEMPLATE0 zero = {0}, backlog = {.startTime = {1, 0}, .endTime = {2, 0}},
                                  reversed = {.startTime = {2, 0}, .endTime = {1, 0}};
    open_object("templates");
    put_code("all_zero", try_template(engine, &zero));
    put_code("past_only", try_template(engine, &backlog));
    put_code("reversed", try_template(engine, &reversed));
    ask_match_types(engine, "protocol", protocol, (FWP_VALUE0){.type = FWP_UINT8, .uint8 = 17});
    ask_match_types(engine, "event_type", event_type,
                    (FWP_VALUE0){.type = FWP_UINT32, .uint32 = 3});
    close_object();
}

/* More than once, as somebody else may be changing filters just now. */
static DWORD set_collection(HANDLE engine, UINT32 on)
{
    FWP_VALUE0 value = {.type = FWP_UINT32, .uint32 = on};
    DWORD code = fwp.FwpmEngineSetOption0(engine, FWPM_ENGINE_COLLECT_NET_EVENTS, &value);
    for (int tries = 0; code != 0 && tries < 20; tries++, Sleep(100))
        code = fwp.FwpmEngineSetOption0(engine, FWPM_ENGINE_COLLECT_NET_EVENTS, &value);
    return code;
}

static void ask_options(HANDLE engine, bool may_turn_off)
{
    UINT32 collect, keywords;
    HANDLE settled = open_engine(0); /* options are not set in a dynamic session */
    open_object("options");
    put_code("get_collect", get_option(engine, FWPM_ENGINE_COLLECT_NET_EVENTS, &collect));
    put_number("collect", collect);
    put_code("get_keywords",
             get_option(engine, FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS, &keywords));
    put_number("keywords", keywords);
    if (collect == 0) {
        put_code("subscribe_while_off", try_template(engine, NULL));
    } else if (may_turn_off && settled != NULL && fwp.FwpmEngineSetOption0 != NULL) {
        put_code("turned_off", set_collection(settled, 0));
        put_code("subscribe_while_off", try_template(engine, NULL));
        put_code("turned_on", set_collection(settled, 1));
    }
    close_object();
    close_engine(settled);
}

/* ---- 5: one handle, several threads --------------------------------------------------------- */

struct worker {
    HANDLE engine;
    DWORD first_error;
};

static DWORD WINAPI ask_again(void *arg)
{
    struct worker *w = arg;
    UINT32 value;
    for (int i = 0; i < 200 && w->first_error == 0; i++)
        w->first_error = get_option(w->engine, FWPM_ENGINE_COLLECT_NET_EVENTS, &value);
    return 0;
}

static void ask_concurrency(HANDLE engine)
{
    struct worker w[4];
    HANDLE threads[4];
    DWORD code = 0;
    for (int i = 0; i < 4; i++) {
        w[i] = (struct worker){.engine = engine};
        threads[i] = CreateThread(NULL, 0, ask_again, &w[i], 0, NULL);
    }
    for (int i = 0; i < 4; i++) {
        if (threads[i] == NULL)
            continue;
        (void)WaitForSingleObject(threads[i], INFINITE);
        (void)CloseHandle(threads[i]);
        code = code != 0 ? code : w[i].first_error;
    }
    put_code("one_handle_four_threads", code);
}

/* ---- 18: how much the engine keeps ---------------------------------------------------------- */

static void ask_history(HANDLE engine)
{
    HANDLE list = NULL;
    void **entries = NULL;
    UINT32 count = 0;
    open_object("history");
    DWORD code = fwp.FwpmNetEventCreateEnumHandle0 != NULL
                     ? fwp.FwpmNetEventCreateEnumHandle0(engine, NULL, &list)
                     : ERROR_PROC_NOT_FOUND;
    put_code("create", code);
    if (code == 0) {
        put_code("enum", fwp.FwpmNetEventEnum1(engine, list, INFINITE, &entries, &count));
        put_number("events", count);
        if (entries != NULL)
            (void)fwp.FwpmFreeMemory0((void **)&entries);
        (void)fwp.FwpmNetEventDestroyEnumHandle0(engine, list);
    }
    close_object();
}

/* ---- 13: how long a query of the event log may be ------------------------------------------- */

typedef HANDLE(WINAPI *query_function)(HANDLE session, const wchar_t *path, const wchar_t *query,
                                       DWORD flags);
typedef BOOL(WINAPI *close_function)(HANDLE object);

/* "*[System[(EventID=1 or EventID=2 ...)]]" with n of them. */
static DWORD try_query(query_function query, close_function close, int n)
{
    wchar_t text[2048];
    int at = swprintf(text, 2048, L"*[System[(EventID=1");
    for (int i = 2; i <= n; i++)
        at += swprintf(text + at, (size_t)(2048 - at), L" or EventID=%d", i);
    (void)swprintf(text + at, (size_t)(2048 - at), L")]]");
    HANDLE result = query(NULL, L"System", text, 1); /* EvtQueryChannelPath */
    DWORD code = result != NULL ? 0 : GetLastError();
    if (result != NULL)
        (void)close(result);
    return code;
}

static void ask_queries(void)
{
    HMODULE log = LoadLibraryExW(L"wevtapi.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    query_function query = NULL;
    close_function close = NULL;
    if (log != NULL) {
        query = (query_function)(void (*)(void))GetProcAddress(log, "EvtQuery");
        close = (close_function)(void (*)(void))GetProcAddress(log, "EvtClose");
    }
    DWORD code = query != NULL && close != NULL ? try_query(query, close, 1) : ERROR_PROC_NOT_FOUND;
    int most = code == 0 ? 1 : 0;
    for (int n = 2; code == 0 && n <= 64; n++)
        if ((code = try_query(query, close, n)) == 0)
            most = n;
    open_object("query_terms");
    put_number("most", (unsigned long long)most);
    put_code("then", code);
    close_object();
}

/* ---- which error comes first after a restart of the service --------------------------------- */

static void ask_restart(HANDLE engine, DWORD seconds)
{
    UINT32 value;
    DWORD codes[8] = {0}, last = 0;
    int n = 0;
    (void)fprintf(stderr, "probe: restart the Base Filtering Engine now (%lu seconds)\n", seconds);
    for (DWORD waited = 0; waited < seconds * 20 && n < 8; waited++, Sleep(50)) {
        DWORD code = get_option(engine, FWPM_ENGINE_COLLECT_NET_EVENTS, &value);
        if (code != last)
            codes[n++] = code;
        last = code;
    }
    key("codes_after_restart");
    for (int i = 0; i < n; i++)
        (void)printf("%s\"0x%08lX\"", i > 0 ? "," : "[", codes[i]);
    (void)fputs(n > 0 ? "]" : "[]", stdout);
}

/* ---- all of it ------------------------------------------------------------------------------ */

typedef LONG(WINAPI *version_function)(OSVERSIONINFOW *v);

static void put_system(void)
{
    OSVERSIONINFOW v = {.dwOSVersionInfoSize = sizeof v};
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    version_function get =
        ntdll != NULL ? (version_function)(void (*)(void))GetProcAddress(ntdll, "RtlGetVersion")
                      : NULL;
    if (get != NULL)
        (void)get(&v);
    key("windows");
    (void)printf("\"%lu.%lu.%lu\"", v.dwMajorVersion, v.dwMinorVersion, v.dwBuildNumber);
    put_number("pointer_bits", 8 * sizeof(void *));
    put_exports();
}

static void ask_engine(HANDLE engine, bool may_turn_off, DWORD restart)
{
    UINT64 filter = add_filter(engine);
    put_bool("filter_added", filter != 0);
    ask_callbacks(engine);
    ask_close();
    ask_templates(engine);
    ask_concurrency(engine);
    ask_notices();
    ask_history(engine);
    ask_options(engine, may_turn_off);
    if (restart != 0)
        ask_restart(engine, restart);
}

int main(int argc, char **argv)
{
    bool may_turn_off = false;
    DWORD restart = 0;
    WSADATA sockets;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--collection") == 0) {
            may_turn_off = true;
        } else if (strcmp(argv[i], "--restart") == 0 && i + 1 < argc) {
            restart = strtoul(argv[++i], NULL, 10);
        } else {
            (void)fputs("usage: probe [--collection] [--restart SECONDS]\n", stderr);
            return 2;
        }
    }
    (void)WSAStartup(MAKEWORD(2, 2), &sockets);
    find_functions();
    (void)putchar('{');
    put_number("probe", 1);
    put_system();
    ask_queries();
    HANDLE engine = fwp.subscribe != NULL ? open_engine(FWPM_SESSION_FLAG_DYNAMIC) : NULL;
    put_bool("engine_opened", engine != NULL);
    if (engine != NULL)
        ask_engine(engine, may_turn_off, restart);
    close_engine(engine);
    (void)puts("\n}");
    return engine != NULL ? 0 : 1;
}
