/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The parts of binary XML. */
#include "writer/evtx_writer.h"

#include <stdio.h>
#include <string.h>

/* ---- bytes ---------------------------------------------------------------------------------- */

void evtxw_put(struct evtx_writer *w, const void *p, size_t n)
{
    if (n > EVTXW_CHUNK - w->at) {
        w->full = true;
        return;
    }
    if (n > 0)
        memcpy(w->chunk + w->at, p, n);
    w->at += (uint32_t)n;
}

void evtxw_u8(struct evtx_writer *w, uint8_t v)
{
    evtxw_put(w, &v, 1);
}

void evtxw_u16(struct evtx_writer *w, uint16_t v)
{
    uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    evtxw_put(w, b, sizeof b);
}

void evtxw_u32(struct evtx_writer *w, uint32_t v)
{
    evtxw_u16(w, (uint16_t)v);
    evtxw_u16(w, (uint16_t)(v >> 16));
}

void evtxw_u64(struct evtx_writer *w, uint64_t v)
{
    evtxw_u32(w, (uint32_t)v);
    evtxw_u32(w, (uint32_t)(v >> 32));
}

void evtxw_patch32(struct evtx_writer *w, uint32_t at, uint32_t v)
{
    for (uint32_t i = 0; i < 4 && at + i < EVTXW_CHUNK; i++)
        w->chunk[at + i] = (uint8_t)(v >> 8 * i);
}

static uint32_t chunk32(const struct evtx_writer *w, uint32_t at)
{
    const uint8_t *b = w->chunk + at;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* ---- text ----------------------------------------------------------------------------------- */

static const char *next_character(const char *s, uint32_t *c)
{
    const uint8_t *b = (const uint8_t *)s;
    int more = b[0] < 0x80 ? 0 : b[0] < 0xE0 ? 1 : b[0] < 0xF0 ? 2 : 3;
    *c = more == 0 ? b[0] : b[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++)
        *c = *c << 6 | (b[i] & 0x3F);
    return s + more + 1;
}

size_t evtxw_utf16(const char *utf8, uint8_t *out, size_t cap)
{
    size_t n = 0;
    while (*utf8 != 0 && n + 4 <= cap) {
        uint32_t c, high = 0;
        utf8 = next_character(utf8, &c);
        if (c >= 0x10000) {
            high = 0xD800 + ((c - 0x10000) >> 10);
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
            out[n++] = (uint8_t)high;
            out[n++] = (uint8_t)(high >> 8);
        }
        out[n++] = (uint8_t)c;
        out[n++] = (uint8_t)(c >> 8);
    }
    return n;
}

/* Days and years counted, not computed: slow, and unlike the reader's. */
void evtxw_time_text(uint64_t time, char out[32])
{
    static const int days_of[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t days = time / 864000000000u, of_day = time % 864000000000u;
    unsigned year = 1601, month = 0;
    for (;; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (days < (leap ? 366u : 365u))
            break;
        days -= leap ? 366 : 365;
    }
    for (; month < 11; month++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        unsigned n = (unsigned)days_of[month] + (month == 1 && leap);
        if (days < n)
            break;
        days -= n;
    }
    uint64_t s = of_day / 10000000;
    (void)snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02u.%07uZ", year % 10000, (month + 1) % 13,
                   (unsigned)(days + 1) % 32, (unsigned)(s / 3600) % 24, (unsigned)(s / 60 % 60),
                   (unsigned)(s % 60), (unsigned)(of_day % 10000000));
}

void evtxw_units(struct evtx_writer *w, uint8_t token, const void *utf16, size_t units)
{
    evtxw_u8(w, token);
    if ((token & 0x3F) == 0x05)
        evtxw_u8(w, EVTXW_STRING);
    evtxw_u16(w, (uint16_t)units);
    evtxw_put(w, utf16, 2 * units);
}

void evtxw_literal(struct evtx_writer *w, const char *utf8)
{
    uint8_t units[2048];
    size_t n = evtxw_utf16(utf8, units, sizeof units);
    evtxw_units(w, 0x05, units, n / 2);
}

/* ---- names ---------------------------------------------------------------------------------- */

enum { NAME_TABLE = 128, NAME_BUCKETS = 64 };

static uint16_t hash_of(const uint8_t *units, size_t n)
{
    uint32_t h = 0;
    for (size_t i = 0; i + 1 < n; i += 2)
        h = h * 65599 + (uint32_t)(units[i] | units[i + 1] << 8);
    return (uint16_t)h;
}

/* The chunk's own table finds a name that was written before. */
static uint32_t find_name(const struct evtx_writer *w, uint16_t hash, const uint8_t *units,
                          size_t n)
{
    uint32_t at = chunk32(w, NAME_TABLE + 4u * (hash % NAME_BUCKETS));
    for (; at != 0; at = chunk32(w, at)) {
        const uint8_t *name = w->chunk + at;
        if ((size_t)(name[6] | name[7] << 8) * 2 == n && memcmp(name + 8, units, n) == 0)
            return at;
    }
    return 0;
}

void evtxw_name(struct evtx_writer *w, const char *name)
{
    uint8_t units[512];
    size_t n = evtxw_utf16(name, units, sizeof units);
    uint16_t hash = hash_of(units, n);
    uint32_t bucket = NAME_TABLE + 4u * (hash % NAME_BUCKETS);
    uint32_t known = (w->options & EVTXW_INLINE_NAMES) == 0 ? find_name(w, hash, units, n) : 0;
    evtxw_u32(w, known != 0 ? known : w->at + 4);
    if (known != 0)
        return;
    uint32_t at = w->at;
    evtxw_u32(w, chunk32(w, bucket));
    evtxw_u16(w, hash);
    evtxw_u16(w, (uint16_t)(n / 2));
    evtxw_put(w, units, n);
    evtxw_u16(w, 0);
    if (!w->full)
        evtxw_patch32(w, bucket, at);
}

/* ---- elements ------------------------------------------------------------------------------- */

uint32_t evtxw_open(struct evtx_writer *w, const char *name, uint16_t dependency, bool attributes)
{
    bool swap = (w->options & EVTXW_DEPENDENCY) != 0;
    evtxw_u8(w, attributes ? 0x41 : 0x01);
    if (w->in_template != swap)
        evtxw_u16(w, dependency);
    uint32_t at = w->at;
    evtxw_u32(w, 0);
    evtxw_name(w, name);
    return at;
}

uint32_t evtxw_attributes(struct evtx_writer *w)
{
    uint32_t at = w->at;
    evtxw_u32(w, 0);
    return at;
}

void evtxw_attribute(struct evtx_writer *w, const char *name, bool more)
{
    evtxw_u8(w, more ? 0x46 : 0x06);
    evtxw_name(w, name);
}

static void size_behind(struct evtx_writer *w, uint32_t at)
{
    if (!w->full)
        evtxw_patch32(w, at, w->at - at - 4);
}

void evtxw_attributes_end(struct evtx_writer *w, uint32_t at)
{
    size_behind(w, at);
}

void evtxw_content(struct evtx_writer *w)
{
    evtxw_u8(w, 0x02);
}

void evtxw_close(struct evtx_writer *w, uint32_t at)
{
    evtxw_u8(w, 0x04);
    size_behind(w, at);
}

void evtxw_empty(struct evtx_writer *w, uint32_t at)
{
    evtxw_u8(w, 0x03);
    size_behind(w, at);
}

void evtxw_fragment(struct evtx_writer *w)
{
    static const uint8_t header[4] = {0x0F, 1, 1, 0};
    evtxw_put(w, header, sizeof header);
}

void evtxw_substitution(struct evtx_writer *w, uint16_t index, uint8_t type, bool optional)
{
    evtxw_u8(w, optional ? 0x0E : 0x0D);
    evtxw_u16(w, index);
    evtxw_u8(w, type);
}

/* ---- templates ------------------------------------------------------------------------------ */

enum { TEMPLATE_TABLE = 384, TEMPLATE_BUCKETS = 32 };

static uint32_t find_template(const struct evtx_writer *w, uint64_t key)
{
    for (uint32_t i = 0; i < w->template_count; i++)
        if (w->templates[i].key == key)
            return w->templates[i].at;
    return 0;
}

static void begin_definition(struct evtx_writer *w, uint64_t key)
{
    uint32_t at = w->at, bucket = TEMPLATE_TABLE + 4 * (uint32_t)(key % TEMPLATE_BUCKETS);
    evtxw_u32(w, chunk32(w, bucket));
    evtxw_u64(w, key); /* the GUID */
    evtxw_u64(w, ~key);
    evtxw_u32(w, 0);
    evtxw_fragment(w);
    if (w->full)
        return;
    evtxw_patch32(w, bucket, at);
    if (w->template_count < EVTXW_TEMPLATES && find_template(w, key) == 0) {
        w->templates[w->template_count].key = key;
        w->templates[w->template_count++].at = at;
    }
}

bool evtxw_instance(struct evtx_writer *w, uint64_t key, uint32_t *at)
{
    uint32_t known = (w->options & EVTXW_REDEFINE) != 0 ? 0 : find_template(w, key);
    evtxw_u8(w, 0x0C);
    evtxw_u8(w, 1);
    evtxw_u32(w, (uint32_t)key);
    evtxw_u32(w, known != 0 ? known : w->at + 4);
    if (known != 0)
        return false;
    *at = w->at;
    begin_definition(w, key);
    w->in_template = true;
    return true;
}

void evtxw_defined(struct evtx_writer *w, uint32_t at)
{
    evtxw_u8(w, 0);
    if (!w->full)
        evtxw_patch32(w, at + 20, w->at - at - 24);
    w->in_template = false;
}

uint32_t evtxw_values(struct evtx_writer *w, const struct evtxw_value *v, uint32_t n)
{
    evtxw_u32(w, n);
    uint32_t table = w->at;
    for (uint32_t i = 0; i < n; i++) {
        evtxw_u16(w, v[i].size);
        evtxw_u16(w, v[i].type);
    }
    for (uint32_t i = 0; i < n; i++)
        evtxw_put(w, v[i].p, v[i].size);
    return table;
}
