/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a live session does without, and the settings that it holds, or asks for again. */
#include <string.h>

#include "base/error.h"
#include "live/service_internal.h"

enum {
    LOOKS_TO_ASK = 32,
    LOCK_FIRST_MS = 2000,
    LOCK_AGAIN_MS = 100 /* as the engine is not looked at meanwhile */
};

/* ---- what is refused ------------------------------------------------------------------------ */

static bool lacks_right(const struct service *s, uint32_t what)
{
    return (os_u32_load(&s->missing) & what) != 0;
}

/* Goes on without it, and says so once. */
void service_do_without(struct service *s, uint32_t what, const char *text, const wfpw_error *e)
{
    if (!lacks_right(s, what))
        service_say_error(s, 2, text, e);
    os_u32_store(&s->missing, os_u32_load(&s->missing) | what);
}

void service_have(struct service *s, uint32_t what)
{
    os_u32_store(&s->missing, os_u32_load(&s->missing) & ~what);
}

/* ---- settings ------------------------------------------------------------------------------- */

/* Whether settings are ours to hold. */
bool settings_hold(const struct service *s)
{
    return s->collection != NULL && !lacks_right(s, WFPW_MISSING_SETTINGS);
}

/* Asking takes several calls, so that it is done after one look, then two, four, ... */
static bool is_time_to_ask(struct service *s)
{
    if (++s->looks < s->ask_at)
        return false;
    s->looks = 0;
    s->ask_at = s->ask_at < LOOKS_TO_ASK ? s->ask_at * 2 : LOOKS_TO_ASK;
    return true;
}

static void ask_soon(struct service *s)
{
    s->looks = 0;
    s->ask_at = 1;
}

/* What is to be collected is on; else the session does with what is collected anyway, and asks
 * again. Without a lease nothing is changed. */
static int take_settings(struct service *s, const char *text, wfpw_error *e)
{
    int status = collection_take(s->collection, e);
    if (status == WFPW_OK) {
        service_have(s, WFPW_MISSING_SETTINGS | WFPW_MISSING_LEASES);
        return status;
    }
    bool no_lease = strncmp(e->where, "leases", 6) == 0;
    if (!no_lease)
        service_have(s, WFPW_MISSING_LEASES);
    service_do_without(s, WFPW_MISSING_SETTINGS | (no_lease ? WFPW_MISSING_LEASES : 0), text, e);
    return status;
}

int settings_try(struct service *s, wfpw_error *e)
{
    if (s->collection == NULL)
        return WFPW_OK;
    ask_soon(s);
    s->collection->wait_ms = s->was_there ? LOCK_AGAIN_MS : LOCK_FIRST_MS;
    return take_settings(s, "settings are not changed, and only what is collected anyway comes", e);
}

/* What was refused may be granted later, and who stood in the way go. */
void settings_ask_again(struct service *s)
{
    wfpw_error e;
    uint64_t after = ring_pushed(&s->ring);
    if (s->collection == NULL || settings_hold(s) || !is_time_to_ask(s))
        return;
    s->collection->wait_ms = LOCK_AGAIN_MS;
    if (take_settings(s, "settings are still not changed", &e) != WFPW_OK)
        return;
    if (s->collection->turned_on)
        drain_found(&s->drain, HOLE_COLLECTION, after, s->well);
    service_say(s, 3, "settings are changed by now: collection is on", NULL, 0);
}

/* By the rules of the first time: those that nobody else wants any more are turned off. */
void settings_want(struct service *s, uint32_t keywords)
{
    wfpw_error e;
    s->o.keywords = s->collection->o.wants[KEYWORDS] = keywords;
    ask_soon(s);
    s->collection->wait_ms = LOCK_AGAIN_MS;
    (void)take_settings(s, "other keywords are wanted, and not set", &e);
}

/* Another program turned off what we had turned on. Whether it is on again. */
bool settings_turn_on_again(struct service *s)
{
    wfpw_error e;
    uint64_t after = ring_pushed(&s->ring);
    os_u32_store(&s->life.undone, os_u32_load(&s->life.undone) + 1);
    ask_soon(s);
    s->collection->wait_ms = LOCK_AGAIN_MS;
    if (take_settings(s, "another program turned collection off, and it stays off", &e) != WFPW_OK)
        return false;
    drain_found(&s->drain, HOLE_COLLECTION, after, s->well);
    service_say(s, 2, "another program turned collection off; it is on again", NULL, 0);
    return true;
}
