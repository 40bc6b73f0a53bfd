/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/batch.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "model/batch_audit.h"

struct wfpw_batch {
    uint32_t max_events, limit, count;
    size_t size, used; /* of base */
    bool full, omits_fields;
    uint32_t format; /* WFPW_FORMAT_*: of the only thing that will be done with events; 0: any */
    struct batch_audit_texts texts;
    const char *from;             /* the file that records come from */
    const char *file, *file_text; /* of the events so far, and its copy in the block */
    uint8_t *base;                /* wfpw_event[max_events], then bodies and text */
};

/* Where `base` is: at a multiple of 8 bytes, as the numbers of events are, and which the struct's
 * own size is not when pointers have 32 bits. */
enum { HEAD_BYTES = (sizeof(struct wfpw_batch) + 7) / 8 * 8 };

/* ---- the block ------------------------------------------------------------------------------ */

/* The events and their bodies lie behind it. */
size_t batch_size(uint32_t max_events, uint32_t bytes)
{
    size_t events = max_events * sizeof(wfpw_event), most = SIZE_MAX - HEAD_BYTES;
    return bytes <= most - events ? HEAD_BYTES + events + bytes : 0;
}

void batch_init(struct wfpw_batch *b, uint32_t max_events, uint32_t bytes)
{
    b->max_events = b->limit = max_events;
    b->size = max_events * sizeof(wfpw_event) + bytes;
    b->base = (uint8_t *)b + HEAD_BYTES;
    batch_clear(b);
}

void batch_limit(struct wfpw_batch *b, uint32_t most)
{
    b->limit = most < b->max_events ? most : b->max_events;
}

/* Texts that may lie where others will be written. */
static void forget_texts(struct wfpw_batch *b)
{
    b->file = NULL;
    batch_audit_forget(&b->texts);
}

void batch_omit_fields(struct wfpw_batch *b)
{
    b->omits_fields = true;
}

void batch_clear(struct wfpw_batch *b)
{
    b->count = 0;
    b->used = b->max_events * sizeof(wfpw_event);
    forget_texts(b);
}

void batch_set_format(struct wfpw_batch *b, uint32_t format)
{
    b->format = format;
    batch_clear(b);
}

uint32_t batch_format(const struct wfpw_batch *b)
{
    return b->format;
}

uint32_t batch_count(const struct wfpw_batch *b)
{
    return b->count;
}

const wfpw_event *WFPW_CALL wfpw_batch_get(const wfpw_batch *b, uint32_t i)
{
    return b != NULL && i < b->count ? (const wfpw_event *)(const void *)b->base + i : NULL;
}

void WFPW_CALL wfpw_batch_view(const wfpw_batch *b, wfpw_view *out)
{
    if (out == NULL)
        return;
    *out = (wfpw_view){0};
    if (b == NULL)
        return;
    *out = (wfpw_view){
        .base = b->base,
        .bytes = b->used,
        .events = (const wfpw_event *)(const void *)b->base,
        .count = b->count,
        .stride = sizeof(wfpw_event),
    };
}

/* Room in the block, aligned to 8; NULL and full when there is none. */
static void *take_room(struct wfpw_batch *b, size_t n)
{
    size_t start = (b->used + 7) & ~(size_t)7;
    if (start > b->size || n > b->size - start) {
        b->full = true;
        return NULL;
    }
    b->used = start + n;
    return b->base + start;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Room for a text of at most `most` bytes; finish_text gives back what was not needed. */
static char *start_text(struct wfpw_batch *b, size_t most)
{
    if (most + 1 > b->size - b->used) {
        b->full = true;
        return NULL;
    }
    return (char *)b->base + b->used;
}

static const char *finish_text(struct wfpw_batch *b, char *text, size_t n)
{
    text[n] = 0;
    b->used += n + 1;
    return text;
}

static const char *put_there(struct wfpw_batch *b, const struct record *r, const struct value *v)
{
    char *text = start_text(b, text_value_max((uint8_t)v->type, v->size));
    if (text == NULL)
        return NULL;
    return finish_text(b, text, text_value(text, (uint8_t)v->type, record_at(r, v->at), v->size));
}

static inline const char *put_text(struct wfpw_batch *b, const struct record *r,
                                   const struct value *v)
{
    return value_is(v) ? put_there(b, r, v) : NULL;
}

static const char *put_guid(struct wfpw_batch *b, const uint8_t guid[16])
{
    char *text = start_text(b, TEXT_GUID_MAX);
    return text != NULL ? finish_text(b, text, text_guid(text, guid, false)) : NULL;
}

/* ---- bodies --------------------------------------------------------------------------------- */

static bool is_of_traffic(const struct record *r)
{
    const uint32_t id = ((const struct record_audit *)record_at(r, r->audit_at))->event_id;
    return id >= 5150 && id <= 5159;
}

static const wfpw_audit *put_audit(struct wfpw_batch *b, const struct record *r)
{
    size_t size, n = 0;
    wfpw_audit *to = batch_room(b, &size);
    bool traffic = is_of_traffic(r);
    if (traffic && b->format == WFPW_FORMAT_JSON)
        n = batch_audit_write_json(r, &b->texts, to, size);
    if (n == 0)
        n = batch_audit_write(r, &b->texts, b->omits_fields && traffic, to, size);
    if (n == 0) {
        b->full = true;
        return NULL;
    }
    batch_use(b, n);
    return to;
}

static const wfpw_ipsec *put_ipsec(struct wfpw_batch *b, const struct record *r)
{
    const struct record_ipsec *from = record_at(r, r->ipsec_at);
    wfpw_ipsec *to = take_room(b, sizeof *to);
    if (to == NULL)
        return NULL;
    *to = (wfpw_ipsec){
        .size = sizeof *to,
        .present = from->present,
        .status = from->status,
        .spi = from->spi,
        .public_host = from->public_host,
        .internal_host = from->internal_host,
    };
    return to;
}

static const wfpw_mac *put_mac(struct wfpw_batch *b, const struct record *r)
{
    const struct record_mac *from = record_at(r, r->mac_at);
    wfpw_mac *to = take_room(b, sizeof *to);
    if (to == NULL)
        return NULL;
    *to = (wfpw_mac){
        .size = sizeof *to,
        .media_type = from->media_type,
        .if_type = from->if_type,
        .ether_type = from->ether_type,
        .ndis_port = from->ndis_port,
        .vlan = from->vlan,
        .if_luid = from->if_luid,
    };
    memcpy(to->local, from->local, sizeof to->local);
    memcpy(to->remote, from->remote, sizeof to->remote);
    return to;
}

/* The text of a field whose record's fields are there only as JSON, or not at all. */
static const char *put_field_text(struct wfpw_batch *b, const struct record *r,
                                  const struct record_field *f)
{
    size_t used;
    const char *text =
        batch_audit_text(r, &b->texts, f, (char *)b->base + b->used, b->size - b->used, &used);
    b->full = b->full || text == NULL;
    b->used += used;
    return text;
}

/* A text that has a place in the event. When it is a field of the audit record, too, it is there
 * once: fields may be as long as the batch has room for. */
static const char *put_field(struct wfpw_batch *b, const struct record *r, const wfpw_audit *audit,
                             const struct value *v)
{
    const struct record_audit *from = record_at(r, r->audit_at);
    const struct record_field *f = record_at(r, from->fields_at);
    for (uint32_t i = 0; i < from->field_count; i++)
        if (f[i].value.at == v->at && f[i].value.size == v->size)
            return audit->fields != NULL ? audit->fields[i].value : put_field_text(b, r, &f[i]);
    return put_there(b, r, v);
}

static inline const char *put_shared(struct wfpw_batch *b, const struct record *r,
                                     const wfpw_audit *audit, const struct value *v)
{
    if (!value_is(v))
        return NULL;
    return audit != NULL ? put_field(b, r, audit, v) : put_there(b, r, v);
}

static const wfpw_ike *put_ike(struct wfpw_batch *b, const struct record *r,
                               const wfpw_audit *audit)
{
    const struct record_ike *from = record_at(r, r->ike_at);
    wfpw_ike *to = take_room(b, sizeof *to);
    if (to == NULL)
        return NULL;
    *to = (wfpw_ike){
        .size = sizeof *to,
        .present = from->present,
        .error = from->error,
        .point = from->point,
        .flags = from->flags,
        .module = from->module,
        .state = from->state,
        .role = from->role,
        .auth_method = from->auth_method,
        .traffic_type = from->traffic_type,
        .mm_id = from->mm_id,
        .filter_id = from->filter_id,
        .mm_sa_luid = from->mm_sa_luid,
        .local_principal = put_shared(b, r, audit, &from->local_principal),
        .remote_principal = put_shared(b, r, audit, &from->remote_principal),
        .local_groups = put_text(b, r, &from->local_groups),
        .remote_groups = put_text(b, r, &from->remote_groups),
        .local_subnet = put_text(b, r, &from->local_subnet),
        .remote_subnet = put_text(b, r, &from->remote_subnet),
    };
    memcpy(to->cert_hash, from->cert_hash, sizeof to->cert_hash);
    if (from->has_provider_context)
        to->provider_context = put_guid(b, from->provider_context);
    return to;
}

static const wfpw_vswitch *put_vswitch(struct wfpw_batch *b, const struct record *r,
                                       const wfpw_audit *audit)
{
    const struct record_vswitch *from = record_at(r, r->vswitch_at);
    wfpw_vswitch *to = take_room(b, sizeof *to);
    if (to == NULL)
        return NULL;
    *to = (wfpw_vswitch){
        .size = sizeof *to,
        .source_port = from->source_port,
        .destination_port = from->destination_port,
        .id = put_shared(b, r, audit, &from->id),
    };
    return to;
}

static const uint16_t *put_ports(struct wfpw_batch *b, const uint16_t *from, uint32_t count)
{
    uint16_t *to = count != 0 ? take_room(b, count * sizeof *to) : NULL;
    if (to != NULL)
        memcpy(to, from, count * sizeof *to);
    return to;
}

static const wfpw_aggregate *put_aggregate(struct wfpw_batch *b, const struct record *r)
{
    const struct record_aggregate *from = record_at(r, r->aggregate_at);
    wfpw_aggregate *to = take_room(b, sizeof *to);
    if (to == NULL)
        return NULL;
    *to = (wfpw_aggregate){
        .size = sizeof *to,
        .flags = from->more,
        .count = from->count,
        .first = from->first,
        .last = from->last,
        .local_ports = put_ports(b, from->ports[0], from->port_count[0]),
        .remote_ports = put_ports(b, from->ports[1], from->port_count[1]),
        .local_port_count = from->port_count[0],
        .remote_port_count = from->port_count[1],
    };
    return to;
}

static void put_terminating(struct wfpw_batch *b, wfpw_event *to, const struct record *r)
{
    const struct record_terminating *from = record_at(r, r->terminating_at);
    wfpw_terminating *filters = take_room(b, r->terminating_count * sizeof *filters);
    if (filters == NULL)
        return;
    for (uint32_t i = 0; i < r->terminating_count; i++)
        filters[i] = (wfpw_terminating){
            .filter_id = from[i].filter_id,
            .sublayer = put_text(b, r, &from[i].sublayer),
            .action = from[i].action,
        };
    to->terminating = filters;
    to->terminating_count = r->terminating_count;
    to->terminating_stride = sizeof *filters;
}

/* ---- the event ------------------------------------------------------------------------------ */

/* One by one: clearing the whole struct first would cost as much as all of them. What is not set
 * here is a text or a body, from device_path to the end. */
static void put_scalars(wfpw_event *to, const struct record *r, uint64_t seq)
{
    to->size = sizeof *to;
    to->present = r->present;
    to->seq = seq;
    to->time = r->time;
    to->kind = r->kind;
    to->source = r->source;
    to->flags = r->flags;
    to->direction = r->direction;
    to->orientation = r->orientation;
    to->pid_from = r->pid_from;
    to->direction_from = r->direction_from;
    to->direction_raw = r->direction_raw;
    to->protocol = r->protocol;
    to->layer_id = r->layer_id;
    to->reauth_reason = r->reauth_reason;
    to->original_profile = r->original_profile;
    to->current_profile = r->current_profile;
    to->interface_index = r->interface_index;
    to->capability = r->capability;
    to->type_raw = r->type_raw;
    to->lost_where = r->lost_where;
    to->process_id = r->process_id;
    to->filter_id = r->filter_id;
    to->policy_flags = r->policy_flags;
    to->lost = r->lost;
    to->local = r->local;
    to->remote = r->remote;
    memset(&to->device_path, 0, sizeof *to - offsetof(wfpw_event, device_path));
    to->capabilities = r->capabilities;
    to->lost_from = r->lost_from;
    to->join_lag = r->join_lag;
    to->differs = r->differs;
    to->pid_confidence = r->pid_confidence;
    to->audit_evidence = r->audit_origin != 0 ? WFPW_EVIDENCE_RECORD_ORIGIN : 0;
}

static void put_bodies(struct wfpw_batch *b, wfpw_event *to, const struct record *r)
{
    to->audit = r->audit_at != 0 ? put_audit(b, r) : NULL;
    to->ike = r->ike_at != 0 ? put_ike(b, r, to->audit) : NULL;
    to->ipsec = r->ipsec_at != 0 ? put_ipsec(b, r) : NULL;
    to->mac = r->mac_at != 0 ? put_mac(b, r) : NULL;
    to->vswitch = r->vswitch_at != 0 ? put_vswitch(b, r, to->audit) : NULL;
    to->aggregate = r->aggregate_at != 0 ? put_aggregate(b, r) : NULL;
    if (r->terminating_count > 0)
        put_terminating(b, to, r);
}

/* The application's path on this host: its place, and what follows it. */
static const char *put_path(struct wfpw_batch *b, const struct record *r)
{
    if (!value_is(&r->place))
        return NULL;
    const uint8_t *rest = (const uint8_t *)record_at(r, r->app.at) + 2 * (size_t)r->place_units;
    size_t units = r->app.size / 2 - r->place_units;
    char *text = start_text(b, r->place.size + 3 * units);
    if (text == NULL)
        return NULL;
    memcpy(text, record_at(r, r->place.at), r->place.size);
    return finish_text(b, text, r->place.size + text_utf16(text + r->place.size, rest, units));
}

/* One copy for all events of a file. */
static const char *put_file(struct wfpw_batch *b, const char *file)
{
    if (file == NULL || file == b->file)
        return file == NULL ? NULL : b->file_text;
    size_t n = strlen(file);
    char *text = start_text(b, n);
    if (text == NULL)
        return NULL;
    memcpy(text, file, n);
    b->file = file;
    b->file_text = finish_text(b, text, n);
    return b->file_text;
}

static void put_texts(struct wfpw_batch *b, wfpw_event *to, const struct record *r)
{
    to->device_path = put_shared(b, r, to->audit, &r->app);
    to->user_sid = put_shared(b, r, to->audit, &r->user_sid);
    to->user_name = put_shared(b, r, to->audit, &r->user_name);
    to->package_sid = put_text(b, r, &r->package_sid);
    to->enterprise_id = put_text(b, r, &r->enterprise_id);
    to->effective_name = put_text(b, r, &r->effective_name);
    to->filter_origin = put_shared(b, r, to->audit, &r->origin);
    to->fqbn = put_text(b, r, &r->fqbn);
    to->app_path = put_path(b, r);
    to->process_service = put_text(b, r, &r->process_service);
}

void batch_from(struct wfpw_batch *b, const char *file)
{
    b->from = file;
}

bool batch_add(struct wfpw_batch *b, const struct record *r, uint64_t seq)
{
    size_t used = b->used;
    if (b->count >= b->limit)
        return false;
    wfpw_event *to = (wfpw_event *)(void *)b->base + b->count;
    b->full = false;
    put_scalars(to, r, seq);
    put_bodies(b, to, r);
    put_texts(b, to, r);
    to->file = put_file(b, b->from);
    if (b->full) {
        b->used = used;
        forget_texts(b); /* some may lie in what was taken back */
        if (b->count > 0)
            return false;
        put_scalars(to, r, seq); /* no record has that much: it must not stop the reader for ever */
        to->flags |= WFPW_EVENT_TRUNCATED;
    }
    b->count++;
    return true;
}

/* ---- for later stages ----------------------------------------------------------------------- */

wfpw_event *batch_last(struct wfpw_batch *b)
{
    return (wfpw_event *)(void *)b->base + (b->count - 1);
}

void *batch_room(struct wfpw_batch *b, size_t *room)
{
    size_t start = (b->used + 7) & ~(size_t)7;
    *room = start < b->size ? b->size - start : 0;
    return b->base + (*room > 0 ? start : b->size);
}

void batch_use(struct wfpw_batch *b, size_t n)
{
    b->used = ((b->used + 7) & ~(size_t)7) + n;
}

size_t batch_used(const struct wfpw_batch *b)
{
    return b->used;
}

void batch_take_back(struct wfpw_batch *b, size_t used)
{
    b->count--;
    b->used = used;
    forget_texts(b);
}
