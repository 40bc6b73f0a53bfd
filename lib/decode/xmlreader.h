/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the decoders of XML share: fed with bytes, they give records, one at a time; and looking for
 * tags without a parser, to know a format and to go on behind damage.
 */
#ifndef WFPW_XMLREADER_H
#define WFPW_XMLREADER_H

#include "decode/xml.h"
#include "record.h"

enum { XMLREADER_DOUBT = 64 * 1024 }; /* bytes: as much as a record may hold in a log */

enum xmlreader_found {
    XMLREADER_MORE,   /* feed more */
    XMLREADER_RECORD, /* an event of ours: x->record; xmlreader_next goes on */
    XMLREADER_SKIP    /* x->why, at xmlreader_position: start again and feed what lies behind it */
};

struct xmlreader {
    struct xml xml;
    enum xml_encoding encoding;
    char encoding_name[32];
    uint64_t passed; /* events of others */
    const struct record *record;
    bool resumed;       /* the caller's: what is fed was searched for, behind damage */
    const char *unread; /* of the record: the first part that could not be read, or NULL */
    const char *why;
    bool stopped;      /* the parser waits for xmlreader_next */
    bool in_event;     /* between the tags of one */
    uint64_t event;    /* where that started, in bytes since the start */
    uint64_t prologue; /* bytes that were fed by the decoder itself */
};

/* Makes the parser, or makes it new; prologue: tags to stand around what comes, or NULL. false: no
 * memory, or the encoding is not known. */
bool xmlreader_start(struct xmlreader *x, const struct xml_handler *handler, const char *prologue);
void xmlreader_close(struct xmlreader *x);
enum xmlreader_found xmlreader_feed(struct xmlreader *x, const uint8_t *p, size_t n);
enum xmlreader_found xmlreader_next(struct xmlreader *x);
/* Where reading stands, in bytes fed since the start. */
uint64_t xmlreader_position(const struct xmlreader *x);

/* Inside a handler: an event starts here; it ends here. record NULL: it is none of ours. The flags
 * that it starts with. */
uint32_t xmlreader_begin(struct xmlreader *x);
void xmlreader_end(struct xmlreader *x, const struct record *record);

/* Adds text to a buffer. false: it was cut, at a whole character. */
bool xmlreader_keep(char *to, size_t cap, size_t *used, const char *s, size_t n);

/* ---- tags ----------------------------------------------------------------------------------- */

struct xmlscan {
    const uint8_t *p;
    size_t n, unit, low; /* bytes; bytes a character; which of them counts */
    bool utf8;
};

void xmlscan_open(struct xmlscan *s, enum xml_encoding encoding, const uint8_t *p, size_t n);
/* The character at a place when it is ASCII, else DEL; 0 at the end. */
char xmlscan_char(const struct xmlscan *s, size_t at);
/* The next '<' from a place on; n when there is none. */
size_t xmlscan_tag(const struct xmlscan *s, size_t at);
/* The next place from `at` on that no parser takes: a control, U+FFFE, U+FFFF, half of a surrogate
 * pair, what is no UTF-8; n when there is none. *bytes: how many there. `at` is where a character
 * begins. */
size_t xmlscan_forbidden(const struct xmlscan *s, size_t at, size_t *bytes);
/* Puts U+FFFD in its place into p, which is a copy of the bytes, or DEL where that has no room. */
void xmlscan_replace(const struct xmlscan *s, size_t at, size_t bytes, uint8_t *p);
/* How many bytes there are without the start of a character at the end. */
size_t xmlscan_whole(const struct xmlscan *s);
/* Whether a tag of this name starts at a place; *end: behind the name. end may be NULL. */
bool xmlscan_is(const struct xmlscan *s, size_t at, const char *name, size_t *end);
/* Behind the next place where a mark ("-->") stands; n when there is none. */
size_t xmlscan_behind(const struct xmlscan *s, size_t at, const char *mark);
/* The next tag behind blanks, comments and what stands between <? ?>; n when text, an end tag or
 * nothing comes first. */
size_t xmlscan_first(const struct xmlscan *s, size_t at);

#endif
