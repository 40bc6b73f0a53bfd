/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#define _POSIX_C_SOURCE 200809L
#include "platform/term.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static atomic_bool interrupted; /* other threads read it, too */
static _Atomic(void (*)(void *ctx)) at_interrupt;
static _Atomic(void *) at_interrupt_ctx;
static atomic_int stopping; /* handlers that are in at_interrupt */

/* A standard stream that was closed would be the next file that is opened. /dev/null takes its
 * place, opened so that using it fails as before. */
static void open_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

bool term_start(int *argc, char ***argv)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)argc;
    (void)argv;
    open_standard_streams();
    (void)sigaction(SIGPIPE, &ignore, NULL);
    return true;
}

FILE *term_open(const char *path)
{
    return fopen(path, "rb");
}

bool term_is_regular(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

FILE *term_create(const char *path)
{
    return fopen(path, "wb");
}

bool term_replace(const char *from, const char *to)
{
    return rename(from, to) == 0;
}

bool term_is_terminal(FILE *f)
{
    return isatty(fileno(f)) == 1;
}

bool term_has_colors(FILE *f)
{
    const char *term = getenv("TERM");
    return term_is_terminal(f) && (term == NULL || strcmp(term, "dumb") != 0);
}

bool term_is_same(FILE *a, FILE *b)
{
    struct stat x, y;
    if (!term_is_terminal(a) || !term_is_terminal(b) || fstat(fileno(a), &x) != 0 ||
        fstat(fileno(b), &y) != 0)
        return false;
    return x.st_rdev == y.st_rdev;
}

void term_size(FILE *f, unsigned *columns, unsigned *rows)
{
    struct winsize size;
    *columns = *rows = 0;
    if (ioctl(fileno(f), TIOCGWINSZ, &size) == 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    }
}

bool term_reader_is_gone(FILE *f)
{
    struct pollfd p = {.fd = fileno(f)};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLNVAL)) != 0;
}

bool term_is_gone_error(int error)
{
    return error == EPIPE || error == EBADF;
}

const char *term_error_text(uint32_t code)
{
    return strerror((int)code);
}

static void call_at_interrupt(void)
{
    void (*stop)(void *ctx) = NULL;
    (void)atomic_fetch_add(&stopping, 1);
    stop = atomic_load(&at_interrupt);
    if (stop != NULL)
        stop(atomic_load(&at_interrupt_ctx));
    (void)atomic_fetch_sub(&stopping, 1);
}

static void on_interrupt(int number)
{
    int before = errno;
    (void)number;
    atomic_store(&interrupted, true);
    call_at_interrupt();
    errno = before;
}

void term_at_interrupt(void (*stop)(void *ctx), void *ctx)
{
    if (stop != NULL)
        atomic_store(&at_interrupt_ctx, ctx);
    atomic_store(&at_interrupt, stop);
    while (stop == NULL && atomic_load(&stopping) > 0)
        (void)sched_yield(); /* a handler on another thread */
    if (stop != NULL && term_interrupted())
        call_at_interrupt();
}

void term_catch_interrupts(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction catch = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}, before;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &catch, NULL); /* an ignored one stays so: nohup, & */
}

bool term_interrupted(void)
{
    return atomic_load(&interrupted);
}

const char *term_quote(const char *text)
{
    (void)text;
    return "'";
}

int term_zone_minutes(uint64_t filetime)
{
    time_t t = (time_t)((int64_t)(filetime / 10000000) - 11644473600);
    struct tm here, there;
    if (localtime_r(&t, &here) == NULL || gmtime_r(&t, &there) == NULL)
        return 0;
    int days = here.tm_year != there.tm_year ? (here.tm_year > there.tm_year ? 1 : -1)
                                             : here.tm_yday - there.tm_yday;
    return days * 1440 + (here.tm_hour - there.tm_hour) * 60 + here.tm_min - there.tm_min;
}

/* The first of these that is set decides (POSIX, 8.2). Where none is, nobody has said that it is
 * not. */
bool term_is_unicode(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != 0)
            return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
                   strstr(value, "utf-8") != NULL || strstr(value, "UTF8") != NULL;
    }
    return true;
}

uint64_t term_ticks_ms(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

unsigned term_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}
