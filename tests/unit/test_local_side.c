/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which side of an audit record is this host, by each kind of evidence, and when there is none;
 * directions that the layer contradicts. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/direction.h"
#include "stage/local_side.h"
#include "random.h"

enum { IN = WFPW_DIRECTION_INBOUND, OUT = WFPW_DIRECTION_OUTBOUND, FWD = WFPW_DIRECTION_FORWARD };
enum { MINUTE = 60, DAY = 24 * 3600, TICKS_A_SECOND = 10000000 };

/* A record as text would tell it. */
struct line {
    uint32_t id;
    int direction, protocol;
    const char *source, *destination; /* address, NULL: none */
    int source_port, destination_port;
    int layer, pid, at; /* at: seconds since the first */
    char computer;      /* 0: 'A' */
    const char *local;  /* what must come out: "source", "destination" or "unknown" */
};

struct log {
    struct local_side local_side;
    uint64_t room[(sizeof(struct record) + sizeof(struct record_audit) + 64) / 8];
    struct record *r;
};

static void set_side(struct record *r, wfpw_endpoint *e, const char *ip, int port, uint32_t bit,
                     uint32_t port_bit)
{
    uint32_t scope;
    if (ip != NULL) {
        assert_true(text_parse_ip(ip, strlen(ip), e->addr, &e->family, &scope));
        r->present |= bit;
    }
    if (port >= 0) {
        e->port = (uint16_t)port;
        r->present |= port_bit;
    }
}

static void make(struct log *l, const struct line *t)
{
    struct record_builder b;
    struct record *r = record_start(&b, l->room, sizeof l->room, WFPW_KIND_AUDIT, WFPW_SOURCE_EVTX);
    char computer = t->computer != 0 ? t->computer : 'A';
    uint32_t at = record_room(&b, sizeof(struct record_audit));
    struct record_audit *a = (struct record_audit *)(void *)(b.base + at);
    a->event_id = t->id;
    a->computer = record_put(&b, VALUE_UTF8, &computer, 1);
    r->audit_at = at;
    r->time = 1000000 * (uint64_t)TICKS_A_SECOND + (uint64_t)t->at * TICKS_A_SECOND;
    r->direction = (uint8_t)t->direction;
    r->protocol = (uint32_t)t->protocol;
    r->layer_id = (uint32_t)t->layer;
    r->process_id = (uint64_t)t->pid;
    r->present = WFPW_HAS_PROTOCOL | WFPW_HAS_LAYER_ID | WFPW_HAS_PROCESS_ID;
    set_side(r, &r->local, t->source, t->source_port, WFPW_HAS_LOCAL, WFPW_HAS_LOCAL_PORT);
    set_side(r, &r->remote, t->destination, t->destination_port, WFPW_HAS_REMOTE,
             WFPW_HAS_REMOTE_PORT);
    bool by_field = t->direction == OUT || t->id == 5154 || t->id == 5158;
    r->orientation = by_field ? WFPW_ORIENTATION_FIELD : WFPW_ORIENTATION_UNKNOWN;
    (void)record_finish(&b);
    l->r = r;
}

/* What the stage says of the line. */
static const char *ask(struct log *l, const struct line *t)
{
    make(l, t);
    struct record before = *l->r;
    direction_decide(l->r);
    local_side_decide(&l->local_side, l->r);
    if (l->r->orientation == WFPW_ORIENTATION_FIELD)
        return "field";
    if (l->r->orientation == WFPW_ORIENTATION_UNKNOWN) {
        assert_memory_equal(&l->r->local, &before.local, sizeof before.local);
        assert_memory_equal(&l->r->remote, &before.remote, sizeof before.remote);
        assert_int_equal(l->r->present, before.present);
        return "unknown";
    }
    assert_int_equal(l->r->orientation, WFPW_ORIENTATION_EVIDENCE);
    if (memcmp(&l->r->local, &before.local, sizeof before.local) == 0)
        return "source";
    assert_memory_equal(&l->r->local, &before.remote, sizeof before.local);
    assert_memory_equal(&l->r->remote, &before.local, sizeof before.local);
    return "destination";
}

static void play(const struct line *lines, size_t n)
{
    struct log *l = calloc(1, sizeof *l);
    assert_non_null(l);
    for (size_t i = 0; i < n; i++) {
        const char *said = ask(l, &lines[i]);
        if (strcmp(said, lines[i].local) != 0)
            fail_msg("line %u is %s, not %s", (unsigned)i, said, lines[i].local);
    }
    free(l);
}

#define PLAY(...)                                                                                  \
    do {                                                                                           \
        static const struct line lines[] = {__VA_ARGS__};                                          \
        play(lines, sizeof lines / sizeof *lines);                                                 \
    } while (0)

#define ME    "10.0.2.15"
#define OTHER "10.0.2.17"
#define GO                                                                                         \
    {                                                                                              \
        5156, OUT, 6, ME, OTHER, 50000, 445, 48, 4, 0, 0, "field"                                  \
    }

/* ---- evidence ------------------------------------------------------------------------------- */

static void test_own_addresses(void **state)
{
    (void)state;
    PLAY({5152, IN, 6, OTHER, ME, 49000, 49158, 13, 0, 0, 0, "unknown"}, GO,
         {5152, IN, 6, OTHER, ME, 49000, 49158, 13, 0, 1, 0, "destination"},
         {5156, IN, 6, ME, OTHER, 49158, 49000, 44, 0, 1, 0, "source"},
         {5152, IN, 6, "192.0.2.1", OTHER, 49000, 49158, 13, 0, 1, 0, "unknown"},
         {5152, 0, 6, OTHER, ME, 49000, 49158, 99, 0, 1, 0, "destination"});
    /* a bind to an address, but not to every address */
    PLAY({5158, 0, 17, "fe80::2", NULL, 5000, -1, 38, 9, 0, 0, "field"},
         {5158, 0, 17, "::", NULL, 5001, -1, 38, 9, 0, 0, "field"},
         {5152, IN, 17, "fe80::1", "fe80::2", 60000, 60001, 14, 0, 0, 0, "destination"},
         {5152, IN, 17, "fe80::1", "::", 60000, 60001, 14, 0, 0, 0, "unknown"});
}

/* An address is another one's on another computer, and after a week. */
static void test_own_addresses_end(void **state)
{
    (void)state;
    PLAY(GO, {5152, IN, 6, OTHER, ME, 49000, 49158, 13, 0, 1, 'B', "unknown"},
         {5152, IN, 6, OTHER, ME, 49000, 49158, 13, 0, 6 * DAY, 0, "destination"},
         {5152, IN, 6, OTHER, ME, 49000, 49158, 13, 0, 14 * DAY, 0, "unknown"});
}

static void test_listening_ports(void **state)
{
    (void)state;
    PLAY({5154, 0, 6, "0.0.0.0", NULL, 49158, -1, 40, 452, 0, 0, "field"},
         {5156, IN, 6, OTHER, ME, 49000, 49158, 44, 452, 1, 0, "destination"},
         {5156, IN, 6, ME, OTHER, 49158, 49000, 44, 0, 1, 0, "source"},
         {5156, IN, 6, OTHER, ME, 49000, 49158, 44, 7, 1, 0, "unknown"},    /* another process */
         {5156, IN, 17, OTHER, ME, 49000, 49158, 44, 452, 1, 0, "unknown"}, /* another protocol */
         {5156, IN, 6, OTHER, ME, 49158, 49158, 44, 452, 1, 0, "unknown"},
         {5156, IN, 6, OTHER, ME, 49000, 49158, 44, 452, 2 * DAY, 0, "unknown"});
    /* a client of TCP binds, too */
    PLAY({5158, 0, 6, "0.0.0.0", NULL, 50000, -1, 36, 4, 0, 0, "field"},
         {5158, 0, 17, "0.0.0.0", NULL, 50001, -1, 36, 4, 0, 0, "field"},
         {5152, IN, 6, OTHER, ME, 49000, 50000, 13, 4, 0, 0, "unknown"},
         {5152, IN, 17, OTHER, ME, 49000, 50001, 13, 4, 0, 0, "destination"});
}

static void test_groups(void **state)
{
    (void)state;
    PLAY({5156, IN, 17, "fe80::9", "ff02::fb", 5353, 5353, 46, 0, 0, 0, "destination"},
         {5156, IN, 17, "239.255.255.250", OTHER, 1900, 1900, 44, 0, 0, 0, "source"},
         {5152, IN, 17, "0.0.0.0", "255.255.255.255", 68, 67, 12, 0, 0, 0, "destination"},
         {5152, IN, 17, "10.0.2.255", OTHER, 137, 137, 12, 0, 0, 0, "source"},
         {5152, IN, 17, "239.0.0.1", "ff02::1", 137, 137, 12, 0, 0, 0, "unknown"},
         {5152, IN, 17, "10.255.255.255", OTHER, 137, 137, 12, 0, 0, 0, "source"},
         {5152, IN, 17, "10.0.3.255", "10.0.1.7", 137, 137, 12, 0, 0, 0, "source"},
         {5152, IN, 17, "10.0.2.255", "10.0.1.7", 137, 137, 12, 0, 0, 0, "unknown"},
         {5152, IN, 17, "198.51.100.255", OTHER, 137, 137, 12, 0, 0, 0, "unknown"},
         {5152, FWD, 17, OTHER, "239.0.0.1", 137, 137, 8, 0, 0, 0, "unknown"});
    /* this host's own broadcast comes back to it: the group is on this side all the same */
    PLAY({5156, OUT, 17, ME, "10.0.2.255", 137, 137, 48, 4, 0, 0, "field"},
         {5156, IN, 17, "10.0.2.255", ME, 137, 137, 44, 4, 0, 0, "source"},
         {5156, IN, 17, ME, "10.0.2.255", 137, 137, 44, 4, 0, 0, "destination"});
}

static void test_outbound_half(void **state)
{
    (void)state;
    PLAY({5156, OUT, 6, "::1", "::1", 55875, 49155, 50, 452, 0, 0, "field"},
         {5156, IN, 6, "::1", "::1", 49155, 55875, 46, 452, 0, 0, "source"},
         {5156, IN, 6, "::1", "::1", 55875, 49155, 46, 452, 1, 0, "destination"},
         {5156, IN, 6, "::1", "::1", 55876, 49155, 46, 452, 1, 0, "unknown"},
         {5156, IN, 6, "::1", "::1", 55875, 49155, 46, 452, 5 * MINUTE, 0, "unknown"},
         {5156, IN, 17, "::1", "::1", 55875, 49155, 46, 452, 1, 0, "unknown"});
    /* both ways at once: nothing is told */
    PLAY({5156, OUT, 17, "127.0.0.1", "127.0.0.1", 7000, 7001, 48, 4, 0, 0, "field"},
         {5156, OUT, 17, "127.0.0.1", "127.0.0.1", 7001, 7000, 48, 4, 0, 0, "field"},
         {5156, IN, 17, "127.0.0.1", "127.0.0.1", 7001, 7000, 44, 4, 0, 0, "unknown"},
         {5156, IN, 17, "127.0.0.1", "127.0.0.1", 7001, 7001, 44, 4, 0, 0, "unknown"});
}

static void test_services(void **state)
{
    (void)state;
    PLAY({5157, IN, 6, OTHER, ME, 50000, 3389, 44, 0, 0, 0, "destination"},
         {5157, IN, 6, ME, OTHER, 445, 50000, 46, 0, 0, 0, "source"},
         {5157, IN, 6, ME, OTHER, 445, 139, 44, 0, 0, 0, "unknown"},
         {5157, IN, 6, ME, OTHER, 49155, 50000, 44, 0, 0, 0, "unknown"},
         {5157, IN, 17, ME, OTHER, 53, 50000, 44, 0, 0, 0, "unknown"}, /* an answer, perhaps */
         {5152, IN, 6, OTHER, ME, 443, 50000, 13, 0, 0, 0, "unknown"}, /* the same */
         {5152, IN, 6, OTHER, ME, 443, 0, 44, 0, 0, 0, "unknown"});
}

/* Layers at which only this host's doing is seen, whatever the direction field says. */
static void test_layers_of_the_source(void **state)
{
    (void)state;
    PLAY({5157, IN, 6, ME, OTHER, 50000, 443, 48, 7, 0, 0, "source"},
         {5157, 0, 6, "fe80::1", "fe80::2", 50000, 443, 50, 7, 0, 0, "source"},
         {5152, IN, 17, "192.0.2.1", OTHER, 50000, 53, 16, 0, 0, 0, "source"},
         {5152, IN, 1, "192.0.2.1", OTHER, 3, 3, 32, 0, 0, 0, "source"},
         {5157, 0, 17, "192.0.2.1", OTHER, 50000, 53, 36, 7, 0, 0, "source"},
         {5157, 0, 6, "192.0.2.1", OTHER, 50000, 53, 40, 7, 0, 0, "source"},
         /* packets that are sent on pass there too, and an inner packet is no evidence */
         {5152, IN, 6, "192.0.2.1", "192.0.2.2", 50000, 443, 4, 0, 0, 0, "unknown"},
         {5152, IN, 6, "192.0.2.1", "192.0.2.2", 50000, 443, 28, 0, 0, 0, "unknown"},
         /* a group sends nothing */
         {5157, IN, 17, "239.255.255.250", "192.0.2.2", 1900, 1900, 48, 7, 0, 0, "unknown"},
         {5157, IN, 6, NULL, "192.0.2.2", -1, 443, 48, 7, 0, 0, "unknown"});
    /* what is known of the addresses contradicts */
    PLAY(GO, {5157, IN, 6, OTHER, ME, 443, 50000, 48, 4, 1, 0, "destination"});
}

/* Type and code have their places, and most types have one code only. */
static void test_icmp(void **state)
{
    (void)state;
    PLAY({5152, IN, 1, OTHER, ME, 0, 8, 44, 0, 0, 0, "destination"},
         {5157, IN, 1, ME, "10.0.2.18", 8, 0, 44, 0, 0, 0, "source"},
         {5152, IN, 6, "10.0.2.19", ME, 50000, 50001, 13, 0, 0, 0, "unknown"}, /* not learned */
         {5152, IN, 1, "192.0.2.1", "192.0.2.2", 0, 0, 44, 0, 0, 0, "unknown"},
         {5152, IN, 1, "192.0.2.1", "192.0.2.2", 1, 3, 44, 0, 0, 0, "destination"},
         {5152, IN, 58, "fe80::1", "fe80::2", 0, 135, 46, 0, 0, 0, "destination"},
         {5152, IN, 58, "fe80::5", "fe80::6", 200, 201, 46, 0, 0, 0, "unknown"});
}

static void test_nothing_to_tell(void **state)
{
    (void)state;
    PLAY({5152, FWD, 6, ME, OTHER, 50000, 445, 8, 0, 0, 0, "unknown"},
         {5152, IN, 6, ME, NULL, 50000, -1, 12, 0, 0, 0, "unknown"},
         {5152, IN, 6, NULL, NULL, -1, -1, 12, 0, 0, 0, "unknown"},
         {5152, IN, 6, "::", "::", 0, 0, 14, 0, 0, 0, "unknown"});
}

/* One side only: it moves with its presence. */
static void test_presence_moves(void **state)
{
    struct log *l = calloc(1, sizeof *l);
    const struct line t = {5152, IN, 6, NULL, "127.0.0.1", 77, -1, 12, 0, 0, 0, ""};
    (void)state;
    assert_non_null(l);
    assert_string_equal(ask(l, &t), "destination");
    assert_int_equal(l->r->present & (WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT |
                                      WFPW_HAS_REMOTE_PORT),
                     WFPW_HAS_LOCAL | WFPW_HAS_REMOTE_PORT);
    assert_int_equal(l->r->remote.port, 77);
    free(l);
}

/* A flood of addresses pushes old ones out; what came last is known. */
static void test_flood(void **state)
{
    struct log *l = calloc(1, sizeof *l);
    struct line go = GO, come = {5152, IN, 6, OTHER, ME, 49000, 49158, 13, 0, 1, 0, ""};
    char ip[32];
    uint64_t seed = 1;
    (void)state;
    assert_non_null(l);
    for (int i = 0; i < 20000; i++) {
        uint32_t n = random_below(&seed, 1u << 24);
        (void)snprintf(ip, sizeof ip, "11.%u.%u.%u", n >> 16, n >> 8 & 255, n & 127);
        go.source = ip;
        (void)ask(l, &go);
    }
    go.source = ME;
    (void)ask(l, &go);
    assert_string_equal(ask(l, &come), "destination");
    free(l);
}

/* ---- directions ----------------------------------------------------------------------------- */

static void test_directions(void **state)
{
    static const struct {
        int layer, said; /* layer -1: none */
        int direction, from;
    } rows[] = {
        {44, OUT, IN, WFPW_DIRECTION_FROM_LAYER},
        {47, 0, IN, WFPW_DIRECTION_FROM_LAYER},
        {48, IN, OUT, WFPW_DIRECTION_FROM_LAYER},
        {51, OUT, OUT, WFPW_DIRECTION_FROM_FIELD},
        {44, IN, IN, WFPW_DIRECTION_FROM_FIELD},
        {13, OUT, IN, WFPW_DIRECTION_FROM_LAYER},
        {19, IN, OUT, WFPW_DIRECTION_FROM_LAYER},
        {0, 0, IN, WFPW_DIRECTION_FROM_LAYER},
        {7, 0, OUT, WFPW_DIRECTION_FROM_LAYER},
        {31, 0, IN, WFPW_DIRECTION_FROM_LAYER},
        {35, 0, OUT, WFPW_DIRECTION_FROM_LAYER},
        {8, IN, IN, WFPW_DIRECTION_FROM_FIELD},
        {20, IN, IN, WFPW_DIRECTION_FROM_FIELD},
        {36, 0, 0, 0},
        {40, 0, 0, 0},
        {52, OUT, OUT, WFPW_DIRECTION_FROM_FIELD},
        {56, OUT, OUT, WFPW_DIRECTION_FROM_FIELD},
        {44, FWD, FWD, WFPW_DIRECTION_FROM_FIELD},
        {-1, IN, IN, WFPW_DIRECTION_FROM_FIELD},
        {-1, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record r = {.direction = (uint8_t)rows[i].said,
                           .layer_id = (uint32_t)rows[i].layer,
                           .present = rows[i].layer >= 0 ? (uint32_t)WFPW_HAS_LAYER_ID : 0};
        for (int again = 0; again < 2; again++) { /* twice is once */
            direction_decide(&r);
            assert_int_equal(r.direction, rows[i].direction);
            assert_int_equal(r.direction_from, rows[i].from);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_addresses),
        cmocka_unit_test(test_own_addresses_end),
        cmocka_unit_test(test_listening_ports),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_outbound_half),
        cmocka_unit_test(test_services),
        cmocka_unit_test(test_layers_of_the_source),
        cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_nothing_to_tell),
        cmocka_unit_test(test_presence_moves),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
