/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch connections: the sockets of a host, who has them, and which filters permitted them; and
 * its engine's connections of IPsec. */
#include <stdlib.h>

#include "command/commands.h"
#include "input/permits.h"
#include "input/reading.h"
#include "input/simulated.h"
#include "input/time_option.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/print.h"

static const char help[] =
    "usage: wfpwatch connections [OPTION...]\n"
    "       wfpwatch connections --sim [OPTION...] [SCRIPTFILE]\n"
    "\n"
    "Prints what is connected and what listens on this host: TCP connections, TCP\n"
    "listeners and UDP sockets, each with its process, program and service (from\n"
    "the IP Helper tables); then connections of IPsec, which are all that the\n"
    "filtering engine's own connection objects are: without port or process, and\n"
    "none on a host without IPsec rules. It changes nothing. Without an elevated\n"
    "prompt the programs of other users' processes are missing, and IPsec's\n"
    "connections are not known.\n"
    "\n"
    "  --filters                also the filters that permitted each of them, as far\n"
    "                           as records 5154, 5156 and 5158 of the Security log\n"
    "                           tell: needs an elevated prompt and 'wfpwatch audit\n"
    "                           set connection success' (or both) since before\n"
    "  --since WHEN             with --filters: records from then on (default: "
    "1h)\n" TIME_OPTION_HELP
    "  --sim [SCRIPTFILE]       of a simulated Windows, after what the script does\n"
    "  --format text|json       a table, or one JSON object per line (default: text)\n" COMMON_HELP
    "  --help                   this text\n";

enum { HELP = 1, FILTERS, SINCE, SIM, FORMAT };
const struct option cmd_connections_options[] = {
    {"--help", HELP, false},  {"-h", HELP, false},   {"--filters", FILTERS, false},
    {"--since", SINCE, true}, {"--sim", SIM, false}, {"--format", FORMAT, true},
    {NULL, 0, false},
};

struct connecting {
    int format;
    bool help, filters, simulate;
    struct time_option since;
    const char *script; /* NULL: none was given */
    struct simulated simulated;
    wfpw_names *names;
    wfpw_connections *sockets;
    struct permits permits;
    struct printer printer;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct connecting *c, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case HELP:
        return c->help = true;
    case FILTERS:
        return c->filters = true;
    case SINCE:
        return time_option_take(&c->since, a);
    case SIM:
        return c->simulate = true;
    case FORMAT:
        return option_word(a, formats, &c->format);
    case OPTION_OPERAND:
        if (c->script != NULL)
            (void)diagnostics_usage("connections", "more than one script:", a->value);
        return c->script == NULL && (c->script = a->value) != NULL;
    default:
        return false;
    }
}

static bool take_options(struct connecting *c, int count, char **list)
{
    struct arguments a = {.command = "connections", .count = count, .list = list};
    int id;
    while ((id = option_next(&a, cmd_connections_options)) != OPTION_END && !c->help)
        if (!take_option(c, &a, id))
            return false;
    if (c->help)
        return true;
    if (c->script != NULL && !c->simulate)
        (void)diagnostics_usage("connections", "a script needs --sim:", c->script);
    else if (c->since.is_given && !c->filters)
        (void)diagnostics_usage("connections", "--since needs --filters", "");
    else
        return true;
    return false;
}

/* ---- filters -------------------------------------------------------------------------------- */

static uint64_t since_of(const struct connecting *c)
{
    struct time_option hour = {true, true, 36000000000u};
    return time_option_time(c->since.is_given ? &c->since : &hour, c->simulated.sim);
}

static uint32_t count_sockets(const struct connecting *c)
{
    uint32_t n = 0;
    while (wfpw_connections_get(c->sockets, n) != NULL)
        n++;
    return n;
}

/* What filters are called; without it they have their numbers. */
static void load_names(struct connecting *c)
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(c->simulated.sim)};
    if (wfpw_names_open(&o, &c->names, &e) != WFPW_OK || wfpw_names_load_host(c->names, &o, &e) < 0)
        diagnostics_error("filters have no names", &e, NULL);
}

/* false: it failed, and that was reported. */
static bool load_filters(struct connecting *c)
{
    wfpw_error e;
    c->permits.sockets = c->sockets;
    c->permits.of = calloc((size_t)count_sockets(c) + 1, sizeof *c->permits.of);
    if (c->permits.of == NULL) {
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return false;
    }
    load_names(c);
    term_catch_interrupts();
    int status =
        permits_read(&c->permits, wfpw_sim_system(c->simulated.sim), c->names, since_of(c), &e);
    if (status != WFPW_OK)
        diagnostics_error("the Security log", &e, NULL);
    else if (c->permits.records == 0 && !c->permits.interrupted)
        diagnostics_note("no record of a permitted connection: 'wfpwatch audit set connection "
                         "both' has them written from then on",
                         (const char *)NULL);
    return status == WFPW_OK;
}

/* ---- printing ------------------------------------------------------------------------------- */

static void print_sockets(struct connecting *c)
{
    const wfpw_connection *socket;
    if (!c->printer.json)
        connection_table_header(&c->printer.text, c->filters);
    for (uint32_t i = 0; (socket = wfpw_connections_get(c->sockets, i)) != NULL; i++) {
        const struct connection_filters *f = c->filters ? &c->permits.of[i] : NULL;
        if (c->printer.json)
            connection_json(socket, f, &c->printer.text);
        else
            connection_table_row(socket, f, &c->printer.text);
        if (!print_buffered(&c->printer))
            break;
    }
    (void)print_buffered(&c->printer);
}

/* What is known is printed, also without these. */
static void print_ipsec(struct connecting *c, const wfpw_options *o)
{
    wfpw_error e;
    wfpw_ipsec_connections *list;
    const wfpw_ipsec_connection *connection;
    (void)print_flush(&c->printer); /* the engine may take its time */
    if (wfpw_ipsec_connections_load(o, &list, &e) != WFPW_OK) {
        diagnostics_error("connections of IPsec are not known", &e, NULL);
        return;
    }
    for (uint32_t i = 0; (connection = wfpw_ipsec_connections_get(list, i)) != NULL; i++) {
        if (!c->printer.json && i == 0) {
            buffer_puts(&c->printer.text, "\n");
            connection_table_ipsec_header(&c->printer.text);
        }
        if (c->printer.json)
            connection_ipsec_json(connection, &c->printer.text);
        else
            connection_table_ipsec_row(connection, &c->printer.text);
        if (!print_buffered(&c->printer))
            break;
    }
    wfpw_ipsec_connections_free(list);
}

static int list_sockets(struct connecting *c)
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(c->simulated.sim)};
    if (wfpw_connections_load(&o, &c->sockets, &e) != WFPW_OK) {
        diagnostics_error(NULL, &e,
                          e.status == WFPW_E_NOTSUP && !c->simulate
                              ? "or list those of a simulated Windows with --sim"
                              : NULL);
        return EXIT_FAILED;
    }
    bool good = !c->filters || load_filters(c);
    if (c->filters && c->permits.of == NULL)
        return EXIT_FAILED;
    print_start(&c->printer, c->format, COLOR_NEVER);
    print_sockets(c);
    if (!c->permits.interrupted)
        print_ipsec(c, &o);
    int status = print_end(&c->printer);
    if (c->permits.interrupted)
        return EXIT_INTERRUPTED;
    return good ? status : EXIT_FAILED;
}

int cmd_connections(int count, char **list)
{
    struct connecting c = {.format = FORMAT_TEXT};
    int status = EXIT_FAILED;
    if (!take_options(&c, count, list))
        return EXIT_USAGE;
    if (c.help)
        return print_text(help);
    if (!c.simulate ||
        (simulated_open(&c.simulated, NULL, c.script) && simulated_play(&c.simulated)))
        status = list_sockets(&c);
    free(c.permits.of);
    wfpw_connections_free(c.sockets);
    wfpw_names_close(c.names);
    simulated_close(&c.simulated);
    return status;
}
