/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "process.h"

#include <windows.h>

#include <stdio.h>
#include <string.h>

enum { KILLED = 0xDEAD, COMMAND_BYTES = 8192 };

/* Our arguments have neither quotes nor a backslash at their end. */
bool process_start(struct process *p, const char *const *list)
{
    char line[COMMAND_BYTES];
    size_t n = 0;
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION info;
    for (int i = 0; list[i] != NULL && n < sizeof line; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, "%s\"%s\"", i > 0 ? " " : "", list[i]);
    if (n >= sizeof line ||
        !CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &info))
        return false;
    (void)CloseHandle(info.hThread);
    p->id = (intptr_t)info.hProcess;
    return true;
}

int process_wait(struct process *p)
{
    DWORD code = KILLED;
    (void)WaitForSingleObject((HANDLE)p->id, INFINITE);
    (void)GetExitCodeProcess((HANDLE)p->id, &code);
    (void)CloseHandle((HANDLE)p->id);
    return code == KILLED ? PROCESS_KILLED : (int)code;
}

void process_kill(struct process *p)
{
    (void)TerminateProcess((HANDLE)p->id, KILLED);
}

void process_die(void)
{
    (void)TerminateProcess(GetCurrentProcess(), KILLED);
    for (;;)
        Sleep(INFINITE);
}

uint32_t process_own_id(void)
{
    return GetCurrentProcessId();
}

/* ---- places --------------------------------------------------------------------------------- */

bool place_make_folder(char *room, size_t cap)
{
    char base[MAX_PATH];
    LARGE_INTEGER ticks;
    DWORD n = GetTempPathA(sizeof base, base);
    (void)QueryPerformanceCounter(&ticks);
    if (n == 0 || n >= sizeof base)
        return false;
    (void)snprintf(room, cap, "%swfpwatch-%lu-%llx", base, (unsigned long)GetCurrentProcessId(),
                   (unsigned long long)ticks.QuadPart);
    return CreateDirectoryA(room, NULL) != 0;
}

/* A key of the folder's name. */
void place_of_leases(const char *folder, char *room, size_t cap)
{
    const char *name = strrchr(folder, '\\');
    (void)snprintf(room, cap, "SOFTWARE\\wfpwatch-tests\\%s", name != NULL ? name + 1 : folder);
}

void place_remove(const char *folder, const char *leases)
{
    char name[MAX_PATH * 2];
    WIN32_FIND_DATAA entry;
    (void)snprintf(name, sizeof name, "%s\\*", folder);
    HANDLE h = FindFirstFileA(name, &entry);
    for (BOOL more = h != INVALID_HANDLE_VALUE; more; more = FindNextFileA(h, &entry)) {
        (void)snprintf(name, sizeof name, "%s\\%s", folder, entry.cFileName);
        (void)DeleteFileA(name);
    }
    if (h != INVALID_HANDLE_VALUE)
        (void)FindClose(h);
    (void)RemoveDirectoryA(folder);
    (void)RegDeleteTreeA(HKEY_LOCAL_MACHINE, leases);
}
