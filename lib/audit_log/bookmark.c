/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "audit_log/bookmark.h"

#include <string.h>

#include "base/text.h"

static const char *find_word(const char *p, const char *end, const char *word)
{
    size_t n = strlen(word);
    for (; (size_t)(end - p) >= n; p++)
        if (memcmp(p, word, n) == 0)
            return p;
    return NULL;
}

/* The value of an attribute, in quotes of either kind. */
static bool find_attribute(const char *p, const char *end, const char *name, const char **value,
                           size_t *n)
{
    p = find_word(p, end, name);
    if (p == NULL)
        return false;
    for (p += strlen(name); p < end && (*p == ' ' || *p == '='); p++)
        ;
    if (end - p < 2 || (*p != '\'' && *p != '"'))
        return false;
    const char *stop = memchr(p + 1, *p, (size_t)(end - p) - 1);
    *value = p + 1;
    *n = stop != NULL ? (size_t)(stop - p) - 1 : 0;
    return stop != NULL;
}

static bool is_current(const char *p, const char *end)
{
    const char *value;
    size_t n;
    return find_attribute(p, end, "IsCurrent", &value, &n) && text_same(value, n, "true");
}

/* Of several, the current one counts, else the last. */
bool bookmark_read(const char *text, size_t n, uint64_t *record_id)
{
    const char *end = text + n, *p = find_word(text, end, "<BookmarkList"), *value;
    bool found = false, current = false;
    if (p == NULL || find_word(p, end, "</BookmarkList") == NULL)
        return false;
    while (!current && (p = find_word(p, end, "<Bookmark ")) != NULL) {
        const char *close = memchr(p, '>', (size_t)(end - p));
        uint64_t id;
        size_t length;
        if (close == NULL)
            return false;
        bool ours = find_attribute(p, close, "Channel", &value, &length) &&
                    text_same(value, length, "Security");
        if (ours && find_attribute(p, close, "RecordId", &value, &length) &&
            text_parse_u64(value, length, &id) && id <= INT64_MAX) {
            *record_id = id;
            found = true;
            current = is_current(p, close);
        }
        p = close;
    }
    return found;
}

static size_t put_text(char *out, size_t at, const char *s)
{
    size_t n = strlen(s);
    memcpy(out + at, s, n);
    return at + n;
}

size_t bookmark_write(char *out, uint64_t record_id)
{
    size_t n = put_text(out, 0, "<BookmarkList>\r\n  <Bookmark Channel='Security' RecordId='");
    n += text_u64(out + n, record_id);
    return put_text(out, n, "' IsCurrent='true'/>\r\n</BookmarkList>");
}
