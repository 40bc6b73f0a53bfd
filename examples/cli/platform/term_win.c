/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "platform/term.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <shellapi.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004 /* Windows 10 */
#endif

enum { FAREWELL_MS = 3000 }; /* what a closing console gives, less a little */

static volatile LONG interrupts;
static SRWLOCK stop_lock = SRWLOCK_INIT; /* over the two below, and while stop is called */
static void (*at_interrupt)(void *ctx);
static void *at_interrupt_ctx;
static UINT code_page_before;

/* ---- starting ------------------------------------------------------------------------------- */

static void give_code_page_back(void)
{
    (void)SetConsoleOutputCP(code_page_before);
}

/* What we write is UTF-8, and its lines end as they do elsewhere. */
static void prepare_streams(void)
{
    (void)_setmode(_fileno(stdin), _O_BINARY);
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    code_page_before = GetConsoleOutputCP();
    if (code_page_before != 0 && code_page_before != CP_UTF8 && SetConsoleOutputCP(CP_UTF8))
        (void)atexit(give_code_page_back);
}

static char *narrow_text(const wchar_t *wide)
{
    int n = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = n > 0 ? malloc((size_t)n) : NULL;
    if (text != NULL)
        (void)WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, n, NULL, NULL);
    return text;
}

/* The arguments as UTF-8: main's own have passed through a code page. They live as long as we do.
 */
static bool take_arguments(int *argc, char ***argv)
{
    int n;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n);
    char **list = wide != NULL ? calloc((size_t)n + 1, sizeof *list) : NULL;
    bool good = list != NULL;
    for (int i = 0; good && i < n; i++)
        good = (list[i] = narrow_text(wide[i])) != NULL;
    (void)LocalFree(wide);
    if (good) {
        *argc = n;
        *argv = list;
    }
    return good;
}

bool term_start(int *argc, char ***argv)
{
    prepare_streams();
    return take_arguments(argc, argv);
}

static wchar_t *widen_text(const char *text)
{
    int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
    wchar_t *wide = n > 0 ? malloc((size_t)n * sizeof *wide) : NULL;
    if (wide != NULL)
        (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, n);
    return wide;
}

static FILE *open_as(const char *path, const wchar_t *mode)
{
    wchar_t *wide = widen_text(path);
    if (wide == NULL) {
        errno = EILSEQ;
        return NULL;
    }
    FILE *f = _wfopen(wide, mode);
    free(wide);
    return f;
}

FILE *term_open(const char *path)
{
    return open_as(path, L"rb");
}

bool term_is_regular(const char *path)
{
    static const char pipes[] = "\\\\.\\";
    return strncmp(path, pipes, sizeof pipes - 1) != 0;
}

FILE *term_create(const char *path)
{
    return open_as(path, L"wb");
}

bool term_replace(const char *from, const char *to)
{
    wchar_t *old = widen_text(from), *new = widen_text(to);
    const DWORD flags = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    bool done = old != NULL && new != NULL &&MoveFileExW(old, new, flags);
    free(old);
    free(new);
    return done;
}

/* ---- the terminal --------------------------------------------------------------------------- */

static HANDLE handle_of(FILE *f)
{
    return (HANDLE)_get_osfhandle(_fileno(f));
}

bool term_is_terminal(FILE *f)
{
    DWORD mode;
    return GetConsoleMode(handle_of(f), &mode) != 0;
}

bool term_has_colors(FILE *f)
{
    DWORD mode;
    HANDLE h = handle_of(f);
    return GetConsoleMode(h, &mode) != 0 &&
           SetConsoleMode(h, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

bool term_is_same(FILE *a, FILE *b)
{
    return term_is_terminal(a) && term_is_terminal(b); /* a process has one console */
}

void term_size(FILE *f, unsigned *columns, unsigned *rows)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    *columns = *rows = 0;
    if (GetConsoleScreenBufferInfo(handle_of(f), &info)) {
        *columns = (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
        *rows = (unsigned)(info.srWindow.Bottom - info.srWindow.Top + 1);
    }
}

/* Only a write tells. */
bool term_reader_is_gone(FILE *f)
{
    (void)f;
    return false;
}

/* The runtimes differ in the errno of a pipe whose reader has closed it. */
bool term_is_gone_error(int error)
{
    bool no_reader = _doserrno == ERROR_NO_DATA || _doserrno == ERROR_BROKEN_PIPE ||
                     _doserrno == ERROR_PIPE_NOT_CONNECTED;
    return error == EPIPE || error == EBADF || (error == EINVAL && no_reader);
}

const char *term_error_text(uint32_t code)
{
    static char text[512];
    wchar_t wide[sizeof text / 3];
    DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code,
                             0, wide, sizeof wide / sizeof *wide, NULL);
    while (n > 0 && (wide[n - 1] <= L' ' || wide[n - 1] == L'.'))
        wide[--n] = 0;
    if (n == 0 || WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, sizeof text, NULL, NULL) == 0)
        return "a system error";
    return text;
}

/* ---- the process ---------------------------------------------------------------------------- */

/* On a thread of its own. What ends the process anyway does so when this returns. */
static void call_at_interrupt(void)
{
    AcquireSRWLockExclusive(&stop_lock);
    if (at_interrupt != NULL)
        at_interrupt(at_interrupt_ctx);
    ReleaseSRWLockExclusive(&stop_lock);
}

void term_at_interrupt(void (*stop)(void *ctx), void *ctx)
{
    AcquireSRWLockExclusive(&stop_lock);
    at_interrupt = stop;
    at_interrupt_ctx = ctx;
    ReleaseSRWLockExclusive(&stop_lock);
    if (term_interrupted())
        call_at_interrupt();
}

static BOOL WINAPI on_interrupt(DWORD event)
{
    LONG before = InterlockedExchangeAdd(&interrupts, 1);
    if (before == 0)
        call_at_interrupt();
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        Sleep(FAREWELL_MS);
    return before == 0;
}

void term_catch_interrupts(void)
{
    (void)SetConsoleCtrlHandler(on_interrupt, TRUE);
}

bool term_interrupted(void)
{
    return interrupts != 0;
}

static uint64_t number_of(FILETIME t)
{
    return (uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

/* cmd replaces %...% and, perhaps, !...! in quotes, too; PowerShell $... and what is behind a `. */
const char *term_quote(const char *text)
{
    return strpbrk(text, "\"%!$`\r\n") == NULL ? "\"" : NULL;
}

int term_zone_minutes(uint64_t filetime)
{
    FILETIME utc = {(DWORD)filetime, (DWORD)(filetime >> 32)}, there;
    SYSTEMTIME time, here;
    if (!FileTimeToSystemTime(&utc, &time) ||
        !SystemTimeToTzSpecificLocalTime(NULL, &time, &here) ||
        !SystemTimeToFileTime(&here, &there))
        return 0;
    int64_t ahead = (int64_t)(number_of(there) - filetime);
    return (int)((ahead + (ahead < 0 ? -300000000 : 300000000)) / 600000000);
}

/* The console was given UTF-8; a variable of other systems may still ask for less. */
bool term_is_unicode(void)
{
    const char *value = getenv("LC_ALL");
    return value == NULL || (strcmp(value, "C") != 0 && strcmp(value, "POSIX") != 0);
}

uint64_t term_ticks_ms(void)
{
    return GetTickCount64();
}

unsigned term_processors(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwNumberOfProcessors > 0 ? info.dwNumberOfProcessors : 1;
}
