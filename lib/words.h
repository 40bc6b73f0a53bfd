/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Words back to codes. The other direction is wfpw_word. */
#ifndef WFPW_WORDS_H
#define WFPW_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code of a word of one of WFPW_LIST_*, case and all. false: the list has no such word. */
bool words_code(uint32_t list, const char *s, size_t n, uint32_t *code);

#endif
