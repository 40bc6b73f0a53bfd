/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file of JSON that a log shipper or a tool made of records, as a source. */
#ifndef WFPW_JSON_FILE_H
#define WFPW_JSON_FILE_H

#include "input/input.h"
#include "source/source.h"

enum json_file_kind {
    JSON_FILE_NONE,    /* no JSON */
    JSON_FILE_OTHER,   /* of no form that is known */
    JSON_FILE_UNKNOWN, /* the same, as far as was looked */
    JSON_FILE_RECORDS,
    JSON_FILE_NO_MEMORY /* to look */
};

/* What a file is. */
enum json_file_kind json_file_look(const struct source_options *o, struct input *in);
/* Takes over `in`, also when it fails. */
int json_file_open(const struct source_options *o, struct input *in, struct source **out,
                   wfpw_error *e);

#endif
