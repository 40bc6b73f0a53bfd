/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random templates asked of random events, against a reference that is written the simple way, and
 * on the event's own text; and whether a record is judged as the event that is made of it. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "template/template.h"
#include "unit/template_made.h"

enum { ROUNDS = 4000, EVENTS = 12, CONDITIONS = 4, VALUES = 3, TEXT = 512 };

enum key { PROTOCOL, DIRECTION, LAYER, FILTER, TYPE, SCOPE, PORT, ADDRESS, USER, APP, KEYS };

struct condition {
    enum key key;
    bool is_not, is_remote;
    int count;
    uint64_t low[VALUES], high[VALUES];
    wfpw_endpoint from[VALUES], to[VALUES];
    char text[VALUES][64];
};

/* ---- conditions ----------------------------------------------------------------------------- */

static uint64_t draw_number(enum key key, uint64_t *seed)
{
    switch (key) {
    case PROTOCOL:
        return made_protocols[random_below(seed, MADE_PROTOCOLS)];
    case DIRECTION:
        return 1 + random_below(seed, 4);
    case LAYER:
        return made_layers[random_below(seed, MADE_LAYERS)];
    case PORT:
        return made_ports[random_below(seed, MADE_PORTS)];
    case TYPE:
        return random_below(seed, 2) != 0 ? 1 + random_below(seed, 12) : 5152;
    case SCOPE:
        return made_numbers[random_below(seed, 3)];
    default:
        return made_numbers[random_below(seed, MADE_NUMBERS)];
    }
}

static void draw_range(struct condition *c, int i, uint64_t *seed)
{
    c->low[i] = c->high[i] = draw_number(c->key, seed);
    if (c->key == DIRECTION || (c->key == TYPE && c->low[i] < 1000) || random_below(seed, 2) != 0)
        return;
    c->high[i] = c->key == TYPE ? 5157 : draw_number(c->key, seed);
    if (c->high[i] < c->low[i]) {
        uint64_t high = c->low[i];
        c->low[i] = c->high[i];
        c->high[i] = high;
    }
}

static void draw_addresses(struct condition *c, int i, uint64_t *seed)
{
    made_address(seed, &c->from[i]);
    c->to[i] = c->from[i];
    c->to[i].addr[c->to[i].family == 4 ? 3 : 15] |= (uint8_t)random_below(seed, 4);
}

static void draw_pattern(struct condition *c, int i, uint64_t *seed)
{
    size_t n;
    if (c->key == USER && random_below(seed, 2) != 0) {
        (void)snprintf(c->text[i], sizeof c->text[i], "s-1-5-%u", 18 + random_below(seed, 3));
        return;
    }
    do {
        n = made_text(seed, c->text[i], 40);
    } while (n == 0);
    c->text[i][n] = 0;
    for (size_t j = 0; j < n; j++)
        if (c->text[i][j] > 0 && random_below(seed, 4) == 0)
            c->text[i][j] = '*';
}

static struct condition draw(uint64_t *seed)
{
    struct condition c = {.key = (enum key)random_below(seed, KEYS),
                          .is_not = random_below(seed, 3) == 0,
                          .is_remote = random_below(seed, 2) != 0,
                          .count = 1 + (int)random_below(seed, VALUES)};
    for (int i = 0; i < c.count; i++) {
        if (c.key == ADDRESS)
            draw_addresses(&c, i, seed);
        else if (c.key == USER || c.key == APP)
            draw_pattern(&c, i, seed);
        else
            draw_range(&c, i, seed);
    }
    return c;
}

/* ---- their text ----------------------------------------------------------------------------- */

static size_t write_value(const struct condition *c, int i, char *out, size_t cap)
{
    size_t n;
    if (c->key == USER || c->key == APP)
        return (size_t)snprintf(out, cap, "\"%s\"", c->text[i]);
    if (c->key == ADDRESS) {
        n = text_ip(out, c->from[i].addr, c->from[i].family);
        out[n++] = '-';
        return n + text_ip(out + n, c->to[i].addr, c->to[i].family);
    }
    if (c->key == DIRECTION)
        return (size_t)snprintf(out, cap, "%s",
                                wfpw_word(WFPW_LIST_DIRECTION, (uint32_t)c->low[i]));
    if (c->key == TYPE && c->low[i] < 1000)
        return (size_t)snprintf(out, cap, "%s", wfpw_word(WFPW_LIST_KIND, (uint32_t)c->low[i]));
    return (size_t)snprintf(out, cap, "%llu-%llu", (unsigned long long)c->low[i],
                            (unsigned long long)c->high[i]);
}

static void write_condition(const struct condition *c, char out[TEXT])
{
    static const char *const names[] = {"protocol", "direction", "layer",   "filter", "type",
                                        "scope-id", "port",      "address", "user",   "app"};
    bool sided = c->key == PORT || c->key == ADDRESS;
    size_t n = (size_t)snprintf(out, TEXT, "%s%s%s=",
                                !sided         ? ""
                                : c->is_remote ? "remote-"
                                               : "local-",
                                names[c->key], c->is_not ? "!" : "");
    for (int i = 0; i < c->count; i++) {
        if (i > 0)
            out[n++] = ',';
        n += write_value(c, i, out + n, TEXT - n);
    }
    out[n] = 0;
}

/* ---- the reference -------------------------------------------------------------------------- */

static bool in_ranges(const struct condition *c, uint64_t n)
{
    bool found = false;
    for (int i = 0; i < c->count; i++)
        found |= n >= c->low[i] && n <= c->high[i];
    return found;
}

static bool has(const wfpw_event *ev, uint32_t bit)
{
    return (ev->present & bit) != 0;
}

static bool port_is(const struct condition *c, const wfpw_event *ev, bool remote)
{
    if (ev->protocol == 1 || ev->protocol == 58)
        if (has(ev, WFPW_HAS_PROTOCOL))
            return false;
    return remote ? has(ev, WFPW_HAS_REMOTE_PORT) && in_ranges(c, ev->remote.port)
                  : has(ev, WFPW_HAS_LOCAL_PORT) && in_ranges(c, ev->local.port);
}

static bool address_is(const struct condition *c, const wfpw_event *ev, bool remote)
{
    const wfpw_endpoint *e = remote ? &ev->remote : &ev->local;
    bool found = false;
    for (int i = 0; i < c->count; i++) {
        bool inside = e->family == c->from[i].family;
        for (int last = e->family == 4 ? 3 : 15, j = 0; j <= last; j++)
            inside &= e->addr[j] >= c->from[i].addr[j] && e->addr[j] <= c->to[i].addr[j];
        found |= inside;
    }
    return found && has(ev, remote ? WFPW_HAS_REMOTE : WFPW_HAS_LOCAL);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* By bytes of UTF-8: a star takes none, or one and stays. */
static bool fits(const char *pattern, const char *text)
{
    if (*pattern == 0)
        return *text == 0;
    if (*pattern == '*')
        return fits(pattern + 1, text) || (*text != 0 && fits(pattern, text + 1));
    return *text != 0 && lower(*pattern) == lower(*text) && fits(pattern + 1, text + 1);
}

static bool text_is(const struct condition *c, const char *text)
{
    bool found = false;
    for (int i = 0; text != NULL && i < c->count; i++) {
        const char *slash = strrchr(text, '\\');
        bool whole = slash == NULL || strchr(c->text[i], '\\') != NULL;
        found |= fits(c->text[i], whole ? text : slash + 1);
    }
    return found;
}

/* This host's path, which has the last part of the device's. */
static bool path_is(const struct condition *c, const char *path)
{
    bool found = false;
    for (int i = 0; path != NULL && i < c->count; i++)
        found |= strchr(c->text[i], '\\') != NULL && fits(c->text[i], path);
    return found;
}

static bool either(bool (*is)(const struct condition *, const wfpw_event *, bool),
                   const struct condition *c, const wfpw_event *ev)
{
    return is(c, ev, c->is_remote) ||
           (ev->orientation == WFPW_ORIENTATION_UNKNOWN && is(c, ev, !c->is_remote));
}

static bool holds(const struct condition *c, const wfpw_event *ev)
{
    uint32_t scope = ev->local.scope_id != 0 ? ev->local.scope_id : ev->remote.scope_id;
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    switch (c->key) {
    case PROTOCOL:
        return has(ev, WFPW_HAS_PROTOCOL) && in_ranges(c, ev->protocol);
    case DIRECTION:
        return ev->direction != 0 && in_ranges(c, ev->direction);
    case LAYER:
        return has(ev, WFPW_HAS_LAYER_ID) && in_ranges(c, ev->layer_id);
    case FILTER:
        return has(ev, WFPW_HAS_FILTER_ID) && in_ranges(c, ev->filter_id);
    case TYPE:
        return in_ranges(c, ev->kind) || (id >= 1000 && in_ranges(c, id));
    case SCOPE:
        return has(ev, WFPW_HAS_SCOPE_ID) && in_ranges(c, scope);
    case PORT:
        return either(port_is, c, ev);
    case ADDRESS:
        return either(address_is, c, ev);
    case USER:
        return text_is(c, ev->user_sid) || text_is(c, ev->user_name);
    default:
        return text_is(c, ev->device_path) || path_is(c, ev->app_path);
    }
}

static bool all_hold(const struct condition *c, int count, const wfpw_event *ev)
{
    bool all = true;
    for (int i = 0; i < count; i++)
        all &= holds(&c[i], ev) != c[i].is_not;
    return all || ev->kind == WFPW_KIND_GAP;
}

/* ---- the tests ------------------------------------------------------------------------------ */

static wfpw_template *build(const struct condition *c, int count, char texts[][TEXT])
{
    wfpw_template *t;
    wfpw_error e;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    for (int i = 0; i < count; i++) {
        write_condition(&c[i], texts[i]);
        if (wfpw_template_add(t, texts[i], &e) != WFPW_OK)
            fail_msg("%s: %s at %u", texts[i], e.text, (unsigned)e.position);
    }
    return t;
}

/* Before this host's names are there nothing is left out that is wanted then. Whether it mattered.
 */
static bool early_is_wider(const wfpw_template *t, struct template_subject s, bool wanted)
{
    s.place.p = s.user_name.p = NULL;
    bool blind = template_holds(t, &s);
    s.is_early = true;
    bool early = template_holds(t, &s);
    assert_true(early || (!wanted && !blind));
    return early && !blind;
}

static void test_agrees_with_reference(void **state)
{
    struct made *m = calloc(1, sizeof *m);
    uint64_t seed = 7;
    int yes = 0, no = 0, early = 0;
    (void)state;
    assert_non_null(m);
    for (int round = 0; round < ROUNDS; round++) {
        struct condition c[CONDITIONS];
        char texts[CONDITIONS][TEXT] = {{0}};
        int count = 1 + (int)random_below(&seed, CONDITIONS);
        for (int i = 0; i < count; i++)
            c[i] = draw(&seed);
        wfpw_template *t = build(c, count, texts);
        for (int i = 0; i < EVENTS; i++) {
            (void)made_start(m, &seed);
            made_end(m);
            struct template_subject s = template_of_record(m->record);
            bool wanted = all_hold(c, count, m->event);
            if (wfpw_template_match(t, m->event) != wanted || template_holds(t, &s) != wanted)
                fail_msg("round %d, event %d: %s %s %s %s is %d", round, i, texts[0], texts[1],
                         texts[2], texts[3], wanted);
            yes += wanted;
            no += !wanted;
            early += early_is_wider(t, s, wanted);
        }
        wfpw_template_free(t);
    }
    assert_true(yes > ROUNDS && no > ROUNDS); /* neither is the rule */
    assert_true(early > 0);
    wfpw_batch_free(m->batch);
    free(m);
}

/* Values too long to be written on the stack are compared all the same. */
static void test_long_values(void **state)
{
    static const uint8_t types[] = {VALUE_STRING, VALUE_UTF8, VALUE_ANSI,
                                    VALUE_BINARY, VALUE_SID,  VALUE_NULL};
    static uint8_t bytes[6000];
    struct made *m = calloc(1, sizeof *m);
    uint64_t seed = 8;
    wfpw_template *t;
    (void)state;
    assert_non_null(m);
    memset(bytes, 'A', sizeof bytes);
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "app=4141*41,aaa*,\xE4\x85\x81*", NULL), WFPW_OK);
    for (size_t i = 0; i < sizeof types; i++) {
        struct record *r = made_start(m, &seed);
        r->kind = WFPW_KIND_CLASSIFY_DROP;
        r->app = record_put(&m->b, types[i], bytes, sizeof bytes);
        made_end(m);
        struct template_subject s = template_of_record(m->record);
        assert_int_equal(template_holds(t, &s), types[i] != VALUE_NULL);
        assert_int_equal(wfpw_template_match(t, m->event), types[i] != VALUE_NULL);
    }
    wfpw_template_free(t);
    wfpw_batch_free(m->batch);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_reference),
        cmocka_unit_test(test_long_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
