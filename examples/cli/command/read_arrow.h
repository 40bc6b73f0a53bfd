/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch read --format arrow: what a session reads, as a stream of Arrow on standard output.
 */
#ifndef READ_ARROW_H
#define READ_ARROW_H

#include "input/reading.h"
#include "view/arrow_file.h"

struct read_arrow {
    struct reading *reading;
    const char *columns; /* as of wfpw_arrow_options */
    bool is_open;
    int error; /* errno of what failed before a write did */
    uint64_t rows;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct arrow_file file;
};

/* Whether the columns are ones, and standard output takes them: 0, or the exit status, when that
 * was reported. */
int read_arrow_check(const struct read_arrow *a);
/* For reading.pull, whose ctx has it. */
int read_arrow_pull(struct read_arrow *a, const char *path, bool *go_on);
/* The end of the stream, which nothing came before perhaps. Returns an exit status. */
int read_arrow_end(struct read_arrow *a);

#endif
