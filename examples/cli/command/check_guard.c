/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "command/check_guard.h"

#include "input/reading.h"
#include "view/diagnostics.h"
#include "view/guard_finding.h"
#include "view/print.h"

static void put_finding(struct printer *p, const wfpw_guarded *g, const wfpw_filter *f,
                        const struct filter_adder *by)
{
    if (!p->json) {
        guard_finding_text(&p->text, g, f, by);
        return;
    }
    buffer_puts(&p->text, "{");
    guard_finding_json(&p->text, g);
    guard_finding_adder_json(&p->text, by);
    buffer_puts(&p->text, ",\"filter\":");
    print_filter_json(p, f);
    if (p->text.n > 0 && p->text.p[p->text.n - 1] == '\n')
        p->text.n--;
    buffer_puts(&p->text, "}\n");
}

/* Before anything is printed: the logs are read once for all of them. */
static void find_adders(struct guard_check *c)
{
    const wfpw_filter *f;
    uint64_t cursor = 0;
    bool has_memory = true;
    if (c->adders.logs.count == 0 || c->from.interrupted)
        return;
    while (has_memory && (f = name_source_next(&c->from, &cursor)) != NULL)
        if (wfpw_guard_check(c->guard, f, NULL) > 0)
            has_memory = filter_adders_want(&c->adders, f);
    if (!has_memory)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    c->adders.failed = !has_memory;
    if (c->adders.count > 0 && has_memory)
        filter_adders_read(&c->adders);
    if (c->adders.count > 0 && c->adders.records == 0 && !c->adders.failed &&
        !c->adders.interrupted)
        diagnostics_note("no record of an added filter in the log: 'wfpwatch audit set "
                         "other-policy-change success' has them written from then on",
                         (const char *)NULL);
    c->from.failed |= c->adders.failed;
    c->from.interrupted |= c->adders.interrupted;
}

/* Returns how many were found. */
static uint64_t put_findings(struct guard_check *c, struct printer *p, uint64_t *filters)
{
    const wfpw_filter *f;
    uint64_t cursor = 0, count = 0;
    while ((f = name_source_next(&c->from, &cursor)) != NULL) {
        wfpw_guarded g = {.size = sizeof g};
        ++*filters;
        if (wfpw_guard_check(c->guard, f, &g) <= 0)
            continue;
        put_finding(p, &g, f, filter_adders_get(&c->adders, (size_t)count));
        count++;
        if (!print_buffered(p))
            break;
    }
    return count;
}

static void put_count(struct printer *p, uint64_t filters, uint64_t count)
{
    buffer_number(&p->text, count);
    buffer_puts(&p->text, " of ");
    buffer_number(&p->text, filters);
    buffer_puts(&p->text, filters == 1 ? " filter" : " filters");
    buffer_puts(&p->text, " would silence what is guarded\n");
    (void)print_buffered(p);
}

static int report_findings(struct guard_check *c)
{
    struct printer p = {0};
    uint64_t filters = 0;
    wfpw_names_stats st = {.size = sizeof st};
    find_adders(c);
    print_start(&p, c->format, COLOR_NEVER);
    uint64_t count = put_findings(c, &p, &filters);
    if (!p.json && filters > 0)
        put_count(&p, filters, count);
    int status = print_end(&p);
    (void)wfpw_names_get_stats(c->from.names, &st);
    if (st.evicted + st.refused > 0)
        diagnostics_print("not all filters had room: some are missing", (const char *)NULL);
    if (filters == 0 && !c->from.failed && !c->from.interrupted)
        diagnostics_note("no filter in it", (const char *)NULL);
    if (c->from.interrupted)
        return EXIT_INTERRUPTED;
    if (c->from.failed || status != EXIT_DONE || count > 0)
        return status != EXIT_DONE ? status : EXIT_FAILED;
    return st.skipped + st.evicted > 0 ? EXIT_PARTLY : EXIT_DONE;
}

int guard_check_run(struct guard_check *c)
{
    int status = EXIT_FAILED;
    c->from.live = c->from.simulate || c->from.file_count == 0;
    c->from.take_log = filter_adders_add_log;
    c->from.log_ctx = &c->adders;
    if (name_source_open(&c->from) && name_source_load(&c->from))
        status = report_findings(c);
    name_source_close(&c->from);
    filter_adders_free(&c->adders);
    return status;
}
