/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a record of the Security log says that is no connection, in a sentence.
 */
#ifndef AUDIT_SENTENCE_H
#define AUDIT_SENTENCE_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* "auditing of Filtering Platform Connection was turned off (success, failure) by LAB\alice".
 * false: there is no sentence for such a record, and nothing was written. */
bool audit_sentence_put(struct buffer *b, const wfpw_event *ev);

/* Of a packet of IPsec, what the record's number says of it: "an inbound packet failed its replay
 * check, SPI 7". Nothing for other records. */
void audit_sentence_packet(struct buffer *b, const wfpw_event *ev);

/* A value of a field; a code of Windows (%%N) as its word when it has one. */
void audit_sentence_value(struct buffer *b, const char *value);

#endif
