/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the subcommands have in common that print events of an engine, this host's or a simulated
 * one: the options that say which one and how, the session, and what is said when there is none.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "input/options.h"
#include "input/simulated.h"
#include "view/print.h"
#include "wfpwatch/wfpwatch.h"

struct monitor {
    const char *command; /* for messages; set before the options are read */
    int format, color;
    bool help, explain, simulate;
    bool attempts;       /* of the events of one only the first */
    const char *windows; /* NULL: not given */
    const char *script;  /* the file; NULL: none was given */
    const char *own;     /* {GUID} of a provider; NULL: none */
    wfpw_template *match;
    int status; /* of --where, when it was wrong */

    struct simulated simulated;
    wfpw_session *session;
    wfpw_batch *batch;
    struct printer printer;
};

/* What each of them understands: rows of its table. */
enum {
    MONITOR_HELP = 1000,
    MONITOR_FORMAT,
    MONITOR_COLOR,
    MONITOR_SIM,
    MONITOR_WINDOWS,
    MONITOR_WHERE,
    MONITOR_ATTEMPTS,
    MONITOR_OWN,
    MONITOR_EXPLAIN
};
#define MONITOR_OPTIONS                                                                            \
    {"--help", MONITOR_HELP, false}, {"-h", MONITOR_HELP, false},                                  \
        {"--format", MONITOR_FORMAT, true}, {"--color", MONITOR_COLOR, true},                      \
        {"--sim", MONITOR_SIM, false}, {"--windows", MONITOR_WINDOWS, true},                       \
        {"--own-provider", MONITOR_OWN, true}, {"--explain", MONITOR_EXPLAIN, false},              \
        {"--attempts", MONITOR_ATTEMPTS, false},                                                   \
    {                                                                                              \
        "--where", MONITOR_WHERE, true                                                             \
    }

/* Takes one of these options, or the script. false: it is none, or wrong, which was reported. */
bool monitor_option(struct monitor *m, const struct arguments *a, int id);
/* Whether these options make sense together; what does not is reported. */
bool monitor_agrees(const struct monitor *m);

/* After the session was to be opened, and got its source. instead: what can be done where there is
 * no engine. false: it failed, and that was reported. */
bool monitor_opened(struct monitor *m, int status, const wfpw_error *e, const char *instead);
void monitor_free(struct monitor *m);

#endif
