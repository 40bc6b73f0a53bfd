/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/input_hash.h"

#include <stdlib.h>
#include <string.h>

#include "platform/term.h"
#include "view/sha256.h"

/* Standard input and pipes give what they have but once. */
static void hash_file(struct report_input *in, const char *name)
{
    static const size_t piece = 1 << 16;
    struct sha256 h;
    bool again = strcmp(name, "-") != 0 && term_is_regular(name);
    FILE *f = again ? term_open(name) : NULL;
    uint8_t *room = f != NULL ? malloc(piece) : NULL;
    size_t n = 0;
    *in = (struct report_input){.name = name};
    sha256_start(&h);
    while (room != NULL && (n = fread(room, 1, piece, f)) > 0)
        sha256_add(&h, room, n);
    in->is_read = room != NULL && ferror(f) == 0;
    in->bytes = h.bytes;
    sha256_end(&h, in->digest);
    free(room);
    if (f != NULL)
        (void)fclose(f);
}

struct report_input *input_hash_all(const struct reading *r, size_t *count)
{
    size_t n = r->paths.count + (size_t)r->dump_count;
    struct report_input *inputs = n > 0 ? calloc(n, sizeof *inputs) : NULL;
    *count = inputs != NULL ? n : 0;
    for (size_t i = 0; i < *count; i++)
        hash_file(&inputs[i],
                  i < r->paths.count ? r->paths.list[i].name : r->dumps[i - r->paths.count]);
    return inputs;
}

void input_hash_again(struct report_input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct report_input now;
        hash_file(&now, inputs[i].name);
        inputs[i].has_changed = now.is_read != inputs[i].is_read ||
                                memcmp(now.digest, inputs[i].digest, SHA256_BYTES) != 0;
    }
}
