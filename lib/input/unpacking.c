/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/unpacking.h"

#include <string.h>

bool unpacking_push(struct input *in, struct unpacking *s)
{
    uint8_t *window = memory_new(&in->allocator, INPUT_WINDOW);
    if (window == NULL)
        return false;
    s->p = (in->buffer != NULL ? in->buffer : in->memory) + in->start;
    s->end = s->p + (in->end - in->start);
    s->buffer = in->buffer;
    s->at_end = in->at_end;
    s->before = in->stage;
    if (in->stage == NULL)
        in->raw = in->position + (in->end - in->start);
    in->raw_size = in->stage == NULL ? in->size : in->raw_size;
    in->size = 0; /* nobody knows how much comes out of it */
    in->stage = s;
    in->buffer = window;
    in->start = in->end = 0;
    in->position = 0;
    in->at_end = false;
    return true;
}

/* From where the first stage is. */
static size_t read_raw(struct input *in, uint8_t *to, size_t want)
{
    size_t got = 0;
    in->error = in->raw_size > 0 ? os_file_read_at(&in->file, in->raw, to, want, &got)
                                 : os_file_read(&in->file, to, want, &got);
    in->raw += got;
    return got;
}

bool unpacking_more(struct unpacking *s, struct input *in)
{
    size_t kept = (size_t)(s->end - s->p), room = INPUT_WINDOW - kept, got;
    if (s->at_end || s->buffer == NULL || room == 0)
        return false;
    memmove(s->buffer, s->p, kept);
    got = s->before != NULL ? s->before->read(s->before, in, s->buffer + kept, room)
                            : read_raw(in, s->buffer + kept, room);
    s->at_end = got < room;
    s->p = s->buffer;
    s->end = s->buffer + kept + got;
    return got > 0;
}

void unpacking_fail(struct input *in, const char *why)
{
    if (in->error != 0)
        return;
    in->error = UINT32_MAX;
    in->why = why;
}

void unpacking_close(struct input *in)
{
    while (in->stage != NULL) {
        struct unpacking *s = in->stage;
        in->stage = s->before;
        if (s->close != NULL)
            s->close(s, &in->allocator);
        memory_free(&in->allocator, s->buffer);
        memory_free(&in->allocator, s);
    }
}
