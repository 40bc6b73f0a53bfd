/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A record as the log's XML and in the form of each shipper. */
#ifndef SHIPPER_MADE_H
#define SHIPPER_MADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHIPPER_PEN_MAX = 64 * 1024 };

/* A text that is being written, with a NUL behind it: text has SHIPPER_PEN_MAX bytes. */
struct shipper_pen {
    char *text;
    size_t n;
};
void shipper_put(struct shipper_pen *p, const char *s);

struct shipper_field {
    const char *name, *value; /* UTF-8 without controls */
};

/* A record of the Security log. */
struct shipper_event {
    uint32_t id, version, task;
    bool failure;              /* else success */
    uint64_t record_id, ticks; /* 100 ns since 1970 */
    const struct shipper_field *fields;
    size_t count;
};
/* A connection that was blocked. */
extern const struct shipper_event shipper_event_5157;

/* What of a record a form keeps: the log's XML is written without the rest. */
struct shipper_kept {
    int digits;  /* of a second's fraction */
    bool rounds; /* to a microsecond, where others cut */
    bool version, task, record_id, keywords;
    bool pid;         /* the field ProcessID */
    bool empty, dash; /* fields without a value, and with "-" */
};
void shipper_put_xml(struct shipper_pen *p, const struct shipper_event *e,
                     const struct shipper_kept *k);

struct shipper_made {
    const char *name;
    void (*write)(struct shipper_pen *p, const struct shipper_event *e);
    struct shipper_kept kept;
};
extern const struct shipper_made shipper_made[];
extern const size_t shipper_made_count;

/* shipper_event_5157 in the form of this name. */
void shipper_put_form(struct shipper_pen *p, const char *name);

#endif
