/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What every fuzzer defines, and a reader of its input. */
#ifndef WFPW_FUZZ_H
#define WFPW_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Input that is used up; past its end everything is 0. */
struct fuzz_input {
    const uint8_t *p;
    size_t n;
};

static inline size_t fuzz_bytes(struct fuzz_input *in, void *to, size_t n)
{
    size_t got = n < in->n ? n : in->n;
    memset(to, 0, n);
    if (got > 0)
        memcpy(to, in->p, got);
    in->p += got;
    in->n -= got;
    return got;
}

static inline uint8_t fuzz_u8(struct fuzz_input *in)
{
    uint8_t v;
    (void)fuzz_bytes(in, &v, sizeof v);
    return v;
}

static inline uint16_t fuzz_u16(struct fuzz_input *in)
{
    uint16_t v;
    (void)fuzz_bytes(in, &v, sizeof v);
    return v;
}

static inline uint32_t fuzz_u32(struct fuzz_input *in)
{
    uint32_t v;
    (void)fuzz_bytes(in, &v, sizeof v);
    return v;
}

static inline uint64_t fuzz_u64(struct fuzz_input *in)
{
    uint64_t v;
    (void)fuzz_bytes(in, &v, sizeof v);
    return v;
}

#endif
