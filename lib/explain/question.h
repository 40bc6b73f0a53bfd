/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which connection failed, and how an event compares with that. Pure: no allocation, no lock.
 */
#ifndef WFPW_QUESTION_H
#define WFPW_QUESTION_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

enum { QUESTION_APP_MAX = 4096 };

/* What an event can be to a question, the better one first. */
enum question_class {
    QUESTION_BLOCK = 1,
    QUESTION_FAILURE, /* of IPsec */
    QUESTION_DROP,
    QUESTION_ALLOWED,
    QUESTION_OTHER /* no decision, or one that is not enforced */
};

/* How an event compares with it. */
struct question_match {
    enum question_class class;
    bool fits;    /* all but the time */
    bool in_time; /* of an event that fits */
    uint32_t strength, agrees, differs, unknown;
    uint64_t distance; /* in time, 100 ns; 0: no time was asked for */
};

/* What else a row of an explanation has. */
struct question_row {
    uint64_t count, first, last;
    const wfpw_event *event;
    uint32_t event_bytes;
};

/* A copy as this library takes it; q->app is still the caller's. false: it is wrong. */
bool question_take(wfpw_question *to, const wfpw_question *q);
/* The bounds of the time asked for; 0: none. */
void question_window(const wfpw_question *q, uint64_t *since, uint64_t *until);
enum question_class question_class_of(const wfpw_event *ev);
void question_compare(const wfpw_question *q, const wfpw_event *ev, struct question_match *out);
/* Whether the first is the better explanation; times: of the events. */
bool question_is_better(const struct question_match *a, uint64_t time_a,
                        const struct question_match *b, uint64_t time_b);
/* Whether both were refused for the same cause: the rest of a row. */
bool question_same_cause(const wfpw_event *a, const wfpw_event *b);

/* As much of it as out->size has room for. false: that is not even itself. */
bool question_write(const struct question_match *m, const struct question_row *row,
                    wfpw_explained *out);

/* ---- programs ---- */

/* Whether a program's path, in any of its forms, is that of an event. *any_volume: what is before
 * the path on the volume was not compared. */
bool question_is_app(const char *app, const wfpw_event *ev, bool *any_volume);
/* Two device paths (may be NULL), whatever their case. */
bool question_same_path(const char *a, const char *b);

#endif
