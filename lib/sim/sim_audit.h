/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A simulated machine's audit policy, who else changes it, and what its security log would tell. */
#ifndef WFPW_SIM_AUDIT_H
#define WFPW_SIM_AUDIT_H

#include "os/system.h"
#include "sim/event/sim_field.h"

enum { SIM_SUBCATEGORIES = 64, SIM_AUDIT_CHANGES = 256, SIM_AUDIT_UNSET = 0xFF };

/* Who changed a subcategory: as record 4719 names it. */
struct sim_auditor {
    uint64_t logon_id;
    uint32_t pid;
};

/* One record 4719, as the event log would take it. */
struct sim_audit_change {
    uint64_t time;
    FWP_GUID subcategory, category;
    uint32_t before, after; /* AUDIT_SUCCESS, AUDIT_FAILURE */
    struct sim_auditor by;
};

struct sim_audit_block {
    struct sim_audit_block *next;
    void *given;
};

struct sim_audit {
    uint8_t setting[SIM_SUBCATEGORIES];       /* of no use when the machine's file is shared */
    bool gone[SIM_SUBCATEGORIES];             /* this Windows does not have it */
    uint8_t group[SIM_SUBCATEGORIES];         /* a row of audit.csv, 0 to 4, or SIM_AUDIT_UNSET */
    uint8_t mdm[SIM_SUBCATEGORIES];           /* 0 to 3, or SIM_AUDIT_UNSET */
    struct sim_text *name[SIM_SUBCATEGORIES]; /* NULL: the English one */
    bool denied;                              /* the privilege is not held */
    bool legacy;                              /* categories overrule subcategories */
    struct sim_audit_block *blocks;
    struct sim_audit_change changes[SIM_AUDIT_CHANGES]; /* the newest ones, a ring */
    uint64_t change_count;                              /* ever */
    /* Told of each change, with the simulator's lock held; NULL: nobody. */
    void (*changed)(void *to, const struct sim_audit_change *c);
    void *to;
};

struct wfpw_sim;

extern const struct system_audit_policy sim_system_audit_policy;
/* Who calls through the table. */
extern const struct sim_auditor sim_auditor_self;

void sim_audit_init(struct wfpw_sim *sim, uint32_t windows);
void sim_audit_free(struct wfpw_sim *sim);
uint64_t sim_audit_blocks(const struct wfpw_sim *sim);
/* The lock is held. */
uint32_t sim_audit_get(const struct wfpw_sim *sim, uint32_t data1);

/* The commands that play what happens to the policy. words: what follows, as many as count says. */
bool sim_audit_knows(const struct sim_word *command, int *count);
/* false: they do not fit. Takes the lock. */
bool sim_audit_play(struct wfpw_sim *sim, const struct sim_word *command,
                    const struct sim_word words[2], bool check);

#endif
