/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * netsh_make plain|random|state COUNT SEED FILE: a dump of so many filters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer/netsh_writer.h"

int main(int argc, char **argv)
{
    static struct netsh_made_filter f;
    struct netsh_writer w;
    if (argc != 5)
        return 2;
    bool plain = strcmp(argv[1], "plain") == 0, state = strcmp(argv[1], "state") == 0;
    uint64_t count = strtoull(argv[2], NULL, 10), seed = strtoull(argv[3], NULL, 10);
    FILE *file = fopen(argv[4], "wb");
    if (file == NULL)
        return 1;
    netsh_begin(&w, NETSH_BOM | NETSH_CRLF | (state ? (uint32_t)NETSH_STATE : 0), file,
                "2026-01-08T16:50:48.073Z");
    for (uint64_t id = 1; id <= count; id++) {
        if (plain)
            netsh_plain(&f, 66000 + id);
        else
            netsh_random(&f, &seed, 66000 + id);
        netsh_add(&w, &f);
    }
    netsh_end(&w, NULL, 0);
    return fclose(file) == 0 ? 0 : 1;
}
