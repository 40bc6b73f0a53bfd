/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reads the Security log beside net events, if there are any to be had, and says what the log has
 * lost. The place behind the last record is kept in a file: started again, it goes on there. */
#include <stdio.h>

#include "wfpwatch/wfpwatch.h"

enum { PLACE = 512 };

static void load(const char *path, char *place)
{
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(place, 1, PLACE - 1, f) : 0;
    place[n] = 0;
    if (f != NULL)
        (void)fclose(f);
}

/* After what was read has been dealt with, not before. A program that must not lose its place when
 * the machine stops writes another file and renames it. */
static void save(const char *path, const wfpw_session *session)
{
    char place[PLACE];
    FILE *f = wfpw_get_bookmark(session, place, sizeof place, NULL) > 0 ? fopen(path, "wb") : NULL;
    if (f == NULL)
        return;
    (void)fputs(place, f);
    (void)fclose(f);
}

static void print(const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GAP && ev->lost_where == WFPW_LOST_LOG)
        printf("the log lost records here%s\n", ev->audit != NULL ? ", and says so:" : "");
    else if (ev->audit != NULL)
        printf("log %u: %s %s\n", ev->audit->event_id, wfpw_word(WFPW_LIST_VERDICT, ev->verdict),
               ev->device_path != NULL ? ev->device_path : "-");
    else
        printf("net event: %s %s\n", wfpw_word(WFPW_LIST_VERDICT, ev->verdict),
               ev->device_path != NULL ? ev->device_path : "-");
}

int main(int argc, char **argv)
{
    char place[PLACE] = "";
    wfpw_session *session = NULL;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    wfpw_audit_log log = {.size = sizeof log};
    wfpw_error e = {.status = WFPW_E_NOMEM};
    int n = WFPW_E_INVAL;
    if (argc == 2)
        load(argv[1], place);
    log.bookmark = place[0] != 0 ? place : NULL;
    if (argc == 2 && batch != NULL && wfpw_open(NULL, &session, &e) == WFPW_OK)
        n = wfpw_add_audit(session, &log, &e);
    if (n == WFPW_OK && wfpw_add_live(session, &live, &e) != WFPW_OK)
        fprintf(stderr, "without net events: %s: %s\n", e.where, e.text);
    while (n >= 0 && (n = wfpw_read(session, batch, -1, &e)) > 0) {
        for (uint32_t i = 0; i < (uint32_t)n; i++)
            print(wfpw_batch_get(batch, i));
        (void)fflush(stdout);
        save(argv[1], session);
    }
    if (argc != 2)
        fprintf(stderr, "usage: watch_log FILE\n");
    else
        fprintf(stderr, "%s: %s. %s\n", e.where, e.text, wfpw_remedy(&e));
    wfpw_close(session);
    wfpw_batch_free(batch);
    return 1;
}
