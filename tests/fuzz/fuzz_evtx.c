/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * EVTX: a block through the decoder, the batch and JSON; what starts as a file does goes through
 * wfpw_add_memory, too. With libFuzzer, inputs are changed as what they are: records and their
 * values, with checksums made right again, or not (make_evtx_seeds.c writes the first ones). */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/batch.h"
#include "decode/evtx/evtx.h"
#include "lines.h"
#include "writer/evtx_damage.h"

enum { JSON_MAX = 4 * 1024 * 1024, BATCH_MIN = 320 * 1024 };

#define check(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);          \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* What is used again from input to input. */
static struct {
    struct evtx evtx;
    wfpw_batch *batch, *prepared; /* the other one is only to be written as JSON */
    char *json, *same;
} * fuzz;

static void set_up(void)
{
    if (fuzz != NULL)
        return;
    fuzz = calloc(1, sizeof *fuzz);
    check(fuzz != NULL);
    fuzz->batch = wfpw_batch_new(64, BATCH_MIN);
    fuzz->prepared = wfpw_batch_new(64, BATCH_MIN);
    fuzz->json = malloc(JSON_MAX);
    fuzz->same = malloc(JSON_MAX);
    check(fuzz->batch != NULL && fuzz->prepared != NULL && fuzz->json != NULL &&
          fuzz->same != NULL);
    check(wfpw_batch_set_format(fuzz->prepared, WFPW_FORMAT_JSON) == WFPW_OK);
}

/* ---- an event ------------------------------------------------------------------------------- */

static void check_text(const char *s)
{
    size_t n = s != NULL ? strlen(s) : 0;
    check(s == NULL || text_utf8_valid(s, n) == n);
}

static void check_fields(const wfpw_audit *a)
{
    for (uint32_t i = 0; i < a->field_count; i++) {
        const char *at = (const char *)a->fields + (size_t)i * a->field_stride;
        const wfpw_field *f = (const wfpw_field *)(const void *)at;
        check(f->name != NULL && f->value != NULL);
        check_text(f->name);
        check_text(f->value);
        check(strlen(f->name) == f->name_length && strlen(f->value) == f->value_length);
    }
}

static void check_event(const wfpw_event *ev)
{
    size_t needed = 0;
    int n = wfpw_to_json(ev, 0, fuzz->json, JSON_MAX, &needed);
    check(n > 1 && (size_t)n == needed && fuzz->json[0] == '{' && fuzz->json[n - 1] == '}');
    check(text_utf8_valid(fuzz->json, needed) == needed);
    check(wfpw_to_json(ev, 0, fuzz->json, needed, NULL) == WFPW_E_RANGE);
    check_text(ev->device_path);
    check_text(ev->user_sid);
    check_text(ev->user_name);
    check_text(ev->filter_origin);
    check(ev->audit != NULL);
    check_text(ev->audit->computer);
    check_fields(ev->audit);
}

/* ---- a block -------------------------------------------------------------------------------- */

static int line_of(const wfpw_batch *b, char *room)
{
    uint32_t at = 0;
    return wfpw_batch_to_json(b, 0, &at, 1, room, JSON_MAX, NULL);
}

/* Both ways, whatever the record holds. */
static void check_prepared(const struct record *r)
{
    batch_clear(fuzz->prepared);
    check(batch_add(fuzz->prepared, r, 1));
    int n = line_of(fuzz->batch, fuzz->json), same = line_of(fuzz->prepared, fuzz->same);
    check(n > 0 && n == same && memcmp(fuzz->json, fuzz->same, (size_t)n) == 0);
}

static void check_record(const struct record *r)
{
    check(r != NULL && r->bytes <= RECORD_MAX && r->bytes % 8 == 0);
    batch_clear(fuzz->batch);
    check(batch_add(fuzz->batch, r, 1)); /* any record has room in an empty batch */
    check_event(wfpw_batch_get(fuzz->batch, 0));
    check_prepared(r);
}

static void run_block(const uint8_t *data, uint32_t size)
{
    struct evtx *x = &fuzz->evtx;
    uint32_t found_max = size / 4 + 16, last = 0;
    enum evtx_found found;
    x->verify = true;
    x->source = WFPW_SOURCE_EVTX;
    evtx_block(x, data, size);
    while ((found = evtx_next(x)) != EVTX_END) {
        check(found_max-- > 0 && x->at <= size && x->at >= last);
        last = x->at;
        if (found == EVTX_RECORD)
            check_record(x->record);
        else
            check(x->why != NULL && x->where <= size);
    }
}

/* ---- a file --------------------------------------------------------------------------------- */

static void run_file(const uint8_t *data, size_t size)
{
    wfpw_options o = {.size = sizeof o, .flags = WFPW_OPEN_VERIFY};
    wfpw_stats st = {.size = sizeof st};
    wfpw_session *s;
    uint64_t events = 0;
    int n;
    check(wfpw_open(&o, &s, NULL) == WFPW_OK);
    if (wfpw_add_memory(s, data, size, NULL) == WFPW_OK) {
        while ((n = wfpw_read(s, fuzz->batch, 0, NULL)) >= 0) {
            for (uint32_t i = 0; i < (uint32_t)n; i++)
                check_event(wfpw_batch_get(fuzz->batch, i));
            check(lines_agree(fuzz->batch, fuzz->json, JSON_MAX));
            events += (uint64_t)n;
        }
        check(n == WFPW_E_EOF && wfpw_get_stats(s, &st) == WFPW_OK);
        check(st.delivered == events && st.received == events + st.undecoded);
        check(st.bytes_read == size);
    }
    wfpw_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    set_up();
    if (evtx_is_file(data, size))
        run_file(data, size);
    run_block(data, size < EVTX_BLOCK ? (uint32_t)size : EVTX_BLOCK);
    return 0;
}

/* ---- changing inputs ------------------------------------------------------------------------ */

#ifdef WFPW_FUZZ

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/* The chunk under change; of a file, one of its chunks. */
struct change {
    uint8_t *p;
    size_t size, room;
    uint64_t seed;
    size_t records, at[256]; /* where records start */
};

static uint32_t below(struct change *c, size_t n)
{
    c->seed = c->seed * 6364136223846793005u + 1442695040888963407u;
    return n == 0 ? 0 : (uint32_t)((c->seed >> 33) % n);
}

static void find_records(struct change *c)
{
    c->records = 0;
    for (size_t at = 0; at + 28 <= c->size && c->records < 256; at += 8)
        if (memcmp(c->p + at, "**\0\0", 4) == 0)
            c->at[c->records++] = at;
}

/* A record, with the bytes that are its own. */
static size_t some_record(struct change *c, size_t *size)
{
    size_t at = c->at[below(c, c->records)], n = evtxd_get32(c->p + at + 4);
    *size = n >= 28 && n <= c->size - at ? n : c->size - at;
    return at;
}

/* A number of the kind that stands in binary XML: an offset of the chunk, a size, a type. */
static uint32_t telling(struct change *c)
{
    static const uint32_t some[] = {0,      1,      2,       3,          7,         8,      16,
                                    32,     0x7F,   0x80,    0xFF,       0x100,     0x1FF,  0x200,
                                    0x21,   0x81,   0x8F,    0x94,       0x4000,    0x7FFF, 0x8000,
                                    0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF};
    uint32_t kind = below(c, 3);
    if (kind == 0)
        return below(c, c->size + 8);
    if (kind == 1 && c->records > 0)
        return (uint32_t)c->at[below(c, c->records)] + 24 + below(c, 48);
    return some[below(c, sizeof some / sizeof *some)];
}

static void change_number(struct change *c)
{
    static const uint8_t tokens[] = {0x00, 0x01, 0x41, 0x02, 0x03, 0x04, 0x05,
                                     0x45, 0x06, 0x46, 0x07, 0x08, 0x09, 0x0A,
                                     0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x21, 0x81};
    size_t size, at = some_record(c, &size), where = at + below(c, size - 4);
    uint32_t v = telling(c), kind = below(c, 4);
    if (kind == 0)
        c->p[where] = tokens[below(c, sizeof tokens)];
    else if (kind == 1)
        c->p[where] = (uint8_t)(c->p[where] + 1 - 2 * below(c, 2));
    else
        memcpy(c->p + where,
               (uint8_t[4]){(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)},
               kind == 2 ? 2 : 4);
}

/* Bytes of one record over those of another. */
static void splice(struct change *c)
{
    size_t from_size, to_size, from = some_record(c, &from_size), to = some_record(c, &to_size);
    size_t start = below(c, from_size), n = 1 + below(c, 64), where = below(c, to_size);
    n = n < from_size - start ? n : from_size - start;
    n = n < to_size - where ? n : to_size - where;
    memmove(c->p + to + where, c->p + from + start, n);
}

/* A record once more, at the end of what is there. */
static void append(struct change *c)
{
    size_t size, at = some_record(c, &size);
    size = (size + 7) & ~(size_t)7;
    if (size > c->room - c->size || at + size > c->size)
        return;
    memcpy(c->p + c->size, c->p + at, size);
    evtxd_set64(c->p + c->size + 8, evtxd_get64(c->p + c->at[c->records - 1] + 8) + 1);
    c->size += size;
}

/* libFuzzer's own changes, within a record. */
static void change_bytes(struct change *c)
{
    size_t size, at = some_record(c, &size);
    size_t start = below(c, size), n = 1 + below(c, 40);
    n = n < size - start ? n : size - start;
    (void)LLVMFuzzerMutate(c->p + at + start, n, n);
}

/* Makes right what a change made wrong, most of the time. */
static void mend(struct change *c)
{
    find_records(c);
    for (size_t i = 0; i < c->records && below(c, 4) != 0; i++) {
        size_t next = i + 1 < c->records ? c->at[i + 1] : c->size, size = next - c->at[i];
        if (below(c, 8) == 0 || size < 28)
            continue;
        evtxd_set32(c->p + c->at[i] + 4, (uint32_t)size);
        evtxd_set32(c->p + next - 4, (uint32_t)size);
    }
    if (c->size < EVTXW_CHUNK_HEADER || below(c, 8) == 0)
        return;
    memcpy(c->p, "ElfChnk", 8);
    evtxd_set32(c->p + 40, 128);
    if (below(c, 8) != 0)
        evtxd_set32(c->p + 48, (uint32_t)(c->size < EVTXW_CHUNK ? c->size : EVTXW_CHUNK));
    if (below(c, 4) != 0 && evtxd_free(c->p) <= c->size)
        evtxd_seal(c->p);
}

static void change_chunk(struct change *c)
{
    static void (*const changes[])(struct change *) = {change_number, change_number, change_number,
                                                       splice,        append,        change_bytes};
    for (uint32_t i = 0, n = 1 + below(c, 4); i < n; i++)
        changes[below(c, sizeof changes / sizeof *changes)](c);
    mend(c);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    size_t skip = evtx_is_file(data, size) && size > EVTXW_FILE_HEADER ? EVTXW_FILE_HEADER : 0;
    struct change c = {
        .p = data + skip, .size = size - skip, .room = max_size - skip, .seed = seed};
    if (skip != 0 && c.size > EVTXW_CHUNK && below(&c, 2) == 0) {
        size_t chunk = below(&c, c.size / EVTXW_CHUNK) * (size_t)EVTXW_CHUNK;
        c.p += chunk;
        skip += chunk;
        c.size = size - skip;
        c.room = max_size - skip;
    }
    find_records(&c);
    if (c.records == 0 || below(&c, 6) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    change_chunk(&c);
    return skip + c.size;
}

#endif
