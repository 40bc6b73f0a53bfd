/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "arrow/column_list.h"

#include <string.h>

const struct column_kind column_kinds[COLUMN_COUNT] = {
#define COLUMN(id, name, type, list, usual) {name, COLUMN_IS_##type, list, usual},
#include "arrow/columns.inc"
#undef COLUMN
};

static uint32_t choose_columns(uint8_t out[COLUMN_COUNT], bool all)
{
    uint32_t n = 0;
    for (uint32_t id = 0; id < COLUMN_COUNT; id++)
        if (all || column_kinds[id].usual)
            out[n++] = (uint8_t)id;
    return n;
}

/* COLUMN_COUNT: there is none of that name. */
static uint32_t find_column(const char *name, size_t n)
{
    uint32_t id = 0;
    while (id < COLUMN_COUNT &&
           (strlen(column_kinds[id].name) != n || memcmp(column_kinds[id].name, name, n) != 0))
        id++;
    return id;
}

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t\r\n");
}

uint32_t column_list_parse(const char *text, uint8_t out[COLUMN_COUNT], size_t *at)
{
    uint32_t count = 0;
    if (text == NULL || strcmp(text, "*") == 0)
        return choose_columns(out, text != NULL);
    for (const char *s = text;; s++) {
        s = skip_blanks(s);
        size_t n = strcspn(s, ", \t\r\n");
        uint32_t id = find_column(s, n);
        *at = (size_t)(s - text);
        if (id == COLUMN_COUNT || memchr(out, (int)id, count) != NULL)
            return 0;
        out[count++] = (uint8_t)id;
        s = skip_blanks(s + n);
        if (*s == 0)
            return count;
        *at = (size_t)(s - text);
        if (*s != ',')
            return 0;
    }
}
