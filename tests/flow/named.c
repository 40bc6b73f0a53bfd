/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "named.h"

#include <stdio.h>

const wfpw_filter *named_take(struct flow *f)
{
    return flow_next(f)->filter;
}

const wfpw_filter *named_next(struct flow *f, const char *script)
{
    flow_play(f, script);
    return named_take(f);
}

struct wanted {
    struct flow *f;
    uint64_t n;
    uint32_t state;
};

static bool are_known(void *ctx)
{
    const struct wanted *w = ctx;
    return flow_stats(w->f).names == w->n;
}

void named_wait(struct flow *f, uint64_t n)
{
    struct wanted w = {.f = f, .n = n};
    assert_true(wait_until(are_known, &w));
}

static bool is_in_state(void *ctx)
{
    const struct wanted *w = ctx;
    char script[60];
    (void)snprintf(script, sizeof script, "drop filter=%u", (unsigned)w->n);
    const wfpw_filter *it = named_next(w->f, script);
    return it != NULL && it->state == w->state;
}

void named_wait_state(struct flow *f, unsigned id, uint32_t state)
{
    struct wanted w = {.f = f, .n = id, .state = state};
    assert_true(wait_until(is_in_state, &w));
}

void assert_named(struct flow *f, const char *script, const char *name, uint32_t state)
{
    const wfpw_filter *it = named_next(f, script);
    assert_non_null(it);
    assert_int_equal(it->state, state);
    if (name == NULL)
        assert_null(it->name);
    else
        assert_string_equal(it->name, name);
}
