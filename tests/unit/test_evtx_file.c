/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Finding the chunks of a file: cut off, with bytes missing or too many, and with chunks where none
 * should be. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "writer/evtx_made.h"

static void assert_fates(struct made *m, const struct read_back *r, const uint8_t *fate)
{
    const char *wrong = made_differs(m, r, fate);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    assert_int_equal(r->stats.skipped + r->stats.warnings, r->log_count);
    assert_int_equal(r->stats.bytes_read, r->stats.bytes_total);
}

/* Reads m without threads, and with some, which have to say the same. */
static void assert_reads(struct made *m, const uint8_t *fate, bool with_threads)
{
    struct read_back *one = made_read(m, READBACK_NO_JSON);
    assert_fates(m, one, fate);
    if (with_threads) {
        struct read_back *many = made_read(m, READBACK_NO_JSON | READBACK_THREADS);
        assert_fates(m, many, fate);
        assert_int_equal(one->event_count, many->event_count);
        assert_int_equal(one->log_count, many->log_count);
        for (size_t i = 0; i < one->log_count; i++)
            assert_string_equal(one->logs[i], many->logs[i]);
        readback_free(many);
    }
    readback_free(one);
}

/* ---- a file that is cut off ----------------------------------------------------------------- */

/* From a copy of the exact size, so that a sanitizer sees what is read behind it. */
static struct read_back *read_cut(struct made *m, size_t cut)
{
    size_t size = m->size;
    m->size = cut;
    struct read_back *r = made_read(m, READBACK_NO_JSON);
    m->size = size;
    return r;
}

static void check_cut(struct made *m, size_t cut)
{
    uint8_t fate[64] = {FATE_READ};
    long long partial = -1; /* where the record begins that the cut goes through */
    for (size_t i = 0; i < m->count; i++) {
        fate[i] = m->events[i].end <= cut ? FATE_READ : FATE_LOST;
        if (m->events[i].at < cut && m->events[i].end > cut)
            partial = (long long)m->events[i].at;
    }
    struct read_back *r = read_cut(m, cut);
    if (cut < 8) {
        assert_int_equal(r->open_status, WFPW_E_FORMAT);
        assert_int_equal(r->event_count, 0);
    } else {
        assert_fates(m, r, fate);
        if (partial >= 0) {
            assert_int_equal(r->stats.skipped, 1);
            assert_int_equal(readback_offset(r->logs[r->log_count - 1]), partial);
        }
    }
    readback_free(r);
}

/* At every byte up to the last record's end, and some behind it. */
static void cut_anywhere(void **state)
{
    struct made *m = made_chunks(2, 3);
    size_t end = (size_t)m->events[5].end, chunk = EVTXW_FILE_HEADER + EVTXW_CHUNK;
    (void)state;
    for (size_t cut = 0; cut < m->size; cut++) {
        bool slack = cut > m->events[2].end + 16 && cut < chunk - 16;
        bool zeros = (cut > 160 && cut < EVTXW_FILE_HEADER - 16) || slack || cut > end + 16;
        if (!zeros || cut % 241 == 0)
            check_cut(m, cut);
    }
    made_free(m);
}

/* Where the cut leaves nothing to read, it is told all the same. */
static void a_cut_inside_a_header_is_told(void **state)
{
    static const size_t cuts[] = {8,          100,        128,
                                  4095,       4096 + 1,   4096 + 8,
                                  4096 + 100, 4096 + 511, EVTXW_FILE_HEADER + EVTXW_CHUNK + 40};
    struct made *m = made_chunks(2, 3);
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct read_back *r = read_cut(m, cuts[i]);
        assert_int_equal(r->end_status, WFPW_E_EOF);
        assert_int_equal(r->stats.skipped, 1);
        long long at = cuts[i] < 4096    ? 0
                       : cuts[i] < 65536 ? 4096
                                         : EVTXW_FILE_HEADER + EVTXW_CHUNK;
        assert_int_equal(readback_offset(r->logs[0]), at);
        readback_free(r);
    }
    made_free(m);
}

/* ---- bytes missing -------------------------------------------------------------------------- */

enum { CHUNKS = 4, EACH = 4, EVENTS = CHUNKS * EACH };

/* What is left of [at, at + n) being cut out: chunks that it touches may lose what is not before
 * it, others lose nothing. */
static void fates_of_cut(const struct made *m, size_t at, size_t n, uint8_t *fate)
{
    size_t first = (at - EVTXW_FILE_HEADER) / EVTXW_CHUNK,
           last = (at + n - 1 - EVTXW_FILE_HEADER) / EVTXW_CHUNK;
    for (size_t i = 0; i < m->count; i++) {
        size_t chunk = i / EACH;
        bool touched = chunk >= first && chunk <= last;
        fate[i] = !touched || m->events[i].end <= at ? FATE_READ : FATE_ANY;
        if (m->events[i].at >= at && m->events[i].end <= at + n)
            fate[i] = FATE_LOST;
    }
}

static void check_missing(size_t at, size_t n, bool with_threads)
{
    struct made *m = made_chunks(CHUNKS, EACH);
    uint8_t fate[EVENTS];
    if (at + n > m->size)
        n = m->size - at;
    fates_of_cut(m, at, n, fate);
    m->size = evtxd_cut(m->data, m->size, at, n);
    assert_reads(m, fate, with_threads);
    made_free(m);
}

static void bytes_missing(void **state)
{
    static const size_t lengths[] = {1,     2,     7,     8,      24,    128,   511,
                                     512,   513,   1000,  4096,   30000, 65535, 65536,
                                     65537, 70000, 65000, 131072, 100000};
    static const size_t places[] = {0,    1,    100,  511,  512,   513,   600,   1500,
                                    3000, 3600, 4000, 5000, 30000, 60000, 65000, 65535};
    (void)state;
    for (size_t c = 0; c < 3; c++)
        for (size_t p = 0; p < sizeof places / sizeof *places; p++)
            for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
                check_missing(EVTXW_FILE_HEADER + c * EVTXW_CHUNK + places[p], lengths[l],
                              (p + l) % 5 == 0);
}

static void bytes_missing_in_the_files_header(void **state)
{
    static const size_t lengths[] = {1, 8, 100, 512, 4000, 4080, 4088};
    (void)state;
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        struct made *m = made_chunks(CHUNKS, EACH);
        m->size = evtxd_cut(m->data, m->size, 8, lengths[l]);
        assert_reads(m, NULL, true);
        made_free(m);
    }
}

static void without_the_files_header(void **state)
{
    struct made *m = made_chunks(CHUNKS, EACH);
    (void)state;
    m->size = evtxd_cut(m->data, m->size, 0, EVTXW_FILE_HEADER);
    assert_reads(m, NULL, true);
    made_free(m);
}

/* ---- bytes too many ------------------------------------------------------------------------- */

static void junk_between_chunks(void **state)
{
    static const size_t lengths[] = {1,    7,     8,     511,   512,   513,
                                     4096, 40000, 65535, 65536, 65537, 70000};
    uint8_t *junk = malloc(70000);
    (void)state;
    memset(junk, 0xA5, 70000);
    for (size_t c = 0; c <= CHUNKS; c++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            struct made *m = made_chunks(CHUNKS, EACH);
            size_t at = EVTXW_FILE_HEADER + c * EVTXW_CHUNK;
            m->size = evtxd_insert(m->data, m->size, at, junk, lengths[l]);
            struct read_back *r = made_read(m, 0);
            assert_fates(m, r, NULL);
            assert_true(r->stats.skipped >= 1);
            assert_int_equal(readback_offset(r->logs[0]), at);
            readback_free(r);
            made_free(m);
        }
    free(junk);
}

/* Within a chunk, only what is behind the junk may be lost, of this chunk. */
static void junk_within_a_chunk(void **state)
{
    static const size_t lengths[] = {1, 8, 512, 5000},
                        places[] = {1, 300, 512, 1000, 3000, 4000, 60000};
    uint8_t junk[5000];
    (void)state;
    memset(junk, 0xA5, sizeof junk);
    for (size_t p = 0; p < sizeof places / sizeof *places; p++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            struct made *m = made_chunks(CHUNKS, EACH);
            uint8_t fate[EVENTS] = {FATE_READ};
            size_t at = EVTXW_FILE_HEADER + EVTXW_CHUNK + places[p];
            for (size_t i = EACH; i < (size_t)2 * EACH; i++)
                fate[i] = m->events[i].end <= at && places[p] >= 512 ? FATE_READ : FATE_ANY;
            m->size = evtxd_insert(m->data, m->size, at, junk, lengths[l]);
            assert_reads(m, fate, true);
            made_free(m);
        }
}

static void zeros_are_no_damage(void **state)
{
    struct made *m = made_chunks(CHUNKS, EACH);
    (void)state;
    m->size += 2 * EVTXW_CHUNK + 777; /* behind the file, as when its room was taken in advance */
    struct read_back *r = made_read(m, READBACK_VERIFY);
    assert_fates(m, r, NULL);
    assert_int_equal(r->log_count, 0);
    readback_free(r);
    made_free(m);
}

static void junk_in_front(void **state)
{
    static const uint8_t junk[100] = {0xA5, 1, 2, 3};
    struct made *m = made_chunks(2, EACH);
    (void)state;
    m->size = evtxd_insert(m->data, m->size, 0, junk, sizeof junk);
    struct read_back *r = made_read(m, 0);
    assert_int_equal(r->open_status, WFPW_E_FORMAT); /* not taken for a file without events */
    readback_free(r);
    made_free(m);
}

/* ---- chunks where none should be ------------------------------------------------------------ */

/* A file whose last record has, in a binary field, all that a chunk needs to be read. */
static struct made *with_a_chunk_inside(size_t chunks, uint8_t type)
{
    struct made *inner = made_chunks(1, 2);
    struct sample *s = calloc(1, sizeof *s);
    struct evtx_writer w;
    assert_true(evtxwriter_begin(&w, NULL));
    for (size_t i = 0; i < chunks; i++) {
        sample_plain(s, 1 + i, "outer.exe");
        s->fields[1].type = type;
        s->fields[1].data = evtxd_chunk(inner->data, 0);
        s->fields[1].size = (uint16_t)((evtxd_free(evtxd_chunk(inner->data, 0)) + 7) & ~7u);
        assert_true(evtxwriter_event(&w, &s->ev));
        evtxwriter_flush(&w);
    }
    assert_true(evtxwriter_end(&w));
    struct made *m = calloc(1, sizeof *m);
    m->size = w.size;
    m->data = realloc(w.data, w.size + MADE_SPARE);
    memset(m->data + m->size, 0, MADE_SPARE);
    free(s);
    made_free(inner);
    return m;
}

static void assert_only_outer(const struct made *m, size_t size, size_t events)
{
    struct read_back *r = read_back(NULL, m->data, size, 0);
    assert_int_equal(r->event_count, events);
    for (size_t i = 0; i < r->event_count; i++)
        assert_null(strstr(r->events[i], "application 0.exe"));
    readback_free(r);
}

static void a_chunk_inside_a_field_is_not_read(void **state)
{
    static const uint8_t types[] = {EVTXW_BINARY, EVTXW_STRING, EVTXW_ANSI};
    (void)state;
    for (size_t t = 0; t < 3; t++) {
        struct made *m = with_a_chunk_inside(3, types[t]);
        assert_only_outer(m, m->size, 3);
        assert_only_outer(m, m->size + EVTXW_CHUNK, 3); /* zeros follow */
        assert_only_outer(m, m->size + 100, 3);
        assert_only_outer(m, m->size - 100, 3);
        memset(m->data + m->size, 0xA5, EVTXW_CHUNK); /* junk follows */
        assert_only_outer(m, m->size + EVTXW_CHUNK, 3);
        memset(evtxd_chunk(m->data, 2), 0, 8); /* and without its own signature */
        assert_only_outer(m, m->size, 3);
        made_free(m);
    }
}

/* Nor when the file ends inside the record that has it. */
static void nor_when_its_record_is_cut(void **state)
{
    struct made *m = with_a_chunk_inside(1, EVTXW_BINARY);
    uint32_t end = evtxd_free(evtxd_chunk(m->data, 0));
    (void)state;
    for (size_t cut = EVTXW_FILE_HEADER + 600; cut < EVTXW_FILE_HEADER + end; cut += 40)
        assert_only_outer(m, cut, 0);
    made_free(m);
}

/* Nor behind the records, where an earlier one with a chunk in it has been left. */
static void nor_in_a_stale_record(void **state)
{
    struct made *m = with_a_chunk_inside(1, EVTXW_BINARY), *plain = made_chunks(1, 1);
    uint8_t *chunk = evtxd_chunk(plain->data, 0), *old = evtxd_chunk(m->data, 0);
    uint32_t free_at = evtxd_free(chunk), size = evtxd_free(old) - EVTXW_CHUNK_HEADER;
    (void)state;
    memcpy(chunk + free_at, old + EVTXW_CHUNK_HEADER, size);
    evtxd_set64(chunk + free_at + 8, 3); /* an older record */
    struct read_back *r = read_back(NULL, plain->data, plain->size + EVTXW_CHUNK, 0);
    assert_fates(plain, r, NULL);
    assert_int_equal(r->log_count, 0);
    readback_free(r);
    made_free(plain);
    made_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(a_cut_inside_a_header_is_told),
        cmocka_unit_test(bytes_missing),
        cmocka_unit_test(bytes_missing_in_the_files_header),
        cmocka_unit_test(without_the_files_header),
        cmocka_unit_test(junk_between_chunks),
        cmocka_unit_test(junk_within_a_chunk),
        cmocka_unit_test(zeros_are_no_damage),
        cmocka_unit_test(junk_in_front),
        cmocka_unit_test(a_chunk_inside_a_field_is_not_read),
        cmocka_unit_test(nor_when_its_record_is_cut),
        cmocka_unit_test(nor_in_a_stale_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
