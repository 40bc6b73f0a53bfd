/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which program this process runs, as net events would name it. */
#include "os/win/system_win.h"

enum { PATH_UNITS = 4096 }; /* net events cut longer ones */

/* The kernel's name of the file is the one that the engine has, but for its capital letters: the
 * engine writes small ones, by the file system's rules, which are those of the invariant locale. */
uint32_t system_own_app(void *ctx, uint16_t *room, uint32_t units)
{
    wchar_t path[PATH_UNITS];
    DWORD n = PATH_UNITS;
    (void)ctx;
    if (!QueryFullProcessImageNameW(GetCurrentProcess(), PROCESS_NAME_NATIVE, path, &n) || n == 0 ||
        n > units)
        return 0;
    int written = LCMapStringEx(LOCALE_NAME_INVARIANT, LCMAP_LOWERCASE, path, (int)n,
                                (wchar_t *)room, (int)units, NULL, NULL, 0);
    return written > 0 ? (uint32_t)written : 0;
}
