/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the event log hands out: the first byte says as what the rest is read - rendered XML (as
 * UTF-16, or ASCII that is widened), a record of the classic functions, a bookmark. */
#include <stdlib.h>

#include "audit_log/bookmark.h"
#include "decode/audit/audit_classic.h"
#include "decode/audit/audit_render.h"
#include "fuzz.h"

static void check(const struct record *r)
{
    if (r->bytes > RECORD_MAX || r->audit_at == 0)
        abort();
}

static void read_xml(struct audit_render *x, const uint8_t *data, size_t n, bool widen)
{
    size_t units = widen ? n : n / 2;
    uint16_t *text = malloc(2 * units + 2); /* of the exact size */
    const struct record *r;
    if (text == NULL)
        abort();
    for (size_t i = 0; i < units; i++)
        text[i] = widen ? data[i] : (uint16_t)(data[2 * i] | data[2 * i + 1] << 8);
    enum audit_render_found found = audit_render_read(x, text, units, &r);
    uint32_t bytes = found == AUDIT_RENDER_RECORD ? r->bytes : 0;
    if (bytes > 0)
        check(r);
    /* once more, by the layout that was learned of it */
    if (audit_render_read(x, text, units, &r) != found || (bytes > 0 && r->bytes != bytes))
        abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct audit_render *x = calloc(1, sizeof *x);
    struct audit_classic *c = calloc(1, sizeof *c);
    const struct record *r;
    uint64_t id;
    char text[BOOKMARK_MAX];
    if (x == NULL || c == NULL)
        abort();
    uint8_t kind = size > 0 ? data[0] : 0;
    const uint8_t *rest = size > 0 ? data + 1 : data;
    size_t n = size > 0 ? size - 1 : 0;
    if (kind % 4 < 2)
        read_xml(x, rest, n, kind % 4 == 1);
    else if (kind % 4 == 2 && audit_classic_read(c, rest, (uint32_t)n, &r) == AUDIT_CLASSIC_RECORD)
        check(r);
    else if (kind % 4 == 3 && bookmark_read((const char *)rest, n, &id))
        (void)bookmark_write(text, id);
    free(x);
    free(c);
    return 0;
}
