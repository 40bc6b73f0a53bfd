/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#define _GNU_SOURCE
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- threads -------------------------------------------------------------------------------- */

bool os_mutex_init(os_mutex *m)
{
    return pthread_mutex_init(&m->m, NULL) == 0;
}

void os_mutex_lock(os_mutex *m)
{
    (void)pthread_mutex_lock(&m->m);
}

void os_mutex_unlock(os_mutex *m)
{
    (void)pthread_mutex_unlock(&m->m);
}

void os_mutex_destroy(os_mutex *m)
{
    (void)pthread_mutex_destroy(&m->m);
}

static void *thread_main(void *arg)
{
    os_thread *t = arg;
    atomic_store_explicit(&t->self, (uintptr_t)pthread_self(), memory_order_relaxed);
    t->run(t->ctx);
    return NULL;
}

bool os_thread_start(os_thread *t, void (*run)(void *ctx), void *ctx)
{
    sigset_t all, before;
    t->run = run;
    t->ctx = ctx;
    atomic_store_explicit(&t->self, 0, memory_order_relaxed);
    (void)sigfillset(&all);
    bool masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0; /* which it takes over */
    bool started = pthread_create(&t->t, NULL, thread_main, t) == 0;
    if (masked)
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void os_thread_name(const char *name)
{
    (void)pthread_setname_np(pthread_self(), name);
}

void os_thread_join(os_thread *t)
{
    (void)pthread_join(t->t, NULL);
    atomic_store_explicit(&t->self, 0, memory_order_relaxed);
}

bool os_thread_is_self(const os_thread *t)
{
    return atomic_load_explicit(&t->self, memory_order_relaxed) == (uintptr_t)pthread_self();
}

static void *apart_main(void *arg)
{
    os_thread t = *(os_thread *)arg;
    os_pages_free(arg, sizeof t);
    t.run(t.ctx);
    return NULL;
}

bool os_thread_start_apart(void (*run)(void *ctx), void *ctx)
{
    pthread_t thread;
    os_thread *t = os_pages_new(sizeof *t);
    if (t == NULL)
        return false;
    t->run = run;
    t->ctx = ctx;
    if (pthread_create(&thread, NULL, apart_main, t) != 0) {
        os_pages_free(t, sizeof *t);
        return false;
    }
    (void)pthread_detach(thread);
    return true;
}

void os_sleep_ms(uint32_t ms)
{
    struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&ts, &ts) != 0 && errno == EINTR)
        ;
}

/* ---- signals: an eventfd that is never read empty by a wait --------------------------------- */

bool os_signal_init(os_signal *s)
{
    s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return s->fd >= 0;
}

static void add_one(int fd)
{
    static const uint64_t one = 1;
    ssize_t n;
    int before = errno; /* a handler's caller has one of its own */
    do
        n = write(fd, &one, sizeof one);
    while (n < 0 && errno == EINTR);
    errno = before;
}

/* false: it was empty. */
static bool take_all(int fd)
{
    uint64_t count;
    ssize_t n;
    do
        n = read(fd, &count, sizeof count);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

void os_signal_set(os_signal *s)
{
    add_one(s->fd);
}

void os_signal_reset(os_signal *s)
{
    (void)take_all(s->fd);
}

static bool wait_for(int fd, int32_t timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    uint64_t end = os_ticks_ms() + (timeout_ms > 0 ? (uint64_t)timeout_ms : 0);
    for (;;) {
        int n = poll(&p, 1, timeout_ms < 0 ? -1 : timeout_ms);
        if (n >= 0 || errno != EINTR)
            return n > 0;
        if (timeout_ms < 0)
            continue;
        uint64_t now = os_ticks_ms();
        timeout_ms = now < end ? (int32_t)(end - now) : 0;
    }
}

bool os_signal_wait(os_signal *s, int32_t timeout_ms)
{
    return wait_for(s->fd, timeout_ms);
}

intptr_t os_signal_handle(const os_signal *s)
{
    return s->fd;
}

void os_signal_destroy(os_signal *s)
{
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
}

/* ---- memory and code that outlive a session -------------------------------------------------- */

void *os_pages_new(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED ? p : NULL;
}

void os_pages_free(void *p, size_t bytes)
{
    (void)munmap(p, bytes);
}

void os_stay(void)
{
} /* there is no engine here whose callbacks could come late */

/* ---- events: an eventfd that a wait reads empty --------------------------------------------- */

bool os_event_init(os_event *e, bool is_set)
{
    e->fd = eventfd(is_set, EFD_CLOEXEC | EFD_NONBLOCK);
    return e->fd >= 0;
}

void os_event_set(os_event *e)
{
    add_one(e->fd);
}

bool os_event_wait(os_event *e, int32_t timeout_ms)
{
    return wait_for(e->fd, timeout_ms) && take_all(e->fd);
}

intptr_t os_event_handle(const os_event *e)
{
    return e->fd;
}

void os_event_set_handle(intptr_t handle)
{
    add_one((int)handle);
}

void os_event_destroy(os_event *e)
{
    if (e->fd >= 0)
        (void)close(e->fd);
    e->fd = -1;
}

/* ---- time ----------------------------------------------------------------------------------- */

uint64_t os_ticks_ms(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

uint64_t os_now(void)
{
    static const uint64_t seconds_1601_to_1970 = 11644473600;
    struct timespec ts;
    (void)clock_gettime(CLOCK_REALTIME, &ts);
    return ((uint64_t)ts.tv_sec + seconds_1601_to_1970) * 10000000 + (uint64_t)ts.tv_nsec / 100;
}

uint64_t os_utc_of_local(uint64_t local)
{
    static const int64_t seconds_1601_to_1970 = 11644473600;
    time_t seconds = (time_t)((int64_t)(local / 10000000) - seconds_1601_to_1970);
    struct tm parts;
    if (gmtime_r(&seconds, &parts) == NULL)
        return local;
    parts.tm_isdst = -1;
    time_t utc = mktime(&parts);
    return utc == (time_t)-1
               ? local
               : (uint64_t)((int64_t)utc + seconds_1601_to_1970) * 10000000 + local % 10000000;
}

/* ---- files ---------------------------------------------------------------------------------- */

uint32_t os_file_open(os_file *f, const char *path)
{
    struct stat st;
    bool standard_input = strcmp(path, "-") == 0;
    f->fd = standard_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (f->fd < 0)
        return (uint32_t)errno;
    if (fstat(f->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        os_file_close(f);
        return EISDIR;
    }
    off_t start = lseek(f->fd, 0, SEEK_CUR);
    f->start = start > 0 ? (uint64_t)start : 0;
    return 0;
}

uint32_t os_file_read(os_file *f, void *buf, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n) {
        ssize_t r = read(f->fd, (uint8_t *)buf + *got, n - *got);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return (uint32_t)errno;
        if (r == 0)
            break;
        *got += (size_t)r;
    }
    return 0;
}

uint32_t os_file_read_at(const os_file *f, uint64_t at, void *buf, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n) {
        off_t place = (off_t)(f->start + at + *got);
        ssize_t r = pread(f->fd, (uint8_t *)buf + *got, n - *got, place);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return (uint32_t)errno;
        if (r == 0)
            break;
        *got += (size_t)r;
    }
    return 0;
}

uint64_t os_file_size(const os_file *f)
{
    struct stat st;
    if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
        return 0;
    return (uint64_t)st.st_size;
}

void os_file_close(os_file *f)
{
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = -1;
}
