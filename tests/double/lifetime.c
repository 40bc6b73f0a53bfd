/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * lifetime MODE LIBRARY: what becomes of an open live session when its library or its process goes.
 *   unload  the library is let go while events come, and again after the session is closed
 *   exit    main returns with the session open
 *   atexit  the session is closed by what exit() calls
 *   detach  LIBRARY is late.dll, which closes its session when the process detaches it
 * Exit status 0: as it has to be. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "wfpwatch/wfpwatch.h"

enum { ENOUGH = 200, PATIENCE_MS = 30000 };

/* ---- the library, as a program that loads it at run time has it ----------------------------- */

#define FUNCTIONS(X) X(open) X(add_live) X(read) X(batch_new) X(batch_free) X(get_stats) X(close)

#define MEMBER(name) __typeof__(wfpw_##name) *name;
static struct {
    FUNCTIONS(MEMBER)
} api;

static wfpw_session *session;

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "lifetime: %s\n", what);
    exit(1);
}

static HMODULE load(const char *path)
{
    HMODULE library = LoadLibraryA(path);
    must(library != NULL, "the library cannot be loaded");
#define FIND(name)                                                                                 \
    api.name = (__typeof__(api.name))(void (*)(void))GetProcAddress(library, "wfpw_" #name);
    FUNCTIONS(FIND)
    return library;
}

static void open_session(void)
{
    wfpw_error e;
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    must(api.open(NULL, &session, &e) == WFPW_OK, "wfpw_open failed");
    if (api.add_live(session, &live, &e) != WFPW_OK)
        must(false, e.text);
}

static uint64_t received(void)
{
    wfpw_stats st = {.size = sizeof st};
    (void)api.get_stats(session, &st);
    return st.received;
}

/* Callbacks run now, and go on. */
static void wait_for_events(void)
{
    uint64_t before = received();
    for (int waited = 0; received() < before + ENOUGH; waited++) {
        must(waited < PATIENCE_MS, "no events come");
        Sleep(1);
    }
}

/* ---- the ways to end ------------------------------------------------------------------------ */

static bool is_loaded(const char *path)
{
    return GetModuleHandleA(path) != NULL;
}

/* Who has let go has no business with the session any more, but its thread and the system's
 * callbacks must find their code where it was. */
static void unload(const char *path)
{
    HMODULE library = load(path);
    open_session();
    wait_for_events();
    (void)FreeLibrary(library);
    must(is_loaded(path), "an open session did not hold its library");
    wait_for_events();
    must(load(path) == library, "it is another library now");
    api.close(session);
    (void)FreeLibrary(library);
    must(!is_loaded(path), "a closed session holds its library");
}

static void close_session(void)
{
    api.close(session);
}

static void leave_open(const char *path)
{
    (void)load(path);
    open_session();
    wait_for_events();
}

static void detach(const char *path)
{
    HMODULE library = LoadLibraryA(path);
    must(library != NULL, "late.dll cannot be loaded");
    int (*late_open)(void) = (int (*)(void))(void (*)(void))GetProcAddress(library, "late_open");
    must(late_open != NULL && late_open() == WFPW_OK, "late_open failed");
    (void)FreeLibrary(library);
    must(is_loaded(path), "an open session did not hold the library it is in");
}

int main(int argc, char **argv)
{
    must(argc == 3, "usage: lifetime unload|exit|atexit|detach LIBRARY");
    if (strcmp(argv[1], "unload") == 0)
        unload(argv[2]);
    else if (strcmp(argv[1], "detach") == 0)
        detach(argv[2]);
    else
        leave_open(argv[2]);
    if (strcmp(argv[1], "atexit") == 0)
        must(atexit(close_session) == 0, "atexit failed");
    puts("done");
    return 0;
}
