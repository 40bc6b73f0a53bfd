/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/attempts.h"

#include <stdlib.h>
#include <string.h>

/* What is the same in all records of an attempt. Filled with memset first: it is compared as bytes.
 */
struct key {
    uint8_t local[16], remote[16];
    uint64_t process, filter, program, computer; /* the last two: hashes of texts */
    uint32_t local_scope, remote_scope, protocol, verdict;
    uint32_t id; /* of the record, when nothing else tells attempts apart */
    uint16_t local_port, remote_port;
};

struct attempt {
    struct key key;
    uint64_t time, seq; /* of its first record; seq 0: free */
};

bool attempts_start(struct attempts *a)
{
    memset(a, 0, sizeof *a);
    a->table = calloc((size_t)ATTEMPTS_SETS * ATTEMPTS_WAYS, sizeof *a->table);
    return a->table != NULL;
}

void attempts_free(struct attempts *a)
{
    free(a->table);
    a->table = NULL;
}

/* ---- the key -------------------------------------------------------------------------------- */

static uint64_t hash_of(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static uint64_t hash_of_text(const char *s)
{
    return s != NULL ? hash_of(s, strlen(s)) : 0;
}

static bool has_field(const wfpw_event *ev, uint32_t what)
{
    return (ev->present & what) != 0;
}

static struct key key_of(const wfpw_event *ev)
{
    struct key k;
    bool is_local = !has_field(ev, WFPW_HAS_REMOTE) && ev->verdict == WFPW_VERDICT_ALLOW;
    bool addressed = has_field(ev, WFPW_HAS_LOCAL | WFPW_HAS_REMOTE);
    memset(&k, 0, sizeof k);
    memcpy(k.local, ev->local.addr, sizeof k.local);
    memcpy(k.remote, ev->remote.addr, sizeof k.remote);
    k.local_scope = ev->local.scope_id;
    k.remote_scope = ev->remote.scope_id;
    k.local_port = has_field(ev, WFPW_HAS_LOCAL_PORT) ? ev->local.port : 0;
    k.remote_port = has_field(ev, WFPW_HAS_REMOTE_PORT) ? ev->remote.port : 0;
    k.protocol = has_field(ev, WFPW_HAS_PROTOCOL) ? ev->protocol : UINT32_MAX;
    k.process = has_field(ev, WFPW_HAS_PROCESS_ID) ? ev->process_id : UINT64_MAX;
    /* a listener that is logged anew may be allowed by another filter */
    k.filter = has_field(ev, WFPW_HAS_FILTER_ID) && !is_local ? ev->filter_id : 0;
    k.program = hash_of_text(ev->device_path);
    k.computer = ev->audit != NULL ? hash_of_text(ev->audit->computer) : 0;
    k.verdict = ev->verdict == WFPW_VERDICT_ALLOW;
    k.id = !addressed && ev->audit != NULL ? ev->audit->event_id : 0;
    return k;
}

/* ---- counting ------------------------------------------------------------------------------- */

/* What decides nothing, or tells neither whose nor where, is not counted together. */
static bool is_attempt(const wfpw_event *ev)
{
    bool decided = ev->verdict == WFPW_VERDICT_BLOCK || ev->verdict == WFPW_VERDICT_DROP ||
                   ev->verdict == WFPW_VERDICT_ALLOW;
    bool told = has_field(ev, WFPW_HAS_LOCAL | WFPW_HAS_REMOTE) || ev->device_path != NULL;
    return decided && told && ev->mac == NULL && ev->vswitch == NULL;
}

static bool is_near(const struct attempt *t, uint64_t time)
{
    uint64_t apart = time > t->time ? time - t->time : t->time - time;
    return apart <= (uint64_t)ATTEMPTS_SECONDS * 10000000;
}

bool attempts_add(struct attempts *a, const wfpw_event *ev)
{
    a->records++;
    a->seq++;
    if (a->table == NULL || !is_attempt(ev)) {
        a->attempts++;
        return true;
    }
    struct key k = key_of(ev);
    struct attempt *set = a->table + hash_of(&k, sizeof k) % ATTEMPTS_SETS * ATTEMPTS_WAYS;
    struct attempt *oldest = set;
    for (int i = 0; i < ATTEMPTS_WAYS; i++) {
        bool same = set[i].seq != 0 && memcmp(&set[i].key, &k, sizeof k) == 0;
        if (same && is_near(&set[i], ev->time))
            return false;
        if (same || (oldest->seq != 0 && set[i].seq < oldest->seq))
            oldest = &set[i];
        if (same)
            break;
    }
    *oldest = (struct attempt){k, ev->time, a->seq};
    a->attempts++;
    return true;
}
