/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/rule.h"

static const char replacement[] = "\xEF\xBF\xBD";

void rule_start(struct rule_builder *b)
{
    memset(&b->rule, 0, sizeof b->rule);
    b->used = b->last = 0;
}

static void put_bytes(struct rule_builder *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t m = s[i] != 0 ? 1 : sizeof replacement - 1;
        if (m > RULE_TEXT_MAX - b->used)
            return;
        memcpy(b->room + b->used, s[i] != 0 ? s + i : replacement, m);
        b->used += (uint32_t)m;
    }
}

/* How many bytes a text takes, with its NUL. */
static size_t size_of(const char *s, size_t n)
{
    size_t size = n + 1;
    for (size_t i = 0; i < n; i++)
        size += s[i] == 0 ? sizeof replacement - 2 : 0;
    return size;
}

void rule_put(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n)
{
    if (n == 0)
        return;
    if (n > RULE_TEXT_MAX || size_of(s, n) > RULE_TEXT_MAX - b->used) {
        b->rule.is_truncated = 1;
        return;
    }
    b->rule.texts[slot] = b->last = (uint32_t)sizeof b->rule + b->used;
    put_bytes(b, s, n);
    b->room[b->used++] = 0;
}

void rule_append(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n)
{
    uint32_t at = b->rule.texts[slot];
    if (at == 0 || n == 0) {
        rule_put(b, slot, s, n);
        return;
    }
    const char *old = b->room + (at - sizeof b->rule);
    bool last = b->last == at; /* it can grow in its place */
    size_t m = last ? b->used - 1 - (at - sizeof b->rule) : strlen(old);
    size_t wanted = n + 1 + (last ? 0 : m + 1);
    if (n > RULE_TEXT_MAX || wanted + 2 * n > RULE_TEXT_MAX - b->used) {
        b->rule.is_truncated = 1;
        return;
    }
    if (last) {
        b->used--;
    } else {
        b->rule.texts[slot] = b->last = (uint32_t)sizeof b->rule + b->used;
        put_bytes(b, old, m);
    }
    put_bytes(b, ",", 1);
    put_bytes(b, s, n);
    b->room[b->used++] = 0;
}

const struct rule *rule_finish(struct rule_builder *b)
{
    size_t bytes = (sizeof b->rule + b->used + 7) & ~(size_t)7;
    if (b->rule.texts[RULE_ID] == 0)
        return NULL;
    memset(b->room + b->used, 0, bytes - sizeof b->rule - b->used);
    b->rule.bytes = (uint32_t)bytes;
    return &b->rule;
}
