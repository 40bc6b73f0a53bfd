/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where reading XML can go on behind damage. A record's data may look like a record: text has its
 * '<' escaped, but sections of CDATA, comments, values of attributes and elements of the user's own
 * may hold one as it is. So only tags count that stand in none of the first three, and a record is
 * taken for part of another one's data when more records end behind it than begin. */
#ifndef WFPW_XML_RESUME_H
#define WFPW_XML_RESUME_H

#include "decode/xml/xml_reader.h"

/* Goes from tag to tag. */
struct xml_tags {
    struct xml_scan s; /* what is in sight, from the damage on */
    size_t at;         /* of the tag; s.n: there is no further one */
    size_t budget;   /* bytes that may be looked at ahead in vain, so that time stays in proportion
                        to the bytes of a file that is nothing but damage; what is left of them */
    uint8_t lacking; /* a bit a mark that does not come any more */
};

/* The first tag, and the next one. */
void xml_tags_open(struct xml_tags *t, const struct xml_scan *s, size_t budget);
void xml_tags_next(struct xml_tags *t);

struct xml_resume {
    const char *const *names; /* of the elements that records are; NULL at the end */
    /* Whether a record, or a list of them, starts at a tag. */
    bool (*starts)(void *ctx, const struct xml_scan *s, size_t at);
    void *ctx;
};

/* The place of the first record that does not lie inside another one, as far as s and the budget
 * go; s->n when there is none. */
size_t xml_resume_find(const struct xml_scan *s, const struct xml_resume *how, size_t *budget);

#endif
