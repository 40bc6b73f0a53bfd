/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A guard and a filter, a line each: targets up to an empty line; then the filter's layer, provider
 * and sublayer, and four lines for each condition: field, match, value, high end. A filter must be
 * judged alike as a whole and as an object of the policy, and what is found must be whole. */
#include <stdlib.h>

#include "fuzz.h"
#include "guard/guard.h"

enum { LINE = 512, CONDITIONS = 8, TEXTS = 3 + 4 * CONDITIONS };

struct filter {
    char texts[TEXTS][LINE];
    wfpw_condition conditions[CONDITIONS];
    wfpw_filter f;
};

/* The next line, NUL-ended and valid UTF-8; false: an empty one, or the end. */
static bool take_line(struct fuzz_input *in, char line[LINE])
{
    size_t n = 0;
    for (; in->n > 0 && *in->p != '\n'; in->p++, in->n--)
        if (n < LINE - 1 && *in->p != 0)
            line[n++] = (char)*in->p;
    if (in->n > 0) {
        in->p++;
        in->n--;
    }
    line[text_utf8_valid(line, n)] = 0;
    return n > 0;
}

static const char *take_text(struct fuzz_input *in, char line[LINE])
{
    return take_line(in, line) && line[0] != 0 ? line : NULL;
}

static void take_filter(struct fuzz_input *in, struct filter *to)
{
    char(*t)[LINE] = to->texts;
    to->f = (wfpw_filter){.size = sizeof to->f, .action = in->n % 3 == 0 ? 0x5003 : 0x1001};
    to->f.layer = take_text(in, *t++);
    to->f.provider = take_text(in, *t++);
    to->f.sublayer = take_text(in, *t++);
    to->f.conditions = to->conditions;
    to->f.condition_stride = sizeof *to->conditions;
    while (in->n > 0 && to->f.condition_count < CONDITIONS) {
        wfpw_condition *c = &to->conditions[to->f.condition_count++];
        *c = (wfpw_condition){.type = "FWP_SECURITY_DESCRIPTOR_TYPE"};
        c->field = take_text(in, *t++);
        c->match = take_text(in, *t++);
        c->value = take_text(in, *t++);
        c->high = take_text(in, *t++);
    }
}

static policy_object_text put_text(struct policy_object_builder *b, const char *s)
{
    return s != NULL ? policy_object_put_key(b, s, strlen(s)) : 0;
}

/* The same filter as an object. */
static const struct policy_object *make_object(struct policy_object_builder *b,
                                               const wfpw_filter *f)
{
    static const char block[] = "FWP_ACTION_BLOCK",
                      terminating[] = "FWP_ACTION_CALLOUT_TERMINATING";
    policy_object_start(b, POLICY_OBJECT_FILTER);
    b->object.texts[TEXT_ACTION] = put_text(b, f->action == 0x1001 ? block : terminating);
    b->object.texts[TEXT_LAYER] = put_text(b, f->layer);
    b->object.texts[TEXT_PROVIDER] = put_text(b, f->provider);
    b->object.texts[TEXT_SUBLAYER] = put_text(b, f->sublayer);
    for (uint32_t i = 0; i < f->condition_count; i++) {
        const wfpw_condition *from = &f->conditions[i];
        struct policy_object_condition *to = policy_object_add_condition(b);
        to->field = put_text(b, from->field);
        to->match = put_text(b, from->match);
        to->type = put_text(b, from->type);
        to->value =
            from->value != NULL ? policy_object_put(b, from->value, strlen(from->value)) : 0;
        to->high = from->high != NULL ? policy_object_put(b, from->high, strlen(from->high)) : 0;
    }
    return policy_object_finish(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy_object_builder builder;
    static struct filter filter;
    struct fuzz_input in = {data, size};
    wfpw_guarded found = {.size = sizeof found}, again;
    wfpw_guard *g;
    wfpw_error e;
    char line[LINE];
    if (wfpw_guard_new(NULL, &g) != WFPW_OK)
        abort();
    while (take_line(&in, line)) {
        int status = wfpw_guard_add(g, line, &e);
        if (status != WFPW_OK &&
            (status != e.status || e.text[0] == 0 || e.position > strlen(line)))
            abort();
    }
    take_filter(&in, &filter);
    int n = wfpw_guard_check(g, &filter.f, &found);
    if (n < 0 || (uint32_t)n > g->count ||
        (n > 0 && (found.targets != (uint32_t)n || found.text != g->targets[found.target]->text ||
                   found.confidence == 0 || found.direction == 0)))
        abort();
    struct guard_subject s = guard_of_object(make_object(&builder, &filter.f));
    if (guard_check(g, &s, &again) != (uint32_t)n ||
        (n > 0 && (again.target != found.target || again.signs != found.signs)))
        abort();
    wfpw_guard_free(g);
    return 0;
}
