/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Conditions, one a line up to an empty line; what follows is the application of a made-up event,
 * and draws the rest of it. A record must be judged as the event that is made of it, and a
 * condition with != as the opposite of the same with =; what the engine is asked must be what is
 * said of it. */
#include <stdlib.h>

#include "fuzz.h"
#include "template/template_engine.h"
#include "unit/template_made.h"

enum { LINE = 512, EVENTS = 4 };

/* The next line, NUL-ended; false: an empty one, or the end. */
static bool take_line(struct fuzz_input *in, char line[LINE])
{
    size_t n = 0;
    for (; in->n > 0 && *in->p != '\n'; in->p++, in->n--)
        if (n < LINE - 1)
            line[n++] = (char)*in->p;
    if (in->n > 0) {
        in->p++;
        in->n--;
    }
    line[n] = 0;
    return n > 0;
}

static void add(wfpw_template *t, const char *line)
{
    wfpw_error e;
    int status = wfpw_template_add(t, line, &e);
    if (status != WFPW_OK && (status != e.status || e.text[0] == 0 || e.position > strlen(line)))
        abort();
}

static uint64_t seed_of(const uint8_t *data, size_t size)
{
    uint64_t h = size;
    for (size_t i = 0; i < size; i++)
        h = (h ^ data[i]) * 0x100000001B3u;
    return h;
}

static void judge(const wfpw_template *t, struct made *m, const struct fuzz_input *in)
{
    static const uint8_t types[] = {VALUE_STRING, VALUE_ANSI, VALUE_BINARY, VALUE_SID,
                                    VALUE_XML,    VALUE_GUID, VALUE_BOOL,   VALUE_I64};
    uint64_t seed = seed_of(in->p, in->n);
    for (int i = 0; i < EVENTS; i++) {
        struct record *r = made_start(m, &seed);
        uint8_t type = types[random_below(&seed, sizeof types)];
        if (i > 0 && in->n < 4096)
            r->app = record_put(&m->b, type, in->p, in->n);
        made_end(m);
        struct template_subject s = template_of_record(m->record);
        bool holds = template_holds(t, &s);
        if (wfpw_template_match(t, m->event) != holds)
            abort();
        if (m->event->kind == WFPW_KIND_GAP && !holds)
            abort();
        for (struct template_condition *c = t->first; c != NULL; c = c->next)
            c->is_not = !c->is_not; /* one condition: the opposite */
        if (t->count == 1 && m->event->kind != WFPW_KIND_GAP && template_holds(t, &s) == holds)
            abort();
        for (struct template_condition *c = t->first; c != NULL; c = c->next)
            c->is_not = !c->is_not;
    }
}

/* What the engine is asked is what is said of it. */
static void compile(const wfpw_template *t)
{
    struct engine_template et;
    wfpw_asked row = {.size = sizeof row};
    uint32_t asked = 0, i = 0;
    template_for_engine(t, 0, 0, &et);
    for (; wfpw_template_explain(t, i, &row) == 1; i++) {
        asked += row.code == WFPW_ASKED_BY_ENGINE;
        if ((row.why[0] == 0) != (row.code == WFPW_ASKED_BY_ENGINE) || row.condition[0] == 0)
            abort();
    }
    if (i != t->count || asked != et.asked.numFilterConditions || asked > ENGINE_FIELDS)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct made m; /* its batch is kept from input to input */
    struct fuzz_input in = {data, size};
    wfpw_template *t;
    char line[LINE];
    if (wfpw_template_new(NULL, &t) != WFPW_OK)
        abort();
    while (take_line(&in, line))
        add(t, line);
    compile(t);
    judge(t, &m, &in);
    wfpw_template_free(t);
    return 0;
}
