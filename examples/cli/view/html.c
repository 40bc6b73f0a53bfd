/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/html.h"

#include <stdio.h>
#include <string.h>

static const char *reference_of(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text(struct buffer *b, const char *s, size_t n)
{
    size_t start = 0;
    for (size_t i = 0; i < n; i++) {
        const char *reference = reference_of(s[i]);
        if (reference == NULL)
            continue;
        buffer_text_n(b, s + start, i - start);
        buffer_puts(b, reference);
        start = i + 1;
    }
    buffer_text_n(b, s + start, n - start);
}

void html_string(struct buffer *b, const char *s)
{
    html_text(b, s, strlen(s));
}

void html_number(struct buffer *b, uint64_t n)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buffer_puts(b, "&#8239;");
        buffer_put(b, digits + i, 1);
    }
}

void html_bar_row(struct buffer *b, const char *text, size_t length, uint64_t n, uint64_t most)
{
    char bar[192];
    unsigned width = most > 0 ? (unsigned)(n * 1000 / most) : 0;
    (void)snprintf(bar, sizeof bar,
                   "<td class=\"bar\"><svg viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" "
                   "aria-hidden=\"true\"><rect width=\"%u\" height=\"8\"/></svg></td></tr>\n",
                   width < 5 ? 5 : width);
    buffer_puts(b, "<tr><th scope=\"row\">");
    html_text(b, text, length);
    buffer_puts(b, "</th><td class=\"n\">");
    html_number(b, n);
    buffer_puts(b, "</td>");
    buffer_puts(b, bar);
}

void html_base64(struct buffer *b, const uint8_t *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)(i + 1 < n ? p[i + 1] : 0) << 8 |
                     (i + 2 < n ? p[i + 2] : 0);
        char out[4];
        for (int k = 0; k < 4; k++)
            out[k] = digits[v >> (18 - 6 * k) & 63];
        if (i + 1 >= n)
            out[2] = '=';
        if (i + 2 >= n)
            out[3] = '=';
        buffer_put(b, out, sizeof out);
    }
}
