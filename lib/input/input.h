/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Bytes of a file, a pipe or memory, one after the other through a window. Files are read, not
 * mapped: a mapped file that shrinks, or lies on a share that goes away, would end the process that
 * reads it.
 */
#ifndef WFPW_INPUT_H
#define WFPW_INPUT_H

#include "base/memory.h"
#include "os/os.h"

/* Two blocks and what is looked at of the next one: it stays in a processor's own cache. */
enum { INPUT_WINDOW = 2 * 64 * 1024 + 4096 };

struct unpacking;

struct input {
    os_file file;
    bool is_file;
    const uint8_t *memory;   /* or: all of it */
    uint8_t *buffer;         /* the window: INPUT_WINDOW bytes; NULL: it is the memory */
    struct unpacking *stage; /* what the bytes go through (input/unpacking.h); NULL: nothing */
    uint64_t raw;            /* with a stage: how much of the file was read */
    uint64_t raw_size;       /* and its size; 0 when not known */
    size_t start, end;       /* what is in the window */
    uint64_t position;       /* of start in the file */
    uint64_t size;           /* 0 when not known */
    bool at_end;             /* nothing follows `end` */
    uint32_t error;          /* the system's code when reading failed; with why: not 0 */
    const char *why;         /* why it failed, when that is the content's fault; else NULL */
    wfpw_allocator allocator;
    char name[64]; /* for messages: the end of the path, text_harmless */
};

/* Returns 0 or WFPW_E_*; path NULL: memory. What is packed by gzip is unpacked. */
int input_open(struct input *in, const wfpw_allocator *a, const char *path, const void *data,
               size_t size, wfpw_error *e);
/* The next bytes, up to `want` (at most a quarter of the window); fewer only before the end or an
 * error. */
size_t input_view(struct input *in, size_t want, const uint8_t **p);
void input_skip(struct input *in, size_t n);
/* What was skipped last: n bytes in front of the current place, if they are still in sight. */
bool input_back(const struct input *in, size_t n, const uint8_t **p);
void input_unread(struct input *in, size_t n);
/* Bytes of a file without the way through the window: up to `want` into `to`, fewer only before the
 * end or an error; what is too many is given back at once, at most the window's size. */
size_t input_take(struct input *in, uint8_t *to, size_t want);
void input_give_back(struct input *in, const uint8_t *bytes, size_t n);
/* Bytes that others read: whether a file goes on with n bytes at `ahead` bytes from here, which are
 * then in `to`; only while there is nothing in the window. */
bool input_peek(const struct input *in, uint64_t ahead, uint8_t *to, size_t n);
void input_pass(struct input *in, uint64_t n);
/* Any thread: the bytes of a file from a position on. Returns 0 or the system's code. */
uint32_t input_read_at(const struct input *in, uint64_t position, uint8_t *to, size_t n,
                       size_t *got);
/* in->error as the caller's; it is none afterwards. Returns the status. */
int input_failed(struct input *in, wfpw_error *e);
/* What an archive is that starts so, and what to do with it; NULL: it is none that is known. */
const char *input_archive(const uint8_t *p, size_t n);
void input_close(struct input *in);

#endif
