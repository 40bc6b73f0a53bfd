/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The pieces of an event as people read them.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

enum side { SIDE_LOCAL, SIDE_REMOTE };

enum { TIME_LENGTH = 23, TIME_DATE = 10, TIME_CLOCK = 11 };

/* 2019-02-13 18:01:47.512 and a NUL. The date is the first 10 characters, the clock begins at 11.
 */
void format_time(char out[TIME_LENGTH + 1], uint64_t filetime);

void format_utc(char out[TIME_LENGTH + 1], uint64_t filetime);
/* From now on format_time gives this host's time, not UTC. */
void format_be_local(void);
bool format_is_local(void);
/* "blocked", "dropped"; "not explained" when it has none. */
const char *format_verdict(uint32_t verdict);
/* Both as format_time and format_zone have them, parted by a blank. */
void format_moment(struct buffer *b, uint64_t filetime);
/* "UTC", or how far this host's time is from it then: "+01:00". */
const char *format_zone(char out[8], uint64_t filetime);

/* 192.0.2.1, 2001:db8::1, fe80::1%3; nothing when there is none. */
void format_address(struct buffer *b, const wfpw_endpoint *e);
/* The application's path: this host's when it is known, else the device's; NULL: it has none. */
const char *format_app(const wfpw_event *ev);

/* 192.0.2.1:443, [2001:db8::1]:443, 192.0.2.1, a MAC address; nothing when it is not known. */
void format_endpoint(struct buffer *b, const wfpw_event *ev, enum side side);

/* tcp, 253, icmp 8/0 (type and code). */
void format_protocol(struct buffer *b, const wfpw_event *ev);

/* outbound, or out where room is short; the raw code when it has no word. */
void format_direction(struct buffer *b, const wfpw_event *ev, bool is_short);

/* classify_drop, 5157 audit; shorter with less room. */
void format_kind(struct buffer *b, const wfpw_event *ev, size_t columns);

/* block query_user, with a '?' when the reason is a guess; of allowed events a reason that is
 * known.
 */
void format_why(struct buffer *b, const wfpw_event *ev);

/* Query User [Query User Default] (own) (uncertain); nothing when the filter has no name. */
void format_filter(struct buffer *b, const wfpw_event *ev);
/* Whose it is: the product that the provider's key tells, else the provider's name or key; NULL:
 * not known. */
const char *format_owner(const wfpw_filter *f);

/* What an event that is no connection says: what a gap hides, which filter came or went, an audit
 * record's fields. false: the event is an ordinary one. */
bool format_note(struct buffer *b, const wfpw_event *ev);

/* "s", but for one. */
const char *format_plural(uint64_t n);

/* Whether what happened was refused, allowed, or neither. */
enum tone { TONE_NONE, TONE_REFUSED, TONE_ALLOWED, TONE_LOST };
enum tone format_tone(const wfpw_event *ev);

#endif
