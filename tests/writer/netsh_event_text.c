/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/netsh_event_writing.h"

#include <stdlib.h>
#include <string.h>

/* ---- text ----------------------------------------------------------------------------------- */

void netevw_raw(struct netsh_event_writer *w, const char *s, size_t n)
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

void netevw_put(struct netsh_event_writer *w, const char *s)
{
    netevw_raw(w, s, strlen(s));
}

void netevw_end_line(struct netsh_event_writer *w)
{
    if ((w->style & NETEVW_TIGHT) == 0)
        netevw_put(w, (w->style & NETEVW_CRLF) != 0 ? "\r\n" : "\n");
}

static void indent(struct netsh_event_writer *w)
{
    for (int i = 0; i < w->depth && (w->style & NETEVW_TIGHT) == 0; i++)
        netevw_put(w, "\t");
}

void netevw_open(struct netsh_event_writer *w, const char *name, int items)
{
    char number[40];
    indent(w);
    netevw_put(w, "<");
    netevw_put(w, name);
    (void)snprintf(number, sizeof number, " numItems=\"%d\"", items);
    netevw_put(w, items >= 0 ? number : "");
    netevw_put(w, ">");
    netevw_end_line(w);
    w->depth++;
}

void netevw_close(struct netsh_event_writer *w, const char *name)
{
    w->depth--;
    indent(w);
    netevw_put(w, "</");
    netevw_put(w, name);
    netevw_put(w, ">");
    netevw_end_line(w);
}

void netevw_plain(struct netsh_event_writer *w, const char *name, const char *s)
{
    bool empty = s == NULL || *s == 0;
    indent(w);
    netevw_put(w, "<");
    netevw_put(w, name);
    netevw_put(w, empty ? "/>" : ">");
    if (!empty) {
        netevw_put(w, s);
        netevw_put(w, "</");
        netevw_put(w, name);
        netevw_put(w, ">");
    }
    netevw_end_line(w);
}

void netevw_text(struct netsh_event_writer *w, const char *name, const char *s)
{
    if (s == NULL || ((w->style & NETEVW_CDATA) == 0 && strpbrk(s, "&<>") == NULL)) {
        netevw_plain(w, name, s);
        return;
    }
    indent(w);
    netevw_put(w, "<");
    netevw_put(w, name);
    netevw_put(w, "><![CDATA[");
    for (const char *end; (end = strstr(s, "]]>")) != NULL; s = end + 2) {
        netevw_raw(w, s, (size_t)(end - s) + 2);
        netevw_put(w, "]]><![CDATA[");
    }
    netevw_put(w, s);
    netevw_put(w, "]]></");
    netevw_put(w, name);
    netevw_put(w, ">");
    netevw_end_line(w);
}

void netevw_number(struct netsh_event_writer *w, const char *name, uint64_t v)
{
    char s[24];
    (void)snprintf(s, sizeof s, "%llu", (unsigned long long)v);
    netevw_plain(w, name, s);
}

/* ---- pieces --------------------------------------------------------------------------------- */

size_t netevw_units(const char **s, uint16_t out[2])
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

void netevw_blob(struct netsh_event_writer *w, const char *name, const char *s)
{
    struct netsh_event_writer shown = {0};
    uint16_t units[2];
    if (s == NULL) {
        netevw_plain(w, name, NULL);
        return;
    }
    netevw_open(w, name, -1);
    indent(w);
    netevw_put(w, "<data>");
    for (bool more = true; more;) {
        more = *s != 0;
        units[0] = 0;
        size_t n = more ? netevw_units(&s, units) : 1;
        for (size_t i = 0; i < n; i++) {
            char hex[5], low = (char)(units[i] & 0xFF);
            (void)snprintf(hex, sizeof hex, "%02x%02x", (unsigned)(units[i] & 0xFF),
                           (unsigned)(units[i] >> 8));
            netevw_put(w, hex);
            bool shows = low >= ' ' && low < 0x7F && strchr("&<>", low) == NULL;
            netevw_raw(&shown, shows ? &low : ".", 1);
            netevw_put(&shown, ".");
        }
    }
    netevw_put(w, "</data>");
    netevw_end_line(w);
    netevw_raw(&shown, "", 1);
    netevw_plain(w, "asString", shown.p);
    free(shown.p);
    netevw_close(w, name);
}

void netevw_items(struct netsh_event_writer *w, const char *name, const char *const *symbols, int n)
{
    if (n == 0) {
        netevw_plain(w, name, NULL);
        return;
    }
    netevw_open(w, name, n);
    for (int i = 0; i < n; i++)
        netevw_plain(w, "item", symbols[i]);
    netevw_close(w, name);
}

void netevw_bits(struct netsh_event_writer *w, const char *name, uint32_t v,
                 const char *const *symbols, int known)
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
    netevw_items(w, name, list, n);
}
