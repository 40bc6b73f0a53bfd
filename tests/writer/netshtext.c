/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/netshwriting.h"

#include <stdlib.h>
#include <string.h>

/* ---- text ----------------------------------------------------------------------------------- */

void netshw_raw(struct netshwriter *w, const char *s, size_t n)
{
    if (w->cap - w->n < n) {
        w->cap = 2 * (w->cap + n) + 4096;
        w->p = realloc(w->p, w->cap);
        if (w->p == NULL)
            abort();
    }
    memcpy(w->p + w->n, s, n);
    w->n += n;
}

void netshw_put(struct netshwriter *w, const char *s)
{
    netshw_raw(w, s, strlen(s));
}

void netshw_end_line(struct netshwriter *w)
{
    if ((w->style & NETSHW_TIGHT) == 0)
        netshw_put(w, (w->style & NETSHW_CRLF) != 0 ? "\r\n" : "\n");
}

static void indent(struct netshwriter *w)
{
    for (int i = 0; i < w->depth && (w->style & NETSHW_TIGHT) == 0; i++)
        netshw_put(w, "\t");
}

void netshw_open(struct netshwriter *w, const char *name, int items)
{
    char number[40];
    indent(w);
    netshw_put(w, "<");
    netshw_put(w, name);
    (void)snprintf(number, sizeof number, " numItems=\"%d\"", items);
    netshw_put(w, items >= 0 ? number : "");
    netshw_put(w, ">");
    netshw_end_line(w);
    w->depth++;
}

void netshw_close(struct netshwriter *w, const char *name)
{
    w->depth--;
    indent(w);
    netshw_put(w, "</");
    netshw_put(w, name);
    netshw_put(w, ">");
    netshw_end_line(w);
}

void netshw_plain(struct netshwriter *w, const char *name, const char *s)
{
    bool empty = s == NULL || *s == 0;
    indent(w);
    netshw_put(w, "<");
    netshw_put(w, name);
    netshw_put(w, empty ? "/>" : ">");
    if (!empty) {
        netshw_put(w, s);
        netshw_put(w, "</");
        netshw_put(w, name);
        netshw_put(w, ">");
    }
    netshw_end_line(w);
}

void netshw_text(struct netshwriter *w, const char *name, const char *s)
{
    if (s == NULL || ((w->style & NETSHW_CDATA) == 0 && strpbrk(s, "&<>") == NULL)) {
        netshw_plain(w, name, s);
        return;
    }
    indent(w);
    netshw_put(w, "<");
    netshw_put(w, name);
    netshw_put(w, "><![CDATA[");
    for (const char *end; (end = strstr(s, "]]>")) != NULL; s = end + 2) {
        netshw_raw(w, s, (size_t)(end - s) + 2);
        netshw_put(w, "]]><![CDATA[");
    }
    netshw_put(w, s);
    netshw_put(w, "]]></");
    netshw_put(w, name);
    netshw_put(w, ">");
    netshw_end_line(w);
}

void netshw_number(struct netshwriter *w, const char *name, uint64_t v)
{
    char s[24];
    (void)snprintf(s, sizeof s, "%llu", (unsigned long long)v);
    netshw_plain(w, name, s);
}

/* ---- pieces --------------------------------------------------------------------------------- */

size_t netshw_units(const char **s, uint16_t out[2])
{
    const uint8_t *p = (const uint8_t *)*s;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3F);
    *s += n;
    out[0] = (uint16_t)c;
    if (c < 0x10000)
        return 1;
    out[0] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
    out[1] = (uint16_t)(0xDC00 + ((c - 0x10000) & 0x3FF));
    return 2;
}

void netshw_blob(struct netshwriter *w, const char *name, const char *s)
{
    struct netshwriter shown = {0};
    uint16_t units[2];
    if (s == NULL) {
        netshw_plain(w, name, NULL);
        return;
    }
    netshw_open(w, name, -1);
    indent(w);
    netshw_put(w, "<data>");
    for (bool more = true; more;) {
        more = *s != 0;
        units[0] = 0;
        size_t n = more ? netshw_units(&s, units) : 1;
        for (size_t i = 0; i < n; i++) {
            char hex[5], low = (char)(units[i] & 0xFF);
            (void)snprintf(hex, sizeof hex, "%02x%02x", (unsigned)(units[i] & 0xFF),
                           (unsigned)(units[i] >> 8));
            netshw_put(w, hex);
            bool shows = low >= ' ' && low < 0x7F && strchr("&<>", low) == NULL;
            netshw_raw(&shown, shows ? &low : ".", 1);
            netshw_put(&shown, ".");
        }
    }
    netshw_put(w, "</data>");
    netshw_end_line(w);
    netshw_raw(&shown, "", 1);
    netshw_plain(w, "asString", shown.p);
    free(shown.p);
    netshw_close(w, name);
}

void netshw_items(struct netshwriter *w, const char *name, const char *const *symbols, int n)
{
    if (n == 0) {
        netshw_plain(w, name, NULL);
        return;
    }
    netshw_open(w, name, n);
    for (int i = 0; i < n; i++)
        netshw_plain(w, "item", symbols[i]);
    netshw_close(w, name);
}

void netshw_bits(struct netshwriter *w, const char *name, uint32_t v, const char *const *symbols,
                 int known)
{
    const char *list[33];
    char rest[9];
    int n = 0;
    for (int i = 0; i < known; i++)
        if ((v >> i & 1) != 0)
            list[n++] = symbols[i];
    if (v >> known != 0) {
        (void)snprintf(rest, sizeof rest, "%08X", (unsigned)(v >> known << known));
        list[n++] = rest;
    }
    netshw_items(w, name, list, n);
}
