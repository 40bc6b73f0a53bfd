/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which events are of one attempt. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "stage/attempts.h"

enum { SECOND = 10000000 };

static wfpw_audit refused = {.event_id = 5157, .computer = "PC-7"};

/* An event of a connection that is refused; so many seconds after the first. */
static wfpw_event at(int second)
{
    static uint64_t seq;
    return (wfpw_event){.size = sizeof(wfpw_event),
                        .seq = ++seq,
                        .time = 1000 * (uint64_t)SECOND + (uint64_t)second * SECOND,
                        .kind = WFPW_KIND_AUDIT,
                        .present = WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT |
                                   WFPW_HAS_REMOTE_PORT | WFPW_HAS_PROTOCOL | WFPW_HAS_FILTER_ID |
                                   WFPW_HAS_PROCESS_ID,
                        .protocol = 6,
                        .process_id = 42,
                        .filter_id = 7,
                        .local = {.addr = {192, 0, 2, 1}, .family = 4, .port = 445},
                        .remote = {.addr = {203, 0, 113, 7}, .family = 4, .port = 50000},
                        .device_path = "\\device\\harddiskvolume3\\a.exe",
                        .audit = &refused,
                        .verdict = WFPW_VERDICT_BLOCK};
}

static struct attempts *new_attempts(void)
{
    struct attempts *a = calloc(1, sizeof *a);
    assert_non_null(a);
    return a;
}

static void expect(struct attempts *a, wfpw_event ev, const wfpw_event *first, uint32_t number)
{
    attempts_note(a, &ev);
    assert_int_equal(ev.attempt, first != NULL ? first->seq : ev.seq);
    assert_int_equal(ev.attempt_event, number);
}

static void test_tries_of_tcp(void **state)
{
    struct attempts *a = new_attempts();
    wfpw_event first = at(0), later = at(31);
    (void)state;
    expect(a, first, NULL, 1);
    expect(a, at(1), &first, 2);
    expect(a, at(3), &first, 3);
    expect(a, at(7), &first, 4);
    expect(a, at(15), &first, 5);
    expect(a, later, NULL, 1);
    expect(a, at(33), &later, 2);
    free(a);
}

/* The net event beside a record names neither process nor computer, and spells the path as it is.
 */
static void test_net_event(void **state)
{
    struct attempts *a = new_attempts();
    wfpw_event first = at(0), net = at(0), other = at(1);
    (void)state;
    net.kind = WFPW_KIND_CLASSIFY_DROP;
    net.audit = NULL;
    net.present &= ~(uint32_t)WFPW_HAS_PROCESS_ID;
    net.device_path = "\\Device\\HarddiskVolume3\\A.exe";
    expect(a, net, NULL, 1);
    expect(a, first, &net, 2);
    other.process_id = 43; /* another one's, as the first's is known by now */
    expect(a, other, NULL, 1);
    free(a);
}

static void test_differences(void **state)
{
    struct attempts *a = new_attempts();
    (void)state;
    expect(a, at(0), NULL, 1);
#define PARTED_BY(change)                                                                          \
    do {                                                                                           \
        wfpw_event ev = at(1);                                                                     \
        change;                                                                                    \
        expect(a, ev, NULL, 1);                                                                    \
    } while (0)
    PARTED_BY(ev.local.port++);
    PARTED_BY(ev.remote.port++);
    PARTED_BY(ev.remote.addr[3]++);
    PARTED_BY(ev.protocol = 17);
    PARTED_BY(ev.filter_id++);
    PARTED_BY(ev.verdict = WFPW_VERDICT_ALLOW);
    PARTED_BY(ev.device_path = "b.exe");
    PARTED_BY(ev.verdict = WFPW_VERDICT_INFO); /* decides nothing */
#undef PARTED_BY
    free(a);
}

/* More attempts than there is room for: some count again, none is left out. */
static void test_little_room(void **state)
{
    struct attempts *a = new_attempts();
    uint64_t attempts = 0;
    (void)state;
    for (int turn = 0; turn < 2; turn++)
        for (uint32_t i = 0; i < 9000; i++) {
            wfpw_event ev = at(turn);
            memcpy(ev.remote.addr, &i, sizeof i);
            attempts_note(a, &ev);
            attempts += ev.attempt_event == 1;
        }
    assert_true(attempts >= 9000 && attempts <= 18000);
    free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tries_of_tcp),
        cmocka_unit_test(test_net_event),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_little_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
