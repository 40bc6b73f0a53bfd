/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit body of an event: most of its bytes, and of the time that a batch takes. */
#ifndef WFPW_BATCH_AUDIT_H
#define WFPW_BATCH_AUDIT_H

#include "model/record.h"

enum {
    BATCH_AUDIT_NAMES = 128, /* of the table; others are written each time */
    BATCH_AUDIT_LAST = 32,   /* fields of a record */
    BATCH_AUDIT_RAW = 160,   /* bytes of a value */
    BATCH_AUDIT_IDS = 8, /* event ids whose keys are kept as JSON: 5152 to 5159 have a place each */
    BATCH_AUDIT_KEY = 48 /* bytes of such a key */
};

/* Texts that the batch has already: names, which are written once a batch; the names of the record
 * before; and by its name the last value of a field, which is not written again while it stays the
 * same, as most do. */
struct batch_audit_texts {
    uint32_t turn; /* what has another turn is gone */
    struct batch_audit_name {
        uint32_t turn;
        const char *text;
    } names[BATCH_AUDIT_NAMES];
    struct batch_audit_last {
        uint32_t turn, count;
        const wfpw_field *list;
        uint32_t names[BATCH_AUDIT_LAST]; /* as of struct value */
    } last;
    struct batch_audit_value {
        uint32_t turn, type, size; /* as it came */
        uint32_t length, flags;    /* as of wfpw_field */
        const char *text;          /* NULL: it is there only as JSON */
        const char *json;          /* NULL: it is there only as text */
        size_t json_length;
        uint8_t raw[BATCH_AUDIT_RAW];
    } values[BATCH_AUDIT_NAMES], computer;
    /* What stands before each value, in JSON: of one list of names, different ones of the table. */
    struct batch_audit_keys {
        uint32_t count;                   /* 0: none */
        uint32_t names[BATCH_AUDIT_LAST]; /* as of struct value */
        uint8_t lengths[BATCH_AUDIT_LAST];
        char texts[BATCH_AUDIT_LAST][BATCH_AUDIT_KEY];
    } keys[BATCH_AUDIT_IDS];
};

/* Forgets all of them, as some may lie where others will be written. To be called first. */
void batch_audit_forget(struct batch_audit_texts *t);

/* Writes the record's audit body and all that it points to into room, which is aligned to 8; with
 * is_bare none of its fields. Returns the bytes that it took; 0: there are too few, and texts may
 * lie in them. */
size_t batch_audit_write(const struct record *r, struct batch_audit_texts *texts, bool is_bare,
                         void *room, size_t size);
/* A body whose fields are JSON already, with field_count and field_stride 0: data is an object of n
 * bytes, its keys in the order of the record. */
struct batch_audit_json {
    wfpw_audit audit;
    const char *data;
    size_t n;
    const char *app; /* in data: the application's path, without quotes; NULL: it is not told */
    size_t app_n;
};

/* The same of a record whose fields have different names of the table, straight from the source's
 * characters to those of JSON; 0: it is none, or there are too few bytes. */
size_t batch_audit_write_json(const struct record *r, struct batch_audit_texts *texts, void *room,
                              size_t size);

/* The text of a field's value: that of the record before if it is the same; else written into
 * room, *used bytes. NULL: there is no room. */
const char *batch_audit_text(const struct record *r, struct batch_audit_texts *texts,
                             const struct record_field *from, char *room, size_t size,
                             size_t *used);

/* ---- between the two writers ---- */

enum { BATCH_AUDIT_SHORT = 32 }; /* bytes: as of WFPW_FIELD_SHORT */

/* Whether the value is the one that is remembered; otherwise it is remembered from now on, without
 * text and JSON, unless it is too long for that. */
bool batch_audit_is_known(const struct record *r, const struct batch_audit_texts *texts,
                          const struct value *v, struct batch_audit_value *seen);
/* fields: how many of them the list has. */
void batch_audit_put_scalars(wfpw_audit *to, const struct record_audit *from, uint32_t fields);
/* The computer's name, at *at. false: there is no room. */
bool batch_audit_put_computer(const struct record *r, struct batch_audit_texts *texts,
                              wfpw_audit *to, char **at, char *end);

#endif
