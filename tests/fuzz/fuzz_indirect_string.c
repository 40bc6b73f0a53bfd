/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A text that may be an indirect string: what is followed is a plain file name, and nothing else.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "resolve/indirect_string.h"

static void look(const char *text, const char *folder)
{
    struct indirect_string what;
    if (!indirect_string_split(text, folder, &what))
        return;
    size_t n = strlen(what.file);
    if (text[0] != '@' || n == 0 || n >= INDIRECT_STRING_FILE_MAX || what.id > UINT16_MAX)
        abort();
    if (what.file[0] == '.' || strpbrk(what.file, "\\/:*?\"<>|%@,; \t") != NULL ||
        strchr(what.file, '.') == NULL || strstr(text, what.file) == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        if (what.file[i] < '-' || what.file[i] > 'z')
            abort();
    const char *before = strstr(text, what.file); /* a path goes to System32 */
    if (before > text + 1 && before[-1] != '\\')
        abort();
    if (strstr(text, "..\\") == text + 1 || strncmp(text + 1, "\\\\", 2) == 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    look(text, NULL);
    look(text, "C:\\Windows\\System32");
    free(text);
    return 0;
}
