/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "os/os.h"

#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* ---- threads -------------------------------------------------------------------------------- */

/* A slim lock is one pointer, NULL when it is free, and needs no destroying. */
_Static_assert(sizeof(SRWLOCK) == sizeof(os_mutex), "os_native.h declares it without windows.h");

bool os_mutex_init(os_mutex *m)
{
    m->lock = NULL;
    return true;
}

void os_mutex_lock(os_mutex *m)
{
    AcquireSRWLockExclusive((SRWLOCK *)(void *)m);
}

void os_mutex_unlock(os_mutex *m)
{
    ReleaseSRWLockExclusive((SRWLOCK *)(void *)m);
}

void os_mutex_destroy(os_mutex *m)
{
    (void)m;
}

/* The thread's own reference keeps its code where it is, even if everybody else lets go of the
 * library while a session is open; leaving gives it back in the same step. */
static DWORD WINAPI thread_main(void *arg)
{
    os_thread *t = arg;
    HMODULE module = t->module;
    (void)InterlockedExchange(&t->self, (long)GetCurrentThreadId());
    t->run(t->ctx);
    FreeLibraryAndExitThread(module, 0);
}

static HMODULE own_module(void)
{
    static const char here = 0;
    HMODULE module = NULL;
    (void)GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                             (const wchar_t *)(const void *)&here, &module);
    return module;
}

/* Not _beginthreadex: nothing here needs the C runtime's own room of a thread, and both runtimes,
 * the shared and the static one, make and free it as needed. */
bool os_thread_start(os_thread *t, void (*run)(void *ctx), void *ctx)
{
    t->run = run;
    t->ctx = ctx;
    t->self = 0;
    t->module = own_module();
    t->handle = t->module != NULL ? CreateThread(NULL, 0, thread_main, t, 0, NULL) : NULL;
    if (t->handle == NULL && t->module != NULL)
        (void)FreeLibrary(t->module);
    return t->handle != NULL;
}

void os_thread_join(os_thread *t)
{
    (void)WaitForSingleObject(t->handle, INFINITE);
    (void)CloseHandle(t->handle);
    t->handle = NULL;
    t->self = 0;
}

bool os_thread_is_self(const os_thread *t)
{
    return t->self == (long)GetCurrentThreadId();
}

static DWORD WINAPI apart_main(void *arg)
{
    os_thread t = *(os_thread *)arg;
    os_pages_free(arg, sizeof t);
    t.run(t.ctx);
    FreeLibraryAndExitThread(t.module, 0);
}

bool os_thread_start_apart(void (*run)(void *ctx), void *ctx)
{
    os_thread *t = os_pages_new(sizeof *t);
    if (t == NULL)
        return false;
    HMODULE module = t->module = own_module();
    t->run = run;
    t->ctx = ctx;
    HANDLE handle = module != NULL ? CreateThread(NULL, 0, apart_main, t, 0, NULL) : NULL;
    if (handle != NULL) {
        (void)CloseHandle(handle);
        return true;
    }
    if (module != NULL)
        (void)FreeLibrary(module);
    os_pages_free(t, sizeof *t);
    return false;
}

void os_sleep_ms(uint32_t ms)
{
    Sleep(ms);
}

/* Windows 10 1607 and later have it. */
void os_thread_name(const char *name)
{
    typedef HRESULT(WINAPI * describe_fn)(HANDLE thread, PCWSTR description);
    wchar_t wide[16];
    HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
    FARPROC found = kernel != NULL ? GetProcAddress(kernel, "SetThreadDescription") : NULL;
    if (found == NULL || MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, 16) == 0)
        return;
    describe_fn describe = (describe_fn)(void (*)(void))found;
    (void)describe(GetCurrentThread(), wide);
}

/* ---- signals: events that are reset by hand ------------------------------------------------- */

bool os_signal_init(os_signal *s)
{
    s->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    return s->event != NULL;
}

void os_signal_set(os_signal *s)
{
    (void)SetEvent(s->event);
}

void os_signal_reset(os_signal *s)
{
    (void)ResetEvent(s->event);
}

bool os_signal_wait(os_signal *s, int32_t timeout_ms)
{
    DWORD ms = timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms;
    return WaitForSingleObject(s->event, ms) == WAIT_OBJECT_0;
}

intptr_t os_signal_handle(const os_signal *s)
{
    return (intptr_t)s->event;
}

void os_signal_destroy(os_signal *s)
{
    if (s->event != NULL)
        (void)CloseHandle(s->event);
    s->event = NULL;
}

/* ---- memory and code that outlive a session -------------------------------------------------- */

void *os_pages_new(size_t bytes)
{
    return VirtualAlloc(NULL, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void os_pages_free(void *p, size_t bytes)
{
    (void)bytes;
    (void)VirtualFree(p, 0, MEM_RELEASE);
}

void os_stay(void)
{
    static const char here = 0;
    HMODULE module;
    (void)GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                             (const wchar_t *)(const void *)&here, &module);
}

/* ---- events that a wait resets -------------------------------------------------------------- */

bool os_event_init(os_event *e, bool is_set)
{
    e->event = CreateEventW(NULL, FALSE, is_set, NULL);
    return e->event != NULL;
}

void os_event_set(os_event *e)
{
    (void)SetEvent(e->event);
}

bool os_event_wait(os_event *e, int32_t timeout_ms)
{
    DWORD ms = timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms;
    return WaitForSingleObject(e->event, ms) == WAIT_OBJECT_0;
}

intptr_t os_event_handle(const os_event *e)
{
    return (intptr_t)e->event;
}

void os_event_set_handle(intptr_t handle)
{
    (void)SetEvent((HANDLE)handle);
}

void os_event_destroy(os_event *e)
{
    if (e->event != NULL)
        (void)CloseHandle(e->event);
    e->event = NULL;
}

/* ---- time ----------------------------------------------------------------------------------- */

uint64_t os_ticks_ms(void)
{
    LARGE_INTEGER now, second;
    (void)QueryPerformanceFrequency(&second); /* neither can fail since Windows XP */
    (void)QueryPerformanceCounter(&now);
    uint64_t n = (uint64_t)now.QuadPart, f = (uint64_t)second.QuadPart;
    return n / f * 1000 + n % f * 1000 / f;
}

uint64_t os_now(void)
{
    FILETIME t;
    GetSystemTimeAsFileTime(&t);
    return (uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

uint64_t os_utc_of_local(uint64_t local)
{
    FILETIME t = {(DWORD)local, (DWORD)(local >> 32)};
    SYSTEMTIME here, utc;
    if (!FileTimeToSystemTime(&t, &here) || !TzSpecificLocalTimeToSystemTime(NULL, &here, &utc) ||
        !SystemTimeToFileTime(&utc, &t))
        return local;
    return ((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) + local % 10000;
}

/* ---- files ---------------------------------------------------------------------------------- */

enum { PATH_SHORT = 240, PATH_PREFIX = 8, READ_AT_ONCE = 1 << 30 };

#ifndef ERROR_DIRECTORY_NOT_SUPPORTED /* mingw-w64 lacks it */
#define ERROR_DIRECTORY_NOT_SUPPORTED 336
#endif

static wchar_t *new_path(size_t units)
{
    return HeapAlloc(GetProcessHeap(), 0, units * sizeof(wchar_t));
}

static void free_path(wchar_t *path)
{
    DWORD code = GetLastError(); /* of who is done with it */
    (void)HeapFree(GetProcessHeap(), 0, path);
    SetLastError(code);
}

/* As wide characters; NULL: the last error tells. */
static wchar_t *widen_path(const char *path)
{
    int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
    wchar_t *wide = n > 0 ? new_path((size_t)n) : NULL;
    if (wide != NULL)
        (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, n);
    else if (n > 0)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return wide;
}

/* Longer than Windows takes as it stands, and not said in one of the forms that have no such bound.
 */
static bool is_long(const wchar_t *path)
{
    return wcslen(path) >= PATH_SHORT && wcsncmp(path, L"\\\\?\\", 4) != 0 &&
           wcsncmp(path, L"\\\\.\\", 4) != 0;
}

static wchar_t *lengthen_path(const wchar_t *path)
{
    DWORD n = GetFullPathNameW(path, 0, NULL, NULL);
    wchar_t *full = n != 0 ? new_path((size_t)n + PATH_PREFIX) : NULL;
    if (full == NULL)
        return NULL;
    n = GetFullPathNameW(path, n, full + PATH_PREFIX, NULL);
    bool share = wcsncmp(full + PATH_PREFIX, L"\\\\", 2) == 0;
    const wchar_t *prefix = share ? L"\\\\?\\UNC" : L"\\\\?\\";
    wchar_t *rest =
        full + PATH_PREFIX + (share ? 1 : 0); /* \\host: one backslash is in the prefix */
    size_t p = wcslen(prefix);
    memmove(full, prefix, p * sizeof *full);
    memmove(full + p, rest, (wcslen(rest) + 1) * sizeof *full);
    return full;
}

/* Who serves a named pipe that the path may name learns who we are, but cannot act as us. */
static HANDLE open_wide(const wchar_t *path)
{
    return CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                       NULL, OPEN_EXISTING,
                       FILE_FLAG_SEQUENTIAL_SCAN | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
                       NULL);
}

static HANDLE open_path(const wchar_t *path)
{
    wchar_t *full = is_long(path) ? lengthen_path(path) : NULL;
    const wchar_t *name = full != NULL ? full : path;
    HANDLE h = open_wide(name);
    if (h == INVALID_HANDLE_VALUE && GetLastError() == ERROR_ACCESS_DENIED) {
        DWORD attributes = GetFileAttributesW(name);
        bool folder =
            attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
        SetLastError(folder ? ERROR_DIRECTORY_NOT_SUPPORTED : ERROR_ACCESS_DENIED);
    }
    if (full != NULL)
        free_path(full);
    return h;
}

static HANDLE standard_input(void)
{
    HANDLE copy = INVALID_HANDLE_VALUE, self = GetCurrentProcess(),
           in = GetStdHandle(STD_INPUT_HANDLE);
    if (in == NULL || in == INVALID_HANDLE_VALUE ||
        !DuplicateHandle(self, in, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        SetLastError(ERROR_INVALID_HANDLE);
        return INVALID_HANDLE_VALUE;
    }
    return copy;
}

uint32_t os_file_open(os_file *f, const char *path)
{
    wchar_t *wide = NULL;
    f->handle = INVALID_HANDLE_VALUE;
    if (strcmp(path, "-") == 0)
        f->handle = standard_input();
    else if ((wide = widen_path(path)) != NULL)
        f->handle = open_path(wide);
    if (wide != NULL)
        free_path(wide);
    if (f->handle == INVALID_HANDLE_VALUE)
        return GetLastError();
    LARGE_INTEGER start = {.QuadPart = 0};
    if (GetFileType(f->handle) == FILE_TYPE_DISK)
        (void)SetFilePointerEx(f->handle, start, &start, FILE_CURRENT);
    f->start = (uint64_t)start.QuadPart;
    return 0;
}

/* Up to n bytes; 0 at the end. A pipe ends when its writer is gone; that somebody wrote nothing
 * into it is no end. */
static uint32_t read_some(HANDLE h, uint8_t *to, size_t n, DWORD *got)
{
    do {
        *got = 0;
        if (!ReadFile(h, to, n < READ_AT_ONCE ? (DWORD)n : READ_AT_ONCE, got, NULL)) {
            DWORD code = GetLastError();
            return code == ERROR_BROKEN_PIPE || code == ERROR_HANDLE_EOF ? 0 : code;
        }
    } while (*got == 0 && GetFileType(h) == FILE_TYPE_PIPE);
    return 0;
}

uint32_t os_file_read(os_file *f, void *buf, size_t n, size_t *got)
{
    DWORD r = 1;
    *got = 0;
    while (*got < n && r != 0) {
        uint32_t code = read_some(f->handle, (uint8_t *)buf + *got, n - *got, &r);
        if (code != 0)
            return code;
        *got += r;
    }
    return 0;
}

uint32_t os_file_read_at(const os_file *f, uint64_t at, void *buf, size_t n, size_t *got)
{
    DWORD r = 1;
    *got = 0;
    while (*got < n && r != 0) {
        uint64_t place = f->start + at + *got;
        size_t rest = n - *got;
        OVERLAPPED o = {.Offset = (DWORD)place, .OffsetHigh = (DWORD)(place >> 32)};
        if (!ReadFile(f->handle, (uint8_t *)buf + *got,
                      rest < READ_AT_ONCE ? (DWORD)rest : READ_AT_ONCE, &r, &o)) {
            DWORD code = GetLastError();
            return code == ERROR_HANDLE_EOF ? 0 : code;
        }
        *got += r;
    }
    return 0;
}

uint64_t os_file_size(const os_file *f)
{
    LARGE_INTEGER size;
    if (GetFileType(f->handle) != FILE_TYPE_DISK || !GetFileSizeEx(f->handle, &size))
        return 0;
    return (uint64_t)size.QuadPart;
}

void os_file_close(os_file *f)
{
    if (f->handle != INVALID_HANDLE_VALUE)
        (void)CloseHandle(f->handle);
    f->handle = INVALID_HANDLE_VALUE;
}
