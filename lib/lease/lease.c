/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/lease.h"

#include <string.h>

#include "codes/subcategory.h"

/* ---- the document --------------------------------------------------------------------------- */

/* A line a lease, of columns with a fixed number of digits, then a line with the check number:
 * whatever deviates by one byte is not ours. */
static const char header_start[] = "wfpwatch leases ", sum_start[] = "check=";

/* Version 2 has audit subcategories as well: who knows only 1 must take it for a newer one, not for
 * a damaged one. A document without them is still version 1. */
enum { SUM_DIGITS = 16, BOOT_BYTES = 16, VERSION_PLAIN = '1', VERSION_AUDIT = '2' };

struct column {
    const char *name;
    unsigned digits;
};
enum column_id { SETTING, BEFORE, ADDED, PID, STARTED, SESSION, BOOT_HIGH, BOOT_LOW, COLUMNS };
static const struct column columns[COLUMNS] = {
    [SETTING] = {"setting=", 8},  [BEFORE] = {" before=", 8},    [ADDED] = {" added=", 8},
    [PID] = {" pid=", 8},         [STARTED] = {" started=", 16}, [SESSION] = {" session=", 16},
    [BOOT_HIGH] = {" boot=", 16}, [BOOT_LOW] = {"", 16},
};

uint64_t leases_sum(const char *text, size_t n)
{
    uint64_t sum = 0xcbf29ce484222325; /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ (uint8_t)text[i]) * 0x100000001b3;
    return sum;
}

/* ---- reading -------------------------------------------------------------------------------- */

struct reader {
    const char *at, *end;
};

static bool take_text(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

static bool take_digits(struct reader *r, unsigned digits, uint64_t *v)
{
    for (*v = 0; digits > 0; digits--, r->at++) {
        char c = r->at < r->end ? *r->at : 0;
        if (c >= '0' && c <= '9')
            *v = *v << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *v = *v << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    return true;
}

static uint64_t number_of(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

static void bytes_of(uint64_t v, uint8_t *p)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

/* The bits that we may add to a setting. */
static uint32_t bits_of(uint64_t setting)
{
    switch (setting) {
    case FWPM_ENGINE_COLLECT_NET_EVENTS:
    case FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS:
        return 1;
    case FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS:
        return 0x3F;
    case SUBCATEGORY_CONNECTION:
    case SUBCATEGORY_PACKET_DROP:
    case SUBCATEGORY_CONNECTION | LEASE_NOTE:
    case SUBCATEGORY_PACKET_DROP | LEASE_NOTE:
        return AUDIT_BOTH;
    default:
        return 0;
    }
}

static bool is_audit(const struct lease *l)
{
    uint32_t setting = l->setting & ~(uint32_t)LEASE_NOTE;
    return setting == SUBCATEGORY_CONNECTION || setting == SUBCATEGORY_PACKET_DROP;
}

static char version_of(const struct leases *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (is_audit(&t->at[i]))
            return VERSION_AUDIT;
    return VERSION_PLAIN;
}

static bool is_sane(const struct lease *l)
{
    return l->added != 0 && (l->added & ~bits_of(l->setting)) == 0 && (l->before & l->added) == 0;
}

static bool take_lease(struct reader *r, struct lease *l)
{
    uint64_t v[COLUMNS];
    for (int c = 0; c < COLUMNS; c++)
        if (!take_text(r, columns[c].name) || !take_digits(r, columns[c].digits, &v[c]))
            return false;
    *l = (struct lease){.who = {.pid = (uint32_t)v[PID], .started = v[STARTED]},
                        .session = v[SESSION],
                        .setting = (uint32_t)v[SETTING],
                        .before = (uint32_t)v[BEFORE],
                        .added = (uint32_t)v[ADDED]};
    bytes_of(v[BOOT_HIGH], l->who.boot);
    bytes_of(v[BOOT_LOW], l->who.boot + BOOT_BYTES / 2);
    return is_sane(l) && take_text(r, "\n");
}

static bool take_leases(struct leases *t, struct reader *r)
{
    struct lease l;
    while (r->at < r->end && *r->at != *sum_start)
        if (!take_lease(r, &l) || leases_find(t, &l, l.setting) != NULL || !leases_add(t, &l))
            return false;
    return t->count > 0;
}

/* false: it is none, or of a version that is not ours; r stands behind what was read. */
static bool take_header(struct reader *r, char *version)
{
    struct reader ahead = *r;
    if (!take_text(&ahead, header_start) || ahead.at == ahead.end)
        return false;
    *version = *ahead.at++;
    if ((*version != VERSION_PLAIN && *version != VERSION_AUDIT) || !take_text(&ahead, "\n"))
        return false;
    *r = ahead;
    return true;
}

enum leases_result leases_parse(struct leases *t, const char *text, size_t n, size_t *bad_at)
{
    struct reader r = {text, text + n};
    enum leases_result result = LEASES_DAMAGED;
    uint64_t sum;
    char version = 0;
    t->count = 0;
    if (n == 0)
        return LEASES_OK;
    if (take_header(&r, &version) && take_leases(t, &r) && version == version_of(t)) {
        size_t body = (size_t)(r.at - text);
        if (take_text(&r, sum_start) && take_digits(&r, SUM_DIGITS, &sum) && take_text(&r, "\n") &&
            r.at == r.end) {
            if (sum == leases_sum(text, body))
                return LEASES_OK;
            r.at = text + body;
        }
    } else if (version > VERSION_AUDIT && version <= '9') {
        result = LEASES_NEWER;
    }
    t->count = 0;
    *bad_at = (size_t)(r.at - text);
    return result;
}

/* ---- writing -------------------------------------------------------------------------------- */

static char *put_text(char *at, const char *text)
{
    size_t n = strlen(text);
    memcpy(at, text, n);
    return at + n;
}

static char *put_digits(char *at, unsigned digits, uint64_t v)
{
    for (unsigned i = digits; i > 0; i--, v >>= 4)
        at[i - 1] = "0123456789abcdef"[v & 15];
    return at + digits;
}

static char *put_lease(char *at, const struct lease *l)
{
    const uint64_t v[COLUMNS] = {
        [SETTING] = l->setting,
        [BEFORE] = l->before,
        [ADDED] = l->added,
        [PID] = l->who.pid,
        [STARTED] = l->who.started,
        [SESSION] = l->session,
        [BOOT_HIGH] = number_of(l->who.boot),
        [BOOT_LOW] = number_of(l->who.boot + BOOT_BYTES / 2),
    };
    for (int c = 0; c < COLUMNS; c++)
        at = put_digits(put_text(at, columns[c].name), columns[c].digits, v[c]);
    return put_text(at, "\n");
}

size_t leases_write(const struct leases *t, char *room)
{
    if (t->count == 0)
        return 0;
    char *at = put_text(room, header_start);
    *at++ = version_of(t);
    *at++ = '\n';
    for (uint32_t i = 0; i < t->count; i++)
        at = put_lease(at, &t->at[i]);
    uint64_t sum = leases_sum(room, (size_t)(at - room));
    at = put_text(put_digits(put_text(at, sum_start), SUM_DIGITS, sum), "\n");
    return (size_t)(at - room);
}

/* ---- the table ------------------------------------------------------------------------------ */

bool leases_same_holder(const struct lease *a, const struct lease *b)
{
    return a->who.pid == b->who.pid && a->who.started == b->who.started &&
           a->session == b->session && memcmp(a->who.boot, b->who.boot, BOOT_BYTES) == 0;
}

struct lease *leases_find(struct leases *t, const struct lease *holder, uint32_t setting)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (t->at[i].setting == setting && leases_same_holder(&t->at[i], holder))
            return &t->at[i];
    return NULL;
}

bool leases_has(const struct leases *t, uint32_t setting)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (t->at[i].setting == setting)
            return true;
    return false;
}

bool leases_add(struct leases *t, const struct lease *l)
{
    if (t->count == LEASES_MAX)
        return false;
    t->at[t->count++] = *l;
    return true;
}

uint32_t leases_of_others(const struct leases *t, const struct lease *me, uint32_t setting)
{
    uint32_t added = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct lease *l = &t->at[i];
        if (l->setting == setting && !l->over && !leases_same_holder(l, me))
            added |= l->added;
    }
    return added;
}

bool leases_withdraw(struct leases *t, struct lease *l, uint32_t value)
{
    if (l == NULL || (value & l->added) != 0)
        return false;
    *l = t->at[--t->count];
    return true;
}

void leases_drop_over(struct leases *t, uint32_t setting)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->at[i].setting != setting || !t->at[i].over)
            t->at[kept++] = t->at[i];
    t->count = kept;
}

bool leases_orphan_over(struct leases *t, uint32_t setting)
{
    struct lease nobody = {.setting = setting, .before = UINT32_MAX};
    bool changed = false;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct lease *l = &t->at[i];
        if (l->setting != setting || !l->over)
            continue;
        nobody.added |= l->added;
        nobody.before &= l->before;
        changed = changed || l->who.pid != 0;
    }
    leases_drop_over(t, setting);
    nobody.before &= ~nobody.added;
    if (nobody.added != 0)
        (void)leases_add(t, &nobody); /* one or more have just made room */
    return changed;
}

/* ---- arithmetic ----------------------------------------------------------------------------- */

struct lease_plan leases_plan(const struct leases *t, uint32_t setting, const struct lease *mine,
                              uint32_t value, uint32_t wants)
{
    uint32_t ours = 0, others = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct lease *l = &t->at[i];
        if (l->setting != setting)
            continue;
        ours |= l->added;
        if (l != mine && !l->over)
            others |= l->added;
    }
    struct lease_plan p = {.before = value & ~ours, .added = wants & (~value | ours)};
    p.clear = ours & ~(others | p.added) & value;
    p.next = (value | wants) & ~p.clear;
    return p;
}

const char leases_too_many[] = "there are too many leases";

bool leases_record(struct leases *t, struct lease *mine, const struct lease *me, uint32_t setting,
                   const struct lease_plan *p, struct lease *held, bool *changed)
{
    struct lease fresh = *me;
    if (p->added == 0) {
        if (mine != NULL)
            mine->over = true;
        return true;
    }
    uint32_t added = p->added | (mine != NULL ? mine->added & p->clear : 0);
    if (mine != NULL && mine->added == added)
        return true;
    fresh.setting = setting;
    fresh.before = (mine != NULL ? mine->before : p->before) & ~added;
    fresh.added = added;
    if (mine != NULL)
        *mine = fresh;
    else if (!leases_add(t, &fresh))
        return false;
    *held = fresh;
    *changed = true;
    return true;
}
