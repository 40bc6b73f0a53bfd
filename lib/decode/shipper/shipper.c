/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper.h"

#include <string.h>

/* ---- a record's members --------------------------------------------------------------------- */

static void begin_record(struct shipper *x)
{
    if (x->paths.is_full && !x->keeps_paths) {
        shipper_paths_start(&x->paths);
        shipper_layouts_forget(&x->layouts); /* which have numbers of paths */
    }
    x->keeps_paths = false;
    x->base = x->lexer.depth;
    x->shape = x->base;
    x->marks = x->count = x->used = 0;
    x->has_xml = x->is_cut = x->is_damaged = false;
    x->paths_of[x->base] = 0;
    x->key = SHIPPER_PATH_NONE; /* a value without a key is no member */
}

static bool is_null(enum json_token token, const char *s, size_t n)
{
    return token == JSON_SCALAR && n == 4 && memcmp(s, "null", 4) == 0;
}

static void keep_member(struct shipper *x, uint16_t path, enum json_token token, const char *s,
                        size_t n)
{
    const struct shipper_path *p = &x->paths.list[path];
    bool null = is_null(token, s, n);
    n = null ? 0 : n;
    if (x->count == SHIPPER_MEMBERS || n > SHIPPER_TEXT_MAX - x->used) {
        x->is_cut = true;
        return;
    }
    x->members[x->count++] = (struct shipper_member){.text = x->text + x->used,
                                                     .n = (uint32_t)n,
                                                     .object = x->objects_of[x->lexer.depth],
                                                     .path = path,
                                                     .token = (uint8_t)token,
                                                     .is_null = null};
    text_copy(x->text + x->used, s, n);
    x->used += (uint32_t)n;
    x->has_xml |= p->meaning.rows[SHIPPER_XML] != NULL && shipper_xml_is(s, n);
    x->is_cut |= token == JSON_STRING && x->lexer.is_cut;
}

/* The path of what stands where the lexer is: of a member, whose key counts once, or of an array's
 * item. */
static uint16_t current_path(struct shipper *x, uint32_t depth)
{
    bool in_object = (x->lexer.objects >> (depth - 1) & 1) != 0;
    uint16_t key = x->key;
    if (!in_object)
        return shipper_paths_item(&x->paths, x->paths_of[depth]);
    x->key = SHIPPER_PATH_NONE;
    return key;
}

static void take_value(struct shipper *x, enum json_token token, const char *s, size_t n)
{
    uint16_t path = x->base != 0 ? current_path(x, x->lexer.depth) : (uint16_t)SHIPPER_PATH_NONE;
    if (path == SHIPPER_PATH_NONE)
        return;
    const struct shipper_path *p = &x->paths.list[path];
    x->marks |= p->meaning.marks;
    if (p->wanted != JSON_NOTHING && (p->wanted != JSON_XML || n > 0))
        keep_member(x, path, token, s, n);
}

static void take_key(struct shipper *x, const char *s, size_t n)
{
    if (x->base == 0)
        return;
    struct shipper_key key = shipper_key(s, n);
    x->key = shipper_paths_find(&x->paths, x->paths_of[x->lexer.depth], &key);
    x->lexer.wanted =
        x->key == SHIPPER_PATH_NONE ? (uint8_t)JSON_NOTHING : x->paths.list[x->key].wanted;
}

/* Most keys are those of the record before, in the same order. */
static void take_expected_key(struct shipper *x, const char *s, size_t n, size_t *at)
{
    struct shipper_paths *p = &x->paths;
    const struct shipper_path *next;
    if (x->base == 0 || !x->lexer.is_key)
        return;
    next = shipper_paths_expected(p, x->paths_of[x->lexer.depth]);
    if (next == NULL || !json_lexer_expect(&x->lexer, s, n, at,
                                           p->text + next->at + next->n - next->whole, next->whole))
        return;
    p->last = p->list[p->last].next;
    x->key = p->last;
    x->lexer.wanted = next->wanted;
}

/* ---- structure ------------------------------------------------------------------------------ */

/* A list of records stands in an object that is none. */
static void open_level(struct shipper *x, bool is_object)
{
    uint32_t depth = x->lexer.depth;
    x->objects_of[depth] = ++x->object;
    if (x->base == 0) {
        if (is_object)
            begin_record(x);
        return;
    }
    uint16_t path = current_path(x, depth - 1);
    x->paths_of[depth] = path;
    if (!is_object && path != SHIPPER_PATH_NONE && x->paths.list[path].meaning.is_list)
        x->base = 0;
}

/* Of the record that was read: r, which it became. */
static enum shipper_found tell_record(struct shipper *x, const struct record *r)
{
    if (r != NULL) {
        x->known |= (uint32_t)1 << x->form;
        return SHIPPER_RECORD;
    }
    if (x->is_damaged) {
        x->why = "XML that is damaged";
        return SHIPPER_DAMAGE;
    }
    return x->form == SHIPPER_FORMS ? SHIPPER_UNKNOWN : SHIPPER_OTHER;
}

static enum shipper_found end_record(struct shipper *x, const struct record **r)
{
    x->base = 0;
    x->form = x->has_xml ? (size_t)SHIPPER_XML : shipper_form_of(x->marks);
    if (x->form == SHIPPER_FORMS)
        return SHIPPER_UNKNOWN;
    *r = shipper_record(x);
    return tell_record(x, *r);
}

static enum shipper_found take_token(struct shipper *x, enum json_token token, const char *s,
                                     size_t n, const struct record **r)
{
    switch (token) {
    case JSON_OPEN_OBJECT:
    case JSON_OPEN_ARRAY:
        open_level(x, token == JSON_OPEN_OBJECT);
        return SHIPPER_MORE;
    case JSON_CLOSE_OBJECT:
        return x->base == x->lexer.depth + 1 ? end_record(x, r) : SHIPPER_MORE;
    case JSON_KEY:
        take_key(x, s, n);
        return SHIPPER_MORE;
    case JSON_STRING:
    case JSON_SCALAR:
        take_value(x, token, s, n);
        return SHIPPER_MORE;
    case JSON_DAMAGE:
        x->base = 0;
        x->why = x->lexer.why;
        return SHIPPER_DAMAGE;
    default:
        return SHIPPER_MORE;
    }
}

/* ---- whole records -------------------------------------------------------------------------- */

/* By its layout. */
static size_t read_by_layout(struct shipper *x, const char *s, size_t n, enum shipper_found *found,
                             const struct record **r)
{
    struct shipper_layout_found got = {.members = x->members, .text = x->text};
    size_t bytes = shipper_layouts_read(&x->layouts, s, n, x->lexer.depth, &got);
    if (bytes == 0)
        return 0;
    x->count = got.count;
    x->used = got.used;
    x->form = got.form;
    x->has_xml = x->is_cut = x->is_damaged = false;
    *r = shipper_record_plain(x);
    *found = tell_record(x, *r);
    return bytes;
}

/* As JSON; a layout is learned from it. What was read is read again if that was not all. */
static size_t read_as_json(struct shipper *x, const char *s, size_t n, enum shipper_found *found,
                           const struct record **r)
{
    x->keeps_paths = false;
    begin_record(x);
    size_t bytes = shipper_whole(x, s, n);
    x->base = 0;
    if (bytes == 0) {
        x->keeps_paths = x->paths.is_full;
        return 0;
    }
    *found = end_record(x, r);
    bool is_plain = !x->has_xml && !x->is_cut && !x->is_damaged && !x->paths.is_full;
    if (is_plain && (*found == SHIPPER_RECORD || *found == SHIPPER_OTHER))
        shipper_layouts_learn(&x->layouts, &x->paths, s, bytes, x->lexer.depth, x->form, x->shape);
    return bytes;
}

/* A record that is there as a whole, with what stands before it. */
static bool read_whole(struct shipper *x, const char *s, size_t n, size_t *at,
                       enum shipper_found *found, const struct record **r)
{
    if (!json_lexer_at_object(&x->lexer, s, n, at))
        return false;
    size_t bytes = 0;
    if (!x->paths.is_full)
        bytes = read_by_layout(x, s + *at, n - *at, found, r);
    if (bytes == 0)
        bytes = read_as_json(x, s + *at, n - *at, found, r);
    if (bytes == 0)
        return false;
    *at += bytes;
    json_lexer_pass_object(&x->lexer);
    return true;
}

size_t shipper_feed(struct shipper *x, const char *s, size_t n, enum shipper_found *found,
                    const struct record **r)
{
    enum json_token token;
    const char *text;
    size_t at = 0, size;
    *r = NULL;
    *found = SHIPPER_MORE;
    if (x->later != NULL) {
        x->why = x->later;
        x->later = NULL;
        *found = SHIPPER_DAMAGE;
        return 0;
    }
    do {
        if (x->base == 0 && read_whole(x, s, n, &at, found, r))
            return at;
        take_expected_key(x, s, n, &at);
        token = json_lexer_next(&x->lexer, s, n, &at, &text, &size);
        *found = take_token(x, token, text, size, r);
    } while (token != JSON_MORE && *found == SHIPPER_MORE);
    return token == JSON_MORE ? n : at;
}

void shipper_start(struct shipper *x)
{
    json_lexer_start(&x->lexer, x->room, sizeof x->room);
    shipper_paths_start(&x->paths);
    shipper_layouts_forget(&x->layouts);
    shipper_xml_layouts_forget(&x->xml.layouts);
    x->base = x->object = x->known = x->marks = 0;
    x->has_xml = x->keeps_paths = false;
    x->later = NULL;
    x->form = SHIPPER_FORMS;
}

void shipper_close(struct shipper *x)
{
    shipper_xml_close(&x->xml);
}

bool shipper_is_known(const struct shipper *x)
{
    return x->form != SHIPPER_FORMS || x->has_xml || shipper_form_of(x->marks) != SHIPPER_FORMS;
}

const char *shipper_end(const struct shipper *x)
{
    return x->later != NULL ? x->later : json_lexer_end(&x->lexer);
}
