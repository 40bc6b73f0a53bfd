/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Codes to words and back, for who wants more than wfpw_word. */
#ifndef WFPW_CODE_WORDS_H
#define WFPW_CODE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_word {
    uint32_t code, length;
    const char *text;
};

/* Of a list WFPW_LIST_*; NULL when the code has none. */
const struct code_word *code_word_find(uint32_t list, uint32_t code);
/* All words of a list that there is, in the order of lists.inc. */
const struct code_word *code_word_list(uint32_t list, size_t *count);
/* And back: ASCII case is ignored. false: the list has no such word. */
bool code_word_parse(uint32_t list, const char *s, size_t n, uint32_t *code);

#endif
