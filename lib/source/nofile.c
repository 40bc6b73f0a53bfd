/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * In a build without file readers. */
#include "error.h"
#include "source/source.h"

int source_open_file(const struct source_options *o, const char *path, const void *data,
                     size_t size, struct source **out, wfpw_error *e)
{
    (void)o;
    (void)path;
    (void)data;
    (void)size;
    *out = NULL;
    return error_set(e, WFPW_E_NOTSUP, "wfpw_add_file", 0, "built without file readers");
}
