/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The command is in a job, which tells of each process that is started in it, however short it
 * lives. Sources: the documentation of JOBOBJECT_ASSOCIATE_COMPLETION_PORT ("delivery is not
 * guaranteed"), QueryFullProcessImageNameW (PROCESS_NAME_NATIVE), CreateProcessW, and "Parsing C
 * command-line arguments". */
#include "platform/child.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

enum { NATIVE_NAME = 1, LINE_MAX_UNITS = 32767 };

/* ---- the command line ----------------------------------------------------------------------- */

struct line {
    wchar_t *text;
    size_t n;
    bool failed;
};

static void put_units(struct line *l, wchar_t unit, size_t count)
{
    if (l->n + count >= LINE_MAX_UNITS)
        l->failed = true;
    for (; !l->failed && count > 0; count--)
        l->text[l->n++] = unit;
}

/* In quotes, in which only quotes and the backslashes before them are special. */
static void put_quoted(struct line *l, const wchar_t *s)
{
    put_units(l, L'"', 1);
    while (*s != 0) {
        size_t slashes = wcsspn(s, L"\\");
        s += slashes;
        bool at_quote = *s == L'"' || *s == 0;
        put_units(l, L'\\', at_quote ? 2 * slashes : slashes);
        if (*s == L'"')
            put_units(l, L'\\', 1);
        if (*s != 0)
            put_units(l, *s++, 1);
    }
    put_units(l, L'"', 1);
}

static void put_argument(struct line *l, const char *argument, bool is_first)
{
    int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, argument, -1, NULL, 0);
    wchar_t *wide = n > 0 ? malloc((size_t)n * sizeof *wide) : NULL;
    l->failed |= wide == NULL;
    if (wide == NULL)
        return;
    (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, argument, -1, wide, n);
    if (!is_first)
        put_units(l, L' ', 1);
    if (wide[0] == 0 || wcspbrk(wide, L" \t\n\v\"") != NULL)
        put_quoted(l, wide);
    else
        for (const wchar_t *s = wide; *s != 0; s++)
            put_units(l, *s, 1);
    free(wide);
}

/* NULL: it is too long, or no memory. */
static wchar_t *command_line_of(char *const *list)
{
    struct line l = {.text = malloc((LINE_MAX_UNITS + 1) * sizeof *l.text)};
    if (l.text == NULL)
        return NULL;
    for (size_t i = 0; list[i] != NULL; i++)
        put_argument(&l, list[i], i == 0);
    l.text[l.failed ? 0 : l.n] = 0;
    if (!l.failed)
        return l.text;
    free(l.text);
    return NULL;
}

/* cmd.exe reads its arguments by other rules: what is quoted for a program can be a command there.
 */
static bool is_batch_file(const char *name)
{
    size_t n = strlen(name);
    return n >= 4 && (_stricmp(name + n - 4, ".bat") == 0 || _stricmp(name + n - 4, ".cmd") == 0);
}

/* ---- starting ------------------------------------------------------------------------------- */

/* Ctrl-C goes to every process of the console: it is the command's. */
static BOOL WINAPI leave_to_command(DWORD event)
{
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

static void note_process(struct child *c, DWORD id)
{
    wchar_t wide[CHILD_PATH_MAX];
    char app[3 * CHILD_PATH_MAX];
    DWORD n = CHILD_PATH_MAX;
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id);
    bool has = process != NULL && QueryFullProcessImageNameW(process, NATIVE_NAME, wide, &n) &&
               WideCharToMultiByte(CP_UTF8, 0, wide, -1, app, sizeof app, NULL, NULL) > 0;
    if (process != NULL)
        (void)CloseHandle(process);
    child_note(c, id, has ? app : NULL);
}

/* Without a job only the command itself is known. */
static void put_in_job(struct child *c, HANDLE process)
{
    HANDLE job = CreateJobObjectW(NULL, NULL);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT associate = {.CompletionKey = job, .CompletionPort = port};
    bool good = job != NULL && port != NULL &&
                SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation,
                                        &associate, sizeof associate) &&
                AssignProcessToJobObject(job, process);
    c->job = (intptr_t)job;
    c->port = (intptr_t)port;
    c->is_cut |= !good;
}

static int failed_start(uint32_t *code, DWORD error)
{
    *code = error;
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? 127 : 126;
}

int child_start(struct child *c, char *const *list, uint32_t *code)
{
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION made;
    *code = 0;
    if (is_batch_file(list[0])) {
        c->refused = "a batch file is run with 'cmd.exe /c', which reads quotes in its own way";
        return failed_start(code, ERROR_BAD_FORMAT);
    }
    wchar_t *line = command_line_of(list);
    if (line == NULL)
        return failed_start(code, ERROR_FILENAME_EXCED_RANGE);
    bool good =
        CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start, &made);
    DWORD error = GetLastError();
    free(line);
    if (!good)
        return failed_start(code, error);
    (void)SetConsoleCtrlHandler(leave_to_command, TRUE);
    c->process = (intptr_t)made.hProcess;
    note_process(c, made.dwProcessId);
    put_in_job(c, made.hProcess);
    (void)ResumeThread(made.hThread);
    (void)CloseHandle(made.hThread);
    return 0;
}

/* ---- processes ------------------------------------------------------------------------------ */

static void take_messages(struct child *c)
{
    DWORD what;
    ULONG_PTR key;
    OVERLAPPED *about;
    while (c->port != 0 &&
           GetQueuedCompletionStatus((HANDLE)c->port, &what, &key, &about, 0) != FALSE)
        if (what == JOB_OBJECT_MSG_NEW_PROCESS)
            note_process(c, (DWORD)(uintptr_t)about);
}

void child_step(struct child *c, uint32_t ms)
{
    DWORD status;
    take_messages(c);
    if (!c->is_ended && WaitForSingleObject((HANDLE)c->process, ms) == WAIT_OBJECT_0) {
        c->is_ended = true;
        c->status = GetExitCodeProcess((HANDLE)c->process, &status) ? (int)status : 125;
    }
    take_messages(c);
}

static void close_handle(intptr_t handle)
{
    if (handle != 0)
        (void)CloseHandle((HANDLE)handle);
}

void child_free(struct child *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        free(c->list[i].app);
    free(c->list);
    close_handle(c->process);
    close_handle(c->job);
    close_handle(c->port);
}
