/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What 'Get-NetFirewallRule | ConvertTo-Json' writes: an object a rule, in an array or alone. What
 * lies in members of members is passed over. */
#include "decode/rules/rule_field.h"
#include "decode/rules/rule_text.h"

/* A member's value, or one of its list's. */
static void take_value(struct rule_text *t, const char *s, size_t n)
{
    struct rule_json *j = &t->u.json;
    uint32_t depth = j->lexer.depth;
    bool of_list = depth == j->top + 1 && (j->lexer.objects >> (depth - 1) & 1) == 0;
    if (j->top != 0 && (depth == j->top || of_list))
        rule_field_take(&t->builder, (enum rule_field)j->field, s, n, j->lexer.is_cut);
}

static void open_object(struct rule_text *t)
{
    struct rule_json *j = &t->u.json;
    if (j->top != 0)
        return;
    j->top = j->lexer.depth;
    j->field = FIELD_NONE;
    rule_start(&t->builder);
}

static const struct rule *close_object(struct rule_text *t)
{
    struct rule_json *j = &t->u.json;
    if (j->lexer.depth + 1 != j->top)
        return NULL;
    j->top = 0;
    const struct rule *rule = rule_field_finish(&t->builder);
    if (rule == NULL)
        t->damage = "an object that is no rule";
    return rule;
}

static const struct rule *take_token(struct rule_text *t, enum json_token token, const char *s,
                                     size_t n)
{
    struct rule_json *j = &t->u.json;
    switch (token) {
    case JSON_OPEN_OBJECT:
        open_object(t);
        break;
    case JSON_CLOSE_OBJECT:
        return close_object(t);
    case JSON_KEY:
        if (j->lexer.depth == j->top)
            j->field = (uint8_t)rule_field_find(s, n);
        break;
    case JSON_SCALAR:
        if (!text_same(s, n, "null"))
            take_value(t, s, n);
        break;
    case JSON_STRING:
        take_value(t, s, n);
        break;
    case JSON_DAMAGE:
        t->damage = j->lexer.why;
        j->top = 0;
        break;
    default:
        break;
    }
    return NULL;
}

void rule_json_start(struct rule_text *t)
{
    struct rule_json *j = &t->u.json;
    j->top = 0;
    j->field = FIELD_NONE;
    json_lexer_start(&j->lexer, j->value, sizeof j->value);
}

size_t rule_json_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule)
{
    enum json_token token;
    const char *text;
    size_t at = 0, size;
    while ((token = json_lexer_next(&t->u.json.lexer, s, n, &at, &text, &size)) != JSON_MORE) {
        *rule = take_token(t, token, text, size);
        if (*rule != NULL || t->damage != NULL)
            return at;
    }
    return n;
}

void rule_json_end(struct rule_text *t, const struct rule **rule)
{
    (void)rule;
    t->damage = json_lexer_end(&t->u.json.lexer);
}
