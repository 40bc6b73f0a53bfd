/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "unit/template_made.h"

#include <stdlib.h>

const uint16_t made_ports[MADE_PORTS] = {0, 53, 443, 1000, 5353, 65535};
const uint8_t made_protocols[MADE_PROTOCOLS] = {1, 6, 17, 58, 255};
const uint32_t made_layers[MADE_LAYERS] = {0, 13, 48, 98};
const uint64_t made_numbers[MADE_NUMBERS] = {0, 7, 70210, UINT64_MAX};

void made_address(uint64_t *seed, wfpw_endpoint *e)
{
    static const uint8_t starts[4][2] = {{10, 0}, {192, 0}, {0xFE, 0x80}, {0xFF, 0x02}};
    uint32_t i = random_below(seed, 4);
    memset(e->addr, 0, sizeof e->addr);
    e->family = i < 2 ? 4 : 6;
    memcpy(e->addr, starts[i], 2);
    e->addr[e->family == 4 ? 3 : 15] = (uint8_t)random_below(seed, 4);
}

size_t made_text(uint64_t *seed, char *out, size_t most)
{
    static const char *const pieces[] = {
        "a", "A", "b", "\\", "\\", "Z", "z", "[", "\xC3\xA9", "\xF0\x9F\x98\x80", "@", "aab"};
    size_t n = 0, count = random_below(seed, 8);
    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[random_below(seed, sizeof pieces / sizeof *pieces)];
        size_t size = strlen(piece);
        if (size > most - n)
            break;
        memcpy(out + n, piece, size);
        n += size;
    }
    return n;
}

/* ---- the record ----------------------------------------------------------------------------- */

/* UTF-8 as UTF-16; what is outside the basic plane becomes a pair, or half of one. */
static size_t widen(uint64_t *seed, const char *text, size_t n, uint8_t *out)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)text[i];
        uint32_t unit = c;
        if (c == 0xC3) {
            unit = 0xE9;
            i++;
        } else if (c == 0xF0) {
            unit = random_below(seed, 2) != 0 ? 0xD83D : 0xDE00;
            i += 3;
        }
        out[used++] = (uint8_t)unit;
        out[used++] = (uint8_t)(unit >> 8);
        if (unit == 0xD83D && random_below(seed, 2) != 0) {
            out[used++] = 0x00;
            out[used++] = 0xDE;
        }
    }
    return used;
}

static struct value put_text(struct made *m, uint64_t *seed)
{
    static const uint8_t types[] = {VALUE_STRING, VALUE_STRING, VALUE_UTF8, VALUE_ANSI,
                                    VALUE_BINARY, VALUE_XML,    VALUE_U32,  VALUE_NULL};
    char text[64];
    uint8_t wide[256] = {0};
    size_t n = made_text(seed, text, sizeof text);
    uint8_t type = types[random_below(seed, sizeof types)];
    if (random_below(seed, 4) == 0)
        return (struct value){0};
    if (type != VALUE_STRING && type != VALUE_XML)
        return record_put(&m->b, type, text, n);
    n = widen(seed, text, n, wide);
    return record_put(&m->b, type, wide, n + 2 * (size_t)random_below(seed, 3));
}

static struct value put_sid(struct made *m, uint64_t *seed)
{
    uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    sid[8] = (uint8_t)(18 + random_below(seed, 3));
    if (random_below(seed, 3) == 0)
        return put_text(m, seed);
    return record_put(&m->b, VALUE_SID, sid, sizeof sid - random_below(seed, 2));
}

static void put_audit(struct made *m, uint64_t *seed)
{
    static const uint32_t ids[] = {5152, 5157, 6, 0};
    uint32_t at = record_room(&m->b, sizeof(struct record_audit));
    struct record_audit *a = (struct record_audit *)(void *)(m->b.base + at);
    a->event_id = ids[random_below(seed, 4)];
    a->fields_at = at;
    record_of(&m->b)->audit_at = at;
}

static void put_scalars(struct record *r, uint64_t *seed)
{
    r->present = (uint32_t)random_u64(seed) & 0x7FFFF;
    r->direction = (uint8_t)random_below(seed, 5);
    r->orientation = (uint8_t)random_below(seed, 4);
    r->protocol = made_protocols[random_below(seed, MADE_PROTOCOLS)];
    r->layer_id = made_layers[random_below(seed, MADE_LAYERS)];
    r->filter_id = made_numbers[random_below(seed, MADE_NUMBERS)];
    made_address(seed, &r->local);
    made_address(seed, &r->remote);
    r->local.port = made_ports[random_below(seed, MADE_PORTS)];
    r->remote.port = made_ports[random_below(seed, MADE_PORTS)];
    r->local.scope_id = (uint32_t)made_numbers[random_below(seed, 3)];
    r->remote.scope_id = (uint32_t)made_numbers[random_below(seed, 3)];
}

struct record *made_start(struct made *m, uint64_t *seed)
{
    uint16_t kind = (uint16_t)(1 + random_below(seed, 19));
    struct record *r = record_start(&m->b, m->room, sizeof m->room, kind, WFPW_SOURCE_SIM);
    put_scalars(r, seed);
    if (kind == WFPW_KIND_AUDIT)
        put_audit(m, seed);
    r->app = put_text(m, seed);
    r->user_sid = put_sid(m, seed);
    r->user_name = put_text(m, seed);
    return r;
}

/* A path on this host for some of those that have an application. */
static void put_place(struct made *m)
{
    static const char *const places[] = {"z\\a", "\\", "A", "Z\\\xC3\xA9"};
    struct record *r = record_of(&m->b);
    uint32_t units = r->app.size / 2;
    if (r->app.at == 0 || r->app.type != VALUE_STRING || r->direction < 2)
        return;
    const char *place = places[r->orientation % 4];
    r->place = record_put(&m->b, VALUE_UTF8, place, strlen(place));
    r->place_units = units < r->direction ? units : r->direction;
}

void made_end(struct made *m)
{
    put_place(m);
    (void)record_finish(&m->b);
    m->record = record_of(&m->b);
    if (m->batch == NULL)
        m->batch = wfpw_batch_new(1, 0);
    if (m->batch == NULL)
        abort();
    batch_clear(m->batch);
    if (!batch_add(m->batch, m->record, 1))
        abort();
    m->event = wfpw_batch_get(m->batch, 0);
}
