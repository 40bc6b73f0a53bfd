/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The system's calls that the leases' place is made of, each of them a step before and after; the
 * linker puts these in their stead. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "steps.h"

int __real_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);

int __wrap_openat(int at, const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if ((flags & O_CREAT) == 0)
        return __real_openat(at, path, flags);
    steps_one();
    int fd = __real_openat(at, path, flags, mode);
    steps_one();
    return fd;
}

/* A signal of a thread is written as well, eight bytes whenever the clock has it so. */
ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    if (n <= sizeof(uint64_t))
        return __real_write(fd, p, n);
    steps_one();
    ssize_t half = __real_write(fd, p, n / 2);
    steps_one();
    return half;
}

#define STEP(name, parameters, ...)                                                                \
    int __real_##name parameters;                                                                  \
    int __wrap_##name parameters;                                                                  \
    int __wrap_##name parameters                                                                   \
    {                                                                                              \
        steps_one();                                                                               \
        int result = __real_##name(__VA_ARGS__);                                                   \
        steps_one();                                                                               \
        return result;                                                                             \
    }
STEP(mkdirat, (int at, const char *path, mode_t mode), at, path, mode)
STEP(fsync, (int fd), fd)
STEP(renameat, (int at, const char *path, int to, const char *name), at, path, to, name)
STEP(unlinkat, (int at, const char *path, int flags), at, path, flags)
STEP(flock, (int fd, int operation), fd, operation)
