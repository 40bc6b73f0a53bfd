/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Expat, tamed: elements and text of any number of roots, from UTF-8 or UTF-16, in pieces of any
 * size. A root of our own stands around everything, so that a list without one parses, and a
 * DOCTYPE is an error wherever it stands. Memory is bounded: no entity is ever expanded, depth is
 * limited, and a tag or a text that does not end in XML_TOKEN_MAX bytes is an error.
 */
#ifndef WFPW_XML_H
#define WFPW_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { XML_DEPTH_MAX = 64, XML_TOKEN_MAX = 4 * 1024 * 1024 };

enum xml_encoding { XML_UTF8, XML_UTF16LE, XML_UTF16BE, XML_DECLARED };

/* Names come as they are written; attributes as name, value, ..., NULL. depth: 1 for a root. */
struct xml_handler {
    void (*start)(void *ctx, int depth, const char *name, const char **attributes);
    void (*end)(void *ctx, int depth);
    void (*text)(void *ctx, int depth, const char *s, size_t n);
    void *ctx;
};

enum xml_result {
    XML_MORE,    /* all was read: feed more */
    XML_STOPPED, /* xml_stop was called: xml_resume goes on */
    XML_BROKEN   /* why and xml_position tell; xml_open again to go on behind it */
};

struct xml {
    void *parser;
    struct xml_handler handler;
    enum xml_encoding encoding;
    const char *why;   /* static text, of the last BROKEN */
    uint64_t fed;      /* bytes since xml_open, without our root */
    uint64_t prologue; /* bytes of our root */
    int depth;
};

/* The encoding that a file's first bytes show, and how many of them are mark and declaration, which
 * must not be fed. An encoding that is declared by name goes to xml_open. name: 32 bytes. */
enum xml_encoding xml_look(const uint8_t *p, size_t n, size_t *skip, char *name);

/* Makes a parser, or makes one new. name: of XML_DECLARED. false: no memory, or no such encoding.
 */
bool xml_open(struct xml *x, enum xml_encoding encoding, const char *name,
              const struct xml_handler *handler);
void xml_close(struct xml *x);
enum xml_result xml_feed(struct xml *x, const uint8_t *p, size_t n);
enum xml_result xml_resume(struct xml *x);
/* Inside a handler: nothing more is read once it returns. */
void xml_stop(struct xml *x);
/* Where reading stands, in bytes fed since xml_open. */
uint64_t xml_position(const struct xml *x);

#endif
