/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/service.h"

#include <string.h>

#include "wfpwatch/wfpwatch.h"

/* The name in lower case, as objects are found by, and as Windows is asked. false: it is none. A
 * slash is in no service's name; with it the service manager might mean something else. */
static bool read_name(const char *name, char lower[SERVICE_NAME_MAX + 1],
                      uint16_t asked[SERVICE_NAME_MAX + 1])
{
    size_t n = strlen(name);
    if (n == 0 || n > SERVICE_NAME_MAX)
        return false;
    for (size_t i = 0; i <= n; i++) {
        char c = name[i];
        if (i < n && (c < ' ' || c > '~' || c == '/' || c == '\\'))
            return false;
        asked[i] = (uint16_t)c;
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return true;
}

const struct policy_object *service_object(const struct wfpw_system *system,
                                           struct policy_object_builder *b, const char *name)
{
    char lower[SERVICE_NAME_MAX + 1];
    uint16_t asked[SERVICE_NAME_MAX + 1];
    struct system_service found = {.runs = false};
    const struct system_places *places = system->places;
    if (places == NULL || places->service == NULL || !read_name(name, lower, asked))
        return NULL;
    uint32_t code = places->service(system->ctx, asked, &found);
    if (code != 0 && code != SERVICE_NOT_FOUND)
        return NULL;
    policy_object_start(b, POLICY_OBJECT_SERVICE);
    b->object.texts[TEXT_KEY] = policy_object_put(b, lower, strlen(lower));
    b->object.present = code != 0    ? WFPW_SERVICE_MISSING
                        : found.runs ? WFPW_SERVICE_RUNNING
                                     : WFPW_SERVICE_STOPPED;
    if (found.image_units > 0)
        b->object.texts[TEXT_IMAGE] = policy_object_put_wide(b, found.image, found.image_units);
    if (found.company_units > 0)
        b->object.texts[TEXT_COMPANY] =
            policy_object_put_wide(b, found.company, found.company_units);
    return policy_object_finish(b);
}
