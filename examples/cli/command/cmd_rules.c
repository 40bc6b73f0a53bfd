/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch rules: the rules of the Windows Firewall in files. */
#include <stdio.h>

#include "command/commands.h"
#include "input/name_source.h"
#include "input/options.h"
#include "input/reading.h"
#include "view/diagnostics.h"
#include "view/print.h"
#include "view/rule_table.h"

enum { IDS_MAX = 64 };

static const char help[] =
    "usage: wfpwatch rules [OPTION...] FILE...\n"
    "       wfpwatch rules --live [OPTION...] [FILE...]\n"
    "       wfpwatch rules --live --sim [OPTION...] [SCRIPTFILE]\n"
    "\n"
    "Prints the rules of the Windows Firewall in FILE: what 'netsh advfirewall export' wrote\n"
    "(.wfw), an export of the registry (.reg), its hives SYSTEM and SOFTWARE, or what\n"
    "'Get-NetFirewallRule' gave as JSON or CSV. '-' is standard input. A list of 'netsh "
    "advfirewall\n"
    "firewall show rule' or of the console has no ids, and is refused. A file that cannot be read\n"
    "is reported, the others are still read, and the exit status is 1; it is 3 when places of a\n"
    "file could not be read, and 130 after Ctrl-C: what is printed then is not all.\n"
    "\n"
    "  --live                   the rules that this host's registry has now\n"
    "  --sim [SCRIPTFILE]       of a simulated Windows, after what the script does\n"
    "  --id ID                  the rule with this id, with all that is known of it, of each file\n"
    "                           that has it; may be given several times. An audit record names "
    "the\n"
    "                           id of the rule that decided as its origin\n"
    "  --format text|json       a table, or one JSON object a line (default: text)\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "The table: ON is whether a rule is enabled, ORIGIN where it comes from: local, group_policy,\n"
    "mdm, static and configurable (service hardening), appiso (isolation of packaged apps). Names\n"
    "that Windows looks up in its own files ('@FirewallAPI.dll,-25000') are not looked up: the id\n"
    "or the package stands for them. '-' is not known.\n";

enum { HELP = 1, ID, FORMAT, LIVE, SIM };
const struct option cmd_rules_options[] = {
    {"--help", HELP, false}, {"-h", HELP, false},   {"--id", ID, true}, {"--format", FORMAT, true},
    {"--live", LIVE, false}, {"--sim", SIM, false}, {NULL, 0, false},
};

struct listing {
    int format;
    const char *ids[IDS_MAX];
    bool is_found[IDS_MAX];
    size_t id_count;
    bool help, is_partly;
    struct name_source from;
    struct printer printer;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct listing *l, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case ID:
        if (l->id_count == IDS_MAX) {
            (void)diagnostics_usage("rules", "too many of", "--id");
            return false;
        }
        l->ids[l->id_count++] = a->value;
        return true;
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
        (void)diagnostics_usage("rules", "--sim needs --live", "");
    else if (l->from.simulate && l->from.file_count > 1)
        (void)diagnostics_usage("rules", "more than one script:", l->from.files[1]);
    else if (!l->from.live && l->from.file_count == 0)
        (void)diagnostics_usage("rules", "a file is missing", "");
    else
        return true;
    return false;
}

static bool take_options(struct listing *l, int count, char **list)
{
    struct arguments a = {.command = "rules", .count = count, .list = list};
    int id;
    l->from.files = list;
    while ((id = option_next(&a, cmd_rules_options)) != OPTION_END && !l->help)
        if (!take_option(l, &a, id))
            return false;
    return l->help || options_agree(l);
}

/* ---- which rules ---------------------------------------------------------------------------- */

static bool is_same_id(const char *a, const char *b)
{
    for (; *a != 0 && *b != 0; a++, b++) {
        char one = *a >= 'A' && *a <= 'Z' ? (char)(*a - 'A' + 'a') : *a;
        char other = *b >= 'A' && *b <= 'Z' ? (char)(*b - 'A' + 'a') : *b;
        if (one != other)
            return false;
    }
    return *a == *b;
}

static bool is_wanted(struct listing *l, const wfpw_rule *r)
{
    bool wanted = l->id_count == 0;
    for (size_t i = 0; i < l->id_count; i++)
        if (r->id != NULL && is_same_id(r->id, l->ids[i]))
            wanted = l->is_found[i] = true;
    return wanted;
}

/* The next rule that is wanted; NULL: there is no more, or no memory. */
static const wfpw_rule *next_rule(struct listing *l, uint64_t *cursor)
{
    const wfpw_rule *r = name_source_next_rule(&l->from, cursor);
    while (r != NULL && !is_wanted(l, r))
        r = name_source_next_rule(&l->from, cursor);
    return r;
}

/* ---- printing ------------------------------------------------------------------------------- */

static uint64_t print_rules(struct listing *l)
{
    const wfpw_rule *r;
    uint64_t cursor = 0, count = 0;
    if (!l->printer.json && l->id_count == 0)
        rule_table_header(&l->printer.text);
    for (; (r = next_rule(l, &cursor)) != NULL; count++) {
        if (l->printer.json)
            print_rule_json(&l->printer, r);
        else if (l->id_count > 0)
            rule_details(r, &l->printer.text);
        else
            rule_table_row(r, &l->printer.text);
        if (!print_buffered(&l->printer))
            break;
    }
    (void)print_buffered(&l->printer);
    return count;
}

static void summarize_rules(struct listing *l)
{
    char text[160];
    wfpw_names_stats st = {.size = sizeof st};
    (void)wfpw_names_get_stats(l->from.names, &st);
    for (size_t i = 0; i < l->id_count && !l->from.interrupted; i++)
        if (!l->is_found[i]) {
            diagnostics_print("no rule has the id ", l->ids[i], (const char *)NULL);
            l->from.failed = true;
        }
    if (st.rules_evicted > 0) {
        (void)snprintf(text, sizeof text, "%llu rules had no room and are missing",
                       (unsigned long long)st.rules_evicted);
        diagnostics_print(text, (const char *)NULL);
    }
    l->is_partly = st.skipped > 0 || st.rules_evicted > 0;
    if (l->from.interrupted)
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
    else if (st.rules == 0 && !l->from.failed) /* an empty table is no answer */
        diagnostics_note(
            "no rule in it: 'netsh advfirewall export FILE.wfw' writes those of a host",
            (const char *)NULL);
}

static int list_rules(struct listing *l)
{
    if (!name_source_load(&l->from))
        return EXIT_FAILED;
    print_start(&l->printer, l->format, COLOR_NEVER);
    (void)print_rules(l);
    int status = print_end(&l->printer);
    summarize_rules(l);
    if (l->from.interrupted)
        return EXIT_INTERRUPTED;
    if (l->from.failed || status != EXIT_DONE)
        return l->from.failed ? EXIT_FAILED : status;
    return l->is_partly ? EXIT_PARTLY : EXIT_DONE;
}

int cmd_rules(int count, char **list)
{
    struct listing l = {.format = FORMAT_TEXT, .from = {.has_rules = true}};
    int status = EXIT_FAILED;
    if (!take_options(&l, count, list))
        return EXIT_USAGE;
    if (l.help)
        return print_text(help);
    if (name_source_open(&l.from))
        status = list_rules(&l);
    name_source_close(&l.from);
    return status;
}
