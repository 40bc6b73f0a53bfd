/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where there is no WFP: for a simulated Windows. Processes are found by their parents in /proc,
 * where there is one: what lives only for a moment may be missed. */
#define _POSIX_C_SOURCE 200809L
#include "platform/child.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t to_forward; /* a request to end, for the command */

/* ---- starting ------------------------------------------------------------------------------- */

/* What a terminal sends goes to the command as well; what else asks us to end is passed on. */
static void note_request(int number)
{
    to_forward = number;
}

struct handlers {
    struct sigaction interrupt, quit, terminate;
};

static void give_signals_away(struct handlers *before)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, forward = {.sa_handler = note_request};
    (void)sigaction(SIGINT, &ignore, &before->interrupt);
    (void)sigaction(SIGQUIT, &ignore, &before->quit);
    (void)sigaction(SIGTERM, NULL, &before->terminate);
    if (before->terminate.sa_handler != SIG_IGN)
        (void)sigaction(SIGTERM, &forward, NULL);
}

/* In the new process: as they were for us. The errno of what failed goes to the pipe. */
static void become_command(char *const *list, int report, const struct handlers *before)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    (void)sigaction(SIGINT, &before->interrupt, NULL);
    (void)sigaction(SIGQUIT, &before->quit, NULL);
    (void)sigaction(SIGTERM, &before->terminate, NULL);
    (void)sigaction(SIGPIPE, &plain, NULL); /* which we ignore */
    (void)execvp(list[0], list);
    int error = errno;
    (void)!write(report, &error, sizeof error);
    _exit(127);
}

static int failed_start(uint32_t *code, int error)
{
    *code = (uint32_t)error;
    return error == ENOENT || error == ENOTDIR ? 127 : 126;
}

static void note_linux_program(struct child *c, uint64_t id)
{
    char link[64], path[CHILD_PATH_MAX];
    (void)snprintf(link, sizeof link, "/proc/%llu/exe", (unsigned long long)id);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n > 0)
        path[n] = 0;
    child_note(c, id, n > 0 ? path : NULL);
}

int child_start(struct child *c, char *const *list, uint32_t *code)
{
    int ends[2], error = 0;
    struct handlers before;
    *code = 0;
    if (pipe(ends) != 0)
        return failed_start(code, errno);
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    give_signals_away(&before);
    pid_t id = fork();
    if (id == 0)
        become_command(list, ends[1], &before);
    int fork_error = errno;
    (void)close(ends[1]);
    bool is_told = id > 0 && read(ends[0], &error, sizeof error) == (ssize_t)sizeof error;
    (void)close(ends[0]);
    if (id < 0)
        return failed_start(code, fork_error);
    if (is_told) {
        (void)waitpid(id, NULL, 0);
        return failed_start(code, error);
    }
    c->process = id;
    child_note(c, (uint64_t)id, list[0]);
    note_linux_program(c, (uint64_t)id);
    return 0;
}

/* ---- processes ------------------------------------------------------------------------------ */

/* The parent of a process, the second field behind its name in parentheses; 0: not known. */
static uint64_t parent_of(const char *id)
{
    char path[64], text[512];
    (void)snprintf(path, sizeof path, "/proc/%.20s/stat", id);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        (void)close(fd);
    text[n > 0 ? n : 0] = 0;
    const char *behind = strrchr(text, ')');
    return behind != NULL && behind[1] == ' ' && behind[2] != 0 ? strtoull(behind + 3, NULL, 10)
                                                                : 0;
}

static bool is_ours(const struct child *c, uint64_t id)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->list[i].id == id)
            return true;
    return false;
}

/* One round finds children of those that are known; theirs come with the next. */
static void find_processes(struct child *c)
{
    DIR *all = opendir("/proc");
    struct dirent *one;
    while (all != NULL && (one = readdir(all)) != NULL)
        if (isdigit((unsigned char)one->d_name[0]) && is_ours(c, parent_of(one->d_name)))
            note_linux_program(c, strtoull(one->d_name, NULL, 10));
    if (all != NULL)
        (void)closedir(all);
}

static void look_for_end(struct child *c)
{
    int status;
    if (c->is_ended || waitpid((pid_t)c->process, &status, WNOHANG) != (pid_t)c->process)
        return;
    c->is_ended = true;
    c->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void child_step(struct child *c, uint32_t ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    find_processes(c);
    note_linux_program(c, (uint64_t)c->process); /* it may have become another program */
    look_for_end(c);
    if (to_forward != 0 && !c->is_ended) {
        (void)kill((pid_t)c->process, to_forward);
        to_forward = 0;
    }
    if (!c->is_ended && ms != 0)
        (void)nanosleep(&pause, NULL);
    look_for_end(c);
}

void child_free(struct child *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        free(c->list[i].app);
    free(c->list);
}
