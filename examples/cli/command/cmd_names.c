/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch names: the filters of a dump, or of the engine as it is now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "input/name_source.h"
#include "input/options.h"
#include "input/reading.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/format.h"
#include "view/filter_table.h"
#include "view/print.h"
#include "view/rule_table.h"

enum { IDS_MAX = 64, BLOCK = 0x1001 };

static const char help[] =
    "usage: wfpwatch names [OPTION...] FILE...\n"
    "       wfpwatch names --live [OPTION...] [FILE...]\n"
    "       wfpwatch names --live --sim [OPTION...] [SCRIPTFILE]\n"
    "\n"
    "Prints the filters in FILE, the output of 'netsh wfp show state'\n"
    "(wfpstate.xml), 'netsh wfp show filters' (filters.xml) or 'netsh wfp capture'\n"
    "(wfpdiag.xml). Only wfpstate.xml has origins. '-' is standard input. If several\n"
    "files have the same key for a filter's id, the last one is used. A file that\n"
    "cannot be read is reported, the others are still read, and the exit status is\n"
    "1; it is 3 if places of a file could not be read, and 130 after Ctrl-C: the\n"
    "output is then incomplete.\n"
    "\n"
    "  --live                   the current filters of this host's engine, boot-time\n"
    "                           and disabled ones included; needs an elevated prompt\n"
    "                           to list all\n"
    "  --sim [SCRIPTFILE]       use a simulated Windows, after the script has run\n"
    "  --id N                   the filter with this run-time id, with all its\n"
    "                           conditions, and its firewall rule if a FILE has rules\n"
    "                           ('wfpwatch rules'); may be given several times\n"
    "  --layer L                filters of this layer: ALE_AUTH_CONNECT_V4, with\n"
    "                           FWPM_LAYER_ or without; '*' matches any text\n"
    "  --sublayer S             filters of this sublayer, likewise\n"
    "  --provider P             filters of this provider, by key, name or product; '*'\n"
    "                           as above; '-': those without a provider\n"
    "  --blocks                 filters that block\n" OWN_HELP
    "  --format text|json       a table, or one JSON object per line (default: text)\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "The table: LAYER and PROVIDER without their prefix; ORIGIN is the firewall's\n"
    "reason for the filter, never translated, as in its own events. '-': not known\n"
    "or none.\n";

enum { HELP = 1, ID, LAYER, SUBLAYER, PROVIDER, BLOCKS, FORMAT, LIVE, SIM, OWN };
const struct option cmd_names_options[] = {
    {"--help", HELP, false},
    {"-h", HELP, false},
    {"--id", ID, true},
    {"--layer", LAYER, true},
    {"--sublayer", SUBLAYER, true},
    {"--provider", PROVIDER, true},
    {"--blocks", BLOCKS, false},
    {"--format", FORMAT, true},
    {"--live", LIVE, false},
    {"--sim", SIM, false},
    {"--own-provider", OWN, true},
    {NULL, 0, false},
};

struct listing {
    int format;
    uint64_t ids[IDS_MAX];
    size_t id_count;
    const char *layer, *sublayer, *provider;
    bool blocks, help, failed, is_partly;
    struct name_source from;
    struct filter_table table;
    struct printer printer;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_id(struct listing *l, const struct arguments *a)
{
    if (l->id_count == IDS_MAX) {
        (void)diagnostics_usage("names", "too many of", "--id");
        return false;
    }
    return option_number(a, 0, UINT64_MAX, &l->ids[l->id_count++]);
}

static bool take_option(struct listing *l, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case ID:
        return take_id(l, a);
    case LAYER:
        l->layer = a->value;
        return true;
    case SUBLAYER:
        l->sublayer = a->value;
        return true;
    case PROVIDER:
        l->provider = a->value;
        return true;
    case BLOCKS:
        l->blocks = true;
        return true;
    case OWN:
        return option_guid(a, &l->from.own);
    case FORMAT:
        return option_word(a, formats, &l->format);
    case LIVE:
        l->from.live = true;
        return true;
    case SIM:
        l->from.simulate = true;
        return true;
    case HELP:
        l->help = true;
        return true;
    case OPTION_OPERAND:
        l->from.files[l->from.file_count++] = a->list[a->at - 1];
        return true;
    default:
        return false;
    }
}

/* Whether the options make sense together; what does not is reported. */
static bool options_agree(const struct listing *l)
{
    if (l->from.simulate && !l->from.live)
        (void)diagnostics_usage("names", "--sim needs --live", "");
    else if (l->from.simulate && l->from.file_count > 1)
        (void)diagnostics_usage("names", "more than one script:", l->from.files[1]);
    else if (!l->from.live && l->from.file_count == 0)
        (void)diagnostics_usage("names", "a file is missing", "");
    else
        return true;
    return false;
}

static bool take_options(struct listing *l, int count, char **list)
{
    struct arguments a = {.command = "names", .count = count, .list = list};
    int id;
    l->from.files = list;
    while ((id = option_next(&a, cmd_names_options)) != OPTION_END && !l->help)
        if (!take_option(l, &a, id))
            return false;
    return l->help || options_agree(l);
}

/* ---- which filters -------------------------------------------------------------------------- */

static char lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* '*' stands for anything; case is ignored. */
static bool is_like(const char *s, const char *pattern)
{
    const char *star = NULL, *retry = s;
    while (*s != 0) {
        if (*pattern == '*') {
            star = pattern++;
            retry = s;
        } else if (lower_case(*pattern) == lower_case(*s)) {
            pattern++;
            s++;
        } else if (star != NULL) {
            pattern = star + 1;
            s = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == 0;
}

/* A key with its prefix or without, or a name; "-" is none. */
static bool is_meant(const char *wanted, const char *key, const char *prefix, const char *name)
{
    size_t n = strlen(prefix);
    if (wanted == NULL)
        return true;
    if (strcmp(wanted, "-") == 0)
        return key == NULL;
    if (key != NULL &&
        (is_like(key, wanted) || (strncmp(key, prefix, n) == 0 && is_like(key + n, wanted))))
        return true;
    return name != NULL && is_like(name, wanted);
}

static bool is_wanted(const struct listing *l, const wfpw_filter *f)
{
    bool of_ids = l->id_count == 0;
    for (size_t i = 0; i < l->id_count; i++)
        of_ids |= l->ids[i] == f->id;
    return of_ids && (!l->blocks || f->action == BLOCK) &&
           is_meant(l->layer, f->layer, "FWPM_LAYER_", f->layer_name) &&
           is_meant(l->sublayer, f->sublayer, "FWPM_SUBLAYER_", f->sublayer_name) &&
           (is_meant(l->provider, f->provider, "FWPM_PROVIDER_", f->provider_name) ||
            (f->provider_product != NULL && is_like(f->provider_product, l->provider)));
}

/* The next filter that is wanted; NULL: there is no more, or no memory. */
static const wfpw_filter *next_filter(struct listing *l, uint64_t *cursor)
{
    const wfpw_filter *f;
    do
        f = name_source_next(&l->from, cursor);
    while (f != NULL && !is_wanted(l, f));
    return f;
}

/* ---- printing ------------------------------------------------------------------------------- */

/* The firewall's rule that the filter is of, if a file has it. */
static void print_rule_of(struct listing *l, const wfpw_filter *f)
{
    size_t needed = 0;
    if (f->origin == NULL ||
        wfpw_rules_get(l->from.names, f->origin, 0, NULL, 0, &needed) != WFPW_E_RANGE)
        return;
    wfpw_rule *r = malloc(needed);
    if (r != NULL && wfpw_rules_get(l->from.names, f->origin, 0, r, needed, NULL) == 1)
        rule_details(r, &l->printer.text);
    l->printer.text.failed |= r == NULL;
    free(r);
}

static void print_filter(struct listing *l, const wfpw_filter *f)
{
    if (l->printer.json) {
        print_filter_json(&l->printer, f);
    } else if (l->id_count > 0) {
        filter_details(f, &l->printer.text);
        print_rule_of(l, f);
    } else {
        filter_table_row(&l->table, f, &l->printer.text);
    }
}

static uint64_t print_filters(struct listing *l)
{
    const wfpw_filter *f;
    uint64_t cursor = 0, count = 0;
    bool table = !l->printer.json && l->id_count == 0;
    while (table && (f = next_filter(l, &cursor)) != NULL)
        filter_table_see(&l->table, f);
    if (table)
        filter_table_header(&l->table, &l->printer.text);
    for (cursor = 0; (f = next_filter(l, &cursor)) != NULL; count++) {
        print_filter(l, f);
        if (!print_buffered(&l->printer))
            break;
    }
    (void)print_buffered(&l->printer);
    return count;
}

/* An id that was asked for and is not there is a failure; an empty list is none. */
static void report_missing(struct listing *l)
{
    char text[32];
    for (size_t i = 0; i < l->id_count; i++) {
        if (wfpw_names_get(l->from.names, l->ids[i], 0, NULL, 0, NULL) != 0)
            continue;
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)l->ids[i]);
        diagnostics_print("no filter has the id ", text, (const char *)NULL);
        l->failed = true;
    }
}

static void summarize_names(struct listing *l, uint64_t count)
{
    char text[160];
    wfpw_names_stats st = {.size = sizeof st};
    (void)wfpw_names_get_stats(l->from.names, &st);
    if (st.evicted + st.refused > 0) {
        (void)snprintf(text, sizeof text, "%llu objects had no room and are missing",
                       (unsigned long long)st.evicted + st.refused);
        diagnostics_print(text, (const char *)NULL);
    }
    l->is_partly = st.skipped > 0 || st.evicted + st.refused > 0;
    if (l->from.interrupted)
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
    else if (st.filters == 0 && !l->failed) /* an empty table is no answer */
        diagnostics_note(
            "no filter in it: 'netsh wfp show state' and 'netsh wfp show filters' write "
            "them, from an elevated prompt",
            (const char *)NULL);
    if (l->printer.json || st.filters == 0 || (st.skipped == 0 && !term_is_terminal(stderr)))
        return;
    (void)snprintf(text, sizeof text, "%llu of %llu filter%s, %llu place%s skipped",
                   (unsigned long long)count, (unsigned long long)st.filters,
                   format_plural(st.filters), (unsigned long long)st.skipped,
                   format_plural(st.skipped));
    diagnostics_note(text, (const char *)NULL);
}

static int list_filters(struct listing *l)
{
    unsigned columns = 0, rows;
    if (!name_source_load(&l->from))
        return EXIT_FAILED;
    print_start(&l->printer, l->format, COLOR_NEVER);
    if (l->printer.on_terminal)
        term_size(stdout, &columns, &rows);
    l->table.terminal = columns;
    uint64_t count = print_filters(l);
    int status = print_end(&l->printer);
    if (!l->from.interrupted)
        report_missing(l);
    l->failed |= l->from.failed;
    summarize_names(l, count);
    if (l->from.interrupted)
        return EXIT_INTERRUPTED;
    if (l->failed || status != EXIT_DONE)
        return l->failed ? EXIT_FAILED : status;
    return l->is_partly ? EXIT_PARTLY : EXIT_DONE;
}

int cmd_names(int count, char **list)
{
    struct listing l = {.format = FORMAT_TEXT};
    int status = EXIT_FAILED;
    if (!take_options(&l, count, list))
        return EXIT_USAGE;
    if (l.help)
        return print_text(help);
    if (name_source_open(&l.from))
        status = list_filters(&l);
    name_source_close(&l.from);
    filter_table_free(&l.table);
    return status;
}
