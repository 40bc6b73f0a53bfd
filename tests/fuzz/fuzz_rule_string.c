/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The registry's text of a rule: its origin, its id up to a line's end, the rest. */
#include <stdlib.h>

#include "decode/rules/rule_string.h"
#include "fuzz.h"

static struct rule_builder builder;
static char text[64 * 1024];

/* Every text of a rule lies in its block and ends there. */
static void check_rule(const struct rule *r)
{
    for (int slot = 0; slot < RULE_SLOTS; slot++) {
        const char *s = rule_text(r, (enum rule_slot)slot);
        if (s == NULL)
            continue;
        if (r->texts[slot] < sizeof *r || r->texts[slot] >= r->bytes ||
            memchr(s, 0, r->bytes - r->texts[slot]) == NULL || *s == 0 ||
            text_utf8_valid(s, strlen(s)) != strlen(s))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > sizeof text)
        return 0;
    uint8_t origin = data[0];
    size_t n = text_utf8_valid((const char *)data + 1, size - 1);
    memcpy(text, data + 1, n);
    const char *line = n > 0 ? memchr(text, '\n', n) : NULL;
    size_t id = line != NULL ? (size_t)(line - text) : 0;
    if (line == NULL)
        return 0;
    enum rule_string_result result =
        rule_string_read(&builder, text, id, line + 1, n - id - 1, origin);
    if (result != RULE_STRING_RULE)
        return 0;
    const struct rule *r = rule_finish(&builder);
    if (r == NULL || r->direction == 0 || r->action == 0 || r->bytes > sizeof builder)
        abort();
    check_rule(r);
    (void)rule_string_origin(text, n);
    return 0;
}
