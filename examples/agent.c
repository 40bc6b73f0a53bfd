/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An agent: settings from a server, a heartbeat, JSON lines in a file of bounded size.
 *
 *     agent [--sim SCRIPT] SETTINGS FILE      SETTINGS: JSON, such as agent.json beside this file
 */
#include <signal.h>
#include <stdio.h>
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
    for (uint32_t at = 0; at < count;) {
        int n = wfpw_batch_to_json(batch, 0, &at, count, lines, LINES, NULL);
        if (n <= 0 || write_text(lines, (size_t)n) != 0)
            return -1;
    }
    return 0;
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
    for (uint32_t bit = 1; bit != 0 && bit <= h.signs; bit <<= 1)
        if ((h.signs & bit) != 0)
            n += snprintf(line + n, sizeof line - (size_t)n, "%s\"%s\"",
                          line[n - 1] == '[' ? "" : ",", wfpw_word(WFPW_LIST_HEALTH, bit));
    n += snprintf(line + n, sizeof line - (size_t)n, "]}}\n");
    return write_text(line, (size_t)n);
}

static int watch(wfpw_batch *batch, wfpw_error *e)
{
    time_t beat = 0; /* one at once: that it has started */
    *e = (wfpw_error){.status = WFPW_E_IO, .where = "FILE", .text = "it cannot be written"};
    for (int n = 0; n >= 0; n = wfpw_read(session, batch, 1000, e)) {
        int is_due = time(NULL) - beat >= BEAT_S;
        if (write_batch(batch, (uint32_t)n) != 0 || (is_due && write_heartbeat() != 0))
            break;
        beat = is_due ? time(NULL) : beat;
    }
    return e->status;
}

/* Policy from a server: an error tells which key is wrong, and where. */
static int read_settings(const char *name, wfpw_settings **settings, wfpw_error *e)
{
    FILE *from = fopen(name, "rb");
    size_t n = from != NULL ? fread(lines, 1, LINES, from) : 0;
    if (from != NULL)
        (void)fclose(from);
    return wfpw_options_from_json(lines, n, NULL, settings, e);
}

static int open_all(wfpw_sim *sim, wfpw_settings *settings, wfpw_error *e)
{
    settings->options->system = wfpw_sim_system(sim);
    settings->options->log = on_log;
    int status = wfpw_open(settings->options, &session, e);
    if (status == WFPW_OK)
        status = wfpw_add_live(session, settings->live, e);
    if (status == WFPW_OK && wfpw_add_audit(session, settings->audit, e) != WFPW_OK)
        on_log(NULL, 2, e->text); /* without it process ids are missing, no events */
    return status;
}

int main(int argc, char **argv)
{
    wfpw_error e;
    wfpw_sim *sim = NULL;
    wfpw_settings *settings = NULL;
    int at = argc == 5 && strcmp(argv[1], "--sim") == 0 ? 3 : 1;
    if (argc != at + 2 || (at == 3 && wfpw_sim_new(11, &sim) != WFPW_OK))
        return 2;
    path = argv[at + 1];
    file = fopen(path, "ab");
    wfpw_batch *batch = wfpw_batch_new(0, 0); /* without memory wfpw_read says so */
    int status = read_settings(argv[at], &settings, &e);
    if (status == WFPW_OK)
        status = open_all(sim, settings, &e);
    (void)signal(SIGINT, on_signal);
    (void)signal(SIGTERM, on_signal);
    if (status == WFPW_OK && at == 3)
        status = wfpw_sim_start(sim, argv[2], &e);
    if (status == WFPW_OK)
        status = watch(batch, &e);
    if (status != WFPW_E_STOPPED)
        (void)fprintf(stderr, "agent: %s: %s\n", e.where, e.text);
    wfpw_close(session);          /* puts back what was turned on */
    wfpw_settings_free(settings); /* which the session pointed to */
    wfpw_batch_free(batch);
    wfpw_sim_free(sim);
    return status == WFPW_E_STOPPED ? 0 : 1;
}
