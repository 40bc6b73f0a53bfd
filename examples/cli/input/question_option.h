/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which connection failed, as the command line says it. */
#ifndef QUESTION_OPTION_H
#define QUESTION_OPTION_H

#include "input/options.h"
#include "wfpwatch/wfpwatch.h"

enum { QUESTION_APP = 800, QUESTION_PID, QUESTION_PROTOCOL, QUESTION_LOCAL, QUESTION_DIRECTION };
#define QUESTION_OPTIONS                                                                           \
    {"--app", QUESTION_APP, true}, {"--pid", QUESTION_PID, true},                                  \
        {"--protocol", QUESTION_PROTOCOL, true}, {"--local", QUESTION_LOCAL, true},                \
    {                                                                                              \
        "--direction", QUESTION_DIRECTION, true                                                    \
    }
#define QUESTION_HELP                                                                              \
    "  --app PROGRAM            of this program: a path, or its last part: curl.exe\n"             \
    "  --pid N                  of this process\n"                                                 \
    "  --protocol P             tcp, udp, or a number (default: any)\n"                            \
    "  --local ADDRESS          this host's side, as REMOTE\n"                                     \
    "  --direction inbound|outbound\n"                                                             \
    "                           which way (default: either)\n"

/* 192.0.2.1, 192.0.2.1:443, 2001:db8::1, [2001:db8::1]:443, [fe80::1%3]:443, :443. Family 0: only a
 * port; port 0: only an address. false: it is none of these. */
bool question_option_endpoint(const char *text, wfpw_endpoint *out);
/* The remote side. false: it is none, and that was reported. */
bool question_option_remote(wfpw_question *q, const char *command, const char *text);
/* Takes one of the options. false: it is none of them, or wrong, which was reported. */
bool question_option(wfpw_question *q, const struct arguments *a, int id);

#endif
