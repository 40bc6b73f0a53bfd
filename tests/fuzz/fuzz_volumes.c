/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Lines of a place, a bar and a device, up to an empty one; what follows is a path in UTF-16. What
 * is found fits the path, and a longer path on the same volume has the same place. */
#include <stdlib.h>

#include "fuzz.h"
#include "base/memory.h"
#include "resolve/volumes.h"

enum { UNITS = 512 };

static size_t take_units(struct fuzz_input *in, char end, uint16_t *out)
{
    size_t n = 0;
    for (; in->n > 0 && *in->p != (uint8_t)end && *in->p != '\n'; in->p++, in->n--)
        if (n < UNITS)
            out[n++] = *in->p;
    if (in->n > 0 && *in->p == (uint8_t)end) {
        in->p++;
        in->n--;
    }
    return n;
}

static uint32_t list(void *ctx, system_found found, void *to)
{
    struct fuzz_input *in = ctx;
    uint16_t place[UNITS], device[UNITS];
    while (in->n > 0 && *in->p != '\n') {
        size_t n = take_units(in, '|', place), m = take_units(in, '\n', device);
        found(to, place, n, device, m);
    }
    if (in->n > 0) {
        in->p++;
        in->n--;
    }
    return 0;
}

static void judge(struct volumes *p, const uint8_t *utf16, size_t units)
{
    static struct volume_found f, longer;
    uint8_t *more = malloc(2 * units + 2);
    if (more == NULL)
        return;
    enum volume_answer answer = volumes_find(p, utf16, units, &f);
    memcpy(more, utf16, 2 * units);
    memcpy(more + 2 * units, "x", 2);
    if (answer == VOLUME_FOUND) {
        if (f.units >= units || f.bytes == 0 || f.bytes > VOLUMES_PLACE_MAX ||
            utf16[2 * f.units] != '\\' || utf16[2 * f.units + 1] != 0)
            abort();
        if (volumes_find(p, more, units + 1, &longer) != VOLUME_FOUND)
            abort();
        bool is_share = longer.bytes == 1; /* which it may have become */
        if (!is_share && (longer.units != f.units || longer.bytes != f.bytes ||
                          memcmp(longer.place, f.place, f.bytes) != 0))
            abort();
    }
    free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    const struct system_places places = {.mounts = list, .drives = list};
    const struct wfpw_system system = {.ctx = &in, .places = &places};
    const wfpw_allocator memory = memory_of(NULL);
    struct volumes p;
    if (!volumes_init(&p, &memory))
        abort();
    volumes_use(&p, &system);
    volumes_read(&p, 1);
    uint8_t *exact = malloc(in.n + 1);
    if (exact != NULL) {
        memcpy(exact, in.p, in.n);
        judge(&p, exact, in.n / 2);
    }
    free(exact);
    volumes_free(&p);
    return 0;
}
