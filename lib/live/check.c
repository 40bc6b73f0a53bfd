/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a person or an agent asks of the host: how it stands, and that it be put back. Each asks on
 * a thread of its own, which has the process's token whomever the caller impersonates. */
#include <stdio.h>
#include <string.h>

#include "audit_log/audit_log.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/thread_call.h"
#include "engine/engine.h"
#include "lease/audit_policy/audit_lease.h"
#include "lease/audit_policy/audit_policy.h"
#include "lease/collection.h"
#include "lease/rights.h"
#include "os/os.h"

enum { ROWS_MAX = 16, BAD = 1, ODD = 2, WELL = 3 };

struct check {
    wfpw_allocator memory;
    wfpw_options o;
    const char *where; /* the call */
    void (*what)(struct check *k);
    struct system_host host; /* used when the options name no system */
    const struct wfpw_system *system;
    struct collection collection;
    struct audit_lease audit;
    wfpw_row rows[ROWS_MAX];
    uint32_t count;
    int status; /* a count, or an error */
    wfpw_error e;
};

/* ---- rows ----------------------------------------------------------------------------------- */

static wfpw_row *add_row(struct check *k, uint32_t code, uint32_t level, const char *text)
{
    wfpw_row *row = &k->rows[k->count < ROWS_MAX ? k->count++ : ROWS_MAX - 1];
    *row = (wfpw_row){.size = sizeof *row,
                      .code = code,
                      .level = level,
                      .name = wfpw_word(WFPW_LIST_CHECK, code),
                      .remedy = ""};
    (void)snprintf(row->text, sizeof row->text, "%s", text);
    return row;
}

static void add_error(struct check *k, uint32_t code, const wfpw_error *e)
{
    wfpw_row *row = add_row(k, code, BAD, "");
    (void)snprintf(row->text, sizeof row->text, "%.39s: %.119s", e->where, e->text);
    row->os_code = e->os_code;
    row->remedy = wfpw_remedy(e);
}

static void add_engine_error(struct check *k, uint32_t code, const char *call, uint32_t os_code)
{
    wfpw_error e;
    (void)error_set(&e, error_of_engine(os_code), call, os_code, NULL);
    add_error(k, code, &e);
}

/* ---- the engine's settings ------------------------------------------------------------------ */

static void check_collection(struct check *k, uint32_t value)
{
    wfpw_row *row =
        add_row(k, WFPW_CHECK_COLLECTION, value != 0 ? WELL : ODD,
                value != 0 ? "net events are collected" : "no net events are collected");
    if (value == 0)
        row->remedy = "a live session turns collection on while it runs; to have it always on: "
                      "netsh wfp set options netevents=on";
}

static void check_keywords(struct check *k, uint32_t value)
{
    static const struct {
        uint32_t bit;
        const char *word;
    } words[] = {
        {WFPW_KEYWORD_INBOUND_MCAST, " multicast"},
        {WFPW_KEYWORD_INBOUND_BCAST, " broadcast"},
        {WFPW_KEYWORD_CAPABILITY_DROP, " capability-drop"},
        {WFPW_KEYWORD_CAPABILITY_ALLOW, " capability-allow"},
        {WFPW_KEYWORD_CLASSIFY_ALLOW, " allow"},
        {WFPW_KEYWORD_PORT_SCANNING_DROP, " port-scan"},
    };
    char text[160];
    int n = snprintf(text, sizeof text, "recorded beside ordinary drops:");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((value & words[i].bit) != 0)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s", words[i].word);
    (void)snprintf(text + n, sizeof text - (size_t)n, "%s (0x%x)", value == 0 ? " nothing" : "",
                   value);
    (void)add_row(k, WFPW_CHECK_KEYWORDS, WELL, text);
}

static void check_ipsec(struct check *k, uint32_t value)
{
    (void)add_row(k, WFPW_CHECK_IPSEC_MONITORING, WELL,
                  value != 0 ? "IPsec connections are monitored"
                             : "IPsec connections are not monitored");
}

static void check_settings(struct check *k, void *engine)
{
    static const struct {
        uint32_t code, option;
        void (*tell)(struct check *k, uint32_t value);
    } settings[] = {
        {WFPW_CHECK_COLLECTION, FWPM_ENGINE_COLLECT_NET_EVENTS, check_collection},
        {WFPW_CHECK_KEYWORDS, FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS, check_keywords},
        {WFPW_CHECK_IPSEC_MONITORING, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, check_ipsec},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        uint32_t value, code = engine_get(k->system, engine, settings[i].option, &value);
        if (code == 0)
            settings[i].tell(k, value);
        else if (engine_refuses(code))
            (void)add_row(k, settings[i].code, WELL, "this Windows does not have the setting");
        else
            add_engine_error(k, settings[i].code, "FwpmEngineGetOption0", code);
    }
}

/* ---- leases --------------------------------------------------------------------------------- */

/* A setting's leases of those that live, or of those that have ended. */
static bool check_setting_leases(struct check *k, uint32_t setting, const char *name, bool over)
{
    const struct leases *t = &k->collection.place.table;
    uint32_t added = 0, sessions = 0, pid = 0;
    char text[160];
    for (uint32_t i = 0; i < t->count; i++) {
        if (t->at[i].setting != setting || t->at[i].over != over)
            continue;
        added |= t->at[i].added;
        pid = t->at[i].who.pid;
        sessions++;
    }
    if (sessions == 0)
        return false;
    (void)snprintf(text, sizeof text, "%s: 0x%x %s %u session%s (the last of process %u)", name,
                   added, over ? "was left on by" : "is on for", sessions, sessions > 1 ? "s" : "",
                   pid);
    wfpw_row *row = add_row(k, WFPW_CHECK_LEASES, over ? ODD : WELL, text);
    if (over)
        row->remedy = "'wfpwatch check --repair' puts back what sessions that have ended left on";
    return true;
}

/* Somebody else decides what a session wanted: it gave way. */
static bool check_given_up(struct check *k, int which)
{
    const struct leases *t = &k->collection.place.table;
    char text[160];
    bool any = false;
    for (uint32_t i = 0; i < t->count && !any; i++) {
        any = t->at[i].setting == audit_lent_note(which) && !t->at[i].over;
        (void)snprintf(text, sizeof text,
                       "%s: process %u gave it up, as somebody turns it off again and again",
                       audit_lent_name(which), t->at[i].who.pid);
    }
    if (any)
        add_row(k, WFPW_CHECK_LEASES, ODD, text)->remedy =
            "'wfpwatch audit' tells who decides it; set it there: in the Group Policy's Advanced "
            "Audit Policy Configuration, Object Access, or in the device's management";
    return any;
}

static bool check_audit_leases(struct check *k)
{
    bool any = false;
    for (int i = 0; i < LENT; i++) {
        for (int over = 0; over < 2; over++)
            any = check_setting_leases(k, audit_lent(i), audit_lent_name(i), over) || any;
        any = check_given_up(k, i) || any;
    }
    return any;
}

static void check_leases(struct check *k)
{
    struct lease_store *p = &k->collection.place;
    wfpw_error e;
    bool any = false;
    int status = lease_store_open(p, false, &e);
    if (status == WFPW_OK)
        status = lease_store_read(p, &e);
    if (status != WFPW_OK) {
        add_error(k, WFPW_CHECK_LEASES, &e);
        return;
    }
    lease_store_mark_ended(p);
    for (int i = 0; i < SETTINGS; i++)
        for (int over = 0; over < 2; over++)
            any = check_setting_leases(k, collection_option(i), collection_name(i), over) || any;
    any = check_audit_leases(k) || any;
    if (!any)
        (void)add_row(k, WFPW_CHECK_LEASES, WELL, "nothing on this host is held on by a session");
}

/* ---- rights --------------------------------------------------------------------------------- */

static void add_right(struct check *k, uint32_t row, const char *granted, const char *call,
                      uint32_t code)
{
    if (call == NULL)
        (void)add_row(k, row, WELL, "this Windows does not have the function");
    else if (code == 0)
        (void)add_row(k, row, WELL, granted);
    else if (error_of_engine(code) == WFPW_E_DISABLED)
        add_row(k, row, ODD, "nothing is kept, as no net events are collected")->remedy =
            "what happens from then on is kept when collection is on";
    else
        add_engine_error(k, row, call, code);
}

/* Each is granted or refused on its own, and a session does with what there is. */
static void check_rights(struct check *k, void *engine)
{
    static const struct {
        uint32_t row;
        const char *granted;
    } rights[RIGHTS_KINDS] = {
        [RIGHTS_EVENTS] = {WFPW_CHECK_EVENTS, "net events may be subscribed to"},
        [RIGHTS_HISTORY] = {WFPW_CHECK_HISTORY, "what the engine keeps of them may be read"},
        [RIGHTS_FILTERS] = {WFPW_CHECK_FILTERS, "filters may be listed"},
    };
    for (int i = 0; i < RIGHTS_KINDS; i++) {
        const char *call;
        uint32_t code = rights_query(k->system, engine, (enum rights_kind)i, &call);
        add_right(k, rights[i].row, rights[i].granted, call, code);
    }
}

/* ---- the Security log ----------------------------------------------------------------------- */

static void add_refused_log(struct check *k, const char *call, uint32_t code)
{
    char text[160];
    (void)snprintf(text, sizeof text, "the Security log cannot be read: %s gave %u", call, code);
    wfpw_row *row = add_row(k, WFPW_CHECK_LOG, ODD, text);
    row->os_code = code;
    row->remedy = "run elevated, or as a member of Event Log Readers whose session began after it "
                  "became one";
}

static void check_log(struct check *k)
{
    const char *call;
    uint32_t code;
    if (k->o.system == NULL)
        (void)system_host_find_log(&k->host);
    if (k->system->eventlog == NULL) {
        (void)add_row(k, WFPW_CHECK_LOG, WELL, "this host has no event log");
        return;
    }
    uint32_t path = audit_log_access(k->system, &call, &code);
    if (path == WFPW_LOG_PATH_MODERN)
        (void)add_row(k, WFPW_CHECK_LOG, WELL, "the Security log may be subscribed to");
    else if (path == WFPW_LOG_PATH_CLASSIC)
        add_row(k, WFPW_CHECK_LOG, ODD,
                "the Security log is read by number, as it may not be subscribed to")
            ->remedy = "times are in seconds then; to subscribe, be a member of Event Log Readers";
    else
        add_refused_log(k, call, code);
}

/* ---- the audit policy ----------------------------------------------------------------------- */

static const char *audited_text(uint32_t bits)
{
    static const char *const texts[] = {"nothing", "success", "failure", "success and failure"};
    return texts[bits & AUDIT_BOTH];
}

/* That nothing is audited is how Windows comes, so it is not odd. */
static void check_audit_policy(struct check *k)
{
    const char *missing;
    char text[160];
    uint32_t value[LENT] = {0}, code = 0;
    if (!audit_policy_is_possible(k->system, &missing)) {
        (void)add_row(k, WFPW_CHECK_AUDIT_POLICY, WELL, "it cannot be asked for on this host");
        return;
    }
    for (int i = 0; i < LENT && code == 0; i++) {
        FWP_GUID guid = subcategory_guid(audit_lent(i));
        code = audit_policy_query(k->system, &guid, &value[i]);
    }
    (void)snprintf(text, sizeof text,
                   "the Security log gets of connections: %s; of packet drops: %s",
                   audited_text(value[LENT_CONNECTION]), audited_text(value[LENT_PACKET_DROP]));
    if (code == 0) {
        (void)add_row(k, WFPW_CHECK_AUDIT_POLICY, WELL, text);
        return;
    }
    wfpw_error e;
    (void)error_set(&e, error_of_windows(code), "AuditQuerySystemPolicy", code, NULL);
    add_error(k, WFPW_CHECK_AUDIT_POLICY, &e);
    k->rows[k->count - 1].level = ODD; /* only the log needs it */
}

/* ---- the host ------------------------------------------------------------------------------- */

static void check_host(struct check *k)
{
    void *engine;
    uint32_t code = engine_open(k->system, &engine);
    if (code == 0) {
        (void)add_row(k, WFPW_CHECK_ENGINE, WELL, "the filtering engine answers");
        check_settings(k, engine);
    } else {
        add_engine_error(k, WFPW_CHECK_ENGINE, "FwpmEngineOpen0", code);
    }
    check_leases(k);
    if (code == 0) {
        check_rights(k, engine);
        (void)k->system->engine->close(k->system->ctx, engine);
    }
    lease_store_close(&k->collection.place);
    check_audit_policy(k);
    check_log(k);
    k->status = (int)k->count;
}

/* ---- putting back --------------------------------------------------------------------------- */

static void restore_host(struct check *k)
{
    k->status = collection_settle(&k->collection, &k->e);
    if (k->status == WFPW_E_LEASE) {
        wfpw_error ignored; /* why it is set aside is what the caller wants to know */
        (void)lease_store_set_aside(&k->collection.place, &ignored);
    }
    const char *missing;
    if (k->status == WFPW_OK && audit_policy_is_possible(k->system, &missing))
        k->status = audit_lease_settle(&k->audit, &k->e);
    if (k->status == WFPW_OK)
        k->status = (int)(k->collection.settled + k->audit.settled);
}

/* ---- the calls ------------------------------------------------------------------------------ */

/* On a thread of its own. */
static void run_check(void *ctx)
{
    struct check *k = ctx;
    struct collection_options o = {
        .place = k->o.state_dir, .log = k->o.log, .log_ctx = k->o.log_ctx};
    o.system = engine_system(k->o.system, &k->host, k->where, &k->e);
    if (o.system == NULL) {
        k->status = k->e.status;
        return;
    }
    if (!collection_is_possible(o.system)) {
        k->status =
            error_set(&k->e, WFPW_E_NOTSUP, k->where, 0, "settings of this host cannot be changed");
        return;
    }
    k->system = o.system;
    collection_init(&k->collection, &o);
    audit_lease_init(&k->audit,
                     &(struct audit_lease_options){
                         .system = o.system, .place = o.place, .log = o.log, .log_ctx = o.log_ctx});
    k->what(k);
}

/* What is returned is to be freed with its own allocator; NULL: it failed. */
static struct check *start_check(const wfpw_options *o, const char *where,
                                 void (*what)(struct check *k), wfpw_error *e)
{
    wfpw_options options;
    if (!options_take(&options, o)) {
        (void)error_set(e, WFPW_E_INVAL, where, 0, "an option is wrong");
        return NULL;
    }
    wfpw_allocator memory = memory_of(options.allocator);
    struct check *k = memory_new(&memory, sizeof *k);
    if (k != NULL) {
        k->memory = memory;
        k->o = options;
        k->where = where;
        k->what = what;
        if (thread_call(k->o.hooks, run_check, k))
            return k;
        memory_free(&memory, k);
    }
    (void)error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    return NULL;
}

/* Its result, and its error if that is what it is. */
static int end_check(struct check *k, wfpw_error *e)
{
    wfpw_allocator memory = k->memory;
    int status = k->status;
    if (status < 0 && e != NULL)
        *e = k->e;
    memory_free(&memory, k);
    return status;
}

int WFPW_CALL wfpw_check(const wfpw_options *o, wfpw_row *rows, uint32_t cap, wfpw_error *e)
{
    wfpw_error own;
    e = e != NULL ? e : &own;
    if (cap > 0 && (rows == NULL || rows->size < sizeof rows->size))
        return error_set(e, WFPW_E_INVAL, "wfpw_check", 0, NULL);
    struct check *k = start_check(o, "wfpw_check", check_host, e);
    if (k == NULL)
        return e->status;
    uint32_t stride = cap > 0 ? rows->size : 0;
    uint32_t n = stride < sizeof *rows ? stride : (uint32_t)sizeof *rows;
    for (uint32_t i = 0; i < k->count && i < cap; i++) {
        k->rows[i].size = n;
        memcpy((uint8_t *)rows + (size_t)i * stride, &k->rows[i], n);
    }
    return end_check(k, e);
}

int WFPW_CALL wfpw_restore(const wfpw_options *o, wfpw_error *e)
{
    wfpw_error own;
    e = e != NULL ? e : &own;
    struct check *k = start_check(o, "wfpw_restore", restore_host, e);
    return k != NULL ? end_check(k, e) : e->status;
}
