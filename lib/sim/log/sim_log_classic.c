/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The classic functions of advapi32.dll: records by number, their fields by position. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum {
    HEAD = 56, /* of EVENTLOGRECORD */
    SUCCESS = 8,
    FAILURE = 16
};

/* Seconds between 1601 and 1970. */
static const uint64_t epoch = 11644473600;

static struct sim_logreader *reader_of(struct wfpw_sim *sim, const void *handle)
{
    for (int i = 0; i < SIM_LOG_READERS; i++)
        if (handle == &sim->log.readers[i] && sim->log.readers[i].used)
            return &sim->log.readers[i];
    sim->misuses++;
    return NULL;
}

/* What a call with a handle starts with. */
static uint32_t enter_call(struct wfpw_sim *sim, enum sim_call call, const void *handle,
                           struct sim_logreader **r)
{
    uint32_t code = sim_call_enter(sim, call);
    *r = reader_of(sim, handle);
    if (code == 0 && (*r == NULL || !sim->log.is_running || (*r)->life != sim->log.life))
        code = EVENTLOG_E_INVALID_HANDLE;
    return code;
}

static uint32_t classic_open(void *ctx, const uint16_t *log, void **handle)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_OPEN_EVENT_LOG);
    (void)log;
    if (code == 0 && !sim->log.is_running)
        code = EVENTLOG_E_UNAVAILABLE;
    if (code == 0 && sim->log.refuses_classic)
        code = EVENTLOG_E_PRIVILEGE;
    struct sim_logreader *r = code == 0 ? sim_log_open_reader(&sim->log) : NULL;
    if (r != NULL)
        r->is_classic = true;
    *handle = r;
    return sim_call_end(sim, code == 0 && r == NULL ? EVENTLOG_E_INVALID_PARAMETER : code);
}

static uint32_t classic_close(void *ctx, void *handle)
{
    struct wfpw_sim *sim = ctx;
    (void)sim_call_enter(sim, CALL_CLOSE_EVENT_LOG);
    struct sim_logreader *r = reader_of(sim, handle);
    if (r != NULL)
        sim_log_close_reader(&sim->log, r);
    return sim_call_end(sim, 0);
}

static uint32_t classic_notify(void *ctx, void *handle, intptr_t signal)
{
    struct wfpw_sim *sim = ctx;
    struct sim_logreader *r;
    uint32_t code = enter_call(sim, CALL_NOTIFY_CHANGE, handle, &r);
    if (code == 0)
        r->signal = signal;
    return sim_call_end(sim, code);
}

static uint32_t classic_count(void *ctx, void *handle, uint32_t *count)
{
    struct wfpw_sim *sim = ctx;
    struct sim_logreader *r;
    uint32_t code = enter_call(sim, CALL_COUNT_RECORDS, handle, &r);
    *count = sim->log.count;
    return sim_call_end(sim, code);
}

static uint32_t classic_oldest(void *ctx, void *handle, uint32_t *oldest)
{
    struct wfpw_sim *sim = ctx;
    struct sim_logreader *r;
    uint32_t code = enter_call(sim, CALL_OLDEST_RECORD, handle, &r);
    *oldest = (uint32_t)sim_log_oldest(&sim->log);
    return sim_call_end(sim, code);
}

/* ---- records -------------------------------------------------------------------------------- */

struct image {
    uint8_t *p;
    uint32_t n, cap;
};

/* Counts what does not fit. */
static void put_text(struct image *im, const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i <= n; i++, im->n += 2)
        if (im->n + 2 <= im->cap) {
            im->p[im->n] = (uint8_t)s[i];
            im->p[im->n + 1] = 0;
        }
}

static void put_u32(uint8_t *p, uint32_t at, uint64_t v)
{
    text_put_le32(p + at, (uint32_t)v);
}

static uint32_t put_strings(struct image *im, const struct sim_logrecord *r)
{
    uint32_t count = 0;
    for (const char *p = r->fields, *end = p + r->bytes; p < end; count++) {
        const char *value = p + strlen(p) + 1;
        put_text(im, value);
        p = value + strlen(value) + 1;
    }
    return count;
}

static bool is_failure(uint32_t id)
{
    return id == 5031 || (id >= 5148 && id <= 5152) || id == 5155 || id == 5157 || id == 5159;
}

/* Returns the bytes that it takes, whether it had room or not. */
static uint32_t put_record(const struct sim_logrecord *r, uint8_t *to, uint32_t cap)
{
    struct image im = {to, HEAD, cap};
    put_text(&im, sim_log_provider(r->event_id));
    put_text(&im, "SIM");
    uint32_t strings = im.n, count = put_strings(&im, r);
    uint32_t data = im.n, length = (im.n + 4 + 3) & ~3u;
    if (length > cap)
        return length;
    memset(to, 0, HEAD);
    memset(to + data, 0, length - data);
    put_u32(to, 0, length);
    put_u32(to, 4, 0x654C664C);
    put_u32(to, 8, r->id);
    put_u32(to, 12, r->time / 10000000 - epoch);
    put_u32(to, 16, r->time / 10000000 - epoch);
    put_u32(to, 20, r->event_id);
    put_u32(to, 24, (is_failure(r->event_id) ? FAILURE : SUCCESS) | count << 16);
    put_u32(to, 28, 12810);
    put_u32(to, 36, strings);
    put_u32(to, 44, strings);
    put_u32(to, 52, data);
    put_u32(to, length - 4, length);
    return length;
}

static uint32_t read_from(struct wfpw_sim *sim, struct sim_logreader *r, uint8_t *buffer,
                          uint32_t bytes, uint32_t *read, uint32_t *needed)
{
    const struct sim_logrecord *record;
    while ((record = sim_log_at(&sim->log, r->next)) != NULL) {
        uint32_t n = put_record(record, buffer + *read, bytes - *read);
        *needed = n;
        if (n > bytes - *read)
            return *read != 0 ? 0 : EVENTLOG_E_BUFFER_TOO_SMALL;
        *read += n;
        r->next++;
    }
    return *read != 0 ? 0 : EVENTLOG_E_HANDLE_EOF;
}

static uint32_t classic_read(void *ctx, void *handle, uint32_t flags, uint32_t record, void *buffer,
                             uint32_t bytes, uint32_t *read, uint32_t *needed)
{
    struct wfpw_sim *sim = ctx;
    struct sim_logreader *r;
    uint32_t code = enter_call(sim, CALL_READ_EVENT_LOG, handle, &r);
    *read = *needed = 0;
    if (code == 0 && r->is_cleared)
        code = EVENTLOG_E_FILE_CHANGED;
    if (code == 0 && bytes > EVENTLOG_READ_MOST)
        code = EVENTLOG_E_INVALID_PARAMETER;
    if (code == 0 && (flags & EVENTLOG_READ_SEEK) != 0)
        r->next = record;
    if (code == 0 && r->next != sim->log.next_id && sim_log_at(&sim->log, r->next) == NULL)
        code = EVENTLOG_E_INVALID_PARAMETER;
    if (code == 0)
        code = read_from(sim, r, buffer, bytes, read, needed);
    return sim_call_end(sim, code);
}

void sim_log_fill_classic(struct system_eventlog *f)
{
    f->classic_open = classic_open;
    f->classic_notify = classic_notify;
    f->classic_read = classic_read;
    f->classic_count = classic_count;
    f->classic_oldest = classic_oldest;
    f->classic_close = classic_close;
}
