/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters for tests of the tables. */
#ifndef WFPW_TEST_FILTER_MADE_H
#define WFPW_TEST_FILTER_MADE_H

#include <stdio.h>
#include <string.h>

#include "model/policy_object.h"

/* One whose key is made of a number, with a name of so many letters, at most 2000; in the builder's
 * room. */
static inline const struct policy_object *filter_made(struct policy_object_builder *b, uint64_t id,
                                                      unsigned key, size_t letters)
{
    char text[64], name[2048];
    policy_object_start(b, POLICY_OBJECT_FILTER);
    (void)snprintf(text, sizeof text, "{%08x-0000-0000-0000-000000000000}", key);
    memset(name, 'a', letters);
    b->object.id = id;
    b->object.texts[TEXT_KEY] = policy_object_put_key(b, text, strlen(text));
    b->object.texts[TEXT_NAME] = policy_object_put(b, name, letters);
    return policy_object_finish(b);
}

#endif
