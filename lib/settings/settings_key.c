/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "settings/settings_key.h"

#include <stdio.h>
#include <string.h>

#include "base/options.h"

#define COUNT(list) ((uint32_t)(sizeof(list) / sizeof *(list)))

enum { THREADS_MOST = 64, WAIT_MOST = 60000, WATCH_LEAST = 10, SILENCE_LEAST = 1000 };

static const struct settings_key options[] = {
    {"match", SETTINGS_MATCH, 0, 0, 0},
    {"live", SETTINGS_LIVE, 0, 0, 0},
    {"audit", SETTINGS_AUDIT, 0, 0, 0},
    {"verify", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_VERIFY},
    {"no_verdict", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_NO_VERDICT},
    {"accounts", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_ACCOUNTS},
    {"no_names", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_NO_NAMES},
    {"pid", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_PID},
    {"ordered", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_ORDERED},
    {"attempts", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_ATTEMPTS},
    {"sockets", SETTINGS_FLAG, offsetof(wfpw_options, flags), 0, WFPW_OPEN_SOCKETS},
    {"ring_bytes", SETTINGS_NUMBER, offsetof(wfpw_options, ring_bytes), RING_MIN, RING_MAX},
    {"threads", SETTINGS_NUMBER, offsetof(wfpw_options, threads), 1, THREADS_MOST},
    {"names_bytes", SETTINGS_NUMBER, offsetof(wfpw_options, names_bytes), NAMES_MIN, NAMES_MAX},
    {"state_dir", SETTINGS_TEXT, offsetof(wfpw_options, state_dir), 0, 0},
    {"own_provider", SETTINGS_TEXT, offsetof(wfpw_options, own_provider), 0, 0},
    {"join", SETTINGS_JOIN, offsetof(wfpw_options, join), 0, 0},
    {"join_ms", SETTINGS_NUMBER, offsetof(wfpw_options, join_ms), 1, WAIT_MOST},
    {"join_window_ms", SETTINGS_NUMBER, offsetof(wfpw_options, join_window_ms), 1, WAIT_MOST},
    {"join_bytes", SETTINGS_NUMBER, offsetof(wfpw_options, join_bytes), JOIN_BYTES_MIN,
     JOIN_BYTES_MAX},
    {"log_zone", SETTINGS_TEXT, offsetof(wfpw_options, log_zone), 0, 0},
};

static const struct settings_key live[] = {
    {"observe", SETTINGS_FLAG, offsetof(wfpw_live, flags), 0, WFPW_LIVE_OBSERVE},
    {"ipsec", SETTINGS_FLAG, offsetof(wfpw_live, flags), 0, WFPW_LIVE_IPSEC},
    {"filters", SETTINGS_FLAG, offsetof(wfpw_live, flags), 0, WFPW_LIVE_FILTERS},
    {"audit_policy", SETTINGS_FLAG, offsetof(wfpw_live, flags), 0, WFPW_LIVE_AUDIT_POLICY},
    {"wait_ms", SETTINGS_NUMBER, offsetof(wfpw_live, wait_ms), 1, INT32_MAX},
    {"watch_ms", SETTINGS_NUMBER, offsetof(wfpw_live, watch_ms), WATCH_LEAST, INT32_MAX},
    {"keywords", SETTINGS_KEYWORDS, offsetof(wfpw_live, keywords), 0, 0},
    {"since", SETTINGS_TIME, offsetof(wfpw_live, since), 0, 0},
    {"guard", SETTINGS_GUARD, 0, 0, 0},
    {"aggregate_ms", SETTINGS_NUMBER, offsetof(wfpw_live, aggregate_ms), 1, INT32_MAX},
    {"aggregate_bytes", SETTINGS_NUMBER, offsetof(wfpw_live, aggregate_bytes), RING_MIN, RING_MAX},
    {"silence_ms", SETTINGS_NUMBER, offsetof(wfpw_live, silence_ms), SILENCE_LEAST, UINT32_MAX},
};

static const struct settings_key audit[] = {
    {"classic", SETTINGS_FLAG, offsetof(wfpw_audit_log, flags), 0, WFPW_AUDIT_CLASSIC},
    {"oldest", SETTINGS_FLAG, offsetof(wfpw_audit_log, flags), 0, WFPW_AUDIT_OLDEST},
    {"past", SETTINGS_FLAG, offsetof(wfpw_audit_log, flags), 0, WFPW_AUDIT_PAST},
    {"wait_ms", SETTINGS_NUMBER, offsetof(wfpw_audit_log, wait_ms), 1, INT32_MAX},
    {"watch_ms", SETTINGS_NUMBER, offsetof(wfpw_audit_log, watch_ms), WATCH_LEAST, INT32_MAX},
    {"since", SETTINGS_TIME, offsetof(wfpw_audit_log, since), 0, 0},
    {"until", SETTINGS_TIME, offsetof(wfpw_audit_log, until), 0, 0},
    {"bookmark", SETTINGS_TEXT, offsetof(wfpw_audit_log, bookmark), 0, 0},
};

const struct settings_keys settings_of_options = {"", options, COUNT(options)};
const struct settings_keys settings_of_live = {"live.", live, COUNT(live)};
const struct settings_keys settings_of_audit = {"audit.", audit, COUNT(audit)};

int settings_key_find(const struct settings_keys *keys, const char *name)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (strcmp(keys->at[i].name, name) == 0)
            return (int)i;
    return -1;
}

const char *settings_key_wants(const struct settings_key *key, char *to, size_t cap)
{
    static const char *const words[] = {
        [SETTINGS_FLAG] = "true or false",
        [SETTINGS_TEXT] = "a text",
        [SETTINGS_TIME] = "a time: \"2026-05-01T10:00:00Z\"",
        [SETTINGS_JOIN] = "\"needed\", \"always\" or \"never\"",
        [SETTINGS_KEYWORDS] = "an array of keywords: [\"classify_allow\", ...]",
        [SETTINGS_MATCH] = "an array of conditions, each a text",
        [SETTINGS_GUARD] = "an array of targets, each a text",
        [SETTINGS_LIVE] = "an object, or null",
        [SETTINGS_AUDIT] = "an object, or null",
    };
    if (key->type == SETTINGS_NUMBER)
        (void)snprintf(to, cap, "it is a whole number: 0 (the default), or from %u to %u",
                       key->least, key->most);
    else
        (void)snprintf(to, cap, "it is %s", words[key->type]);
    return to;
}

uint32_t settings_keyword(const char *name)
{
    static const struct {
        const char *name;
        uint32_t bit;
    } words[] = {
        {"inbound_mcast", WFPW_KEYWORD_INBOUND_MCAST},
        {"inbound_bcast", WFPW_KEYWORD_INBOUND_BCAST},
        {"capability_drop", WFPW_KEYWORD_CAPABILITY_DROP},
        {"capability_allow", WFPW_KEYWORD_CAPABILITY_ALLOW},
        {"classify_allow", WFPW_KEYWORD_CLASSIFY_ALLOW},
        {"port_scanning_drop", WFPW_KEYWORD_PORT_SCANNING_DROP},
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i].bit;
    return 0;
}
