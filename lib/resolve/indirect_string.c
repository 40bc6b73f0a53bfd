/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/indirect_string.h"

#include <string.h>

#include "base/text.h"

enum { FOLDER_UNITS_MAX = (INDIRECT_STRING_FOLDER_MAX - 1) / 3, STRING_ID_MAX = UINT16_MAX };

/* ---- the file ------------------------------------------------------------------------------- */

static bool is_name_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '_' || c == '-';
}

/* Names of devices: with an extension, too, on Windows before 11. */
static bool is_device(const char *s, size_t n)
{
    static const char *const names[] = {"con", "prn", "aux", "nul"};
    const char *dot = memchr(s, '.', n);
    n = dot != NULL ? (size_t)(dot - s) : n;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_same(s, n, names[i]))
            return true;
    return n == 4 && s[3] >= '0' && s[3] <= '9' &&
           (text_same(s, 3, "com") || text_same(s, 3, "lpt"));
}

/* A plain name with an extension; never a path, a stream or a device. */
static bool is_file_name(const char *s, size_t n)
{
    if (n == 0 || n >= INDIRECT_STRING_FILE_MAX || s[0] == '.' || s[n - 1] == '.' ||
        is_device(s, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_name_character(s[i]))
            return false;
    return memchr(s, '.', n) != NULL;
}

static bool is_system32(const char *s, size_t n, const char *folder)
{
    return text_same(s, n, "%SystemRoot%\\System32") || text_same(s, n, "%windir%\\System32") ||
           (folder != NULL && folder[0] != 0 && text_same(s, n, folder));
}

static bool split_file(const char *s, size_t n, const char *folder, struct indirect_string *out)
{
    size_t name = n;
    while (name > 0 && s[name - 1] != '\\')
        name--;
    if (name > 0 && !is_system32(s, name - 1, folder))
        return false;
    if (!is_file_name(s + name, n - name))
        return false;
    memcpy(out->file, s + name, n - name);
    out->file[n - name] = 0;
    return true;
}

/* ---- the string ----------------------------------------------------------------------------- */

/* -25000, and behind a semicolon whatever its maker needs to tell versions apart. */
static bool split_id(const char *s, uint32_t *id)
{
    uint64_t v;
    size_t n = strcspn(s, ";");
    if (s[0] != '-' || strspn(s + 1, "0123456789") != n - 1 || !text_parse_u64(s + 1, n - 1, &v) ||
        v > STRING_ID_MAX)
        return false;
    *id = (uint32_t)v;
    return true;
}

bool indirect_string_split(const char *text, const char *folder, struct indirect_string *out)
{
    const char *comma = text[0] == '@' ? strchr(text, ',') : NULL;
    return comma != NULL && split_file(text + 1, (size_t)(comma - text) - 1, folder, out) &&
           split_id(comma + 1, &out->id);
}

/* ---- following it --------------------------------------------------------------------------- */

void indirect_string_folder(const struct wfpw_system *system, char room[INDIRECT_STRING_FOLDER_MAX])
{
    const struct system_places *places = system->places;
    uint16_t units[FOLDER_UNITS_MAX];
    size_t n = 0;
    if (places != NULL && places->folder != NULL &&
        places->folder(system->ctx, units, FOLDER_UNITS_MAX, &n) != 0)
        n = 0;
    room[text_utf16(room, units, n)] = 0;
}

size_t indirect_string_load(const struct wfpw_system *system, const struct indirect_string *what,
                            char room[INDIRECT_STRING_TEXT_MAX])
{
    const struct system_places *places = system->places;
    uint16_t units[INDIRECT_STRING_UNITS_MAX];
    size_t n = 0;
    if (places != NULL && places->string != NULL &&
        places->string(system->ctx, what->file, what->id, units, INDIRECT_STRING_UNITS_MAX, &n) !=
            0)
        n = 0;
    n = text_utf16(room, units, n);
    room[n] = 0;
    return n;
}
