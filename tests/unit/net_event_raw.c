/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "net_event_raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/batch.h"
#include "decode/fwpm/net_event.h"

/* ---- sending -------------------------------------------------------------------------------- */

int raw_set_up(void **state)
{
    struct raw *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->batch = wfpw_batch_new(1, 0);
    f->json = malloc(JSON_MAX);
    assert_true(f->batch != NULL && f->json != NULL);
    *state = f;
    return 0;
}

int raw_tear_down(void **state)
{
    struct raw *f = *state;
    wfpw_batch_free(f->batch);
    free(f->json);
    free(f);
    return 0;
}

/* Quotes in pairs, brackets closed in order, valid UTF-8, no control character. */
static void assert_json(const char *s, size_t n)
{
    int depth = 0;
    bool quoted = false;
    assert_int_equal(text_utf8_valid(s, n), n);
    for (size_t i = 0; i < n; i++) {
        assert_true((unsigned char)s[i] >= 0x20);
        if (quoted && s[i] == '\\')
            i++;
        else if (s[i] == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (s[i] == '{') - (s[i] == '}');
        assert_true(depth > 0 || i == n - 1);
    }
    assert_true(depth == 0 && !quoted && s[0] == '{');
}

static void to_json(struct raw *f)
{
    size_t needed;
    int n = wfpw_to_json(f->ev, 0, f->json, JSON_MAX, &needed);
    assert_true(n > 0 && (size_t)n == needed && strlen(f->json) == needed);
    assert_json(f->json, needed);
}

/* Every text of an event is valid, and of nothing but the batch. */
static void assert_text(const struct raw *f, const char *s)
{
    wfpw_view view;
    if (s == NULL)
        return;
    wfpw_batch_view(f->batch, &view);
    assert_true(s >= (const char *)view.base && s < (const char *)view.base + view.bytes);
    assert_int_equal(text_utf8_valid(s, strlen(s)), strlen(s));
}

static void assert_texts(const struct raw *f)
{
    const wfpw_event *ev = f->ev;
    assert_text(f, ev->device_path);
    assert_text(f, ev->user_sid);
    assert_text(f, ev->package_sid);
    assert_text(f, ev->enterprise_id);
    assert_text(f, ev->effective_name);
    if (ev->vswitch != NULL)
        assert_text(f, ev->vswitch->id);
}

/* The raw event through the decoder and the batch. The raw one is gone before anybody looks. */
const wfpw_event *raw_receive(struct raw *f, int version)
{
    struct net_event n;
    assert_true(net_event_look(&n, version, f->im.event));
    assert_true(n.room >= sizeof(struct record) && n.room <= NET_EVENT_ROOM_MAX);
    struct record *r = malloc(n.room);
    assert_non_null(r);
    memset(r, 0xCC, n.room);
    uint32_t size = net_event_decode(&n, WFPW_SOURCE_LIVE, r);
    assert_int_equal(size, r->bytes);
    assert_true(size <= n.room && size % 8 == 0);
    sim_image_free(&f->im);
    batch_clear(f->batch);
    assert_true(batch_add(f->batch, r, 1));
    free(r);
    f->ev = wfpw_batch_get(f->batch, 0);
    assert_non_null(f->ev);
    assert_texts(f);
    to_json(f);
    return f->ev;
}

void raw_make(struct raw *f, int version)
{
    assert_true(sim_image_make(&f->im, &f->sent, version));
}

const wfpw_event *raw_send(struct raw *f, int version)
{
    raw_make(f, version);
    return raw_receive(f, version);
}

/* The header of the raw event, to be made worse. */
FWPM_NET_EVENT_HEADER0 *raw_head(struct raw *f)
{
    return f->im.event;
}

/* Where the body's pointer stands in version 5. */
FWPM_NET_EVENT5 *raw_latest(struct raw *f)
{
    return f->im.event;
}

/* A block of the exact size that goes with the image. */
void *raw_attach(struct raw *f, const void *data, size_t size)
{
    void *p = malloc(size != 0 ? size : 1);
    assert_non_null(p);
    assert_true(f->im.count < SIM_BLOCKS_MAX);
    if (size > 0)
        memcpy(p, data, size);
    f->im.blocks[f->im.count].p = p;
    f->im.blocks[f->im.count++].n = size;
    return p;
}

/* ---- an event with everything --------------------------------------------------------------- */

static void text(struct sim_text *t, const char *ascii)
{
    for (t->n = 0; ascii[t->n] != 0; t->n++)
        t->units[t->n] = (uint16_t)ascii[t->n];
}

void raw_sid(struct sim_sid *to, const char *s)
{
    assert_true(text_parse_sid(s, strlen(s), to->bytes, &to->n));
}

static void address(wfpw_endpoint *to, const char *s)
{
    assert_true(text_parse_ip(s, strlen(s), to->addr, &to->family, &to->scope_id));
}

static void fill_header(struct sim_event *ev, bool v6)
{
    ev->flags = ALL_FLAGS;
    ev->time = 134117568001234567u;
    ev->protocol = 17;
    ev->scope = 12;
    address(&ev->local, v6 ? "fe80::1234" : "192.0.2.33");
    address(&ev->remote, v6 ? "2001:db8::7" : "198.51.100.200");
    ev->local.port = 0x1234;
    ev->remote.port = 0xFEDC;
    text(&ev->app, "\\device\\harddiskvolume3\\a \"b\".exe");
    raw_sid(&ev->user, "S-1-5-21-1-2-3-1001");
    raw_sid(&ev->package, "S-1-15-2-4000000000-1");
    text(&ev->enterprise, "contoso.com");
    text(&ev->effective, "effective.exe");
    ev->policy = 0x8000000000000001u;
}

static void fill_classify(struct sim_event *ev)
{
    ev->filter = 0x123456789ABCDEFu;
    ev->layer = 0xFFFE;
    ev->direction = MS_FWP_DIRECTION_OUT;
    ev->loopback = 1;
    ev->reauth = 0x10;
    ev->original = 2;
    ev->current = 3;
    text(&ev->vswitch, "switch-1");
    ev->vswitch_source = 7;
    ev->vswitch_destination = 8;
    ev->capability = 1;
}

static void fill_ipsec(struct sim_event *ev, bool v6)
{
    ev->spi = 0xCAFEF00D;
    ev->status = 0xC0000022;
    address(&ev->public_host, v6 ? "2001:db8::1" : "203.0.113.1");
    address(&ev->internal_host, v6 ? "fd00::2" : "10.1.2.3");
}

static void fill_mac(struct sim_event *ev)
{
    memcpy(ev->local_mac, "\x00\x11\x22\x33\x44\x55", 6);
    memcpy(ev->remote_mac, "\xFF\xFE\xFD\xFC\xFB\xFA", 6);
    ev->media = 1;
    ev->iftype = 6;
    ev->ethertype = 0x86DD;
    ev->ndis = 9;
    ev->vlan = 4095;
    ev->luid = 0x600000000000000u;
}

static void fill_ike(struct sim_event *ev)
{
    ev->error = 13801;
    ev->point = 2;
    ev->ike_flags = 1;
    ev->module = 2;
    ev->state = 4;
    ev->role = 1;
    ev->auth = 7;
    ev->traffic = 1;
    ev->mm_id = 0x1122334455667788u;
    ev->mm_luid = 99;
    for (uint8_t i = 0; i < 20; i++)
        ev->cert[i] = (uint8_t)(0xE0 + i);
    assert_true(text_parse_guid("{00112233-4455-6677-8899-aabbccddeeff}", 38, ev->context));
    ev->has_context = true;
    text(&ev->local_principal, "host/a.contoso.com");
    text(&ev->remote_principal, "host/b.contoso.com");
    ev->local_group_count = 2;
    text(&ev->local_groups[0], "S-1-5-32-544");
    text(&ev->local_groups[1], "S-1-5-32-545");
    ev->remote_group_count = 1;
    text(&ev->remote_groups[0], "S-1-5-11");
}

void raw_fill(struct sim_event *ev, uint32_t type, bool v6)
{
    memset(ev, 0, sizeof *ev);
    ev->type = type;
    fill_header(ev, v6);
    fill_classify(ev);
    fill_ipsec(ev, v6);
    fill_mac(ev);
    fill_ike(ev);
    address(&ev->local_subnet.low, v6 ? "2001:db8::" : "10.0.0.0");
    ev->local_subnet.prefix = v6 ? 32 : 8;
    address(&ev->remote_subnet.low, v6 ? "2001:db8::10" : "10.0.0.1");
    address(&ev->remote_subnet.high, v6 ? "2001:db8::20" : "10.0.0.9");
}

/* ---- looking at what came of it ---- */

void raw_want_json(const struct raw *f, bool there, const char *fragment)
{
    if ((strstr(f->json, fragment) != NULL) != there)
        fail_msg("%s is %sin %s", fragment, there ? "not " : "", f->json);
}

/* A member with a number. */
void raw_want_number(const struct raw *f, bool there, const char *key, uint64_t v)
{
    char fragment[100];
    (void)snprintf(fragment, sizeof fragment, "\"%s\":%llu", key, (unsigned long long)v);
    raw_want_json(f, there, fragment);
}

void raw_want_string(const char *got, bool there, const char *wanted)
{
    if (there)
        assert_string_equal(got, wanted);
    else
        assert_null(got);
}
