/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A service of Windows as an object: what the system says, and names that it is never asked. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "resolve/service.h"
#include "wfpwatch/wfpwatch.h"

struct host {
    struct wfpw_system system;
    struct system_places places;
    struct system_service gives;
    uint32_t code;
    int calls;
    uint16_t asked[SERVICE_NAME_MAX + 1];
    struct policy_object_builder b;
};

static uint32_t give_service(void *ctx, const uint16_t *name, struct system_service *out)
{
    struct host *h = ctx;
    size_t n = 0;
    h->calls++;
    do
        h->asked[n] = name[n];
    while (name[n++] != 0);
    *out = h->gives;
    return h->code;
}

static struct host *open_host(void)
{
    struct host *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->places.service = give_service;
    h->system = (struct wfpw_system){.ctx = h, .places = &h->places};
    return h;
}

static void test_what_is_told(void **state)
{
    struct host *h = open_host();
    (void)state;
    h->gives = (struct system_service){.runs = true,
                                       .image_units = 2,
                                       .company_units = 1,
                                       .image = {'C', 0xD800},
                                       .company = {0xE9}};
    const struct policy_object *o = service_object(&h->system, &h->b, "MpsSvc");
    assert_int_equal(o->kind, POLICY_OBJECT_SERVICE);
    assert_int_equal(o->present, WFPW_SERVICE_RUNNING);
    assert_string_equal(policy_object_slot_of(o, TEXT_KEY), "mpssvc");
    assert_string_equal(policy_object_slot_of(o, TEXT_IMAGE), "C\xEF\xBF\xBD");
    assert_string_equal(policy_object_slot_of(o, TEXT_COMPANY), "\xC3\xA9");
    assert_int_equal(h->asked[0], 'M');
    assert_int_equal(h->asked[6], 0);
    h->gives = (struct system_service){.runs = false};
    o = service_object(&h->system, &h->b, "x");
    assert_int_equal(o->present, WFPW_SERVICE_STOPPED);
    assert_null(policy_object_slot_of(o, TEXT_IMAGE));
    assert_null(policy_object_slot_of(o, TEXT_COMPANY));
    h->code = SERVICE_NOT_FOUND;
    assert_int_equal(service_object(&h->system, &h->b, "x")->present, WFPW_SERVICE_MISSING);
    h->code = 5; /* refused: nobody knows */
    assert_null(service_object(&h->system, &h->b, "x"));
    free(h);
}

static void test_what_is_not_asked(void **state)
{
    static const char *const names[] = {"", "a/b", "a\\b", "\\\\host\\a", "a\nb", "\xC3\xA9"};
    char longest[SERVICE_NAME_MAX + 2];
    struct host *h = open_host();
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(service_object(&h->system, &h->b, names[i]));
    memset(longest, 'a', sizeof longest);
    longest[SERVICE_NAME_MAX + 1] = 0;
    assert_null(service_object(&h->system, &h->b, longest));
    assert_int_equal(h->calls, 0);
    longest[SERVICE_NAME_MAX] = 0;
    assert_non_null(service_object(&h->system, &h->b, longest));
    assert_int_equal(h->calls, 1);
    h->places.service = NULL;
    assert_null(service_object(&h->system, &h->b, "a"));
    h->system.places = NULL;
    assert_null(service_object(&h->system, &h->b, "a"));
    free(h);
}

/* This host's own, where it has services: one that every Windows has, in any case. */
static void test_this_host(void **state)
{
    static const uint16_t known[] = {'r', 'P', 'c', 's', 'S', 0};
    static const uint16_t unknown[] = {'w', 'f', 'p', 'w', ' ', 'n', 'o', 'n', 'e', 0};
    const struct system_places *places = system_host_places();
    struct system_service found;
    (void)state;
    if (places == NULL)
        return;
    assert_int_equal(places->service(NULL, unknown, &found), SERVICE_NOT_FOUND);
    assert_int_equal(found.image_units + found.company_units, 0);
    assert_int_equal(places->service(NULL, known, &found), 0);
    assert_true(found.image_units > 3 && found.image_units <= SERVICE_IMAGE_UNITS);
    assert_int_equal(found.image[1], ':');
    assert_true(found.company_units <= SERVICE_COMPANY_UNITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_told),
        cmocka_unit_test(test_what_is_not_asked),
        cmocka_unit_test(test_this_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
