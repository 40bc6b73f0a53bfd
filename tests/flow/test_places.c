/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Paths of this host and names of accounts, from the engine's callback to the reader; volumes that
 * come and go, look-ups that fail or hang. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "hand.h"
#include "os/system.h"

#define VOLUME3 "\\Device\\HarddiskVolume3"
#define USER    "S-1-5-21-1-2-3-1001"

static void assert_text(const char *text, const char *wanted)
{
    if (wanted == NULL)
        assert_null(text);
    else
        assert_string_equal(text != NULL ? text : "(none)", wanted);
}

/* One event, of that application: its path on this host is `wanted`, and the device's stays. */
static void assert_path(struct flow *f, const char *app, const char *wanted)
{
    char script[400];
    (void)snprintf(script, sizeof script, "drop app=\"%s\"", app);
    flow_play(f, script);
    const wfpw_event *ev = flow_next(f);
    assert_text(ev->device_path, app);
    assert_text(ev->app_path, wanted);
}

static void assert_user(struct flow *f, const char *sid, const char *wanted)
{
    char script[200];
    (void)snprintf(script, sizeof script, "drop user=%s", sid);
    flow_play(f, script);
    const wfpw_event *ev = flow_next(f);
    assert_text(ev->user_sid, sid);
    assert_text(ev->user_name, wanted);
}

/* ---- paths ---------------------------------------------------------------------------------- */

static void test_volumes(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f,
              "drive C: " VOLUME3 "; subst X: C:\\work; mount C:\\data \\Device\\HarddiskVolume9;"
              "mount C:\\data\\deep \\Device\\HarddiskVolume9; drive R: \\Device\\ImDisk0");
    assert_path(&f, "\\device\\harddiskvolume3\\tools\\nc.exe", "C:\\tools\\nc.exe");
    assert_path(&f, "\\device\\harddiskvolume3\\work\\nc.exe", "C:\\work\\nc.exe");
    assert_path(&f, "\\device\\harddiskvolume9\\nc.exe", "C:\\data\\nc.exe");
    assert_path(&f, "\\device\\imdisk0\\nc.exe", "R:\\nc.exe");
    assert_path(&f, "\\device\\mup\\srv\\pub\\nc.exe", "\\\\srv\\pub\\nc.exe");
    assert_path(&f, "\\device\\harddiskvolume30\\nc.exe", NULL);
    assert_path(&f, "System", NULL);
    assert_path(&f, "Registry", NULL);
    flow_play(&f, "drop"); /* no application at all */
    assert_null(flow_next(&f)->app_path);
    flow_close(&f);
}

static void test_path_in_json(void **state)
{
    struct flow f;
    char json[1024];
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "drive C: " VOLUME3 "; drop app=\\device\\harddiskvolume3\\\\u00e9.exe "
                  "user=S-1-5-19");
    assert_true(wfpw_to_json(flow_next(&f), 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"app\":{\"path\":\"C:\\\\\xC3\xA9.exe\",\"device_path\":"
                                 "\"\\\\device\\\\harddiskvolume3\\\\\xC3\xA9.exe\"}"));
    assert_non_null(
        strstr(json, "\"user\":{\"sid\":\"S-1-5-19\",\"name\":\"NT AUTHORITY\\\\LOCAL SERVICE\"}"));
    flow_close(&f);
}

/* The longest paths that the callback takes, and halves of characters. */
static void test_hostile_paths(void **state)
{
    enum { UNITS = 1900 };
    struct flow f;
    char path[UNITS + 1], script[UNITS + 100], wanted[UNITS + 10];
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "drive C: " VOLUME3);
    memset(path, 'a', UNITS);
    path[UNITS] = 0;
    (void)snprintf(script, sizeof script, "drop app=\"\\device\\harddiskvolume3\\%s\"", path);
    flow_play(&f, script);
    (void)snprintf(wanted, sizeof wanted, "C:\\%s", path);
    assert_text(flow_next(&f)->app_path, wanted);
    flow_play(&f, "drop app=\"\\device\\harddiskvolume3\\\\ud800\\udc00a\\udc00\\u0000b\\u0000\"");
    assert_text(flow_next(&f)->app_path, "C:\\\xF0\x90\x80\x80"
                                         "a\xEF\xBF\xBD\xEF\xBF\xBD"
                                         "b");
    flow_play(&f, "drop without_nul=yes app=\"\\device\\harddiskvolume3\\a\"");
    assert_text(flow_next(&f)->app_path, "C:\\a");
    flow_close(&f);
}

static bool a_second_is_over(void *ctx)
{
    return os_ticks_ms() > *(const uint64_t *)ctx + 1000;
}

/* A volume that came, one whose list fails: each miss reads the places anew, once a second. */
static void test_volumes_come(void **state)
{
    struct flow f;
    uint64_t start;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "drive C: " VOLUME3);
    assert_path(&f, "\\device\\harddiskvolume3\\x", "C:\\x");
    start = os_ticks_ms();
    assert_true(wait_until(a_second_is_over, &start));
    flow_play(&f, "drive E: \\Device\\HarddiskVolume12");
    assert_path(&f, "\\device\\harddiskvolume12\\x", "E:\\x");
    start = os_ticks_ms();
    assert_true(wait_until(a_second_is_over, &start));
    flow_play(&f, "drive F: \\Device\\HarddiskVolume13; fail call=QueryDosDeviceW code=5");
    assert_path(&f, "\\device\\harddiskvolume13\\x", NULL);
    assert_path(&f, "\\device\\harddiskvolume12\\x", "E:\\x"); /* it stays known */
    start = os_ticks_ms();
    assert_true(wait_until(a_second_is_over, &start));
    flow_play(&f, "drive E: off");
    assert_path(&f, "\\device\\harddiskvolume13\\x", "F:\\x");
    assert_path(&f, "\\device\\harddiskvolume12\\x", NULL);
    flow_close(&f);
}

/* However many events name a volume that nobody knows: two calls a second, at most. */
static void test_misses_are_bounded(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){
                      .flags = WFPW_OPEN_NO_NAMES, .ring_bytes = 4 << 20, .watch_ms = 60000});
    uint64_t start = os_ticks_ms(), calls = wfpw_sim_count(f.sim, WFPW_SIM_CALLS);
    flow_play(&f, "repeat 3000 drop app=\\device\\harddiskvolume77\\x");
    flow_read_events(&f, 3000);
    calls = wfpw_sim_count(f.sim, WFPW_SIM_CALLS) - calls;
    uint64_t seconds = (os_ticks_ms() - start) / 1000;
    assert_true(calls >= 2);
    assert_true(calls <= 2 * (seconds + 1) + seconds / 60 + 1); /* and the watch's own */
    flow_close(&f);
}

static bool signalled(void *ctx)
{
    return is_signalled(wfpw_wait_handle(ctx));
}

/* The reader's time is its own while the volumes cannot be listed; nothing is lost or out of order.
 */
static void test_list_hangs(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    assert_int_equal(flow_read(&f, 0), 0);
    flow_play(&f, "drive C: " VOLUME3 "; drop filter=1; hang call=QueryDosDeviceW;"
                  "drop filter=2 app=\\device\\harddiskvolume3\\x");
    assert_true(wait_until(signalled, f.s));
    assert_int_equal(flow_next(&f)->filter_id, 1);
    assert_int_equal(flow_read(&f, 20), 0);
    flow_wait_waiting(&f, 1);
    flow_play(&f, "release");
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->filter_id, 2);
    assert_text(ev->app_path, "C:\\x");
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* What went on without its place while volumes were listed is no reason to list them once more. */
static void test_listed_once(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f,
              &(struct flow_options){.flags = WFPW_OPEN_NO_NAMES, .watch_ms = 60000, .join_ms = 1});
    uint64_t calls = wfpw_sim_count(f.sim, WFPW_SIM_CALLS);
    flow_play(&f, "hang call=QueryDosDeviceW; drop app=\\device\\harddiskvolume3\\x");
    assert_null(flow_next(&f)->app_path);
    wfpw_stop(f.s);
    flow_play(&f, "release");
    while (flow_read(&f, PATIENCE_MS) == 0)
        ;
    flow_wait_state(&f, WFPW_STATE_STOPPED);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLS), calls + 4); /* to unsubscribe, close */
    flow_close(&f);
}

/* ---- accounts ------------------------------------------------------------------------------- */

/* Without the flag nobody is asked; well-known accounts have names all the same. */
static void test_well_known(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_NO_NAMES, .watch_ms = 60000});
    flow_play(&f, "account S-1-5-18 ORDI\\Syst\xC3\xA8me; account " USER " PC\\alice");
    uint64_t calls = wfpw_sim_count(f.sim, WFPW_SIM_CALLS);
    assert_user(&f, "S-1-5-18", "NT AUTHORITY\\SYSTEM");
    assert_user(&f, "S-1-5-90-0-2", "Window Manager\\DWM-2");
    assert_user(&f, USER, NULL);
    assert_user(&f, "S-1-5-80-1-2-3-4-5", NULL);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLS), calls);
    flow_close(&f);
}

/* Reads events of this user until one has a name. */
static const wfpw_event *until_named(struct flow *f, const char *sid)
{
    char script[200];
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    (void)snprintf(script, sizeof script, "drop user=%s", sid);
    for (;;) {
        assert_true(os_ticks_ms() < end);
        flow_play(f, script);
        const wfpw_event *ev = flow_next(f);
        if (ev->user_name != NULL)
            return ev;
        os_sleep_ms(1);
    }
}

static void test_accounts(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_ACCOUNTS});
    flow_play(&f, "account " USER " \"PC\\al\\u00efce\"; account S-1-5-18 ORDI\\Systeme");
    assert_text(until_named(&f, USER)->user_name, "PC\\al\xC3\xAF"
                                                  "ce");
    assert_user(&f, USER,
                "PC\\al\xC3\xAF"
                "ce");
    assert_user(&f, "S-1-5-18", "NT AUTHORITY\\SYSTEM");
    assert_user(&f, "S-1-5-21-1-2-3-4", NULL); /* there is none */
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* A domain controller that does not answer: events come, unnamed, and named when it does. */
static void test_account_hangs(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_ACCOUNTS});
    flow_play(&f, "drive C: " VOLUME3 "; account " USER " PC\\alice; hang call=LookupAccountSidW");
    for (int i = 0; i < 200; i++) {
        assert_user(&f, USER, NULL);
        assert_path(&f, "\\device\\harddiskvolume3\\x", "C:\\x");
        assert_user(&f, "S-1-5-21-1-2-3-5", NULL);
    }
    flow_play(&f, "release");
    assert_text(until_named(&f, USER)->user_name, "PC\\alice");
    flow_close(&f);
}

static bool is_lookup(struct flow *f, const char *app)
{
    char script[200];
    (void)snprintf(script, sizeof script, "drop app=\"%s\"", app);
    flow_play(f, script);
    return (flow_next(f)->flags & WFPW_EVENT_OWN_LOOKUP) != 0;
}

static bool asks(void *ctx)
{
    return is_lookup(ctx, "\\device\\harddiskvolume3\\windows\\system32\\lsass.exe");
}

/* What others do for our look-ups is marked, as far as it can be told. */
static void test_traffic_of_lookups(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_ACCOUNTS});
    flow_play(&f, "drive C: " VOLUME3 "; account " USER " PC\\alice; hang call=LookupAccountSidW");
    assert_false(asks(&f));
    assert_user(&f, USER, NULL);
    assert_true(wait_until(asks, &f));
    assert_true(is_lookup(&f, "\\device\\harddiskvolume3\\Windows\\System32\\svchost.exe"));
    assert_false(is_lookup(&f, "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe.exe"));
    assert_false(is_lookup(&f, "\\device\\harddiskvolume3\\tools\\lsass.exe"));
    assert_false(is_lookup(&f, "lsass.exe"));
    flow_play(&f, "release");
    assert_text(until_named(&f, USER)->user_name, "PC\\alice");
    flow_play(&f, "wait 1500");
    assert_false(asks(&f));
    flow_close(&f);
}

static void release(void *ctx)
{
    struct flow *f = ctx;
    os_sleep_ms(20);
    flow_play(f, "release");
}

/* Closing waits for the look-up. */
static void test_close_while_an_account_hangs(void **state)
{
    struct flow f;
    os_thread helper;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_ACCOUNTS});
    flow_play(&f, "hang call=LookupAccountSidW");
    assert_user(&f, USER, NULL);
    wfpw_stop(f.s);
    assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
    assert_true(os_thread_start(&helper, release, &f));
    wfpw_close(f.s);
    os_thread_join(&helper);
    f.s = NULL;
    flow_close(&f);
}

/* ---- templates ------------------------------------------------------------------------------ */

static wfpw_template *template_of(const char *text)
{
    wfpw_template *t;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, text, NULL), WFPW_OK);
    return t;
}

/* Of these events, which have the filters 1, 2, 4, 8, ..., those that the condition wants. */
static uint64_t wanted_by(const char *text)
{
    struct flow f;
    wfpw_template *t = template_of(text);
    static const char files[] =
        "file C:\\tools\\nc.exe \\device\\harddiskvolume3\\tools\\nc.exe;"
        "file C:\\data\\tools\\nc.exe \\device\\harddiskvolume9\\tools\\nc.exe;"
        "file D:\\tools\\nc.exe \\device\\harddiskvolume8\\tools\\nc.exe;"
        "file \\\\srv\\pub\\nc.exe \\device\\mup\\srv\\pub\\nc.exe";
    uint64_t mask = 0;
    flow_open(&f, &(struct flow_options){.match = t, .ring_bytes = 1 << 20, .before = files});
    flow_play(&f, "drive C: " VOLUME3 "; mount C:\\data \\Device\\HarddiskVolume9;"
                  "drop filter=1 app=\\device\\harddiskvolume3\\tools\\nc.exe user=S-1-5-18;"
                  "drop filter=2 app=\\device\\harddiskvolume9\\tools\\nc.exe user=" USER ";"
                  "drop filter=4 app=\\device\\harddiskvolume4\\tools\\nc.exe;"
                  "drop filter=8 app=\\device\\mup\\srv\\pub\\nc.exe;"
                  "drop filter=16 app=System");
    while (flow_stats(&f).waiting > 0) {
        int n = flow_read(&f, 5); /* it does not end when all have been left out */
        for (int i = 0; i < n; i++) {
            const wfpw_event *ev = wfpw_batch_get(f.b, (uint32_t)i);
            assert_int_equal(wfpw_template_match(t, ev), 1); /* one meaning, before and after */
            mask |= ev->filter_id;
        }
        assert_true(n >= 0);
    }
    flow_close(&f);
    wfpw_template_free(t);
    return mask;
}

static void test_templates(void **state)
{
    static const struct {
        const char *text;
        uint64_t wanted;
    } cases[] = {
        {"app=C:\\tools\\nc.exe", 1},
        {"app=c:\\TOOLS\\*", 1},
        {"app=C:\\*", 1 + 2},
        {"app=C:\\data\\tools\\nc.exe", 2},
        {"app=*\\data\\*", 2},
        {"app=*\\tools\\nc.exe", 1 + 2 + 4},
        {"app=\\\\srv\\pub\\nc.exe", 8},
        {"app=\\\\*", 8},
        {"app=\\device\\harddiskvolume3\\tools\\nc.exe", 1},
        {"app=\\device\\*", 1 + 2 + 4 + 8},
        {"app=nc.exe", 1 + 2 + 4 + 8},
        {"app=C:\\tools\\nc.exe,System", 1 + 16},
        {"app!=C:\\tools\\nc.exe", 2 + 4 + 8 + 16},
        {"app!=C:\\*", 4 + 8 + 16},
        {"app=C:", 0},
        {"app=D:\\tools\\nc.exe", 0},
        {"user=NT AUTHORITY\\SYSTEM", 1},
        {"user=system", 1},
        {"user=S-1-5-18", 1},
        {"user!=system", 2 + 4 + 8 + 16},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (wanted_by(cases[i].text) != cases[i].wanted)
            fail_msg("%s", cases[i].text);
}

/* ---- failures ------------------------------------------------------------------------------- */

static void play_some(struct flow *f)
{
    flow_play(f, "drive C: " VOLUME3 "; account " USER " PC\\alice; repeat 5 drop user=" USER
                 " app=\\device\\harddiskvolume3\\x; drop app=\\device\\harddiskvolume4\\x");
    flow_read_events(f, 6);
}

/* Each call fails once, each allocation too: every event comes, whatever it is called. */
static void test_each_call_fails(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 12; n++) {
        struct flow f;
        flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_ACCOUNTS});
        wfpw_sim_fail_nth(f.sim, n, 5);
        play_some(&f);
        flow_close(&f);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 20; n++) {
        struct flow f;
        flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_ACCOUNTS | WFPW_OPEN_NO_NAMES});
        flow_play(&f, "drop");
        flow_read_events(&f, 1); /* the service thread is done with opening */
        f.heap.fail_at = os_u64_load(&f.heap.calls) + n;
        play_some(&f);
        flow_close(&f);
    }
}

/* What a session says of its system. */
struct said {
    os_u32 count;
    char last[200];
};

static void WFPW_CALL hear(void *ctx, int level, const char *text)
{
    struct said *s = ctx;
    if (level != 2 || strstr(text, "device paths") == NULL)
        return;
    (void)snprintf(s->last, sizeof s->last, "%s", text);
    (void)os_u32_add(&s->count, 1);
}

static void test_told_once(void **state)
{
    struct flow f = {0};
    struct said said = {0};
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &f.sim), WFPW_OK);
    heap_init(&f.heap);
    f.b = wfpw_batch_new(0, 0);
    wfpw_options o = {.size = sizeof o,
                      .ring_bytes = 1,
                      .system = wfpw_sim_system(f.sim),
                      .log = hear,
                      .log_ctx = &said};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    assert_int_equal(wfpw_open(&o, &f.s, &f.e), WFPW_OK);
    assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_OK);
    flow_play(&f, "fail call=QueryDosDeviceW code=5 times=100");
    assert_path(&f, "\\device\\harddiskvolume3\\x", NULL);
    uint64_t start = os_ticks_ms();
    assert_true(wait_until(a_second_is_over, &start));
    assert_path(&f, "\\device\\harddiskvolume3\\x", NULL);
    flow_close(&f);
    assert_int_equal(os_u32_load(&said.count), 1);
    assert_string_equal(said.last, "paths may stay device paths: listing drives gave 0x5 (5)");
}

/* A system that has no such functions: shares and well-known accounts are known all the same. */
static void test_no_functions(void **state)
{
    struct hand hand;
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    (void)state;
    hand_init(&hand);
    wfpw_options o = {.size = sizeof o, .flags = WFPW_OPEN_ACCOUNTS, .system = &hand.system};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_live(s, &live, NULL), WFPW_OK);
    FWPM_NET_EVENT5 event = hand_event();
    assert_true(hand_call(&hand, &event));
    assert_int_equal(wfpw_read(s, b, PATIENCE_MS, NULL), 1);
    assert_non_null(wfpw_batch_get(b, 0)->device_path);
    assert_null(wfpw_batch_get(b, 0)->app_path);
    wfpw_close(s);
    wfpw_batch_free(b);
}

/* ---- threads -------------------------------------------------------------------------------- */

/* Accounts by the hundred, volumes that come and go, a reader that reads: for the thread sanitizer.
 */
static void test_all_at_once(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_ACCOUNTS, .ring_bytes = 4 << 20});
    for (int i = 0; i < 300; i++) {
        char script[300];
        (void)snprintf(script, sizeof script,
                       "account S-1-5-21-1-2-3-%d PC\\u%d; drive %c: \\Device\\Vol%d;"
                       "repeat 5 drop user=S-1-5-21-1-2-3-%d app=\\device\\vol%d\\x",
                       i, i, 'D' + i % 20, i, i, i);
        flow_play(&f, script);
        flow_read_events(&f, 5);
    }
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* ---- the script ----------------------------------------------------------------------------- */

static void test_wrong_commands(void **state)
{
    static const char *const scripts[] = {
        "drive",
        "drive C:",
        "drive \"\" x",
        "mount C:\\data",
        "account x y",
        "account S-1-5-18",
        "string a.dll x \"text\"",
        "string a.dll 1",
        "string a.dll 65536 x",
        "subst X:",
    };
    wfpw_sim *sim;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        assert_int_equal(wfpw_sim_play(sim, scripts[i], &e), WFPW_E_SYNTAX);
    assert_int_equal(wfpw_sim_play(sim, "drive C: x; drive C: y; drive c: off; drive D: off", &e),
                     WFPW_OK);
    wfpw_sim_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_path_in_json),
        cmocka_unit_test(test_hostile_paths),
        cmocka_unit_test(test_volumes_come),
        cmocka_unit_test(test_misses_are_bounded),
        cmocka_unit_test(test_list_hangs),
        cmocka_unit_test(test_listed_once),
        cmocka_unit_test(test_well_known),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_account_hangs),
        cmocka_unit_test(test_traffic_of_lookups),
        cmocka_unit_test(test_close_while_an_account_hangs),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_each_call_fails),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_told_once),
        cmocka_unit_test(test_no_functions),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_wrong_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
