/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The script's commands about the policy: filters and what they name, notices. */
#ifndef WFPW_SIMSCENE_H
#define WFPW_SIMSCENE_H

#include "sim/simfield.h"
#include "sim/simpolicy.h"

enum { SIM_PARAMETERS = 64 };

/* A command and the rest of its line. */
struct sim_line {
    struct word command;
    struct {
        struct word key, value; /* a word that stands alone has no key */
    } p[SIM_PARAMETERS];
    uint32_t count;
};

bool sim_scene_knows(const struct word *command);
/* Does it; check: only sees whether it can be read. Returns NULL, or what is wrong, and where. */
const char *sim_scene_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                           const char **where);

/* "remote port in 80-90" */
bool sim_condition_read(const struct word *w, struct sim_condition *c);
/* A GUID, a symbol, or a symbol without what the list's symbols start with; a layer's number. */
bool sim_key_read(const struct word *w, const char *prefix, FWP_GUID *key);
/* The script's text, in memory of its own. */
bool sim_string_read(const struct word *w, struct sim_string *to);

#endif
