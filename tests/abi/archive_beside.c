/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Both static libraries in a program that has functions of the names which the library's own source
 * uses: linking it is half of the test, and that its functions stay its own the other half. */
#include <stdio.h>

#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

void memory_free(void *p);
int engine_open(void);
int service_start(void);
int ring_push(int item);
int text_parse(const char *text);

static int calls;

void memory_free(void *p)
{
    (void)p;
    calls++;
}

int engine_open(void)
{
    return calls++;
}

int service_start(void)
{
    return calls++;
}

int ring_push(int item)
{
    calls++;
    return item;
}

int text_parse(const char *text)
{
    calls++;
    return text[0];
}

/* Through the engine, the ring, the texts and back. */
static int use_library(void)
{
    wfpw_options options = {.size = sizeof options};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    wfpw_sim *sim = NULL;
    wfpw_session *session = NULL;
    wfpw_template *match = NULL;
    if (wfpw_sim_new(11, &sim) != WFPW_OK || wfpw_template_new(NULL, &match) != WFPW_OK)
        return 1;
    int bad = wfpw_template_add(match, "local-port=443", NULL) != WFPW_OK;
    options.system = wfpw_sim_system(sim);
    options.match = match;
    bad |= wfpw_open(&options, &session, NULL) != WFPW_OK;
    bad |= wfpw_add_live(session, &live, NULL) != WFPW_OK;
    wfpw_close(session);
    wfpw_template_free(match);
    wfpw_sim_free(sim);
    return bad;
}

int main(void)
{
    int bad = use_library();
    if (calls != 0)
        printf("the library calls the program's functions\n");
    bad |= calls != 0;
    memory_free(NULL);
    bad |=
        engine_open() != 1 || service_start() != 2 || ring_push(7) != 7 || text_parse("x") != 'x';
    return bad | (calls != 5);
}
