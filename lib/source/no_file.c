/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * In a build without file readers. */
#include "base/error.h"
#include "source/source.h"

static int no_files(const char *where, wfpw_error *e)
{
    return error_set(e, WFPW_E_NOTSUP, where, 0, "built without file readers");
}

int WFPW_CALL wfpw_names_load(wfpw_names *n, const char *path, wfpw_error *e)
{
    (void)n;
    (void)path;
    return no_files("wfpw_names_load", e);
}

int WFPW_CALL wfpw_names_load_memory(wfpw_names *n, const void *data, size_t size, wfpw_error *e)
{
    (void)n;
    (void)data;
    (void)size;
    return no_files("wfpw_names_load_memory", e);
}

int source_open_file(const struct source_options *o, const char *path, const void *data,
                     size_t size, struct source **out, wfpw_error *e)
{
    (void)o;
    (void)path;
    (void)data;
    (void)size;
    *out = NULL;
    return no_files("wfpw_add_file", e);
}
