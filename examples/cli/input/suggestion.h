/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What somebody may have meant who wrote a word that is none.
 */
#ifndef SUGGESTION_H
#define SUGGESTION_H

#include "view/buffer.h"

/* " (did you mean 'read'?); commands: read why ...", as much of it as is known. */
void suggestion_put(struct buffer *b, const char *word, size_t n, const char *what,
                    const char *const *list);

#endif
