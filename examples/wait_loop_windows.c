/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * poll_loop.c for Windows: the session's handle beside a program's own in WaitForMultipleObjects.
 * Ends with Ctrl-C. */
#include <inttypes.h>
#include <stdio.h>
#include <windows.h>

#include "wfpwatch/wfpwatch.h"

static HANDLE leave;

static BOOL WINAPI on_console(DWORD event)
{
    (void)event;
    return SetEvent(leave);
}

/* All that is there now. Returns the number of events, or an error. */
static int take_events(wfpw_session *session, wfpw_batch *batch)
{
    int n = wfpw_read(session, batch, 0, NULL);
    for (uint32_t i = 0; n > 0 && i < (uint32_t)n; i++) {
        const wfpw_event *ev = wfpw_batch_get(batch, i);
        if (ev->kind == WFPW_KIND_GAP)
            puts("events are missing here");
        else
            printf("blocked by filter %" PRIu64 "\n", ev->filter_id);
    }
    (void)fflush(stdout);
    return n;
}

static void loop(wfpw_session *session, wfpw_batch *batch)
{
    HANDLE handles[2] = {(HANDLE)wfpw_wait_handle(session), leave};
    while (WaitForMultipleObjects(2, handles, FALSE, INFINITE) == WAIT_OBJECT_0)
        if (take_events(session, batch) < 0)
            break;
}

int main(void)
{
    wfpw_session *session = NULL;
    wfpw_error e;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    wfpw_live live = {.size = sizeof live, .wait_ms = 10000};
    leave = CreateEventW(NULL, TRUE, FALSE, NULL);
    int status = wfpw_open(NULL, &session, &e);
    if (status == WFPW_OK)
        status = wfpw_add_live(session, &live, &e);
    if (status != WFPW_OK)
        fprintf(stderr, "%s: %s. %s\n", e.where, e.text, wfpw_remedy(&e));
    else if (batch != NULL && leave != NULL && SetConsoleCtrlHandler(on_console, TRUE))
        loop(session, batch);
    wfpw_close(session);
    wfpw_batch_free(batch);
    return status == WFPW_OK ? 0 : 1;
}
