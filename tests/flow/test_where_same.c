/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A template means the same wherever it is asked: random templates and events, of a subscription
 * (by the engine, the callback and the session), of an enumeration, of a file that netsh would have
 * written, and of the finished event alone. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/batch.h"
#include "decode/fwpm/net_event.h"
#include "random.h"
#include "model/direction.h"
#include "template/template_engine.h"
#include "stage/verdict.h"
#include "writer/netsh_event_writer.h"

enum { ROUNDS = 150, EVENTS = 40, CONDITIONS = 4, TEXT = 256, SCENE = EVENTS * 512 };

/* Moments a millisecond apart, as that is what netsh writes: they tell the events apart. */
static const uint64_t first_moment = 134116992000000000u;
enum { MOMENT = 10000 };

/* ---- events --------------------------------------------------------------------------------- */

#define PICK(list, seed) ((list)[random_below((seed), sizeof(list) / sizeof *(list))])

static const char *const addresses[2][4] = {{"10.0.0.1", "10.0.0.2", "192.0.2.10", "10.1.0.1"},
                                            {"fe80::1", "fe80::2", "2001:db8::1", "ff02::fb"}};
static const char *const apps[] = {"\\device\\harddiskvolume3\\tools\\nc.exe",
                                   "\\device\\harddiskvolume30\\tools\\nc.exe",
                                   "\\device\\harddiskvolume3\\t\xC3\xA4st\\nc.exe", "System"};
static const char *const users[] = {"S-1-5-18", "S-1-5-19", "S-1-5-21-1-2-3-1001"};
static const unsigned ports[] = {0, 8, 53, 443, 5353, 65535};

/* Half of the time nothing: an event may lack any field. */
static size_t maybe(uint64_t *seed, char *out, size_t cap, const char *key, const char *value)
{
    if (random_below(seed, 3) == 0)
        return 0;
    return (size_t)snprintf(out, cap, " %s=\"%s\"", key, value);
}

static size_t side(uint64_t *seed, char *out, size_t cap, const char *key, uint32_t v6)
{
    const char *address = PICK(addresses[v6], seed);
    if (random_below(seed, 4) == 0)
        return 0;
    if (random_below(seed, 4) == 0)
        return (size_t)snprintf(out, cap, " %s=%s", key, address);
    return (size_t)snprintf(out, cap, v6 != 0 ? " %s=[%s]:%u" : " %s=%s:%u", key, address,
                            PICK(ports, seed));
}

static size_t event(uint64_t *seed, char *out, size_t cap, uint64_t i)
{
    static const char *const types[] = {"drop",
                                        "drop",
                                        "drop",
                                        "allow",
                                        "capability_drop",
                                        "ipsec_kernel_drop",
                                        "ike_mm_failure",
                                        "classify_drop_mac",
                                        "lpm_packet_arrival",
                                        "event type=99"};
    static const char *const protocols[] = {"tcp", "udp", "icmp", "icmpv6"};
    static const char *const layers[] = {"0", "44", "48", "46"};
    static const char *const directions[] = {"in", "out", "forward", "7"};
    static const char *const filters[] = {"0", "7", "70210"};
    static const char *const scopes[] = {"0", "7"};
    uint32_t v6 = random_below(seed, 2);
    size_t n = (size_t)snprintf(out, cap, "%s time=%llu", PICK(types, seed),
                                (unsigned long long)(first_moment + i * MOMENT));
    n += side(seed, out + n, cap - n, "local", v6);
    n += side(seed, out + n, cap - n, "remote", v6);
    n += maybe(seed, out + n, cap - n, "protocol", PICK(protocols, seed));
    n += maybe(seed, out + n, cap - n, "app", PICK(apps, seed));
    n += maybe(seed, out + n, cap - n, "user", PICK(users, seed));
    n += maybe(seed, out + n, cap - n, "layer", PICK(layers, seed));
    n += maybe(seed, out + n, cap - n, "direction", PICK(directions, seed));
    n += maybe(seed, out + n, cap - n, "filter", PICK(filters, seed));
    n += maybe(seed, out + n, cap - n, "scope", PICK(scopes, seed));
    out[n++] = '\n';
    return n;
}

static void scene(uint64_t *seed, char *out)
{
    size_t n = 0;
    for (uint64_t i = 0; i < EVENTS; i++)
        n += event(seed, out + n, SCENE - n - 1, i);
    out[n] = 0;
}

/* ---- templates ------------------------------------------------------------------------------ */

static const struct {
    const char *key;
    const char *values[7];
} keys[] = {
    {"protocol", {"tcp", "17", "1", "58", "tcp,udp", "0-20"}},
    {"local-address", {"10.0.0.1", "10.0.0.0/8", "fe80::/10", "fe80::1", "10.0.0.1-10.0.0.2"}},
    {"remote-address", {"10.0.0.2", "10.0.0.0-10.0.0.255", "::/0", "ff02::fb", "0.0.0.0/0"}},
    {"local-port", {"0", "8", "443", "53,443", "1-1023"}},
    {"remote-port", {"0", "53", "65535", "0xffff", "5353,443"}},
    {"app",
     {"\\device\\harddiskvolume3\\tools\\nc.exe", "\\DEVICE\\HarddiskVolume30\\tools\\nc.exe",
      "nc.exe", "system", "*tools*", "\\device\\harddiskvolume3\\t\xC3\xA4st\\nc.exe"}},
    {"user", {"S-1-5-18", "s-1-5-21-1-2-3-1001", "S-1-5-19,S-1-5-18", "*", "S-1-5-2*"}},
    {"type", {"classify_drop", "classify_allow", "ike_mm_failure", "unknown", "5157", "audit"}},
    {"direction", {"inbound", "outbound", "forward"}},
    {"layer", {"44", "ALE_AUTH_CONNECT_V4", "0-50"}},
    {"filter", {"0", "7", "70210", "1-100"}},
    {"scope-id", {"0", "7"}},
    {"verdict", {"block", "drop", "allow", "failure,info"}},
    {"reason", {"ike", "ipsec", "unknown", "stealth,default_inbound"}},
};

static void condition(uint64_t *seed, char out[TEXT])
{
    size_t k = random_below(seed, sizeof keys / sizeof *keys), values = 0;
    while (values < 7 && keys[k].values[values] != NULL)
        values++;
    (void)snprintf(out, TEXT, "%s%s%s", keys[k].key, random_below(seed, 4) == 0 ? "!=" : "=",
                   keys[k].values[random_below(seed, (uint32_t)values)]);
}

static wfpw_template *draw_template(uint64_t *seed, char text[TEXT * CONDITIONS])
{
    wfpw_template *t;
    char one[TEXT];
    uint32_t count = random_below(seed, CONDITIONS);
    text[0] = 0;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    for (uint32_t i = 0; i <= count; i++) {
        condition(seed, one);
        assert_int_equal(wfpw_template_add(t, one, NULL), WFPW_OK);
        strcat(strcat(text, " "), one);
    }
    return t;
}

/* ---- which events came ---------------------------------------------------------------------- */

struct set {
    bool has[EVENTS];
    uint32_t count;
};

static void put(struct set *s, const wfpw_event *ev)
{
    uint64_t i = (ev->time - first_moment) / MOMENT;
    assert_true(i < EVENTS && !s->has[i]);
    s->has[i] = true;
    s->count++;
}

static void assert_same(const struct set *wanted, const struct set *got, const char *where,
                        const char *conditions, const char *events)
{
    for (size_t i = 0; i < EVENTS; i++, events = strchr(events, '\n') + 1)
        if (wanted->has[i] != got->has[i])
            fail_msg("%s: %s%s: %.*s", where, wanted->has[i] ? "lacks" : "has too much", conditions,
                     (int)strcspn(events, "\n"), events);
}

/* Until all that came has been read. */
static uint64_t read_all(wfpw_session *s, wfpw_batch *b, struct set *out)
{
    wfpw_stats st = {.size = sizeof st};
    int n = 0;
    do {
        for (int i = 0; i < n; i++)
            put(out, wfpw_batch_get(b, (uint32_t)i));
        assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
        if (st.delivered + st.filtered == st.received)
            break;
        n = wfpw_read(s, b, 1, NULL); /* it may be that all the others are left out */
    } while (n >= 0);
    assert_stats_agree(&st);
    assert_int_equal(st.dropped, 0);
    assert_int_equal(st.delivered, out->count);
    return st.received;
}

/* ---- the ways ------------------------------------------------------------------------------- */

struct round {
    struct flow f; /* gets everything */
    wfpw_template *t;
    struct set wanted;
    struct netsh_event_writer file;
};

static wfpw_session *subscribe(struct round *r)
{
    wfpw_session *s;
    wfpw_options o = {.size = sizeof o,
                      .flags = WFPW_OPEN_NO_NAMES, /* as in a file */
                      .system = wfpw_sim_system(r->f.sim),
                      .match = r->t};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_live(s, &live, NULL), WFPW_OK);
    return s;
}

/* All events, of which the template is asked when they are finished. */
static uint64_t by_event(struct round *r)
{
    uint64_t received = flow_stats(&r->f).received;
    netevwriter_begin(&r->file);
    while (r->f.events < received) {
        int n = flow_read(&r->f, PATIENCE_MS);
        for (int i = 0; i < n; i++) {
            const wfpw_event *ev = wfpw_batch_get(r->f.b, (uint32_t)i);
            netevwriter_event(&r->file, ev);
            if (wfpw_template_match(r->t, ev) == 1)
                put(&r->wanted, ev);
        }
    }
    assert_true(netevwriter_end(&r->file));
    return received;
}

/* As a session does with a record. */
static void judge(struct round *r, struct record *record, struct set *out)
{
    direction_decide(record);
    struct template_subject s = template_of_record(record);
    batch_clear(r->f.b);
    if (!template_holds(r->t, &s) || !batch_add(r->f.b, record, 1))
        return;
    verdict_explain(batch_last(r->f.b));
    if (wfpw_template_match(r->t, batch_last(r->f.b)) == 1)
        put(out, batch_last(r->f.b));
}

static void judge_raw(struct round *r, int version, const void *raw, struct set *out)
{
    static uint64_t room[NET_EVENT_ROOM_MAX / 8];
    struct net_event n;
    assert_true(net_event_look(&n, version, raw));
    (void)net_event_decode(&n, WFPW_SOURCE_SIM, room);
    judge(r, (struct record *)(void *)room, out);
}

/* The events that the engine keeps; how many of them it gave for the template. */
static uint32_t by_enumeration(struct round *r, bool refuses, struct set *out)
{
    const struct wfpw_system *system = wfpw_sim_system(r->f.sim);
    const struct system_engine *e = system->engine;
    struct engine_template ahead;
    void *engine, *handle, **list;
    uint32_t count;
    int version = SYSTEM_ENUMS - 1;
    while (e->enumerate[version] == NULL)
        version--;
    template_for_engine(r->t, first_moment, first_moment + EVENTS * MOMENT, &ahead);
    assert_int_equal(e->open(system->ctx, NULL, &engine), 0);
    uint32_t code = e->create_enum(system->ctx, engine, &ahead.asked, &handle);
    if (template_is_refused(&ahead, code)) {
        assert_true(refuses); /* else it takes whatever we ask */
        template_drop_conditions(&ahead);
        code = e->create_enum(system->ctx, engine, &ahead.asked, &handle);
    }
    assert_int_equal(code, 0);
    assert_int_equal(e->enumerate[version](system->ctx, engine, handle, 1000, &list, &count), 0);
    for (uint32_t i = 0; i < count; i++)
        judge_raw(r, version, list[i], out);
    e->free(system->ctx, (void **)&list);
    assert_int_equal(e->destroy_enum(system->ctx, engine, handle), 0);
    assert_int_equal(e->close(system->ctx, engine), 0);
    return count;
}

static void by_file(const struct round *r, struct set *out)
{
    wfpw_session *s;
    wfpw_options o = {.size = sizeof o, .match = r->t};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(s, r->file.p, r->file.n, NULL), WFPW_OK);
    for (int n; (n = wfpw_read(s, r->f.b, -1, NULL)) != WFPW_E_EOF;) {
        assert_true(n > 0);
        for (int i = 0; i < n; i++)
            put(out, wfpw_batch_get(r->f.b, (uint32_t)i));
    }
    wfpw_close(s);
}

/* ---- the test ------------------------------------------------------------------------------- */

static void play(struct round *r, uint64_t *seed, const char *conditions, const char *events,
                 uint64_t saved[2])
{
    bool refuses = random_below(seed, 4) == 0;
    struct set live = {0}, kept = {0}, read = {0};
    if (refuses)
        flow_play(&r->f, "refuse_conditions on");
    wfpw_session *s = subscribe(r);
    flow_play(&r->f, events);
    uint64_t all = by_event(r), came = read_all(s, r->f.b, &live);
    uint32_t given = by_enumeration(r, refuses, &kept);
    by_file(r, &read);
    assert_same(&r->wanted, &live, "subscription", conditions, events);
    assert_same(&r->wanted, &kept, "enumeration", conditions, events);
    assert_same(&r->wanted, &read, "file", conditions, events);
    assert_true(given >= kept.count && came >= live.count);
    assert_int_equal(came, given); /* the engine takes both for the same */
    if (refuses)
        assert_int_equal(came, all);
    saved[0] += all;
    saved[1] += came;
    wfpw_close(s);
}

static void test_means_the_same(void **state)
{
    static const uint32_t versions[] = {7, 8, 10, 1803, 11};
    static char events[SCENE], conditions[TEXT * CONDITIONS];
    uint64_t seed = 12, saved[2] = {0}, wanted = 0;
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct round r = {0};
        flow_open(&r.f, &(struct flow_options){.flags = WFPW_OPEN_NO_NAMES,
                                               .windows = PICK(versions, &seed),
                                               .ring_bytes = 256 * 1024});
        r.t = draw_template(&seed, conditions);
        scene(&seed, events);
        play(&r, &seed, conditions, events, saved);
        wanted += r.wanted.count;
        netevwriter_free(&r.file);
        flow_close(&r.f);
        wfpw_template_free(r.t);
    }
    assert_true(wanted > ROUNDS && saved[1] < saved[0]); /* neither all nor nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_means_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
