/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What bytes go through before they come into the window of an input: a gzip file is unpacked, and
 * XML that was put into JSON, CSV or HTML is taken out of it. Each stage reads from the one before
 * it, the first one from the file or the memory, so that positions count the bytes behind the last
 * stage. Memory is bounded whatever the content is.
 */
#ifndef WFPW_UNPACKING_H
#define WFPW_UNPACKING_H

#include "input/input.h"

struct unpacking {
    /* Up to `want` bytes; fewer only at the end, or after unpacking_fail. */
    size_t (*read)(struct unpacking *s, struct input *in, uint8_t *to, size_t want);
    void (*close)(struct unpacking *s, const wfpw_allocator *a); /* NULL: nothing to do */
    struct unpacking *before;                                    /* NULL: the bytes themselves */
    const uint8_t *p, *end; /* what is there and not used yet */
    uint8_t *buffer;        /* INPUT_WINDOW bytes, where more is read to; NULL: there is no more */
    bool at_end;
};

/* What is in the window goes through the stage, too. s is from the input's allocator, and the
 * input's from then on. false: no memory. */
bool unpacking_push(struct input *in, struct unpacking *s);
/* Gets more; what is there stays, and moves. false: there is nothing more. */
bool unpacking_more(struct unpacking *s, struct input *in);
/* `why`: a static text, which the source gives when the bytes before it are used. */
void unpacking_fail(struct input *in, const char *why);
void unpacking_close(struct input *in);

/* Whether what starts so is packed by gzip. */
bool gunzip_is(const uint8_t *p, size_t n);
/* A gzip file, or several one after the other. false: no memory. */
bool gunzip_push(struct input *in);

/* How XML is written inside something else. */
enum escape { ESCAPE_NONE, ESCAPE_JSON, ESCAPE_CSV, ESCAPE_HTML };
bool unescape_push(struct input *in, enum escape escape);

#endif
