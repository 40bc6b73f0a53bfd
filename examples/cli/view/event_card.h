/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event on a terminal too narrow for a row: a few lines, broken at blanks only.
 */
#ifndef EVENT_CARD_H
#define EVENT_CARD_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* colour: what the kind is shown in; "" for none. time: as it is to be shown. */
void event_card_put(struct buffer *out, const wfpw_event *ev, const char *time, size_t width,
                    const char *colour);

#endif
