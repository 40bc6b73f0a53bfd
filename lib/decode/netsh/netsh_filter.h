/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The dumps of 'netsh wfp show filters', 'show state' and 'capture' to objects: filters, layers,
 * providers, sublayers, callouts and provider contexts, one after the other, however large the dump
 * is. An object is known by its first child (filterKey, layerKey, ...), wherever it stands, so that
 * a piece of a dump is read as well. Facts: the layout of these files, as observed in real ones.
 */
#ifndef WFPW_NETSH_FILTER_H
#define WFPW_NETSH_FILTER_H

#include "decode/xml/xml.h"
#include "model/policy_object.h"

enum { NETSH_FILTER_TEXT_MAX = 256 * 1024 };

/* Big: keep it on the heap; netsh_filter_init is enough to start with. */
struct netsh_filter {
    struct xml *xml;                    /* stopped whenever an object is complete */
    const struct policy_object *object; /* that one; until the parser goes on */
    bool in_object, is_dump;            /* is_dump: something that only such a dump has was seen */
    uint64_t started;                   /* where the object started, by xml_position */
    uint64_t unread;                    /* objects left out, as they have no key or id */
    uint8_t places[XML_DEPTH_MAX + 1], next[XML_DEPTH_MAX + 1]; /* an element an depth */
    bool skips_item; /* the condition under way has no room */
    bool is_cut;     /* the text under way was longer than TEXT_MAX */
    bool has_child;  /* of the element that is open: it is no leaf then */
    bool has_id;     /* of the object */
    size_t text_size;
    char text[NETSH_FILTER_TEXT_MAX];
    char wide[NETSH_FILTER_TEXT_MAX / 2]; /* bytes of hexadecimal digits */
    struct policy_object_builder builder;
};

void netsh_filter_init(struct netsh_filter *x);
/* The handler for xml_open; to be called again whenever the parser is made new. */
struct xml_handler netsh_filter_handler(struct netsh_filter *x, struct xml *xml);

#endif
