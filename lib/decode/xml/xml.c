/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/xml/xml.h"

#include <expat.h>
#include <string.h>

#include "base/text.h"

/* ---- what a file starts with ---- */

/* The value of encoding="..." in a declaration of n bytes. */
static void declared_name(const char *p, size_t n, char *name)
{
    static const char key[] = "encoding";
    for (size_t at = 0; at + sizeof key < n; at++) {
        if (memcmp(p + at, key, sizeof key - 1) != 0)
            continue;
        at += sizeof key - 1;
        while (at < n && p[at] != '"' && p[at] != '\'')
            at++;
        char quote = at < n ? p[at++] : 0;
        for (size_t i = 0; i < 31 && at < n && p[at] != quote; i++, at++) {
            name[i] = p[at];
            name[i + 1] = 0;
        }
        return;
    }
}

/* The length of <?xml ... ?> at p, in UTF-16 too; 0 when there is none. unit: bytes a character. */
static size_t find_declaration(const uint8_t *p, size_t n, size_t unit, size_t low)
{
    static const char start[] = "<?xml";
    size_t chars = n / unit, i = 0;
    for (; i < 5; i++)
        if (i >= chars || p[i * unit + low] != (uint8_t)start[i])
            return 0;
    for (; i + 1 < chars; i++)
        if (p[i * unit + low] == '?' && p[(i + 1) * unit + low] == '>')
            return (i + 2) * unit;
    return 0;
}

static size_t count_blanks(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
        i++;
    return i;
}

enum xml_encoding xml_look(const uint8_t *p, size_t n, size_t *skip, char *name)
{
    bool le = n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == '<' && p[1] == 0));
    bool be = n >= 2 && ((p[0] == 0xFE && p[1] == 0xFF) || (p[0] == 0 && p[1] == '<'));
    *skip = (le && p[0] == 0xFF) || (be && p[0] == 0xFE) ? 2 : 0;
    name[0] = 0;
    if (le || be) {
        *skip += find_declaration(p + *skip, n - *skip, 2, be);
        return le ? XML_UTF16LE : XML_UTF16BE;
    }
    if (n >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF)
        *skip = 3;
    *skip += count_blanks(p + *skip, n - *skip);
    size_t length = find_declaration(p + *skip, n - *skip, 1, 0);
    declared_name((const char *)p + *skip, length, name);
    *skip += length;
    return name[0] != 0 && !text_same(name, strlen(name), "utf-8") &&
                   !text_same(name, strlen(name), "utf-16")
               ? XML_DECLARED
               : XML_UTF8;
}

/* ---- expat's callbacks ---- */

/* Whether an element's name came before; a new one is put down. */
static bool is_known(struct xml *x, const char *name, size_t n)
{
    size_t place = (uint8_t)name[0] * 31u + (uint8_t)name[n - 1] * 7u + n;
    if (n >= XML_KNOWN_LENGTH)
        return false;
    for (size_t i = 0; i < 8; i++) {
        char *known = x->known[(place + i) % XML_KNOWN];
        if (known[0] == 0) {
            memcpy(known, name, n + 1);
            return false;
        }
        if (memcmp(known, name, n + 1) == 0)
            return true;
    }
    return false;
}

static bool is_known_attribute(struct xml *x, const char *name)
{
    size_t place = (size_t)((uintptr_t)name / 8);
    for (size_t i = 0; i < XML_KNOWN_ATTRIBUTES; i++) {
        const char **known = &x->attributes[(place + i) % XML_KNOWN_ATTRIBUTES];
        if (*known == name)
            return true;
        if (*known == NULL) {
            *known = name;
            return false;
        }
    }
    return false;
}

/* Counts what expat keeps of a tag. NULL: it may; else what is wrong. */
static const char *count_names(struct xml *x, const char *name, const char **attributes)
{
    size_t n = strlen(name);
    uint32_t *longest = &x->longest[x->depth - 2];
    if (n > XML_NAME_MAX)
        return "a name without end";
    if (!is_known(x, name, n))
        x->names += n + XML_NAME_COST;
    if (n > *longest) {
        x->names += n - *longest;
        *longest = (uint32_t)n;
    }
    for (; *attributes != NULL; attributes += 2)
        if (!is_known_attribute(x, *attributes))
            x->names += strlen(*attributes) + XML_NAME_COST;
    return x->names > XML_NAMES_MAX ? "more names than there is room for" : NULL;
}

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
    struct xml *x = ctx;
    if (x->depth++ == 0)
        return; /* our root */
    if (x->depth - 1 > XML_DEPTH_MAX)
        x->why = "elements are nested too deeply";
    else
        x->why = count_names(x, name, attributes);
    if (x->why != NULL) {
        (void)XML_StopParser(x->parser, XML_FALSE);
        return;
    }
    x->handler.start(x->handler.ctx, x->depth - 1, name, attributes);
}

static void XMLCALL on_end(void *ctx, const char *name)
{
    struct xml *x = ctx;
    (void)name;
    x->depth--;
    if (x->depth > 0 && x->why == NULL) /* an empty element's end comes though it was stopped */
        x->handler.end(x->handler.ctx, x->depth);
}

static void XMLCALL on_text(void *ctx, const char *s, int n)
{
    struct xml *x = ctx;
    if (x->depth > 1)
        x->handler.text(x->handler.ctx, x->depth - 1, s, (size_t)n);
}

/* Windows-1252 and its like differ from Latin-1 only in characters that no name or path here needs
 * to be exact in; each byte becomes the character of its number. */
static int XMLCALL on_encoding(void *ctx, const char *name, XML_Encoding *info)
{
    (void)ctx;
    if (strlen(name) < 8 || !text_same(name, 8, "windows-"))
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++)
        info->map[i] = i;
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    return XML_STATUS_OK;
}

/* ---- the parser ---- */

static const char *expat_name(enum xml_encoding encoding, const char *name)
{
    switch (encoding) {
    case XML_UTF16LE:
        return "UTF-16LE";
    case XML_UTF16BE:
        return "UTF-16BE";
    case XML_DECLARED: /* what is no ASCII costs no event */
        return text_same(name, strlen(name), "us-ascii") ? "ISO-8859-1" : name;
    default:
        return "UTF-8";
    }
}

static bool feed_root(struct xml *x)
{
    static const char root[] = "<r>";
    char wide[2 * sizeof root] = {0};
    size_t n = sizeof root - 1, unit = 1;
    if (x->encoding == XML_UTF16LE || x->encoding == XML_UTF16BE)
        unit = 2;
    for (size_t i = 0; i < n; i++)
        wide[i * unit + (x->encoding == XML_UTF16BE)] = root[i];
    x->prologue = n * unit;
    return XML_Parse(x->parser, wide, (int)(n * unit), 0) == XML_STATUS_OK;
}

bool xml_open(struct xml *x, enum xml_encoding encoding, const char *name,
              const struct xml_handler *handler)
{
    struct xml_handler kept = *handler;
    xml_close(x);
    memset(x, 0, sizeof *x);
    x->handler = kept;
    x->encoding = encoding;
    x->parser = XML_ParserCreate(expat_name(encoding, name));
    if (x->parser == NULL)
        return false;
#if defined(WFPW_EXPAT_DEFERS) /* it may keep a pipe's last event to itself; XML_TOKEN_MAX is      \
                                  enough */
    (void)XML_SetReparseDeferralEnabled(x->parser, XML_FALSE);
#endif
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetUnknownEncodingHandler(x->parser, on_encoding, NULL);
    if (feed_root(x))
        return true;
    xml_close(x);
    return false;
}

void xml_close(struct xml *x)
{
    if (x->parser != NULL)
        XML_ParserFree(x->parser);
    x->parser = NULL;
}

static enum xml_result result_of(struct xml *x, enum XML_Status status)
{
    if (status == XML_STATUS_SUSPENDED)
        return XML_STOPPED;
    if (status == XML_STATUS_ERROR) {
        if (x->why == NULL)
            x->why = XML_ErrorString(XML_GetErrorCode(x->parser));
        return XML_BROKEN;
    }
    if (x->fed - xml_position(x) > XML_TOKEN_MAX) {
        x->why = "a tag or a text without end";
        return XML_BROKEN;
    }
    return XML_MORE;
}

enum xml_result xml_feed(struct xml *x, const uint8_t *p, size_t n)
{
    x->fed += n;
    return result_of(x, XML_Parse(x->parser, (const char *)p, (int)n, 0));
}

enum xml_result xml_resume(struct xml *x)
{
    return result_of(x, XML_ResumeParser(x->parser));
}

void xml_stop(struct xml *x)
{
    (void)XML_StopParser(x->parser, XML_TRUE);
}

uint64_t xml_position(const struct xml *x)
{
    XML_Index at = XML_GetCurrentByteIndex(x->parser);
    return at < 0 || (uint64_t)at < x->prologue ? 0 : (uint64_t)at - x->prologue;
}
