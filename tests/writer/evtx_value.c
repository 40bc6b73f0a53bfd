/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/evtx_value.h"

#include <string.h>

uint64_t sample_next(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

uint32_t sample_below(uint64_t *seed, uint32_t n)
{
    return (uint32_t)(sample_next(seed) >> 16) % n;
}

/* ---- what a value is made of ---------------------------------------------------------------- */

static void put(struct evtx_random *r, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r->bytes[r->size++] = (uint8_t)(v >> 8 * i);
}

/* Starts the text of another item. */
static void say_text(struct evtx_random *r, const char *text)
{
    char *at = r->items == 0 ? r->room : r->text[r->items - 1] + strlen(r->text[r->items - 1]) + 1;
    (void)snprintf(at, (size_t)(r->room + sizeof r->room - at), "%s", text);
    r->text[r->items++] = at;
}

#define SAY(r, ...)                                                                                \
    do {                                                                                           \
        char said_[256];                                                                           \
        (void)snprintf(said_, sizeof said_, __VA_ARGS__);                                          \
        say_text(r, said_);                                                                        \
    } while (0)

static size_t utf8_of(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((0xF0 << (4 - n) & 0xFF) | c);
    return n;
}

static uint32_t character(uint64_t *seed)
{
    static const uint32_t odd[] = {1,      9,      10,      13,       0x1F,    0x7F,
                                   '"',    '\\',   '&',     '<',      '>',     '\'',
                                   0x80,   0x7FF,  0x800,   0xD7FF,   0xE000,  0xFFFD,
                                   0xFFFE, 0xFFFF, 0x10000, 0x10FFFF, 0x1F600, 0x2A2A};
    switch (sample_below(seed, 12)) {
    case 0:
        return odd[sample_below(seed, sizeof odd / sizeof *odd)];
    case 1:
        return 0x80 + sample_below(seed, 0x700);
    case 2:
        return 0x3000 + sample_below(seed, 0x7000);
    case 3:
        return 0x10000 + sample_below(seed, 0x100000);
    default:
        return 0x20 + sample_below(seed, 0x5F);
    }
}

static void put_character(struct evtx_random *r, uint32_t c)
{
    if (c >= 0x10000) {
        put(r, 0xD800 + ((c - 0x10000) >> 10), 2);
        c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    put(r, c, 2);
}

static void string(struct evtx_random *r, uint64_t *seed, uint32_t most)
{
    char text[4 * 256 + 1];
    size_t n = 0;
    uint32_t length = sample_below(seed, most);
    bool plain = sample_below(seed, 2) == 0;
    for (uint32_t i = 0; i < length; i++) {
        uint32_t c = plain ? 0x20 + sample_below(seed, 0x5F) : character(seed);
        put_character(r, c);
        n += utf8_of(c, text + n);
    }
    text[n] = 0;
    say_text(r, text);
}

static void ansi(struct evtx_random *r, uint64_t *seed)
{
    char text[2 * 40 + 1];
    size_t n = 0;
    uint32_t length = sample_below(seed, 40);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t c = 1 + sample_below(seed, 255);
        put(r, c, 1);
        n += utf8_of(c, text + n);
    }
    text[n] = 0;
    say_text(r, text);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static uint64_t bits(uint64_t *seed)
{
    static const uint64_t odd[] = {0,
                                   1,
                                   0x7F,
                                   0x80,
                                   0xFF,
                                   0x7FFF,
                                   0x8000,
                                   0xFFFF,
                                   0x7FFFFFFF,
                                   0x80000000,
                                   0xFFFFFFFF,
                                   INT64_MAX,
                                   (uint64_t)INT64_MAX + 1,
                                   UINT64_MAX};
    uint64_t v = sample_next(seed);
    return sample_below(seed, 4) == 0 ? odd[v % (sizeof odd / sizeof *odd)] : v;
}

static void integer(struct evtx_random *r, uint64_t *seed, size_t size, bool is_signed)
{
    uint64_t v = bits(seed);
    uint64_t mask = size == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * size) - 1;
    v &= mask;
    put(r, v, size);
    if (is_signed && (v >> (8 * size - 1) & 1) != 0)
        SAY(r, "-%llu", (unsigned long long)(mask - v + 1 == 0 ? 0 : mask - v + 1));
    else
        SAY(r, "%llu", (unsigned long long)v);
}

static void hex(struct evtx_random *r, uint64_t *seed, size_t size)
{
    uint64_t v = bits(seed) & (size == 8 ? UINT64_MAX : UINT32_MAX);
    put(r, v, size);
    SAY(r, "0x%llx", (unsigned long long)v);
}

static void real(struct evtx_random *r, uint64_t *seed, size_t size)
{
    static const double some[] = {0, 1, -1, 0.5, -0.25, 1234.0625, 1e15, -3.5e-3, 65536};
    double d = some[sample_below(seed, sizeof some / sizeof *some)];
    float f = (float)d;
    uint64_t v = 0;
    if (size == 8)
        memcpy(&v, &d, 8);
    else
        memcpy(&v, &f, 4); /* little-endian hosts only: as all that this is run on */
    put(r, v, size);
    SAY(r, size == 8 ? "%.17g" : "%.9g", size == 8 ? d : (double)f);
}

static void boolean(struct evtx_random *r, uint64_t *seed)
{
    static const uint32_t some[] = {0, 1, 2, 0x80000000, 0};
    uint32_t v = some[sample_below(seed, 5)];
    put(r, v, 4);
    say_text(r, v != 0 ? "true" : "false");
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void binary(struct evtx_random *r, uint64_t *seed, uint32_t n)
{
    char text[2 * 64 + 1] = "";
    for (uint32_t i = 0; i < n; i++) {
        uint8_t b = (uint8_t)sample_next(seed);
        put(r, b, 1);
        (void)snprintf(text + 2 * i, 3, "%02X", b);
    }
    say_text(r, text);
}

static void guid(struct evtx_random *r, uint64_t *seed)
{
    uint32_t a = (uint32_t)sample_next(seed);
    uint16_t b = (uint16_t)sample_next(seed), c = (uint16_t)sample_next(seed);
    uint64_t d = sample_next(seed);
    put(r, a, 4);
    put(r, b, 2);
    put(r, c, 2);
    for (int i = 7; i >= 0; i--)
        put(r, d >> 8 * i & 0xFF, 1);
    SAY(r, "{%08X-%04X-%04X-%04X-%012llX}", (unsigned)a, b, c, (unsigned)(d >> 48),
        (unsigned long long)(d & 0xFFFFFFFFFFFFu));
}

static void filetime(struct evtx_random *r, uint64_t *seed)
{
    uint64_t v = sample_next(seed) % 2650467744000000000u;
    char text[32];
    put(r, v, 8);
    evtxw_time_text(v, text);
    say_text(r, text);
}

static void systemtime(struct evtx_random *r, uint64_t *seed)
{
    uint32_t part[8] = {1601 + sample_below(seed, 8399), 1 + sample_below(seed, 12),
                        sample_below(seed, 7),           1 + sample_below(seed, 28),
                        sample_below(seed, 24),          sample_below(seed, 60),
                        sample_below(seed, 60),          sample_below(seed, 1000)};
    for (int i = 0; i < 8; i++)
        put(r, part[i], 2);
    SAY(r, "%04u-%02u-%02uT%02u:%02u:%02u.%03u0000Z", part[0], part[1], part[3], part[4], part[5],
        part[6], part[7]);
}

static void sid(struct evtx_random *r, uint64_t *seed)
{
    char text[200];
    uint32_t count = sample_below(seed, 16);
    uint64_t authority = sample_below(seed, 4) == 0 ? sample_next(seed) >> 16 : 5;
    put(r, 1, 1);
    put(r, count, 1);
    for (int i = 5; i >= 0; i--)
        put(r, authority >> 8 * i & 0xFF, 1);
    int n = snprintf(text, sizeof text, authority >> 32 == 0 ? "S-1-%llu" : "S-1-0x%llx",
                     (unsigned long long)authority);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sub = (uint32_t)bits(seed);
        put(r, sub, 4);
        n += snprintf(text + n, sizeof text - (size_t)n, "-%u", (unsigned)sub);
    }
    say_text(r, text);
}

static bool one(struct evtx_random *r, uint8_t type, uint64_t *seed)
{
    static const uint8_t sizes[] = {0, 0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    switch (type) {
    case EVTXW_STRING:
    case EVTXW_XML:
        string(r, seed, 256);
        return true;
    case EVTXW_ANSI:
        ansi(r, seed);
        return true;
    case EVTXW_I8:
    case EVTXW_I16:
    case EVTXW_I32:
    case EVTXW_I64:
    case EVTXW_U8:
    case EVTXW_U16:
    case EVTXW_U32:
    case EVTXW_U64:
        integer(r, seed, sizes[type], type % 2 == 1);
        return true;
    case EVTXW_F32:
    case EVTXW_F64:
        real(r, seed, sizes[type]);
        return true;
    case EVTXW_BOOL:
        boolean(r, seed);
        return true;
    case EVTXW_BINARY:
        binary(r, seed, sample_below(seed, 64));
        return true;
    case EVTXW_GUID:
        guid(r, seed);
        return true;
    case EVTXW_SIZE:
        hex(r, seed, sample_below(seed, 2) == 0 ? 4 : 8);
        return true;
    case EVTXW_FILETIME:
        filetime(r, seed);
        return true;
    case EVTXW_SYSTEMTIME:
        systemtime(r, seed);
        return true;
    case EVTXW_SID:
        sid(r, seed);
        return true;
    case EVTXW_HEX32:
    case EVTXW_HEX64:
        hex(r, seed, type == EVTXW_HEX32 ? 4 : 8);
        return true;
    default:
        return false;
    }
}

/* Items one behind the other; texts are parted by a NUL, which the last one may lack. */
static bool array(struct evtx_random *r, uint8_t type, uint64_t *seed)
{
    uint32_t n = 1 + sample_below(seed, ITEMS_MAX - 1);
    if (type == EVTXW_BINARY || type == EVTXW_SIZE || type == EVTXW_XML)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        size_t start = r->size;
        if (!one(r, type, seed))
            return false;
        bool text = type == EVTXW_STRING || type == EVTXW_ANSI;
        if (text && (i + 1 < n || r->size == start || sample_below(seed, 2) == 0))
            put(r, 0, type == EVTXW_STRING ? 2 : 1);
    }
    return true;
}

bool evtxw_random_value(struct evtx_random *r, uint8_t type, uint64_t *seed)
{
    r->size = 0;
    r->items = 0;
    if (type == EVTXW_NULL) {
        say_text(r, "");
        return true;
    }
    if ((type & EVTXW_ARRAY) != 0)
        return array(r, type & (uint8_t)~EVTXW_ARRAY, seed);
    return one(r, type, seed);
}
