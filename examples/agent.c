/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What an agent needs around a live session: net events and the Security log, floods as counts, a
 * guard for what must not be silenced, a heartbeat, JSON lines into a file of bounded size, and an
 * end on a signal that loses nothing.
 *
 *     agent [--sim SCRIPT] FILE TARGET...      TARGET: 'app=C:\Program Files\Example\*.exe', ...
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

enum { LINES = 1 << 20, FILE_MOST = 10 << 20, BEAT_S = 60, BEAT_MOST = 512, PATH_MOST = 1024 };

static wfpw_session *session; /* one, which the handler stops */

static const char *path;
static FILE *file;
static long size;
static char lines[LINES];

/* wfpw_stop is one of the few calls that a handler may make. */
static void on_signal(int number)
{
    (void)number;
    if (session != NULL)
        wfpw_stop(session);
}

static void on_log(void *context, int level, const char *text)
{
    (void)context;
    if (level <= 2)
        (void)fprintf(stderr, "agent: %s\n", text);
}

/* FILE becomes FILE.1, and an older FILE.1 goes. */
static void rotate_file(void)
{
    char old[PATH_MOST];
    (void)fclose(file);
    (void)snprintf(old, sizeof old, "%s.1", path);
    (void)remove(old);
    (void)rename(path, old);
    file = fopen(path, "ab");
    size = 0;
}

/* What cannot be written ends the agent: whoever supervises it sees that, a full disk goes on. */
static int write_text(const char *text, size_t n)
{
    if (size > 0 && size + (long)n > FILE_MOST)
        rotate_file();
    size += (long)n;
    return file != NULL && fwrite(text, 1, n, file) == n && fflush(file) == 0 ? 0 : -1;
}

static int write_batch(const wfpw_batch *batch, uint32_t count)
{
    uint32_t at = 0;
    int n = 1;
    while (at < count && n > 0) {
        n = wfpw_batch_to_json(batch, 0, &at, count, lines, LINES, NULL);
        if (n > 0 && write_text(lines, (size_t)n) != 0)
            n = -1;
    }
    return n;
}

/* The signs are words: a rule on the server need not know our numbers. */
static int write_heartbeat(void)
{
    char line[BEAT_MOST];
    wfpw_health h = {.size = sizeof h};
    (void)wfpw_get_health(session, &h);
    int n = snprintf(line, sizeof line,
                     "{\"heartbeat\":{\"state\":\"%s\",\"event_age_ms\":%llu,\"gaps\":%llu,"
                     "\"dropped\":%llu,\"signs\":[",
                     wfpw_word(WFPW_LIST_STATE, h.state), (unsigned long long)h.event_age_ms,
                     (unsigned long long)h.gaps, (unsigned long long)h.dropped);
    const char *comma = "";
    for (uint32_t bit = 1; bit != 0 && bit <= h.signs; bit <<= 1)
        if ((h.signs & bit) != 0) {
            n += snprintf(line + n, sizeof line - (size_t)n, "%s\"%s\"", comma,
                          wfpw_word(WFPW_LIST_HEALTH, bit));
            comma = ",";
        }
    n += snprintf(line + n, sizeof line - (size_t)n, "]}}\n");
    return write_text(line, (size_t)n);
}

static int watch(wfpw_batch *batch, wfpw_error *e)
{
    time_t beat = 0; /* one at once: that it has started */
    int n = 0;
    while (n >= 0) {
        if (time(NULL) - beat >= BEAT_S) {
            beat = time(NULL);
            if (write_heartbeat() != 0)
                return WFPW_E_IO;
        }
        n = wfpw_read(session, batch, 1000, e);
        if (n > 0 && write_batch(batch, (uint32_t)n) < 0)
            return WFPW_E_IO;
    }
    return n;
}

static int open_all(wfpw_sim *sim, const wfpw_guard *guard, wfpw_error *e)
{
    wfpw_options options = {.size = sizeof options,
                            .system = wfpw_sim_system(sim),
                            .log = on_log,
                            .flags = WFPW_OPEN_PID | WFPW_OPEN_ORDERED};
    wfpw_live live = {.size = sizeof live,
                      .wait_ms = 30000, /* the engine may start after us */
                      .aggregate_ms = 60000,
                      .guard = guard,
                      .silence_ms = 600000};
    wfpw_audit_log log = {.size = sizeof log};
    int status = wfpw_open(&options, &session, e);
    if (status == WFPW_OK)
        status = wfpw_add_live(session, &live, e);
    if (status == WFPW_OK && wfpw_add_audit(session, &log, e) != WFPW_OK)
        on_log(NULL, 2, e->text); /* without it process ids are missing, no events */
    return status;
}

int main(int argc, char **argv)
{
    wfpw_error e = {.text = "no memory"};
    wfpw_sim *sim = NULL;
    wfpw_guard *guard = NULL;
    int at = argc > 2 && strcmp(argv[1], "--sim") == 0 ? 3 : 1, status = WFPW_E_NOMEM;
    wfpw_batch *batch = argc > at ? wfpw_batch_new(0, 0) : NULL;
    if (argc <= at)
        return 2;
    if (at == 3 && wfpw_sim_new(11, &sim) != WFPW_OK)
        return 1;
    path = argv[at];
    file = fopen(path, "ab");
    if (batch != NULL && wfpw_guard_new(NULL, &guard) == WFPW_OK)
        status = WFPW_OK;
    for (int i = at + 1; i < argc && status == WFPW_OK; i++)
        status = wfpw_guard_add(guard, argv[i], &e);
    if (status == WFPW_OK)
        status = open_all(sim, guard, &e);
    (void)signal(SIGINT, on_signal);
    (void)signal(SIGTERM, on_signal);
    if (status == WFPW_OK && at == 3)
        status = wfpw_sim_start(sim, argv[2], &e);
    if (status == WFPW_OK)
        status = watch(batch, &e);
    if (status != WFPW_E_STOPPED)
        on_log(NULL, 1, status == WFPW_E_IO ? "the file cannot be written" : e.text);
    wfpw_close(session); /* puts back what was turned on */
    wfpw_guard_free(guard);
    wfpw_batch_free(batch);
    wfpw_sim_free(sim);
    return status == WFPW_E_STOPPED ? 0 : 1;
}
