/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "command/nothing_found.h"

#include <stdio.h>

#include "view/diagnostics.h"

/* The subcategory's GUID is the same in every language (MS-GPAC). */
static const char hint[] =
    "no record was of the Windows Filtering Platform: the audit of Filtering Platform Connection "
    "(success and failure) may be off on that host. There, 'auditpol /get "
    "/subcategory:{0CCE9226-69AE-11D9-BED3-505054503030}' shows it, and 'auditpol /set ... "
    "/failure:enable' turns it on";

static void passed_over(char *out, size_t size, uint64_t n)
{
    (void)snprintf(out, size, "; %llu record%s of others passed over", (unsigned long long)n,
                   n == 1 ? "" : "s");
}

static void count_events(char *out, size_t size, uint64_t n)
{
    (void)snprintf(out, size, "%llu event%s", (unsigned long long)n, n == 1 ? "" : "s");
}

bool nothing_found_is_odd(const struct reading *r)
{
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(r->session, &st);
    return st.passed_over + st.filtered > 0;
}

void nothing_found_explain(const struct reading *r, uint64_t printed, const char *what)
{
    wfpw_stats st = {.size = sizeof st};
    char others[64], count[40];
    (void)wfpw_get_stats(r->session, &st);
    if (printed > 0 || r->read == 0 || r->interrupted)
        return;
    passed_over(others, sizeof others, st.passed_over);
    count_events(count, sizeof count, st.delivered > 0 ? st.delivered : st.filtered);
    if (st.delivered > 0)
        diagnostics_note("nothing was ", what, " in ", count, others, (const char *)NULL);
    else if (st.filtered > 0)
        diagnostics_note("no event meets all conditions: ", count, " left out", others,
                         (const char *)NULL);
    else
        diagnostics_note("no event of the Windows Filtering Platform", others, (const char *)NULL);
    if (st.delivered + st.filtered == 0 && st.passed_over > 0)
        diagnostics_note(hint, (const char *)NULL);
}
