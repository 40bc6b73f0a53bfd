/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/monitor.h"

#include "input/condition_option.h"
#include "view/diagnostics.h"

static bool take_script(struct monitor *m, const struct arguments *a)
{
    if (m->script != NULL) {
        (void)diagnostics_usage(m->command, "more than one script:", a->value);
        return false;
    }
    m->script = a->value;
    return true;
}

bool monitor_option(struct monitor *m, const struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", "ecs", "ocsf", "asim", "csv", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    switch (id) {
    case MONITOR_FORMAT:
        return option_word(a, formats, &m->format);
    case MONITOR_COLOR:
        return option_word(a, colors, &m->color);
    case MONITOR_WINDOWS:
        return simulated_windows(a, &m->windows);
    case MONITOR_WHERE:
        m->status = condition_option_add(&m->match, m->command, a->value);
        return m->status == 0;
    case MONITOR_OWN:
        return option_guid(a, &m->own);
    case MONITOR_EXPLAIN:
        m->explain = true;
        return true;
    case MONITOR_ATTEMPTS:
        m->attempts = true;
        return true;
    case OPTION_OPERAND:
        return take_script(m, a);
    case MONITOR_SIM:
        m->simulate = true;
        return true;
    case MONITOR_HELP:
        m->help = true;
        return true;
    default:
        return false;
    }
}

bool monitor_agrees(const struct monitor *m)
{
    if (!m->simulate && m->script != NULL)
        (void)diagnostics_usage(m->command, "without --sim there is no use for", m->script);
    else if (!m->simulate && m->windows != NULL)
        (void)diagnostics_usage(m->command, "--windows needs --sim", "");
    else
        return true;
    return false;
}

bool monitor_opened(struct monitor *m, int status, const wfpw_error *e, const char *instead)
{
    if (status != WFPW_OK) {
        diagnostics_error(NULL, e, status == WFPW_E_NOTSUP && !m->simulate ? instead : NULL);
        return false;
    }
    m->batch = wfpw_batch_new(0, 0);
    if (m->batch == NULL)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    return m->batch != NULL;
}

void monitor_free(struct monitor *m)
{
    wfpw_batch_free(m->batch);
    wfpw_close(m->session);
    simulated_close(&m->simulated);
    wfpw_template_free(m->match);
}
