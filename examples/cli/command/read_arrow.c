/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "command/read_arrow.h"

#include <errno.h>
#include <string.h>

#include "platform/term.h"
#include "view/diagnostics.h"

static int open_stream(const struct read_arrow *a, wfpw_session *s, struct ArrowArrayStream *out,
                       wfpw_error *e)
{
    wfpw_arrow_options o = {.size = sizeof o, .columns = a->columns, .wait_ms = -1};
    return wfpw_arrow_stream(s, &o, out, e);
}

int read_arrow_check(const struct read_arrow *a)
{
    struct ArrowArrayStream stream;
    wfpw_session *s = NULL;
    wfpw_error e;
    int status = wfpw_open(NULL, &s, &e);
    status = status != WFPW_OK ? status : open_stream(a, s, &stream, &e);
    if (status == WFPW_OK)
        stream.release(&stream);
    wfpw_close(s);
    if (status == WFPW_E_SYNTAX)
        return diagnostics_usage("read", "--columns: there is no such column, or it comes twice: ",
                                 a->columns + e.position);
    if (status != WFPW_OK) {
        diagnostics_error(NULL, &e, NULL);
        return EXIT_FAILED;
    }
    if (term_is_terminal(stdout))
        return diagnostics_usage("read", "--format arrow is not for a terminal: add '> FILE'", "");
    return 0;
}

/* The first time, the session's stream, and its types are written. */
static bool start_file(struct read_arrow *a)
{
    if (a->is_open || a->error != 0)
        return a->error == 0;
    if (open_stream(a, a->reading->session, &a->stream, NULL) != WFPW_OK) {
        a->error = ENOMEM;
        return false;
    }
    a->is_open = true;
    if (a->stream.get_schema(&a->stream, &a->schema) != 0) {
        a->error = ENOMEM;
        return false;
    }
    return arrow_file_start(&a->file, stdout, &a->schema);
}

int read_arrow_pull(struct read_arrow *a, const char *path, bool *go_on)
{
    struct ArrowArray rows = {0};
    if (!start_file(a)) { /* read_arrow_end says why */
        *go_on = false;
        return 0;
    }
    int error = a->stream.get_next(&a->stream, &rows);
    if (error != 0) {
        progress_hide(&a->reading->progress);
        diagnostics_print(path != NULL ? path : "", path != NULL ? ": " : "",
                          a->stream.get_last_error(&a->stream), (const char *)NULL);
        return error == ENOMEM ? WFPW_E_NOMEM : WFPW_E_IO;
    }
    if (rows.release == NULL)
        return WFPW_E_EOF;
    *go_on = arrow_file_rows(&a->file, &rows);
    int n = (int)rows.length;
    rows.release(&rows);
    return n;
}

int read_arrow_end(struct read_arrow *a)
{
    bool is_whole = start_file(a) && arrow_file_end(&a->file);
    int error = a->error != 0 ? a->error : a->file.error;
    a->rows = a->file.rows;
    if (a->schema.release != NULL)
        a->schema.release(&a->schema);
    if (a->is_open)
        a->stream.release(&a->stream);
    if (is_whole || term_is_gone_error(error))
        return EXIT_DONE;
    diagnostics_print("writing the output failed: ", strerror(error), (const char *)NULL);
    return EXIT_FAILED;
}
