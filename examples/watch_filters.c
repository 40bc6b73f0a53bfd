/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Tells who changes this host's filters, and which of them are one's own, for ten events:
 * watch_filters [--sim] [{GUID of one's own provider}] */
#include <stdio.h>
#include <string.h>

#include "wfpwatch/sim.h"

#define AGENT "{11111111-2222-3333-4444-555555555555}"

/* What happens on the simulated Windows, one after the other has been seen. */
static const char added[] = "provider key=" AGENT " name=\"Some agent\"\n"
                            "filter id=70210 name=\"Block tools\" provider=" AGENT;
static const char *const steps[] = {
    added,
    "unfilter id=70210",
    "filter id=70211 name=\"Allow updates\" action=permit",
};
enum { STEPS = sizeof steps / sizeof *steps };

static void print(const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    const char *who = "somebody", *name = f != NULL && f->name != NULL ? f->name : "a filter";
    if (ev->kind == WFPW_KIND_GAP) { /* changes are missing: look at all filters again */
        puts("some changes were not seen");
        return;
    }
    if ((ev->flags & WFPW_EVENT_OWN_FILTER) != 0)
        who = "we";
    else if (f != NULL && f->provider != NULL)
        who = f->provider_name != NULL ? f->provider_name : f->provider;
    printf("%s %s: %s\n", who, ev->kind == WFPW_KIND_FILTER_ADD ? "added" : "removed", name);
}

/* Nothing is changed on the host for that. */
static int watch(wfpw_session *s, wfpw_sim *sim, wfpw_error *e)
{
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE | WFPW_LIVE_FILTERS};
    wfpw_batch *batch = wfpw_batch_new(1, 0);
    int n = batch != NULL ? wfpw_add_live(s, &live, e) : WFPW_E_NOMEM;
    for (int i = 0; n >= 0 && i < (sim != NULL ? STEPS : 10); i++) {
        if (sim != NULL)
            (void)wfpw_sim_play(sim, steps[i], e);
        n = wfpw_read(s, batch, -1, e);
        if (n > 0)
            print(wfpw_batch_get(batch, 0));
    }
    wfpw_batch_free(batch);
    return n;
}

int main(int argc, char **argv)
{
    wfpw_sim *sim = NULL;
    wfpw_template *changes = NULL;
    wfpw_session *session = NULL;
    wfpw_error e = {.status = WFPW_E_NOMEM};
    int n = WFPW_E_NOMEM;
    if (argc > 1 && strcmp(argv[1], "--sim") == 0 && wfpw_sim_new(11, &sim) == WFPW_OK) {
        argv++;
        argc--;
    }
    /* Only the changes: the other events are left out. */
    if (wfpw_template_new(NULL, &changes) == WFPW_OK &&
        wfpw_template_add(changes, "type=filter_add,filter_delete", &e) == WFPW_OK) {
        wfpw_options o = {.size = sizeof o,
                          .system = wfpw_sim_system(sim),
                          .match = changes,
                          .own_provider = argc > 1 ? argv[1] : NULL};
        n = wfpw_open(&o, &session, &e);
    }
    if (n == WFPW_OK)
        n = watch(session, sim, &e);
    if (n < 0)
        fprintf(stderr, "watch_filters: %s: %s; %s\n", e.where, e.text, wfpw_remedy(&e));
    wfpw_close(session); /* before what it uses */
    wfpw_template_free(changes);
    wfpw_sim_free(sim);
    return n < 0;
}
