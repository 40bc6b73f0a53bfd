/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A connection failed: asks what in the Windows Filtering Platform refused it. A program would ask
 * where its connect() has returned an error. */
#include <stdio.h>

#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

/* What happened on the simulated Windows. */
static const char script[] =
    "filter id=7 layer=48 name=\"No uploads\"\n"
    "drop protocol=tcp direction=out local=192.0.2.10:50123 remote=203.0.113.66:443 filter=7 "
    "layer=48 app=\\device\\harddiskvolume3\\tools\\upload.exe\n";

static void print_rows(const wfpw_explanation *x)
{
    wfpw_explained row = {.size = sizeof row};
    for (uint32_t i = 0; wfpw_explanation_get(x, i, &row) == 1; i++) {
        wfpw_reason why = {.size = sizeof why};
        (void)wfpw_reason_info(row.event->reason, &why);
        printf("%s match: filter %llu %s; %s\n", wfpw_word(WFPW_LIST_STRENGTH, row.strength),
               (unsigned long long)row.event->filter_id,
               row.event->filter != NULL && row.event->filter->name != NULL
                   ? row.event->filter->name
                   : "",
               why.text);
    }
}

/* "Nothing" is an answer only if enough could be seen. */
static void print_conclusion(const wfpw_explanation *x)
{
    wfpw_explained_by by = {.size = sizeof by};
    int conclusion = wfpw_explanation_conclude(x, &by);
    printf("%s, after %llu events", wfpw_word(WFPW_LIST_CONCLUSION, (uint32_t)conclusion),
           (unsigned long long)by.events);
    for (uint32_t bit = 1; bit != 0 && bit <= by.unseen; bit <<= 1)
        if ((by.unseen & bit) != 0)
            printf("; %s", wfpw_word(WFPW_LIST_UNSEEN, bit));
    printf("\n");
}

int main(void)
{
    wfpw_sim *sim = NULL; /* a real program leaves it and options.system out */
    wfpw_explanation *x = NULL;
    wfpw_error e = {.text = "the simulator failed"};
    wfpw_question question = {.size = sizeof question,
                              .protocol = 6,
                              .remote = {.addr = {203, 0, 113, 66}, .family = 4, .port = 443},
                              .app = "C:\\tools\\upload.exe"};
    int status = wfpw_sim_new(11, &sim);
    wfpw_options options = {.size = sizeof options, .system = wfpw_sim_system(sim)};
    if (status == WFPW_OK)
        status = wfpw_sim_play(sim, script, NULL);
    if (status == WFPW_OK)
        status = wfpw_explain(&options, &question, &x, &e);
    if (status < 0) {
        (void)fprintf(stderr, "%s\n", e.text);
    } else {
        print_rows(x);
        print_conclusion(x);
    }
    wfpw_explanation_free(x);
    wfpw_sim_free(sim);
    return status < 0;
}
