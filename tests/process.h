/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Other processes for tests: started, killed without a chance to clean up, and waited for; and a
 * place of this test's own. One file for each system. */
#ifndef WFPW_TEST_PROCESS_H
#define WFPW_TEST_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process {
    intptr_t id;
};

/* What process_wait returns of a process that was killed. */
enum { PROCESS_KILLED = -1 };

/* Starts a program; the list ends with NULL and begins with the program's path. */
bool process_start(struct process *p, const char *const *list);
/* Waits for its end. Returns its exit status. */
int process_wait(struct process *p);
/* Ends it as it stands; process_wait is still due. */
void process_kill(struct process *p);
/* Ends this process as it stands: nothing of it runs any more. */
void process_die(void);
uint32_t process_own_id(void);

/* Makes a new folder that only this user can enter. */
bool place_make_folder(char *room, size_t cap);
/* Where leases may be kept for a test with this folder: what wfpw_options.state_dir takes. */
void place_of_leases(const char *folder, char *room, size_t cap);
/* Removes both with all that is in them. */
void place_remove(const char *folder, const char *leases);

#endif
