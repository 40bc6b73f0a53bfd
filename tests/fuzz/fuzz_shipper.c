/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * JSON of shippers: whole, so that its bytes decide how it is opened; then the decoder alone, fed
 * in pieces whose size the first byte says, which must give what it gives at once. */
#include <stdbool.h>
#include <stdlib.h>

#include "decode/shipper/shipper.h"
#include "fuzz.h"
#include "wfpwatch/wfpwatch.h"

static char json[8 * 1024 * 1024];
static char text[256 * 1024];

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* ---- the library ---------------------------------------------------------------------------- */

static void read_events(const uint8_t *data, size_t size)
{
    wfpw_session *s = NULL;
    wfpw_batch *b = wfpw_batch_new(64, 0);
    must(b != NULL && wfpw_open(NULL, &s, NULL) == 0);
    if (wfpw_add_memory(s, data, size, NULL) == 0)
        for (int n; (n = wfpw_read(s, b, -1, NULL)) != WFPW_E_EOF && n != WFPW_E_NOMEM;)
            for (int i = 0; i < n; i++)
                must(wfpw_to_json(wfpw_batch_get(b, (uint32_t)i), 0, json, sizeof json, NULL) > 0);
    wfpw_close(s);
    wfpw_batch_free(b);
}

/* ---- the decoder ---------------------------------------------------------------------------- */

/* What is in the tail lies in it. */
static void check_record(const struct record *r)
{
    must(r->bytes % 8 == 0 && r->bytes <= RECORD_MAX && r->source == WFPW_SOURCE_JSON);
    must(r->audit_at % 8 == 0 && r->audit_at != 0 && r->audit_at < r->bytes);
    const struct record_audit *a = record_at(r, r->audit_at);
    must(a->fields_at + a->field_count * sizeof(struct record_field) <= r->bytes);
    const struct record_field *f = record_at(r, a->fields_at);
    for (uint32_t i = 0; i < a->field_count; i++) {
        must((uint64_t)f[i].value.at + f[i].value.size <= r->bytes);
        must(f[i].value.type != VALUE_UTF8 ||
             text_utf8_valid(record_at(r, f[i].value.at), f[i].value.size) == f[i].value.size);
    }
}

/* Of what is told of it, wherever in the tail it lies. */
static uint64_t hash_value(uint64_t hash, const struct record *r, const struct value *v)
{
    const uint8_t *p = record_at(r, v->at);
    hash = (hash + v->type + v->size) * 0x9E3779B97F4A7C15u;
    if (v->type == VALUE_NAME)
        return hash + v->at;
    for (uint32_t i = 0; i < v->size; i++)
        hash = (hash ^ p[i]) * 0x100000001B3u;
    return hash;
}

static uint64_t hash_record(const struct record *r)
{
    if (r == NULL)
        return 0;
    const struct record_audit *a = record_at(r, r->audit_at);
    const struct record_field *f = record_at(r, a->fields_at);
    uint64_t hash = r->bytes + r->time + r->present + r->flags + r->process_id + r->filter_id;
    hash = hash * 31 + a->record_id + a->keywords + a->event_id + a->version + a->task;
    hash = hash_value(hash, r, &a->computer);
    for (uint32_t i = 0; i < a->field_count; i++)
        hash = hash_value(hash_value(hash, r, &f[i].name), r, &f[i].value);
    return hash;
}

/* A hash of what is found. In pieces nothing is read by what was learned before. */
static uint64_t decode(struct shipper *x, size_t n, size_t piece)
{
    uint64_t hash = 0;
    shipper_start(x);
    for (size_t at = 0; at < n;) {
        const struct record *r;
        enum shipper_found found;
        size_t end = at + piece < n ? at + piece : n;
        at += shipper_feed(x, text + at, end - at, &found, &r);
        if (piece < n)
            shipper_xml_layouts_forget(&x->xml.layouts);
        must(at <= end && (found == SHIPPER_MORE) == (found == SHIPPER_MORE && at == end));
        if (found == SHIPPER_RECORD)
            check_record(r);
        if (found == SHIPPER_RECORD || found == SHIPPER_DAMAGE)
            hash = (hash + found + hash_record(r)) * 0x9E3779B97F4A7C15u;
    }
    shipper_close(x);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > sizeof text)
        return 0;
    read_events(data + 1, size - 1);
    size_t n = text_utf8_valid((const char *)data + 1, size - 1);
    struct shipper *x = calloc(1, sizeof *x);
    must(x != NULL);
    memcpy(text, data + 1, n);
    uint64_t whole = decode(x, n, n);
    must(whole == decode(x, n, (size_t)data[0] + 1));
    free(x);
    return 0;
}
