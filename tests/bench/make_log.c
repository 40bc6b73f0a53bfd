/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * make_log EVERY MEGABYTES FILE [BLOCKS]: a Security log in which every EVERYth record is a 5156
 * (1: all, 0: none) and the others are logons of about the same size. Every BLOCKSth record of the
 * log, where it were a 5156, is a 5157, which has the same fields. */
#include <stdlib.h>

#include "writer/evtx_sample.h"

int main(int argc, char **argv)
{
    static struct evtx_writer w;
    static struct sample s;
    struct sample_flow flow = {0};
    uint64_t seed = 1;
    if (argc != 4 && argc != 5)
        return 2;
    uint64_t blocks = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;
    uint64_t every = strtoull(argv[1], NULL, 10), bytes = strtoull(argv[2], NULL, 10) << 20;
    FILE *f = fopen(argv[3], "wb");
    if (f == NULL || !evtxwriter_begin(&w, f))
        return 1;
    for (uint64_t i = 1; (uint64_t)w.chunks * EVTXW_CHUNK < bytes; i++) {
        sample_flow_next(&flow, &seed);
        sample_of_flow(&s, i, &flow);
        if (every == 0 || i % every != 0)
            s.ev.event_id = 4624;
        else if (blocks != 0 && i % blocks == 0) {
            s.ev.event_id = 5157;
            s.ev.keywords = 0x8010000000000000u; /* audit failure */
        }
        if (!evtxwriter_event(&w, &s.ev))
            return 1;
    }
    bool ok = evtxwriter_end(&w);
    evtxwriter_free(&w);
    return fclose(f) == 0 && ok ? 0 : 1;
}
