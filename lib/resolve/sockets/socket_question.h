/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is asked of an event whose process is not known. */
#ifndef WFPW_SOCKET_QUESTION_H
#define WFPW_SOCKET_QUESTION_H

#include "model/record.h"
#include "os/system.h"

/* What is known of the event. */
struct socket_question {
    uint64_t time;
    wfpw_endpoint local, remote;
    uint32_t protocol;
    uint32_t app_units; /* 0: it names none */
    uint16_t app[SOCKETS_IMAGE_UNITS];
};

/* Whether it is of a socket: a decision about TCP or UDP, without a process. */
bool socket_question_can_be_asked(const struct record *r);
/* The remote side of TCP only: tables have none of UDP. */
void socket_question_of(const struct record *r, struct socket_question *q);
/* Whatever its time. */
uint64_t socket_question_hash(const struct socket_question *q);
bool socket_question_is(const struct socket_question *a, const struct socket_question *b);

#endif
