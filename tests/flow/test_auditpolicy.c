/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit policy of a simulated machine: read, set, saved, brought back. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "machine.h"
#include "sim/sim.h"
#include "codes/subcategory.h"

enum { ROWS = 80, TEXT_BYTES = 16 * 1024 };

static wfpw_options options_of(wfpw_sim *sim)
{
    return (wfpw_options){.size = sizeof(wfpw_options), .system = wfpw_sim_system(sim)};
}

static int get(wfpw_sim *sim, wfpw_audit_policy rows[ROWS], wfpw_error *e)
{
    wfpw_options o = options_of(sim);
    rows[0].size = sizeof *rows;
    return wfpw_audit_policy_get(&o, rows, ROWS, e);
}

static int set(wfpw_sim *sim, const char *subcategory, uint32_t audited, wfpw_error *e)
{
    wfpw_options o = options_of(sim);
    return wfpw_audit_policy_set(&o, subcategory, audited, e);
}

static int restore(wfpw_sim *sim, const char *text, uint32_t flags, wfpw_audit_restored *out,
                   wfpw_error *e)
{
    wfpw_options o = options_of(sim);
    out->size = sizeof *out;
    return wfpw_audit_policy_restore(&o, text, strlen(text), flags, out, e);
}

static const wfpw_audit_policy *find(const wfpw_audit_policy *rows, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (strcmp(rows[i].word, word) == 0)
            return &rows[i];
    fail_msg("there is no row %s", word);
    return NULL;
}

static uint64_t changes(wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    uint64_t n = sim->audit.change_count;
    os_mutex_unlock(&sim->lock);
    return n;
}

static struct sim_audit_change last_change(wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    struct sim_audit_change c = {0};
    if (sim->audit.change_count > 0)
        c = sim->audit.changes[(sim->audit.change_count - 1) % SIM_AUDIT_CHANGES];
    os_mutex_unlock(&sim->lock);
    return c;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void test_rows(void **state)
{
    static const struct {
        uint32_t windows;
        int rows;
    } versions[] = {{7, 53}, {8, 56}, {10, 59}, {11, 59}};
    static wfpw_audit_policy rows[ROWS];
    wfpw_error e;
    (void)state;
    for (size_t v = 0; v < sizeof versions / sizeof *versions; v++) {
        wfpw_sim *sim = machine_new(versions[v].windows);
        machine_play(sim, "auditpol connection failure; auditpol policy-change both");
        int n = get(sim, rows, &e);
        assert_int_equal(n, versions[v].rows);
        const wfpw_audit_policy *row = find(rows, n, "connection");
        assert_int_equal(row->size, sizeof *row);
        assert_int_equal(row->audited, WFPW_AUDITED_FAILURE);
        assert_int_equal(row->needed, WFPW_AUDITED_FAILURE);
        assert_string_equal(row->category, "Object Access");
        assert_string_equal(row->name, "Filtering Platform Connection");
        assert_string_equal(row->host_name, row->name);
        assert_string_equal(row->host_category, row->category);
        assert_string_equal(row->guid, "{0CCE9226-69AE-11D9-BED3-505054503030}");
        assert_non_null(strstr(row->failure, "5157"));
        assert_int_equal(row->decided_by, WFPW_DECIDED_LOCAL);
        assert_int_equal(find(rows, n, "policy-change")->audited, 3);
        assert_int_equal(find(rows, n, "packet-drop")->audited, 0);
        assert_int_equal(rows[0].audited, 0); /* however "none" is told */
        assert_int_equal(rows[1].audited, 0);
        machine_free(sim);
    }
}

static void test_names_of_the_host(void **state)
{
    static wfpw_audit_policy rows[ROWS];
    wfpw_sim *sim = machine_new(11);
    wfpw_error e;
    (void)state;
    machine_play(sim, "audit_name connection \"Filterplattformverbindung, gepr\\u00fcft\"");
    const wfpw_audit_policy *row = find(rows, get(sim, rows, &e), "connection");
    assert_string_equal(row->host_name, "Filterplattformverbindung, gepr\xC3\xBC"
                                        "ft");
    assert_string_equal(row->name, "Filtering Platform Connection");
    machine_play(sim, "fail call=AuditLookupSubCategoryNameW code=87 times=1000");
    row = find(rows, get(sim, rows, &e), "connection");
    assert_string_equal(row->host_name, "");
    machine_free(sim);
}

static void test_who_decides(void **state)
{
    static wfpw_audit_policy rows[ROWS];
    wfpw_sim *sim = machine_new(11);
    wfpw_error e;
    (void)state;
    machine_play(sim, "grouppolicy connection none; mdm packet-drop failure; gpupdate");
    int n = get(sim, rows, &e);
    assert_int_equal(find(rows, n, "connection")->decided_by, WFPW_DECIDED_GROUP_POLICY);
    assert_int_equal(find(rows, n, "connection")->decided, 0);
    assert_int_equal(find(rows, n, "packet-drop")->decided_by, WFPW_DECIDED_MDM);
    assert_int_equal(find(rows, n, "packet-drop")->decided, WFPW_AUDITED_FAILURE);
    assert_int_equal(find(rows, n, "policy-change")->decided_by, WFPW_DECIDED_LOCAL);
    machine_play(sim, "audit_legacy on; grouppolicy connection off");
    n = get(sim, rows, &e);
    assert_int_equal(find(rows, n, "connection")->decided_by, WFPW_DECIDED_CATEGORY);
    assert_string_equal(wfpw_word(WFPW_LIST_DECIDED, WFPW_DECIDED_MDM), "mdm");
    machine_free(sim);
}

/* A caller with a smaller or larger struct, and with less room. */
static void test_sizes(void **state)
{
    struct {
        wfpw_audit_policy row;
        uint64_t later;
    } larger[3];
    uint32_t smaller[2][4];
    wfpw_sim *sim = machine_new(11);
    wfpw_options o = options_of(sim);
    wfpw_error e;
    (void)state;
    memset(larger, 0x5A, sizeof larger);
    memset(smaller, 0x5A, sizeof smaller);
    larger[0].row.size = sizeof *larger;
    assert_int_equal(wfpw_audit_policy_get(&o, &larger[0].row, 2, &e), 59);
    assert_int_equal(larger[1].row.size, sizeof(wfpw_audit_policy));
    assert_int_equal(larger[1].later, 0x5A5A5A5A5A5A5A5A);
    assert_int_equal(larger[2].row.size, 0x5A5A5A5A);
    smaller[0][0] = 12;
    assert_int_equal(wfpw_audit_policy_get(&o, (void *)smaller, 1, &e), 59);
    assert_int_equal(smaller[0][0], 12);
    assert_int_equal(smaller[0][3], 0x5A5A5A5A);
    assert_int_equal(wfpw_audit_policy_get(&o, NULL, 0, NULL), 59);
    assert_int_equal(wfpw_audit_policy_get(&o, NULL, 1, &e), WFPW_E_INVAL);
    machine_free(sim);
}

/* ---- setting -------------------------------------------------------------------------------- */

static void test_set(void **state)
{
    static const char *const names[] = {"connection", "{0CCE9226-69AE-11D9-BED3-505054503030}",
                                        "0cce9226-69ae-11d9-bed3-505054503030",
                                        "filtering platform CONNECTION"};
    wfpw_sim *sim = machine_new(11);
    wfpw_error e;
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t audited = 3 - i; /* nothing, too: which is 4 for Windows */
        uint64_t before = changes(sim);
        assert_int_equal(set(sim, names[i], audited, &e), 1);
        assert_int_equal(sim_audit_get(sim, SUBCATEGORY_CONNECTION), audited);
        assert_int_equal(set(sim, names[i], audited, &e), 0);
        assert_int_equal(changes(sim), before + 1); /* and nothing else was touched */
    }
    struct sim_audit_change c = last_change(sim);
    assert_int_equal(c.subcategory.Data1, SUBCATEGORY_CONNECTION);
    assert_int_equal(c.before, 1);
    assert_int_equal(c.after, 0);
    assert_int_equal(c.by.logon_id, sim_auditor_self.logon_id);
    assert_int_equal(set(sim, "what", 1, &e), WFPW_E_INVAL);
    assert_int_equal(set(sim, "connection", 4, &e), WFPW_E_INVAL);
    assert_int_equal(set(sim, NULL, 1, &e), WFPW_E_INVAL);
    machine_play(sim, "auditpol connection gone");
    assert_int_equal(set(sim, "connection", 1, &e), WFPW_E_INVAL);
    assert_non_null(strstr(e.text, "does not have"));
    machine_free(sim);
}

static void test_denied(void **state)
{
    static wfpw_audit_policy rows[ROWS];
    wfpw_audit_restored out;
    wfpw_sim *sim = machine_new(11);
    wfpw_error e;
    (void)state;
    machine_play(sim, "audit_privilege off");
    assert_int_equal(get(sim, rows, &e), WFPW_E_ACCESS);
    assert_int_equal(e.os_code, 1314);
    assert_non_null(strstr(wfpw_remedy(&e), "SeSecurityPrivilege"));
    assert_int_equal(set(sim, "connection", 1, &e), WFPW_E_ACCESS);
    assert_int_equal(restore(sim, "x", 0, &out, &e), WFPW_E_ACCESS);
    machine_free(sim);
}

/* Every call fails once, in every function: an error, no leak, and nothing half done. */
static void test_failing_calls(void **state)
{
    static wfpw_audit_policy rows[ROWS];
    (void)state;
    for (uint64_t nth = 1; nth < 12; nth++) {
        wfpw_sim *sim = machine_new(11);
        wfpw_error e;
        wfpw_sim_fail_nth(sim, nth, 5);
        int n = get(sim, rows, &e);
        assert_true(n == 59 || (n == WFPW_E_ACCESS && nth <= 2));
        wfpw_sim_fail_nth(sim, nth, 31);
        n = set(sim, "connection", 1, &e);
        assert_true(n == 1 || (n == WFPW_E_SYSTEM && e.os_code == 31 && nth <= 2));
        assert_int_equal(sim_audit_get(sim, SUBCATEGORY_CONNECTION), n == 1);
        machine_free(sim);
    }
}

/* One subcategory that cannot be asked does not hide the others. */
static void test_one_unknown(void **state)
{
    static wfpw_audit_policy rows[ROWS];
    wfpw_sim *sim = machine_new(11);
    wfpw_error e;
    (void)state;
    machine_play(sim, "auditpol connection both; fail call=AuditQuerySystemPolicy code=87 times=2");
    int n = get(sim, rows, &e);
    assert_int_equal(n, 59);
    assert_int_equal(rows[0].os_code, 87);
    assert_int_equal(rows[1].os_code, 0);
    assert_int_equal(find(rows, n, "connection")->audited, 3);
    assert_string_equal(find(rows, n, "connection")->category, "Object Access");
    machine_free(sim);
}

static void test_missing_functions(void **state)
{
    static wfpw_audit_policy rows[ROWS];
    wfpw_sim *sim = machine_new(11);
    struct wfpw_system system = *wfpw_sim_system(sim);
    struct system_audit_policy some = *system.audit_policy;
    wfpw_options o = {.size = sizeof o, .system = &system};
    wfpw_error e;
    (void)state;
    system.audit_policy = &some;
    some.set = NULL;
    rows[0].size = sizeof *rows;
    assert_int_equal(wfpw_audit_policy_get(&o, rows, ROWS, &e), WFPW_E_NOTSUP);
    assert_string_equal(e.where, "AuditSetSystemPolicy");
    some = *wfpw_sim_system(sim)->audit_policy;
    some.category_name = NULL;
    some.subcategory_name = NULL;
    some.file = NULL;
    some.number = NULL;
    assert_int_equal(wfpw_audit_policy_get(&o, rows, ROWS, &e), 59);
    assert_string_equal(rows[0].host_name, "");
    system.audit_policy = NULL;
    assert_int_equal(wfpw_audit_policy_get(&o, rows, ROWS, &e), WFPW_E_NOTSUP);
    machine_free(sim);
}

/* ---- backup and restore --------------------------------------------------------------------- */

static char *must_backup(wfpw_sim *sim)
{
    wfpw_options o = options_of(sim);
    wfpw_error e;
    size_t needed = 0;
    assert_int_equal(wfpw_audit_policy_backup(&o, NULL, 0, &needed, &e), WFPW_E_RANGE);
    char *text = malloc(needed + 1);
    assert_non_null(text);
    assert_int_equal(wfpw_audit_policy_backup(&o, text, needed, NULL, &e), WFPW_E_RANGE);
    assert_int_equal(wfpw_audit_policy_backup(&o, text, needed + 1, &needed, &e), (int)needed);
    assert_int_equal(strlen(text), needed);
    return text;
}

/* Whatever it was, whatever it is now: it is as it was. */
static void test_round_trip(void **state)
{
    static const char *const words[] = {"none", "success", "failure", "both"};
    wfpw_sim *sim = machine_new(11);
    wfpw_audit_restored out;
    wfpw_error e;
    char script[200];
    (void)state;
    for (uint32_t i = 0; i < subcategory_count; i++) {
        (void)snprintf(script, sizeof script, "auditpol \"%s\" %s", subcategories[i].name,
                       words[i % 4]);
        machine_play(sim, script);
    }
    char *text = must_backup(sim);
    assert_non_null(strstr(text, "SIMULATED,System,Filtering Platform Connection,{0CCE9226"));
    assert_int_equal(restore(sim, text, 0, &out, &e), 0);
    assert_int_equal(out.same, 59);
    for (uint32_t i = 0; i < subcategory_count; i++) {
        (void)snprintf(script, sizeof script, "auditpol \"%s\" %s", subcategories[i].name,
                       words[(i + 1) % 4]);
        machine_play(sim, script);
    }
    assert_int_equal(restore(sim, text, 0, &out, &e), 59);
    assert_int_equal(out.set, 59);
    char *again = must_backup(sim);
    assert_string_equal(text, again);
    free(again);
    free(text);
    machine_free(sim);
}

#define GUID(four) "{0CCE" four "-69AE-11D9-BED3-505054503030}"

static void test_what_is_left(void **state)
{
    wfpw_sim *sim = machine_new(7);
    wfpw_audit_restored out;
    wfpw_error e;
    (void)state;
    machine_play(sim, "auditpol packet-drop both; auditpol mpssvc-rules success");
    int n = restore(
        sim,
        "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,"
        "Exclusion Setting,Setting Value\r\n"
        "PC,System,X," GUID(
            "9226") ",Failure,,2\r\n"
                    "PC,System,X," GUID(
                        "9225") ",No Auditing,,0\r\n"
                                "PC,System,X," GUID(
                                    "9249") ",Success,,1\r\n" /* not on Windows 7 */
                                            "PC,System,X," GUID(
                                                "9232") ",?,\r\n"
                                                        "PC,S-1-5-21-1-2-3-500,X," GUID(
                                                            "9215") ",Success,,1\r\n"
                                                                    "PC,,Option:CrashOnAuditFail,,"
                                                                    "Enabled,,1\r\n"
                                                                    ",,FileGlobalSacl,,,,S:\r\n"
                                                                    "damaged\r\n",
        0, &out, &e);
    assert_int_equal(n, 2);
    assert_int_equal(out.set, 2);
    assert_int_equal(out.absent, 1);
    assert_int_equal(out.unread, 2);
    assert_int_equal(out.users, 1);
    assert_int_equal(out.options, 1);
    assert_int_equal(out.sacls, 1);
    assert_int_equal(sim_audit_get(sim, SUBCATEGORY_CONNECTION), 2);
    assert_int_equal(sim_audit_get(sim, SUBCATEGORY_PACKET_DROP), 0);
    assert_int_equal(sim_audit_get(sim, SUBCATEGORY_MPSSVC_RULES), 1);
    assert_int_equal(sim_audit_get(sim, 0x0CCE9215), 0);
    machine_free(sim);
}

/* In a Group Policy's audit.csv 0 leaves a subcategory as it is, and 4 is off. */
static void test_policy_file(void **state)
{
    static const char text[] =
        ",System,X," GUID("9226") ",Not Configured,,0\n"
                                  ",System,X," GUID("9225") ",No Auditing,,4\n";
    wfpw_sim *sim = machine_new(11);
    wfpw_audit_restored out;
    wfpw_error e;
    (void)state;
    machine_play(sim, "auditpol connection both; auditpol packet-drop both");
    assert_int_equal(restore(sim, text, WFPW_RESTORE_POLICY, &out, &e), 1);
    assert_int_equal(out.kept, 1);
    assert_int_equal(sim_audit_get(sim, SUBCATEGORY_CONNECTION), 3);
    assert_int_equal(sim_audit_get(sim, SUBCATEGORY_PACKET_DROP), 0);
    assert_int_equal(restore(sim, text, 0, &out, &e), 1);
    assert_int_equal(sim_audit_get(sim, SUBCATEGORY_CONNECTION), 0);
    assert_int_equal(restore(sim, "an .evtx file, perhaps", 0, &out, &e), WFPW_E_SYNTAX);
    assert_int_equal(restore(sim, text, 2, &out, &e), WFPW_E_INVAL);
    machine_play(sim, "fail call=AuditSetSystemPolicy code=5; auditpol connection both");
    assert_int_equal(restore(sim, text, 0, &out, &e), WFPW_E_ACCESS);
    assert_int_equal(sim_audit_get(sim, SUBCATEGORY_CONNECTION), 3); /* all or nothing */
    machine_free(sim);
}

static void test_without_memory(void **state)
{
    wfpw_sim *sim = machine_new(11);
    struct heap heap;
    wfpw_options o = options_of(sim);
    wfpw_error e;
    (void)state;
    heap_init(&heap);
    o.allocator = &heap.allocator;
    assert_int_equal(wfpw_audit_policy_get(&o, NULL, 0, &e), 59);
    assert_int_equal(os_u64_load(&heap.live), 0);
    heap.fail_at = os_u64_load(&heap.calls) + 1;
    assert_int_equal(wfpw_audit_policy_get(&o, NULL, 0, &e), WFPW_E_NOMEM);
    machine_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_names_of_the_host),
        cmocka_unit_test(test_who_decides),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_failing_calls),
        cmocka_unit_test(test_one_unknown),
        cmocka_unit_test(test_missing_functions),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_what_is_left),
        cmocka_unit_test(test_policy_file),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
