/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/rules_file.h"

#include <stddef.h>

#include "base/error.h"
#include "decode/rules/hive.h"
#include "decode/rules/rule_string.h"
#include "decode/rules/rule_text.h"
#include "input/text_piece.h"

enum {
    SNIFF = 8192,
    PACKED_MAX = 256 * 1024 * 1024, /* of a hive that cannot be read at any place: from a pipe */
    PACKED_STEP = 1024 * 1024,
    STEPS = 4096 /* values between two looks at the clock */
};

/* Where a hive keeps rules. */
struct hive_place {
    const char *path;
    uint8_t origin;
};

struct rules_file {
    wfpw_allocator memory;
    struct input in;
    uint64_t time;
    bool is_hive, at_end, found;
    /* a hive */
    uint8_t *packed;
    size_t packed_size;
    size_t place; /* of the table; whose values are under way, plus 1 */
    bool in_key;
    char control_set[16];
    /* text */
    struct text_piece piece;
    /* one of them; the larger is a megabyte */
    struct rule_builder builder;
    char value[3 * HIVE_VALUE_MAX / 2]; /* of a hive, as UTF-8 */
    union {
        struct hive hive;
        struct rule_text text;
    } u;
};

/* ---- what a file is ------------------------------------------------------------------------- */

bool rules_file_is(struct input *in, const char **why)
{
    const uint8_t *p;
    char text[3 * SNIFF];
    size_t n = input_view(in, SNIFF, &p), mark, size;
    *why = NULL;
    if (hive_is(p, n))
        return true;
    enum text_encoding encoding = text_piece_encoding(p, n, &mark);
    size = text_piece_look(encoding, p + mark, n - mark, text);
    enum rule_text_form form = rule_text_look(text, size);
    if (form == RULE_TEXT_NETSH)
        *why = "netsh's list of rules has no ids: take 'netsh advfirewall export FILE.wfw' instead";
    else if (form == RULE_TEXT_CONSOLE)
        *why = "the console's list of rules has no ids: take its Export Policy (.wfw) instead";
    return form != RULE_TEXT_NONE;
}

/* ---- opening -------------------------------------------------------------------------------- */

static bool read_packed(void *ctx, uint64_t at, void *to, size_t n)
{
    const struct rules_file *f = ctx;
    if (at > f->packed_size || n > f->packed_size - at)
        return false;
    memcpy(to, f->packed + at, n);
    return true;
}

static bool read_memory(void *ctx, uint64_t at, void *to, size_t n)
{
    const struct rules_file *f = ctx;
    if (at > f->in.size || n > f->in.size - at)
        return false;
    memcpy(to, f->in.memory + at, n);
    return true;
}

static bool read_anywhere(void *ctx, uint64_t at, void *to, size_t n)
{
    struct rules_file *f = ctx;
    size_t got;
    return input_read_at(&f->in, at, to, n, &got) == 0 && got == n;
}

/* All of a hive from a pipe, or that was packed. */
static int read_all(struct rules_file *f, wfpw_error *e)
{
    size_t cap = 0, got;
    do {
        if (f->packed_size == cap) {
            size_t more = cap != 0 ? 2 * cap : PACKED_STEP;
            uint8_t *room = more <= PACKED_MAX ? memory_take(&f->memory, more) : NULL;
            if (room == NULL)
                return error_set(e, cap < PACKED_MAX / 2 ? WFPW_E_NOMEM : WFPW_E_FORMAT,
                                 "wfpw_names_load", 0,
                                 cap < PACKED_MAX / 2 ? NULL : "a hive so large must be a file");
            if (cap > 0)
                memcpy(room, f->packed, cap);
            memory_give(&f->memory, f->packed);
            f->packed = room;
            cap = more;
        }
        got = input_take(&f->in, f->packed + f->packed_size, cap - f->packed_size);
        f->packed_size += got;
    } while (got > 0);
    return f->in.error != 0 ? input_failed(&f->in, e) : WFPW_OK;
}

static int open_hive(struct rules_file *f, wfpw_error *e)
{
    bool packed = f->in.stage != NULL || (f->in.is_file && f->in.size == 0);
    int status = packed ? read_all(f, e) : WFPW_OK;
    hive_read_fn read = packed ? read_packed : f->in.is_file ? read_anywhere : read_memory;
    if (status != WFPW_OK)
        return status;
    f->is_hive = true;
    if (!hive_open(&f->u.hive, read, f, packed ? f->packed_size : f->in.size))
        return error_set(e, WFPW_E_IO, "wfpw_names_load", 0,
                         "a registry hive that is cut or damaged");
    return WFPW_OK;
}

static int open_rules(struct rules_file *f, wfpw_error *e)
{
    const uint8_t *p;
    size_t n = input_view(&f->in, SNIFF, &p);
    if (hive_is(p, n))
        return open_hive(f, e);
    text_piece_start(&f->piece, &f->in);
    n = text_piece_next(&f->piece, &f->in);
    rule_text_start(&f->u.text, rule_text_look(f->piece.text, f->piece.size));
    f->at_end = n < TEXT_PIECE && f->piece.size == 0;
    f->found = f->u.text.form == RULE_TEXT_REG || f->u.text.form == RULE_TEXT_CSV;
    return WFPW_OK;
}

int rules_file_open(const wfpw_allocator *a, struct input *in, struct rules_file **out,
                    wfpw_error *e)
{
    struct rules_file *f = memory_take(a, sizeof *f);
    *out = NULL;
    if (f == NULL) {
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_names_load", 0, NULL);
    }
    memset(f, 0,
           offsetof(struct rules_file, piece.text)); /* the rest is written before it is read */
    f->memory = *a;
    f->in = *in;
    int status = open_rules(f, e);
    if (status == WFPW_OK)
        *out = f;
    else
        rules_file_close(f);
    return status;
}

const char *rules_file_name(const struct rules_file *f)
{
    return f->in.name;
}

uint64_t rules_file_time(const struct rules_file *f)
{
    return f->time;
}

bool rules_file_is_sure(const struct rules_file *f)
{
    return f->found;
}

void rules_file_close(struct rules_file *f)
{
    if (f == NULL)
        return;
    wfpw_allocator memory = f->memory;
    input_close(&f->in);
    memory_give(&memory, f->packed);
    memory_give(&memory, f);
}

/* ---- reading a hive ------------------------------------------------------------------------- */

#define POLICY "Services\\SharedAccess\\Parameters\\FirewallPolicy\\"
static const struct hive_place places[] = {
    /* an export: what stands below FirewallPolicy */
    {"FirewallRules", WFPW_RULE_ORIGIN_LOCAL},
    {"RestrictedServices\\Static\\System", WFPW_RULE_ORIGIN_STATIC},
    {"RestrictedServices\\Configurable\\System", WFPW_RULE_ORIGIN_CONFIGURABLE},
    {"RestrictedServices\\AppIso\\FirewallRules", WFPW_RULE_ORIGIN_APPISO},
    {"Mdm\\FirewallRules", WFPW_RULE_ORIGIN_MDM},
    /* SYSTEM, behind its control set */
    {"*" POLICY "FirewallRules", WFPW_RULE_ORIGIN_LOCAL},
    {"*" POLICY "RestrictedServices\\Static\\System", WFPW_RULE_ORIGIN_STATIC},
    {"*" POLICY "RestrictedServices\\Configurable\\System", WFPW_RULE_ORIGIN_CONFIGURABLE},
    {"*" POLICY "RestrictedServices\\AppIso\\FirewallRules", WFPW_RULE_ORIGIN_APPISO},
    {"*" POLICY "Mdm\\FirewallRules", WFPW_RULE_ORIGIN_MDM},
    /* SOFTWARE */
    {"Policies\\Microsoft\\WindowsFirewall\\FirewallRules", WFPW_RULE_ORIGIN_GROUP_POLICY},
};
enum { PLACES = sizeof places / sizeof *places };

/* The control set that was in use: "Select" says. */
static void find_control_set(struct rules_file *f)
{
    uint32_t current = 1;
    if (hive_key(&f->u.hive, "Select"))
        (void)hive_number(&f->u.hive, "Current", &current);
    if (current > 999)
        current = 1;
    memcpy(f->control_set, "ControlSet000\\", 15);
    for (size_t digit = 12; digit >= 10; digit--, current /= 10)
        f->control_set[digit] = (char)('0' + current % 10);
}

static bool open_place(struct rules_file *f, const struct hive_place *place)
{
    char path[160];
    const char *rest = place->path;
    size_t n = 0;
    if (*rest == '*') {
        n = strlen(f->control_set);
        memcpy(path, f->control_set, n);
        rest++;
    }
    memcpy(path + n, rest, strlen(rest) + 1);
    return hive_key(&f->u.hive, path);
}

static void skip_place(const struct rules_file *f, struct tally *t, const char *what, uint64_t at)
{
    os_u64_bump(&t->skipped, 1);
    tally_log(t, 1, what, f->in.name, at);
}

/* The value that was found last as a rule; NULL: it is none. */
static const struct rule *rule_of_value(struct rules_file *f, struct tally *t)
{
    enum { REG_SZ = 1, REG_EXPAND_SZ = 2 };
    struct hive *h = &f->u.hive;
    char *text = (char *)h->data;
    if (h->damage != NULL) {
        skip_place(f, t, h->damage, HIVE_HEADER + (uint64_t)h->list);
        return NULL;
    }
    if (h->type != REG_SZ && h->type != REG_EXPAND_SZ)
        return NULL;
    size_t n = text_utf16(f->value, text, h->data_size / 2);
    enum rule_string_result result =
        rule_string_read(&f->builder, h->name, h->name_size, f->value, n, places[f->place].origin);
    if (result == RULE_STRING_BAD)
        skip_place(f, t, "a value that is no firewall rule", HIVE_HEADER + (uint64_t)h->list);
    return result == RULE_STRING_RULE ? rule_finish(&f->builder) : NULL;
}

static void start_hive(struct rules_file *f, struct tally *t)
{
    find_control_set(f);
    if (hive_key(&f->u.hive, ""))
        f->time = f->u.hive.time;
    if (hive_key(&f->u.hive, "DomainProfile") || hive_key(&f->u.hive, "StandardProfile"))
        f->found = true; /* an export, though its policy may have no rule */
    if (f->u.hive.is_dirty) {
        os_u64_bump(&t->warnings, 1);
        tally_log(t, 2, "the hive was in use: what was changed last is in its .LOG files",
                  f->in.name, 0);
    }
}

static enum source_result next_of_hive(struct rules_file *f, struct tally *t,
                                       const struct rule **rule)
{
    if (f->control_set[0] == 0)
        start_hive(f, t);
    for (uint32_t steps = 0; steps < STEPS; steps++) {
        if (f->in_key && hive_next(&f->u.hive)) {
            *rule = rule_of_value(f, t);
            if (*rule != NULL)
                return SOURCE_RECORD;
            continue;
        }
        f->place += f->in_key;
        f->in_key = false;
        if (f->place == PLACES)
            return SOURCE_END;
        f->in_key = open_place(f, &places[f->place]);
        if (!f->in_key) {
            if (f->u.hive.damage != NULL)
                skip_place(f, t, f->u.hive.damage, HIVE_HEADER);
            f->place++;
            return SOURCE_AGAIN; /* looking for a key may have taken its time */
        }
        f->found = true;
        if (f->time == 0 || f->u.hive.time > f->time)
            f->time = f->u.hive.time;
    }
    return SOURCE_AGAIN;
}

/* ---- reading text --------------------------------------------------------------------------- */

static enum source_result answer_text(struct rules_file *f, struct tally *t,
                                      const struct rule *rule)
{
    if (f->u.text.damage != NULL)
        skip_place(f, t, f->u.text.damage, f->in.position);
    if (rule == NULL)
        return SOURCE_AGAIN;
    f->found = true;
    return SOURCE_RECORD;
}

static enum source_result next_of_text(struct rules_file *f, struct tally *t,
                                       const struct rule **rule, wfpw_error *e)
{
    if (f->piece.at < f->piece.size) {
        f->piece.at += rule_text_feed(&f->u.text, f->piece.text + f->piece.at,
                                      f->piece.size - f->piece.at, rule);
        return answer_text(f, t, *rule);
    }
    if (f->at_end)
        return SOURCE_END;
    size_t n = text_piece_next(&f->piece, &f->in);
    os_u64_bump(&t->bytes_read, n);
    if (n > 0)
        return SOURCE_AGAIN;
    f->at_end = true;
    if (f->in.error != 0) {
        (void)input_failed(&f->in, e);
        return SOURCE_FAILED;
    }
    rule_text_end(&f->u.text, rule);
    return answer_text(f, t, *rule);
}

enum source_result rules_file_next(struct rules_file *f, struct tally *t, const struct rule **rule,
                                   wfpw_error *e)
{
    *rule = NULL;
    return f->is_hive ? next_of_hive(f, t, rule) : next_of_text(f, t, rule, e);
}
