/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "sim/log/sim_log.h"

#include <stdlib.h>
#include <string.h>

#include "sim/log/sim_xpath.h"
#include "sim/sim.h"

enum { SHUT_DOWN = 1100, DROPPED = 1101, CLEARED = 1102, FULL = 1104, READS_MAX = 1u << 20 };

/* ---- records -------------------------------------------------------------------------------- */

void sim_log_init(struct sim_log *l)
{
    *l = (struct sim_log){
        .size = SIM_LOG_SIZE, .next_id = 1, .is_running = true, .has_policy = true};
}

void sim_log_release(struct sim_logrecord *r)
{
    if (r->users == 0 && r->is_gone)
        free(r);
}

static void drop_oldest(struct sim_log *l)
{
    struct sim_logrecord *r = l->records[l->first];
    r->is_gone = true;
    sim_log_release(r);
    l->first = (l->first + 1) % l->room;
    l->count--;
}

uint64_t sim_log_oldest(const struct sim_log *l)
{
    return l->next_id - l->count;
}

struct sim_logrecord *sim_log_at(const struct sim_log *l, uint64_t id)
{
    uint64_t oldest = sim_log_oldest(l);
    if (id < oldest || id >= l->next_id)
        return NULL;
    return l->records[(l->first + (uint32_t)(id - oldest)) % l->room];
}

void sim_log_free(struct sim_log *l)
{
    while (l->handles != NULL) {
        struct sim_loghandle *h = l->handles;
        l->handles = h->next;
        if (h->record != NULL && --h->record->users == 0)
            sim_log_release(h->record);
        free(h);
    }
    while (l->count > 0)
        drop_oldest(l);
    for (int i = 0; i < SIM_LOG_READERS; i++)
        free(l->readers[i].query);
    free(l->records);
}

static bool make_room(struct sim_log *l)
{
    if (l->count < l->room)
        return true;
    uint32_t room = l->room != 0 ? l->room * 2 : 256;
    struct sim_logrecord **records = calloc(room, sizeof(void *));
    if (records == NULL)
        return false;
    for (uint32_t i = 0; i < l->count; i++)
        records[i] = l->records[(l->first + i) % l->room];
    free(l->records);
    l->records = records;
    l->room = room;
    l->first = 0;
    return true;
}

const char *sim_log_provider(uint32_t event_id)
{
    return event_id >= 1100 && event_id <= 1108 ? "Microsoft-Windows-Eventlog"
                                                : "Microsoft-Windows-Security-Auditing";
}

bool sim_log_wants(const struct sim_logreader *reader, const struct sim_logrecord *r)
{
    const struct sim_xsubject s = {.record_id = r->id,
                                   .time = r->time,
                                   .event_id = r->event_id,
                                   .provider = sim_log_provider(r->event_id),
                                   .fields = r->fields,
                                   .bytes = r->bytes};
    return reader->query == NULL || sim_xpath_holds(reader->query, &s);
}

static void tell_readers(struct sim_log *l, const struct sim_logrecord *r)
{
    for (int i = 0; i < SIM_LOG_READERS && !l->is_deaf; i++) {
        struct sim_logreader *reader = &l->readers[i];
        bool lives = reader->used && reader->signal != 0 && reader->life == l->life;
        if (lives && (reader->is_classic || sim_log_wants(reader, r)))
            os_event_set_handle(reader->signal);
    }
}

static void put_record(struct sim_log *l, uint32_t event_id, uint32_t version, uint64_t time,
                       const char *fields, size_t bytes)
{
    struct sim_logrecord *r = calloc(1, sizeof *r + bytes + 1);
    if (r == NULL || !make_room(l)) {
        free(r);
        return;
    }
    r->id = l->next_id++;
    r->time = time;
    r->event_id = event_id;
    r->version = version;
    r->bytes = bytes;
    memcpy(r->fields, fields, bytes);
    l->records[(l->first + l->count++) % l->room] = r;
    while (l->count > l->size)
        drop_oldest(l);
    tell_readers(l, r);
}

/* A log that keeps what it has takes no more when it is full, and says so once. */
void sim_log_write(struct wfpw_sim *sim, uint32_t event_id, uint32_t version, uint64_t time,
                   const char *fields, size_t bytes)
{
    struct sim_log *l = &sim->log;
    uint64_t now = sim->now++;
    if (!l->is_running || !l->has_policy) {
        l->unwritten += l->has_policy;
        return;
    }
    if (l->retains && l->count + 1 >= l->size) {
        if (!l->is_full)
            put_record(l, FULL, 0, now, "", 0);
        l->is_full = true;
        return;
    }
    put_record(l, event_id, version, time != 0 ? time : now, fields, bytes);
}

/* ---- what happens to it --------------------------------------------------------------------- */

static void clear_log(struct wfpw_sim *sim)
{
    static const char who[] = "SubjectUserSid\0S-1-5-21-1-2-3-500\0SubjectUserName\0admin";
    struct sim_log *l = &sim->log;
    uint64_t next = l->next_id;
    while (l->count > 0)
        drop_oldest(l);
    l->is_full = false;
    if (!l->keeps_ids)
        l->next_id = 1;
    for (int i = 0; i < SIM_LOG_READERS; i++) {
        struct sim_logreader *reader = &l->readers[i];
        reader->is_stale = reader->is_stale || reader->next < next;
        reader->next = l->next_id;
        reader->is_cleared = true;
    }
    put_record(l, CLEARED, 0, sim->now++, who, sizeof who);
}

static void stop_log(struct wfpw_sim *sim)
{
    struct sim_log *l = &sim->log;
    if (!l->is_running)
        return;
    put_record(l, SHUT_DOWN, 0, sim->now++, "", 0);
    l->is_running = false;
    l->life++;
}

static void start_log(struct wfpw_sim *sim)
{
    static const char why[] = "Reason\0000";
    struct sim_log *l = &sim->log;
    bool lost = !l->is_running && l->unwritten != 0;
    l->is_running = true;
    l->unwritten = 0;
    if (lost)
        put_record(l, DROPPED, 0, sim->now++, why, sizeof why);
}

static void wrap_log(struct sim_log *l, uint64_t n)
{
    for (; n > 0 && l->count > 0; n--)
        drop_oldest(l);
}

static void kill_readers(struct sim_log *l)
{
    for (int i = 0; i < SIM_LOG_READERS; i++)
        l->readers[i].is_dead = true;
}

/* ---- handles -------------------------------------------------------------------------------- */

struct sim_logreader *sim_log_open_reader(struct sim_log *l)
{
    for (int i = 0; i < SIM_LOG_READERS; i++)
        if (!l->readers[i].used) {
            l->readers[i] =
                (struct sim_logreader){.used = true, .life = l->life, .next = l->next_id};
            return &l->readers[i];
        }
    return NULL;
}

struct sim_loghandle *sim_log_handle(const struct sim_log *l, const void *p)
{
    struct sim_loghandle *h = l->handles;
    while (h != NULL && h != p)
        h = h->next;
    return h;
}

/* Its events go with it. */
void sim_log_close_reader(struct sim_log *l, struct sim_logreader *reader)
{
    for (struct sim_loghandle **link = &l->handles; *link != NULL;) {
        struct sim_loghandle *h = *link;
        if (h->reader != reader) {
            link = &h->next;
            continue;
        }
        *link = h->next;
        h->record->users--;
        sim_log_release(h->record);
        free(h);
    }
    free(reader->query);
    *reader = (struct sim_logreader){0};
}

static uint64_t count_subscriptions(const struct sim_log *l)
{
    uint64_t n = 0;
    for (int i = 0; i < SIM_LOG_READERS; i++)
        n += l->readers[i].used;
    return n;
}

bool sim_log_is_listened_to(const struct sim_log *l)
{
    for (int i = 0; i < SIM_LOG_READERS; i++)
        if (l->readers[i].used && l->readers[i].signal != 0)
            return true;
    return false;
}

uint64_t sim_log_handles(const struct sim_log *l)
{
    uint64_t n = count_subscriptions(l);
    for (const struct sim_loghandle *h = l->handles; h != NULL; h = h->next)
        n++;
    return n;
}

/* ---- the script's commands ------------------------------------------------------------------ */

bool sim_log_knows(const struct sim_word *command)
{
    return word_is(command, "audit") || word_is(command, "log");
}

/* audit ID [version=N] [time=FILETIME] FIELD=VALUE... */
struct sim_written {
    uint32_t id, version;
    uint64_t time;
    size_t bytes;
    char fields[16384];
};

static bool add_field(struct sim_written *w, const struct sim_word *word)
{
    if (word->n + 1 > sizeof w->fields - w->bytes)
        return false;
    memcpy(w->fields + w->bytes, word->p, word->n);
    w->bytes += word->n;
    w->fields[w->bytes++] = 0;
    return true;
}

static const char *read_audit(const struct sim_line *line, struct sim_written *w,
                              const char **where)
{
    uint64_t v = 0;
    *where = line->command.p;
    if (line->count == 0 || line->p[0].key.n != 0 || !number_of(&line->p[0].value, &v) || v > 65535)
        return "the number of an event is wanted";
    w->id = (uint32_t)v;
    for (uint32_t i = 1; i < line->count; i++) {
        const struct sim_word *key = &line->p[i].key, *value = &line->p[i].value;
        bool version = word_is(key, "version"), time = word_is(key, "time");
        *where = value->p;
        if (key->n == 0)
            return "a field is NAME=VALUE";
        if (!version && !time) {
            if (!add_field(w, key) || !add_field(w, value))
                return "the fields are too long";
            continue;
        }
        if (!number_of(value, &v) || (version && v > 255))
            return "a number is wanted";
        w->version = version ? (uint32_t)v : w->version;
        w->time = time ? v : w->time;
    }
    return NULL;
}

static const char *play_audit(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                              const char **where)
{
    struct sim_written *w = calloc(1, sizeof *w);
    if (w == NULL)
        return "out of memory";
    const char *why = read_audit(line, w, where);
    if (why == NULL && !check) {
        os_mutex_lock(&sim->lock);
        sim_log_write(sim, w->id, w->version, w->time, w->fields, w->bytes);
        os_mutex_unlock(&sim->lock);
    }
    free(w);
    return why;
}

/* log WORD [NUMBER] */
static bool change_log(struct wfpw_sim *sim, const struct sim_word *w, uint64_t n)
{
    struct sim_log *l = &sim->log;
    if (word_is(w, "size"))
        l->size = n != 0 ? (uint32_t)n : SIM_LOG_SIZE;
    else if (word_is(w, "wrap"))
        wrap_log(l, n);
    else if (word_is(w, "clear"))
        clear_log(sim);
    else if (word_is(w, "stop"))
        stop_log(sim);
    else if (word_is(w, "start"))
        start_log(sim);
    else if (word_is(w, "restart")) {
        stop_log(sim);
        start_log(sim);
    } else if (word_is(w, "dead"))
        kill_readers(l);
    else if (word_is(w, "lie"))
        l->lies = (uint32_t)n;
    else if (word_is(w, "cut"))
        l->cuts = (uint32_t)n;
    else if (word_is(w, "twice"))
        l->twice = (uint32_t)n;
    else
        return false;
    return true;
}

/* log WORD on|off */
static bool *switch_of(struct sim_log *l, const struct sim_word *w)
{
    const struct {
        const char *name;
        bool *is_on;
    } switches[] = {
        {"deaf", &l->is_deaf},
        {"retain", &l->retains},
        {"keep_ids", &l->keeps_ids},
        {"refuse_modern", &l->refuses_modern},
        {"refuse_classic", &l->refuses_classic},
        {"refuse_strict", &l->refuses_strict},
        {"policy", &l->has_policy},
    };
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (word_is(w, switches[i].name))
            return switches[i].is_on;
    return NULL;
}

static bool is_change(const struct sim_word *w)
{
    static const char *const names[] = {"size",    "wrap", "clear", "stop", "start",
                                        "restart", "dead", "lie",   "cut",  "twice"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (word_is(w, names[i]))
            return true;
    return false;
}

static const char *play_log(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                            const char **where)
{
    const struct sim_word *what = &line->p[0].value, *how = &line->p[1].value;
    uint64_t n = 0;
    *where = line->count > 0 ? what->p : line->command.p;
    if (line->count == 0 || line->count > 2)
        return "what happens to the log is wanted";
    bool *is_on = switch_of(&sim->log, what);
    bool on = line->count == 2 && word_is(how, "on"), off = line->count == 2 && word_is(how, "off");
    if (is_on == NULL && !is_change(what))
        return "nothing of this name happens to a log";
    if (is_on != NULL && !on && !off)
        return "on or off is wanted";
    if (is_on == NULL && line->count == 2 && (!number_of(how, &n) || n > READS_MAX))
        return "a number is wanted";
    if (check)
        return NULL;
    os_mutex_lock(&sim->lock);
    if (is_on != NULL)
        *is_on = on;
    else
        (void)change_log(sim, what, line->count == 2 ? n : 1);
    os_mutex_unlock(&sim->lock);
    return NULL;
}

const char *sim_log_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                         const char **where)
{
    return word_is(&line->command, "audit") ? play_audit(sim, line, check, where)
                                            : play_log(sim, line, check, where);
}
