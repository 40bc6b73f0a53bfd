/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/suggestion.h"

#include <string.h>

enum { LONGEST = 32 };

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to be put in, left out or replaced; two that changed places count one. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] =
                least_of(least_of(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least_of(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[m];
}

static const char *begins_with(const char *word, size_t n, const char *const *list)
{
    while (*list != NULL && strncmp(*list, word, n) != 0)
        list++;
    return *list;
}

/* The word of the list that begins so, or that differs least, if it does so little that it may be
 * meant; else NULL. The list ends with NULL. */
static const char *suggestion_find(const char *word, size_t n, const char *const *list)
{
    const char *best = n > 2 ? begins_with(word, n, list) : NULL;
    if (best != NULL)
        return best;
    size_t best_distance = n < 4 ? 2 : n < 9 ? 3 : 4; /* this many are too many */
    for (; n <= LONGEST && *list != NULL; list++) {
        size_t m = strlen(*list), d = m <= LONGEST ? edit_distance(word, n, *list, m) : LONGEST;
        if (d < best_distance && d < m) {
            best = *list;
            best_distance = d;
        }
    }
    return best;
}

void suggestion_put(struct buffer *b, const char *word, size_t n, const char *what,
                    const char *const *list)
{
    const char *best = suggestion_find(word, n, list);
    if (best != NULL) {
        buffer_puts(b, " (did you mean '");
        buffer_puts(b, best);
        buffer_puts(b, "'?)");
    }
    buffer_puts(b, "; ");
    buffer_puts(b, what);
    for (; *list != NULL; list++) {
        buffer_puts(b, " ");
        buffer_puts(b, *list);
    }
}
