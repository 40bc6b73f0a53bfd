/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A format of JSON as a table: sections of rows, each row a key and the id of its value. An object
 * or list in which no value is present is left out.
 */
#ifndef WFPW_EXPORT_ROW_H
#define WFPW_EXPORT_ROW_H

#include "export/json_out.h"
#include "export/schema/value.h"

enum row_form {
    ROW_VALUE,
    ROW_INSIDE, /* the same, if the object that it is in is open */
    ROW_TEXT,   /* a number in quotes */
    ROW_UPPER,  /* a word in capitals */
    ROW_BEHIND, /* key has the value's first quote and beginning, too */
    ROW_ALWAYS, /* key is a whole member, and opens the object that it is in */
    ROW_WITH,   /* the same, if the object is open */
    ROW_FLAG,   /* the same, if the event has one of `bits` among its flags */
    ROW_OPEN,   /* an object */
    ROW_LIST,   /* its rows have no keys */
    ROW_CLOSE
};

struct export_row {
    const char *key; /* with quotes and colon */
    uint8_t length, form;
    uint16_t value;
    uint32_t bits;
};

#define ROW_OF(form, text, value)                                                                  \
    {                                                                                              \
        text, sizeof(text) - 1, form, value, 0                                                     \
    }
#define ROW_FIELD(key, id)   ROW_OF(ROW_VALUE, "\"" key "\":", OF_##id)
#define ROW_MEMBER(key, id)  ROW_OF(ROW_INSIDE, "\"" key "\":", OF_##id)
#define ROW_QUOTED(key, id)  ROW_OF(ROW_TEXT, "\"" key "\":", OF_##id)
#define ROW_CAPITAL(key, id) ROW_OF(ROW_UPPER, "\"" key "\":", OF_##id)
#define ROW_ITEM(id)         ROW_OF(ROW_VALUE, "", OF_##id)
#define ROW_CONSTANT(member) ROW_OF(ROW_ALWAYS, member ",", 0)
#define ROW_BEGIN(text)      ROW_OF(ROW_ALWAYS, text, 0)
#define ROW_IF_OPEN(member)  ROW_OF(ROW_WITH, member ",", 0)
#define ROW_IF_FLAG(member, mask)                                                                  \
    {                                                                                              \
        member ",", sizeof(member), ROW_FLAG, 0, mask                                              \
    }
#define ROW_OBJECT(key) ROW_OF(ROW_OPEN, "\"" key "\":{", 0)
#define ROW_OBJECT_ITEM ROW_OF(ROW_OPEN, "{", 0)
#define ROW_ARRAY(key)  ROW_OF(ROW_LIST, "\"" key "\":[", 0)
#define ROW_END         ROW_OF(ROW_CLOSE, "}", 0)
#define ROW_ARRAY_END   ROW_OF(ROW_CLOSE, "]", 0)

enum { ROW_DEPTH = 8 };

/* Rows that come together. What depends on few values, and often comes again, is copied from the
 * line that has it: `key` tells the values, and returns false when there are others. Such rows
 * close nothing that they did not open before other members. */
struct export_section {
    const struct export_row *rows;
    uint32_t count;
    uint32_t classes; /* CLASS_* that have it */
    uint32_t needs;   /* NEED_* of which the event has one; 0: any event has it */
    bool (*key)(const struct export_event *x, struct json_out_key *key);
    enum json_out_part part; /* with a key: none that another section has */
};

/* Sections with a key, which any event has or only some have, and without. */
#define SECTION_NEEDED(rows, classes, needs, key, part)                                            \
    {                                                                                              \
        rows, sizeof rows / sizeof *rows, classes, needs, key, part                                \
    }
#define SECTION_KEYED(rows, classes, key, part) SECTION_NEEDED(rows, classes, 0, key, part)
#define SECTION(rows, classes, needs)           SECTION_NEEDED(rows, classes, needs, NULL, PARTS)

/* The members of an event, each with a comma behind it. */
char *export_sections(struct json_out *o, char *p, const struct export_event *x,
                      const struct export_section *sections, uint32_t count);

/* What every format has under one name of its own: what the schemas have no field for. */
extern const struct export_section export_own_sections[];
enum { EXPORT_OWN_SECTIONS = 7 };

/* RFC 7042: 00-00-5E-00-53-01, of 17 bytes. */
char *export_mac(char *p, const uint8_t bytes[6]);

/* Keys of sections. */
bool export_key_what(const struct export_event *x, struct json_out_key *key);
bool export_key_flow(const struct export_event *x, struct json_out_key *key);
bool export_key_filter(const struct export_event *x, struct json_out_key *key);
bool export_key_layer(const struct export_event *x, struct json_out_key *key);
bool export_key_record(const struct export_event *x, struct json_out_key *key);
bool export_key_app(const struct export_event *x, struct json_out_key *key);
bool export_key_user(const struct export_event *x, struct json_out_key *key);
bool export_key_remedy(const struct export_event *x, struct json_out_key *key);
bool export_key_place(const struct export_event *x, struct json_out_key *key);

#endif
