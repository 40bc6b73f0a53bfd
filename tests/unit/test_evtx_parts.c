/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file read in parts: each record comes from one of them, once and in order, whatever the damage;
 * what cannot be parted is the first one's. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "writer/evtx_made.h"

enum { PARTS_MOST = 9, IDS_MOST = 20000 };
static const char path[] = "test_evtx_parts.tmp";

/* What the parts gave, one after the other. */
struct ids {
    uint64_t list[IDS_MOST];
    size_t count;
    uint64_t bytes_read, received, passed_over, skipped;
};

static void write_file(const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void read_part(struct ids *ids, uint32_t part, uint32_t parts, uint32_t threads)
{
    wfpw_options o = {.size = sizeof o, .threads = threads};
    wfpw_stats stats = {.size = sizeof stats};
    wfpw_batch *b = wfpw_batch_new(0, 0);
    wfpw_session *s;
    wfpw_error e;
    int n;
    assert_non_null(b);
    assert_int_equal(wfpw_open(&o, &s, &e), WFPW_OK);
    assert_int_equal(wfpw_add_file_part(s, path, part, parts, &e), WFPW_OK);
    while ((n = wfpw_read(s, b, -1, &e)) > 0)
        for (int i = 0; i < n; i++) {
            assert_true(ids->count < IDS_MOST);
            ids->list[ids->count++] = wfpw_batch_get(b, (uint32_t)i)->audit->record_id;
        }
    assert_int_equal(n, WFPW_E_EOF);
    assert_int_equal(wfpw_get_stats(s, &stats), WFPW_OK);
    ids->bytes_read += stats.bytes_read;
    ids->received += stats.received;
    ids->passed_over += stats.passed_over;
    ids->skipped += stats.skipped;
    wfpw_close(s);
    wfpw_batch_free(b);
}

/* The parts together are the whole. */
static void check_parts(uint32_t threads)
{
    static struct ids whole, parted;
    memset(&whole, 0, sizeof whole);
    read_part(&whole, 0, 1, 0);
    for (uint32_t parts = 2; parts <= PARTS_MOST; parts++) {
        memset(&parted, 0, sizeof parted);
        for (uint32_t part = 0; part < parts; part++)
            read_part(&parted, part, parts, threads);
        assert_int_equal(parted.count, whole.count);
        assert_memory_equal(parted.list, whole.list, whole.count * sizeof *whole.list);
        assert_int_equal(parted.received, whole.received);
        assert_int_equal(parted.bytes_read, whole.bytes_read);
        assert_int_equal(parted.passed_over, whole.passed_over);
        assert_int_equal(parted.skipped, whole.skipped);
    }
}

static void test_whole_file(void **state)
{
    struct made *m = made_chunks(23, 30);
    (void)state;
    write_file(m->data, m->size);
    check_parts(0);
    check_parts(2);
    made_free(m);
}

/* Smaller than its parts would be. */
static void test_small_files(void **state)
{
    (void)state;
    for (size_t chunks = 1; chunks <= 3; chunks++) {
        struct made *m = made_chunks(chunks, 5);
        write_file(m->data, m->size);
        check_parts(0);
        check_parts(1);
        write_file(m->data, m->size - EVTXW_CHUNK / 2);
        check_parts(0);
        made_free(m);
    }
}

/* Bytes taken out and put in, so that chunks stand where none is due; signatures destroyed. */
static void damage_file(struct made *m, uint64_t *seed)
{
    static uint8_t noise[5000];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)random_u64(seed);
    for (uint32_t i = 0; i < 4; i++) {
        size_t at = 4096 + random_below(seed, (uint32_t)(m->size - 4096 - sizeof noise));
        size_t n = 1 + random_below(seed, (uint32_t)sizeof noise - 1);
        switch (random_below(seed, 3)) {
        case 0:
            m->size = evtxd_cut(m->data, m->size, at, n);
            break;
        case 1:
            m->size = evtxd_insert(m->data, m->size, at, noise, n);
            break;
        default:
            memset(m->data + 4096 + (at - 4096) / EVTXW_CHUNK * EVTXW_CHUNK, 0, 8);
        }
    }
}

static void test_damaged_files(void **state)
{
    uint64_t seed = 5;
    (void)state;
    for (int i = 0; i < 12; i++) {
        struct made *m = made_chunks(12, 40);
        damage_file(m, &seed);
        write_file(m->data, m->size);
        check_parts((uint32_t)i % 3);
        made_free(m);
    }
}

/* Part 0 has all of it. */
static void test_what_has_no_parts(void **state)
{
    static const char xml[] =
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>5157</EventID>"
        "<TimeCreated SystemTime='2026-01-08T09:14:19.0700000Z'/><EventRecordID>77</EventRecordID>"
        "<Channel>Security</Channel></System><EventData/></Event>";
    static struct ids ids;
    (void)state;
    write_file((const uint8_t *)xml, sizeof xml - 1);
    memset(&ids, 0, sizeof ids);
    read_part(&ids, 0, 3, 0);
    assert_int_equal(ids.count, 1);
    read_part(&ids, 1, 3, 0);
    read_part(&ids, 2, 3, 0);
    assert_int_equal(ids.count, 1);
}

static void test_wrong_parts(void **state)
{
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_open(NULL, &s, &e), WFPW_OK);
    assert_int_equal(wfpw_add_file_part(s, path, 0, 0, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_add_file_part(s, path, 2, 2, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_add_file_part(s, path, 0, 65537, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_add_file_part(s, NULL, 0, 1, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_add_file_part(NULL, path, 0, 1, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_add_file_part(s, "there is none", 0, 2, &e), WFPW_E_IO);
    wfpw_close(s);
    (void)remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_file),    cmocka_unit_test(test_small_files),
        cmocka_unit_test(test_damaged_files), cmocka_unit_test(test_what_has_no_parts),
        cmocka_unit_test(test_wrong_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
