/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The keys that settings have: which member of which struct each one is, and what it may be. */
#ifndef WFPW_SETTINGS_KEY_H
#define WFPW_SETTINGS_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum settings_type {
    SETTINGS_NUMBER, /* uint32_t: 0, or from least to most */
    SETTINGS_FLAG,   /* a bit, `most`, of the flags at `at` */
    SETTINGS_TEXT,   /* const char * */
    SETTINGS_TIME,   /* uint64_t */
    SETTINGS_JOIN,
    SETTINGS_KEYWORDS,
    SETTINGS_MATCH,
    SETTINGS_GUARD,
    SETTINGS_LIVE, /* objects with keys of their own */
    SETTINGS_AUDIT
};

struct settings_key {
    const char *name;
    uint8_t type; /* enum settings_type */
    uint16_t at;  /* of the member */
    uint32_t least, most;
};

/* An object's keys: as many as a uint64_t has bits, at most. */
struct settings_keys {
    const char *prefix; /* "live." */
    const struct settings_key *at;
    uint32_t count;
};

extern const struct settings_keys settings_of_options;
extern const struct settings_keys settings_of_live;
extern const struct settings_keys settings_of_audit;

/* -1: there is no such key. */
int settings_key_find(const struct settings_keys *keys, const char *name);
/* What the key's values are, as one sentence. Returns to. */
const char *settings_key_wants(const struct settings_key *key, char *to, size_t cap);
/* A keyword's bit; 0: there is none of this name. */
uint32_t settings_keyword(const char *name);

#endif
