/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/direction.h"
#include "writer/netsh_event_sample.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "codes/wfp_symbols.h"

/* ---- pieces --------------------------------------------------------------------------------- */

static bool yes(uint64_t *seed)
{
    return random_below(seed, 2) == 0;
}

static const char *keep(struct netev_sample *s, const char *text)
{
    size_t n = strlen(text) + 1;
    char *to = s->text + s->used;
    if (n > sizeof s->text - s->used)
        abort();
    memcpy(to, text, n);
    s->used += n;
    return to;
}

/* Text that is not blank, without what XML cannot carry. */
static const char *any_text(struct netev_sample *s, uint64_t *seed)
{
    static const char *const parts[] = {
        "a",
        "Z",
        " ",
        "\t",
        "\n",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "]]>",
        "</item>",
        "<netEvent>",
        "&amp;",
        "\\",
        "\xC3\xA9",
        "\xE4\xB8\xAD",
        "\xF0\x9F\x94\xA5",
        "\xEF\xBF\xBD",
        "%s",
        "{}",
        "\x7F",
        "e\xCC\x81",
        "--",
    };
    char text[400] = "x";
    uint32_t n = random_below(seed, 24);
    for (uint32_t i = 0; i < n; i++)
        strcat(text, parts[random_below(seed, sizeof parts / sizeof *parts)]);
    return keep(s, text);
}

static const char *text_or_none(struct netev_sample *s, uint64_t *seed)
{
    return yes(seed) ? any_text(s, seed) : NULL;
}

static const char *any_sid(struct netev_sample *s, uint64_t *seed)
{
    char text[200] = "S-1-5";
    uint32_t n = 1 + random_below(seed, 15);
    for (uint32_t i = 0; i < n; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "-%u",
                       (unsigned)random_u64(seed));
    return keep(s, text);
}

static const char *any_groups(struct netev_sample *s, uint64_t *seed)
{
    char text[800] = "";
    for (uint32_t i = 1 + random_below(seed, 4); i > 0; i--) {
        strcat(text, any_sid(s, seed));
        strcat(text, i > 1 ? " " : "");
    }
    return keep(s, text);
}

static const char *any_subnet(struct netev_sample *s, uint64_t *seed)
{
    static const char *const forms[] = {
        "10.0.0.0/8",  "10.0.0.0/255.0.255.0", "192.0.2.1", "192.0.2.1-192.0.2.9", "2001:db8::/32",
        "2001:db8::1", "fe80::-fe80::ffff",    "0.0.0.0/0", "192.0.2.1/32",        "::/0",
    };
    return keep(s, forms[random_below(seed, sizeof forms / sizeof *forms)]);
}

static wfpw_endpoint any_address(uint64_t *seed, uint8_t family)
{
    wfpw_endpoint e = {.family = family};
    for (int i = 0; i < (family == 4 ? 4 : 16); i++)
        e.addr[i] = yes(seed) ? 0 : (uint8_t)random_u64(seed);
    return e;
}

/* A number of so many bits; often one at an end of their range. */
static uint64_t any_number(uint64_t *seed, int bits)
{
    uint64_t most = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
    switch (random_below(seed, 4)) {
    case 0:
        return 0;
    case 1:
        return most;
    default:
        return random_u64(seed) & most;
    }
}

static bool toss(struct netev_sample *s, uint64_t *seed, uint32_t bit)
{
    bool set = yes(seed);
    if (set)
        s->ev.present |= bit;
    return set;
}

/* ---- the header ----------------------------------------------------------------------------- */

static void random_ends(struct netev_sample *s, uint64_t *seed)
{
    wfpw_event *ev = &s->ev;
    uint8_t family = yes(seed) ? 4 : 6;
    if (toss(s, seed, WFPW_HAS_LOCAL))
        ev->local = any_address(seed, family);
    if (toss(s, seed, WFPW_HAS_REMOTE))
        ev->remote = any_address(seed, family);
    if (toss(s, seed, WFPW_HAS_LOCAL_PORT))
        ev->local.port = (uint16_t)any_number(seed, 16);
    if (toss(s, seed, WFPW_HAS_REMOTE_PORT))
        ev->remote.port = (uint16_t)any_number(seed, 16);
    if (toss(s, seed, WFPW_HAS_SCOPE_ID))
        ev->local.scope_id = ev->remote.scope_id = (uint32_t)any_number(seed, 32);
}

static void random_header(struct netev_sample *s, uint64_t *seed)
{
    wfpw_event *ev = &s->ev;
    ev->time = 116444736000000000u + random_u64(seed) % 40000000000000000u / 10000 * 10000;
    if (toss(s, seed, WFPW_HAS_PROTOCOL))
        ev->protocol = (uint32_t)any_number(seed, 8);
    random_ends(s, seed);
    ev->device_path = text_or_none(s, seed);
    ev->user_sid = yes(seed) ? any_sid(s, seed) : NULL;
    if (!toss(s, seed, WFPW_HAS_NOT_PACKAGED) && yes(seed))
        ev->package_sid = any_sid(s, seed);
    ev->enterprise_id = text_or_none(s, seed);
    ev->effective_name = text_or_none(s, seed);
    if (toss(s, seed, WFPW_HAS_POLICY_FLAGS))
        ev->policy_flags = any_number(seed, 64);
    if (toss(s, seed, WFPW_HAS_REAUTH_REASON))
        ev->reauth_reason = (uint32_t)any_number(seed, 32);
}

/* ---- bodies --------------------------------------------------------------------------------- */

static void random_direction(struct netev_sample *s, uint64_t *seed)
{
    static const struct {
        uint32_t raw;
        uint8_t word;
    } directions[] = {
        {0x3900, WFPW_DIRECTION_INBOUND},
        {0x3901, WFPW_DIRECTION_OUTBOUND},
        {0x3902, WFPW_DIRECTION_FORWARD},
        {0x3903, WFPW_DIRECTION_BIDIRECTIONAL},
        {0, WFPW_DIRECTION_OUTBOUND},
        {1, WFPW_DIRECTION_INBOUND},
        {77, 0},
    };
    uint32_t i = random_below(seed, sizeof directions / sizeof *directions);
    if (!toss(s, seed, WFPW_HAS_DIRECTION))
        return;
    s->ev.direction_raw = directions[i].raw;
    s->ev.direction = directions[i].word;
}

static void random_classify(struct netev_sample *s, uint64_t *seed)
{
    wfpw_event *ev = &s->ev;
    if (toss(s, seed, WFPW_HAS_FILTER_ID))
        ev->filter_id = any_number(seed, 64);
    if (toss(s, seed, WFPW_HAS_LAYER_ID))
        ev->layer_id = (uint32_t)any_number(seed, 16);
    ev->layer_key = wfp_symbol_layer_key(ev->layer_id);
    ev->layer_name = wfp_symbol_layer_name(ev->layer_id);
    if (toss(s, seed, WFPW_HAS_PROFILES)) {
        ev->original_profile = (uint32_t)any_number(seed, 32);
        ev->current_profile = (uint32_t)any_number(seed, 32);
    }
    if (toss(s, seed, WFPW_HAS_LOOPBACK))
        ev->flags |= yes(seed) ? (uint32_t)WFPW_EVENT_LOOPBACK : 0;
    random_direction(s, seed);
    if (!yes(seed))
        return;
    s->vswitch = (wfpw_vswitch){.size = sizeof s->vswitch,
                                .source_port = (uint32_t)any_number(seed, 32),
                                .destination_port = (uint32_t)any_number(seed, 32),
                                .id = any_text(s, seed)};
    ev->vswitch = &s->vswitch;
}

static void random_mac(struct netev_sample *s, uint64_t *seed)
{
    s->mac = (wfpw_mac){.size = sizeof s->mac,
                        .media_type = (uint32_t)any_number(seed, 32),
                        .if_type = (uint32_t)any_number(seed, 32),
                        .ether_type = (uint32_t)any_number(seed, 16),
                        .ndis_port = (uint32_t)any_number(seed, 32),
                        .vlan = (uint32_t)any_number(seed, 16),
                        .if_luid = any_number(seed, 64)};
    for (int i = 0; i < 6; i++) {
        s->mac.local[i] = (uint8_t)random_u64(seed);
        s->mac.remote[i] = (uint8_t)random_u64(seed);
    }
    s->ev.mac = &s->mac;
}

static void random_ipsec(struct netev_sample *s, uint64_t *seed)
{
    uint8_t family = yes(seed) ? 4 : 6;
    s->ipsec = (wfpw_ipsec){.size = sizeof s->ipsec};
    s->ev.ipsec = &s->ipsec;
    if (s->ev.kind != WFPW_KIND_LPM_PACKET_ARRIVAL) {
        s->ipsec.present |= WFPW_IPSEC_HAS_STATUS;
        s->ipsec.status = (uint32_t)any_number(seed, 32);
        random_direction(s, seed);
    }
    if (s->ev.kind != WFPW_KIND_IPSEC_DOSP_DROP) {
        s->ipsec.present |= WFPW_IPSEC_HAS_SPI;
        s->ipsec.spi = (uint32_t)any_number(seed, 32);
        return;
    }
    s->ipsec.present |= WFPW_IPSEC_HAS_HOSTS;
    s->ipsec.public_host = any_address(seed, family);
    s->ipsec.internal_host = any_address(seed, family);
}

static void random_ike(struct netev_sample *s, uint64_t *seed)
{
    wfpw_ike *i = &s->ike;
    bool quick = s->ev.kind == WFPW_KIND_IKE_QM_FAILURE;
    *i = (wfpw_ike){.size = sizeof *i,
                    .present = (uint32_t)random_u64(seed) & 0xFFF,
                    .error = (uint32_t)any_number(seed, 32),
                    .point = random_below(seed, 5),
                    .state = random_below(seed, 8),
                    .role = random_below(seed, 3),
                    .filter_id = any_number(seed, 64)};
    i->error = (i->present & WFPW_IKE_HAS_ERROR) != 0 ? i->error : 0;
    i->point = (i->present & WFPW_IKE_HAS_POINT) != 0 ? i->point : 0;
    i->state = (i->present & WFPW_IKE_HAS_STATE) != 0 ? i->state : 0;
    i->role = (i->present & WFPW_IKE_HAS_ROLE) != 0 ? i->role : 0;
    i->filter_id = (i->present & WFPW_IKE_HAS_FILTER_ID) != 0 ? i->filter_id : 0;
    i->present &= quick ? ~(uint32_t)WFPW_IKE_HAS_AUTH_METHOD : UINT32_MAX;
    i->flags = (i->present & WFPW_IKE_HAS_FLAGS) != 0 ? (uint32_t)any_number(seed, 32) : 0;
    i->module = (i->present & WFPW_IKE_HAS_MODULE) != 0 ? random_below(seed, 5) : 0;
    i->auth_method = (i->present & WFPW_IKE_HAS_AUTH_METHOD) != 0 ? random_below(seed, 9) : 0;
    i->traffic_type = (i->present & WFPW_IKE_HAS_TRAFFIC_TYPE) != 0 ? random_below(seed, 4) : 0;
    i->mm_id = (i->present & WFPW_IKE_HAS_MM_ID) != 0 ? any_number(seed, 64) : 0;
    i->mm_sa_luid = (i->present & WFPW_IKE_HAS_MM_SA_LUID) != 0 ? any_number(seed, 64) : 0;
    for (size_t n = 0; (i->present & WFPW_IKE_HAS_CERT_HASH) != 0 && n < sizeof i->cert_hash; n++)
        i->cert_hash[n] = (uint8_t)random_u64(seed);
    i->local_principal = text_or_none(s, seed);
    i->remote_principal = text_or_none(s, seed);
    i->local_groups = yes(seed) ? any_groups(s, seed) : NULL;
    i->remote_groups = yes(seed) ? any_groups(s, seed) : NULL;
    i->local_subnet = yes(seed) ? any_subnet(s, seed) : NULL;
    i->remote_subnet = yes(seed) ? any_subnet(s, seed) : NULL;
    i->provider_context = yes(seed) ? "{c5ff0d42-1664-4d2f-98dd-a31c42eecea7}" : NULL;
    s->ev.ike = i;
    s->ev.present |= (i->present & WFPW_IKE_HAS_FILTER_ID) != 0 ? (uint32_t)WFPW_HAS_FILTER_ID : 0;
    s->ev.filter_id = i->filter_id;
}

static void random_body(struct netev_sample *s, uint64_t *seed)
{
    wfpw_event *ev = &s->ev;
    if (ev->kind >= WFPW_KIND_IPSEC_KERNEL_DROP && ev->kind <= WFPW_KIND_IPSEC_DOSP_DROP)
        random_ipsec(s, seed);
    else if (ev->kind >= WFPW_KIND_IKE_MM_FAILURE && ev->kind <= WFPW_KIND_IKE_EM_FAILURE)
        random_ike(s, seed);
    else if (ev->kind == WFPW_KIND_LPM_PACKET_ARRIVAL)
        random_ipsec(s, seed);
    else
        random_classify(s, seed);
    if (ev->kind == WFPW_KIND_CLASSIFY_DROP_MAC)
        random_mac(s, seed);
    if (ev->kind == WFPW_KIND_CAPABILITY_DROP || ev->kind == WFPW_KIND_CAPABILITY_ALLOW) {
        ev->present |= WFPW_HAS_CAPABILITY;
        ev->capability = random_below(seed, 5);
    }
}

/* ---- what only netsh tells ------------------------------------------------------------------ */

static void random_internal(struct netev_sample *s, uint64_t *seed)
{
    static const uint32_t actions[] = {0x1001, 0x1002, 0x5003, 0x6004, 0x4005,
                                       0x2006, 0x0007, 0x0008, 0,      0xABCD};
    wfpw_event *ev = &s->ev;
    ev->fqbn = text_or_none(s, seed);
    ev->filter_origin = text_or_none(s, seed);
    if (toss(s, seed, WFPW_HAS_CAPABILITIES))
        ev->capabilities = (uint32_t)any_number(seed, 32);
    if (toss(s, seed, WFPW_HAS_INTERFACE_INDEX))
        ev->interface_index = (uint32_t)any_number(seed, 32);
    if (toss(s, seed, WFPW_HAS_PROCESS_ID)) {
        ev->process_id = any_number(seed, 32);
        ev->pid_from = WFPW_PID_FROM_NETSH;
    }
    ev->terminating_count = random_below(seed, NETEV_SAMPLE_FILTERS + 1);
    ev->terminating_stride = sizeof *s->filters;
    ev->terminating = s->filters;
    for (uint32_t i = 0; i < ev->terminating_count; i++)
        s->filters[i] = (wfpw_terminating){
            .filter_id = any_number(seed, 64),
            .sublayer = text_or_none(s, seed),
            .action = actions[random_below(seed, sizeof actions / sizeof *actions)],
        };
}

/* ---- events --------------------------------------------------------------------------------- */

/* FWPM_NET_EVENT_TYPE by kind; of a kind without one the type is new. */
static uint32_t type_of(uint32_t kind)
{
    static const uint8_t types[] = {
        [WFPW_KIND_CLASSIFY_DROP] = 3,       [WFPW_KIND_CLASSIFY_ALLOW] = 6,
        [WFPW_KIND_CAPABILITY_DROP] = 7,     [WFPW_KIND_CAPABILITY_ALLOW] = 8,
        [WFPW_KIND_CLASSIFY_DROP_MAC] = 9,   [WFPW_KIND_IPSEC_KERNEL_DROP] = 4,
        [WFPW_KIND_IPSEC_DOSP_DROP] = 5,     [WFPW_KIND_IKE_MM_FAILURE] = 0,
        [WFPW_KIND_IKE_QM_FAILURE] = 1,      [WFPW_KIND_IKE_EM_FAILURE] = 2,
        [WFPW_KIND_LPM_PACKET_ARRIVAL] = 10,
    };
    return kind < sizeof types ? types[kind] : 57;
}

static void begin(struct netev_sample *s, uint32_t kind, uint64_t seq)
{
    s->used = 0;
    s->ev = (wfpw_event){.size = sizeof s->ev,
                         .present = WFPW_HAS_TYPE_RAW,
                         .seq = seq,
                         .kind = kind,
                         .source = WFPW_SOURCE_NETSH,
                         .type_raw = type_of(kind)};
}

/* What the layer says of the direction. */
static void correct_direction(wfpw_event *ev)
{
    struct record r = {
        .present = ev->present, .direction = ev->direction, .layer_id = ev->layer_id};
    direction_decide(&r);
    ev->direction = r.direction;
    ev->direction_from = r.direction_from;
}

void netev_sample_random(struct netev_sample *s, uint64_t *seed, uint64_t seq)
{
    uint32_t kind = 1 + random_below(seed, 12);
    begin(s, kind < 12 ? kind : WFPW_KIND_NET_EVENT, seq);
    random_header(s, seed);
    random_body(s, seed);
    random_internal(s, seed);
    correct_direction(&s->ev);
}

void netev_sample_plain(struct netev_sample *s, uint64_t seq)
{
    wfpw_event *ev = &s->ev;
    begin(s, WFPW_KIND_CLASSIFY_DROP, seq);
    ev->present |= WFPW_HAS_PROTOCOL | WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT |
                   WFPW_HAS_REMOTE_PORT | WFPW_HAS_NOT_PACKAGED | WFPW_HAS_FILTER_ID |
                   WFPW_HAS_LAYER_ID | WFPW_HAS_PROFILES | WFPW_HAS_DIRECTION | WFPW_HAS_LOOPBACK |
                   WFPW_HAS_CAPABILITIES | WFPW_HAS_INTERFACE_INDEX;
    ev->time = 132466321562810000u + seq * 10000;
    ev->protocol = 17;
    ev->local = (wfpw_endpoint){.addr = {192, 0, 2, 10}, .port = 5353, .family = 4};
    ev->remote = (wfpw_endpoint){.addr = {198, 51, 100, 7}, .port = (uint16_t)seq, .family = 4};
    ev->device_path = "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe";
    ev->user_sid = "S-1-5-20";
    ev->filter_id = 66241 + seq % 7;
    ev->layer_id = 44;
    ev->layer_key = wfp_symbol_layer_key(44);
    ev->layer_name = wfp_symbol_layer_name(44);
    ev->original_profile = ev->current_profile = 1;
    ev->direction = WFPW_DIRECTION_INBOUND;
    ev->direction_raw = 0x3900;
    ev->direction_from = WFPW_DIRECTION_FROM_FIELD;
    ev->filter_origin = "Query User Default";
    ev->interface_index = 5;
    s->filters[0] = (wfpw_terminating){.filter_id = ev->filter_id,
                                       .sublayer = "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
                                       .action = 0x1001};
    s->filters[1] = (wfpw_terminating){
        .filter_id = 74045, .sublayer = "FWPP_SUBLAYER_INTERNAL_FIREWALL_WSH", .action = 0x1002};
    ev->terminating = s->filters;
    ev->terminating_count = 2;
    ev->terminating_stride = sizeof *s->filters;
}
