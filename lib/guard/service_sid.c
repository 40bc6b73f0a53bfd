/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A service's SID is S-1-5-80 and the SHA-1 of its name in capital UTF-16, as five numbers
 * (MS-DTYP 2.4.2.4, "NT SERVICE"). SHA-1 is that of RFC 3174. */
#include <stdio.h>

#include "guard/guard.h"

enum { BLOCK = 64, WORDS = 80 };

struct hash {
    uint32_t state[5];
    uint64_t size;
    uint8_t block[BLOCK];
};

static uint32_t rotate_left(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static void hash_block(struct hash *h)
{
    static const uint32_t constants[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    uint32_t w[WORDS], a = h->state[0], b = h->state[1], c = h->state[2], d = h->state[3],
                       e = h->state[4];
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)h->block[4 * i] << 24 | (uint32_t)h->block[4 * i + 1] << 16 |
               (uint32_t)h->block[4 * i + 2] << 8 | h->block[4 * i + 3];
    for (size_t i = 16; i < WORDS; i++)
        w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (size_t i = 0; i < WORDS; i++) {
        uint32_t f = i < 20              ? (b & c) | (~b & d)
                     : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d)
                                         : b ^ c ^ d;
        uint32_t next = rotate_left(a, 5) + f + e + constants[i / 20] + w[i];
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    h->state[0] += a;
    h->state[1] += b;
    h->state[2] += c;
    h->state[3] += d;
    h->state[4] += e;
}

static void hash_byte(struct hash *h, uint8_t byte)
{
    h->block[h->size++ % BLOCK] = byte;
    if (h->size % BLOCK == 0)
        hash_block(h);
}

static void hash_unit(struct hash *h, uint32_t unit)
{
    hash_byte(h, (uint8_t)unit);
    hash_byte(h, (uint8_t)(unit >> 8));
}

static void hash_end(struct hash *h)
{
    uint64_t bits = h->size * 8;
    hash_byte(h, 0x80);
    while (h->size % BLOCK != BLOCK - 8)
        hash_byte(h, 0);
    for (unsigned shift = 64; shift > 0; shift -= 8)
        hash_byte(h, (uint8_t)(bits >> (shift - 8)));
}

/* The character at *s, which is valid UTF-8, as UTF-16. */
static void hash_character(struct hash *h, const uint8_t **s)
{
    const uint8_t *p = *s;
    size_t more = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
    uint32_t c = more == 0 ? *p : *p & (0x3Fu >> more);
    for (p++; more > 0 && *p != 0; more--)
        c = c << 6 | (*p++ & 0x3F);
    *s = p;
    if (c - 'a' < 26)
        c -= 'a' - 'A';
    if (c > UINT16_MAX) {
        hash_unit(h, 0xD800 + ((c - 0x10000) >> 10));
        c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    hash_unit(h, c);
}

static uint32_t swap_bytes(uint32_t v)
{
    return v >> 24 | (v >> 8 & 0xFF00) | (v << 8 & 0xFF0000) | v << 24;
}

void guard_service_sid(const char *name, char sid[SERVICE_SID_MAX])
{
    struct hash h = {.state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}};
    for (const uint8_t *s = (const uint8_t *)name; *s != 0;)
        hash_character(&h, &s);
    hash_end(&h);
    (void)snprintf(sid, SERVICE_SID_MAX, "S-1-5-80-%lu-%lu-%lu-%lu-%lu",
                   (unsigned long)swap_bytes(h.state[0]), (unsigned long)swap_bytes(h.state[1]),
                   (unsigned long)swap_bytes(h.state[2]), (unsigned long)swap_bytes(h.state[3]),
                   (unsigned long)swap_bytes(h.state[4]));
}
