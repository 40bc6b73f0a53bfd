/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "settings/json_text.h"

#include <string.h>

#include "base/text.h"

char json_text_peek(struct json_text *j)
{
    while (j->at < j->n && memchr(" \t\r\n", j->s[j->at], 4) != NULL)
        j->at++;
    return j->at < j->n ? j->s[j->at] : 0;
}

bool json_text_mark(struct json_text *j, char mark)
{
    if (json_text_peek(j) != mark || j->at == j->n)
        return false;
    j->at++;
    return true;
}

/* ---- strings -------------------------------------------------------------------------------- */

static bool take_unit(struct json_text *j, uint32_t *out)
{
    *out = 0;
    if (j->n - j->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        uint32_t c = text_lower((uint8_t)j->s[j->at++]);
        uint32_t digit = c - '0' < 10 ? c - '0' : c - 'a' < 6 ? c - 'a' + 10 : 16;
        if (digit == 16)
            return false;
        *out = *out << 4 | digit;
    }
    return true;
}

/* Behind \u. A NUL would end the text for who reads it; half a pair is no character. */
static bool take_code(struct json_text *j, uint32_t *code)
{
    uint32_t low;
    if (!take_unit(j, code) || *code == 0 || *code - 0xDC00 < 0x400)
        return false;
    if (*code - 0xD800 >= 0x400)
        return true;
    if (j->n - j->at < 2 || j->s[j->at] != '\\' || j->s[j->at + 1] != 'u')
        return false;
    j->at += 2;
    if (!take_unit(j, &low) || low - 0xDC00 >= 0x400)
        return false;
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static size_t write_code(char *to, uint32_t c)
{
    size_t n = 0;
    if (c < 0x80) {
        to[n++] = (char)c;
    } else if (c < 0x800) {
        to[n++] = (char)(0xC0 | c >> 6);
    } else if (c < 0x10000) {
        to[n++] = (char)(0xE0 | c >> 12);
        to[n++] = (char)(0x80 | (c >> 6 & 0x3F));
    } else {
        to[n++] = (char)(0xF0 | c >> 18);
        to[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        to[n++] = (char)(0x80 | (c >> 6 & 0x3F));
    }
    if (c >= 0x80)
        to[n++] = (char)(0x80 | (c & 0x3F));
    return n;
}

/* Behind the backslash. false: it is no escape. */
static bool take_escape(struct json_text *j, char *to, size_t *size)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint32_t code;
    if (j->at == j->n)
        return false;
    char c = j->s[j->at++];
    const char *name = memchr(names, c, sizeof names - 1);
    if (name != NULL) {
        to[(*size)++] = values[name - names];
        return true;
    }
    if (c != 'u' || !take_code(j, &code))
        return false;
    *size += write_code(to + *size, code);
    return true;
}

bool json_text_string(struct json_text *j, char *to, size_t *size)
{
    *size = 0;
    if (!json_text_mark(j, '"'))
        return false;
    while (j->at < j->n && j->s[j->at] != '"') {
        char c = j->s[j->at++];
        if ((uint8_t)c < 0x20 || (c == '\\' && !take_escape(j, to, size))) {
            j->at--;
            return false;
        }
        if (c != '\\')
            to[(*size)++] = c;
    }
    to[*size] = 0;
    return json_text_mark(j, '"');
}

/* ---- numbers and words ---------------------------------------------------------------------- */

/* What a number or a word consists of, and what would only look like one if it were passed over. */
static size_t scalar_size(const struct json_text *j)
{
    size_t end = j->at;
    while (end < j->n && memchr(" \t\r\n,:{}[]\"", j->s[end], 11) == NULL)
        end++;
    return end - j->at;
}

bool json_text_number(struct json_text *j, uint64_t *out)
{
    (void)json_text_peek(j);
    size_t n = scalar_size(j);
    bool leads = n > 1 && j->s[j->at] == '0'; /* 010, and 0x10, are no numbers of JSON */
    if (n == 0 || leads || !text_parse_u64(j->s + j->at, n, out))
        return false;
    j->at += n;
    return true;
}

bool json_text_word(struct json_text *j, const char *word)
{
    (void)json_text_peek(j);
    size_t n = scalar_size(j);
    if (n != strlen(word) || memcmp(j->s + j->at, word, n) != 0)
        return false;
    j->at += n;
    return true;
}
