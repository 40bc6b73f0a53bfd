/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters of the caller's own provider: by its key in whatever case. */
#include "cmocka_all.h"

#include "names/own_provider.h"

#define LETTERS "{abcdefab-0000-4000-8000-00000000000f}"

static bool is_own(const char *own, const char *provider)
{
    struct own_provider p;
    wfpw_filter f = {.present = WFPW_FILTER_HAS_WEIGHT, .provider = provider};
    own_provider_take(&p, own);
    own_provider_mark(&p, &f);
    assert_true((f.present & WFPW_FILTER_HAS_WEIGHT) != 0);
    return (f.present & WFPW_FILTER_HAS_OWN) != 0;
}

static void test_provider(void **state)
{
    (void)state;
    assert_true(is_own(LETTERS, LETTERS));
    assert_true(is_own("{ABCDEFAB-0000-4000-8000-00000000000F}", LETTERS));
    assert_true(is_own("abcdefab-0000-4000-8000-00000000000f", LETTERS));
    assert_false(is_own(LETTERS, "{abcdefab-0000-4000-8000-00000000000e}"));
    assert_false(is_own(LETTERS, NULL));
    assert_false(is_own(NULL, LETTERS));
    /* one that Windows has a word for */
    assert_true(is_own("{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}", "FWPM_PROVIDER_MPSSVC_WF"));
    assert_false(is_own(LETTERS, "FWPM_PROVIDER_MPSSVC_WF"));
}

static void test_what_is_no_key(void **state)
{
    static const char *const wrong[] = {"",
                                        "{}",
                                        "FWPM_PROVIDER_MPSSVC_WF",
                                        LETTERS " ",
                                        "{abcdefab-0000-4000-8000-00000000000f",
                                        "{gbcdefab-0000-4000-8000-00000000000f}"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wfpw_options o = {.size = sizeof o, .own_provider = wrong[i]};
        wfpw_session *s;
        wfpw_names *n;
        assert_false(is_own(wrong[i], LETTERS));
        assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_E_INVAL);
        assert_int_equal(wfpw_names_open(&o, &n, NULL), WFPW_E_INVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provider),
        cmocka_unit_test(test_what_is_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
