/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A raw net event of any version, through the decoder, the batch and JSON. The input says what is
 * in it; all that it points to lies in blocks of the exact size. Layout: fields in the order in
 * which they are read here, numbers little-endian (make_net_event_seeds.py writes it). */
#include "fuzz.h"

#include <stdlib.h>

#include "engine/net_event_checks.h"
#include "engine/net_event_subject.h"
#include "model/batch.h"
#include "model/direction.h"
#include "sim/event/sim_event.h"
#include "template/template.h"

enum { VERSIONS = NET_EVENT_VERSIONS, JSON_MAX = 512 * 1024, BLOB_MAX = 70000 };

/* What the simulator would not send. */
enum {
    RAW_IP_VERSION = 0x1,
    RAW_APP = 0x2,
    RAW_SIDS = 0x4,
    RAW_EFFECTIVE = 0x8,
    RAW_VSWITCH = 0x10,
    RAW_MASK = 0x20,
    NO_BODY = 0x40
};

static void check(bool good)
{
    if (!good)
        abort();
}

/* ---- what is sent --------------------------------------------------------------------------- */

/* A byte with the length, or 255 and two; then so many units. */
static void take_text(struct fuzz_input *in, struct sim_text *t)
{
    uint32_t n = fuzz_u8(in);
    if (n == 255)
        n = fuzz_u16(in) % SIM_TEXT_MAX;
    t->n = n < SIM_TEXT_MAX ? n : SIM_TEXT_MAX - 1;
    (void)fuzz_bytes(in, t->units, t->n * sizeof *t->units);
}

static void take_sid(struct fuzz_input *in, struct sim_sid *s)
{
    (void)fuzz_bytes(in, s->bytes, 8);
    s->bytes[0] = 1;
    s->bytes[1] &= 15;
    s->n = 8 + 4 * (size_t)s->bytes[1];
    (void)fuzz_bytes(in, s->bytes + 8, s->n - 8);
}

static void take_endpoint(struct fuzz_input *in, wfpw_endpoint *e, uint8_t family)
{
    (void)fuzz_bytes(in, e->addr, family == 6 ? 16 : 4);
    e->family = family;
    e->port = fuzz_u16(in);
}

static void take_subnet(struct fuzz_input *in, struct sim_subnet *s)
{
    uint8_t form = fuzz_u8(in), family = (form & 1) != 0 ? 6 : 4;
    if ((form & 8) != 0)
        return;
    take_endpoint(in, &s->low, family);
    if ((form & 2) != 0)
        take_endpoint(in, &s->high, (form & 4) != 0 ? 6 : 4);
    s->prefix = family == 6 ? fuzz_u8(in) : fuzz_u8(in) % 33;
}

static void take_header(struct fuzz_input *in, struct sim_event *ev)
{
    uint8_t family = fuzz_u8(in);
    ev->time = fuzz_u64(in);
    ev->protocol = fuzz_u8(in);
    ev->scope = fuzz_u32(in);
    take_endpoint(in, &ev->local, family == 6 ? 6 : 4);
    take_endpoint(in, &ev->remote, family == 6 ? 6 : 4);
    take_text(in, &ev->app);
    take_sid(in, &ev->user);
    take_sid(in, &ev->package);
    take_text(in, &ev->enterprise);
    take_text(in, &ev->effective);
    ev->policy = fuzz_u64(in);
}

static void take_classify(struct fuzz_input *in, struct sim_event *ev)
{
    ev->filter = fuzz_u64(in);
    ev->layer = fuzz_u16(in);
    ev->direction = fuzz_u32(in);
    ev->loopback = fuzz_u8(in) & 1;
    ev->reauth = fuzz_u32(in);
    ev->original = fuzz_u32(in);
    ev->current = fuzz_u32(in);
    take_text(in, &ev->vswitch);
    ev->vswitch_source = fuzz_u32(in);
    ev->vswitch_destination = fuzz_u32(in);
    ev->capability = fuzz_u32(in);
    (void)fuzz_bytes(in, ev->local_mac, 6);
    (void)fuzz_bytes(in, ev->remote_mac, 6);
    ev->ethertype = fuzz_u16(in);
    ev->spi = fuzz_u32(in);
    ev->status = fuzz_u32(in);
}

static void take_groups(struct fuzz_input *in, struct sim_text *groups, uint32_t *count)
{
    *count = fuzz_u8(in) % (SIM_GROUPS_MAX + 1);
    for (uint32_t i = 0; i < *count; i++)
        take_text(in, &groups[i]);
}

static void take_ike(struct fuzz_input *in, struct sim_event *ev)
{
    ev->error = fuzz_u32(in);
    ev->state = fuzz_u32(in);
    ev->mm_id = fuzz_u64(in);
    (void)fuzz_bytes(in, ev->cert, sizeof ev->cert);
    (void)fuzz_bytes(in, ev->context, sizeof ev->context);
    ev->has_context = (fuzz_u8(in) & 1) != 0;
    take_text(in, &ev->local_principal);
    take_text(in, &ev->remote_principal);
    take_groups(in, ev->local_groups, &ev->local_group_count);
    take_groups(in, ev->remote_groups, &ev->remote_group_count);
    take_subnet(in, &ev->local_subnet);
    take_subnet(in, &ev->remote_subnet);
    take_endpoint(in, &ev->public_host, (fuzz_u8(in) & 1) != 0 ? 6 : 4);
    take_endpoint(in, &ev->internal_host, ev->public_host.family);
}

/* ---- what no simulator sends ---------------------------------------------------------------- */

static void *attach(struct sim_image *im, size_t n)
{
    void *p = malloc(n != 0 ? n : 1);
    check(p != NULL && im->count < SIM_BLOCKS_MAX);
    im->blocks[im->count].p = p;
    im->blocks[im->count++].n = n;
    return p;
}

static FWP_BYTE_BLOB raw_blob(struct fuzz_input *in, struct sim_image *im)
{
    uint32_t n = fuzz_u16(in);
    if ((fuzz_u8(in) & 1) != 0)
        n += BLOB_MAX - UINT16_MAX;
    FWP_BYTE_BLOB b = {.size = n, .data = attach(im, n)};
    memset(b.data, (int)(n & 0x7F), n); /* past the end of the input: any text */
    if (in->n > 0)
        (void)fuzz_bytes(in, b.data, n < in->n ? n : in->n);
    if (n == 0 && (fuzz_u8(in) & 1) != 0)
        b = (FWP_BYTE_BLOB){.size = 1000, .data = NULL};
    return b;
}

/* As long as its count says, when that is one; else only the part that tells so. */
static FWP_SID_STRUCT *raw_sid(struct fuzz_input *in, struct sim_image *im)
{
    uint8_t head[8];
    (void)fuzz_bytes(in, head, sizeof head);
    size_t n = head[0] == 1 && head[1] <= 15 ? 8 + 4 * (size_t)head[1] : 8;
    uint8_t *p = attach(im, n);
    memcpy(p, head, sizeof head);
    (void)fuzz_bytes(in, p + 8, n - 8);
    return (FWP_SID_STRUCT *)(void *)p;
}

static void spoil_header(struct fuzz_input *in, struct sim_image *im, int version, uint8_t tricks)
{
    FWPM_NET_EVENT_HEADER0 *h = im->event;
    FWPM_NET_EVENT5 *latest = im->event;
    if ((tricks & RAW_IP_VERSION) != 0)
        h->ipVersion = fuzz_u32(in);
    if ((tricks & RAW_APP) != 0)
        h->appId = raw_blob(in, im);
    if ((tricks & RAW_SIDS) != 0)
        h->userId = raw_sid(in, im);
    if ((tricks & RAW_SIDS) != 0 && version == 2)
        ((FWPM_NET_EVENT2 *)im->event)->header.packageSid = raw_sid(in, im);
    if ((tricks & RAW_SIDS) != 0 && version >= 3)
        latest->header.packageSid = raw_sid(in, im);
    if ((tricks & RAW_EFFECTIVE) != 0 && version >= 3)
        latest->header.effectiveName = raw_blob(in, im);
}

/* Bodies keep their places from version 2 on; the pointer to them stands elsewhere in version 2. */
static void *body_of(const struct sim_image *im, int version)
{
    if (version < 2)
        return NULL;
    return version == 2 ? (void *)((FWPM_NET_EVENT2 *)im->event)->classifyDrop
                        : (void *)((FWPM_NET_EVENT5 *)im->event)->classifyDrop;
}

static void spoil_body(struct fuzz_input *in, struct sim_image *im, const struct sim_event *ev,
                       int version, uint8_t tricks)
{
    void *body = sim_event_exists(ev, version) ? body_of(im, version) : NULL;
    if (body == NULL)
        return;
    if ((tricks & RAW_VSWITCH) != 0 && ev->type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP)
        ((FWPM_NET_EVENT_CLASSIFY_DROP2 *)body)->vSwitchId = raw_blob(in, im);
    if ((tricks & RAW_VSWITCH) != 0 && ev->type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC)
        ((FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 *)body)->vSwitchId = raw_blob(in, im);
    if ((tricks & RAW_MASK) != 0 && ev->type == FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE) {
        FWPM_NET_EVENT_IKEEXT_QM_FAILURE0 *qm = body;
        if (qm->localSubNet.type == FWP_V4_ADDR_MASK)
            qm->localSubNet.v4AddrMask->mask = fuzz_u32(in);
    }
    if ((tricks & NO_BODY) != 0 && version >= 3)
        ((FWPM_NET_EVENT5 *)im->event)->classifyDrop = NULL;
}

/* ---- what comes of it ----------------------------------------------------------------------- */

static void check_value(const struct record *r, const struct value *v)
{
    check(v->at == 0 || (v->at >= sizeof *r && v->at % 8 == 0 && v->size <= r->bytes - v->at));
}

static void check_record(const struct record *r, uint32_t size, uint32_t room)
{
    check(size == r->bytes && size <= room && size >= sizeof *r && size % 8 == 0);
    check_value(r, &r->app);
    check_value(r, &r->user_sid);
    check_value(r, &r->package_sid);
    check_value(r, &r->enterprise_id);
    check_value(r, &r->effective_name);
    check(r->ike_at + sizeof(struct record_ike) <= size || r->ike_at == 0);
    check(r->ipsec_at + sizeof(struct record_ipsec) <= size || r->ipsec_at == 0);
    check(r->mac_at + sizeof(struct record_mac) <= size || r->mac_at == 0);
    check(r->vswitch_at + sizeof(struct record_vswitch) <= size || r->vswitch_at == 0);
}

static void check_event(const wfpw_event *ev)
{
    static char json[JSON_MAX];
    size_t needed;
    int n = wfpw_to_json(ev, 0, json, sizeof json, &needed);
    check(n > 0 && (size_t)n == needed && json[0] == '{' && json[n - 1] == '}');
    check(text_utf8_valid(json, needed) == needed && strlen(json) == needed);
    check(wfpw_to_json(ev, 0, json, needed, NULL) == WFPW_E_RANGE);
}

enum { TEMPLATES = 17 };

static wfpw_template **templates(void)
{
    static const char *const conditions[TEMPLATES] = {"app=*a*",
                                                      "app!=*",
                                                      "user=*",
                                                      "user=S-1-5-18",
                                                      "local-port=0-1000",
                                                      "direction=inbound",
                                                      "filter=0-100",
                                                      "layer=0-55",
                                                      "type=classify_drop",
                                                      "scope-id=0-9",
                                                      "remote-address=::-1000::",
                                                      "address=0.0.0.0-127.255.255.255",
                                                      "port!=0-1000",
                                                      "time<2030-01-01",
                                                      "user!=S-1-5-18,S-1-5-19",
                                                      "app=*.exe,a,\\device\\*",
                                                      "verdict=block"};
    static wfpw_template *all[TEMPLATES];
    for (int i = 0; i < TEMPLATES && all[i] == NULL; i++)
        check(wfpw_template_new(NULL, &all[i]) == WFPW_OK &&
              wfpw_template_add(all[i], conditions[i], NULL) == WFPW_OK);
    return all;
}

static void check_wanted(const struct net_event *n, const wfpw_template *t, bool raw, bool record)
{
    struct net_event_checks checks;
    net_event_checks_make(&checks, t);
    check(raw == record && net_event_checks_hold(&checks, n, WFPW_SOURCE_SIM) == record);
}

/* A raw event is judged as its record. */
static void check_subject(const struct net_event *n, struct record *r)
{
    struct record head;
    wfpw_template **all = templates();
    struct template_subject raw = net_event_subject(n, WFPW_SOURCE_SIM, &head);
    direction_decide(r);
    struct template_subject record = template_of_record(r);
    record.is_early = true; /* no name of this host is in it, either */
    for (int i = 0; i < TEMPLATES; i++)
        check_wanted(n, all[i], template_holds(all[i], &raw), template_holds(all[i], &record));
}

static void decode(const struct sim_image *im, int version)
{
    static wfpw_batch *batch;
    struct net_event n;
    if (batch == NULL)
        batch = wfpw_batch_new(1, 1);
    check(batch != NULL && net_event_look(&n, version, im->event) && n.room <= NET_EVENT_ROOM_MAX);
    struct record *r = malloc(n.room);
    check(r != NULL);
    check_record(r, net_event_decode(&n, WFPW_SOURCE_SIM, r), n.room);
    check_subject(&n, r);
    batch_clear(batch);
    check(batch_add(batch, r, 1));
    free(r);
    check_event(wfpw_batch_get(batch, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sim_event ev;
    struct fuzz_input in = {data, size};
    struct sim_image im;
    int version = fuzz_u8(&in) % VERSIONS;
    uint8_t type = fuzz_u8(&in), tricks = fuzz_u8(&in);
    memset(&ev, 0, sizeof ev);
    ev.type = type < 12 ? type : fuzz_u32(&in);
    ev.flags = fuzz_u16(&in);
    ev.blob_without_nul = (tricks & 0x80) != 0;
    take_header(&in, &ev);
    take_classify(&in, &ev);
    take_ike(&in, &ev);
    check(sim_image_make(&im, &ev, version));
    spoil_header(&in, &im, version, tricks);
    spoil_body(&in, &im, &ev, version, tricks);
    decode(&im, version);
    sim_image_free(&im);
    return 0;
}
