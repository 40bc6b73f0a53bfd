/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that decides sides and directions. What a record's own fields leave open, the
 * records before it may decide: which addresses this host has, on which ports it listens, what it
 * sent to itself. All of that is kept in small tables that forget the oldest. */
#ifndef WFPW_LOCAL_SIDE_H
#define WFPW_LOCAL_SIDE_H

#include "model/record.h"

enum { LOCAL_SIDE_SETS = 64, LOCAL_SIDE_WAYS = 4 };

/* Something that was seen, by its hash: what it says is asked for, never listed. */
struct local_side_note {
    uint64_t key; /* 0: none */
    uint64_t time, pid;
    uint64_t seq; /* of the record that said so last */
};

enum local_side_kind {
    LOCAL_SIDE_OWN,   /* an address of this host */
    LOCAL_SIDE_BOUND, /* a port that a process of this host listens on or is bound to */
    LOCAL_SIDE_SENT,  /* an outbound connection */
    LOCAL_SIDE_KINDS
};

struct local_side {
    uint64_t seq;
    struct local_side_note notes[LOCAL_SIDE_KINDS][LOCAL_SIDE_SETS][LOCAL_SIDE_WAYS];
};

/* Decides which side of an audit record is this host, when its fields do not and there is evidence,
 * and learns from it, when they do: what was decided is no evidence. Once for each record, in the
 * order of the log. */
void local_side_decide(struct local_side *o, struct record *r);

#endif
