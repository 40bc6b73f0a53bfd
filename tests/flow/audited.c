/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "audited.h"

void audited_open(struct flow *f, const struct flow_options *o, const wfpw_audit_log *a)
{
    const wfpw_audit_log usual = {.size = sizeof usual, .watch_ms = 500};
    flow_open_bare(f, o);
    wfpw_batch_free(f->b);
    f->b = wfpw_batch_new(1, 0);
    assert_non_null(f->b);
    if (wfpw_add_audit(f->s, a != NULL ? a : &usual, &f->e) != WFPW_OK)
        fail_msg("%s: %s (%u)", f->e.where, f->e.text, f->e.os_code);
}

void audited_read(struct flow *f, uint64_t last)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (f->events < last) {
        int n = flow_read(f, 100);
        assert_true(n >= 0);
        const wfpw_event *ev = n > 0 ? wfpw_batch_get(f->b, 0) : NULL;
        if (ev != NULL && ev->kind == WFPW_KIND_AUDIT)
            assert_int_equal(ev->audit->record_id, f->events);
        if (os_ticks_ms() >= end)
            fail_msg("%llu of %llu records", (unsigned long long)f->events,
                     (unsigned long long)last);
    }
}

void audited_close(struct flow *f)
{
    wfpw_stats st = flow_stats(f);
    assert_stats_agree(&st);
    assert_int_equal(st.dropped, 0);
    wfpw_close(f->s);
    f->s = NULL;
    assert_int_equal(wfpw_sim_count(f->sim, WFPW_SIM_LOG_HANDLES), 0);
    flow_close(f);
}
