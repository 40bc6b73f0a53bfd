/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A service's state and its lines in the log. */
#include <stdio.h>

#include "live/service_internal.h"

/* A line for each text, call and code. */
void service_say(struct service *s, int level, const char *what, const char *call, uint32_t code)
{
    char text[LOG_LINE];
    uint64_t kind = log_kind(log_kind(0, what, code), call, 0);
    if (call != NULL)
        (void)snprintf(text, sizeof text, "%s: %s gave 0x%x (%u)", what, call, code, code);
    log_line(&s->log, s->o.log, s->o.log_ctx, level, kind, call != NULL ? text : what);
}

void service_say_error(struct service *s, int level, const char *what, const wfpw_error *e)
{
    char text[LOG_LINE];
    if (e->os_code != 0)
        service_say(s, level, what, e->where, e->os_code);
    else if (snprintf(text, sizeof text, "%s: %s: %s", what, e->where, e->text) > 0)
        service_say(s, level, text, NULL, 0);
}

void service_set_ready(struct service *s)
{
    wakeup_ring_reader(&s->subscription.wakeup);
}

void service_set_state(struct service *s, uint32_t state)
{
    if (os_u32_exchange(&s->state, state) != state)
        service_set_ready(s);
}

bool service_is_stopped(const struct service *s)
{
    return os_u32_load(&s->stop) != 0;
}

/* A registry that hangs does not keep anybody from events. */
static bool rules_were_tried(const struct service *s)
{
    enum { RULES_MS = 1000 };
    uint64_t since = os_u64_load(&s->subscribed_at);
    return s->rules == NULL || rules_watch_has_tried(s->rules) ||
           (since != 0 && os_ticks_ms() - since > RULES_MS);
}

/* Who opens a session may rely on it. */
bool service_all_was_tried(const struct service *s)
{
    return (s->keeper == NULL || audit_keeper_has_tried(s->keeper)) && rules_were_tried(s);
}

void service_up(struct service *s)
{
    os_u32_store(&s->is_up, 1);
    if (service_all_was_tried(s))
        os_signal_set(&s->started);
}

struct live_names *service_names(struct service *s)
{
    return s->policy != NULL && !s->o.no_names ? &s->policy->names : NULL;
}

bool service_has_change(const struct service *s)
{
    return template_next_waits(&s->next_match) || os_u32_load(&s->next_keywords) != 0;
}
