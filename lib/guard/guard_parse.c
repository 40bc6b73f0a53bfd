/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "guard/guard.h"

struct target_key {
    const char *name;
    const char *(*parse)(struct guard_target *t, const char *value, char *room);
};

static const char *parse_app(struct guard_target *t, const char *value, char *room)
{
    bool is_drive = text_lower((uint8_t)value[0]) - 'a' < 26 && value[1] == ':';
    t->form = GUARD_APP;
    t->value = room;
    if (is_drive && value[2] != '\\' && value[2] != '*')
        return "a path goes on with \\ behind its drive";
    if (strcmp(value, "*") == 0)
        return "this is every program";
    for (;; room++, value++) {
        *room = (char)text_lower((uint8_t)*value);
        if (*value == '/')
            return "a path of Windows has \\ where this has /";
        if (*value == 0)
            return NULL;
    }
}

static const char *parse_sid(struct guard_target *t, const char *value, char *room)
{
    uint8_t sid[SID_BYTES_MAX];
    size_t size = 0;
    if (!text_parse_sid(value, strlen(value), sid, &size))
        return "this is no SID: S-1-...";
    room[text_sid(room, sid, size)] = 0;
    t->value = room;
    return NULL;
}

static const char *parse_user(struct guard_target *t, const char *value, char *room)
{
    t->form = GUARD_USER;
    t->is_service = strncmp(value, "S-1-5-80-", 9) == 0;
    return parse_sid(t, value, room);
}

static const char *parse_package(struct guard_target *t, const char *value, char *room)
{
    t->form = GUARD_PACKAGE;
    return parse_sid(t, value, room);
}

static const char *parse_service(struct guard_target *t, const char *value, char *room)
{
    char sid[SERVICE_SID_MAX];
    if (strlen(value) > SERVICE_NAME_MAX || value[strcspn(value, "\\/*")] != 0)
        return "this is no name of a service: 'sc query' lists them";
    t->form = GUARD_USER;
    t->is_service = true;
    guard_service_sid(value, sid);
    memcpy(room, sid, strlen(sid) + 1);
    t->value = room;
    return NULL;
}

static const char *parse_address(struct guard_target *t, const char *value, char *room)
{
    static const char no_address[] =
        "this is no address: 203.0.113.7, 203.0.113.0/24, 2001:db8::/32";
    const char *slash = strchr(value, '/');
    size_t n = slash != NULL ? (size_t)(slash - value) : strlen(value);
    uint32_t scope;
    uint64_t length = 0;
    uint8_t mask[16];
    (void)room;
    t->form = GUARD_ADDRESS;
    if (!text_parse_ip(value, n, t->low, &t->family, &scope))
        return no_address;
    uint32_t bits = t->family == 4 ? 32 : 128;
    if (slash != NULL && (!text_parse_u64(slash + 1, strlen(slash + 1), &length) || length > bits))
        return no_address;
    if (slash != NULL && length == 0)
        return "this is every address";
    length = slash != NULL ? length : bits;
    guard_mask(length, mask);
    for (size_t i = 0; i < 16; i++) {
        t->low[i] &= mask[i];
        t->high[i] = (uint8_t)(t->low[i] | (uint8_t)~mask[i]);
    }
    return NULL;
}

const char *guard_parse(struct guard_target *t, const char *text, char *room, size_t *wrong_at)
{
    static const struct target_key keys[] = {{"app", parse_app},
                                             {"service", parse_service},
                                             {"user", parse_user},
                                             {"package", parse_package},
                                             {"address", parse_address}};
    const char *equals = strchr(text, '=');
    size_t n = equals != NULL ? (size_t)(equals - text) : 0;
    *wrong_at = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && equals != NULL; i++) {
        if (strlen(keys[i].name) != n || memcmp(keys[i].name, text, n) != 0)
            continue;
        *wrong_at = n + 1;
        return equals[1] != 0 ? keys[i].parse(t, equals + 1, room) : "here a value is missing";
    }
    return "a target is app=PATH, service=NAME, user=SID, package=SID or address=ADDRESS[/LENGTH]";
}
