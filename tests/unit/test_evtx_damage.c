/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Damage within one chunk loses what it must, no more, and the log says where it is. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "writer/evtx_made.h"

enum { CHUNKS = 3, EACH = 6, EVENTS = CHUNKS * EACH };

/* A file of three chunks with six records each, to be damaged. */
struct damage {
    struct made *m;
    uint8_t *chunk; /* the second */
    uint64_t chunk_at;
    uint8_t fate[EVENTS];
};

static struct damage begin(void)
{
    struct damage d = {.m = made_chunks(CHUNKS, EACH)};
    d.chunk = evtxd_chunk(d.m->data, 1);
    d.chunk_at = EVTXW_FILE_HEADER + EVTXW_CHUNK;
    return d;
}

/* The offset in the second chunk of its i-th record. */
static uint32_t record(const struct damage *d, size_t i)
{
    return (uint32_t)(d->m->events[EACH + i].at - d->chunk_at);
}

static void lose(struct damage *d, size_t i, enum made_fate fate)
{
    d->fate[EACH + i] = (uint8_t)fate;
}

/* Reads; `skipped` and `warnings` (-1: any number) are what is to be told, and the first line has
 * to name the place `at`, when that is not 0. */
static void check(struct damage *d, uint32_t flags, int skipped, int warnings, uint64_t at)
{
    struct read_back *r = made_read(d->m, flags);
    const char *wrong = made_differs(d->m, r, d->fate);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    assert_int_equal(r->stats.skipped + r->stats.warnings, r->log_count);
    if (skipped >= 0)
        assert_int_equal(r->stats.skipped, skipped);
    if (warnings >= 0)
        assert_int_equal(r->stats.warnings, warnings);
    if (at != 0)
        assert_int_equal(readback_offset(r->log_count > 0 ? r->logs[0] : NULL), at);
    assert_int_equal(r->stats.bytes_read, d->m->size);
    readback_free(r);
}

static void end(struct damage *d)
{
    made_free(d->m);
}

/* The same with and without the checksums mended, as a careful hand would. */
static void check_sealed_or_not(struct damage *d, int skipped, uint64_t at)
{
    check(d, 0, skipped, -1, 0);
    check(d, READBACK_VERIFY, skipped, -1, 0);
    check(d, READBACK_THREADS, skipped, -1, 0);
    evtxd_seal(d->chunk);
    check(d, 0, skipped, -1, at);
}

/* ---- headers -------------------------------------------------------------------------------- */

static void the_files_header_is_not_needed(void **state)
{
    (void)state;
    for (int what = 0; what < 5; what++) {
        struct damage d = begin();
        switch (what) {
        case 0: /* dirty and full */
            d.m->data[120] = 3;
            break;
        case 1: /* fewer chunks than there are */
            d.m->data[42] = 1;
            break;
        case 2: /* more */
            d.m->data[42] = 99;
            break;
        case 3:
            memset(d.m->data + 16, 0xFF, 100);
            break;
        default:
            memset(d.m->data, 0, EVTXW_FILE_HEADER);
        }
        if (what < 3)
            evtxd_seal_file(d.m->data);
        check(&d, 0, 0, 0, 0);
        end(&d);
    }
}

static void wrong_checksums(void **state)
{
    struct damage d = begin();
    (void)state;
    d.chunk[124] ^= 1;
    check(&d, 0, 0, 1, d.chunk_at);
    d.chunk[124] ^= 1;
    d.chunk[52] ^= 1; /* of the records: the header's is wrong then, too, unless it is mended */
    check(&d, 0, 0, 1, d.chunk_at);
    check(&d, READBACK_VERIFY, 0, 2, d.chunk_at);
    evtxd_set32(d.chunk + 52, 0);
    end(&d);
}

static void a_chunk_without_its_signature(void **state)
{
    struct damage d = begin();
    (void)state;
    memset(d.chunk, 0, 8);
    check(&d, 0, 0, 1, d.chunk_at);
    memset(d.chunk, 0xFF, EVTXW_CHUNK_HEADER); /* nothing of the header is left */
    check(&d, 0, 0, 1, d.chunk_at);
    memset(d.chunk, 0, EVTXW_CHUNK_HEADER);
    check(&d, 0, 0, 1, d.chunk_at);
    end(&d);
}

static void a_chunk_that_is_gone(void **state)
{
    (void)state;
    for (int fill = 0; fill < 2; fill++) {
        struct damage d = begin();
        memset(d.chunk, fill == 0 ? 0 : 0xA5, EVTXW_CHUNK);
        for (size_t i = 0; i < EACH; i++)
            lose(&d, i, FATE_LOST);
        check(&d, 0, fill == 0 ? 0 : 1, 0, fill == 0 ? 0 : d.chunk_at);
        end(&d);
    }
}

/* Records that were overwritten with zeros: what the header knows of is missing. */
static void records_that_are_wiped(void **state)
{
    (void)state;
    for (size_t from = 0; from < EACH; from++)
        for (size_t n = 1; from + n <= EACH; n++) {
            struct damage d = begin();
            uint32_t start = record(&d, from);
            uint32_t stop = from + n < EACH ? record(&d, from + n) : evtxd_free(d.chunk);
            memset(d.chunk + start, 0, stop - start);
            for (size_t i = from == 0 ? 0 : from; i < (from == 0 ? EACH : from + n); i++)
                lose(&d, i, i < from + n ? FATE_LOST : FATE_ANY); /* the first has the templates */
            check(&d, 0, -1, -1, d.chunk_at + start);
            evtxd_seal(d.chunk);
            check(&d, READBACK_VERIFY, from == 0 ? -1 : 1, 0, d.chunk_at + start);
            end(&d);
        }
}

/* ---- where the records end ------------------------------------------------------------------ */

/* The free space begins elsewhere than the header says; no record is lost. */
static void a_wrong_end_of_records(void **state)
{
    (void)state;
    for (int what = 0; what < 8; what++)
        for (int sealed = 0; sealed < 2; sealed++) {
            struct damage d = begin();
            uint32_t free = evtxd_free(d.chunk);
            const uint32_t wrong[] = {0,
                                      511,
                                      EVTXW_CHUNK + 1,
                                      UINT32_MAX,
                                      record(&d, 3),
                                      record(&d, 3) + 8,
                                      record(&d, 1) + 3,
                                      EVTXW_CHUNK};
            assert_true(free < EVTXW_CHUNK);
            evtxd_set32(d.chunk + 48, wrong[what]);
            if (sealed != 0)
                evtxd_seal(d.chunk);
            check(&d, 0, 0, sealed != 0 ? 0 : 1, sealed != 0 ? 0 : d.chunk_at);
            end(&d);
        }
}

/* A header that was written when only the first records were there, as in a log that was never
 * closed. */
static void a_header_older_than_its_records(void **state)
{
    struct damage d = begin();
    (void)state;
    evtxd_set32(d.chunk + 48, record(&d, 2));
    evtxd_set64(d.chunk + 16, d.m->events[EACH + 1].id);
    evtxd_set64(d.chunk + 32, d.m->events[EACH + 1].id);
    evtxd_seal(d.chunk);
    check(&d, 0, 0, 0, 0);
    check(&d, READBACK_VERIFY, 0, 0, 0);
    end(&d);
}

/* ---- records of an earlier use -------------------------------------------------------------- */

/* Behind the records of the second chunk, the tail of the first one, as if it had been there
 * before. */
static struct damage with_stale_records(void)
{
    struct damage d = begin();
    evtxd_set32(d.chunk + 48, record(&d, 3));
    evtxd_set64(d.chunk + 16, d.m->events[EACH + 2].id);
    evtxd_set64(d.chunk + 32, d.m->events[EACH + 2].id);
    evtxd_stale(d.chunk, evtxd_chunk(d.m->data, 0));
    for (size_t i = 3; i < EACH; i++)
        lose(&d, i, FATE_LOST);
    evtxd_seal(d.chunk);
    return d;
}

static void stale_records_are_not_reported(void **state)
{
    struct damage d = with_stale_records();
    (void)state;
    check(&d, 0, 0, 0, 0);
    check(&d, READBACK_VERIFY, 0, 0, 0);
    end(&d);
}

/* Nor those that are newer but do not go on from the last one. */
static void nor_records_of_later_numbers(void **state)
{
    struct damage d = with_stale_records();
    (void)state;
    evtxd_stale(d.chunk, evtxd_chunk(d.m->data, 2));
    check(&d, 0, 0, 0, 0);
    check(&d, READBACK_VERIFY, 0, 0, 0);
    end(&d);
}

static void nor_when_the_end_is_wrong(void **state)
{
    (void)state;
    for (int what = 0; what < 4; what++)
        for (int sealed = 0; sealed < 2; sealed++) {
            struct damage d = with_stale_records();
            const uint32_t wrong[] = {0, EVTXW_CHUNK, record(&d, 5), UINT32_MAX};
            evtxd_set32(d.chunk + 48, wrong[what]);
            if (sealed != 0)
                evtxd_seal(d.chunk);
            check(&d, 0, -1, -1, 0);
            memset(d.chunk, 0, 8); /* and the signature is lost */
            check(&d, 0, -1, -1, 0);
            end(&d);
        }
}

/* A chunk that has begun anew and holds no record yet. */
static void a_chunk_of_stale_records_only(void **state)
{
    struct damage d = with_stale_records();
    (void)state;
    memcpy(d.chunk, evtxd_chunk(d.m->data, 0), EVTXW_CHUNK);
    evtxd_set32(d.chunk + 48, EVTXW_CHUNK_HEADER);
    evtxd_seal(d.chunk);
    for (size_t i = 0; i < EACH; i++)
        lose(&d, i, FATE_LOST);
    check(&d, 0, 0, 0, 0);
    end(&d);
}

/* ---- sizes of records ----------------------------------------------------------------------- */

static void set_size(struct damage *d, size_t i, uint32_t size)
{
    evtxd_set32(d->chunk + record(d, i) + 4, size);
}

static uint32_t size_of(const struct damage *d, size_t i)
{
    return evtxd_get32(d->chunk + record(d, i) + 4);
}

static void a_record_of_no_possible_size(void **state)
{
    static const uint32_t sizes[] = {0, 1, 27, 65536, 65537, 0x7FFFFFFF, UINT32_MAX};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t i = 1; i < EACH; i++) {
            struct damage d = begin();
            set_size(&d, i, sizes[s]);
            lose(&d, i, FATE_LOST);
            check_sealed_or_not(&d, 1, d.chunk_at + record(&d, i));
            end(&d);
        }
}

/* The record says that it is shorter than it is: what it says cannot be all of it. */
static void a_record_that_says_it_is_shorter(void **state)
{
    static const uint32_t sizes[] = {28, 32, 40, 64, 104};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct damage d = begin();
        set_size(&d, 2, sizes[s]);
        lose(&d, 2, FATE_LOST);
        check(&d, 0, -1, -1, d.chunk_at + record(&d, 2));
        end(&d);
    }
}

/* It says that it is longer, and those behind it are read all the same. */
static void a_record_that_says_it_is_longer(void **state)
{
    (void)state;
    for (int what = 0; what < 4; what++) {
        struct damage d = begin();
        const uint32_t sizes[] = {size_of(&d, 2) + 8, size_of(&d, 2) + size_of(&d, 3),
                                  size_of(&d, 2) + size_of(&d, 3) + 16,
                                  size_of(&d, 2) + size_of(&d, 3) + size_of(&d, 4)};
        set_size(&d, 2, sizes[what]);
        check(&d, 0, -1, -1, d.chunk_at + record(&d, 2));
        end(&d);
    }
}

static void sizes_that_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < EACH; i++) {
        struct damage d = begin();
        evtxd_set32(d.chunk + record(&d, i) + size_of(&d, i) - 4, 0x1234);
        check(&d, 0, 0, 1, d.chunk_at + record(&d, i));
        check(&d, READBACK_VERIFY, 0, 2, 0);
        end(&d);
    }
}

static void a_record_without_its_signature(void **state)
{
    (void)state;
    for (size_t i = 1; i < EACH; i++) {
        struct damage d = begin();
        d.chunk[record(&d, i)] = 0;
        lose(&d, i, FATE_LOST);
        check_sealed_or_not(&d, 1, d.chunk_at + record(&d, i));
        end(&d);
    }
}

/* The record's own number is only a hint: the event's is in its System part. */
static void a_record_of_a_wrong_number(void **state)
{
    static const uint64_t ids[] = {0, 1, 5, UINT64_MAX, 0x7FFFFFFF};
    (void)state;
    for (size_t n = 0; n < sizeof ids / sizeof *ids; n++)
        for (size_t i = 0; i < EACH; i++) {
            struct damage d = begin();
            evtxd_set64(d.chunk + record(&d, i) + 8, ids[n]);
            if (ids[n] < SAMPLE_ID_FIRST)
                lose(&d, i, FATE_ANY); /* it looks like one of an earlier use */
            check_sealed_or_not(&d, -1, 0);
            end(&d);
        }
}

/* ---- content -------------------------------------------------------------------------------- */

/* One byte of a record is changed; whatever comes of that record, the others are there. Its first
 * use of a template or a name serves the later ones: so it is the last record. */
static void any_byte_of_a_record(void **state)
{
    static const uint8_t changes[] = {0x01, 0x40, 0xFF};
    struct damage d = begin();
    uint32_t at = record(&d, EACH - 1), size = size_of(&d, EACH - 1);
    (void)state;
    lose(&d, EACH - 1, FATE_ANY);
    for (uint32_t i = 0; i < size; i++)
        for (size_t c = 0; c < sizeof changes; c++) {
            d.chunk[at + i] ^= changes[c];
            check(&d, READBACK_NO_JSON, -1, -1, 0);
            d.chunk[at + i] ^= changes[c];
        }
    end(&d);
}

/* The same in the first record, which has the definitions: its chunk may be lost, others not. */
static void any_byte_of_the_definitions(void **state)
{
    struct damage d = begin();
    uint32_t at = record(&d, 0), size = size_of(&d, 0);
    (void)state;
    for (size_t i = 0; i < EACH; i++)
        lose(&d, i, FATE_ANY);
    for (uint32_t i = 0; i < size; i++) {
        d.chunk[at + i] ^= 0x55;
        check(&d, READBACK_NO_JSON, -1, -1, 0);
        d.chunk[at + i] ^= 0x55;
    }
    end(&d);
}

/* Where the fragment with EventData begins in a record of the second chunk. */
static uint32_t fragment(const struct damage *d, size_t i)
{
    static const uint8_t start[] = {0x0F, 1, 1, 0, 0x0C, 1};
    uint32_t at = record(d, i) + 40; /* behind the record's own */
    while (memcmp(d->chunk + at, start, sizeof start) != 0)
        at++;
    return at;
}

/* A record that cannot be read, but is ours by its System part, is received and undecoded. */
static void unreadable_records_of_ours_are_counted(void **state)
{
    struct damage d = begin();
    (void)state;
    evtxd_set32(d.chunk + fragment(&d, 2) + 14, 0xFFFF); /* the number of values */
    lose(&d, 2, FATE_LOST);
    struct read_back *r = made_read(d.m, 0);
    assert_null(made_differs(d.m, r, d.fate));
    assert_int_equal(r->stats.skipped, 1);
    assert_int_equal(r->stats.received, EVENTS);
    assert_int_equal(r->stats.undecoded, 1);
    assert_int_equal(readback_offset(r->logs[0]), d.chunk_at + record(&d, 2));
    readback_free(r);
    end(&d);
}

/* Behind such a record, too, those of a header older than its records go on. */
static void a_broken_record_before_an_older_headers_end(void **state)
{
    struct damage d = begin();
    (void)state;
    evtxd_set32(d.chunk + fragment(&d, 2) + 14, 0xFFFF);
    evtxd_set32(d.chunk + 48, record(&d, 3));
    evtxd_set64(d.chunk + 32, d.m->events[EACH + 2].id);
    evtxd_seal(d.chunk);
    lose(&d, 2, FATE_LOST);
    check(&d, 0, 1, 0, d.chunk_at + record(&d, 2));
    end(&d);
}

/* A value's size or type that is not right: its own record is lost or garbled, no other. */
static void sizes_of_values(void **state)
{
    static const uint32_t wrong[] = {0, 1, 7, 100, 0x7FFF, 0xFFFF};
    struct damage d = begin();
    uint32_t table = fragment(&d, 2) + 18;
    (void)state;
    lose(&d, 2, FATE_ANY);
    for (uint32_t v = 0; v < 13; v++)
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
            for (uint32_t type = 0; type < 0x100; type += 11) {
                uint32_t before = evtxd_get32(d.chunk + table + 4 * v);
                evtxd_set32(d.chunk + table + 4 * v, wrong[i] | type << 16);
                check(&d, 0, -1, -1, 0);
                evtxd_set32(d.chunk + table + 4 * v, before);
            }
    end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_header_is_not_needed),
        cmocka_unit_test(wrong_checksums),
        cmocka_unit_test(a_chunk_without_its_signature),
        cmocka_unit_test(a_chunk_that_is_gone),
        cmocka_unit_test(records_that_are_wiped),
        cmocka_unit_test(a_wrong_end_of_records),
        cmocka_unit_test(a_header_older_than_its_records),
        cmocka_unit_test(stale_records_are_not_reported),
        cmocka_unit_test(nor_records_of_later_numbers),
        cmocka_unit_test(nor_when_the_end_is_wrong),
        cmocka_unit_test(a_chunk_of_stale_records_only),
        cmocka_unit_test(a_record_of_no_possible_size),
        cmocka_unit_test(a_record_that_says_it_is_shorter),
        cmocka_unit_test(a_record_that_says_it_is_longer),
        cmocka_unit_test(sizes_that_differ),
        cmocka_unit_test(a_record_without_its_signature),
        cmocka_unit_test(a_record_of_a_wrong_number),
        cmocka_unit_test(any_byte_of_a_record),
        cmocka_unit_test(any_byte_of_the_definitions),
        cmocka_unit_test(unreadable_records_of_ours_are_counted),
        cmocka_unit_test(a_broken_record_before_an_older_headers_end),
        cmocka_unit_test(sizes_of_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
