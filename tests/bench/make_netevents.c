/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * make_netevents MEGABYTES FILE: net events as `netsh wfp show netevents` writes them. */
#include <stdlib.h>

#include "writer/netshsample.h"
#include "writer/netshwriter.h"

int main(int argc, char **argv)
{
    static struct netsh_sample s;
    if (argc != 3)
        return 2;
    uint64_t bytes = strtoull(argv[1], NULL, 10) << 20;
    struct netshwriter w = {.style = NETSHW_CRLF, .f = fopen(argv[2], "wb")};
    if (w.f == NULL)
        return 1;
    netshwriter_begin(&w);
    for (uint64_t i = 1; (uint64_t)ftell(w.f) + w.n < bytes; i++) {
        netsh_sample_plain(&s, i);
        netshwriter_event(&w, &s.ev);
    }
    bool ok = netshwriter_end(&w);
    netshwriter_free(&w);
    return fclose(w.f) == 0 && ok ? 0 : 1;
}
