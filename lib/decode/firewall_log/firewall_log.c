/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/firewall_log/firewall_log.h"

/* As the firewall orders them; its header names them. */
enum log_column {
    LOG_COLUMN_DATE,
    LOG_COLUMN_TIME,
    LOG_COLUMN_ACTION,
    LOG_COLUMN_PROTOCOL,
    LOG_COLUMN_SOURCE,
    LOG_COLUMN_DESTINATION,
    LOG_COLUMN_SOURCE_PORT,
    LOG_COLUMN_DESTINATION_PORT,
    LOG_COLUMN_SIZE,
    LOG_COLUMN_FLAGS,
    LOG_COLUMN_SEQUENCE,
    LOG_COLUMN_ACKNOWLEDGED,
    LOG_COLUMN_WINDOW,
    LOG_COLUMN_ICMP_TYPE,
    LOG_COLUMN_ICMP_CODE,
    LOG_COLUMN_INFO,
    LOG_COLUMN_PATH,
    LOG_COLUMN_PID,
    LOG_COLUMN_OTHER
};

static const char *const names[LOG_COLUMN_OTHER] = {
    "date",     "time",     "action",   "protocol", "src-ip", "dst-ip",
    "src-port", "dst-port", "size",     "tcpflags", "tcpsyn", "tcpack",
    "tcpwin",   "icmptype", "icmpcode", "info",     "path",   "pid",
};

struct piece {
    const char *s;
    size_t n; /* 0: absent */
};

/* A line taken apart. */
struct line {
    struct piece values[LOG_COLUMN_OTHER];
};

/* ---- words ---------------------------------------------------------------------------------- */

/* The next word at *at; false: there is none. */
static bool next_word(const char *s, size_t n, size_t *at, struct piece *word)
{
    while (*at < n && (s[*at] == ' ' || s[*at] == '\t' || s[*at] == '\r'))
        (*at)++;
    size_t start = *at;
    while (*at < n && s[*at] != ' ' && s[*at] != '\t' && s[*at] != '\r')
        (*at)++;
    *word = (struct piece){s + start, *at - start};
    return word->n > 0;
}

static bool is_word(const struct piece *p, const char *word)
{
    return text_same(p->s, p->n, word);
}

static bool is_path(const struct piece *p)
{
    return is_word(p, "SEND") || is_word(p, "RECEIVE") || is_word(p, "FORWARD") ||
           is_word(p, "UNKNOWN");
}

static uint8_t column_of(const struct piece *name)
{
    uint8_t at = 0;
    while (at < LOG_COLUMN_OTHER && !is_word(name, names[at]))
        at++;
    return at;
}

/* ---- which column is which ------------------------------------------------------------------ */

static enum firewall_log_found take_fields(struct firewall_log *f, const char *s, size_t n)
{
    struct piece name;
    size_t at = 0;
    f->count = 0;
    while (f->count < FIREWALL_LOG_COLUMNS && next_word(s, n, &at, &name))
        f->columns[f->count++] = column_of(&name);
    return FIREWALL_LOG_NOTHING;
}

static bool starts_with(const char *s, size_t n, const char *prefix)
{
    size_t m = strlen(prefix);
    return n >= m && text_same(s, m, prefix);
}

static enum firewall_log_found take_header(struct firewall_log *f, const char *s, size_t n)
{
    static const char fields[] = "#Fields:", zone[] = "#Time Format:";
    struct piece word;
    size_t at = sizeof zone - 1;
    if (starts_with(s, n, fields))
        return take_fields(f, s + sizeof fields - 1, n - (sizeof fields - 1));
    if (starts_with(s, n, zone) && next_word(s, n, &at, &word))
        f->is_utc = is_word(&word, "GMT") || is_word(&word, "UTC");
    return FIREWALL_LOG_NOTHING;
}

/* Without a header, or with fewer words than it promises: the order is the firewall's, what stands
 * behind the ports may have been taken out where it was "-", and a process may be at the end. */
static bool take_short(struct line *l, const struct piece *words, size_t count)
{
    enum { LEAST = LOG_COLUMN_DESTINATION_PORT + 2 };
    bool has_pid = count > LEAST && is_path(&words[count - 2]);
    size_t path = has_pid ? count - 2 : count - 1;
    if (count < LEAST || !is_path(&words[path]) || path > LOG_COLUMN_SIZE + 1)
        return false;
    for (size_t i = 0; i <= LOG_COLUMN_DESTINATION_PORT; i++)
        l->values[i] = words[i];
    if (path == LOG_COLUMN_SIZE + 1)
        l->values[LOG_COLUMN_SIZE] = words[LOG_COLUMN_SIZE];
    l->values[LOG_COLUMN_PATH] = words[path];
    if (has_pid)
        l->values[LOG_COLUMN_PID] = words[count - 1];
    return true;
}

static bool take_words(const struct firewall_log *f, struct line *l, const struct piece *words,
                       size_t count)
{
    bool has_header = f->count > LOG_COLUMN_PROTOCOL && count + 1 >= f->count;
    if (!has_header && count != LOG_COLUMN_PID && count != LOG_COLUMN_OTHER)
        return take_short(l, words, count);
    for (size_t i = 0; i < count; i++) {
        size_t column = has_header && i < f->count ? f->columns[i] : i;
        if (column < LOG_COLUMN_OTHER)
            l->values[column] = words[i];
    }
    return true;
}

static bool read_line(const struct firewall_log *f, struct line *l, const char *s, size_t n)
{
    struct piece words[FIREWALL_LOG_COLUMNS];
    size_t at = 0, count = 0;
    *l = (struct line){0};
    while (count < FIREWALL_LOG_COLUMNS && next_word(s, n, &at, &words[count]))
        count++;
    if (count <= LOG_COLUMN_PROTOCOL || !take_words(f, l, words, count))
        return false;
    for (size_t i = 0; i < LOG_COLUMN_OTHER; i++)
        if (l->values[i].n == 1 && l->values[i].s[0] == '-')
            l->values[i].n = 0;
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool number_of(const struct line *l, enum log_column column, uint64_t most, uint64_t *out)
{
    const struct piece *p = &l->values[column];
    return p->n > 0 && text_parse_u64(p->s, p->n, out) && *out <= most;
}

static bool take_time(struct record *r, const struct line *l)
{
    char text[32];
    const struct piece *date = &l->values[LOG_COLUMN_DATE], *time = &l->values[LOG_COLUMN_TIME];
    if (date->n != 10 || time->n < 8 || time->n > 16)
        return false;
    memcpy(text, date->s, 10);
    text[10] = 'T';
    memcpy(text + 11, time->s, time->n);
    return text_parse_time(text, 11 + time->n, &r->time);
}

static void take_protocol(struct record *r, const struct line *l)
{
    static const struct {
        const char *word;
        uint32_t number;
    } words[] = {{"TCP", 6}, {"UDP", 17}, {"ICMP", 1}, {"ICMPv6", 58}};
    enum { ICMP = 1, ICMP6 = 58 };
    uint64_t n;
    bool found = number_of(l, LOG_COLUMN_PROTOCOL, 255, &n);
    for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++) {
        found = is_word(&l->values[LOG_COLUMN_PROTOCOL], words[i].word);
        n = words[i].number;
    }
    if (!found)
        return;
    r->protocol = n == ICMP && r->local.family == 6 ? (uint32_t)ICMP6 : (uint32_t)n;
    r->present |= WFPW_HAS_PROTOCOL;
}

static void take_address(struct record *r, const struct piece *p, wfpw_endpoint *to, uint32_t bit)
{
    if (p->n == 0 || !text_parse_ip(p->s, p->n, to->addr, &to->family, &to->scope_id))
        return;
    r->present |= bit | (to->scope_id != 0 ? (uint32_t)WFPW_HAS_SCOPE_ID : 0);
}

static void take_port(struct record *r, const struct line *l, enum log_column column,
                      wfpw_endpoint *to, uint32_t bit)
{
    uint64_t n;
    if (!number_of(l, column, UINT16_MAX, &n))
        return;
    to->port = (uint16_t)n;
    r->present |= bit;
}

/* Source and destination are the packet's. Of ICMP the ports are type and code, whichever side they
 * are from. */
static void take_sides(struct record *r, const struct line *l)
{
    bool in = r->direction == WFPW_DIRECTION_INBOUND;
    bool icmp = l->values[LOG_COLUMN_ICMP_TYPE].n > 0;
    enum log_column source = in ? LOG_COLUMN_DESTINATION : LOG_COLUMN_SOURCE;
    enum log_column destination = in ? LOG_COLUMN_SOURCE : LOG_COLUMN_DESTINATION;
    enum log_column from = icmp ? LOG_COLUMN_ICMP_TYPE
                           : in ? LOG_COLUMN_DESTINATION_PORT
                                : LOG_COLUMN_SOURCE_PORT;
    enum log_column to = icmp ? LOG_COLUMN_ICMP_CODE
                         : in ? LOG_COLUMN_SOURCE_PORT
                              : LOG_COLUMN_DESTINATION_PORT;
    take_address(r, &l->values[source], &r->local, WFPW_HAS_LOCAL);
    take_address(r, &l->values[destination], &r->remote, WFPW_HAS_REMOTE);
    take_port(r, l, from, &r->local, WFPW_HAS_LOCAL_PORT);
    take_port(r, l, to, &r->remote, WFPW_HAS_REMOTE_PORT);
}

/* "OPEN-INBOUND" has no path, but says it. */
static void take_direction(struct record *r, const struct line *l)
{
    static const struct {
        const char *word;
        uint8_t direction, raw;
    } words[] = {
        {"RECEIVE", WFPW_DIRECTION_INBOUND, 0},
        {"SEND", WFPW_DIRECTION_OUTBOUND, 1},
        {"FORWARD", WFPW_DIRECTION_FORWARD, 2},
        {"OPEN-INBOUND", WFPW_DIRECTION_INBOUND, 0},
    };
    enum { MS_INBOUND = 0x3900 };
    bool has_path = l->values[LOG_COLUMN_PATH].n > 0;
    const struct piece *p = &l->values[has_path ? LOG_COLUMN_PATH : LOG_COLUMN_ACTION];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!is_word(p, words[i].word))
            continue;
        r->direction = words[i].direction;
        r->direction_raw = MS_INBOUND + words[i].raw;
        r->present |= WFPW_HAS_DIRECTION;
    }
    r->orientation =
        r->direction == WFPW_DIRECTION_INBOUND || r->direction == WFPW_DIRECTION_OUTBOUND
            ? WFPW_ORIENTATION_FIELD
            : WFPW_ORIENTATION_UNKNOWN;
}

static bool take_kind(struct record *r, const struct line *l)
{
    static const struct {
        const char *word;
        uint16_t kind;
    } words[] = {
        {"DROP", WFPW_KIND_CLASSIFY_DROP},   {"ALLOW", WFPW_KIND_CLASSIFY_ALLOW},
        {"OPEN", WFPW_KIND_CLASSIFY_ALLOW},  {"OPEN-INBOUND", WFPW_KIND_CLASSIFY_ALLOW},
        {"CLOSE", WFPW_KIND_CONNECTION_END}, {"INFO-EVENTS-LOST", WFPW_KIND_GAP},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(&l->values[LOG_COLUMN_ACTION], words[i].word)) {
            r->kind = words[i].kind;
            return true;
        }
    return false;
}

/* ---- the record ----------------------------------------------------------------------------- */

/* The columns that have a value, as they are written. */
static void add_columns(struct record_builder *b, const struct line *l)
{
    struct record_field fields[LOG_COLUMN_OTHER];
    uint32_t count = 0;
    for (size_t i = 0; i < LOG_COLUMN_OTHER; i++) {
        const struct piece *p = &l->values[i];
        if (p->n == 0)
            continue;
        size_t n = text_utf8_valid(p->s, p->n);
        fields[count] = (struct record_field){
            record_put(b, VALUE_UTF8, names[i], strlen(names[i])),
            record_put(b, VALUE_UTF8, p->s, n),
        };
        count += value_is(&fields[count].name) && value_is(&fields[count].value);
    }
    uint32_t at = record_room(b, sizeof(struct record_audit) + count * sizeof *fields);
    if (at == 0)
        return;
    struct record_audit *body = (struct record_audit *)(void *)(b->base + at);
    *body = (struct record_audit){.field_count = count, .fields_at = at + (uint32_t)sizeof *body};
    memcpy(body + 1, fields, count * sizeof *fields);
    record_of(b)->audit_at = at;
}

static void take_loss(struct record *r, const struct line *l)
{
    r->lost_where = WFPW_LOST_PFIREWALL;
    if (number_of(l, LOG_COLUMN_INFO, UINT64_MAX, &r->lost))
        r->present |= WFPW_HAS_LOST;
}

static void take_decision(struct record_builder *b, const struct line *l)
{
    struct record *r = record_of(b);
    take_direction(r, l);
    take_sides(r, l);
    take_protocol(r, l);
    if (number_of(l, LOG_COLUMN_PID, UINT64_MAX, &r->process_id)) {
        r->present |= WFPW_HAS_PROCESS_ID;
        r->pid_from = WFPW_PID_FROM_PFIREWALL;
    }
    add_columns(b, l);
}

enum firewall_log_found firewall_log_line(struct firewall_log *f, const char *s, size_t n,
                                          const struct record **r)
{
    struct record_builder b;
    struct line l;
    size_t at = 0;
    struct piece first;
    if (!next_word(s, n, &at, &first))
        return FIREWALL_LOG_NOTHING;
    if (*first.s == '#')
        return take_header(f, first.s, n - (size_t)(first.s - s));
    struct record *record =
        record_start(&b, f->room, (uint32_t)sizeof f->room, 0, WFPW_SOURCE_PFIREWALL);
    if (!read_line(f, &l, s, n) || !take_time(record, &l) || !take_kind(record, &l))
        return FIREWALL_LOG_BAD;
    record->flags = f->is_utc ? 0 : (uint32_t)WFPW_EVENT_LOCAL_TIME;
    if (record->kind == WFPW_KIND_GAP)
        take_loss(record, &l);
    else
        take_decision(&b, &l);
    (void)record_finish(&b);
    *r = record;
    return FIREWALL_LOG_RECORD;
}

void firewall_log_start(struct firewall_log *f)
{
    f->count = 0;
    f->is_utc = false;
}

bool firewall_log_is(const char *s, size_t n)
{
    struct firewall_log f;
    const struct record *r;
    const char *line = s, *end = s + n;
    enum firewall_log_found found = FIREWALL_LOG_NOTHING;
    firewall_log_start(&f);
    while (line < end && found == FIREWALL_LOG_NOTHING && f.count == 0) {
        while (line < end && *line == 0)
            line++;
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop != NULL ? stop : end;
        found = firewall_log_line(&f, line, (size_t)(stop - line), &r);
        line = stop < end ? stop + 1 : end;
    }
    bool has_action = false;
    for (uint32_t i = 0; i < f.count; i++)
        has_action |= f.columns[i] == LOG_COLUMN_ACTION;
    return found == FIREWALL_LOG_RECORD || has_action;
}
