/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The simulated Windows of --sim, with its script.
 */
#ifndef SIMULATED_H
#define SIMULATED_H

#include "input/options.h"
#include "view/buffer.h"
#include "wfpwatch/sim.h"

/* Starts as {0}. */
struct simulated {
    wfpw_sim *sim;
    const char *path;   /* of the script; NULL: the demo script */
    struct buffer text; /* of the script in the file */
};

/* The value of --windows, as simulated_open takes it. false: it is none, and that was reported. */
bool simulated_windows(const struct arguments *a, const char **windows);
/* windows: a version as wfpw_sim_new takes it, as text; NULL is the newest. path NULL: the demo
 * script. false: it failed, and that was reported. */
bool simulated_open(struct simulated *s, const char *windows, const char *path);
/* Lets the script happen: on a thread of its own once somebody listens, or at once (not the demo
 * script, of which nothing is left to see). false as above. */
bool simulated_start(struct simulated *s);
bool simulated_play(struct simulated *s);
void simulated_close(struct simulated *s);

#endif
