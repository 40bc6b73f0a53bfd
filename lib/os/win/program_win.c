/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include <windows.h>

#include <psapi.h>

#include "os/os.h"

enum { MODULES = 1024 };

os_function os_program_symbol(const char *name)
{
    HMODULE modules[MODULES];
    DWORD bytes = 0;
    if (!K32EnumProcessModules(GetCurrentProcess(), modules, sizeof modules, &bytes))
        return NULL;
    DWORD count = bytes / sizeof *modules;
    for (DWORD i = 0; i < count && i < MODULES; i++) {
        FARPROC found = GetProcAddress(modules[i], name);
        if (found != NULL)
            return (os_function)found;
    }
    return NULL;
}
