/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Conditions one by one: what their text may be, where it is wrong, and which events they mean. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template/template.h"
#include "unit/template_made.h"

/* ---- texts ---------------------------------------------------------------------------------- */

static const char *const good[] = {
    "protocol=6",
    "protocol=tcp",
    "PROTOCOL=TCP,Udp,0x3A",
    "protocol!=0-5,7-255",
    " local-port = 80 ",
    "remote-port\t!=\t1000-2000 , 80",
    "remote-port=0,65535,0xFFFF",
    "scope-id=4294967295",
    "filter=18446744073709551615",
    "filter=0-18446744073709551615",
    "local-address=10.0.0.1,fe80::1,0.0.0.0/0,::/0",
    "remote-address=10.0.0.1-10.0.0.1",
    "remote-address=fe80::1-fe80::2",
    "layer=48,FWPM_LAYER_ALE_AUTH_CONNECT_V6,ale_auth_listen_v4",
    "direction=inbound,Outbound,forward,bidirectional",
    "type=classify_drop,audit,5157,5000-5999",
    "user=S-1-5-18,NT AUTHORITY\\SYSTEM",
    "app=*",
    "app=a b.exe",
    "app=\"a,b.exe\" , \"c\"",
    "app=x=y!=z",
    "verdict=block,drop",
    "reason!=stealth,default_inbound",
    "own=process",
    "own!=Filter,process",
    "pid=4",
    "pid>=1000",
    "port=53,1000-2000",
    "port<1024",
    "address=10.0.0.0/8,::1",
    "time>=2026-11-22T20:28:00Z",
    "time<2026-11-22 20:28",
    "time=2026-11-22",
    "computer=host01,\"a,b\"",
    "file=Security.evtx,C:\\logs\\*",
    "rule={A},\"a, b\"",
};

/* The character that is wrong, and how the sentence about it begins. */
static const struct {
    const char *text;
    unsigned position;
    const char *says;
} bad[] = {
    {"", 0, "a key is missing"},
    {"   ", 3, "a key is missing"},
    {"=80", 0, "a key is missing"},
    {"ports=80", 0, "there is no such key"},
    {" local_port=80", 1, "there is no such key"},
    {"remote-port", 11, "'=', '!='"},
    {"remote-port 80", 12, "'=', '!='"},
    {"remote-port!80", 12, "'=', '!='"},
    {"remote-port>>80", 12, "a port is"},
    {"remote-port!>80", 12, "'=', '!='"},
    {"remote-port>=80-90", 13, "one number is"},
    {"direction>=inbound", 9, "'=' or '!='"},
    {"address<10.0.0.1", 7, "'=' or '!='"},
    {"time>=yesterday", 6, "a time is"},
    {"time=2026-13-01", 5, "a time is"},
    {"time=2026-11-22T20", 5, "a time is"},
    {"time=2026-1", 5, "a time is"},
    {"remote-port==80", 12, "a port is"},
    {"remote-port=", 12, "a value is missing"},
    {"remote-port=  ", 14, "a value is missing"},
    {"remote-port=80,", 15, "a value is missing"},
    {"remote-port=,80", 12, "a value is missing"},
    {"remote-port=80,,443", 15, "a value is missing"},
    {"remote-port=65536", 12, "a port is"},
    {"remote-port=44x3", 14, "a port is"},
    {"remote-port=80 443", 14, "a port is"},
    {"remote-port=https", 12, "a port is"},
    {"remote-port=-80", 12, "a port is"},
    {"remote-port=80-", 15, "a port is"},
    {"remote-port=80-90-100", 17, "a port is"},
    {"remote-port=90-80", 15, "the range ends before"},
    {"remote-port=0x", 13, "a port is"},
    {"remote-port=0xg", 14, "a port is"},
    {"remote-port=\"80\"", 12, "a port is"},
    {"protocol=256", 9, "a protocol is"},
    {"protocol=tcp,foo", 13, "a protocol is"},
    {"scope-id=4294967296", 9, "a scope ID is"},
    {"filter=18446744073709551616", 7, "a filter is"},
    {"filter=Default", 7, "a filter is"},
    {"layer=FWPM_LAYER_", 6, "a layer is"},
    {"layer=4294967296", 6, "a layer is"},
    {"direction=in", 10, "a direction is"},
    {"direction=1", 10, "a direction is"},
    {"verdict=blocked", 8, "a verdict is"},
    {"reason=stelth", 7, "a reason is"},
    {"type=drop", 5, "a type is"},
    {"type=3", 5, "a type is"},
    {"local-address=10.0.0", 14, "an address is"},
    {"local-address=10.0.0.1,10.0.0.256", 23, "an address is"},
    {"local-address=host", 14, "an address is"},
    {"local-address=10.0.0.0/33", 23, "a prefix of IPv4"},
    {"local-address=10.0.0.0/", 23, "a prefix of IPv4"},
    {"local-address=::/129", 17, "a prefix of IPv6"},
    {"local-address=::/x", 17, "a prefix of IPv6"},
    {"local-address=10.0.0.1-::1", 23, "a range is of"},
    {"local-address=10.0.0.2-10.0.0.1", 23, "the range ends before"},
    {"local-address=10.0.0.1-", 23, "an address is"},
    {"local-address=fe80::1%3", 21, "an address has no scope"},
    {"app=", 4, "a value is missing"},
    {"app=\"\"", 5, "a value is missing"},
    {"app=\"a", 4, "the closing quote"},
    {"app=\"a\"b", 7, "a comma or the end"},
    {"app=\xC3\xA9,", 6, "a value is missing"}, /* characters, not bytes */
};

static void test_good_texts(void **state)
{
    wfpw_template *t;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (wfpw_template_add(t, good[i], &e) != WFPW_OK)
            fail_msg("%s: %s at %u", good[i], e.text, (unsigned)e.position);
    wfpw_template_free(t);
}

static void test_bad_texts(void **state)
{
    wfpw_template *t;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(wfpw_template_add(t, bad[i].text, NULL), WFPW_E_SYNTAX);
        assert_int_equal(wfpw_template_add(t, bad[i].text, &e), WFPW_E_SYNTAX);
        assert_int_equal(e.status, WFPW_E_SYNTAX);
        assert_string_equal(e.where, "wfpw_template_add");
        if (e.position != bad[i].position || strncmp(e.text, bad[i].says, strlen(bad[i].says)) != 0)
            fail_msg("%s: %s at %u", bad[i].text, e.text, (unsigned)e.position);
    }
    assert_null(t->first); /* as it was */
    wfpw_template_free(t);
}

static void test_limits(void **state)
{
    wfpw_template *t;
    wfpw_error e;
    char *text = malloc(TEMPLATE_TEXT_MAX + 2);
    (void)state;
    assert_non_null(text);
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    memset(text, 'a', TEMPLATE_TEXT_MAX + 1);
    memcpy(text, "app=", 4);
    text[TEMPLATE_TEXT_MAX + 1] = 0;
    assert_int_equal(wfpw_template_add(t, text, &e), WFPW_E_INVAL);
    text[TEMPLATE_TEXT_MAX] = 0;
    assert_int_equal(wfpw_template_add(t, text, &e), WFPW_OK);
    for (size_t i = 5; i < 5 + 2 * (TEMPLATE_VALUES_MAX - 1); i += 2)
        text[i] = ',';
    assert_int_equal(wfpw_template_add(t, text, &e), WFPW_OK);
    text[5 + 2 * (TEMPLATE_VALUES_MAX - 1)] = ',';
    assert_int_equal(wfpw_template_add(t, text, &e), WFPW_E_INVAL);
    for (int i = 2; i < TEMPLATE_CONDITIONS_MAX; i++)
        assert_int_equal(wfpw_template_add(t, "app=*", &e), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "app=*", &e), WFPW_E_INVAL);
    wfpw_template_free(t);
    free(text);
}

static void test_arguments(void **state)
{
    static const wfpw_allocator none = {0};
    wfpw_event ev = {.size = sizeof ev};
    wfpw_template *t;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_template_new(&none, &t), WFPW_E_INVAL);
    assert_null(t);
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(NULL, "app=a", NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_template_add(t, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_template_match(NULL, &ev), WFPW_E_INVAL);
    assert_int_equal(wfpw_template_match(t, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_template_match(t, &ev), 1);
    wfpw_template_free(t);
    wfpw_template_free(NULL);
}

/* ---- memory --------------------------------------------------------------------------------- */

struct counted {
    int calls, live, fail_at;
};

static void *WFPW_CALL count_alloc(void *ctx, size_t bytes)
{
    struct counted *c = ctx;
    void *p = ++c->calls == c->fail_at ? NULL : malloc(bytes);
    c->live += p != NULL;
    return p;
}

static void WFPW_CALL count_free(void *ctx, void *p)
{
    struct counted *c = ctx;
    c->live -= p != NULL;
    free(p);
}

/* Each call fails once; what stands stays, nothing is left over. */
static void test_no_memory(void **state)
{
    (void)state;
    for (int fail_at = 1; fail_at <= 4; fail_at++) {
        struct counted c = {.fail_at = fail_at};
        wfpw_allocator a = {count_alloc, count_free, &c};
        wfpw_event ev = {.size = sizeof ev, .present = WFPW_HAS_PROTOCOL, .protocol = 6};
        wfpw_error e;
        wfpw_template *t;
        int made = wfpw_template_new(&a, &t);
        assert_int_equal(made, fail_at == 1 ? WFPW_E_NOMEM : WFPW_OK);
        if (made == WFPW_OK) {
            int tcp = wfpw_template_add(t, "protocol=6", &e);
            assert_int_equal(tcp, fail_at == 2 ? WFPW_E_NOMEM : WFPW_OK);
            int no_tcp = wfpw_template_add(t, "protocol!=6", &e);
            assert_int_equal(no_tcp, fail_at == 3 ? WFPW_E_NOMEM : WFPW_OK);
            assert_int_equal(wfpw_template_match(t, &ev), fail_at == 3);
            assert_int_equal(wfpw_template_add(t, "nonsense", &e),
                             fail_at == 4 ? WFPW_E_NOMEM : WFPW_E_SYNTAX);
        }
        wfpw_template_free(t);
        assert_int_equal(c.live, 0);
    }
}

/* ---- meaning -------------------------------------------------------------------------------- */

/* An event as text would tell it; what is 0 or NULL it does not have. */
struct reported {
    uint32_t kind, event_id;
    int protocol, direction, layer, orientation;
    uint64_t filter;
    const char *local, *remote; /* addresses */
    int local_port, remote_port;
    uint32_t scope;
    const char *app, *sid, *user, *path;
};

#define WEB                                                                                        \
    {                                                                                              \
        .kind = WFPW_KIND_CLASSIFY_DROP, .protocol = 6, .direction = 2, .layer = 48, .filter = 70, \
        .local = "10.1.2.3", .remote = "203.0.113.7", .local_port = 50000, .remote_port = 443,     \
        .app = "\\device\\harddiskvolume3\\Tools\\nc.exe", .sid = "S-1-5-18", .user = "PC\\alice", \
        .path = "C:\\Tools\\nc.exe"                                                                \
    }
#define BARE                                                                                       \
    {                                                                                              \
        .kind = WFPW_KIND_CLASSIFY_DROP                                                            \
    }
#define PING                                                                                       \
    {                                                                                              \
        .kind = WFPW_KIND_CLASSIFY_DROP, .protocol = 1, .local = "10.1.2.3", .remote = "10.1.2.4", \
        .local_port = 8, .remote_port = 1                                                          \
    }
#define UNKNOWN                                                                                    \
    {                                                                                              \
        .kind = WFPW_KIND_AUDIT, .event_id = 5152, .protocol = 17, .orientation = 3,               \
        .direction = 1, .local = "fe80::2", .remote = "ff02::fb", .local_port = 5353,              \
        .remote_port = 5354, .scope = 3, .app = "System"                                           \
    }
#define GAP                                                                                        \
    {                                                                                              \
        .kind = WFPW_KIND_GAP                                                                      \
    }

static const struct {
    struct reported event;
    const char *condition;
    bool holds; /* and with != it is the other way round, except for gaps */
} meanings[] = {
    {WEB, "protocol=6", true},
    {WEB, "protocol=udp,17", false},
    {WEB, "protocol=1-10", true},
    {BARE, "protocol=0-255", false},
    {WEB, "remote-port=443", true},
    {WEB, "remote-port=80,400-450", true},
    {WEB, "remote-port=444-65535", false},
    {WEB, "local-port=443", false},
    {WEB, "local-port=50000", true},
    {BARE, "local-port=0-65535", false},
    {PING, "local-port=8", false}, /* a type, not a port */
    {UNKNOWN, "local-port=5354", true},
    {UNKNOWN, "remote-port=5354", true},
    {UNKNOWN, "remote-port=5355", false},
    {WEB, "remote-address=203.0.113.7", true},
    {WEB, "remote-address=203.0.113.6", false},
    {WEB, "remote-address=203.0.113.0/24", true},
    {WEB, "remote-address=203.0.112.99/23", true}, /* the bits behind the prefix do not count */
    {WEB, "remote-address=203.0.112.0/24", false},
    {WEB, "remote-address=0.0.0.0/0", true},
    {WEB, "remote-address=::/0", false},
    {WEB, "remote-address=203.0.113.1-203.0.113.7", true},
    {WEB, "remote-address=203.0.113.8-255.255.255.255", false},
    {WEB, "local-address=10.0.0.0/8", true},
    {WEB, "local-address=203.0.113.7", false},
    {BARE, "local-address=0.0.0.0/0,::/0", false},
    {UNKNOWN, "local-address=ff00::/8", true},
    {UNKNOWN, "local-address=fe80::/10", true},
    {UNKNOWN, "local-address=fe80::3-fe80::9", false},
    {UNKNOWN, "remote-address=fe80::1-fe80::2", true},
    {UNKNOWN, "scope-id=3", true},
    {UNKNOWN, "scope-id=4-9", false},
    {WEB, "scope-id=0", false},
    {WEB, "filter=70", true},
    {WEB, "filter=0-69,71-99", false},
    {BARE, "filter=0", false},
    {WEB, "layer=48", true},
    {WEB, "layer=ale_auth_connect_v4", true},
    {WEB, "layer=FWPM_LAYER_ALE_AUTH_CONNECT_V6", false},
    {WEB, "direction=OUTBOUND", true},
    {WEB, "direction=inbound,forward", false},
    {BARE, "direction=inbound,outbound,forward,bidirectional", false},
    {WEB, "type=classify_drop", true},
    {WEB, "type=classify_allow,audit", false},
    {UNKNOWN, "type=audit", true},
    {UNKNOWN, "type=5152", true},
    {UNKNOWN, "type=5153-5159", false},
    {WEB, "type=1000-65535", false},
    {WEB, "app=nc.exe", true},
    {WEB, "app=NC.EXE", true},
    {WEB, "app=nc", false},
    {WEB, "app=n?.exe", false}, /* only '*' is special */
    {WEB, "app=*.exe", true},
    {WEB, "app=n*", true},
    {WEB, "app=*c*e*", true},
    {WEB, "app=*c*e*x", false},
    {WEB, "app=tools*", false}, /* the last part only */
    {WEB, "app=*\\tools\\*", true},
    {WEB, "app=*\\TOOLS\\nc.exe", true},
    {WEB, "app=\\device\\harddiskvolume3\\tools\\nc.exe", true},
    {WEB, "app=\\device\\*\\nc.exe", true},
    {WEB, "app=\\nc.exe", false},
    {WEB, "app=c:\\tools\\nc.exe", true},
    {WEB, "app=C:\\*", true},
    {WEB, "app=?:\\*", false},
    {WEB, "app=c:\\tools\\nc.ex", false},
    {WEB, "app=d:\\tools\\nc.exe,c:\\TOOLS\\nc.exe", true},
    {WEB, "app=c:nc.exe", false},
    {UNKNOWN, "app=c:\\*", false},
    {WEB, "app=a.exe,\"nc.exe\"", true},
    {WEB, "app=*", true},
    {BARE, "app=*", false},
    {UNKNOWN, "app=system", true},
    {WEB, "user=s-1-5-18", true},
    {WEB, "user=S-1-5-019,S-1-5-0x12", true},
    {WEB, "user=S-1-5-1", false},
    {WEB, "user=S-1-5-*", true},
    {WEB, "user=Alice", true},
    {WEB, "user=pc\\ALICE", true},
    {WEB, "user=\\alice", false},
    {WEB, "user=*\\alice", true},
    {WEB, "user=pc", false},
    {BARE, "user=*", false},
    {GAP, "protocol=6", true},
};

static void set_side(wfpw_event *ev, wfpw_endpoint *e, const char *ip, int port, uint32_t bit,
                     uint32_t port_bit)
{
    uint32_t scope;
    if (ip != NULL)
        assert_true(text_parse_ip(ip, strlen(ip), e->addr, &e->family, &scope));
    e->port = (uint16_t)port;
    ev->present |= (ip != NULL ? bit : 0) | (port != 0 ? port_bit : 0);
}

static wfpw_event event_of(const struct reported *t, wfpw_audit *audit)
{
    wfpw_event ev = {.size = sizeof ev,
                     .kind = t->kind,
                     .protocol = (uint32_t)t->protocol,
                     .direction = (uint8_t)t->direction,
                     .layer_id = (uint32_t)t->layer,
                     .orientation = (uint8_t)t->orientation,
                     .filter_id = t->filter,
                     .device_path = t->app,
                     .app_path = t->path,
                     .user_sid = t->sid,
                     .user_name = t->user,
                     .audit = t->event_id != 0 ? audit : NULL};
    ev.present |= t->protocol != 0 ? (uint32_t)WFPW_HAS_PROTOCOL : 0;
    ev.present |= t->layer != 0 ? (uint32_t)WFPW_HAS_LAYER_ID : 0;
    ev.present |= t->filter != 0 ? (uint32_t)WFPW_HAS_FILTER_ID : 0;
    ev.present |= t->scope != 0 ? (uint32_t)WFPW_HAS_SCOPE_ID : 0;
    set_side(&ev, &ev.local, t->local, t->local_port, WFPW_HAS_LOCAL, WFPW_HAS_LOCAL_PORT);
    set_side(&ev, &ev.remote, t->remote, t->remote_port, WFPW_HAS_REMOTE, WFPW_HAS_REMOTE_PORT);
    ev.local.scope_id = ev.remote.scope_id = t->scope;
    audit->event_id = t->event_id;
    return ev;
}

static int ask(const char *condition, const wfpw_event *ev)
{
    wfpw_template *t;
    wfpw_error e;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    if (wfpw_template_add(t, condition, &e) != WFPW_OK)
        fail_msg("%s: %s at %u", condition, e.text, (unsigned)e.position);
    int result = wfpw_template_match(t, ev);
    wfpw_template_free(t);
    return result;
}

static void test_meanings(void **state)
{
    char not [128];
    (void)state;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        wfpw_audit audit = {.size = sizeof audit};
        wfpw_event ev = event_of(&meanings[i].event, &audit);
        const char *condition = meanings[i].condition, *equals = strchr(condition, '=');
        if (ask(condition, &ev) != meanings[i].holds)
            fail_msg("%s: not as row %u wants it", condition, (unsigned)i);
        (void)snprintf(not, sizeof not, "%.*s!%s", (int)(equals - condition), condition, equals);
        if (ask(not, &ev) != (meanings[i].event.kind == WFPW_KIND_GAP || !meanings[i].holds))
            fail_msg("%s: not as row %u wants it", not, (unsigned)i);
    }
}

/* All have to hold, and the cheap ones are asked first, in whatever order they came. */
static void test_several(void **state)
{
    static const char *const texts[] = {"app=nc.exe", "protocol=6",      "local-address=10.0.0.0/8",
                                        "user=alice", "remote-port=443", "type=classify_drop"};
    const struct reported web = WEB;
    wfpw_audit audit = {.size = sizeof audit};
    wfpw_event ev = event_of(&web, &audit);
    wfpw_template *t;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(wfpw_template_add(t, texts[i], NULL), WFPW_OK);
        assert_int_equal(wfpw_template_match(t, &ev), 1);
    }
    for (const struct template_condition *c = t->first; c->next != NULL; c = c->next)
        assert_true(c->key->form <= c->next->key->form);
    assert_int_equal(wfpw_template_add(t, "remote-port=80", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_match(t, &ev), 0);
    wfpw_template_free(t);
}

/* An event that is in no form of ours yet: numbers in a record's fixed part, texts where they are.
 */
static void test_raw(void **state)
{
    static const uint8_t path[] = "\\\0d\0\\\0N\0c\0.\0e\0x\0e\0\0";
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    struct record r = {.kind = WFPW_KIND_CLASSIFY_DROP,
                       .present = WFPW_HAS_PROTOCOL | WFPW_HAS_REMOTE_PORT,
                       .protocol = 6,
                       .remote = {.port = 443}};
    struct template_subject s = template_of_record(&r);
    wfpw_template *t;
    (void)state;
    s.app = (struct template_text){path, sizeof path - 1, VALUE_STRING};
    s.user_sid = (struct template_text){sid, sizeof sid, VALUE_SID};
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "protocol=tcp", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "remote-port=443", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "app=nc.exe", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "user=S-1-5-18", NULL), WFPW_OK);
    assert_true(template_holds(t, &s));
    assert_int_equal(wfpw_template_add(t, "app!=\\d\\*", NULL), WFPW_OK);
    assert_false(template_holds(t, &s));
    wfpw_template_free(t);
}

/* Before it is known what this host calls things, only what it cannot change is decided. */
static void test_early(void **state)
{
    static const struct {
        const char *condition;
        bool may_hold;
    } cases[] = {
        {"app=c:\\tools\\nc.exe", true},
        {"app=*\\tools\\nc.exe", true}, /* the folder that the volume is mounted on */
        {"app=\\\\srv\\pub\\nc.exe", true},
        {"app=\\*", true},
        {"app=other.exe,c:\\x", true},
        {"app!=c:\\tools\\nc.exe", true},
        {"app=\\device\\harddiskvolume4\\*", false},
        {"app=other.exe", false},
        {"app!=nc.exe", false},
        {"app!=nc.exe,c:\\x", false}, /* it is one of them already */
        {"user=alice", true},
        {"user!=alice", true},
        {"user=S-1-5-19", false},
        {"user=S-1-5-18", true},
        {"user!=S-1-5-18,alice", false},
        {"protocol=udp", false},
    };
    const struct reported web = WEB;
    wfpw_audit audit;
    wfpw_event ev = event_of(&web, &audit);
    (void)state;
    ev.app_path = ev.user_name = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct template_subject s = template_of_event(&ev);
        wfpw_template *t;
        s.is_early = true;
        assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
        assert_int_equal(wfpw_template_add(t, cases[i].condition, NULL), WFPW_OK);
        if (template_holds(t, &s) != cases[i].may_hold)
            fail_msg("%s", cases[i].condition);
        wfpw_template_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_texts), cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_meanings),
        cmocka_unit_test(test_several),    cmocka_unit_test(test_raw),
        cmocka_unit_test(test_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
