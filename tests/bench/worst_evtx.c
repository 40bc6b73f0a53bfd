/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "worst.h"

#include <stdlib.h>
#include <string.h>

#include "writer/evtx_damage.h"
#include "writer/evtx_sample.h"
#include "writer/evtx_writer.h"

static const double largest = 1.7976931348623157e308;

/* ---- records of one template ---------------------------------------------------------------- */

struct shape {
    uint32_t fields, pieces; /* how many fields, each of so many times the value */
    struct evtxw_value value;
    uint32_t nested;  /* instances of the template in itself */
    uint32_t records; /* of a block; 0: as many as there is room for */
    uint16_t id;      /* 0: 5156 */
    bool redefine;    /* each record has a definition of its own */
};

static void open_event(struct evtx_writer *w, uint32_t at[2])
{
    at[0] = evtxw_open(w, "Event", 0xFFFF, false);
    evtxw_content(w);
    uint32_t system = evtxw_open(w, "System", 0xFFFF, false);
    evtxw_content(w);
    uint32_t provider = evtxw_open(w, "Provider", 0xFFFF, true), list = evtxw_attributes(w);
    evtxw_attribute(w, "Name", false);
    evtxw_literal(w, "Microsoft-Windows-Security-Auditing");
    evtxw_attributes_end(w, list);
    evtxw_empty(w, provider);
    uint32_t id = evtxw_open(w, "EventID", 0xFFFF, false);
    evtxw_content(w);
    evtxw_literal(w, "5156");
    evtxw_close(w, id);
    evtxw_close(w, system);
    at[1] = evtxw_open(w, "EventData", 0xFFFF, false);
    evtxw_content(w);
}

static void put_body(struct evtx_writer *w, const struct shape *how, uint32_t definition)
{
    uint32_t open[2];
    open_event(w, open);
    for (uint32_t f = 0; f < how->fields; f++) {
        uint32_t at = evtxw_open(w, "D", 0xFFFF, false);
        evtxw_content(w);
        for (uint32_t i = 0; i < how->pieces; i++)
            evtxw_substitution(w, 0, how->value.type, false);
        evtxw_close(w, at);
    }
    for (uint32_t i = 0; i < how->nested; i++) {
        evtxw_u16(w, 0x010C);
        evtxw_u32(w, 9);
        evtxw_u32(w, definition);
        (void)evtxw_values(w, &how->value, 1);
    }
    evtxw_close(w, open[1]);
    evtxw_close(w, open[0]);
}

static void put_record(struct evtx_writer *w, const struct shape *how, uint64_t id)
{
    uint32_t at;
    for (int again = 0; again < 2; again++) {
        evtxw_record(w, id, 5);
        evtxw_fragment(w);
        if (evtxw_instance(w, how->redefine ? 10 + id : 9, &at)) {
            put_body(w, how, at);
            evtxw_defined(w, at);
        }
        (void)evtxw_values(w, &how->value, 1);
        if (evtxw_record_end(w))
            return;
    }
}

/* What is behind a chunk's records is left out: its next one begins there. */
static void write_cut(const struct evtx_writer *w, FILE *f)
{
    (void)fwrite(w->data, 1, EVTXW_FILE_HEADER, f);
    for (size_t i = 0; i < evtxd_chunks(w->size); i++) {
        const uint8_t *chunk = w->data + EVTXW_FILE_HEADER + i * (size_t)EVTXW_CHUNK;
        (void)fwrite(chunk, 1, evtxd_free(chunk), f);
    }
}

static void write_records(FILE *f, uint64_t bytes, const struct shape *how)
{
    struct evtx_writer w;
    uint64_t id = 1, used = 0;
    if (!evtxwriter_begin(&w, NULL))
        return;
    for (; used < bytes; id++) {
        uint32_t before = w.at;
        put_record(&w, how, id);
        used += w.at > before ? w.at - before : w.at;
        if (how->records != 0 && id % how->records == 0)
            evtxwriter_flush(&w);
    }
    if (evtxwriter_end(&w))
        write_cut(&w, f);
    evtxwriter_free(&w);
}

/* ---- the cases ------------------------------------------------------------------------------ */

void worst_evtx_honest(FILE *f, uint64_t bytes)
{
    struct sample *s = calloc(1, sizeof *s);
    struct sample_flow flow = {0};
    struct evtx_writer w;
    uint64_t seed = 1;
    if (s == NULL || !evtxwriter_begin(&w, NULL))
        exit(1);
    for (uint64_t id = 1; w.size < bytes; id++) {
        sample_flow_next(&flow, &seed);
        sample_of_flow(s, id, &flow);
        (void)evtxwriter_event(&w, &s->ev);
    }
    if (evtxwriter_end(&w))
        (void)fwrite(w.data, 1, w.size, f);
    evtxwriter_free(&w);
    free(s);
}

static struct evtxw_value a_float(void)
{
    return (struct evtxw_value){.p = &largest, .size = 8, .type = EVTXW_F64};
}

void worst_evtx_floats(FILE *f, uint64_t bytes)
{
    struct shape how = {.fields = 3, .pieces = 2300, .value = a_float()};
    write_records(f, bytes, &how);
}

void worst_evtx_float_blocks(FILE *f, uint64_t bytes)
{
    struct shape how = {.fields = 1, .pieces = 60, .nested = 4, .value = a_float(), .records = 3};
    write_records(f, bytes, &how);
}

void worst_evtx_float_fields(FILE *f, uint64_t bytes)
{
    struct shape how = {.fields = 1000, .pieces = 1, .value = a_float()};
    write_records(f, bytes, &how);
}

void worst_evtx_float_array(FILE *f, uint64_t bytes)
{
    static double many[1000];
    for (size_t i = 0; i < 1000; i++)
        many[i] = largest;
    struct shape how = {.fields = 20,
                        .pieces = 1,
                        .value = {.p = many, .size = sizeof many, .type = EVTXW_F64 | 0x80}};
    write_records(f, bytes, &how);
}

void worst_evtx_sids(FILE *f, uint64_t bytes)
{
    static uint8_t sid[68] = {1, 15, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    memset(sid + 8, 0xFF, sizeof sid - 8);
    struct shape how = {
        .fields = 10, .pieces = 300, .value = {.p = sid, .size = sizeof sid, .type = EVTXW_SID}};
    write_records(f, bytes, &how);
}

void worst_evtx_wide(FILE *f, uint64_t bytes)
{
    static uint8_t text[2000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 == 0 ? 0x2D : 0x4E;
    struct shape how = {
        .fields = 50, .pieces = 1, .value = {.p = text, .size = sizeof text, .type = EVTXW_STRING}};
    write_records(f, bytes, &how);
}

void worst_evtx_nested(FILE *f, uint64_t bytes)
{
    struct shape how = {.nested = 500, .value = {.p = "", .size = 0, .type = EVTXW_NULL}};
    write_records(f, bytes, &how);
}

void worst_evtx_chunks(FILE *f, uint64_t bytes)
{
    struct shape how = {.value = {.p = "", .size = 0, .type = EVTXW_NULL}, .records = 1};
    write_records(f, bytes, &how);
}

void worst_evtx_broken(FILE *f, uint64_t bytes)
{
    uint8_t block[EVTXW_CHUNK];
    memset(block, 0, sizeof block);
    memcpy(block, "ElfChnk", 8);
    evtxd_set32(block + 40, 128);
    evtxd_set32(block + 48, EVTXW_CHUNK);
    for (uint32_t at = EVTXW_CHUNK_HEADER; at + 32 <= EVTXW_CHUNK; at += 32) {
        memcpy(block + at, "**\0\0", 4);
        evtxd_set32(block + at + 4, EVTXW_CHUNK - at);
        evtxd_set64(block + at + 8, at);
        block[at + 24] = 0x41;
    }
    evtxd_seal(block);
    for (uint64_t n = 0; n < bytes; n += sizeof block)
        (void)fwrite(block, 1, sizeof block, f);
}

void worst_evtx_crowded(FILE *f, uint64_t bytes)
{
    struct shape how = {.value = {.p = "", .size = 0, .type = EVTXW_NULL}, .redefine = true};
    write_records(f, bytes, &how);
}

void worst_evtx_versions(FILE *f, uint64_t bytes)
{
    static const char add[] = "%%16384", gone[] = "%%16385";
    static uint8_t type[2][32], name[400];
    struct evtx_field fields[] = {
        {.name = "ChangeType", .type = EVTXW_STRING, .data = type[0]},
        {.name = "FilterKey", .type = EVTXW_STRING},
        {.name = "FilterId", .type = EVTXW_U64, .size = 8, .data = "\7\0\0\0\0\0\0"},
        {.name = "FilterName", .type = EVTXW_STRING, .size = sizeof name, .data = name},
    };
    uint8_t key[96];
    struct sample *s = calloc(1, sizeof *s);
    struct evtx_writer w;
    for (size_t i = 0; i < sizeof name; i += 2)
        name[i] = 'n';
    if (s == NULL || !evtxwriter_begin(&w, NULL))
        exit(1);
    sample_plain(s, 1, "a.exe");
    s->ev.event_id = 5447;
    s->ev.fields = fields;
    s->ev.field_count = sizeof fields / sizeof *fields;
    for (uint64_t id = 1; w.size < 12 * bytes; id++) { /* it grows with the square */
        char text[64];
        (void)snprintf(text, sizeof text, "{01234567-0123-0123-0123-%012llx}",
                       (unsigned long long)id / 2);
        fields[1].data = key;
        fields[1].size = (uint16_t)evtxw_utf16(text, key, sizeof key);
        fields[0].data = type[0];
        fields[0].size = (uint16_t)evtxw_utf16(id % 2 != 0 ? add : gone, type[0], sizeof type[0]);
        s->ev.record_id = id;
        (void)evtxwriter_event(&w, &s->ev);
    }
    if (evtxwriter_end(&w))
        (void)fwrite(w.data, 1, w.size, f);
    evtxwriter_free(&w);
    free(s);
}
