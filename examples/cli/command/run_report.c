/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * 'wfpwatch run': what is told of the command. */
#include "command/run_state.h"
#include "view/diagnostics.h"
#include "view/format.h"

static void write_text(struct running *r)
{
    struct buffer *b = &r->printer.text;
    if (b->n > 0 && fwrite(b->p, 1, b->n, r->out) != b->n)
        r->failed = true;
    r->failed |= b->failed;
    buffer_clear(b);
}

void run_report_event(struct running *r, const wfpw_event *ev, enum owner owner)
{
    struct buffer *b = &r->printer.text;
    buffer_puts(b, owner == OWNER_PROCESS ? "{\"of\":\"process\",\"event\":"
                                          : "{\"of\":\"program\",\"event\":");
    print_why_json(&r->printer, ev);
    b->n -= b->n > 0 && b->p[b->n - 1] == '\n';
    buffer_puts(b, "}\n");
    write_text(r);
}

/* As it is now: who only observes may find it off, and who does not has it turned on. */
static bool is_collected(const struct running *r)
{
    enum { ROWS = 16 };
    wfpw_row rows[ROWS] = {{.size = sizeof *rows}};
    wfpw_options o = {
        .size = sizeof o, .system = wfpw_sim_system(r->simulated.sim), .state_dir = r->state};
    bool is_on = true;
    int n = (r->live_flags & WFPW_LIVE_OBSERVE) != 0 ? wfpw_check(&o, rows, ROWS, NULL) : 0;
    for (int i = 0; i < n && i < ROWS; i++)
        is_on &= rows[i].code != WFPW_CHECK_COLLECTION || rows[i].level == 3;
    return is_on && n >= 0;
}

/* Why something may be missing; NULL: nothing is known to be. */
static const char *missing_of(const struct running *r)
{
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(r->session, &st);
    if (r->failed)
        return "reading events failed";
    if (st.state == WFPW_STATE_COLLECTION_OFF || (st.missing & WFPW_MISSING_SETTINGS) != 0 ||
        !is_collected(r))
        return "net events are not collected, or not all of them";
    if (r->gaps != 0 || st.dropped != 0)
        return "events were lost";
    return r->child.is_cut ? "not all processes are known" : NULL;
}

static void put_headline(struct buffer *b, const struct running *r, const char *missing)
{
    const char *nothing =
        missing != NULL ? "nothing is known to have been blocked of " : "nothing was blocked of ";
    buffer_puts(b, "wfpwatch: ");
    if (r->processes + r->programs == 0) {
        buffer_puts(b, nothing);
    } else {
        buffer_number(b, r->processes + r->programs);
        buffer_puts(b, r->processes + r->programs == 1 ? " attempt was" : " attempts were");
        buffer_puts(b, " blocked, dropped or failed of ");
    }
    buffer_text(b, r->command[0]);
    buffer_puts(b, " (exit status ");
    buffer_number(b, (uint32_t)r->child.status);
    buffer_puts(b, ", ");
    buffer_number(b, r->child.count);
    buffer_puts(b, r->child.count == 1 ? " process)" : " processes)");
    if (missing != NULL) {
        buffer_puts(b, "; ");
        buffer_puts(b, missing);
    }
    buffer_puts(b, "\n");
}

static void put_text_end(struct running *r)
{
    struct buffer *b = &r->printer.text;
    struct buffer rows = {0};
    put_headline(b, r, missing_of(r));
    explanation_groups_put(&r->of_process, &rows);
    buffer_puts(b, rows.n > 0 ? "\n" : "");
    buffer_put(b, rows.p != NULL ? rows.p : "", rows.n);
    buffer_clear(&rows);
    explanation_groups_put(&r->of_program, &rows);
    buffer_puts(b,
                rows.n > 0 ? "\nPerhaps (of the same program; the process is not known):\n\n" : "");
    buffer_put(b, rows.p != NULL ? rows.p : "", rows.n);
    b->failed |= rows.failed;
    buffer_free(&rows);
}

static void put_json_end(struct running *r)
{
    struct buffer *b = &r->printer.text;
    const char *missing = missing_of(r), *comma = "";
    buffer_puts(b, "{\"command\":\"");
    buffer_json_text(b, r->command[0]);
    buffer_puts(b, "\",\"status\":");
    buffer_number(b, (uint32_t)r->child.status);
    buffer_puts(b, ",\"of_process\":");
    buffer_number(b, r->processes);
    buffer_puts(b, ",\"of_program\":");
    buffer_number(b, r->programs);
    buffer_puts(b, ",\"missing\":\"");
    buffer_puts(b, missing != NULL ? missing : "");
    buffer_puts(b, "\",\"processes\":[");
    for (uint32_t i = 0; i < r->child.count; i++, comma = ",") {
        buffer_puts(b, comma);
        buffer_puts(b, "{\"pid\":");
        buffer_number(b, r->child.list[i].id);
        buffer_puts(b, ",\"app\":\"");
        buffer_json_text(b, r->child.list[i].app != NULL ? r->child.list[i].app : "");
        buffer_puts(b, "\"}");
    }
    buffer_puts(b, "]}\n");
}

void run_report_end(struct running *r)
{
    if (r->format != 0)
        put_json_end(r);
    else
        put_text_end(r);
    write_text(r);
    r->failed |= fflush(r->out) != 0;
    if (r->out != stderr)
        r->failed |= fclose(r->out) != 0;
    if (r->failed)
        diagnostics_print("the explanation is not complete", (const char *)NULL);
}
