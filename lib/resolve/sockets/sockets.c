/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Questions and answers stand in slots of one block of pages, which belongs to the thread once its
 * session has gone without it: it frees them when its call has come back. */
#include "resolve/sockets/sockets.h"

#include "base/thread_hooks.h"

#include "os/os.h"
#include "resolve/sockets/socket_search.h"

enum { NAP_MS = 5 };
static const uint64_t ticks_a_ms = 10000; /* of the system's clock */

enum slot_state { SLOT_EMPTY, SLOT_WANTED, SLOT_ANSWERED };

struct slot {
    enum slot_state state;
    struct socket_question q; /* its time: of the latest event */
    uint64_t read_at;         /* the table's, by the system's clock */
    uint64_t created;
    struct socket_owner owner; /* pid 0: none */
};

struct sockets {
    struct sockets_options o;
    struct system_host host;
    const struct wfpw_system *real; /* the thread's; NULL: not found yet */
    struct wfpw_system system;      /* the same, each call noted */
    os_thread thread;
    os_mutex lock; /* of all that follows; never held while the system is asked */
    os_signal wake;
    bool stop, ended;
    bool abandoned;          /* nobody but the thread is left */
    bool useless;            /* there are no tables */
    uint64_t calling_since;  /* ticks; 0: no call is under way */
    uint64_t failed_at;      /* ticks; 0: the last table could be read */
    bool reported;           /* that it failed; until it works again */
    const char *failed_call; /* not yet told; NULL: nothing */
    uint32_t failed_code;
    struct sockets_counts counts;
    uint64_t hashes[SOCKETS_ANSWERS]; /* of the questions in the slots, side by side */
    struct slot slots[SOCKETS_ANSWERS];
    uint16_t queue[SOCKETS_ANSWERS]; /* of slots that are wanted */
    uint32_t first, count, hand;
    /* The thread's alone. */
    struct cached {
        struct socket_table table;
        uint64_t ticks, read_at; /* when it was read; ticks 0: never */
    } cached[SYSTEM_SOCKETS_TABLES];
    struct socket_question question;
};

/* ---- slots; the lock is held ---------------------------------------------------------------- */

static struct slot *find_slot(struct sockets *s, const struct socket_question *q, uint64_t hash)
{
    for (int i = 0; i < SOCKETS_ANSWERS; i++)
        if (s->hashes[i] == hash && s->slots[i].state != SLOT_EMPTY &&
            socket_question_is(&s->slots[i].q, q))
            return &s->slots[i];
    return NULL;
}

/* The next one that nobody waits for; NULL: all are waited for. */
static struct slot *free_slot(struct sockets *s)
{
    for (int i = 0; i < SOCKETS_ANSWERS; i++) {
        struct slot *slot = &s->slots[s->hand];
        s->hand = (s->hand + 1) % SOCKETS_ANSWERS;
        if (slot->state != SLOT_WANTED)
            return slot;
    }
    return NULL;
}

static bool queue_question(struct sockets *s, struct slot *slot, const struct socket_question *q,
                           uint64_t hash)
{
    slot = slot != NULL ? slot : free_slot(s);
    if (slot == NULL)
        return false;
    uint16_t at = (uint16_t)(slot - s->slots);
    *slot = (struct slot){.state = SLOT_WANTED, .q = *q};
    s->hashes[at] = hash;
    s->queue[(s->first + s->count) % SOCKETS_ANSWERS] = at;
    s->count++;
    os_signal_set(&s->wake);
    return true;
}

/* Nobody waits for a call that takes long, nor asks again at once what has just failed. */
static bool is_slow(const struct sockets *s, uint64_t now)
{
    return s->calling_since != 0 && now >= s->calling_since + SOCKETS_SLOW_MS;
}

static bool has_failed(const struct sockets *s, uint64_t now)
{
    return s->useless || s->stop || (s->failed_at != 0 && now < s->failed_at + SOCKETS_RETRY_MS);
}

/* What is in a table may be in it a little later, too; what is not may have come. */
static bool is_valid(const struct slot *slot, uint64_t time)
{
    uint64_t later = slot->owner.pid != 0 ? SOCKETS_CACHE_MS * ticks_a_ms : 0;
    return slot->state == SLOT_ANSWERED && time <= slot->read_at + later;
}

/* A table that is a little older than the event proves less. */
static enum sockets_answer give_answer(const struct slot *slot, uint64_t time,
                                       struct socket_owner *out)
{
    if (slot->owner.pid == 0 || slot->created > time)
        return SOCKETS_UNKNOWN;
    *out = slot->owner;
    if (time > slot->read_at && out->confidence == WFPW_CONFIDENCE_CERTAIN)
        out->confidence = WFPW_CONFIDENCE_LIKELY;
    return SOCKETS_KNOWN;
}

static enum sockets_answer find_answer(struct sockets *s, const struct socket_question *q,
                                       uint64_t now, struct socket_owner *out)
{
    uint64_t hash = socket_question_hash(q);
    struct slot *slot = find_slot(s, q, hash);
    bool is_wanted = slot != NULL && slot->state == SLOT_WANTED;
    if (slot != NULL && is_valid(slot, q->time))
        return give_answer(slot, q->time, out);
    if (has_failed(s, now))
        return SOCKETS_UNKNOWN;
    if (is_wanted && q->time > slot->q.time)
        slot->q.time = q->time;
    if (!is_wanted && !queue_question(s, slot, q, hash))
        return SOCKETS_UNKNOWN;
    return is_slow(s, now) ? SOCKETS_UNKNOWN : SOCKETS_PENDING;
}

enum sockets_answer sockets_find(struct sockets *s, const struct record *r, uint64_t now,
                                 struct socket_owner *out)
{
    struct socket_question q;
    if (s == NULL || !socket_question_can_be_asked(r))
        return SOCKETS_UNKNOWN;
    socket_question_of(r, &q);
    os_mutex_lock(&s->lock);
    enum sockets_answer answer = find_answer(s, &q, now, out);
    os_mutex_unlock(&s->lock);
    return answer;
}

void sockets_count(struct sockets *s, struct sockets_counts *out)
{
    *out = (struct sockets_counts){0};
    if (s == NULL)
        return;
    os_mutex_lock(&s->lock);
    *out = s->counts;
    os_mutex_unlock(&s->lock);
}

bool sockets_take_failure(struct sockets *s, const char **call, uint32_t *code)
{
    os_mutex_lock(&s->lock);
    *call = s->failed_call;
    *code = s->failed_code;
    s->failed_call = NULL;
    os_mutex_unlock(&s->lock);
    return *call != NULL;
}

/* ---- the thread ----------------------------------------------------------------------------- */

static bool is_abandoned(struct sockets *s)
{
    os_mutex_lock(&s->lock);
    bool abandoned = s->abandoned;
    os_mutex_unlock(&s->lock);
    return abandoned;
}

/* false: nobody is left, and the system may be gone, too. */
static bool begin_call(struct sockets *s)
{
    os_mutex_lock(&s->lock);
    bool goes_on = !s->abandoned;
    s->calling_since = goes_on ? os_ticks_ms() | 1 : 0; /* never 0 in a call */
    os_mutex_unlock(&s->lock);
    return goes_on;
}

static uint32_t end_call(struct sockets *s, uint32_t code)
{
    os_mutex_lock(&s->lock);
    s->calling_since = 0;
    os_mutex_unlock(&s->lock);
    return code;
}

enum { CANCELLED = 1223 }; /* ERROR_CANCELLED */

static uint64_t time_now(void *ctx)
{
    struct sockets *s = ctx;
    if (!begin_call(s))
        return 0;
    uint64_t now = s->real->now(s->real->ctx);
    (void)end_call(s, 0);
    return now;
}

static uint32_t call_table(void *ctx, enum system_sockets_table which, void *room, uint32_t *bytes)
{
    struct sockets *s = ctx;
    if (!begin_call(s))
        return CANCELLED;
    return end_call(s, s->real->sockets->table(s->real->ctx, which, room, bytes));
}

static uint32_t call_module(void *ctx, enum system_sockets_table which, const void *row,
                            uint16_t *room, size_t cap, size_t *units)
{
    struct sockets *s = ctx;
    if (s->real->sockets->module == NULL || !begin_call(s))
        return CANCELLED;
    return end_call(s, s->real->sockets->module(s->real->ctx, which, row, room, cap, units));
}

static uint32_t call_image(void *ctx, uint32_t pid, uint16_t *room, size_t cap, size_t *units)
{
    struct sockets *s = ctx;
    if (!begin_call(s))
        return CANCELLED;
    return end_call(s, s->real->sockets->image(s->real->ctx, pid, room, cap, units));
}

static void use_system(struct sockets *s, const struct wfpw_system *real)
{
    static const struct system_sockets noted = {call_table, call_module, call_image};
    s->real = real;
    s->system = (struct wfpw_system){.ctx = s, .now = time_now, .sockets = &noted};
}

/* The lock is held. Told once, until it works again. */
static void note_result(struct sockets *s, const char *call, uint32_t code)
{
    bool is_news = code != 0 && !s->reported;
    s->failed_at = code != 0 ? os_ticks_ms() | 1 : 0;
    s->reported = code != 0;
    if (!is_news)
        return;
    s->failed_call = call;
    s->failed_code = code;
}

/* false: to leave. */
static bool find_system(struct sockets *s)
{
    bool found = s->o.system != NULL;
    if (!found && begin_call(s)) {
        found = system_host_find_sockets(&s->host);
        (void)end_call(s, 0);
    }
    use_system(s, s->o.system != NULL ? s->o.system : &s->host.system);
    if (found || is_abandoned(s))
        return found;
    os_mutex_lock(&s->lock);
    note_result(s, s->host.missing != NULL ? s->host.missing : "iphlpapi.dll",
                s->host.code != 0 ? s->host.code : (uint32_t)EVENTLOG_E_NOT_IMPLEMENTED);
    s->useless = true;
    if (!s->abandoned)
        s->o.answered(s->o.ctx);
    os_mutex_unlock(&s->lock);
    return false;
}

static bool must_end(struct sockets *s)
{
    os_mutex_lock(&s->lock);
    bool stop = s->stop;
    os_mutex_unlock(&s->lock);
    return stop;
}

/* Takes the oldest question, which stays in its slot. */
static struct slot *next_question(struct sockets *s)
{
    struct slot *slot = NULL;
    os_mutex_lock(&s->lock);
    os_signal_reset(&s->wake);
    if (s->count > 0 && !s->stop) {
        slot = &s->slots[s->queue[s->first]];
        s->question = slot->q;
    }
    os_mutex_unlock(&s->lock);
    return slot;
}

static void answer_slot(struct sockets *s, struct slot *slot, uint64_t read_at,
                        const struct socket_found *found, const struct socket_owner *owner)
{
    os_mutex_lock(&s->lock);
    s->first = (s->first + 1) % SOCKETS_ANSWERS;
    s->count--;
    slot->state = SLOT_ANSWERED;
    slot->read_at = read_at;
    slot->created = found->row.created;
    slot->owner = *owner;
    if (!s->abandoned)
        s->o.answered(s->o.ctx);
    os_mutex_unlock(&s->lock);
}

/* false: to leave. */
static bool read_table(struct sockets *s, enum system_sockets_table which)
{
    struct cached *c = &s->cached[which];
    c->read_at = s->system.now(s->system.ctx); /* what comes meanwhile may be missing */
    uint32_t code = socket_table_read(&c->table, &s->system, which);
    if (is_abandoned(s))
        return false;
    c->ticks = os_ticks_ms() | 1;
    bool tcp = which == SOCKETS_TCP4 || which == SOCKETS_TCP6;
    os_mutex_lock(&s->lock);
    note_result(s, tcp ? "GetExtendedTcpTable" : "GetExtendedUdpTable", code);
    s->counts.read++;
    os_mutex_unlock(&s->lock);
    return true;
}

static bool is_fresh(const struct cached *c)
{
    return c->ticks != 0 && os_ticks_ms() < c->ticks + SOCKETS_CACHE_MS;
}

/* Searches what is there. false: to leave. */
static bool search_table(struct sockets *s, enum system_sockets_table which,
                         struct socket_found *found, struct socket_owner *owner)
{
    struct socket_question any_time = s->question; /* later events have the same answer */
    any_time.time = UINT64_MAX;
    socket_search(&s->system, which, &s->cached[which].table, &any_time, found);
    *owner = (struct socket_owner){.pid = found->row.pid, .confidence = found->confidence};
    if (found->row.pid != 0)
        owner->service_bytes = (uint32_t)socket_search_service(
            &s->system, which, &found->row, owner->service, SOCKETS_SERVICE_BYTES);
    return !is_abandoned(s);
}

/* What is not in a table that was read before the event may be in the next one, which is read when
 * its time has come. false: to leave. */
static bool answer_question(struct sockets *s, struct slot *slot)
{
    enum system_sockets_table which = socket_search_table(&s->question);
    struct cached *c = &s->cached[which];
    struct socket_found found = {.confidence = 0};
    struct socket_owner owner;
    bool fresh = is_fresh(c);
    if (fresh && !search_table(s, which, &found, &owner))
        return false;
    if (!fresh || (found.row.pid == 0 && c->read_at < s->question.time)) {
        while (is_fresh(c) && !must_end(s))
            os_sleep_ms(NAP_MS);
        if (!read_table(s, which) || !search_table(s, which, &found, &owner))
            return false;
    }
    answer_slot(s, slot, c->read_at, &found, &owner);
    return true;
}

static void free_sockets(struct sockets *s)
{
    for (int i = 0; i < SYSTEM_SOCKETS_TABLES; i++)
        socket_table_free(&s->cached[i].table);
    os_signal_destroy(&s->wake);
    os_mutex_destroy(&s->lock);
    os_pages_free(s, sizeof *s);
}

static void answer_all(struct sockets *s)
{
    while (!must_end(s)) {
        struct slot *slot = next_question(s);
        if (slot == NULL && !must_end(s))
            (void)os_signal_wait(&s->wake, -1);
        if (slot == NULL)
            continue;
        if ((s->real == NULL && !find_system(s)) || !answer_question(s, slot))
            return;
    }
}

static void run_sockets(void *ctx)
{
    struct sockets *s = ctx;
    static const char role[] = "sockets";
    os_thread_name("wfpw-sockets");
    os_mutex_lock(&s->lock); /* so that who gives up waiting for this thread waits for the hook */
    if (!s->abandoned)
        thread_hooks_started(&s->o.hooks, role);
    os_mutex_unlock(&s->lock);
    answer_all(s);
    os_mutex_lock(&s->lock);
    bool is_last = s->abandoned;
    if (!is_last)
        thread_hooks_ending(&s->o.hooks, role);
    s->ended = true;
    os_mutex_unlock(&s->lock);
    if (is_last)
        free_sockets(s);
}

/* ---- opening and closing -------------------------------------------------------------------- */

struct sockets *sockets_open(const struct sockets_options *o)
{
    if (o->system != NULL && o->system->sockets == NULL)
        return NULL;
    struct sockets *s = os_pages_new(sizeof *s);
    if (s == NULL)
        return NULL;
    s->o = *o;
    bool has_lock = os_mutex_init(&s->lock), has_signal = has_lock && os_signal_init(&s->wake);
    if (has_signal && os_thread_start_apart(run_sockets, s))
        return s;
    if (has_signal)
        os_signal_destroy(&s->wake);
    if (has_lock)
        os_mutex_destroy(&s->lock);
    os_pages_free(s, sizeof *s);
    return NULL;
}

/* Whether the thread has gone, or may be left alone: in a call; or Windows has ended it with the
 * process. */
static bool lets_go(struct sockets *s, bool is_late)
{
    os_mutex_lock(&s->lock);
    bool ended = s->ended;
    s->abandoned = !ended && is_late;
    bool done = ended || s->abandoned;
    os_mutex_unlock(&s->lock);
    if (ended)
        free_sockets(s);
    return done;
}

void sockets_close(struct sockets *s)
{
    if (s == NULL)
        return;
    uint64_t late = os_ticks_ms() + SOCKETS_CLOSE_MS;
    os_mutex_lock(&s->lock);
    s->stop = true;
    os_signal_set(&s->wake);
    os_mutex_unlock(&s->lock);
    while (!lets_go(s, os_ticks_ms() >= late))
        os_sleep_ms(1);
}
