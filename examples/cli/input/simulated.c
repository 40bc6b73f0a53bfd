/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/simulated.h"

#include <stdio.h>
#include <stdlib.h>

#include "input/demo_script.h"
#include "view/diagnostics.h"

static void report_script(const struct simulated *s, const wfpw_error *e)
{
    char place[512];
    unsigned line, column;
    if (e->status != WFPW_E_SYNTAX || s->path == NULL) {
        diagnostics_error(s->path, e, NULL);
        return;
    }
    demo_script_place(s->text.p, e->position, &line, &column);
    (void)snprintf(place, sizeof place, "%.400s:%u:%u", s->path, line, column);
    diagnostics_error(place, e, NULL);
}

bool simulated_windows(const struct arguments *a, const char **windows)
{
    static const char *const versions[] = {"7", "8", "10", "1803", "11", NULL};
    int i;
    if (!option_word(a, versions, &i))
        return false;
    *windows = versions[i];
    return true;
}

bool simulated_open(struct simulated *s, const char *windows, const char *path)
{
    uint32_t version = (uint32_t)strtoul(windows != NULL ? windows : "11", NULL, 10);
    s->path = path;
    if (path != NULL && !demo_script_load(&s->text, path))
        return false;
    int status = wfpw_sim_new(version, &s->sim);
    if (status == WFPW_OK && path == NULL)
        status = wfpw_sim_play(s->sim, demo_script_host, NULL);
    if (status != WFPW_OK)
        diagnostics_print("the simulated Windows: ", wfpw_strerror(status), (const char *)NULL);
    return status == WFPW_OK;
}

bool simulated_start(struct simulated *s)
{
    wfpw_error e;
    int status = wfpw_sim_start(s->sim, s->path != NULL ? s->text.p : demo_script_default, &e);
    if (status != WFPW_OK)
        report_script(s, &e);
    return status == WFPW_OK;
}

bool simulated_play(struct simulated *s)
{
    wfpw_error e;
    int status = s->path != NULL ? wfpw_sim_play(s->sim, s->text.p, &e) : WFPW_OK;
    if (status != WFPW_OK)
        report_script(s, &e);
    return status == WFPW_OK;
}

void simulated_close(struct simulated *s)
{
    wfpw_sim_free(s->sim);
    buffer_free(&s->text);
}
