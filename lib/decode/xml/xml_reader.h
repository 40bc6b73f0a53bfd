/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the decoders of XML share: fed with bytes, they give records, one at a time; and looking for
 * tags without a parser, to know a format and to go on behind damage.
 */
#ifndef WFPW_XML_READER_H
#define WFPW_XML_READER_H

#include "decode/xml/xml.h"
#include "model/record.h"

enum xml_reader_found {
    XML_READER_MORE,   /* feed more */
    XML_READER_RECORD, /* an event of ours: x->record; xml_reader_next goes on */
    XML_READER_SKIP /* x->why, at xml_reader_position: start again and feed what lies behind it */
};

struct xml_reader {
    struct xml xml;
    enum xml_encoding encoding;
    char encoding_name[32];
    uint64_t passed; /* events of others */
    const struct record *record;
    const char *unread; /* of the record: the first part that could not be read, or NULL */
    const char *why;
    bool stopped;      /* the parser waits for xml_reader_next */
    bool in_event;     /* between the tags of one */
    uint64_t event;    /* where that started, in bytes since the start */
    uint64_t prologue; /* bytes that were fed by the decoder itself */
};

/* Makes the parser, or makes it new; prologue: tags to stand around what comes, or NULL. false: no
 * memory, or the encoding is not known. */
bool xml_reader_start(struct xml_reader *x, const struct xml_handler *handler,
                      const char *prologue);
void xml_reader_close(struct xml_reader *x);
enum xml_reader_found xml_reader_feed(struct xml_reader *x, const uint8_t *p, size_t n);
enum xml_reader_found xml_reader_next(struct xml_reader *x);
/* Where reading stands, in bytes fed since the start. */
uint64_t xml_reader_position(const struct xml_reader *x);

/* Inside a handler: an event starts here; it ends here. record NULL: it is none of ours. */
void xml_reader_begin(struct xml_reader *x);
void xml_reader_end(struct xml_reader *x, const struct record *record);

/* Adds text to a buffer. false: it was cut, at a whole character. */
bool xml_reader_keep(char *to, size_t cap, size_t *used, const char *s, size_t n);

/* ---- tags ----------------------------------------------------------------------------------- */

struct xml_scan {
    const uint8_t *p;
    size_t n, unit, low; /* bytes; bytes a character; which of them counts */
    bool utf8;
};

void xml_scan_open(struct xml_scan *s, enum xml_encoding encoding, const uint8_t *p, size_t n);
/* The next '<' from a place on; n when there is none. */
size_t xml_scan_tag(const struct xml_scan *s, size_t at);
/* The next character that XML forbids, a control or U+FFFE or U+FFFF, from a place on; n when there
 * is none. What is no UTF-8 is not looked for. */
size_t xml_scan_forbidden(const struct xml_scan *s, size_t at);
/* Puts DEL or U+FFFD in its place into p, which is a copy of the bytes. */
void xml_scan_replace(const struct xml_scan *s, size_t at, uint8_t *p);
/* How many bytes there are without the start of what may be such a character at the end. */
size_t xml_scan_whole(const struct xml_scan *s);
/* Whether a tag of this name starts at a place; *end: behind the name. end may be NULL. */
bool xml_scan_is(const struct xml_scan *s, size_t at, const char *name, size_t *end);
/* Behind the next place where a mark ("-->") stands; n when there is none. */
size_t xml_scan_behind(const struct xml_scan *s, size_t at, const char *mark);
/* The next tag behind blanks, comments and what stands between <? ?>; n when text, an end tag or
 * nothing comes first. */
size_t xml_scan_first(const struct xml_scan *s, size_t at);

#endif
