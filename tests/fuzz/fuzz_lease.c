/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The document of leases. What is read can be written, and is then read the same; the plan made of
 * it clears nothing but what is recorded, and leaves on what is wanted. The check number is mended
 * half the time, so that what stands behind it is reached. */
#include <stdlib.h>

#include "fuzz.h"
#include "lease/lease.h"

enum { CHECK_LINE = 23, CHECK_DIGITS = 6 };

static void mend(char *text, size_t n)
{
    if (n < CHECK_LINE)
        return;
    char *line = text + n - CHECK_LINE;
    uint64_t sum = leases_sum(text, n - CHECK_LINE);
    memcpy(line, "check=", CHECK_DIGITS);
    for (int i = 0; i < 16; i++)
        line[CHECK_DIGITS + i] = "0123456789abcdef"[sum >> (60 - 4 * i) & 15];
    line[CHECK_LINE - 1] = '\n';
}

static void look_at_plan(struct leases *t, uint32_t setting, uint32_t value, uint32_t wants)
{
    uint32_t recorded = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        t->at[i].over = (value >> i % 32 & 1) != 0;
        recorded |= t->at[i].setting == setting ? t->at[i].added : 0;
    }
    struct lease_plan p = leases_plan(t, setting, NULL, value, wants);
    if ((p.clear & ~recorded) != 0 || (p.clear & wants) != 0 || (p.next & wants) != wants ||
        (p.next & ~(value | wants)) != 0 || (value & ~recorded & ~p.next) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct leases first, second;
    static char again[LEASES_BYTES];
    struct fuzz_input in = {data, size};
    uint8_t mends = fuzz_u8(&in);
    uint32_t value = fuzz_u32(&in), wants = fuzz_u32(&in) & 0x3F;
    size_t at = 0, n = in.n;
    char *text = malloc(n != 0 ? n : 1);
    if (text == NULL)
        return 0;
    (void)fuzz_bytes(&in, text, n);
    if (mends % 2 != 0)
        mend(text, n);
    if (leases_parse(&first, text, n, &at) == LEASES_OK) {
        size_t written = leases_write(&first, again);
        if (written != n || memcmp(again, text, n) != 0 ||
            leases_parse(&second, again, written, &at) != LEASES_OK || second.count != first.count)
            abort();
        for (uint32_t setting = 0; setting < 4; setting++)
            look_at_plan(&first, setting, value, wants);
    } else if (first.count != 0 || at > n) {
        abort();
    }
    free(text);
    return 0;
}
