/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The XML of one event in memory, as EvtRender writes it (UTF-16), to the same audit records as the
 * other forms. It is a reader of this one kind of XML: elements, attributes, character references,
 * CDATA, comments; no DOCTYPE. Values stay the UTF-16 that they are. A record that differs from an
 * earlier one in its values only is not parsed (audit_layout.h).
 */
#ifndef WFPW_AUDIT_RENDER_H
#define WFPW_AUDIT_RENDER_H

#include "decode/audit/audit_layout.h"
#include "decode/audit/audit_record.h"

enum {
    AUDIT_RENDER_DEPTH = 32,
    AUDIT_RENDER_NAMES = 32,
    AUDIT_RENDER_UNITS = 64 * 1024 /* of a text with references in it, at most */
};

enum audit_render_found {
    AUDIT_RENDER_RECORD,
    AUDIT_RENDER_OTHER, /* an event of no interest */
    AUDIT_RENDER_BROKEN /* not well-formed, or cut */
};

struct audit_render_element {
    const uint16_t *name;
    size_t units;
    enum audit_element place;
};

/* Big: keep it on the heap. */
struct audit_render {
    const uint16_t *start, *at, *end;
    struct audit_render_element stack[AUDIT_RENDER_DEPTH + 1];
    int depth;
    bool has_child, is_closed; /* the event has ended */
    const uint16_t *field;     /* the value of the attribute Name */
    size_t field_units;
    const uint16_t *text; /* of the element that is open; in `joined` when it was in pieces */
    size_t text_units;
    bool is_joined;
    uint32_t fields;                    /* of this event, so far */
    uint16_t names[AUDIT_RENDER_NAMES]; /* what they were called in the one before, plus 1 */
    uint16_t joined[AUDIT_RENDER_UNITS], attribute[512]; /* joined: a name, then a text */
    struct audit_layouts layouts;
    struct audit_record audit_record;
    uint64_t room[RECORD_MAX / 8];
};

/* The record lies in x, until the next call. */
enum audit_render_found audit_render_read(struct audit_render *x, const uint16_t *xml, size_t units,
                                          const struct record **record);

#endif
