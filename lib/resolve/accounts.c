/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/accounts.h"

#include "base/thread_hooks.h"

#include <string.h>

#include "os/os.h"

/* The table's memory is the caller's, and a failure of it an answer. `a` is the table in scope. */
#define HASH_NONFATAL_OOM          1
#define uthash_malloc(size)        take_memory(a, size)
#define uthash_free(p, size)       give_memory(a, p, size)
#define uthash_nonfatal_oom(entry) ((void)(entry), a->out_of_memory = true)
#include <uthash.h>

struct account {
    UT_hash_handle hh;
    uint64_t until; /* ticks: then the system is asked again */
    bool is_asked;  /* it waits in the queue, or the system is being asked */
    bool is_used;   /* asked for, since the hand of the clock came by */
    uint8_t sid[SID_BYTES_MAX];
    uint32_t sid_bytes, name_bytes; /* name_bytes 0: it has none, as far as is known */
    char name[];
};

struct wanted {
    uint8_t sid[SID_BYTES_MAX];
    size_t bytes;
};

struct accounts {
    wfpw_allocator memory;
    const struct wfpw_system *system;
    const wfpw_thread_hooks *hooks; /* of the thread; NULL: none */
    os_mutex lock; /* of all that follows, but the thread; never held while the system is asked */
    struct account *table, *hand; /* of the clock: where eviction goes on */
    size_t bytes, budget;
    bool out_of_memory;
    struct wanted queue[ACCOUNTS_QUEUE];
    uint32_t first, count;
    struct {
        uint64_t from, to; /* by the system's clock; all zero: never */
    } asked[ACCOUNTS_TIMES];
    uint32_t times; /* ever */
    os_signal wake;
    os_u32 stop;
    bool has_thread;
    os_thread thread;
};

/* ---- memory --------------------------------------------------------------------------------- */

static void *take_memory(struct accounts *a, size_t size)
{
    void *p = memory_take(&a->memory, size);
    a->bytes += p != NULL ? size : 0;
    return p;
}

static void give_memory(struct accounts *a, void *p, size_t size)
{
    a->bytes -= size;
    memory_give(&a->memory, p);
}

static void remove_account(struct accounts *a, struct account *e)
{
    if (a->hand == e)
        a->hand = e->hh.next;
    HASH_DELETE(hh, a->table, e);
    give_memory(a, e, sizeof *e + e->name_bytes);
}

/* What was not asked for since the last round goes; never the one that has just come. */
static void make_room(struct accounts *a, const struct account *newest)
{
    while (a->bytes > a->budget && HASH_COUNT(a->table) > 1) {
        struct account *e = a->hand != NULL ? a->hand : a->table;
        a->hand = e->hh.next;
        if (!e->is_used && e != newest)
            remove_account(a, e);
        else
            e->is_used = false;
    }
}

/* NULL: no memory. */
static struct account *add_account(struct accounts *a, const struct wanted *w, const char *name,
                                   size_t n)
{
    struct account *e = take_memory(a, sizeof *e + n);
    if (e == NULL)
        return NULL;
    *e = (struct account){.sid_bytes = (uint32_t)w->bytes, .name_bytes = (uint32_t)n};
    memcpy(e->sid, w->sid, w->bytes);
    memcpy(e->name, name, n);
    a->out_of_memory = false;
    HASH_ADD(hh, a->table, sid, e->sid_bytes, e);
    if (a->out_of_memory) {
        give_memory(a, e, sizeof *e + n);
        return NULL;
    }
    make_room(a, e);
    return e;
}

struct accounts *accounts_open(const wfpw_allocator *memory, const struct wfpw_system *system,
                               size_t budget)
{
    if (system->places == NULL || system->places->account == NULL)
        return NULL;
    struct accounts *a = memory_new(memory, sizeof *a);
    if (a == NULL)
        return NULL;
    a->memory = *memory;
    a->system = system;
    a->budget = budget;
    bool has_lock = os_mutex_init(&a->lock);
    if (has_lock && os_signal_init(&a->wake))
        return a;
    if (has_lock)
        os_mutex_destroy(&a->lock);
    memory_free(memory, a);
    return NULL;
}

void accounts_close(struct accounts *a)
{
    if (a == NULL)
        return;
    os_u32_store(&a->stop, 1);
    os_signal_set(&a->wake);
    if (a->has_thread)
        os_thread_join(&a->thread);
    while (a->table != NULL)
        remove_account(a, a->table);
    os_signal_destroy(&a->wake);
    os_mutex_destroy(&a->lock);
    wfpw_allocator memory = a->memory;
    memory_free(&memory, a);
}

/* ---- who asks for a name -------------------------------------------------------------------- */

static struct account *find_account(struct accounts *a, const void *sid, size_t n)
{
    struct account *e;
    HASH_FIND(hh, a->table, sid, n, e);
    return e;
}

/* What finds no room in the queue is asked for when it comes again. */
static void queue_account(struct accounts *a, struct account *e, const void *sid, size_t n)
{
    if (a->count == ACCOUNTS_QUEUE)
        return;
    struct wanted *w = &a->queue[(a->first + a->count) % ACCOUNTS_QUEUE];
    w->bytes = n;
    memcpy(w->sid, sid, n);
    if (e == NULL)
        e = add_account(a, w, "", 0);
    if (e == NULL)
        return;
    e->is_asked = true;
    a->count++;
    os_signal_set(&a->wake);
}

static bool is_sid(const uint8_t *sid, size_t n)
{
    return n >= 8 && n <= SID_BYTES_MAX && sid[0] == 1 && n == 8 + 4 * (size_t)sid[1];
}

size_t accounts_find(struct accounts *a, const void *sid, size_t n, uint64_t now,
                     char room[ACCOUNTS_NAME_MAX])
{
    size_t length = 0;
    if (!is_sid(sid, n))
        return 0;
    os_mutex_lock(&a->lock);
    struct account *e = find_account(a, sid, n);
    if (e != NULL) {
        length = e->name_bytes;
        memcpy(room, e->name, length);
        e->is_used = true;
    }
    if (e == NULL || (!e->is_asked && now >= e->until))
        queue_account(a, e, sid, n);
    os_mutex_unlock(&a->lock);
    return length;
}

/* ---- asking the system ---------------------------------------------------------------------- */

enum { NO_SUCH_ACCOUNT = 1332 }; /* ERROR_NONE_MAPPED */

static bool take_wanted(struct accounts *a, struct wanted *w)
{
    os_mutex_lock(&a->lock);
    bool is_there = a->count > 0;
    if (is_there) {
        *w = a->queue[a->first];
        a->first = (a->first + 1) % ACCOUNTS_QUEUE;
        a->count--;
    }
    os_mutex_unlock(&a->lock);
    return is_there;
}

static uint64_t good_for(uint32_t code)
{
    return code == 0                 ? ACCOUNTS_KEEP_MS
           : code == NO_SUCH_ACCOUNT ? ACCOUNTS_NONE_MS
                                     : ACCOUNTS_RETRY_MS;
}

/* A name that was known stays when the system cannot tell another one now. */
static void keep_name(struct accounts *a, const struct wanted *w, uint32_t code, const char *name,
                      size_t n)
{
    uint64_t until = os_ticks_ms() + good_for(code);
    os_mutex_lock(&a->lock);
    struct account *e = find_account(a, w->sid, w->bytes);
    bool is_news = e == NULL || code == 0 || code == NO_SUCH_ACCOUNT;
    if (is_news) {
        struct account *old = e;
        if (old != NULL)
            remove_account(a, old);
        e = add_account(a, w, name, n);
    }
    if (e != NULL) {
        e->until = until;
        e->is_asked = false;
    }
    os_mutex_unlock(&a->lock);
}

static uint64_t clock_of(const struct accounts *a)
{
    return a->system->now(a->system->ctx);
}

/* What the system does for it may go on, and be told of, a little later. */
static void note_time(struct accounts *a, bool ends)
{
    const uint64_t a_second = 10000000;
    uint64_t now = clock_of(a);
    os_mutex_lock(&a->lock);
    uint32_t i = a->times % ACCOUNTS_TIMES;
    if (!ends)
        a->asked[i].from = now;
    a->asked[i].to = ends ? now + a_second : UINT64_MAX;
    a->times += ends;
    os_mutex_unlock(&a->lock);
}

bool accounts_queried_at(struct accounts *a, uint64_t time)
{
    bool was_asked = false;
    os_mutex_lock(&a->lock);
    for (uint32_t i = 0; i < ACCOUNTS_TIMES; i++)
        was_asked = was_asked ||
                    (a->asked[i].to != 0 && time >= a->asked[i].from && time <= a->asked[i].to);
    os_mutex_unlock(&a->lock);
    return was_asked;
}

bool accounts_step(struct accounts *a)
{
    uint16_t units[ACCOUNTS_UNITS_MAX];
    char name[ACCOUNTS_NAME_MAX];
    struct wanted w;
    size_t n = 0;
    if (!take_wanted(a, &w))
        return false;
    note_time(a, false);
    uint32_t code =
        a->system->places->account(a->system->ctx, w.sid, units, ACCOUNTS_UNITS_MAX, &n);
    note_time(a, true);
    n = code == 0 ? text_utf16(name, units, n) : 0;
    keep_name(a, &w, code, name, n);
    return true;
}

/* ---- the thread ----------------------------------------------------------------------------- */

static bool has_work(struct accounts *a)
{
    os_mutex_lock(&a->lock);
    bool waits = a->count > 0;
    os_mutex_unlock(&a->lock);
    return waits || os_u32_load(&a->stop) != 0;
}

static void run_accounts(void *ctx)
{
    static const char role[] = "accounts";
    struct accounts *a = ctx;
    os_thread_name("wfpw-accounts");
    thread_hooks_started(a->hooks, role);
    while (os_u32_load(&a->stop) == 0) {
        if (accounts_step(a))
            continue;
        os_signal_reset(&a->wake); /* first: a SID may come between the two */
        if (!has_work(a))
            (void)os_signal_wait(&a->wake, -1);
    }
    thread_hooks_ending(a->hooks, role);
}

bool accounts_start(struct accounts *a, const wfpw_thread_hooks *hooks)
{
    a->hooks = hooks;
    a->has_thread = os_thread_start(&a->thread, run_accounts, a);
    return a->has_thread;
}
