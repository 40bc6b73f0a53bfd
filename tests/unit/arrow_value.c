/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "unit/arrow_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int arrow_column(const struct ArrowSchema *s, const char *name)
{
    for (int i = 0; i < (int)s->n_children; i++)
        if (strcmp(s->children[i]->name, name) == 0)
            return i;
    return -1;
}

bool arrow_is_given(const struct ArrowArray *a, int64_t i)
{
    const uint8_t *valid = a->buffers[0];
    return valid == NULL || (valid[i / 8] >> i % 8 & 1) != 0;
}

static int32_t number32(const void *buffer, int64_t i)
{
    int32_t v;
    memcpy(&v, (const char *)buffer + 4 * i, sizeof v);
    return v;
}

static void print_text(const struct ArrowArray *a, int64_t i, char out[ARROW_VALUE])
{
    int32_t start = number32(a->buffers[1], i), end = number32(a->buffers[1], i + 1);
    size_t n = (size_t)(end - start);
    n = n < ARROW_VALUE ? n : ARROW_VALUE - 1;
    memcpy(out, (const char *)a->buffers[2] + start, n);
    out[n] = 0;
}

static void print_scalar(char format, const struct ArrowArray *a, int64_t i, char out[ARROW_VALUE])
{
    uint64_t v = 0;
    if (format == 'u') {
        print_text(a, i, out);
    } else if (format == 'b') {
        bool yes = (((const uint8_t *)a->buffers[1])[i / 8] >> i % 8 & 1) != 0;
        strcpy(out, yes ? "true" : "false");
    } else if (format == 'i') {
        (void)sprintf(out, "%" PRIu32, (uint32_t)number32(a->buffers[1], i));
    } else {
        memcpy(&v, (const char *)a->buffers[1] + 8 * i, sizeof v);
        (void)sprintf(out, "%" PRIu64, v);
    }
}

static void print_list(const struct ArrowSchema *s, const struct ArrowArray *a, int64_t row,
                       char out[ARROW_VALUE])
{
    static char item[ARROW_VALUE];
    size_t n = 0;
    out[0] = 0;
    for (int32_t i = number32(a->buffers[1], row); i < number32(a->buffers[1], row + 1); i++) {
        strcpy(item, "null");
        if (arrow_is_given(a->children[0], i))
            print_scalar(s->children[0]->format[0], a->children[0], i, item);
        n += (size_t)snprintf(out + n, ARROW_VALUE - n, "%s|", item);
    }
}

void arrow_value(const struct ArrowSchema *s, const struct ArrowArray *a, int64_t i,
                 char out[ARROW_VALUE])
{
    if (s->dictionary != NULL)
        print_text(a->dictionary, number32(a->buffers[1], i), out);
    else if (s->format[0] == '+')
        print_list(s, a, i, out);
    else
        print_scalar(s->format[0], a, i, out);
}

/* ---- what has to hold ----------------------------------------------------------------------- */

static int64_t count_nulls(const struct ArrowArray *a)
{
    int64_t nulls = 0;
    for (int64_t i = 0; i < a->length; i++)
        nulls += !arrow_is_given(a, i);
    return nulls;
}

static bool offsets_rise(const struct ArrowArray *a, int64_t end)
{
    for (int64_t i = 0; i < a->length; i++)
        if (number32(a->buffers[1], i) > number32(a->buffers[1], i + 1))
            return false;
    return number32(a->buffers[1], 0) == 0 &&
           (end < 0 || number32(a->buffers[1], a->length) == end);
}

static bool indices_fit(const struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->length; i++)
        if (arrow_is_given(a, i) && (uint32_t)number32(a->buffers[1], i) >= a->dictionary->length)
            return false;
    return true;
}

static const char *buffers_are_wrong(const struct ArrowSchema *s, const struct ArrowArray *a)
{
    static const struct {
        const char *format;
        int64_t buffers;
    } known[] = {{"l", 2}, {"i", 2}, {"tsu:UTC", 2}, {"b", 2}, {"u", 3}, {"+l", 2}, {"+s", 1}};
    size_t i = 0;
    while (i < sizeof known / sizeof *known && strcmp(known[i].format, s->format) != 0)
        i++;
    if (i == sizeof known / sizeof *known || known[i].buffers != a->n_buffers)
        return "format or count of buffers";
    for (int64_t b = 0; b < a->n_buffers; b++)
        if ((uintptr_t)a->buffers[b] % 64 != 0 || (b > 0 && a->buffers[b] == NULL))
            return "a buffer is not aligned, or not there";
    return NULL;
}

static const char *values_are_wrong(const struct ArrowSchema *s, const struct ArrowArray *a)
{
    if (strcmp(s->format, "u") == 0 && !offsets_rise(a, -1))
        return "offsets of texts";
    if (strcmp(s->format, "+l") == 0 && !offsets_rise(a, a->children[0]->length))
        return "offsets of lists";
    if (s->dictionary != NULL && !indices_fit(a))
        return "an index";
    return NULL;
}

const char *arrow_is_wrong(const struct ArrowSchema *s, const struct ArrowArray *a)
{
    const char *wrong = buffers_are_wrong(s, a);
    if (wrong == NULL && (a->offset != 0 || a->release == NULL))
        wrong = "offset or release";
    if (wrong == NULL && a->null_count != count_nulls(a))
        wrong = "count of nulls";
    if (wrong == NULL && (s->flags & ARROW_FLAG_NULLABLE) == 0 && a->null_count != 0)
        wrong = "a null where none may be";
    if (wrong == NULL && a->n_children != s->n_children)
        wrong = "count of children";
    for (int64_t i = 0; i < a->n_children && wrong == NULL; i++) {
        if (s->format[1] == 's' && a->children[i]->length != a->length)
            return "length of a column";
        wrong = arrow_is_wrong(s->children[i], a->children[i]);
    }
    if (wrong == NULL && (s->dictionary == NULL) != (a->dictionary == NULL))
        wrong = "dictionary";
    if (wrong == NULL && s->dictionary != NULL)
        wrong = arrow_is_wrong(s->dictionary, a->dictionary);
    return wrong != NULL ? wrong : values_are_wrong(s, a);
}
