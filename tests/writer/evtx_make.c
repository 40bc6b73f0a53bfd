/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * evtx_make plain|random COUNT SEED FILE: writes an .evtx file of so many events. */
#include <stdlib.h>
#include <string.h>

#include "writer/evtx_sample.h"

static bool write_events(struct evtx_writer *w, struct sample *s, bool plain, uint64_t count,
                         uint64_t seed)
{
    for (uint64_t i = 0; i < count; i++) {
        if (plain)
            sample_plain(s, i + 1, "\\device\\harddiskvolume2\\windows\\system32\\svchost.exe");
        else
            sample_event(s, &seed, i + 1);
        if (!evtxwriter_event(w, &s->ev))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct evtx_writer *w = malloc(sizeof *w);
    struct sample *s = malloc(sizeof *s);
    FILE *f = argc == 5 ? fopen(argv[4], "wb") : NULL;
    bool ok = w != NULL && s != NULL && f != NULL && evtxwriter_begin(w, f) &&
              write_events(w, s, strcmp(argv[1], "plain") == 0, strtoull(argv[2], NULL, 0),
                           strtoull(argv[3], NULL, 0)) &&
              evtxwriter_end(w);
    if (f == NULL)
        (void)fprintf(stderr, "usage: evtx_make plain|random COUNT SEED FILE\n");
    if (w != NULL && f != NULL)
        evtxwriter_free(w);
    free(w);
    free(s);
    return f != NULL && fclose(f) == 0 && ok ? 0 : 1;
}
