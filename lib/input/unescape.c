/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * XML out of a string of JSON (RFC 8259), a field of CSV (RFC 4180) or the text of HTML. All of the
 * file is taken for that: what stands between the events is passed over anyway. */
#include <string.h>

#include "base/text.h"
#include "input/unpacking.h"

enum { SIGHT = 16, MARK_JSON = '\\', MARK_CSV = '"', MARK_HTML = '&' };

struct unescape {
    struct unpacking stage;
    enum escape escape;
    char mark;        /* what escapes begin with */
    uint8_t held[4];  /* of a character that did not fit the caller's room */
    size_t at, count; /* of held */
};

static size_t put_utf8(uint32_t c, uint8_t out[4])
{
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        c = 0xFFFD;
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    out[0] = (uint8_t)((0xFF00u >> (more + 1) & 0xFF) | c >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        out[i] = (uint8_t)(0x80 | (c >> 6 * (more - i) & 0x3F));
    return more + 1;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static bool read_hex4(const uint8_t *p, size_t n, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < 4; i++) {
        uint32_t c = i < n ? p[i] : 0, letter = c | 0x20;
        bool digit = c >= '0' && c <= '9';
        if (!digit && (letter < 'a' || letter > 'f'))
            return false;
        *out = *out << 4 | (digit ? c - '0' : letter - 'a' + 10);
    }
    return true;
}

/* Behind a backslash; n > 1. Returns the bytes that were used. */
static size_t from_json(const uint8_t *p, size_t n, uint32_t *c)
{
    static const char letters[] = "nrtbf", stand_for[] = "\n\r\t  ";
    const char *letter = memchr(letters, p[1], sizeof letters - 1);
    uint32_t unit, low;
    *c = letter != NULL ? (uint32_t)stand_for[letter - letters] : p[1];
    if (p[1] != 'u' || !read_hex4(p + 2, n - 2, &unit))
        return 2;
    *c = unit;
    bool pair = *c >= 0xD800 && *c < 0xDC00 && n >= 12 && p[6] == '\\' && p[7] == 'u' &&
                read_hex4(p + 8, 4, &low) && low >= 0xDC00 && low < 0xE000;
    if (pair)
        *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
    return pair ? 12 : 6;
}

/* ---- HTML ----------------------------------------------------------------------------------- */

static bool number_of(const uint8_t *p, size_t n, uint32_t *c)
{
    bool hex = n > 0 && (p[0] == 'x' || p[0] == 'X');
    uint64_t v = 0;
    for (size_t i = hex; i < n; i++) {
        uint32_t d = p[i], letter = d | 0x20;
        bool digit = d >= '0' && d <= '9';
        if (!digit && (!hex || letter < 'a' || letter > 'f'))
            return false;
        v = v * (hex ? 16 : 10) + (digit ? d - '0' : letter - 'a' + 10);
    }
    *c = v > 0x10FFFF ? 0xFFFD : (uint32_t)v;
    return n > (size_t)hex;
}

/* From an '&' to its ';'. Returns the bytes that were used; 0: it is none. */
static size_t from_html(const uint8_t *p, size_t n, uint32_t *c)
{
    static const struct {
        const char *name;
        uint32_t c;
    } names[] = {{"lt", '<'},    {"gt", '>'},   {"quot", '"'},
                 {"apos", '\''}, {"nbsp", ' '}, {"amp", '&'}};
    const uint8_t *end = memchr(p, ';', n < SIGHT ? n : SIGHT);
    size_t size = end != NULL ? (size_t)(end - p) : 0;
    if (size < 2)
        return 0;
    if (p[1] == '#')
        return number_of(p + 2, size - 2, c) ? size + 1 : 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_same((const char *)p + 1, size - 1, names[i].name)) {
            *c = names[i].c;
            return size + 1;
        }
    return 0;
}

/* ---- the stage ------------------------------------------------------------------------------ */

/* What stands at a mark: into held. Returns the bytes that were used. */
static size_t take_mark(struct unescape *u, const uint8_t *p, size_t n)
{
    uint32_t c = p[0];
    size_t used = 1;
    if (u->escape == ESCAPE_CSV)
        used = n > 1 && p[1] == '"' ? 2 : 1;
    else if (u->escape == ESCAPE_JSON && n > 1)
        used = from_json(p, n, &c);
    else if (u->escape == ESCAPE_HTML)
        used = from_html(p, n, &c);
    u->at = 0;
    u->count = put_utf8(used > 0 ? c : p[0], u->held);
    return used > 0 ? used : 1;
}

static size_t read_some(struct unpacking *s, struct input *in, uint8_t *to, size_t want)
{
    struct unescape *u = (struct unescape *)s;
    size_t n = 0;
    while (n < want) {
        size_t here = (size_t)(s->end - s->p);
        if (u->at < u->count) {
            to[n++] = u->held[u->at++];
            continue;
        }
        if (here < SIGHT && !unpacking_more(s, in) && here == 0)
            break;
        here = (size_t)(s->end - s->p);
        const uint8_t *mark = memchr(s->p, u->mark, here);
        size_t plain = mark != NULL ? (size_t)(mark - s->p) : here;
        plain = plain < want - n ? plain : want - n;
        memcpy(to + n, s->p, plain);
        n += plain;
        s->p += plain;
        here -= plain;
        if (plain == 0 && (here >= SIGHT || s->at_end || s->buffer == NULL))
            s->p += take_mark(u, s->p, here);
    }
    return n;
}

bool unescape_push(struct input *in, enum escape escape)
{
    static const char fingerprints[] = {0, MARK_JSON, MARK_CSV, MARK_HTML};
    struct unescape *u = memory_new(&in->allocator, sizeof *u);
    if (u == NULL)
        return false;
    *u = (struct unescape){
        .stage = {.read = read_some}, .escape = escape, .mark = fingerprints[escape]};
    if (unpacking_push(in, &u->stage))
        return true;
    memory_free(&in->allocator, u);
    return false;
}
