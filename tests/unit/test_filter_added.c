/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which records say who added a filter, and how sure that is. */
#include "cmocka_all.h"

#include <string.h>

#include "wfpwatch/wfpwatch.h"

static const char key[] = "{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}";
static const char other[] = "{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b53}";

struct made {
    wfpw_filter filter;
    wfpw_event event;
    wfpw_audit audit;
    wfpw_field fields[3];
};

static wfpw_field field_of(const char *name, const char *value)
{
    return (wfpw_field){.name = name,
                        .value = value,
                        .name_length = (uint32_t)strlen(name),
                        .value_length = (uint32_t)strlen(value)};
}

/* A filter, and the record of its addition. */
static void make_pair(struct made *m)
{
    *m = (struct made){.filter = {.size = sizeof m->filter, .id = 7, .key = key},
                       .event = {.size = sizeof m->event,
                                 .kind = WFPW_KIND_AUDIT,
                                 .present = WFPW_HAS_FILTER_ID,
                                 .filter_id = 7,
                                 .time = 1000},
                       .audit = {.size = sizeof m->audit, .event_id = 5447}};
    m->fields[0] = field_of("ProcessId", "1204");
    m->fields[1] = field_of("ChangeType", "%%16384");
    m->fields[2] = field_of("FilterKey", key);
    m->audit.fields = m->fields;
    m->audit.field_count = 3;
    m->audit.field_stride = sizeof *m->fields;
    m->event.audit = &m->audit;
}

static int answer(const struct made *m)
{
    return wfpw_filter_added_by(&m->filter, &m->event);
}

static void test_certain(void **state)
{
    struct made m;
    (void)state;
    make_pair(&m);
    assert_int_equal(answer(&m), WFPW_CONFIDENCE_CERTAIN);
    m.filter.from_time = 999; /* clocks of a dump and of a log are of no matter here */
    assert_int_equal(answer(&m), WFPW_CONFIDENCE_CERTAIN);
    m.fields[2] = field_of("FilterKey", "{5A2B9A36-1F0E-4C11-9E2A-0D6F3C7A1B52}");
    assert_int_equal(answer(&m), WFPW_CONFIDENCE_CERTAIN);
}

/* A persistent filter gets another id at the next start of the engine. */
static void test_another_id(void **state)
{
    struct made m;
    (void)state;
    make_pair(&m);
    m.event.filter_id = 8;
    assert_int_equal(answer(&m), 0);
    m.filter.flags = 1; /* FWPM_FILTER_FLAG_PERSISTENT */
    assert_int_equal(answer(&m), WFPW_CONFIDENCE_LIKELY);
    m.filter.from_time = 1000;
    assert_int_equal(answer(&m), WFPW_CONFIDENCE_LIKELY);
    m.filter.from_time = 999; /* it was added once more, after it was seen */
    assert_int_equal(answer(&m), 0);
}

static void test_another_filter(void **state)
{
    struct made m;
    (void)state;
    make_pair(&m);
    m.filter.key = other; /* an id is used again after a restart */
    assert_int_equal(answer(&m), 0);
    m.filter.key = NULL;
    assert_int_equal(answer(&m), 0);
    m.filter.key = "FWPM_CONDITION_IP_REMOTE_PORT";
    assert_int_equal(answer(&m), 0);
}

static void test_another_record(void **state)
{
    static const char *const types[] = {"%%16385", "%%16386", "", "%%163840", "Add"};
    struct made m;
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        make_pair(&m);
        m.fields[1] = field_of("ChangeType", types[i]);
        assert_int_equal(answer(&m), 0);
    }
    make_pair(&m);
    m.audit.event_id = 5449; /* an added provider context */
    assert_int_equal(answer(&m), 0);
    make_pair(&m);
    m.event.audit = NULL;
    assert_int_equal(answer(&m), 0);
    make_pair(&m);
    m.event.present = 0;
    assert_int_equal(answer(&m), 0);
    make_pair(&m);
    m.audit.field_count = 2; /* no key */
    assert_int_equal(answer(&m), 0);
    m.audit.field_count = 1; /* no type */
    assert_int_equal(answer(&m), 0);
}

static void test_arguments(void **state)
{
    struct made m;
    (void)state;
    make_pair(&m);
    assert_int_equal(wfpw_filter_added_by(NULL, &m.event), WFPW_E_INVAL);
    assert_int_equal(wfpw_filter_added_by(&m.filter, NULL), WFPW_E_INVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certain),        cmocka_unit_test(test_another_id),
        cmocka_unit_test(test_another_filter), cmocka_unit_test(test_another_record),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
