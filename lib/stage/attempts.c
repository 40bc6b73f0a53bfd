/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/attempts.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"

/* ---- the key -------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct attempt_key) % 8 == 0, "hash_key takes eight bytes at once");

static uint64_t hash_key(const struct attempt_key *k)
{
    uint64_t h = 0, v;
    for (size_t at = 0; at < sizeof *k; at += sizeof v) {
        memcpy(&v, (const uint8_t *)k + at, sizeof v);
        h = hash_mix(h, v);
    }
    return h;
}

/* Ignoring the case of ASCII letters; 0: there is none. */
static uint64_t hash_name(const char *s)
{
    uint64_t h = 1;
    for (; s != NULL && *s != 0; s++)
        h = hash_mix(h, text_lower((uint8_t)*s));
    return s != NULL ? h | 1 : 0;
}

static bool has_all(const wfpw_event *ev, uint32_t what)
{
    return (ev->present & what) == what;
}

static bool has_some(const wfpw_event *ev, uint32_t what)
{
    return (ev->present & what) != 0;
}

static struct attempt_key key_of_event(const wfpw_event *ev)
{
    struct attempt_key k;
    bool is_local = !has_all(ev, WFPW_HAS_REMOTE) && ev->verdict == WFPW_VERDICT_ALLOW;
    bool addressed = has_some(ev, WFPW_HAS_LOCAL | WFPW_HAS_REMOTE);
    memset(&k, 0, sizeof k); /* the padding, too */
    memcpy(k.local, ev->local.addr, sizeof k.local);
    memcpy(k.remote, ev->remote.addr, sizeof k.remote);
    k.local_scope = ev->local.scope_id;
    k.remote_scope = ev->remote.scope_id;
    k.local_port = has_all(ev, WFPW_HAS_LOCAL_PORT) ? ev->local.port : 0;
    k.remote_port = has_all(ev, WFPW_HAS_REMOTE_PORT) ? ev->remote.port : 0;
    k.protocol = has_all(ev, WFPW_HAS_PROTOCOL) ? ev->protocol : UINT32_MAX;
    /* a listener that is logged anew may be allowed by another filter */
    k.filter = has_all(ev, WFPW_HAS_FILTER_ID) && !is_local ? ev->filter_id : 0;
    k.program = hash_name(ev->device_path);
    k.verdict = ev->verdict == WFPW_VERDICT_ALLOW;
    k.id = !addressed && ev->audit != NULL ? ev->audit->event_id : 0;
    return k;
}

/* ---- noting --------------------------------------------------------------------------------- */

static bool may_recur(const wfpw_event *ev)
{
    bool decided = ev->verdict == WFPW_VERDICT_BLOCK || ev->verdict == WFPW_VERDICT_DROP ||
                   ev->verdict == WFPW_VERDICT_ALLOW;
    bool known = has_some(ev, WFPW_HAS_LOCAL | WFPW_HAS_REMOTE) || ev->device_path != NULL;
    return decided && known && ev->mac == NULL && ev->vswitch == NULL;
}

static bool is_near(const struct attempt *t, uint64_t time)
{
    uint64_t apart = time > t->time ? time - t->time : t->time - time;
    return apart <= (uint64_t)ATTEMPTS_SECONDS * 10000000;
}

/* What one of the two does not tell contradicts nothing: net events have neither. */
static bool may_be_same(uint64_t a, uint64_t b)
{
    return a == 0 || b == 0 || a == b;
}

static void start_attempt(struct attempt *t, const struct attempt_key *k, const wfpw_event *ev)
{
    *t = (struct attempt){.key = *k, .time = ev->time, .first = ev->seq};
}

/* The attempt that an event is of, or the one that gives way to a new one. */
static struct attempt *find_attempt(struct attempt *set, const struct attempt_key *k,
                                    uint64_t process, uint64_t computer, const wfpw_event *ev)
{
    struct attempt *oldest = set;
    for (int i = 0; i < ATTEMPTS_WAYS; i++) {
        struct attempt *t = &set[i];
        bool same = t->first != 0 && memcmp(&t->key, k, sizeof *k) == 0 &&
                    may_be_same(t->process, process) && may_be_same(t->computer, computer);
        if (same && !is_near(t, ev->time))
            start_attempt(t, k, ev);
        if (same)
            return t;
        if (oldest->first != 0 && t->first < oldest->first)
            oldest = t;
    }
    start_attempt(oldest, k, ev);
    return oldest;
}

void attempts_note(struct attempts *a, wfpw_event *ev)
{
    ev->attempt = ev->seq;
    ev->attempt_event = 1;
    if (!may_recur(ev))
        return;
    struct attempt_key k = key_of_event(ev);
    uint64_t process = has_all(ev, WFPW_HAS_PROCESS_ID) ? ev->process_id : 0;
    uint64_t computer = ev->audit != NULL ? hash_name(ev->audit->computer) : 0;
    struct attempt *set = a->table[hash_key(&k) % ATTEMPTS_SETS];
    struct attempt *t = find_attempt(set, &k, process, computer, ev);
    t->process = t->process != 0 ? t->process : process;
    t->computer = t->computer != 0 ? t->computer : computer;
    ev->attempt = t->first;
    ev->attempt_event = ++t->events < UINT32_MAX ? (uint32_t)t->events : UINT32_MAX;
}
