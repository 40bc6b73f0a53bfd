/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Prints what was blocked according to a Security log, or to net events of netsh:
 * read_file Security.evtx, read_file netevents.xml */
#include <stdbool.h>
#include <stdio.h>

#include "wfpwatch/wfpwatch.h"

static bool is_block(const wfpw_event *ev)
{
    if (ev->audit == NULL) /* a net event */
        return ev->kind == WFPW_KIND_CLASSIFY_DROP;
    switch (ev->audit->event_id) {
    case 5152: /* a packet */
    case 5155: /* a listen */
    case 5157: /* a connection */
    case 5159: /* a bind */
        return true;
    default:
        return false;
    }
}

static void print(const wfpw_event *ev)
{
    const char *direction = wfpw_word(WFPW_LIST_DIRECTION, ev->direction);
    const char *protocol = wfpw_word(WFPW_LIST_PROTOCOL, ev->protocol);
    const char *app = ev->device_path != NULL ? ev->device_path : "an unknown application";
    printf("%s (pid %llu): %s %s was blocked by filter %llu\n", app,
           (unsigned long long)ev->process_id, direction, protocol,
           (unsigned long long)ev->filter_id);
}

int main(int argc, char **argv)
{
    wfpw_session *session = NULL;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    wfpw_error e = {.status = WFPW_E_NOMEM};
    int n = WFPW_E_NOMEM;
    if (argc != 2) {
        fprintf(stderr, "usage: read_file FILE\n");
        wfpw_batch_free(batch);
        return 2;
    }
    if (batch != NULL)
        n = wfpw_open(NULL, &session, &e);
    if (n == WFPW_OK)
        n = wfpw_add_file(session, argv[1], &e);
    while (n >= 0 && (n = wfpw_read(session, batch, -1, &e)) > 0)
        for (uint32_t i = 0; i < (uint32_t)n; i++)
            if (is_block(wfpw_batch_get(batch, i)))
                print(wfpw_batch_get(batch, i));
    if (n != WFPW_E_EOF)
        fprintf(stderr, "read_file: %s: %s; %s\n", e.where, e.text, wfpw_remedy(&e));
    wfpw_batch_free(batch);
    wfpw_close(session);
    return n == WFPW_E_EOF ? 0 : 1;
}
