/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The rest of an event: what only some kinds have, and the audit record. */
#include "arrow/rows.h"

#include "base/text.h"
#include "codes/code_words.h"
#include "export/json_audit.h"

/* ---- lists ---------------------------------------------------------------------------------- */

/* A code's word, or its number where it has none. */
static void add_code(struct rows *r, enum column_id id, uint32_t list, uint32_t code)
{
    const struct code_word *word = code_word_find(list, code);
    char number[TEXT_U64_MAX];
    if (word != NULL)
        column_item_text(&r->memory, &r->columns[id], word->text, word->length);
    else
        column_item_text(&r->memory, &r->columns[id], number, text_u64(number, code));
}

static void add_filter_ids(struct rows *r, const wfpw_event *ev)
{
    struct column *c = &r->columns[COLUMN_TERMINATING_FILTER_ID];
    const char *at = (const char *)ev->terminating;
    if (!column_list(&r->memory, c, r->count))
        return;
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride)
        column_item_number(&r->memory, c, ((const wfpw_terminating *)(const void *)at)->filter_id);
}

static void add_sublayers(struct rows *r, const wfpw_event *ev)
{
    struct column *c = &r->columns[COLUMN_TERMINATING_SUBLAYER];
    const char *at = (const char *)ev->terminating;
    if (!column_list(&r->memory, c, r->count))
        return;
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride) {
        const char *text = ((const wfpw_terminating *)(const void *)at)->sublayer;
        if (text != NULL)
            column_item_text(&r->memory, c, text, strlen(text));
        else
            column_item_null(&r->memory, c);
    }
}

static void add_actions(struct rows *r, const wfpw_event *ev)
{
    struct column *c = &r->columns[COLUMN_TERMINATING_ACTION];
    const char *at = (const char *)ev->terminating;
    if (!column_list(&r->memory, c, r->count))
        return;
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride) {
        uint32_t action = ((const wfpw_terminating *)(const void *)at)->action;
        if (action != 0)
            add_code(r, COLUMN_TERMINATING_ACTION, WFPW_LIST_ACTION, action);
        else
            column_item_null(&r->memory, c);
    }
}

static void add_capabilities(struct rows *r, uint32_t bits)
{
    if (!column_list(&r->memory, &r->columns[COLUMN_CAPABILITIES], r->count))
        return;
    for (uint32_t i = 0; i < 32; i++)
        if ((bits >> i & 1) != 0)
            add_code(r, COLUMN_CAPABILITIES, WFPW_LIST_CAPABILITY, i);
}

/* ---- bodies --------------------------------------------------------------------------------- */

/* What a code of Windows means, if that is known. */
static void add_system_text(struct rows *r, enum column_id id, uint32_t code)
{
    const char *text = wfpw_system_text(code);
    rows_name(r, id, text[0] != 0 ? text : NULL);
}

static void add_hex(struct rows *r, enum column_id id, const uint8_t *bytes, size_t n, bool parted)
{
    char text[64];
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (parted && i > 0)
            text[at++] = ':';
        at += text_bytes(text + at, bytes + i, 1);
    }
    column_text(&r->memory, &r->columns[id], r->count, text, at);
}

static void add_vswitch(struct rows *r, const wfpw_vswitch *v)
{
    rows_name(r, COLUMN_VSWITCH_ID, v->id);
    rows_number(r, COLUMN_VSWITCH_SOURCE_PORT, v->source_port);
    rows_number(r, COLUMN_VSWITCH_DESTINATION_PORT, v->destination_port);
}

static void add_ipsec(struct rows *r, const wfpw_ipsec *i)
{
    bool has_status = (i->present & WFPW_IPSEC_HAS_STATUS) != 0;
    rows_number_if(r, has_status, COLUMN_IPSEC_STATUS, i->status);
    rows_number_if(r, (i->present & WFPW_IPSEC_HAS_SPI) != 0, COLUMN_IPSEC_SPI, i->spi);
    rows_ip(r, COLUMN_IPSEC_PUBLIC_HOST_IP, &i->public_host);
    rows_ip(r, COLUMN_IPSEC_INTERNAL_HOST_IP, &i->internal_host);
    if (has_status)
        add_system_text(r, COLUMN_IPSEC_TEXT, i->status);
}

static void add_ike_numbers(struct rows *r, const wfpw_ike *i)
{
    const struct {
        enum column_id id;
        uint32_t has;
        uint64_t value;
    } numbers[] = {
        {COLUMN_IKE_ERROR, WFPW_IKE_HAS_ERROR, i->error},
        {COLUMN_IKE_POINT, WFPW_IKE_HAS_POINT, i->point},
        {COLUMN_IKE_FLAGS, WFPW_IKE_HAS_FLAGS, i->flags},
        {COLUMN_IKE_MODULE, WFPW_IKE_HAS_MODULE, i->module},
        {COLUMN_IKE_STATE, WFPW_IKE_HAS_STATE, i->state},
        {COLUMN_IKE_ROLE, WFPW_IKE_HAS_ROLE, i->role},
        {COLUMN_IKE_AUTH_METHOD, WFPW_IKE_HAS_AUTH_METHOD, i->auth_method},
        {COLUMN_IKE_TRAFFIC_TYPE, WFPW_IKE_HAS_TRAFFIC_TYPE, i->traffic_type},
        {COLUMN_IKE_MM_ID, WFPW_IKE_HAS_MM_ID, i->mm_id},
        {COLUMN_IKE_FILTER_ID, WFPW_IKE_HAS_FILTER_ID, i->filter_id},
        {COLUMN_IKE_MM_SA_LUID, WFPW_IKE_HAS_MM_SA_LUID, i->mm_sa_luid},
    };
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
        if ((i->present & numbers[n].has) != 0)
            rows_number(r, numbers[n].id, numbers[n].value);
}

static void add_ike(struct rows *r, const wfpw_ike *i)
{
    add_ike_numbers(r, i);
    if ((i->present & WFPW_IKE_HAS_CERT_HASH) != 0)
        add_hex(r, COLUMN_IKE_CERT_HASH, i->cert_hash, sizeof i->cert_hash, false);
    rows_text(r, COLUMN_IKE_LOCAL_PRINCIPAL, i->local_principal);
    rows_text(r, COLUMN_IKE_REMOTE_PRINCIPAL, i->remote_principal);
    rows_text(r, COLUMN_IKE_LOCAL_GROUPS, i->local_groups);
    rows_text(r, COLUMN_IKE_REMOTE_GROUPS, i->remote_groups);
    rows_text(r, COLUMN_IKE_LOCAL_SUBNET, i->local_subnet);
    rows_text(r, COLUMN_IKE_REMOTE_SUBNET, i->remote_subnet);
    rows_text(r, COLUMN_IKE_PROVIDER_CONTEXT, i->provider_context);
    if ((i->present & WFPW_IKE_HAS_ERROR) != 0)
        add_system_text(r, COLUMN_IKE_TEXT, i->error);
}

static void add_mac(struct rows *r, const wfpw_event *ev)
{
    const wfpw_mac *m = ev->mac;
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    add_hex(r, unknown ? COLUMN_MAC_FROM : COLUMN_MAC_LOCAL, m->local, sizeof m->local, true);
    add_hex(r, unknown ? COLUMN_MAC_TO : COLUMN_MAC_REMOTE, m->remote, sizeof m->remote, true);
    rows_number(r, COLUMN_MAC_MEDIA_TYPE, m->media_type);
    rows_number(r, COLUMN_MAC_IF_TYPE, m->if_type);
    rows_number(r, COLUMN_MAC_ETHER_TYPE, m->ether_type);
    rows_number(r, COLUMN_MAC_NDIS_PORT, m->ndis_port);
    rows_number(r, COLUMN_MAC_VLAN, m->vlan);
    rows_number(r, COLUMN_MAC_IF_LUID, m->if_luid);
}

/* ---- the record ----------------------------------------------------------------------------- */

/* Its fields, as the object that the event's JSON has of them. */
static void add_data(struct rows *r, const wfpw_audit *a)
{
    enum { USUAL = 2048 };
    struct column *c = &r->columns[COLUMN_AUDIT_DATA];
    size_t needed = USUAL;
    for (;;) {
        size_t room = needed + 1;
        char *to = column_text_room(&r->memory, c, r->count, room);
        if (to == NULL)
            return;
        int n = json_audit_data(a, to, room, &needed);
        if (n < 0)
            continue;
        column_texts_end(&r->memory, &c->texts, (size_t)n);
        return;
    }
}

static void add_audit(struct rows *r, const wfpw_audit *a)
{
    rows_number(r, COLUMN_AUDIT_EVENT_ID, a->event_id);
    rows_number(r, COLUMN_AUDIT_VERSION, a->version);
    rows_number(r, COLUMN_AUDIT_RECORD_ID, a->record_id);
    rows_name(r, COLUMN_AUDIT_COMPUTER, a->computer);
    rows_number(r, COLUMN_AUDIT_KEYWORDS, a->keywords);
    rows_number(r, COLUMN_AUDIT_TASK, a->task);
    if (r->columns[COLUMN_AUDIT_DATA].is_on)
        add_data(r, a);
}

static void add_merged(struct rows *r, const wfpw_event *ev)
{
    uint64_t lag = (uint64_t)ev->join_lag, n = ev->join_lag < 0 ? 0 - lag : lag;
    uint64_t ms = (n + 5000) / 10000; /* the nearer one */
    rows_number(r, COLUMN_JOIN_LAG_MS, ev->join_lag < 0 ? 0 - ms : ms);
    rows_number(r, COLUMN_JOIN_WINDOW_MS, ev->join_window_ms);
    if (ev->audit_evidence != 0)
        rows_words(r, COLUMN_JOIN_AUDIT_EVIDENCE, ev->audit_evidence);
    if (ev->differs != 0)
        rows_words(r, COLUMN_JOIN_DIFFERS, ev->differs);
}

static void add_ports(struct rows *r, enum column_id id, const uint16_t *ports, uint32_t count)
{
    struct column *c = &r->columns[id];
    if (count == 0 || !column_list(&r->memory, c, r->count))
        return;
    for (uint32_t i = 0; i < count; i++)
        column_item_number(&r->memory, c, ports[i]);
}

static void add_aggregate(struct rows *r, const wfpw_aggregate *a)
{
    rows_number(r, COLUMN_AGGREGATE_COUNT, a->count);
    rows_time(r, COLUMN_AGGREGATE_FIRST, a->first);
    rows_time(r, COLUMN_AGGREGATE_LAST, a->last);
    add_ports(r, COLUMN_AGGREGATE_LOCAL_PORTS, a->local_ports, a->local_port_count);
    add_ports(r, COLUMN_AGGREGATE_REMOTE_PORTS, a->remote_ports, a->remote_port_count);
    if ((a->flags & WFPW_AGGREGATE_MORE_LOCAL_PORTS) != 0)
        rows_bool(r, COLUMN_AGGREGATE_MORE_LOCAL_PORTS, true);
    if ((a->flags & WFPW_AGGREGATE_MORE_REMOTE_PORTS) != 0)
        rows_bool(r, COLUMN_AGGREGATE_MORE_REMOTE_PORTS, true);
}

/* Net events have bodies, most records have none. */
static void add_kinds(struct rows *r, const wfpw_event *ev)
{
    if (ev->vswitch != NULL)
        add_vswitch(r, ev->vswitch);
    if (ev->ipsec != NULL)
        add_ipsec(r, ev->ipsec);
    if (ev->ike != NULL)
        add_ike(r, ev->ike);
    if (ev->mac != NULL)
        add_mac(r, ev);
    if ((ev->present & WFPW_HAS_CAPABILITY) != 0) {
        rows_number(r, COLUMN_CAPABILITY_ID, ev->capability);
        rows_word(r, COLUMN_CAPABILITY_NAME, ev->capability);
    }
}

void rows_add_bodies(struct rows *r, const wfpw_event *ev)
{
    if (ev->terminating_count > 0) {
        add_filter_ids(r, ev);
        add_sublayers(r, ev);
        add_actions(r, ev);
    }
    if ((ev->present & WFPW_HAS_CAPABILITIES) != 0)
        add_capabilities(r, ev->capabilities);
    add_kinds(r, ev);
    if (ev->audit != NULL)
        add_audit(r, ev->audit);
    if (ev->attempt != 0) {
        rows_number(r, COLUMN_ATTEMPT_FIRST, ev->attempt);
        rows_number(r, COLUMN_ATTEMPT_EVENT, ev->attempt_event);
    }
    if (ev->aggregate != NULL)
        add_aggregate(r, ev->aggregate);
    if ((ev->flags & WFPW_EVENT_MERGED) != 0)
        add_merged(r, ev);
}
