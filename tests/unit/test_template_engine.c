/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What of a template goes to the engine, in which form, and who asks the rest. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "template/template_engine.h"

static wfpw_template *template_of(const char *const *conditions)
{
    wfpw_template *t;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    for (; *conditions != NULL; conditions++)
        assert_int_equal(wfpw_template_add(t, *conditions, NULL), WFPW_OK);
    return t;
}

/* What one condition is compiled to; et->asked has none when it is ours alone. */
static struct engine_template *compile(const char *condition)
{
    struct engine_template *et = malloc(sizeof *et);
    wfpw_template *t = template_of((const char *const[]){condition, NULL});
    assert_non_null(et);
    memset(et, 0xAA, sizeof *et);
    template_for_engine(t, 0, 0, et);
    wfpw_template_free(t); /* nothing of it is needed any more */
    return et;
}

static const FWP_CONDITION_VALUE0 *value_of(const struct engine_template *et, uint32_t first)
{
    assert_int_equal(et->asked.numFilterConditions, 1);
    assert_ptr_equal(et->asked.filterCondition, et->conditions);
    assert_int_equal(et->conditions[0].fieldKey.Data1, first);
    assert_int_equal(et->conditions[0].matchType, FWP_MATCH_EQUAL);
    return &et->conditions[0].conditionValue;
}

/* ---- values --------------------------------------------------------------------------------- */

/* The first part of FWPM_CONDITION_*. */
#define PROTOCOL       0x3971ef2bu
#define LOCAL_PORT     0x0c1ba1afu
#define REMOTE_PORT    0xc35a604du
#define LOCAL_ADDRESS  0xd9ee00deu
#define REMOTE_ADDRESS 0xb235ae9au
#define APP_ID         0xd78e1e87u
#define USER_ID        0xaf043a0au
#define EVENT_TYPE     0x206e9996u

static void test_numbers(void **state)
{
    static const struct {
        const char *condition;
        uint32_t field, type, value;
    } rows[] = {
        {"protocol=tcp", PROTOCOL, FWP_UINT8, 6},
        {"protocol=0", PROTOCOL, FWP_UINT8, 0},
        {"protocol=17-17", PROTOCOL, FWP_UINT8, 17},
        {"local-port=65535", LOCAL_PORT, FWP_UINT16, 65535},
        {"remote-port=443", REMOTE_PORT, FWP_UINT16, 443},
        {"type=ike_mm_failure", EVENT_TYPE, FWP_UINT32, 0},
        {"type=classify_drop", EVENT_TYPE, FWP_UINT32, 3},
        {"type=lpm_packet_arrival", EVENT_TYPE, FWP_UINT32, 10},
        {"local-address=10.0.0.1", LOCAL_ADDRESS, FWP_UINT32, 0x0A000001},
        {"remote-address=10.0.0.1/32", REMOTE_ADDRESS, FWP_UINT32, 0x0A000001},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct engine_template *et = compile(rows[i].condition);
        const FWP_CONDITION_VALUE0 *v = value_of(et, rows[i].field);
        assert_int_equal(v->type, rows[i].type);
        uint32_t got = v->type == FWP_UINT8    ? v->uint8
                       : v->type == FWP_UINT16 ? v->uint16
                                               : v->uint32;
        assert_int_equal(got, rows[i].value);
        free(et);
    }
}

static void test_v4_networks(void **state)
{
    static const struct {
        const char *condition;
        uint32_t addr, mask;
    } rows[] = {
        {"local-address=10.0.0.0/8", 0x0A000000, 0xFF000000},
        {"local-address=10.1.2.3/31", 0x0A010202, 0xFFFFFFFE},
        {"local-address=128.0.0.0/1", 0x80000000, 0x80000000},
        {"local-address=10.0.0.0-10.0.0.255", 0x0A000000, 0xFFFFFF00}, /* a range that is one */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct engine_template *et = compile(rows[i].condition);
        const FWP_CONDITION_VALUE0 *v = value_of(et, LOCAL_ADDRESS);
        assert_int_equal(v->type, FWP_V4_ADDR_MASK);
        assert_int_equal(v->v4AddrMask->addr, rows[i].addr);
        assert_int_equal(v->v4AddrMask->mask, rows[i].mask);
        free(et);
    }
}

static void test_v6(void **state)
{
    static const uint8_t addr[16] = {0xFE, 0x80, [15] = 1}, net[16] = {0xFE, 0x80};
    (void)state;
    struct engine_template *et = compile("remote-address=fe80::1");
    const FWP_CONDITION_VALUE0 *v = value_of(et, REMOTE_ADDRESS);
    assert_int_equal(v->type, FWP_BYTE_ARRAY16_TYPE);
    assert_memory_equal(v->byteArray16->byteArray16, addr, sizeof addr);
    free(et);
    et = compile("remote-address=fe80::1/10");
    v = value_of(et, REMOTE_ADDRESS);
    assert_int_equal(v->type, FWP_V6_ADDR_MASK);
    assert_memory_equal(v->v6AddrMask->addr, net, sizeof net);
    assert_int_equal(v->v6AddrMask->prefixLength, 10);
    free(et);
}

/* Both sides at once do not share their memory. */
static void test_both_sides(void **state)
{
    struct engine_template et;
    wfpw_template *t = template_of(
        (const char *const[]){"local-address=10.0.0.0/8", "remote-address=192.0.2.0/24", NULL});
    (void)state;
    template_for_engine(t, 0, 0, &et);
    assert_int_equal(et.asked.numFilterConditions, 2);
    assert_int_equal(et.conditions[0].conditionValue.v4AddrMask->addr, 0x0A000000);
    assert_int_equal(et.conditions[1].conditionValue.v4AddrMask->addr, 0xC0000200);
    wfpw_template_free(t);
}

static void test_user(void **state)
{
    static const uint8_t system[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    (void)state;
    struct engine_template *et = compile("user=s-1-5-18");
    const FWP_CONDITION_VALUE0 *v = value_of(et, USER_ID);
    assert_int_equal(v->type, FWP_SID);
    assert_memory_equal(v->sid, system, sizeof system);
    free(et);
}

/* Small letters, and the NUL counts: as the engine makes ids. */
static void test_app(void **state)
{
    static const char path[] = "\\device\\harddiskvolume3\\a.exe";
    (void)state;
    struct engine_template *et = compile("app=\\Device\\HarddiskVolume3\\A.exe");
    const FWP_CONDITION_VALUE0 *v = value_of(et, APP_ID);
    assert_int_equal(v->type, FWP_BYTE_BLOB_TYPE);
    assert_int_equal(v->byteBlob->size, 2 * sizeof path);
    for (size_t i = 0; i < sizeof path; i++)
        assert_int_equal(text_le16(v->byteBlob->data + 2 * i), path[i]);
    assert_false(et->has_file);
    free(et);
}

static void test_longest_app(void **state)
{
    char condition[ENGINE_PATH_MAX + 16] = "app=\\device\\";
    (void)state;
    memset(condition + 12, 'x', ENGINE_PATH_MAX - 1 - 8);
    struct engine_template *et = compile(condition);
    assert_int_equal(value_of(et, APP_ID)->byteBlob->size, 2 * ENGINE_PATH_MAX);
    free(et);
    strcat(condition, "x");
    et = compile(condition);
    assert_false(template_asks(et));
    free(et);
}

/* ---- what stays ours ------------------------------------------------------------------------ */

static void test_ours(void **state)
{
    static const char *const conditions[] = {
        "protocol!=tcp",
        "protocol=tcp,udp",
        "protocol=1-2",
        "direction=inbound",
        "layer=44",
        "filter=7",
        "verdict=block",
        "reason!=rule",
        "scope-id=7",
        "type=5157",
        "type=audit",
        "type=unknown",
        "type=gap",
        "local-port=1-1023",
        "remote-port=53,443",
        "local-address=0.0.0.0/0",
        "local-address=::/0",
        "local-address=10.0.0.1-10.0.0.2",
        "remote-address=10.0.0.1,10.0.0.2",
        "remote-address!=10.0.0.1",
        "user=SYSTEM",
        "user=*",
        "user=S-1-5-*",
        "user=S-2-5-18",
        "user=S-1-5",
        "user=S-1-5-018-x",
        "user=D\\name",
        "app=nc.exe",
        "app=*",
        "app=\\device\\*",
        "app=*\\nc.exe",
        "app=\\device\\",
        "app=\\device\\t\xC3\xA4st",
        "app=C:nc.exe",
        "app=C:\\",
        "app=\\\\host\\share\\x.exe",
        "app=\"\\device\\a\",\"\\device\\b\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        wfpw_asked row = {.size = sizeof row};
        struct engine_template *et = compile(conditions[i]);
        wfpw_template *t = template_of((const char *const[]){conditions[i], NULL});
        if (template_asks(et) || et->asked.filterCondition != NULL)
            fail_msg("%s", conditions[i]);
        assert_int_equal(wfpw_template_explain(t, 0, &row), 1);
        assert_true(row.code != WFPW_ASKED_BY_ENGINE && row.why[0] != 0);
        wfpw_template_free(t);
        free(et);
    }
}

static void test_no_conditions(void **state)
{
    static const struct engine_template zero;
    struct engine_template et;
    wfpw_template *t = template_of((const char *const[]){NULL});
    (void)state;
    memset(&et, 0xAA, sizeof et);
    template_for_engine(NULL, 0, 0, &et);
    assert_memory_equal(&et, &zero, sizeof et);
    template_for_engine(t, 0, 0, &et);
    assert_memory_equal(&et, &zero, sizeof et);
    assert_false(template_is_refused(&et, FWP_E_TYPE_MISMATCH));
    wfpw_template_free(t);
}

static uint64_t time_of(const FWP_FILETIME *t)
{
    return (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime;
}

static void test_span(void **state)
{
    static const uint64_t rows[][4] = {
        {0, 0, 0, 0},
        {134116992000000000u, 0, 134116992000000000u, INT64_MAX},
        {0, 134116992000000000u, 0, 134116992000000000u},
        {5, 7, 5, 7},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct engine_template et;
        template_for_engine(NULL, rows[i][0], rows[i][1], &et);
        assert_true(time_of(&et.asked.startTime) == rows[i][2]);
        assert_true(time_of(&et.asked.endTime) == rows[i][3]);
    }
}

/* The same field twice: the first that the engine can be asked. */
static void test_one_field_once(void **state)
{
    struct engine_template et;
    wfpw_template *t = template_of((const char *const[]){"local-port=1-5", "local-port=2",
                                                         "local-port=3", "remote-port=2", NULL});
    wfpw_asked row = {.size = sizeof row};
    (void)state;
    template_for_engine(t, 1, 2, &et);
    assert_int_equal(et.asked.numFilterConditions, 2);
    assert_int_equal(et.conditions[0].fieldKey.Data1, LOCAL_PORT);
    assert_int_equal(et.conditions[0].conditionValue.uint16, 2);
    assert_int_equal(et.conditions[1].fieldKey.Data1, REMOTE_PORT);
    assert_int_equal(wfpw_template_explain(t, 2, &row), 1);
    assert_string_equal(row.condition, "local-port=3");
    assert_int_equal(row.code, WFPW_ASKED_BY_CALLBACK);
    template_drop_conditions(&et);
    assert_false(template_asks(&et));
    assert_null(et.asked.filterCondition);
    assert_true(time_of(&et.asked.startTime) == 1 && time_of(&et.asked.endTime) == 2);
    wfpw_template_free(t);
}

/* Rights, the engine's state and time are not about conditions. */
static void test_refused(void **state)
{
    static const struct {
        uint32_t code;
        bool refused;
    } rows[] = {
        {0, false},
        {FWP_ERROR_ACCESS_DENIED, false},
        {FWP_E_NET_EVENTS_DISABLED, false},
        {FWP_E_TIMEOUT, false},
        {FWP_E_SESSION_ABORTED, false},
        {FWP_RPC_S_SERVER_UNAVAILABLE, false},
        {FWP_ERROR_INVALID_PARAMETER, true},
        {FWP_E_TYPE_MISMATCH, true},
        {FWP_E_MATCH_TYPE_MISMATCH, true},
        {FWP_E_CONDITION_NOT_FOUND, true},
        {FWP_E_INVALID_PARAMETER, true},
        {FWP_E_NEVER_MATCH, true},
        {FWP_E_INVALID_ENUMERATOR, true},
        {1783, true}, /* RPC_X_BAD_STUB_DATA */
    };
    (void)state;
    struct engine_template *et = compile("protocol=tcp");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(template_is_refused(et, rows[i].code), rows[i].refused);
    free(et);
}

/* ---- applications by their file ------------------------------------------------------------- */

/* A system that knows one program, or has an answer of its own. */
struct files {
    uint32_t code;
    FWP_BYTE_BLOB *answer;
    int asked, freed;
};

static uint32_t find_id(void *ctx, const uint16_t *path, FWP_BYTE_BLOB **id)
{
    static const char wanted[] = "c:\\a.exe";
    struct files *f = ctx;
    f->asked++;
    for (size_t i = 0; i < sizeof wanted; i++)
        assert_int_equal(path[i], wanted[i]);
    *id = f->answer;
    return f->code;
}

static void free_id(void *ctx, void **p)
{
    ((struct files *)ctx)->freed++;
    *p = NULL;
}

static int find(struct engine_template *et, struct files *f, bool has_function, wfpw_error *e)
{
    struct system_engine engine = {.app_id_from_file = has_function ? find_id : NULL,
                                   .free = free_id};
    struct wfpw_system system = {.ctx = f, .engine = &engine};
    return template_find_app(et, &system, e);
}

static void test_file_is_found(void **state)
{
    static uint16_t id[] = {'\\', 'x', 0};
    FWP_BYTE_BLOB blob = {sizeof id, (uint8_t *)id};
    struct files f = {.answer = &blob};
    (void)state;
    struct engine_template *et = compile("app=C:\\A.exe");
    assert_true(et->has_file);
    assert_int_equal(find(et, &f, true, NULL), WFPW_OK);
    const FWP_CONDITION_VALUE0 *v = value_of(et, APP_ID);
    assert_int_equal(v->byteBlob->size, sizeof id);
    assert_memory_equal(v->byteBlob->data, id, sizeof id);
    assert_ptr_not_equal(v->byteBlob->data, id);
    assert_int_equal(find(et, &f, true, NULL), WFPW_OK); /* once */
    assert_int_equal(f.asked, 1);
    assert_int_equal(f.freed, 1);
    free(et);
}

static void test_file_is_not_there(void **state)
{
    static const uint32_t codes[] = {FWP_ERROR_FILE_NOT_FOUND, FWP_ERROR_PATH_NOT_FOUND};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct files f = {.code = codes[i]};
        wfpw_error e;
        struct engine_template *et = compile("app=C:\\A.exe");
        assert_int_equal(find(et, &f, true, &e), WFPW_E_IO);
        assert_int_equal(e.os_code, codes[i]);
        assert_string_equal(e.where, "FwpmGetAppIdFromFileName0");
        assert_non_null(strstr(e.text, "no such file"));
        assert_int_equal(f.freed, 0);
        free(et);
    }
}

/* Whatever else it says, or has no words for: we ask, and the engine does not. */
static void test_file_cannot_be_told(void **state)
{
    static uint16_t id[ENGINE_PATH_MAX + 1] = {'x'};
    FWP_BYTE_BLOB blobs[] = {{0, (uint8_t *)id}, {2, NULL}, {sizeof id, (uint8_t *)id}};
    struct files answers[] = {{.code = FWP_ERROR_ACCESS_DENIED},
                              {.code = FWP_RPC_S_SERVER_UNAVAILABLE},
                              {.answer = NULL},
                              {.answer = &blobs[0]},
                              {.answer = &blobs[1]},
                              {.answer = &blobs[2]}};
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct engine_template *et = compile("app=C:\\A.exe");
        assert_int_equal(find(et, &answers[i], true, NULL), WFPW_OK);
        assert_false(template_asks(et));
        assert_null(et->asked.filterCondition);
        assert_int_equal(answers[i].freed, answers[i].answer != NULL);
        free(et);
    }
    struct engine_template et;
    wfpw_template *t = template_of((const char *const[]){"app=C:\\A.exe", "protocol=6", NULL});
    template_for_engine(t, 0, 0, &et);
    assert_int_equal(find(&et, &answers[0], false, NULL), WFPW_OK); /* no such function */
    (void)value_of(&et, PROTOCOL);
    wfpw_template_free(t);
}

/* ---- who asks ------------------------------------------------------------------------------- */

static void test_explain(void **state)
{
    static const struct {
        const char *condition;
        uint32_t code;
        const char *name;
    } rows[] = {
        {"protocol=tcp", WFPW_ASKED_BY_ENGINE, "engine"},
        {" Direction = INBOUND", WFPW_ASKED_BY_CALLBACK, "callback"},
        {"verdict=block", WFPW_ASKED_BY_EVENT, "event"},
        {"app=\"a,b.exe\" , \"\xC3\xA4\"", WFPW_ASKED_BY_CALLBACK, "callback"},
    };
    wfpw_asked row = {.size = sizeof row};
    wfpw_template *t;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_explain(t, 0, &row), 0);
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(wfpw_template_add(t, rows[i].condition, NULL), WFPW_OK);
        assert_int_equal(wfpw_template_explain(t, i, &row), 1);
        assert_int_equal(row.size, sizeof row);
        assert_int_equal(row.code, rows[i].code);
        assert_string_equal(row.name, rows[i].name);
        assert_string_equal(row.condition, rows[i].condition);
        assert_int_equal(row.why[0] == 0, row.code == WFPW_ASKED_BY_ENGINE);
        assert_int_equal(wfpw_template_explain(t, i + 1, &row), 0);
    }
    wfpw_template_free(t);
}

/* Callers of an older header have a smaller struct. */
static void test_explain_size(void **state)
{
    wfpw_template *t = template_of((const char *const[]){"protocol=tcp", NULL});
    wfpw_asked row = {.size = 8, .name = "mine"};
    (void)state;
    assert_int_equal(wfpw_template_explain(t, 0, &row), 1);
    assert_int_equal(row.size, 8);
    assert_int_equal(row.code, WFPW_ASKED_BY_ENGINE);
    assert_string_equal(row.name, "mine");
    row.size = 3;
    assert_int_equal(wfpw_template_explain(t, 0, &row), WFPW_E_INVAL);
    assert_int_equal(wfpw_template_explain(NULL, 0, &row), WFPW_E_INVAL);
    assert_int_equal(wfpw_template_explain(t, 0, NULL), WFPW_E_INVAL);
    wfpw_template_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_v4_networks),
        cmocka_unit_test(test_v6),
        cmocka_unit_test(test_both_sides),
        cmocka_unit_test(test_user),
        cmocka_unit_test(test_app),
        cmocka_unit_test(test_longest_app),
        cmocka_unit_test(test_ours),
        cmocka_unit_test(test_no_conditions),
        cmocka_unit_test(test_span),
        cmocka_unit_test(test_one_field_once),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_file_is_found),
        cmocka_unit_test(test_file_is_not_there),
        cmocka_unit_test(test_file_cannot_be_told),
        cmocka_unit_test(test_explain),
        cmocka_unit_test(test_explain_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
