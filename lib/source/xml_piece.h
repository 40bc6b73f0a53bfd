/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An XML file, a piece at a time, as a parser may have it: Windows writes names as they are, and
 * what XML forbids in them must not cost the event or the filter that has it, or a name could hide
 * one. */
#ifndef WFPW_XML_PIECE_H
#define WFPW_XML_PIECE_H

#include "decode/xml/xml_reader.h"
#include "input/input.h"
#include "source/source.h"

enum {
    XML_PIECE = 32 * 1024,
    XML_PIECE_LEAST = 512, /* bytes that a new parser is fed with: it may not go farther */
    XML_PIECE_LOOKS = 8 /* bytes that may be looked at ahead, behind damage, a byte of the file */
};

struct xml_piece {
    uint64_t reported; /* forbidden characters before this place of the file were told of */
    uint64_t looked;   /* bytes that were looked at ahead behind damage */
    size_t most;       /* of the next piece */
    uint8_t clean[XML_PIECE];
};

/* Bytes a character. */
static inline size_t xml_piece_unit(enum xml_encoding encoding)
{
    return encoding == XML_UTF16LE || encoding == XML_UTF16BE ? 2 : 1;
}

/* A new parser starts here. */
void xml_piece_restart(struct xml_piece *x);
/* How many bytes may be looked at ahead behind damage; and that all but `left` of them were. */
size_t xml_piece_sight(const struct xml_piece *x, const struct input *in);
void xml_piece_looked(struct xml_piece *x, size_t sight, size_t left);
/* The next bytes, with DEL or U+FFFD for what XML forbids, of which t is told; 0: the end, or an
 * error. */
size_t xml_piece_next(struct xml_piece *x, struct input *in, enum xml_encoding encoding,
                      struct tally *t, const uint8_t **p);

/* Whether the parser stopped, so many bytes back, behind the "<!" of a DOCTYPE. */
bool xml_piece_is_doctype(const struct input *in, enum xml_encoding encoding, uint64_t back);

#endif
