/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A raw event as a template sees it, before there is a record of it. */
#ifndef WFPW_NET_EVENT_SUBJECT_H
#define WFPW_NET_EVENT_SUBJECT_H

#include "decode/fwpm/net_event.h"
#include "template/template.h"

/* The event as a template's conditions see its record, without making one: r is filled but for its
 * tail, texts are where the event has them. */
struct template_subject net_event_subject(const struct net_event *n, uint16_t source,
                                          struct record *r);
/* Its application, as far as a record has it; p NULL: none. */
struct template_text net_event_app(const struct net_event *n);

#endif
