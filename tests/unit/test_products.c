/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Whose filter it is: the table of products, and what a dump's provider says. */
#include "cmocka_all.h"

#include <string.h>

#include "base/text.h"
#include "codes/products.h"
#include "codes/wfp_symbols.h"
#include "wfpwatch/wfpwatch.h"

/* ---- the table ------------------------------------------------------------------------------ */

static const char *const keys[] = {
#define PRODUCT_KEY(key, product) key,
#include "codes/products.inc"
};
static const char *const services[] = {
#define PRODUCT_SERVICE(service, product) service,
#include "codes/products.inc"
};

/* A key is spelled as filters have it: a symbol where there is one, else the GUID in lower case. */
static void test_keys_are_as_filters_have_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char text[TEXT_GUID_MAX + 1];
        uint8_t guid[16];
        size_t n = strlen(keys[i]);
        if (keys[i][0] != '{') {
            assert_int_not_equal(wfp_symbol_find(keys[i], n), WFP_SYMBOL_NONE);
            continue;
        }
        assert_true(text_parse_guid(keys[i], n, guid));
        assert_int_equal(wfp_symbol_of_guid(guid), WFP_SYMBOL_NONE);
        text[text_guid(text, guid, false)] = 0;
        assert_string_equal(keys[i], text);
    }
}

static void test_rows_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof services / sizeof *services; i++)
        assert_true(strcmp(services[i - 1], services[i]) < 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(keys[i], keys[j]);
}

static void assert_product(const struct product_of *p, const char *product, uint32_t from)
{
    uint32_t told = 99;
    const char *found = product_find(p, &told);
    assert_int_equal(told, from);
    if (product == NULL)
        assert_null(found);
    else
        assert_string_equal(found, product);
}

static void test_the_surest_counts(void **state)
{
    (void)state;
    struct product_of p = {.key = "{b0d553e2-c6a0-4a9a-aeb8-c752483ed62f}",
                           .service = "MpsSvc",
                           .name = "WireGuard",
                           .description = "WireGuard provider"};
    assert_product(&p, "simplewall", WFPW_PRODUCT_FROM_KEY);
    p.key = "{b0d553e2-c6a0-4a9a-aeb8-c752483ed620}";
    assert_product(&p, "Windows Firewall", WFPW_PRODUCT_FROM_SERVICE);
    p.service = "mpssvc2";
    assert_product(&p, "WireGuard", WFPW_PRODUCT_FROM_NAME);
    p.description = NULL;
    assert_product(&p, NULL, 0);
    p = (struct product_of){.name = "Tailscale provider"};
    assert_product(&p, "Tailscale", WFPW_PRODUCT_FROM_NAME);
    p = (struct product_of){.key = NULL};
    assert_product(&p, NULL, 0);
    p.sublayer = "{2f660d7e-6a37-11e6-a181-001e8c6e04a2}";
    assert_product(&p, "OpenVPN", WFPW_PRODUCT_FROM_SUBLAYER);
    p.key = "{b0d553e2-c6a0-4a9a-aeb8-c752483ed620}"; /* somebody else's, in OpenVPN's sublayer */
    assert_product(&p, NULL, 0);
    p = (struct product_of){.sublayer = "FWPM_SUBLAYER_UNIVERSAL"};
    assert_product(&p, NULL, 0);
}

/* ---- a dump's filters ----------------------------------------------------------------------- */

#define KNOWN     "{b0d553e2-c6a0-4a9a-aeb8-c752483ed62f}"
#define GONE      "{00000000-0000-4000-8000-00000000000a}"
#define TURNEDOFF "{00000000-0000-4000-8000-00000000000b}"
#define FILTER(id, provider)                                                                       \
    "<item><filterKey>{00000000-0000-4000-8000-0000000001" id                                      \
    "}</filterKey><providerKey>" provider "</providerKey><filterId>" id "</filterId></item>"
#define PROVIDER(key, name, flags, service)                                                        \
    "<item><providerKey>" key "</providerKey><displayData><name>" name                             \
    "</name><description/></displayData><flags>" flags                                             \
    "</flags><providerData/><serviceName>" service "</serviceName></item>"
#define PROVIDERS                                                                                  \
    "<providers>" PROVIDER(KNOWN, "anything", "<item>FWPM_PROVIDER_FLAG_PERSISTENT</item>", "")    \
        PROVIDER(TURNEDOFF, "x", "<item>FWPM_PROVIDER_FLAG_DISABLED</item>",                       \
                 "SomeSvc") "</providers>"
#define FILTERS FILTER("10", KNOWN) FILTER("11", GONE) FILTER("12", TURNEDOFF) FILTER("13", "")

static uint64_t room[512];

static const wfpw_filter *filter_of(wfpw_names *n, uint64_t id)
{
    assert_int_equal(wfpw_names_get(n, id, 0, room, sizeof room, NULL), 1);
    return (const wfpw_filter *)(const void *)room;
}

static wfpw_names *load_dump(const char *first, const char *second)
{
    wfpw_names *n;
    assert_int_equal(wfpw_names_open(NULL, &n, NULL), WFPW_OK);
    assert_true(wfpw_names_load_memory(n, first, strlen(first), NULL) >= 0);
    if (second != NULL)
        assert_true(wfpw_names_load_memory(n, second, strlen(second), NULL) >= 0);
    return n;
}

enum {
    OWNER_BITS = WFPW_FILTER_PROVIDER_MISSING | WFPW_FILTER_PROVIDER_PERSISTENT |
                 WFPW_FILTER_PROVIDER_DISABLED
};

static void test_what_a_provider_says(void **state)
{
    (void)state;
    wfpw_names *n =
        load_dump("<wfpdiag><filters>" FILTERS "</filters>" PROVIDERS "</wfpdiag>", NULL);
    const wfpw_filter *f = filter_of(n, 10);
    assert_string_equal(f->provider_product, "simplewall");
    assert_int_equal(f->product_from, WFPW_PRODUCT_FROM_KEY);
    assert_null(f->provider_service);
    assert_int_equal(f->present & OWNER_BITS, WFPW_FILTER_PROVIDER_PERSISTENT);
    assert_int_equal(f->provider_state, WFPW_FILTER_STATE_CURRENT);
    f = filter_of(n, 11);
    assert_int_equal(f->provider_state, 0);
    assert_null(f->provider_product);
    assert_int_equal(f->present & OWNER_BITS, WFPW_FILTER_PROVIDER_MISSING);
    f = filter_of(n, 12);
    assert_null(f->provider_product);
    assert_string_equal(f->provider_service, "SomeSvc");
    assert_int_equal(f->service_state, 0);
    assert_int_equal(f->present & OWNER_BITS, WFPW_FILTER_PROVIDER_DISABLED);
    f = filter_of(n, 13);
    assert_null(f->provider);
    assert_int_equal(f->present & OWNER_BITS, 0);
    wfpw_names_close(n);
}

/* A dump without providers says nothing of them, whatever another one lists. */
static void test_only_a_list_tells_who_is_gone(void **state)
{
    (void)state;
    wfpw_names *n = load_dump("<wfpdiag><filters>" FILTERS "</filters></wfpdiag>", NULL);
    assert_int_equal(filter_of(n, 11)->present & OWNER_BITS, 0);
    assert_string_equal(filter_of(n, 10)->provider_product, "simplewall");
    wfpw_names_close(n);
    n = load_dump("<wfpdiag>" PROVIDERS "</wfpdiag>",
                  "<wfpdiag><filters>" FILTERS "</filters></wfpdiag>");
    assert_int_equal(filter_of(n, 10)->provider_state, WFPW_FILTER_STATE_UNCERTAIN);
    assert_int_equal(filter_of(n, 11)->present & OWNER_BITS, 0);
    wfpw_names_close(n);
}

static void test_json(void **state)
{
    char text[2048];
    (void)state;
    wfpw_names *n =
        load_dump("<wfpdiag><filters>" FILTERS "</filters>" PROVIDERS "</wfpdiag>", NULL);
    assert_true(wfpw_filter_to_json(filter_of(n, 10), 0, text, sizeof text, NULL) > 0);
    assert_non_null(
        strstr(text, "\"provider_state\":\"current\",\"provider_product\":\"simplewall\","));
    assert_true(wfpw_filter_to_json(filter_of(n, 12), 0, text, sizeof text, NULL) > 0);
    assert_non_null(strstr(text, "\"provider_product\":null,\"provider_service\":\"SomeSvc\","));
    wfpw_names_close(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_as_filters_have_them),
        cmocka_unit_test(test_rows_are_in_order),
        cmocka_unit_test(test_the_surest_counts),
        cmocka_unit_test(test_what_a_provider_says),
        cmocka_unit_test(test_only_a_list_tells_who_is_gone),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
