/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Who added a filter that is known from elsewhere, as of a dump: the question that join_key.c asks
 * of two records, asked of what callers have. */
#include <string.h>

#include "decode/audit/audit_change.h"
#include "os/fwp_types.h"

enum { FILTER_CHANGED = 5447 };

static size_t length_of(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

static bool is_addition(const wfpw_event *ev)
{
    if (ev->audit == NULL || ev->audit->event_id != FILTER_CHANGED ||
        (ev->present & WFPW_HAS_FILTER_ID) == 0)
        return false;
    const char *type = wfpw_audit_get(ev->audit, "ChangeType");
    return audit_change_from_text(type, length_of(type)) == CHANGE_ADDED;
}

/* Both name a key, and it is the same. */
static bool has_key_of(const wfpw_event *ev, const wfpw_filter *f)
{
    uint8_t guid[16];
    const char *key = wfpw_audit_get(ev->audit, "FilterKey");
    return text_parse_guid(f->key, length_of(f->key), guid) &&
           audit_change_is_key(key, length_of(key), guid);
}

int WFPW_CALL wfpw_filter_added_by(const wfpw_filter *f, const wfpw_event *ev)
{
    if (f == NULL || ev == NULL)
        return WFPW_E_INVAL;
    if (!is_addition(ev) || !has_key_of(ev, f))
        return 0;
    if (ev->filter_id == f->id)
        return WFPW_CONFIDENCE_CERTAIN;
    bool is_earlier = f->from_time == 0 || ev->time <= f->from_time;
    return (f->flags & FWPM_FILTER_FLAG_PERSISTENT) != 0 && is_earlier ? WFPW_CONFIDENCE_LIKELY : 0;
}
