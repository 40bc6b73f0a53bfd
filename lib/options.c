/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "options.h"

#include <string.h>

bool options_copy(void *to, size_t to_size, const void *from, uint32_t from_size)
{
    const uint8_t *tail = from;
    if (from_size < sizeof(uint32_t))
        return false;
    for (size_t i = to_size; i < from_size; i++)
        if (tail[i] != 0)
            return false;
    memset(to, 0, to_size);
    memcpy(to, from, from_size < to_size ? from_size : to_size);
    return true;
}

bool options_take(wfpw_options *to, const wfpw_options *o)
{
    *to = (wfpw_options){.size = sizeof *to};
    if (o != NULL && !options_copy(to, sizeof *to, o, o->size))
        return false;
    if (to->names_bytes == 0)
        to->names_bytes = NAMES_DEFAULT;
    return to->names_bytes >= NAMES_MIN && to->names_bytes <= NAMES_MAX && to->reserved == 0 &&
           (to->allocator == NULL || (to->allocator->alloc != NULL && to->allocator->free != NULL));
}
