/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The script's commands about the policy: filters and what they name, notices. */
#ifndef WFPW_SIM_SCENE_H
#define WFPW_SIM_SCENE_H

#include "sim/event/sim_field.h"
#include "sim/policy/sim_policy.h"

enum { SIM_PARAMETERS = 64 };

/* A command and the rest of its line. */
struct sim_line {
    struct sim_word command;
    struct {
        struct sim_word key, value; /* a word that stands alone has no key */
    } p[SIM_PARAMETERS];
    uint32_t count;
};

bool sim_scene_knows(const struct sim_word *command);
/* Does it; check: only sees whether it can be read. Returns NULL, or what is wrong, and where. */
const char *sim_scene_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                           const char **where);

/* "remote port in 80-90" */
bool sim_condition_read(const struct sim_word *w, struct sim_condition *c);
/* A GUID, a symbol, or a symbol without what the list's symbols start with; a layer's number. */
bool sim_key_read(const struct sim_word *w, const char *prefix, FWP_GUID *key);
/* The script's text, in memory of its own. */
bool sim_string_read(const struct sim_word *w, struct sim_string *to);

#endif
