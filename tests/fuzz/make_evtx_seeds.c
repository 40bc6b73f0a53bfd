/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * make_evtx_seeds FOLDER: writes the inputs that the fuzzer of EVTX starts from. */
#include <stdlib.h>
#include <string.h>

#include "writer/evtx_made.h"

static const char *folder;

static void save(const char *name, const uint8_t *p, size_t n)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0) {
        (void)fprintf(stderr, "%s cannot be written\n", path);
        exit(1);
    }
}

/* The first chunk, without the zeros behind its records. */
static void save_block(const char *name, struct made *m)
{
    uint8_t *chunk = evtxd_chunk(m->data, 0);
    save(name, chunk, evtxd_free(chunk));
    made_free(m);
}

static void forms(void)
{
    static const uint32_t options[] = {0,
                                       EVTXW_FLAT,
                                       EVTXW_REDEFINE,
                                       EVTXW_DEPENDENCY,
                                       EVTXW_NAMED_VALUES,
                                       EVTXW_INLINE_NAMES,
                                       EVTXW_TEXT_TIME,
                                       EVTXW_GUID_ONLY,
                                       EVTXW_USER_DATA,
                                       EVTXW_FLAT | EVTXW_USER_DATA | EVTXW_NO_END};
    char name[40];
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        (void)snprintf(name, sizeof name, "plain-%03x", (unsigned)options[i]);
        save_block(name, made_plain(2, options[i]));
    }
    for (uint64_t seed = 1; seed <= 24; seed++) {
        (void)snprintf(name, sizeof name, "random-%02u", (unsigned)seed);
        save_block(name, made_random(seed, 1));
    }
}

static void set_record32(struct made *m, size_t i, uint32_t at, uint32_t v)
{
    evtxd_set32(m->data + m->events[i].at + at, v);
}

static void damaged(void)
{
    struct made *m = made_plain(3, 0);
    set_record32(m, 1, 4, 0);
    save_block("record-of-no-size", m);
    m = made_plain(3, 0);
    set_record32(m, 1, 4, 40);
    save_block("record-too-short", m);
    m = made_plain(3, 0);
    set_record32(m, 1, 4, evtxd_get32(m->data + m->events[1].at + 4) + 16);
    save_block("record-too-long", m);
    m = made_plain(3, 0);
    set_record32(m, 1, 8, 5);
    save_block("record-of-old-number", m);
    m = made_plain(3, 0);
    memset(evtxd_chunk(m->data, 0), 0, 8);
    save_block("no-signature", m);
}

/* Files: two chunks, the first cut so that the second is out of step; one with a bad header. */
static void files(void)
{
    struct made *m = made_chunks(2, 2);
    size_t end = (size_t)m->events[1].end, second = EVTXW_FILE_HEADER + EVTXW_CHUNK;
    m->size = evtxd_cut(m->data, m->size, end, second - end);
    save("file-out-of-step", m->data, (size_t)m->events[3].end - (second - end));
    made_free(m);
    m = made_chunks(1, 2);
    save("file", m->data, (size_t)m->events[1].end);
    save("file-cut", m->data, (size_t)m->events[1].end - 100);
    save("file-cut-header", m->data, 200);
    made_free(m);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: make_evtx_seeds FOLDER\n");
        return 2;
    }
    folder = argv[1];
    forms();
    damaged();
    files();
    return 0;
}
