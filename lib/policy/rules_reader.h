/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The firewall's rules as this host's registry has them, one after the other. Where calls of the
 * system are made; one thread at a time. */
#ifndef WFPW_RULES_READER_H
#define WFPW_RULES_READER_H

#include "model/rule.h"
#include "os/system.h"
#include "policy/display_text.h"

/* Who takes what is read. */
struct rules_target {
    void *ctx;
    /* Whether this rule is known as it is: then it is not read. May be NULL. */
    bool (*keep)(void *ctx, const char *id, size_t size, uint8_t origin, uint64_t mark);
    /* mark: a hash of all that the registry has of it. */
    void (*take)(void *ctx, const struct rule *r, uint64_t mark);
    bool (*is_stopped)(void *ctx);
};

/* Big: keep it on the heap. */
struct rules_reader {
    const struct wfpw_system *system;
    struct rules_target to;
    uint8_t origin;     /* of the place under way */
    uint64_t skipped;   /* values that are no rules */
    uint64_t rules;     /* that were read or kept */
    uint8_t is_stopped; /* the reading was, before its end */
    struct display display;
    struct rule_builder builder;
    char id[3 * RULE_ID_MAX], value[3 * SYSTEM_RULE_UNITS];
};

/* r: all zero, with `to`. system: that of the rules and of the strings in System32. */
void rules_reader_init(struct rules_reader *r, const struct wfpw_system *system,
                       const wfpw_allocator *memory);
void rules_reader_free(struct rules_reader *r);
/* WFPW_RULE_ORIGIN_* of the rules of a place. */
uint8_t rules_reader_origin(enum system_rules_place place);
/* All rules of a place. Returns the system's code. */
uint32_t rules_reader_read(struct rules_reader *r, enum system_rules_place place);

#endif
