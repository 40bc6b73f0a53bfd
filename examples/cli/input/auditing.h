/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The Security log beside, or instead of, the engine's events: its options, and the file that holds
 * the place to go on at.
 */
#ifndef AUDITING_H
#define AUDITING_H

#include "input/options.h"
#include "wfpwatch/wfpwatch.h"

struct auditing {
    bool is_on, is_alone, classic;
    const char *file;  /* of the bookmark; NULL: none */
    char place[512];   /* what it holds; "" when it is not there */
    char last[512];    /* what was written to it last */
    bool failed, told; /* writing it, and that was reported */
};

enum { AUDITING_AUDIT = 900, AUDITING_ONLY, AUDITING_CLASSIC, AUDITING_BOOKMARK };
#define AUDITING_OPTIONS                                                                           \
    {"--audit", AUDITING_AUDIT, false}, {"--only", AUDITING_ONLY, true},                           \
        {"--classic", AUDITING_CLASSIC, false},                                                    \
    {                                                                                              \
        "--bookmark", AUDITING_BOOKMARK, true                                                      \
    }
#define AUDITING_HELP                                                                              \
    "  --audit                  also the Security log's records of the firewall; net\n"            \
    "                           events get their process ID from them, up to 2 s\n"                \
    "                           later. The audit policy determines which records are\n"            \
    "                           written ('wfpwatch audit')\n"                                      \
    "  --only audit             only these: nothing on the host is changed\n"                      \
    "  --bookmark FILE          continue in the log after the position in FILE, and\n"             \
    "                           keep FILE up to date\n"                                            \
    "  --classic                read the log by number, as before Windows Vista\n"

/* Takes one of these options. false: it is none, or wrong, which was reported. */
bool auditing_option(struct auditing *a, const struct arguments *args, int id);
/* Whether they make sense together; what does not is reported. */
bool auditing_agrees(const struct auditing *a, const char *command);
/* Reads the file. false: it cannot be read, which was reported. */
bool auditing_load(struct auditing *a);
/* since: 0 for from now on. */
int auditing_add(const struct auditing *a, wfpw_session *s, uint64_t since, wfpw_error *e);
/* After what was read has gone out: writes the place, if it is another one. In one piece, or not at
 * all. */
void auditing_save(struct auditing *a, const wfpw_session *s);

#endif
