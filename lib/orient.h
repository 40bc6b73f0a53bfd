/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that tells sides and directions apart. What a record's own fields leave open, the
 * records before it may decide: which addresses this host has, on which ports it listens, what it
 * sent to itself. All of that is kept in small tables that forget the oldest. */
#ifndef WFPW_ORIENT_H
#define WFPW_ORIENT_H

#include "record.h"

enum { ORIENT_SETS = 64, ORIENT_WAYS = 4 };

/* Something that was seen, by its hash: what it says is asked for, never listed. */
struct orient_note {
    uint64_t key; /* 0: none */
    uint64_t time, pid;
    uint64_t seq; /* of the record that said so last */
};

enum orient_kind {
    ORIENT_OWN,   /* an address of this host */
    ORIENT_BOUND, /* a port that a process of this host listens on or is bound to */
    ORIENT_SENT,  /* an outbound connection */
    ORIENT_KINDS
};

struct orient {
    uint64_t seq;
    struct orient_note notes[ORIENT_KINDS][ORIENT_SETS][ORIENT_WAYS];
};

/* Sets direction_from, and the direction where the layer is for one direction only and the record
 * says another one or none. */
void orient_direction(struct record *r);
/* Decides which side of an audit record is this host, when its fields do not and there is evidence,
 * and learns from it, when they do: what was decided is no evidence. Once for each record, in the
 * order of the log. */
void orient_audit(struct orient *o, struct record *r);

#endif
