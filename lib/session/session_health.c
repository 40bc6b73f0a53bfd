/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How a live session is. */
#include <string.h>

#include "session/session_internal.h"

static bool is_away(uint32_t state)
{
    return state == WFPW_STATE_WAITING;
}

static uint32_t sign_if(bool holds, uint32_t sign)
{
    return holds ? sign : 0;
}

static uint32_t signs_of(const struct wfpw_session *s, const wfpw_health *h,
                         const struct service_health *live)
{
    bool ended = h->state == WFPW_STATE_STOPPED || h->state == WFPW_STATE_FAILED;
    bool has_engine = s->service != NULL;
    return sign_if(has_engine && is_away(h->state), WFPW_HEALTH_ENGINE_AWAY) |
           sign_if(live->hangs, WFPW_HEALTH_ENGINE_HANGS) |
           sign_if(has_engine && h->state == WFPW_STATE_COLLECTION_OFF,
                   WFPW_HEALTH_COLLECTION_OFF) |
           sign_if(h->missing != 0, WFPW_HEALTH_LACKS) |
           sign_if(s->audit != NULL && is_away(h->log_state), WFPW_HEALTH_LOG_AWAY) |
           sign_if(live->queue_full, WFPW_HEALTH_QUEUE_FULL) |
           sign_if(live->is_silent && !ended, WFPW_HEALTH_SILENCE) |
           sign_if(ended, WFPW_HEALTH_ENDED);
}

int WFPW_CALL wfpw_get_health(const wfpw_session *s, wfpw_health *out)
{
    struct service_health live = {.event_age = 0, .look_age = UINT64_MAX, .gap_age = UINT64_MAX};
    wfpw_stats st = {.size = sizeof st};
    if (s == NULL || out == NULL || out->size < sizeof out->size ||
        (s->service == NULL && s->audit == NULL) || wfpw_get_stats(s, &st) != WFPW_OK)
        return WFPW_E_INVAL;
    if (s->service != NULL)
        service_health(s->service, &live);
    wfpw_health h = {
        .size = sizeof h,
        .state = st.state,
        .log_state = st.log_state,
        .missing = st.missing,
        .settings_undone = live.settings_undone,
        .event_age_ms = live.event_age,
        .look_age_ms = live.look_age,
        .gap_age_ms = live.gap_age,
        .gaps = st.gaps,
        .dropped = st.dropped,
        .waiting = st.waiting,
        .outages = live.outages,
    };
    h.signs = signs_of(s, &h, &live);
    uint32_t n = out->size < sizeof h ? out->size : (uint32_t)sizeof h;
    h.size = n;
    memcpy(out, &h, n);
    return WFPW_OK;
}
