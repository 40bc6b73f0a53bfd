/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The calls about the audit policy. Windows is asked on a thread of their own, which has the
 * process's token whomever the caller impersonates. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "base/thread_call.h"
#include "engine/engine.h"
#include "lease/audit_policy/audit_backup.h"
#include "lease/audit_policy/audit_policy.h"
#include "os/os.h"

enum { COMPUTER_UNITS = 64, INVALID_PARAMETER = 87 };
enum { BACKUP_BYTES = (AUDIT_ENTRIES_MAX + 1) * AUDIT_OUT_MAX };

struct call {
    wfpw_allocator memory;
    wfpw_options o;
    const char *where;
    int (*what)(struct call *c);
    struct system_host host; /* used when the options name no system */
    const struct wfpw_system *system;
    /* what is asked */
    FWP_GUID guid;
    uint32_t audited, flags;
    const void *text;
    size_t size;
    /* what was found */
    uint32_t count;
    struct audit_entry entries[AUDIT_ENTRIES_MAX];
    struct audit_deciders deciders;
    wfpw_audit_policy rows[AUDIT_ENTRIES_MAX];
    uint32_t wanted[AUDIT_ENTRIES_MAX]; /* AUDIT_NONE is off; 0: as it is */
    wfpw_audit_restored restored;
    size_t length;
    char backup[BACKUP_BYTES];
    int status;
    wfpw_error e;
};

static int system_error(struct call *c, const char *call, uint32_t code)
{
    return error_set(&c->e, error_of_windows(code), call, code, NULL);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* What events of blocks need. */
static uint32_t needed_for(const struct subcategory *s)
{
    bool blocks =
        s != NULL && (s->data1 == SUBCATEGORY_CONNECTION || s->data1 == SUBCATEGORY_PACKET_DROP);
    return blocks ? WFPW_AUDITED_FAILURE : 0;
}

static void fill_row(struct call *c, const struct audit_entry *entry, wfpw_audit_policy *row)
{
    const struct subcategory *s = subcategory_find(&entry->guid);
    const struct audit_category *category = audit_category_find(&entry->category);
    *row = (wfpw_audit_policy){.size = sizeof *row,
                               .audited = entry->audited,
                               .os_code = entry->code,
                               .needed = needed_for(s),
                               .category = category != NULL ? category->name : "",
                               .name = s != NULL ? s->name : "",
                               .word = s != NULL ? s->word : "",
                               .success = s != NULL ? s->success : "",
                               .failure = s != NULL ? s->failure : ""};
    row->decided_by = audit_decider_of(&c->deciders, c->system, &entry->guid, &row->decided);
    row->guid[text_guid(row->guid, &entry->guid, true)] = 0;
    audit_policy_name(c->system, &entry->category, true, row->host_category,
                      sizeof row->host_category);
    audit_policy_name(c->system, &entry->guid, false, row->host_name, sizeof row->host_name);
}

static int list_policy(struct call *c)
{
    uint32_t code = audit_policy_list(c->system, c->entries, &c->count);
    return code == 0 ? WFPW_OK : system_error(c, "AuditQuerySystemPolicy", code);
}

static int read_rows(struct call *c)
{
    int status = list_policy(c);
    if (status != WFPW_OK)
        return status;
    audit_deciders_read(&c->deciders, c->system);
    for (uint32_t i = 0; i < c->count; i++)
        fill_row(c, &c->entries[i], &c->rows[i]);
    return (int)c->count;
}

/* ---- setting -------------------------------------------------------------------------------- */

static int set_one(struct call *c)
{
    uint32_t before = 0, code = audit_policy_query(c->system, &c->guid, &before);
    if (code == INVALID_PARAMETER)
        return error_set(&c->e, WFPW_E_INVAL, "AuditQuerySystemPolicy", code,
                         "this Windows does not have the subcategory");
    if (code != 0)
        return system_error(c, "AuditQuerySystemPolicy", code);
    if (before == c->audited)
        return 0;
    code = audit_policy_put(c->system, &c->guid, c->audited);
    return code == 0 ? 1 : system_error(c, "AuditSetSystemPolicy", code);
}

/* ---- backup --------------------------------------------------------------------------------- */

static void computer_name(const struct call *c, char *room)
{
    const struct system_audit_policy *p = c->system->audit_policy;
    uint16_t units[COMPUTER_UNITS];
    uint32_t n = p->computer != NULL ? p->computer(c->system->ctx, units, COMPUTER_UNITS) : 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n && i < COMPUTER_UNITS; i++) /* what a column of ASCII may hold */
        if (units[i] > ' ' && units[i] < 0x7F && units[i] != ',' && units[i] != '"')
            room[kept++] = (char)units[i];
    room[kept] = 0;
}

static int write_backup(struct call *c)
{
    char computer[COMPUTER_UNITS + 1];
    int status = list_policy(c);
    if (status != WFPW_OK)
        return status;
    computer_name(c, computer);
    c->length = audit_backup_head(c->backup);
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->entries[i].code != 0)
            return system_error(c, "AuditQuerySystemPolicy", c->entries[i].code);
        c->length += audit_backup_line(c->backup + c->length, computer, &c->entries[i].guid,
                                       c->entries[i].audited);
    }
    return WFPW_OK;
}

/* ---- restoring ------------------------------------------------------------------------------ */

static void say_line(const struct call *c, const struct audit_line *l, const char *what)
{
    char text[256];
    (void)snprintf(text, sizeof text, "audit policy: line %u: %s: %.120s", l->number, what,
                   l->kind == AUDIT_LINE_SYSTEM ? l->column[4] : l->column[0]);
    error_log(c->o.log, c->o.log_ctx, 2, text, NULL, 0);
}

static void take_subcategory(struct call *c, const struct audit_line *l)
{
    wfpw_audit_restored *r = &c->restored;
    uint32_t i = 0;
    while (i < c->count && !subcategory_same_guid(&c->entries[i].guid, &l->guid))
        i++;
    if (!l->has_value) {
        r->unread++;
        say_line(c, l, "the setting is not understood");
    } else if (i == c->count) {
        r->absent++;
    } else if (l->value == 0 && (c->flags & WFPW_RESTORE_POLICY) != 0) {
        r->kept++;
        c->wanted[i] = 0;
    } else {
        c->wanted[i] = l->value != 0 ? l->value : (uint32_t)AUDIT_NONE;
    }
}

static void take_line(struct call *c, const struct audit_line *l)
{
    wfpw_audit_restored *r = &c->restored;
    switch (l->kind) {
    case AUDIT_LINE_SYSTEM:
        take_subcategory(c, l);
        break;
    case AUDIT_LINE_USER:
        r->users++;
        break;
    case AUDIT_LINE_OPTION:
        r->options++;
        break;
    case AUDIT_LINE_SACL:
        r->sacls++;
        break;
    default:
        r->unread++;
        say_line(c, l, "this is no line of an audit policy");
    }
}

/* Whether the text has a subcategory at all. */
static bool read_text(struct call *c)
{
    struct audit_reader r;
    struct audit_line l;
    bool any = false;
    audit_reader_init(&r, c->text, c->size);
    while (audit_reader_next(&r, &l) != AUDIT_LINE_END) {
        any = any || l.kind == AUDIT_LINE_SYSTEM;
        take_line(c, &l);
    }
    return any;
}

/* Only what differs is set, as every change is recorded. */
static int set_all(struct call *c)
{
    AUDIT_POLICY_INFORMATION rows[AUDIT_ENTRIES_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t wanted = c->wanted[i];
        if (wanted == 0)
            continue;
        if (c->entries[i].code == 0 && (wanted & AUDIT_BOTH) == c->entries[i].audited)
            c->restored.same++;
        else
            rows[n++] = (AUDIT_POLICY_INFORMATION){.AuditSubCategoryGuid = c->entries[i].guid,
                                                   .AuditingInformation = wanted};
    }
    uint32_t code = n > 0 ? c->system->audit_policy->set(c->system->ctx, rows, n) : 0;
    if (code != 0)
        return system_error(c, "AuditSetSystemPolicy", code);
    c->restored.set = n;
    return (int)n;
}

static int restore_entries(struct call *c)
{
    int status = list_policy(c);
    if (status != WFPW_OK)
        return status;
    if (!read_text(c))
        return error_at(&c->e, WFPW_E_SYNTAX, c->where, 0,
                        "no line of a subcategory: is this a file of 'auditpol /backup'?");
    return set_all(c);
}

/* ---- the calls ------------------------------------------------------------------------------ */

/* On a thread of its own. */
static void run_call(void *ctx)
{
    struct call *c = ctx;
    const char *missing;
    c->system = engine_system(c->o.system, &c->host, c->where, &c->e);
    if (c->system == NULL)
        c->status = c->e.status;
    else if (!audit_policy_is_possible(c->system, &missing))
        c->status = error_set(&c->e, WFPW_E_NOTSUP, missing, 0,
                              "this host's audit policy cannot be asked for");
    else
        c->status = c->what(c);
}

/* NULL: e tells why. What is returned is to be freed with its own allocator. */
static struct call *start_call(const wfpw_options *o, const char *where, wfpw_error *e)
{
    wfpw_options options;
    if (!options_take(&options, o)) {
        (void)error_set(e, WFPW_E_INVAL, where, 0, "an option is wrong");
        return NULL;
    }
    wfpw_allocator memory = memory_of(options.allocator);
    struct call *c = memory_new(&memory, sizeof *c);
    if (c == NULL) {
        (void)error_set(e, WFPW_E_NOMEM, where, 0, NULL);
        return NULL;
    }
    c->memory = memory;
    c->o = options;
    c->where = where;
    return c;
}

static void make_call(struct call *c, int (*what)(struct call *c))
{
    c->what = what;
    if (!thread_call(c->o.hooks, run_call, c))
        c->status = error_set(&c->e, WFPW_E_NOMEM, c->where, 0, NULL);
}

static int end_call(struct call *c, wfpw_error *e)
{
    wfpw_allocator memory = c->memory;
    int status = c->status;
    if (status < 0 && e != NULL)
        *e = c->e;
    memory_free(&memory, c);
    return status;
}

int WFPW_CALL wfpw_audit_policy_get(const wfpw_options *o, wfpw_audit_policy *rows, uint32_t cap,
                                    wfpw_error *e)
{
    static const char where[] = "wfpw_audit_policy_get";
    wfpw_error own;
    e = e != NULL ? e : &own;
    if (cap > 0 && (rows == NULL || rows->size < sizeof rows->size))
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    struct call *c = start_call(o, where, e);
    if (c == NULL)
        return e->status;
    make_call(c, read_rows);
    uint32_t stride = cap > 0 ? rows->size : 0;
    uint32_t n = stride < sizeof *rows ? stride : (uint32_t)sizeof *rows;
    for (uint32_t i = 0; c->status > 0 && i < c->count && i < cap; i++) {
        c->rows[i].size = n;
        memcpy((uint8_t *)rows + (size_t)i * stride, &c->rows[i], n);
    }
    return end_call(c, e);
}

int WFPW_CALL wfpw_audit_policy_set(const wfpw_options *o, const char *subcategory,
                                    uint32_t audited, wfpw_error *e)
{
    static const char where[] = "wfpw_audit_policy_set";
    wfpw_error own;
    FWP_GUID guid;
    e = e != NULL ? e : &own;
    if (subcategory == NULL || (audited & ~(uint32_t)AUDIT_BOTH) != 0)
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    if (!subcategory_parse(subcategory, strlen(subcategory), &guid))
        return error_set(e, WFPW_E_INVAL, where, 0, "there is no subcategory of that name");
    struct call *c = start_call(o, where, e);
    if (c == NULL)
        return e->status;
    c->guid = guid;
    c->audited = audited;
    make_call(c, set_one);
    return end_call(c, e);
}

int WFPW_CALL wfpw_audit_policy_backup(const wfpw_options *o, char *buf, size_t cap, size_t *needed,
                                       wfpw_error *e)
{
    static const char where[] = "wfpw_audit_policy_backup";
    wfpw_error own;
    e = e != NULL ? e : &own;
    if (buf == NULL && cap > 0)
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    struct call *c = start_call(o, where, e);
    if (c == NULL)
        return e->status;
    make_call(c, write_backup);
    if (needed != NULL)
        *needed = c->length;
    if (c->status == WFPW_OK && c->length >= cap)
        c->status = error_set(&c->e, WFPW_E_RANGE, where, 0, NULL);
    if (c->status == WFPW_OK) {
        memcpy(buf, c->backup, c->length);
        buf[c->length] = 0;
        c->status = (int)c->length;
    }
    return end_call(c, e);
}

int WFPW_CALL wfpw_audit_policy_restore(const wfpw_options *o, const void *text, size_t size,
                                        uint32_t flags, wfpw_audit_restored *out, wfpw_error *e)
{
    static const char where[] = "wfpw_audit_policy_restore";
    wfpw_error own;
    e = e != NULL ? e : &own;
    if (text == NULL || (flags & ~(uint32_t)WFPW_RESTORE_POLICY) != 0 ||
        (out != NULL && out->size < sizeof out->size))
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    struct call *c = start_call(o, where, e);
    if (c == NULL)
        return e->status;
    c->text = text;
    c->size = size;
    c->flags = flags;
    make_call(c, restore_entries);
    if (out != NULL) {
        uint32_t n = out->size < sizeof *out ? out->size : (uint32_t)sizeof *out;
        c->restored.size = n;
        memcpy(out, &c->restored, n);
    }
    return end_call(c, e);
}
