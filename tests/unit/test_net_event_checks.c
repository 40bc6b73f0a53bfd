/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A raw event is wanted exactly when its record is. */
#include "net_event_raw.h"

#include <stdlib.h>

#include "engine/net_event_checks.h"
#include "model/direction.h"
#include "random.h"
#include "unit/template_made.h"

enum { ROUNDS = 20000, CONDITIONS_MAX = 20 };

/* About half of the values are those that events have. */
static const char *const conditions[] = {"protocol=tcp",
                                         "protocol!=17,58",
                                         "direction=inbound",
                                         "direction!=outbound",
                                         "direction=forward",
                                         "layer=0-48",
                                         "layer!=13",
                                         "filter=7,70210",
                                         "filter!=0-7",
                                         "type=classify_drop",
                                         "type!=classify_allow",
                                         "type=5157",
                                         "type!=5150-5159",
                                         "scope-id=7",
                                         "local-port=0-53",
                                         "remote-port!=443",
                                         "port=5353,443",
                                         "local-address=10.0.0.0-10.0.0.2",
                                         "remote-address=fe80::/16",
                                         "remote-address!=192.0.0.3",
                                         "address=ff02::1-ff02::3,10.0.0.1",
                                         "time>=2026-01-01",
                                         "time!=2026-01-01",
                                         "pid=4",
                                         "pid!=4",
                                         "user=S-1-5-18",
                                         "user!=S-1-5-18",
                                         "user=S-1-5-18,S-1-5-19",
                                         "user=system",
                                         "user!=*",
                                         "app=a.exe",
                                         "app!=a.exe",
                                         "app=\\device\\*\\b.exe",
                                         "app=*\\A.EXE",
                                         "app=c:\\a.exe",
                                         "app=*e",
                                         "app!=*\\b.exe,d*",
                                         "computer=*",
                                         "computer!=*",
                                         "verdict=block",
                                         "reason!=stealth",
                                         "rule=a",
                                         "file!=a"};

static wfpw_template *draw_template(uint64_t *seed)
{
    wfpw_template *t;
    uint32_t most = random_below(seed, 8) == 0 ? CONDITIONS_MAX : 3;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    for (uint32_t n = random_below(seed, most + 1); n > 0; n--) {
        const char *text = conditions[random_below(seed, sizeof conditions / sizeof *conditions)];
        if (wfpw_template_add(t, text, NULL) != WFPW_OK)
            fail_msg("%s", text);
    }
    return t;
}

static void draw_text(struct sim_text *t, uint64_t *seed)
{
    static const char *const texts[] = {
        "", "a.exe", "\\device\\harddiskvolume3\\A.exe", "\\device\\x\\b.exe", "\\", "e"};
    const char *text = texts[random_below(seed, sizeof texts / sizeof *texts)];
    for (t->n = 0; text[t->n] != 0; t->n++)
        t->units[t->n] = (uint8_t)text[t->n];
    for (uint32_t nuls = random_below(seed, 3); nuls > 0; nuls--)
        t->units[t->n++] = 0;
}

static void draw_event(struct sim_event *ev, uint64_t *seed)
{
    static const uint32_t directions[] = {0, 1, 0x3900, 0x3901, 0x3902, 0x3903, 99};
    static const char *const users[] = {"S-1-5-18", "S-1-5-19", "S-1-5-21-1-2-3-1001"};
    raw_fill(ev,
             random_below(seed, 3) == 0 ? random_below(seed, TYPES + 1)
                                        : (uint32_t)FWPM_NET_EVENT_TYPE_CLASSIFY_DROP,
             random_below(seed, 2) != 0);
    ev->flags = random_below(seed, 2) != 0 ? (uint32_t)ALL_FLAGS : random_below(seed, ALL_FLAGS);
    ev->protocol = made_protocols[random_below(seed, MADE_PROTOCOLS)];
    made_address(seed, &ev->local);
    made_address(seed, &ev->remote);
    ev->remote.family = ev->local.family;
    ev->local.port = made_ports[random_below(seed, MADE_PORTS)];
    ev->remote.port = made_ports[random_below(seed, MADE_PORTS)];
    ev->layer = made_layers[random_below(seed, MADE_LAYERS)];
    ev->filter = made_numbers[random_below(seed, MADE_NUMBERS)];
    ev->direction = directions[random_below(seed, sizeof directions / sizeof *directions)];
    raw_sid(&ev->user, users[random_below(seed, 3)]);
    draw_text(&ev->app, seed);
}

static bool record_is_wanted(const struct net_event *n, const wfpw_template *t)
{
    struct record *r = malloc(n->room);
    assert_non_null(r);
    (void)net_event_decode(n, WFPW_SOURCE_LIVE, r);
    direction_decide(r);
    struct template_subject s = template_of_record(r);
    s.is_early = true;
    bool wanted = template_holds(t, &s);
    free(r);
    return wanted;
}

static void test_agrees_with_record(void **state)
{
    struct raw *f = *state;
    uint64_t seed = 11;
    int wanted = 0, whole = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct net_event_checks checks;
        struct net_event n;
        wfpw_template *t = draw_template(&seed);
        int version = (int)random_below(&seed, VERSIONS);
        net_event_checks_make(&checks, t);
        draw_event(&f->sent, &seed);
        raw_make(f, version);
        assert_true(net_event_look(&n, version, f->im.event));
        bool is = net_event_checks_hold(&checks, &n, WFPW_SOURCE_LIVE);
        assert_int_equal(is, record_is_wanted(&n, t));
        wanted += is;
        whole += checks.is_whole && checks.count > 0;
        sim_image_free(&f->im);
        wfpw_template_free(t);
    }
    assert_in_range(wanted, ROUNDS / 10, ROUNDS - ROUNDS / 10); /* neither is the rule */
    assert_true(whole > ROUNDS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_agrees_with_record, raw_set_up, raw_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
