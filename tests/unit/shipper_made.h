/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One record, a 5157, as the log's XML and in the form of each shipper. */
#ifndef SHIPPER_MADE_H
#define SHIPPER_MADE_H

#include <stdbool.h>
#include <stddef.h>

enum { SHIPPER_PEN_MAX = 64 * 1024 };

/* A text that is being written, with a NUL behind it: text has SHIPPER_PEN_MAX bytes. */
struct shipper_pen {
    char *text;
    size_t n;
};
void shipper_put(struct shipper_pen *p, const char *s);

/* What of a record a form keeps: the log's XML is written without the rest. */
struct shipper_kept {
    const char *time; /* as XML has it */
    bool version, task, record_id, keywords, pid;
};
void shipper_put_xml(struct shipper_pen *p, const struct shipper_kept *k);

struct shipper_made {
    const char *name;
    void (*write)(struct shipper_pen *p);
    struct shipper_kept kept;
};
extern const struct shipper_made shipper_made[];
extern const size_t shipper_made_count;

/* The form of this name. */
void shipper_put_form(struct shipper_pen *p, const char *name);

#endif
