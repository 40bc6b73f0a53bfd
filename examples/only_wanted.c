/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reads only what is wanted of a saved Security log, and says where a condition is wrong:
 * only_wanted Security.evtx remote-port=80,443 'app!=*chrome*' */
#include <stdio.h>

#include "wfpwatch/wfpwatch.h"

enum { TEXT = 64 * 1024 };

/* 0 when every condition was understood. */
static int add_all(wfpw_template *t, char **conditions)
{
    wfpw_error e;
    for (; *conditions != NULL; conditions++)
        if (wfpw_template_add(t, *conditions, &e) != WFPW_OK) {
            fprintf(stderr, "%s: character %llu: %s\n", *conditions,
                    (unsigned long long)e.position + 1, e.text);
            return e.status;
        }
    return WFPW_OK;
}

/* As JSON; where it is known which side is local, "local" and "remote" are that. */
static void print(const wfpw_event *ev)
{
    static char text[TEXT];
    if (wfpw_to_json(ev, 0, text, sizeof text, NULL) > 0)
        puts(text);
}

static int read_all(wfpw_session *session, wfpw_batch *batch, wfpw_error *e)
{
    wfpw_stats st = {.size = sizeof st};
    int n;
    while ((n = wfpw_read(session, batch, -1, e)) > 0)
        for (uint32_t i = 0; i < (uint32_t)n; i++)
            print(wfpw_batch_get(batch, i));
    (void)wfpw_get_stats(session, &st);
    fprintf(stderr, "%llu wanted, %llu left out\n", (unsigned long long)st.delivered,
            (unsigned long long)st.filtered);
    return n;
}

int main(int argc, char **argv)
{
    wfpw_template *wanted = NULL;
    wfpw_session *session = NULL;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    wfpw_error e = {.status = WFPW_E_NOMEM};
    int n = WFPW_E_INVAL;
    if (argc >= 2 && batch != NULL && wfpw_template_new(NULL, &wanted) == WFPW_OK)
        n = add_all(wanted, argv + 2);
    if (n == WFPW_OK) {
        wfpw_options o = {.size = sizeof o, .match = wanted};
        n = wfpw_open(&o, &session, &e);
        if (n == WFPW_OK)
            n = wfpw_add_file(session, argv[1], &e);
        if (n == WFPW_OK)
            n = read_all(session, batch, &e);
        if (n != WFPW_E_EOF)
            fprintf(stderr, "only_wanted: %s: %s; %s\n", e.where, e.text, wfpw_remedy(&e));
    } else if (argc < 2) {
        fprintf(stderr, "usage: only_wanted Security.evtx [CONDITION...]\n");
    }
    wfpw_batch_free(batch);
    wfpw_close(session); /* before the template that it uses */
    wfpw_template_free(wanted);
    return n == WFPW_E_EOF ? 0 : argc < 2 ? 2 : 1;
}
