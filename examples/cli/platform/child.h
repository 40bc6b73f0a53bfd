/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A command that is run, and the processes that it starts. One file a system fills it. */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdint.h>

enum { CHILD_PROCESSES_MAX = 4096, CHILD_PATH_MAX = 4096 };

struct child_process {
    uint64_t id;
    char *app; /* its program, a path of this host or a device's; NULL: it ended too soon */
};

/* Starts as {0}. */
struct child {
    struct child_process *list; /* the command first */
    uint32_t count;
    bool is_cut;         /* there were more, or no memory */
    bool is_ended;       /* the command is */
    int status;          /* then: its exit status, as shells give it: 128 + N for signal N */
    const char *refused; /* why it was not started, if the system's code does not tell */
    intptr_t process, job, port; /* the system's */
};

/* Starts a command; the list ends with NULL and begins with its name, which is looked for as shells
 * do. From now on Ctrl-C is the command's: it does not end this process. Returns 0, or the exit
 * status of who could not start it (126: it is there, 127: it is not), with the system's code. */
int child_start(struct child *c, char *const *list, uint32_t *code);
/* Waits so long for something to happen, notes new processes, and whether the command has ended. */
void child_step(struct child *c, uint32_t ms);
/* Processes that still run go on. */
void child_free(struct child *c);

/* Adds a process, if it is not there; app is copied, and may be NULL. For the files of platform/.
 */
void child_note(struct child *c, uint64_t id, const char *app);

#endif
