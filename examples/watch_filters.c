/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Tells who changes this host's filters, and which of them are one's own, for ten events:
 * watch_filters [{GUID of one's own provider}]. With WFPW_SIM a simulated Windows is watched. */
#include <stdio.h>
#include <stdlib.h>

#include "wfpwatch/sim.h"

static const char scene[] =
    "provider key={11111111-2222-3333-4444-555555555555} name=\"Some agent\"\n"
    "filter id=70210 name=\"Block tools\" provider={11111111-2222-3333-4444-555555555555}\n"
    "filter id=70211 name=\"Allow updates\" action=permit\n"
    "unfilter id=70210\n";

static void print(const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    const char *who = "somebody", *name = "a filter without a name";
    if (ev->kind == WFPW_KIND_GAP) { /* changes are missing: look at all filters again */
        puts("some changes were not seen");
        return;
    }
    if (f != NULL && f->name != NULL)
        name = f->name;
    if ((ev->flags & WFPW_EVENT_OWN_FILTER) != 0)
        who = "we";
    else if (f != NULL && f->provider != NULL)
        who = f->provider_name != NULL ? f->provider_name : f->provider;
    printf("%s %s: %s\n", who, ev->kind == WFPW_KIND_FILTER_ADD ? "added" : "removed", name);
}

/* Only the changes: a template leaves the other events out. Nothing is changed on the host. */
static int watch(wfpw_session *s, int count, wfpw_error *e)
{
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE | WFPW_LIVE_FILTERS};
    wfpw_batch *batch = wfpw_batch_new(16, 0);
    int n = batch != NULL ? wfpw_add_live(s, &live, e) : WFPW_E_NOMEM;
    while (n >= 0 && count > 0) {
        n = wfpw_read(s, batch, -1, e);
        for (uint32_t i = 0; n > 0 && i < (uint32_t)n; i++, count--)
            print(wfpw_batch_get(batch, i));
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
    int n = WFPW_E_NOMEM, count = 10;
    if (getenv("WFPW_SIM") != NULL && wfpw_sim_new(11, &sim) == WFPW_OK)
        count = wfpw_sim_start(sim, scene, &e) == WFPW_OK ? 3 : 0;
    if (wfpw_template_new(NULL, &changes) == WFPW_OK &&
        wfpw_template_add(changes, "type=filter_add,filter_delete", &e) == WFPW_OK) {
        wfpw_options o = {.size = sizeof o,
                          .system = wfpw_sim_system(sim),
                          .match = changes,
                          .own_provider = argc > 1 ? argv[1] : NULL};
        n = wfpw_open(&o, &session, &e);
    }
    if (n == WFPW_OK)
        n = watch(session, count, &e);
    if (n < 0)
        fprintf(stderr, "watch_filters: %s: %s; %s\n", e.where, e.text, wfpw_remedy(&e));
    wfpw_close(session); /* before what it uses */
    wfpw_template_free(changes);
    wfpw_sim_free(sim);
    return n < 0;
}
