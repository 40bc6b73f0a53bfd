/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A system whose calls are counted, and that ends the process, as it stands, at one of them: before
 * or after each call of the engine that may change something, each lock and unlock of the leases,
 * each writing of them. Where the system's own calls can be counted as well, those of the leases'
 * place are, and a writing also ends halfway. */
#ifndef WFPW_TEST_STEPS_H
#define WFPW_TEST_STEPS_H

#include "os/system.h"

struct steps {
    struct wfpw_system system; /* to be given to a session */
    struct system_engine engine;
    struct system_store store;
    struct system_audit_policy audit_policy;
    const struct wfpw_system *inner;
    const char *place; /* of the leases */
    bool locked; /* looks at the settings are counted only then: the others come by the clock */
    uint64_t count, die_at;
};

/* die_at 0: never. One per process. */
void steps_init(struct steps *s, const struct wfpw_system *inner, const char *place,
                uint64_t die_at);
void steps_one(void);

#endif
