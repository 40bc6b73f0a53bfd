/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/input.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "input/unpacking.h"

/* The last part of the path, as much of it as there is room for, and harmless. */
static void name_of(struct input *in, const char *path)
{
    const char *name = path;
    for (const char *p = path; *p != 0; p++)
        if (*p == '/' || *p == '\\')
            name = p + 1;
    text_harmless(in->name, sizeof in->name, name);
}

static int open_file(struct input *in, const char *path, wfpw_error *e)
{
    uint32_t code = os_file_open(&in->file, path);
    if (code != 0)
        return error_set(e, WFPW_E_IO, "open", code, "the file cannot be opened");
    in->is_file = true;
    in->size = os_file_size(&in->file);
    in->buffer = memory_new(&in->allocator, INPUT_WINDOW);
    if (in->buffer != NULL)
        return WFPW_OK;
    input_close(in);
    return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
}

static int unpack_input(struct input *in, wfpw_error *e)
{
    const uint8_t *p;
    size_t n = input_view(in, 3, &p);
    if (!gunzip_is(p, n) || gunzip_push(in))
        return WFPW_OK;
    input_close(in);
    return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
}

int input_open(struct input *in, const wfpw_allocator *a, const char *path, const void *data,
               size_t size, wfpw_error *e)
{
    *in = (struct input){.allocator = *a};
    name_of(in, path != NULL ? path : "memory");
    if (path != NULL) {
        int status = open_file(in, path, e);
        return status == WFPW_OK ? unpack_input(in, e) : status;
    }
    in->memory = data;
    in->end = size;
    in->size = size;
    in->at_end = true;
    return unpack_input(in, e);
}

/* What the file has `ahead` bytes from here. */
static size_t read_file(struct input *in, size_t ahead, uint8_t *to, size_t want)
{
    size_t got;
    if (in->stage != NULL) {
        got = in->stage->read(in->stage, in, to, want);
        in->at_end = got < want;
        return got;
    }
    in->error = in->size > 0 ? os_file_read_at(&in->file, in->position + ahead, to, want, &got)
                             : os_file_read(&in->file, to, want, &got);
    in->at_end = in->error != 0 || got < want;
    return got;
}

static void refill_window(struct input *in)
{
    size_t kept = in->end - in->start;
    memmove(in->buffer, in->buffer + in->start, kept);
    in->start = 0;
    in->end = kept + read_file(in, kept, in->buffer + kept, INPUT_WINDOW - kept);
}

size_t input_view(struct input *in, size_t want, const uint8_t **p)
{
    if (in->end - in->start < want && !in->at_end)
        refill_window(in);
    size_t have = in->end - in->start;
    *p = (in->buffer != NULL ? in->buffer : in->memory) + in->start;
    return have < want ? have : want;
}

void input_skip(struct input *in, size_t n)
{
    in->start += n;
    in->position += n;
}

bool input_back(const struct input *in, size_t n, const uint8_t **p)
{
    *p = (in->buffer != NULL ? in->buffer : in->memory) + (n <= in->start ? in->start - n : 0);
    return n <= in->start;
}

void input_unread(struct input *in, size_t n)
{
    in->start -= n;
    in->position -= n;
}

size_t input_take(struct input *in, uint8_t *to, size_t want)
{
    const uint8_t *seen = (in->buffer != NULL ? in->buffer : in->memory) + in->start;
    size_t n = in->end - in->start < want ? in->end - in->start : want;
    if (n > 0)
        memcpy(to, seen, n);
    in->start += n;
    if (n < want && !in->at_end)
        n += read_file(in, n, to + n, want - n);
    in->position += n;
    return n;
}

void input_give_back(struct input *in, const uint8_t *bytes, size_t n)
{
    in->position -= n;
    if (in->buffer == NULL || in->start < in->end) { /* the window had all that was taken */
        in->start -= n;
    } else if (n > 0 && in->size > 0) { /* to be read once more */
        in->start = in->end = 0;
        in->at_end = in->error != 0;
    } else if (n > 0) {
        memcpy(in->buffer, bytes, n);
        in->start = 0;
        in->end = n;
    }
}

bool input_peek(const struct input *in, uint64_t ahead, uint8_t *to, size_t n)
{
    size_t got;
    if (in->buffer == NULL || in->start < in->end || in->position + ahead + n > in->size)
        return false;
    return os_file_read_at(&in->file, in->position + ahead, to, n, &got) == 0 && got == n;
}

void input_pass(struct input *in, uint64_t n)
{
    in->position += n;
}

uint32_t input_read_at(const struct input *in, uint64_t position, uint8_t *to, size_t n,
                       size_t *got)
{
    return os_file_read_at(&in->file, position, to, n, got);
}

int input_failed(struct input *in, wfpw_error *e)
{
    uint32_t code = in->error;
    in->error = 0;
    return error_set(e, WFPW_E_IO, "read", in->why != NULL ? 0 : code, in->why);
}

const char *input_archive(const uint8_t *p, size_t n)
{
    static const struct {
        const char *mark;
        uint8_t at, size;
        const char *text;
    } archives[] = {
        {"MSCF", 0, 4,
         "a cabinet, as wfpdiag.cab: unpack it with 'expand -F:* wfpdiag.cab .', then read "
         "wfpdiag.xml"},
        {"PK\3\4", 0, 4, "a ZIP archive: unpack it, then read the files in it"},
        {"PK\5\6", 0, 4, "a ZIP archive with nothing in it"},
        {"7z\xBC\xAF\x27\x1C", 0, 6, "a 7z archive: unpack it, then read the files in it"},
        {"Rar!\x1A\7", 0, 6, "a RAR archive: unpack it, then read the files in it"},
        {"\xFD"
         "7zXZ",
         0, 5, "packed by xz: unpack it with 'xz -d', then read what comes out"},
        {"BZh", 0, 3, "packed by bzip2: unpack it with 'bzip2 -d', then read what comes out"},
        {"\x28\xB5\x2F\xFD", 0, 4,
         "packed by zstd: unpack it with 'zstd -d', then read what comes out"},
        {"LfLe", 4, 4,
         "a log of Windows XP (.evt): 'wevtutil epl OLD.evt NEW.evtx /lf:true' makes an .evtx of "
         "it"},
    };
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
        if (n >= (size_t)archives[i].at + archives[i].size &&
            memcmp(p + archives[i].at, archives[i].mark, archives[i].size) == 0)
            return archives[i].text;
    return n >= 262 && memcmp(p + 257, "ustar", 5) == 0
               ? "a tar archive: unpack it with 'tar -xf', then read the files in it"
               : NULL;
}

void input_close(struct input *in)
{
    unpacking_close(in);
    if (in->is_file)
        os_file_close(&in->file);
    memory_free(&in->allocator, in->buffer);
    in->buffer = NULL;
    in->is_file = false;
}
