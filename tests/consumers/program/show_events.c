/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * show_events FILE SCENE: prints as JSON lines the events of FILE, then those of a simulated
 * Windows on which the script in SCENE happens. C99 and C++ both, as it stands for programs of
 * either. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(VENDORED) /* the single-file form, beside the program's own files */
#include "wfpwatch.h"
#include "wfpwatch_sim.h"
#else
#include <wfpwatch/sim.h>
#include <wfpwatch/wfpwatch.h>
#endif

static int fail(const wfpw_error *e)
{
    fprintf(stderr, "show_events: %s: %s; %s\n", e->where, e->text, wfpw_remedy(e));
    return 1;
}

static void print_batch(const wfpw_batch *batch, unsigned count)
{
    static char buffer[65536];
    uint32_t at = 0;
    while (wfpw_batch_to_json(batch, 0, &at, count, buffer, sizeof buffer, NULL) > 0)
        fputs(buffer, stdout);
}

/* Prints what a session gives: all of its files, or, live, until nothing came for a second. */
static int print_events(wfpw_session *session, wfpw_error *e)
{
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    int n = batch == NULL ? (int)WFPW_E_NOMEM : 1;
    while (n > 0) {
        n = wfpw_read(session, batch, 1000, e);
        if (n > 0)
            print_batch(batch, (unsigned)n);
    }
    wfpw_batch_free(batch);
    return n == WFPW_E_EOF ? 0 : n;
}

static int show_file(const char *path)
{
    wfpw_session *session = NULL;
    wfpw_error e;
    int failed;
    memset(&e, 0, sizeof e);
    failed = wfpw_open(NULL, &session, &e) != 0 || wfpw_add_file(session, path, &e) != 0 ||
             print_events(session, &e) != 0;
    wfpw_close(session);
    return failed ? fail(&e) : 0;
}

static int show_scene(wfpw_sim *sim, const char *script)
{
    wfpw_session *session = NULL;
    wfpw_options options;
    wfpw_live live;
    wfpw_error e;
    int failed;
    memset(&options, 0, sizeof options);
    memset(&live, 0, sizeof live);
    memset(&e, 0, sizeof e);
    options.size = sizeof options;
    options.system = wfpw_sim_system(sim);
    live.size = sizeof live;
    failed = wfpw_open(&options, &session, &e) != 0 || wfpw_add_live(session, &live, &e) != 0 ||
             wfpw_sim_play(sim, script, &e) != 0 || print_events(session, &e) != 0;
    wfpw_close(session);
    return failed ? fail(&e) : 0;
}

/* The text of a file; NULL, and said why, when it cannot be had. */
static char *load_text(const char *path)
{
    enum { MOST = 65536 };
    FILE *file = fopen(path, "rb");
    char *text = (char *)calloc(1, MOST);
    if (file == NULL) {
        perror(path);
        free(text);
        return NULL;
    }
    if (text != NULL)
        text[fread(text, 1, MOST - 1, file)] = '\0';
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    wfpw_sim *sim = NULL;
    char *script;
    int failed;
    if (argc != 3) {
        fprintf(stderr, "usage: show_events FILE SCENE\n");
        return 2;
    }
    script = load_text(argv[2]);
    failed = show_file(argv[1]);
    if (script == NULL || wfpw_sim_new(11, &sim) != 0 || show_scene(sim, script) != 0)
        failed = 1;
    wfpw_sim_free(sim); /* after the session, which uses it */
    free(script);
    return failed;
}
