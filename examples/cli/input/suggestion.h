/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What somebody may have meant who wrote a word that is none.
 */
#ifndef SUGGESTION_H
#define SUGGESTION_H

#include "view/buffer.h"

/* The word of the list that begins so, or that differs least, if it does so little that it may be
 * meant; else NULL. The list ends with NULL. */
const char *suggestion_find(const char *word, size_t n, const char *const *list);
/* " (did you mean 'read'?); commands: read why ...", as much of it as is known. */
void suggestion_put(struct buffer *b, const char *word, size_t n, const char *what,
                    const char *const *list);

#endif
