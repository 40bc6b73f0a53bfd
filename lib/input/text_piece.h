/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file of text, a piece at a time, as UTF-8: from UTF-8, UTF-16 with a mark, or bytes of a code
 * page, which are read as Latin-1. */
#ifndef WFPW_TEXT_PIECE_H
#define WFPW_TEXT_PIECE_H

#include "input/input.h"

enum { TEXT_PIECE = 16 * 1024 }; /* bytes of a file that become UTF-8 at once */

enum text_encoding { TEXT_UTF8, TEXT_UTF16LE, TEXT_UTF16BE };

/* What a file's first bytes show; *mark: how many of them are to be skipped. */
enum text_encoding text_piece_encoding(const uint8_t *p, size_t n, size_t *mark);
/* The start of a file without its mark, as UTF-8: to has room for 3 * n bytes. Returns how many
 * there are. */
size_t text_piece_look(enum text_encoding encoding, const uint8_t *p, size_t n, char *to);

struct text_piece {
    enum text_encoding encoding;
    size_t size, at; /* of text; how far it was read, which is the caller's to say */
    uint64_t offset; /* where the piece begins in the file */
    bool by_lines;   /* to be set after text_piece_start: of UTF-8, a piece ends with a line's end
                        if there is one in its second half */
    char text[3 * TEXT_PIECE];
};

/* Begins with the start of a file, whose mark is passed over; there is no piece yet. */
void text_piece_start(struct text_piece *t, struct input *in);
/* The next piece. Returns its bytes in the file, TEXT_PIECE but for some at a character's middle or
 * behind a line's end; 0: there is no more, or an error of `in`. */
size_t text_piece_next(struct text_piece *t, struct input *in);

#endif
