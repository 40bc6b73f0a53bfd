/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#define _GNU_SOURCE
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

bool process_start(struct process *p, const char *const *list)
{
    pid_t pid;
    if (posix_spawn(&pid, list[0], NULL, NULL, (char *const *)(uintptr_t)list, environ) != 0)
        return false;
    p->id = pid;
    return true;
}

int process_wait(struct process *p)
{
    int status;
    while (waitpid((pid_t)p->id, &status, 0) < 0)
        if (errno != EINTR)
            return PROCESS_KILLED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : PROCESS_KILLED;
}

void process_kill(struct process *p)
{
    (void)kill((pid_t)p->id, SIGKILL);
}

void process_die(void)
{
    (void)kill(getpid(), SIGKILL);
    for (;;)
        (void)pause();
}

uint32_t process_own_id(void)
{
    return (uint32_t)getpid();
}

/* ---- places --------------------------------------------------------------------------------- */

bool place_make_folder(char *room, size_t cap)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(room, cap, "%s/wfpwatch-XXXXXX", base != NULL && *base == '/' ? base : P_tmpdir);
    return mkdtemp(room) != NULL;
}

void place_of_leases(const char *folder, char *room, size_t cap)
{
    (void)snprintf(room, cap, "%s/state", folder);
}

static void remove_folder(const char *path)
{
    char name[4096];
    struct dirent *entry;
    struct stat st;
    DIR *folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        bool dots = entry->d_name[0] == '.' &&
                    (entry->d_name[1] == 0 || (entry->d_name[1] == '.' && entry->d_name[2] == 0));
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (!dots && lstat(name, &st) == 0 && S_ISDIR(st.st_mode))
            remove_folder(name);
        else if (!dots)
            (void)unlink(name);
    }
    if (folder != NULL)
        (void)closedir(folder);
    (void)rmdir(path);
}

void place_remove(const char *folder, const char *leases)
{
    (void)leases; /* inside the folder */
    remove_folder(folder);
}
