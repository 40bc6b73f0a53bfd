/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Who asks which condition of a template, in words. */
#include <string.h>

#include "template/template_engine.h"
#include "template/template_query.h"

static const struct template_condition *condition_at(const wfpw_template *t, uint32_t i)
{
    const struct template_condition *c = t->first;
    for (; c != NULL && i > 0; i--)
        c = c->next;
    return c;
}

static const char *word_of(uint32_t code)
{
    static const char *const words[] = {
#define ASKED_BY(name, number, word, meaning) [number] = word,
#include "codes/lists.inc"
    };
    return words[code];
}

int WFPW_CALL wfpw_template_explain(const wfpw_template *t, uint32_t i, wfpw_asked *out)
{
    if (t == NULL || out == NULL || out->size < sizeof out->size)
        return WFPW_E_INVAL;
    const struct template_condition *c = condition_at(t, i);
    if (c == NULL)
        return 0;
    const char *why = template_why_ours(t, c);
    uint32_t code = why == NULL       ? WFPW_ASKED_BY_ENGINE
                    : c->key->is_late ? WFPW_ASKED_BY_EVENT
                                      : WFPW_ASKED_BY_CALLBACK;
    const char *log_why = template_query_why_not(c);
    uint32_t log_code = log_why == NULL   ? WFPW_ASKED_BY_LOG
                        : c->key->is_late ? WFPW_ASKED_BY_EVENT
                                          : WFPW_ASKED_BY_CALLBACK;
    wfpw_asked row = {.size = sizeof row,
                      .code = code,
                      .name = word_of(code),
                      .condition = c->text,
                      .why = why != NULL ? why : "",
                      .log_code = log_code,
                      .log_name = word_of(log_code),
                      .log_why = log_why != NULL ? log_why : ""};
    uint32_t n = out->size < sizeof row ? out->size : (uint32_t)sizeof row;
    row.size = n;
    memcpy(out, &row, n);
    return 1;
}
