/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The memory of expat, which is not the session's: each of its allocations fails once. An event is
 * then lost and counted, or the file fails; nothing crashes or leaks. */
#include "cmocka_all.h"

#include <expat.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

#define ITEM                                                                                       \
    "<item><header><timeStamp>2026-01-02T03:04:05.678Z</timeStamp><localPort>1</localPort>"        \
    "</header><type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type></item>"
#define EVENT                                                                                      \
    "<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>5156</EventID>" \
    "</System><EventData><Data Name='a'>b</Data></EventData></Event>"

/* expat's functions take no context, so there is one account for the program. */
static struct {
    uint64_t calls, fail_at, live;
    bool fail_on; /* from then on */
} account;

static bool fails(void)
{
    account.calls++;
    return account.fail_at != 0 && (account.calls == account.fail_at ||
                                    (account.fail_on && account.calls > account.fail_at));
}

static void *counted_malloc(size_t n)
{
    void *p = fails() ? NULL : malloc(n);
    account.live += p != NULL;
    return p;
}

static void *counted_realloc(void *old, size_t n)
{
    void *p = fails() ? NULL : realloc(old, n);
    account.live += p != NULL && old == NULL;
    return p;
}

static void counted_free(void *p)
{
    account.live -= p != NULL;
    free(p);
}

/* The linker puts it in the place of XML_ParserCreate. */
XML_Parser __wrap_XML_ParserCreate(const XML_Char *encoding);
XML_Parser __wrap_XML_ParserCreate(const XML_Char *encoding)
{
    static const XML_Memory_Handling_Suite suite = {counted_malloc, counted_realloc, counted_free};
    return XML_ParserCreate_MM(encoding, &suite, NULL);
}

struct outcome {
    int status, events;
    wfpw_stats st;
};

static struct outcome read_all(const char *text)
{
    struct outcome o = {.st = {.size = sizeof o.st}};
    wfpw_session *s = NULL;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    int n = 0;
    assert_non_null(b);
    assert_int_equal(wfpw_open(NULL, &s, NULL), 0);
    o.status = wfpw_add_memory(s, text, strlen(text), NULL);
    while (o.status == 0 && (n = wfpw_read(s, b, -1, NULL)) > 0)
        o.events += n;
    o.status = o.status == 0 ? n : o.status;
    assert_int_equal(wfpw_get_stats(s, &o.st), 0);
    wfpw_close(s);
    wfpw_batch_free(b);
    assert_int_equal(account.live, 0);
    return o;
}

static void try_all(const char *text, bool fail_on)
{
    memset(&account, 0, sizeof account);
    struct outcome whole = read_all(text);
    uint64_t calls = account.calls;
    assert_int_equal(whole.status, WFPW_E_EOF);
    assert_int_equal(whole.events, 3);
    for (uint64_t i = 1; i <= calls; i++) {
        memset(&account, 0, sizeof account);
        account.fail_at = i;
        account.fail_on = fail_on;
        struct outcome o = read_all(text);
        bool failed = o.status == WFPW_E_NOMEM;
        if (!failed && (o.status != WFPW_E_EOF || (o.events < 3 && o.st.skipped == 0)))
            fail_msg("call %d: %d, %d events, %d skipped", (int)i, o.status, o.events,
                     (int)o.st.skipped);
    }
}

static void test_net_events(void **state)
{
    (void)state;
    try_all("<netEvents>" ITEM ITEM ITEM "</netEvents>", false);
    try_all("<netEvents>" ITEM ITEM ITEM "</netEvents>", true);
}

static void test_event_xml(void **state)
{
    (void)state;
    try_all("<Events>" EVENT EVENT EVENT "</Events>", false);
    try_all("<Events>" EVENT EVENT EVENT "</Events>", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_net_events),
        cmocka_unit_test(test_event_xml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
