/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Rules in files of text: what regedit exports (.reg), and what PowerShell writes as JSON or CSV.
 * The text comes as UTF-8, in pieces of any size. */
#ifndef WFPW_RULE_TEXT_H
#define WFPW_RULE_TEXT_H

#include "decode/json/json_lexer.h"
#include "model/rule.h"

enum rule_text_form {
    RULE_TEXT_NONE,
    RULE_TEXT_REG,
    RULE_TEXT_JSON,
    RULE_TEXT_CSV,
    RULE_TEXT_NETSH,  /* 'netsh advfirewall firewall show rule', whatever its language */
    RULE_TEXT_CONSOLE /* "Export List" of wf.msc */
};

enum {
    RULE_TEXT_LINE_MAX = 512 * 1024, /* bytes of a line of a .reg file with what continues it */
    RULE_TEXT_VALUE_MAX = 64 * 1024, /* of a text in JSON or CSV; what is behind is left out */
    RULE_TEXT_COLUMNS = 128
};

/* What a file is whose first bytes are these, as UTF-8. */
enum rule_text_form rule_text_look(const char *s, size_t n);

struct rule_reg {
    uint8_t origin;              /* of the key under way; 0: it has no rules */
    bool fresh, quoted, escaped; /* at the start of a line; in a text; behind a backslash */
    bool too_long, closed_at_start;
    size_t used;
    char line[RULE_TEXT_LINE_MAX];
};

struct rule_json {
    struct json_lexer lexer;
    uint32_t top;  /* the level of the object under way, or 0 */
    uint8_t field; /* of the member under way */
    char value[RULE_TEXT_VALUE_MAX];
};

struct rule_csv {
    char separator; /* 0: not yet known */
    bool has_header, quoted, was_quote, is_comment, is_long;
    bool is_cut; /* the value: without all that has no room */
    uint32_t column;
    uint8_t fields[RULE_TEXT_COLUMNS];
    size_t used, row; /* bytes of the value, of the row */
    char value[RULE_TEXT_VALUE_MAX];
};

/* Big: on the heap. */
struct rule_text {
    enum rule_text_form form;
    const char *damage; /* what could not be read in the last call; NULL: nothing */
    struct rule_builder builder;
    union {
        struct rule_reg reg;
        struct rule_json json;
        struct rule_csv csv;
    } u;
};

void rule_text_start(struct rule_text *t, enum rule_text_form form);
/* Reads up to the end of the next rule, or all: returns how many bytes. *rule: until the next call;
 * NULL: none was complete. */
size_t rule_text_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule);
/* There is no more. */
void rule_text_end(struct rule_text *t, const struct rule **rule);

/* ---- its parts ---- */

size_t rule_reg_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule);
void rule_reg_end(struct rule_text *t, const struct rule **rule);
void rule_json_start(struct rule_text *t);
size_t rule_json_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule);
void rule_json_end(struct rule_text *t, const struct rule **rule);
size_t rule_csv_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule);
void rule_csv_end(struct rule_text *t, const struct rule **rule);

#endif
