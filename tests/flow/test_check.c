/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpw_check and wfpw_restore: rows, their texts, older callers, wrong arguments. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "process.h"

enum { ROWS = 16 };

static int check(wfpw_sim *sim, const char *state_dir, wfpw_row rows[ROWS])
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .state_dir = state_dir};
    memset(rows, 0, ROWS * sizeof *rows);
    rows->size = sizeof *rows;
    int n = wfpw_check(&o, rows, ROWS, &e);
    assert_in_range(n, 1, ROWS);
    for (int i = 0; i < n; i++) {
        assert_int_equal(rows[i].size, sizeof *rows);
        assert_string_equal(rows[i].name, wfpw_word(WFPW_LIST_CHECK, rows[i].code));
        assert_true(rows[i].name[0] != 0 && rows[i].text[0] != 0);
        assert_in_range(rows[i].level, 1, 3);
        assert_int_equal(rows[i].level == 3, rows[i].remedy[0] == 0);
    }
    return n;
}

static void assert_row(const wfpw_row *row, uint32_t code, uint32_t level, const char *text)
{
    assert_int_equal(row->code, code);
    assert_int_equal(row->level, level);
    if (strstr(row->text, text) == NULL)
        fail_msg("'%s' is not in '%s'", text, row->text);
}

static void test_rows(void **state)
{
    wfpw_row rows[ROWS];
    wfpw_sim *sim = machine_new(11);
    (void)state;
    assert_int_equal(check(sim, NULL, rows), 10);
    assert_row(&rows[0], WFPW_CHECK_ENGINE, 3, "answers");
    assert_row(&rows[1], WFPW_CHECK_COLLECTION, 2, "no net events");
    assert_row(&rows[2], WFPW_CHECK_KEYWORDS, 3, "allow (0x10)");
    assert_row(&rows[3], WFPW_CHECK_IPSEC_MONITORING, 3, "not monitored");
    assert_row(&rows[4], WFPW_CHECK_LEASES, 3, "nothing on this host");
    assert_row(&rows[5], WFPW_CHECK_EVENTS, 3, "may be subscribed to");
    assert_row(&rows[6], WFPW_CHECK_HISTORY, 2, "nothing is kept");
    assert_row(&rows[7], WFPW_CHECK_FILTERS, 3, "may be listed");
    assert_row(&rows[9], WFPW_CHECK_LOG, 3, "may be subscribed to");
    assert_int_equal(wfpw_sim_play(sim, "log refuse_modern on", NULL), WFPW_OK);
    assert_int_equal(check(sim, NULL, rows), 10);
    assert_row(&rows[9], WFPW_CHECK_LOG, 2, "read by number");
    assert_int_equal(wfpw_sim_play(sim, "log refuse_classic on", NULL), WFPW_OK);
    assert_int_equal(check(sim, NULL, rows), 10);
    assert_row(&rows[9], WFPW_CHECK_LOG, 2, "cannot be read: EvtSubscribe gave 5");
    assert_int_equal(wfpw_sim_play(sim, "log refuse_modern off\nlog refuse_classic off", NULL),
                     WFPW_OK);
    assert_row(&rows[8], WFPW_CHECK_AUDIT_POLICY, 3,
               "of connections: nothing; of packet drops: nothing");
    machine_play(sim, "collect on; keywords 0x3f; ipsec on");
    assert_int_equal(check(sim, NULL, rows), 10);
    assert_row(&rows[1], WFPW_CHECK_COLLECTION, 3, "are collected");
    assert_row(&rows[2], WFPW_CHECK_KEYWORDS, 3,
               "multicast broadcast capability-drop capability-allow allow port-scan (0x3f)");
    assert_row(&rows[3], WFPW_CHECK_IPSEC_MONITORING, 3, "are monitored");
    assert_row(&rows[6], WFPW_CHECK_HISTORY, 3, "may be read");
    machine_play(sim, "keywords 0; stop");
    assert_int_equal(check(sim, NULL, rows), 4);
    assert_row(&rows[0], WFPW_CHECK_ENGINE, 1, "cannot be reached");
    assert_int_equal(rows[0].os_code, 1753);
    assert_row(&rows[1], WFPW_CHECK_LEASES, 3, "nothing");
    machine_free(sim);
    sim = machine_new(7);
    assert_int_equal(check(sim, NULL, rows), 10);
    assert_row(&rows[2], WFPW_CHECK_KEYWORDS, 3, "nothing (0x0)");
    assert_row(&rows[3], WFPW_CHECK_IPSEC_MONITORING, 3, "does not have");
    machine_free(sim);
}

/* Each is asked on its own, and what was asked for is let go of (machine_free looks). */
static void test_rights(void **state)
{
    static const struct {
        const char *call;
        uint32_t row;
    } rights[] = {{"FwpmNetEventSubscribe", WFPW_CHECK_EVENTS},
                  {"FwpmNetEventCreateEnumHandle0", WFPW_CHECK_HISTORY},
                  {"FwpmFilterCreateEnumHandle0", WFPW_CHECK_FILTERS}};
    wfpw_row rows[ROWS];
    (void)state;
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        char script[120];
        wfpw_sim *sim = machine_new(11);
        (void)snprintf(script, sizeof script, "collect on; fail call=%s code=5 times=9",
                       rights[i].call);
        machine_play(sim, script);
        assert_int_equal(check(sim, NULL, rows), 10);
        for (size_t j = 0; j < 8; j++) {
            bool refused = rows[j].code == rights[i].row;
            assert_int_equal(rows[j].level, refused ? 1 : 3);
            assert_int_equal(rows[j].os_code, refused ? 5 : 0);
            if (refused)
                assert_non_null(strstr(rows[j].text, rights[i].call));
        }
        machine_free(sim);
    }
}

static void test_rows_of_leases(void **state)
{
    wfpw_row rows[ROWS];
    wfpw_session *s[2];
    wfpw_error e;
    wfpw_sim *sim = machine_new(11);
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim)};
    wfpw_live live = {.size = sizeof live, .keywords = 0x03};
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(wfpw_open(&o, &s[i], &e), WFPW_OK);
        assert_int_equal(wfpw_add_live(s[i], &live, &e), WFPW_OK);
    }
    assert_int_equal(check(sim, NULL, rows), 11);
    assert_row(&rows[4], WFPW_CHECK_LEASES, 3,
               "collection of net events: 0x1 is on for 2 sessions");
    assert_row(&rows[5], WFPW_CHECK_LEASES, 3, "keywords: 0x3 is on for 2 sessions");
    wfpw_close(s[0]);
    assert_int_equal(check(sim, NULL, rows), 11);
    assert_row(&rows[4], WFPW_CHECK_LEASES, 3, "is on for 1 session");
    machine_play(sim, "fail call=FwpmEngineSetOption0 code=5 times=1000000");
    wfpw_close(s[1]);
    assert_int_equal(check(sim, NULL, rows), 11);
    assert_row(&rows[4], WFPW_CHECK_LEASES, 2, "0x1 was left on by 1 session");
    assert_non_null(strstr(rows[4].remedy, "--repair"));
    assert_row(&rows[5], WFPW_CHECK_LEASES, 2, "0x3 was left on by 1 session");
    machine_free(sim);
}

static void test_older_caller(void **state)
{
    enum { OLD = 24, COUNT = 10 }; /* without the text */
    uint64_t words[OLD * COUNT / 8 + 1];
    uint8_t *room = (uint8_t *)words;
    wfpw_error e;
    wfpw_sim *sim = machine_new(11);
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim)};
    wfpw_row *rows = (wfpw_row *)(void *)words;
    uint32_t size = OLD, seen;
    (void)state;
    memset(words, 0xEE, sizeof words);
    memcpy(room, &size, sizeof size);
    assert_int_equal(wfpw_check(&o, rows, COUNT, &e), COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        memcpy(&seen, room + i * OLD, sizeof seen);
        assert_int_equal(seen, OLD);
        memcpy(&seen, room + i * OLD + 4, sizeof seen);
        uint32_t code = i < WFPW_CHECK_FILTERS    ? i + 1
                        : i == WFPW_CHECK_FILTERS ? (uint32_t)WFPW_CHECK_AUDIT_POLICY
                                                  : (uint32_t)WFPW_CHECK_LOG;
        assert_int_equal(seen, code); /* in their order */
    }
    assert_int_equal(room[OLD * COUNT], 0xEE);
    machine_free(sim);
}

static void test_arguments(void **state)
{
    wfpw_row row = {.size = sizeof row};
    wfpw_error e;
    wfpw_sim *sim = machine_new(11);
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim)};
    (void)state;
    assert_int_equal(wfpw_check(&o, NULL, 0, &e), 10); /* how many there would be */
    assert_int_equal(wfpw_check(&o, &row, 1, NULL), 10);
    assert_int_equal(row.code, WFPW_CHECK_ENGINE);
    assert_int_equal(wfpw_check(&o, NULL, 1, &e), WFPW_E_INVAL);
    row.size = 3;
    assert_int_equal(wfpw_check(&o, &row, 1, &e), WFPW_E_INVAL);
    o.flags = 0x80000000;
    assert_int_equal(wfpw_check(&o, NULL, 0, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_restore(&o, NULL), WFPW_E_INVAL);
    o.size = 2;
    assert_int_equal(wfpw_restore(&o, &e), WFPW_E_INVAL);
    assert_string_equal(e.where, "wfpw_restore");
#ifndef _WIN32
    assert_int_equal(wfpw_check(NULL, NULL, 0, &e), WFPW_E_NOTSUP); /* this host has no engine */
    assert_int_equal(wfpw_restore(NULL, &e), WFPW_E_NOTSUP);
#endif
    machine_free(sim);
}

/* Looking and repairing make nothing where there is nothing. */
static void test_nothing_is_made(void **state)
{
    char folder[200], leases[256], path[300];
    wfpw_row rows[ROWS];
    wfpw_error e;
    wfpw_sim *sim = machine_new(11);
    (void)state;
    assert_true(place_make_folder(folder, sizeof folder));
    place_of_leases(folder, leases, sizeof leases);
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .state_dir = leases};
    assert_int_equal(check(sim, leases, rows), 10);
    assert_int_equal(wfpw_restore(&o, &e), 0);
    (void)snprintf(path, sizeof path, "%s/lock", leases);
    FILE *f = fopen(path, "rb");
    assert_null(f);
    place_remove(folder, leases);
    machine_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),           cmocka_unit_test(test_rights),
        cmocka_unit_test(test_rows_of_leases), cmocka_unit_test(test_older_caller),
        cmocka_unit_test(test_arguments),      cmocka_unit_test(test_nothing_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
