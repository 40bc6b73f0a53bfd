/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * make_net_events MEGABYTES FILE: net events as `netsh wfp show netevents` writes them. */
#include <stdlib.h>

#include "writer/netsh_event_sample.h"
#include "writer/netsh_event_writer.h"

int main(int argc, char **argv)
{
    static struct netev_sample s;
    if (argc != 3)
        return 2;
    uint64_t bytes = strtoull(argv[1], NULL, 10) << 20;
    struct netsh_event_writer w = {.style = NETEVW_CRLF, .f = fopen(argv[2], "wb")};
    if (w.f == NULL)
        return 1;
    netevwriter_begin(&w);
    for (uint64_t i = 1; (uint64_t)ftell(w.f) + w.n < bytes; i++) {
        netev_sample_plain(&s, i);
        netevwriter_event(&w, &s.ev);
    }
    bool ok = netevwriter_end(&w);
    netevwriter_free(&w);
    return fclose(w.f) == 0 && ok ? 0 : 1;
}
