/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The inner loops that every character passes, many at a time: with SSE2, which every 64-bit
 * x86 has, and elsewhere in a general register.
 */
#ifndef WFPW_SIMD_H
#define WFPW_SIMD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* In each byte of v that needs an escape in JSON (controls, the quote, the backslash, DEL) the top
 * bit; above the first such byte there may be others. */
static inline uint64_t simd_escapes(uint64_t v)
{
    static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\', del = v ^ ones * 0x7F;
    uint64_t found = ((v - ones * 0x20) & ~v) | ((quote - ones) & ~quote) |
                     ((slash - ones) & ~slash) | ((del - ones) & ~del);
    return found & tops;
}

/* Four units to bytes in a general register, if they are ASCII and none is NUL. */
static inline bool simd_ascii4(char *out, const uint8_t *s)
{
    static const uint64_t not_ascii = 0xFF80FF80FF80FF80u, ones = 0x0001000100010001u;
    uint64_t v = text_le64(s), zero = (v - ones) & ~v & ones << 15;
    bool ascii = ((v & not_ascii) | zero) == 0;
    v = (v | v >> 8) & 0x0000FFFF0000FFFFu; /* two bytes, two of nothing, twice */
    text_put_le32(out, (uint32_t)(v | v >> 16));
    return ascii;
}

/* What stands in 16 bytes of a string of JSON, a bit for each: quotes, backslashes, line ends and
 * NULs. */
struct simd_marks {
    unsigned quotes, slashes, lines, nuls;
};

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

/* Which of 16 bytes need an escape in JSON. */
static inline unsigned simd_escapes16(__m128i v)
{
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i del = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F));
    __m128i any = _mm_or_si128(_mm_or_si128(control, quote), _mm_or_si128(slash, del));
    return (unsigned)_mm_movemask_epi8(any);
}

/* Eight UTF-16LE units at s to eight bytes, if they are ASCII and none is NUL. */
static inline bool simd_ascii8(char *out, const uint8_t *s)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s), zero = _mm_setzero_si128();
    __m128i high = _mm_and_si128(v, _mm_set1_epi16((short)0xFF80));
    int ascii = _mm_movemask_epi8(_mm_cmpeq_epi16(high, zero));
    int nul = _mm_movemask_epi8(_mm_cmpeq_epi16(v, zero));
    _mm_storel_epi64((__m128i *)(void *)out, _mm_packus_epi16(v, v));
    return ascii == 0xFFFF && nul == 0;
}

/* n <= 16 UTF-16LE units to bytes, if they are ASCII and none is NUL; 32 bytes are read and 16
 * written, whatever n is, so that nothing depends on it. *plain: none needs an escape in JSON. */
static inline bool simd_ascii16(char *out, const uint8_t *s, size_t n, bool *plain)
{
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(s + 16));
    __m128i v = _mm_packus_epi16(low, high); /* what is no byte becomes 0 or 0xFF */
    unsigned ours = (1u << n) - 1;
    unsigned ascii = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_setzero_si128()));
    _mm_storeu_si128((__m128i *)(void *)out, v);
    *plain = (simd_escapes16(v) & ours) == 0;
    return (ascii & ours) == ours;
}

/* The sum of the lower halves of n words of 4 bytes, little-endian; n < 65536. */
static inline uint32_t simd_sum_low16(const uint8_t *s, uint32_t n)
{
    __m128i sum = _mm_setzero_si128(), low = _mm_set1_epi32(0xFFFF);
    uint32_t i = 0, rest = 0;
    for (; i + 4 <= n; i += 4) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + 4 * (size_t)i));
        sum = _mm_add_epi32(sum, _mm_and_si128(v, low));
    }
    for (; i < n; i++)
        rest += text_le16(s + 4 * (size_t)i);
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(1, 0, 3, 2)));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(2, 3, 0, 1)));
    return rest + (uint32_t)_mm_cvtsi128_si32(sum);
}

/* Words of 4 bytes, little-endian, whose lower halves are sizes of what follows one another from
 * `at` on: to `out`, of each the 4 bytes that say where it is, in the processor's order, and the
 * word as it is. Returns which bits of the upper halves any word has, in its own upper half. */
static inline uint32_t simd_places(void *out, const uint8_t *words, uint32_t n, uint32_t at)
{
    __m128i low = _mm_set1_epi32(0xFFFF), seen = _mm_setzero_si128();
    __m128i start = _mm_set1_epi32((int)at), *to = out;
    uint32_t i = 0, rest = 0;
    for (; i + 4 <= n; i += 4, to += 2) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(words + 4 * (size_t)i));
        __m128i size = _mm_and_si128(v, low), sum = _mm_add_epi32(size, _mm_slli_si128(size, 4));
        sum = _mm_add_epi32(sum, _mm_slli_si128(sum, 8));
        __m128i place = _mm_add_epi32(start, _mm_sub_epi32(sum, size));
        start = _mm_add_epi32(start, _mm_shuffle_epi32(sum, _MM_SHUFFLE(3, 3, 3, 3)));
        seen = _mm_or_si128(seen, v);
        _mm_storeu_si128(to, _mm_unpacklo_epi32(place, v));
        _mm_storeu_si128(to + 1, _mm_unpackhi_epi32(place, v));
    }
    at = (uint32_t)_mm_cvtsi128_si32(start);
    for (; i < n; i++) {
        uint32_t one[2] = {at, text_le32(words + 4 * (size_t)i)};
        memcpy((uint8_t *)out + 8 * (size_t)i, one, sizeof one);
        rest |= one[1];
        at += one[1] & 0xFFFF;
    }
    seen = _mm_or_si128(seen, _mm_shuffle_epi32(seen, _MM_SHUFFLE(1, 0, 3, 2)));
    seen = _mm_or_si128(seen, _mm_shuffle_epi32(seen, _MM_SHUFFLE(2, 3, 0, 1)));
    return rest | (uint32_t)_mm_cvtsi128_si32(seen);
}

/* 8 to 16 UTF-16LE units to 16 bytes; what is not ASCII becomes no digit and no dot, and what is
 * behind the last unit, 0. */
static inline void simd_bytes_of_units(char *out, const uint8_t *s, size_t units)
{
    __m128i first = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i last = _mm_loadu_si128((const __m128i *)(const void *)(s + 2 * (units - 8)));
    __m128i both = _mm_packus_epi16(first, last);
    __m128i moved = _mm_srl_epi64(both, _mm_cvtsi32_si128((int)(8 * (16 - units))));
    __m128d halves = _mm_shuffle_pd(_mm_castsi128_pd(both), _mm_castsi128_pd(moved), 2);
    _mm_storeu_si128((__m128i *)(void *)out, _mm_castpd_si128(halves));
}

/* A bit for each of 16 bytes that is c. */
static inline unsigned simd_equal16(const char *s, char c)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

/* A bit for each of 16 bytes that is a digit. */
static inline unsigned simd_digits16(const char *s)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i digit = _mm_sub_epi8(v, _mm_set1_epi8('0'));
    __m128i least = _mm_min_epu8(digit, _mm_set1_epi8(9));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(least, digit));
}

/* Whether 16 bytes, or 8 and 8, need no escape in JSON. */
static inline bool simd_is_plain16(const char *s)
{
    return simd_escapes16(_mm_loadu_si128((const __m128i *)(const void *)s)) == 0;
}

static inline bool simd_are_plain8(const char *a, const char *b)
{
    __m128i low = _mm_loadl_epi64((const __m128i *)(const void *)a);
    __m128i high = _mm_loadl_epi64((const __m128i *)(const void *)b);
    return simd_escapes16(_mm_unpacklo_epi64(low, high)) == 0;
}

static inline bool simd_is_ascii16(const char *s)
{
    return _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)s)) == 0;
}

static inline bool simd_is_ascii64(const char *s)
{
    const __m128i *v = (const __m128i *)(const void *)s;
    __m128i low = _mm_or_si128(_mm_loadu_si128(v), _mm_loadu_si128(v + 1));
    __m128i high = _mm_or_si128(_mm_loadu_si128(v + 2), _mm_loadu_si128(v + 3));
    return _mm_movemask_epi8(_mm_or_si128(low, high)) == 0;
}

/* The lowest bit that is set in v, which is not 0. */
static inline unsigned simd_lowest(uint64_t v)
{
#if defined(_MSC_VER) && !defined(__clang__)
    unsigned long at;
    _BitScanForward64(&at, v);
    return at;
#else
    return (unsigned)__builtin_ctzll(v);
#endif
}

/* A bit for each of 16 bytes that needs an escape in JSON. */
static inline uint64_t simd_escapes_at(const char *s)
{
    return simd_escapes16(_mm_loadu_si128((const __m128i *)(const void *)s));
}

static inline struct simd_marks simd_marks16(const char *s)
{
    return (struct simd_marks){simd_equal16(s, '"'), simd_equal16(s, '\\'), simd_equal16(s, '\n'),
                               simd_equal16(s, 0)};
}

#else

static inline bool simd_ascii8(char *out, const uint8_t *s)
{
    bool low = simd_ascii4(out, s);
    return simd_ascii4(out + 4, s + 8) && low;
}

static inline bool simd_ascii16(char *out, const uint8_t *s, size_t n, bool *plain)
{
    bool ascii = true;
    *plain = true;
    for (size_t i = 0; i < n; i++) {
        out[i] = (char)s[2 * i];
        ascii = ascii && text_le16(s + 2 * i) - 1u < 0x7F;
        *plain = *plain && s[2 * i] >= 0x20 && out[i] != '"' && out[i] != '\\' && out[i] != 0x7F;
    }
    return ascii;
}

static inline uint32_t simd_sum_low16(const uint8_t *s, uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += text_le16(s + 4 * (size_t)i);
    return sum;
}

static inline uint32_t simd_places(void *out, const uint8_t *words, uint32_t n, uint32_t at)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t one[2] = {at, text_le32(words + 4 * (size_t)i)};
        memcpy((uint8_t *)out + 8 * (size_t)i, one, sizeof one);
        seen |= one[1];
        at += one[1] & 0xFFFF;
    }
    return seen;
}

static inline void simd_bytes_of_units(char *out, const uint8_t *s, size_t units)
{
    for (size_t i = 0; i < 16; i++)
        out[i] = i < units && text_le16(s + 2 * i) < 0x80 ? (char)s[2 * i] : 0;
}

static inline unsigned simd_equal16(const char *s, char c)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < 16; i++)
        mask |= (unsigned)(s[i] == c) << i;
    return mask;
}

static inline unsigned simd_digits16(const char *s)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < 16; i++)
        mask |= (unsigned)(s[i] >= '0' && s[i] <= '9') << i;
    return mask;
}

static inline bool simd_are_plain8(const char *a, const char *b)
{
    return (simd_escapes(text_le64(a)) | simd_escapes(text_le64(b))) == 0;
}

static inline bool simd_is_plain16(const char *s)
{
    return simd_are_plain8(s, s + 8);
}

static inline bool simd_is_ascii16(const char *s)
{
    return ((text_le64(s) | text_le64(s + 8)) & 0x8080808080808080u) == 0;
}

static inline bool simd_is_ascii64(const char *s)
{
    return simd_is_ascii16(s) && simd_is_ascii16(s + 16) && simd_is_ascii16(s + 32) &&
           simd_is_ascii16(s + 48);
}

static inline unsigned simd_lowest(uint64_t v)
{
    unsigned at = 0;
    for (; (v & 1) == 0; v >>= 1)
        at++;
    return at;
}

static inline uint64_t simd_escapes_at(const char *s)
{
    uint64_t mask = 0;
    if (simd_is_plain16(s))
        return 0;
    for (unsigned i = 0; i < 16; i++)
        if ((uint8_t)s[i] < 0x20 || s[i] == '"' || s[i] == '\\' || s[i] == 0x7F)
            mask |= (uint64_t)1 << i;
    return mask;
}

static inline struct simd_marks simd_marks16(const char *s)
{
    struct simd_marks m = {0, 0, 0, 0};
    for (uint64_t mask = simd_escapes_at(s); mask != 0; mask &= mask - 1) {
        unsigned i = simd_lowest(mask), bit = 1u << i;
        m.quotes |= s[i] == '"' ? bit : 0;
        m.slashes |= s[i] == '\\' ? bit : 0;
        m.lines |= s[i] == '\n' ? bit : 0;
        m.nuls |= s[i] == 0 ? bit : 0;
    }
    return m;
}

#endif

/* A bit for each of n bytes, 16 to 64, that needs an escape in JSON. */
static inline uint64_t simd_escapes64(const char *s, size_t n)
{
    uint64_t mask = 0;
    for (size_t i = 0; i + 16 <= n; i += 16)
        mask |= simd_escapes_at(s + i) << i;
    return mask | simd_escapes_at(s + n - 16) << (n - 16);
}

/* Whether n bytes need no escape in JSON. */
static inline bool simd_is_plain(const char *s, size_t n)
{
    size_t i = 0;
    if (n >= 16) {
        while (i + 16 <= n && simd_is_plain16(s + i))
            i += 16;
        return i + 16 > n && simd_is_plain16(s + n - 16);
    }
    if (n >= 8)
        return simd_are_plain8(s, s + n - 8);
    if (n >= 4)
        return simd_escapes(text_le32(s) | (uint64_t)text_le32(s + n - 4) << 32) == 0;
    while (i < n && (uint8_t)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\' && s[i] != 0x7F)
        i++;
    return i == n;
}

#endif
