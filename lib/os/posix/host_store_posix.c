/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Leases in a directory: `leases` is the document, `lock` what flock() is asked for. Nothing of the
 * path may be a link, or belong to or be writable by anybody who could put something else there. */
#define _GNU_SOURCE
#include "os/host_store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/os.h"
#include "wfpwatch/wfpwatch.h"

enum { LOCK_POLL_MS = 2, NAME_BYTES = 256, STAT_BYTES = 1024, MODE_OTHERS = 077 };

/* What a handle keeps: descriptors plus one, so that zero means none. */
enum { DIRECTORY, LOCK };

static const char document[] = "leases", fresh[] = "leases.new", aside[] = "leases.damaged";

static int fd_of(const struct store_handle *h, int what)
{
    return (int)h->v[what] - 1;
}

static int call_failed(struct store_failure *f, int code)
{
    *f = (struct store_failure){.code = (uint32_t)code};
    return code == EACCES || code == EPERM || code == EROFS ? WFPW_E_ACCESS : WFPW_E_IO;
}

static int place_unsafe(struct store_failure *f, const char *what)
{
    *f = (struct store_failure){.what = what};
    return WFPW_E_LEASE;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* A folder on the way is its owner's to change: root's or ours, and nobody else's but where the
 * sticky bit keeps others from what is ours. */
static const char *danger_of_folder(const struct stat *st)
{
    if (!S_ISDIR(st->st_mode))
        return "a part of the state directory's path is no directory";
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return "a part of the state directory's path belongs to another user";
    if ((st->st_mode & 022) != 0 && (st->st_mode & S_ISVTX) == 0)
        return "a part of the state directory's path is writable by others";
    return NULL;
}

static const char *danger_of_ours(const struct stat *st, bool folder)
{
    if (folder ? !S_ISDIR(st->st_mode) : !S_ISREG(st->st_mode))
        return folder ? "the state directory is no directory"
                      : "a file of the state directory is no plain file";
    if (st->st_uid != geteuid())
        return "the state directory, or a file in it, belongs to another user";
    if ((st->st_mode & MODE_OTHERS) != 0)
        return "the state directory, or a file in it, is open to other users";
    if (!folder && st->st_nlink > 1)
        return "a file of the state directory has a second name";
    return NULL;
}

/* Takes the next name off a path. false: there is none, or one that is too long or leads back. */
static bool next_name(const char **path, char name[NAME_BYTES])
{
    while (**path == '/')
        (*path)++;
    size_t n = strcspn(*path, "/");
    if (n == 0 || n >= NAME_BYTES)
        return false;
    memcpy(name, *path, n);
    name[n] = 0;
    *path += n;
    while (**path == '/')
        (*path)++;
    return strcmp(name, "..") != 0;
}

/* Into the folder of this name, which is closed either way. */
static int open_step(int at, const char *name, bool last, bool create)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(at, name, flags);
    if (fd < 0 && errno == ENOENT && last && create &&
        (mkdirat(at, name, 0700) == 0 || errno == EEXIST))
        fd = openat(at, name, flags);
    int error = errno;
    (void)close(at);
    errno = error;
    return fd;
}

static int check_folder(int fd, bool last, struct store_failure *f)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return call_failed(f, errno);
    const char *danger = last ? danger_of_ours(&st, true) : danger_of_folder(&st);
    return danger != NULL ? place_unsafe(f, danger) : WFPW_OK;
}

static int open_folder(const char *path, bool create, int *out, struct store_failure *f)
{
    char name[NAME_BYTES];
    int status = WFPW_OK;
    if (*path != '/')
        return place_unsafe(f, "the state directory's path does not start at the root");
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (status == WFPW_OK && fd >= 0 && *path != 0) {
        if (!next_name(&path, name)) {
            status =
                place_unsafe(f, "the state directory's path has a name that is too long or '..'");
            break;
        }
        bool last = *path == 0;
        fd = open_step(fd, name, last, create);
        if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
            return place_unsafe(f, "a link or a file stands in the state directory's path");
        if (fd >= 0)
            status = check_folder(fd, last, f);
    }
    if (fd < 0)
        return call_failed(f, errno);
    *out = fd;
    if (status != WFPW_OK)
        (void)close(fd);
    return status;
}

/* Opens one of our files and looks whether it is one. *out -1: it is not there. */
static int open_file(int folder, const char *name, int flags, int *out, struct store_failure *f)
{
    struct stat st;
    *out = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (*out < 0)
        return errno == ENOENT  ? WFPW_OK
               : errno == ELOOP ? place_unsafe(f, "a file of the state directory is a link")
                                : call_failed(f, errno);
    const char *danger = fstat(*out, &st) == 0 ? danger_of_ours(&st, false) : "fstat failed";
    if (danger == NULL)
        return WFPW_OK;
    (void)close(*out);
    return place_unsafe(f, danger);
}

static int host_open(void *ctx, const char *place, bool create, struct store_handle *h,
                     struct store_failure *f)
{
    int folder, lock = -1;
    (void)ctx;
    *h = (struct store_handle){{0}};
    if (place == NULL || *place == 0) {
        *f = (struct store_failure){.what = "this system has no place of its own for leases: name "
                                            "one with state_dir"};
        return WFPW_E_NOTSUP;
    }
    int status = open_folder(place, create, &folder, f);
    if (status != WFPW_OK)
        return status != WFPW_E_LEASE && f->code == ENOENT && !create ? WFPW_OK : status;
    status = open_file(folder, "lock", create ? O_RDWR | O_CREAT : O_RDWR, &lock, f);
    if (status != WFPW_OK) {
        (void)close(folder);
        return status;
    }
    h->v[DIRECTORY] = folder + 1;
    h->v[LOCK] = lock + 1;
    return WFPW_OK;
}

static void host_close(void *ctx, struct store_handle *h)
{
    (void)ctx;
    if (fd_of(h, LOCK) >= 0)
        (void)close(fd_of(h, LOCK));
    if (fd_of(h, DIRECTORY) >= 0)
        (void)close(fd_of(h, DIRECTORY));
    *h = (struct store_handle){{0}};
}

/* ---- the lock ------------------------------------------------------------------------------- */

static int host_lock(void *ctx, struct store_handle *h, uint32_t wait_ms, struct store_failure *f)
{
    uint64_t end = os_ticks_ms() + wait_ms;
    (void)ctx;
    while (flock(fd_of(h, LOCK), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return call_failed(f, errno);
        if (os_ticks_ms() >= end) {
            *f = (struct store_failure){.what = "another process holds the lock of the leases"};
            return WFPW_E_TIMEOUT;
        }
        os_sleep_ms(LOCK_POLL_MS);
    }
    return WFPW_OK;
}

static void host_unlock(void *ctx, struct store_handle *h)
{
    (void)ctx;
    (void)flock(fd_of(h, LOCK), LOCK_UN);
}

/* ---- the document --------------------------------------------------------------------------- */

static int read_all(int fd, char *room, size_t cap, size_t *n, struct store_failure *f)
{
    char more;
    for (;;) {
        bool full = *n == cap;
        ssize_t got = read(fd, full ? &more : room + *n, full ? 1 : cap - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || full)
            return got < 0 ? call_failed(f, errno) : got > 0 ? WFPW_E_RANGE : WFPW_OK;
        *n += (size_t)got;
    }
}

static int host_read(void *ctx, struct store_handle *h, void *room, size_t cap, size_t *n,
                     struct store_failure *f)
{
    int fd;
    (void)ctx;
    *n = 0;
    if (fd_of(h, DIRECTORY) < 0)
        return WFPW_OK;
    int status = open_file(fd_of(h, DIRECTORY), document, O_RDONLY, &fd, f);
    if (status != WFPW_OK || fd < 0)
        return status;
    status = read_all(fd, room, cap, n, f);
    (void)close(fd);
    return status;
}

/* Writes what is to become the document, and sees that it is on the disk. */
static int write_fresh(int folder, const char *p, size_t n)
{
    int error = 0;
    if (unlinkat(folder, fresh, 0) != 0 && errno != ENOENT)
        return errno;
    int fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    while (n > 0 && error == 0) {
        ssize_t put = write(fd, p, n);
        if (put > 0) {
            p += put;
            n -= (size_t)put;
        } else if (put == 0 || errno != EINTR) {
            error = put == 0 ? ENOSPC : errno;
        }
    }
    if (error == 0 && fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && error == 0)
        error = errno;
    return error;
}

static int host_write(void *ctx, struct store_handle *h, const void *p, size_t n,
                      struct store_failure *f)
{
    int folder = fd_of(h, DIRECTORY), error = 0;
    (void)ctx;
    if (n == 0)
        error = unlinkat(folder, document, 0) != 0 && errno != ENOENT ? errno : 0;
    else if ((error = write_fresh(folder, p, n)) == 0)
        error = renameat(folder, fresh, folder, document) != 0 ? errno : 0;
    if (error == 0 && fsync(folder) != 0)
        error = errno;
    return error != 0 ? call_failed(f, error) : WFPW_OK;
}

static int host_set_aside(void *ctx, struct store_handle *h, struct store_failure *f)
{
    int folder = fd_of(h, DIRECTORY);
    (void)ctx;
    if (renameat(folder, document, folder, aside) != 0 || fsync(folder) != 0)
        return call_failed(f, errno);
    return WFPW_OK;
}

/* ---- processes ------------------------------------------------------------------------------ */

/* A file of /proc, which has no size; always ends with a NUL. */
static bool read_small(const char *path, char *room, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, room, cap - 1) : -1;
    if (fd >= 0)
        (void)close(fd);
    room[n > 0 ? n : 0] = 0;
    return n > 0;
}

static bool read_boot(uint8_t boot[16])
{
    char text[64];
    size_t digits = 0;
    if (!read_small("/proc/sys/kernel/random/boot_id", text, sizeof text))
        return false;
    memset(boot, 0, 16);
    for (const char *c = text; *c != 0 && digits < 32; c++) {
        int v = *c >= '0' && *c <= '9' ? *c - '0' : *c >= 'a' && *c <= 'f' ? *c - 'a' + 10 : -1;
        if (v >= 0) {
            boot[digits / 2] = (uint8_t)(boot[digits / 2] << 4 | v);
            digits++;
        }
    }
    return digits == 32;
}

/* When a process was started, in clock ticks since the boot; 0: it has ended. The command's name
 * stands in parentheses and may hold any character: what follows its last ')' is counted. */
static uint64_t read_start(uint32_t pid)
{
    enum { STATE = 3, START = 22 };
    char path[32], text[STAT_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%u/stat", pid);
    char *at = read_small(path, text, sizeof text) ? strrchr(text, ')') : NULL;
    if (at == NULL || at[1] == 0 || at[2] == 'Z' || at[2] == 'X')
        return 0;
    at += 2;
    for (int field = STATE; field < START && at != NULL; field++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoull(at + 1, NULL, 10) : 0;
}

static int host_whoami(void *ctx, struct store_handle *h, struct process_id *out,
                       struct store_failure *f)
{
    (void)ctx;
    (void)h;
    memset(out, 0, sizeof *out);
    out->pid = (uint32_t)getpid();
    out->started = read_start(out->pid);
    if (out->started != 0 && read_boot(out->boot))
        return WFPW_OK;
    *f = (struct store_failure){.what = "/proc does not say who this process is"};
    return WFPW_E_NOTSUP;
}

static bool host_is_alive(void *ctx, struct store_handle *h, const struct process_id *p)
{
    struct process_id me;
    struct store_failure f;
    if (host_whoami(ctx, h, &me, &f) != WFPW_OK)
        return true;
    return memcmp(p->boot, me.boot, sizeof me.boot) == 0 && p->pid != 0 &&
           read_start(p->pid) == p->started;
}

const struct system_store *host_store(void)
{
    static const struct system_store store = {
        .open = host_open,
        .close = host_close,
        .lock = host_lock,
        .unlock = host_unlock,
        .read = host_read,
        .write = host_write,
        .set_aside = host_set_aside,
        .whoami = host_whoami,
        .is_alive = host_is_alive,
    };
    return &store;
}
