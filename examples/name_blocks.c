/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Says which rule blocked what, for a log and a state that come from one host:
 * name_blocks Security.evtx wfpstate.xml ('netsh wfp show state' writes the second one). */
#include <stdbool.h>
#include <stdio.h>

#include "wfpwatch/wfpwatch.h"

static bool is_block(const wfpw_event *ev)
{
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    return id == 5152 || id == 5155 || id == 5157 || id == 5159;
}

/* A run-time id means something within one life of the engine only: the state says how sure it is.
 */
static void print(const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    if (f == NULL || f->name == NULL || !is_block(ev))
        return;
    printf("%s: filter %llu \"%s\"%s%s (%s), at %s\n",
           ev->device_path != NULL ? ev->device_path : "an unknown application",
           (unsigned long long)f->id, f->name, f->origin != NULL ? ", origin " : "",
           f->origin != NULL ? f->origin : "", wfpw_word(WFPW_LIST_FILTER_STATE, f->state),
           ev->layer_name != NULL ? ev->layer_name : "an unknown layer");
    for (uint32_t i = 0; i < f->condition_count; i++) {
        const char *at = (const char *)f->conditions + (size_t)i * f->condition_stride;
        printf("    %s\n", ((const wfpw_condition *)(const void *)at)->text);
    }
}

static int read_all(wfpw_session *session, wfpw_batch *batch, wfpw_error *e)
{
    int n;
    while ((n = wfpw_read(session, batch, -1, e)) > 0)
        for (uint32_t i = 0; i < (uint32_t)n; i++)
            print(wfpw_batch_get(batch, i));
    return n;
}

int main(int argc, char **argv)
{
    wfpw_options o = {.size = sizeof o};
    wfpw_session *session = NULL;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    wfpw_error e = {.status = WFPW_E_NOMEM};
    int n = WFPW_E_NOMEM;
    if (argc != 3) {
        fprintf(stderr, "usage: name_blocks Security.evtx wfpstate.xml\n");
        wfpw_batch_free(batch);
        return 2;
    }
    if (batch != NULL)
        n = wfpw_names_open(NULL, &o.names, &e);
    if (n == WFPW_OK)
        n = wfpw_names_load(o.names, argv[2], &e);
    if (n >= 0)
        n = wfpw_open(&o, &session, &e);
    if (n == WFPW_OK)
        n = wfpw_add_file(session, argv[1], &e);
    if (n == WFPW_OK)
        n = read_all(session, batch, &e);
    if (n != WFPW_E_EOF)
        fprintf(stderr, "name_blocks: %s: %s; %s\n", e.where, e.text, wfpw_remedy(&e));
    wfpw_batch_free(batch);
    wfpw_close(session); /* before the names that it uses */
    wfpw_names_close(o.names);
    return n == WFPW_E_EOF ? 0 : 1;
}
