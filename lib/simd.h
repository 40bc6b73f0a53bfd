/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The two inner loops that every character passes, eight at a time: with SSE2, which every 64-bit
 * x86 has, and elsewhere in a general register.
 */
#ifndef WFPW_SIMD_H
#define WFPW_SIMD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

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

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>

/* Eight UTF-16LE units at s to eight bytes, if they are ASCII and none is NUL. */
static inline bool simd_ascii8(char *out, const uint8_t *s)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i high = _mm_and_si128(v, _mm_set1_epi16((short)0xFF80));
    __m128i zero = _mm_setzero_si128();
    int ascii = _mm_movemask_epi8(_mm_cmpeq_epi16(high, zero));
    int nul = _mm_movemask_epi8(_mm_cmpeq_epi16(v, zero));
    _mm_storel_epi64((__m128i *)(void *)out, _mm_packus_epi16(v, v));
    return ascii == 0xFFFF && nul == 0;
}

/* Whether one of eight bytes at s may need an escape in JSON: controls, ", \\ and DEL. */
static inline bool simd_escape8(const char *s)
{
    __m128i v = _mm_loadl_epi64((const __m128i *)(const void *)s);
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i del = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F));
    __m128i any = _mm_or_si128(_mm_or_si128(control, quote), _mm_or_si128(slash, del));
    return (_mm_movemask_epi8(any) & 0xFF) != 0;
}

#else

static inline bool simd_ascii8(char *out, const uint8_t *s)
{
    bool low = simd_ascii4(out, s);
    return simd_ascii4(out + 4, s + 8) && low;
}

static inline bool simd_escape8(const char *s)
{
    static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t v = text_le64(s), quote = v ^ ones * '"', slash = v ^ ones * '\\',
             del = v ^ ones * 0x7F;
    uint64_t found = ((v - ones * 0x20) & ~v) | ((quote - ones) & ~quote) |
                     ((slash - ones) & ~slash) | ((del - ones) & ~del);
    return (found & tops) != 0;
}

#endif
#endif
