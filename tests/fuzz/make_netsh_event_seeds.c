/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * make_netsh_event_seeds FOLDER: documents of netsh in every style, as seeds for fuzz_netsh_event.
 */
#include <stdlib.h>

#include "writer/netsh_event_sample.h"
#include "writer/netsh_event_writer.h"

static int write_seed(const char *folder, const char *name, uint32_t style, const void *p, size_t n)
{
    char path[1000];
    (void)snprintf(path, sizeof path, "%s/%s%02x", folder, name, (unsigned)style);
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        return 1;
    bool ok = fwrite(p, 1, n, f) == n;
    return fclose(f) != 0 || !ok;
}

int main(int argc, char **argv)
{
    static struct netev_sample s;
    int failed = argc != 2;
    for (uint32_t style = 0; style < NETEVW_STYLES && failed == 0; style += 9) {
        struct netsh_event_writer w = {.style = style};
        uint64_t seed = style + 1;
        netevwriter_begin(&w);
        for (uint64_t i = 0; i < 2; i++) {
            netev_sample_random(&s, &seed, i + 1);
            netevwriter_event(&w, &s.ev);
        }
        (void)netevwriter_end(&w);
        failed = write_seed(argv[1], "made", style, w.p, w.n);
        if (style == 9 || style == 18) {
            size_t n;
            uint8_t *wide = netevwriter_wide(&w, style == 18, &n);
            failed |= write_seed(argv[1], "wide", style, wide, n);
            free(wide);
        }
        netevwriter_free(&w);
    }
    return failed;
}
