/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Codes to words, for who wants to know how long they are. */
#ifndef WFPW_WORDS_H
#define WFPW_WORDS_H

#include <stdint.h>

struct word {
    uint32_t code, length;
    const char *text;
};

/* Of a list WFPW_LIST_*; NULL when the code has none. */
const struct word *word_find(uint32_t list, uint32_t code);

#endif
