/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events are named: from dumps, from the log itself, and not when it is not sure. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer/netsh_writer.h"

#define DUMP_TIME "2026-01-08T16:50:48.0000000Z"
#define SECURITY  "<Provider Name='Microsoft-Windows-Security-Auditing'/>"
#define EVENT(id, time, host, data)                                                                \
    "<Event><System>" SECURITY "<EventID>" id "</EventID><TimeCreated SystemTime='" time "'/>"     \
    "<Computer>" host "</Computer></System><EventData>" data "</EventData></Event>"
#define FIELD(name, value) "<Data Name='" name "'>" value "</Data>"
#define BLOCKED_AT(time, filter, layer)                                                            \
    EVENT("5157", time, "a", FIELD("FilterRTID", filter) FIELD("LayerRTID", layer))
#define BLOCKED(filter, layer) BLOCKED_AT(DUMP_TIME, filter, layer)
#define KEY(n)                 "{00000000-0000-0000-0000-00000000000" n "}"
#define CONDITIONS                                                                                 \
    "&#xA;&#x9;Condition ID:&#x9;{c35a604d-d22b-4e1a-91b4-68f674ee674b}&#xA;&#x9;Match value:"     \
    "&#x9;Equal to&#xA;&#x9;Condition value:&#x9;0x01bb&#xA;&#xA;&#x9;Condition ID:&#x9;"          \
    "{632ce23b-5167-435c-86d7-e903684aa80c}&#xA;&#x9;Match value:&#x9;No flags set&#xA;&#x9;"      \
    "Condition value:&#x9;0x00000003&#xA;"
#define FILTER_REST                                                                                \
    FIELD("Weight", "13835058055315718144")                                                        \
    FIELD("Conditions", CONDITIONS)                                                                \
    FIELD("Action", "%%16389")                                                                     \
    FIELD("CalloutName", "-") FIELD("CalloutKey", "{00000000-0000-0000-0000-000000000000}")
#define FILTER_FIELDS(id, key)                                                                     \
    FIELD("ProviderKey", "{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}")                                 \
    FIELD("ProviderName", "Microsoft Corporation")                                                 \
    FIELD("FilterKey", key)                                                                        \
    FIELD("FilterName", "Rule of the log")                                                         \
    FIELD("FilterType", "%%16387")                                                                 \
    FIELD("FilterId", id)                                                                          \
    FIELD("LayerKey", "{C38D57D1-05A7-4C33-904F-7FBCEEE60E82}")                                    \
    FIELD("LayerName", "ALE Connect v4 Layer")                                                     \
    FIELD("LayerId", "48") FILTER_REST
#define CHANGED(time, change, id, key)                                                             \
    EVENT("5447", time, "a", FIELD("ChangeType", change) FILTER_FIELDS(id, key))
#define ADDED(time, id, key)        CHANGED(time, "%%16384", id, key)
#define REMOVED(time, id, key)      CHANGED(time, "%%16385", id, key)
#define LISTED(time, host, id, key) EVENT("5441", time, host, FILTER_FIELDS(id, key))
#define T(minute)                   "2026-01-08T17:" minute ":00.0000000Z"

struct name_filters_test {
    struct heap heap;
    wfpw_names *names;
    wfpw_session *s;
    wfpw_batch *b;
    wfpw_error e;
    char *log;
    int events;
};

static struct netsh_made_filter filters[3];

/* A state with three filters, 1 to 3, of layer 48. */
static void make_dump(struct netsh_writer *w, const char *time)
{
    netsh_begin(w, NETSH_STATE, NULL, time);
    for (uint64_t id = 1; id <= 3; id++) {
        struct netsh_made_filter *f = &filters[id - 1];
        netsh_plain(f, id);
        f->layer = "FWPM_LAYER_ALE_AUTH_CONNECT_V4";
        f->action = "FWP_ACTION_BLOCK";
        f->raw_context = 0;
        (void)snprintf(f->key, sizeof f->key, "{00000000-0000-0000-0000-%012d}", (int)id);
        strcpy(f->context, f->key);
        strcpy(f->origin, "Query User Default");
        netsh_add(w, f);
    }
    netsh_end(w, filters, 3);
}

static int load(struct name_filters_test *t, const char *time)
{
    struct netsh_writer w;
    make_dump(&w, time);
    wfpw_options o = {.size = sizeof o, .allocator = &t->heap.allocator};
    int status = t->names != NULL ? WFPW_OK : wfpw_names_open(&o, &t->names, &t->e);
    if (status == WFPW_OK)
        status = wfpw_names_load_memory(t->names, w.text, w.size, &t->e);
    netsh_free(&w);
    return status;
}

/* Reads a log, given in pieces, into one batch. */
static int read_pieces(struct name_filters_test *t, const char *const *pieces)
{
    wfpw_options o = {.size = sizeof o, .allocator = &t->heap.allocator, .names = t->names};
    size_t size = 1;
    for (const char *const *p = pieces; *p != NULL; p++)
        size += strlen(*p);
    t->log = calloc(1, size);
    assert_non_null(t->log);
    for (; *pieces != NULL; pieces++)
        strcat(t->log, *pieces);
    int status = wfpw_open(&o, &t->s, &t->e);
    if (status == WFPW_OK)
        status = wfpw_add_memory(t->s, t->log, size - 1, &t->e);
    t->b = wfpw_batch_new(64, 0);
    if (status == WFPW_OK)
        status = wfpw_read(t->s, t->b, -1, &t->e);
    t->events = status;
    return status;
}

#define read_log(t, ...) read_pieces(t, (const char *const[]){__VA_ARGS__, NULL})

static void close_log(struct name_filters_test *t)
{
    wfpw_batch_free(t->b);
    wfpw_close(t->s);
    free(t->log);
}

static void start(struct name_filters_test *t)
{
    memset(t, 0, sizeof *t);
    heap_init(&t->heap);
}

static void done(struct name_filters_test *t)
{
    close_log(t);
    wfpw_names_close(t->names);
    assert_int_equal(os_u64_load(&t->heap.live), 0);
}

static const wfpw_event *event(const struct name_filters_test *t, uint32_t i)
{
    const wfpw_event *ev = wfpw_batch_get(t->b, i);
    assert_non_null(ev);
    return ev;
}

/* The state of the event's filter; 0 when it has none. */
static uint32_t state_of(const struct name_filters_test *t, uint32_t i)
{
    const wfpw_filter *f = event(t, i)->filter;
    return f != NULL ? f->state : 0;
}

/* ---- from dumps ---- */

static void test_dump(void **state)
{
    struct name_filters_test t;
    (void)state;
    start(&t);
    assert_int_equal(load(&t, DUMP_TIME), 3);
    read_log(&t, BLOCKED("1", "48"), BLOCKED("2", "48"), BLOCKED("9", "48"), BLOCKED("0", "48"),
             BLOCKED_AT(T("00"), "1", "48"), BLOCKED("1", "44"), BLOCKED("1", "48"));
    assert_int_equal(t.events, 7);
    const wfpw_filter *f = event(&t, 0)->filter;
    assert_int_equal(f->state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(f->id, 1);
    assert_int_equal(f->action, 0x1001);
    assert_string_equal(f->name, filters[0].name);
    assert_string_equal(f->origin, "Query User Default");
    assert_string_equal(f->from, "memory");
    assert_true(f->from_time != 0);
    assert_int_equal(f->condition_count, 4);
    assert_string_equal(f->conditions[0].text, "protocol = tcp");
    assert_string_equal(f->conditions[1].text, "remote port = 443");
    assert_string_equal(event(&t, 0)->layer_key, "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    assert_string_equal(event(&t, 0)->layer_name, "A layer by another name"); /* the dump's */
    assert_int_equal(event(&t, 1)->filter->id, 2);
    assert_int_equal(state_of(&t, 2), WFPW_FILTER_STATE_UNKNOWN);
    assert_null(event(&t, 2)->filter->name);
    assert_null(event(&t, 3)->filter);
    assert_int_equal(state_of(&t, 4), WFPW_FILTER_STATE_UNCERTAIN); /* minutes later */
    assert_string_equal(event(&t, 4)->filter->name, filters[0].name);
    /* a filter acts in its own layer only: this is one of another life of the engine */
    assert_int_equal(state_of(&t, 5), WFPW_FILTER_STATE_UNKNOWN);
    assert_string_equal(event(&t, 5)->layer_name, "ALE Receive/Accept v4 Layer"); /* built in */
    assert_int_equal(state_of(&t, 6), WFPW_FILTER_STATE_CURRENT);
    done(&t);
}

static void test_two_dumps(void **state)
{
    struct name_filters_test t;
    (void)state;
    start(&t);
    assert_int_equal(load(&t, T("00")), 3);
    assert_int_equal(load(&t, T("30")), 3);
    read_log(&t, BLOCKED_AT(T("10"), "1", "48"), BLOCKED_AT(T("31"), "1", "48"));
    assert_int_equal(state_of(&t, 0), WFPW_FILTER_STATE_CURRENT); /* in between */
    assert_int_equal(state_of(&t, 1), WFPW_FILTER_STATE_UNCERTAIN);
    done(&t);
}

static void test_without_names(void **state)
{
    struct name_filters_test t;
    char json[4096];
    (void)state;
    start(&t);
    read_log(&t, BLOCKED("1", "48"), BLOCKED("1", "97"), BLOCKED("1", "4000"));
    assert_null(event(&t, 0)->filter);
    assert_string_equal(event(&t, 0)->layer_name, "ALE Connect v4 Layer");
    assert_string_equal(event(&t, 1)->layer_key, "FWPM_LAYER_RPC_PROXY_IF");
    assert_null(event(&t, 2)->layer_key);
    assert_true(wfpw_to_json(event(&t, 0), 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"filter\":{\"id\":1},\"layer\":{\"id\":48,\"key\":"));
    done(&t);
}

/* Everything that an event points to lies in its batch, each filter once. */
static void test_one_block(void **state)
{
    struct name_filters_test t;
    wfpw_view view;
    (void)state;
    start(&t);
    assert_int_equal(load(&t, DUMP_TIME), 3);
    read_log(&t, BLOCKED("1", "48"), BLOCKED("1", "48"));
    wfpw_batch_view(t.b, &view);
    const char *base = view.base, *end = base + view.bytes;
    const wfpw_filter *f = event(&t, 0)->filter;
    assert_ptr_equal(f, event(&t, 1)->filter);
    const void *inside[] = {f,
                            f->name,
                            f->origin,
                            f->flag_names,
                            f->flag_names[0],
                            f->layer,
                            f->key,
                            f->conditions,
                            f->from,
                            f->conditions[3].text,
                            event(&t, 0)->layer_key,
                            event(&t, 0)->layer_name};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        assert_true((const char *)inside[i] >= base && (const char *)inside[i] < end);
    done(&t);
}

/* A batch that is full of names gives the rest with the next read. */
static void test_full_batch(void **state)
{
    enum { COUNT = 2000 };
    struct name_filters_test t;
    static char log[COUNT * 512];
    uint64_t seen = 0;
    int n;
    (void)state;
    start(&t);
    assert_int_equal(load(&t, DUMP_TIME), 3);
    log[0] = 0;
    char *at = log;
    for (int i = 0; i < COUNT; i++)
        at += snprintf(at, 512, EVENT("5157", "2026-01-08T16:%02d:%02d.0Z", "a", "%s"), i / 60,
                       i % 60,
                       i % 2 == 0 ? FIELD("FilterRTID", "1") FIELD("LayerRTID", "48")
                                  : FIELD("FilterRTID", "2") FIELD("LayerRTID", "48"));
    read_log(&t, log);
    wfpw_batch_free(t.b);
    t.b = wfpw_batch_new(1000, 1);
    seen = (uint64_t)t.events;
    while ((n = wfpw_read(t.s, t.b, -1, &t.e)) > 0)
        for (uint32_t i = 0; i < (uint32_t)n; i++) {
            const wfpw_event *ev = event(&t, i);
            assert_int_equal(ev->seq, ++seen);
            assert_string_equal(ev->filter->name, filters[ev->filter_id - 1].name);
            assert_int_equal(ev->flags & WFPW_EVENT_TRUNCATED, 0);
        }
    assert_int_equal(n, WFPW_E_EOF);
    assert_int_equal(seen, COUNT);
    done(&t);
}

/* A filter with more conditions than a batch has room for: named, without them. */
static void test_giant(void **state)
{
    struct name_filters_test t;
    enum { CONDITIONS_MANY = 16000 };
    static const char item[] = "<item><fieldKey>FWPM_CONDITION_IP_REMOTE_PORT</fieldKey>"
                               "<matchType>FWP_MATCH_EQUAL</matchType><conditionValue><type>"
                               "FWP_UINT16</type><uint16>443</uint16></conditionValue></item>";
    char *text = malloc(CONDITIONS_MANY * sizeof item + 1000), *at = text;
    (void)state;
    start(&t);
    at +=
        sprintf(at, "<wfpdiag><item><filterKey>" KEY("1") "</filterKey><displayData><name>giant"
                                                          "</name></displayData><filterCondition>");
    for (int i = 0; i < CONDITIONS_MANY; i++, at += sizeof item - 1)
        memcpy(at, item, sizeof item);
    strcpy(at, "</filterCondition><filterId>1</filterId></item></wfpdiag>");
    assert_int_equal(wfpw_names_open(NULL, &t.names, NULL), WFPW_OK);
    assert_int_equal(wfpw_names_load_memory(t.names, text, strlen(text), NULL), 1);
    read_log(&t, BLOCKED("1", "48"));
    assert_string_equal(event(&t, 0)->filter->name, "giant");
    assert_int_equal(event(&t, 0)->filter->truncated, 1);
    assert_int_equal(event(&t, 0)->filter->condition_count, 0);
    free(text);
    close_log(&t);
    wfpw_names_close(t.names);
}

/* ---- from the log itself ---- */

static void test_log(void **state)
{
    struct name_filters_test t;
    (void)state;
    start(&t);
    read_log(&t, BLOCKED_AT(T("00"), "70", "48"), ADDED(T("01"), "70", KEY("7")),
             BLOCKED_AT(T("02"), "70", "48"), BLOCKED_AT(T("02"), "71", "48"),
             REMOVED(T("03"), "70", KEY("7")), BLOCKED_AT(T("04"), "70", "48"),
             REMOVED(T("05"), "80", KEY("8")), BLOCKED_AT(T("06"), "80", "48"));
    assert_int_equal(t.events, 8);
    assert_int_equal(state_of(&t, 0), 0); /* nothing was known yet */
    const wfpw_filter *f = event(&t, 2)->filter;
    assert_int_equal(f->state, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(f->name, "Rule of the log");
    assert_string_equal(f->key, KEY("7"));
    assert_string_equal(f->provider, "FWPM_PROVIDER_MPSSVC_WF");
    assert_string_equal(f->provider_name, "Microsoft Corporation");
    assert_string_equal(f->layer, "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    assert_string_equal(f->action_name, "FWP_ACTION_BLOCK");
    assert_string_equal(f->flag_names[0], "FWPM_FILTER_FLAG_PERSISTENT");
    assert_string_equal(f->from, "audit");
    assert_true(f->effective_weight == 13835058055315718144u);
    assert_null(f->callout);
    assert_int_equal(f->condition_count, 2);
    assert_string_equal(f->conditions[0].field, "FWPM_CONDITION_IP_REMOTE_PORT");
    assert_string_equal(f->conditions[0].match, "FWP_MATCH_EQUAL");
    assert_string_equal(f->conditions[0].value, "0x01bb");
    assert_string_equal(f->conditions[1].text, "flags has none of loopback, ipsec secured");
    assert_int_equal(state_of(&t, 3), WFPW_FILTER_STATE_UNKNOWN);
    assert_int_equal(state_of(&t, 5), WFPW_FILTER_STATE_DELETED);
    assert_true(event(&t, 5)->filter->deleted_time == event(&t, 4)->time);
    assert_int_equal(state_of(&t, 7), WFPW_FILTER_STATE_DELETED); /* it was there before */
    done(&t);
}

/* What the engine lists at its start are the filters of a new life. */
/* Not that the same record names it, but that it is what the record deletes. */
static void test_deleted_provider(void **state)
{
    struct name_filters_test t;
    (void)state;
    start(&t);
    read_log(&t, ADDED(T("00"), "70", KEY("7")), BLOCKED_AT(T("01"), "70", "48"),
             EVENT("5450", T("02"), "a",
                   FIELD("ChangeType", "%%16385")
                       FIELD("ProviderKey", "{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}")
                           FIELD("ProviderName", "Microsoft Corporation")
                               FIELD("SubLayerKey", KEY("8")) FIELD("SubLayerName", "One")),
             REMOVED(T("03"), "70", KEY("7")), BLOCKED_AT(T("03"), "70", "48"),
             EVENT("5448", T("04"), "a",
                   FIELD("ChangeType", "%%16385")
                       FIELD("ProviderKey", "{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}")
                           FIELD("ProviderName", "Microsoft Corporation")),
             ADDED(T("05"), "71", KEY("9")), BLOCKED_AT(T("05"), "71", "48"));
    assert_int_equal(event(&t, 1)->filter->provider_state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(event(&t, 4)->filter->provider_state, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(event(&t, 1)->filter->provider_name, "Microsoft Corporation");
    assert_int_equal(event(&t, 7)->filter->provider_state, WFPW_FILTER_STATE_CURRENT); /* again */
    done(&t);
    start(&t);
    read_log(&t, ADDED(T("00"), "70", KEY("7")),
             EVENT("5448", T("01"), "a",
                   FIELD("ChangeType", "%%16385")
                       FIELD("ProviderKey", "{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}")
                           FIELD("ProviderName", "Microsoft Corporation")),
             BLOCKED_AT(T("02"), "70", "48"));
    assert_int_equal(event(&t, 2)->filter->provider_state, WFPW_FILTER_STATE_DELETED);
    assert_string_equal(event(&t, 2)->filter->provider_name, "Microsoft Corporation");
    done(&t);
}

static void test_lives(void **state)
{
    struct name_filters_test t;
    (void)state;
    start(&t);
    read_log(&t, LISTED(T("00"), "a", "1", KEY("1")), LISTED(T("00"), "a", "2", KEY("2")),
             BLOCKED_AT(T("01"), "1", "48"), LISTED(T("20"), "a", "2", KEY("3")),
             BLOCKED_AT(T("21"), "1", "48"), BLOCKED_AT(T("21"), "2", "48"),
             LISTED(T("21"), "b", "1", KEY("4")), BLOCKED_AT(T("22"), "2", "48"));
    assert_int_equal(t.events, 8);
    assert_int_equal(state_of(&t, 2), WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(event(&t, 2)->filter->key, KEY("1"));
    assert_int_equal(state_of(&t, 4), WFPW_FILTER_STATE_UNKNOWN);
    assert_string_equal(event(&t, 5)->filter->key, KEY("3"));
    assert_int_equal(state_of(&t, 7), WFPW_FILTER_STATE_UNKNOWN); /* the list is of another host */
    done(&t);
}

/* The log says when a filter was there, the dump says more of it. */
static void test_log_and_dump(void **state)
{
    struct name_filters_test t;
    (void)state;
    start(&t);
    assert_int_equal(load(&t, T("59")), 3);
    read_log(&t, ADDED(T("01"), "1", "{00000000-0000-0000-0000-000000000001}"),
             BLOCKED_AT(T("02"), "1", "48"), ADDED(T("03"), "2", KEY("9")),
             BLOCKED_AT(T("04"), "2", "48"), BLOCKED_AT(T("04"), "3", "48"));
    assert_int_equal(state_of(&t, 1), WFPW_FILTER_STATE_CURRENT); /* proven by the log */
    assert_string_equal(event(&t, 1)->filter->origin, "Query User Default");
    assert_int_equal(state_of(&t, 3), WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(event(&t, 3)->filter->name, "Rule of the log"); /* another key */
    assert_int_equal(state_of(&t, 4), WFPW_FILTER_STATE_UNCERTAIN);
    done(&t);
}

/* ---- live ---- */

static void test_live(void **state)
{
    struct name_filters_test t;
    wfpw_sim *sim;
    (void)state;
    start(&t);
    assert_int_equal(load(&t, DUMP_TIME), 3);
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    wfpw_options o = {.size = sizeof o,
                      .allocator = &t.heap.allocator,
                      .names = t.names,
                      .system = wfpw_sim_system(sim)};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    assert_int_equal(wfpw_open(&o, &t.s, &t.e), WFPW_OK);
    assert_int_equal(wfpw_add_live(t.s, &live, &t.e), WFPW_OK);
    assert_int_equal(wfpw_sim_play(sim, "drop filter=2 layer=48; drop filter=9", &t.e), WFPW_OK);
    t.b = wfpw_batch_new(1, 0);
    assert_int_equal(wfpw_read(t.s, t.b, PATIENCE_MS, &t.e), 1);
    assert_string_equal(event(&t, 0)->filter->name, filters[1].name);
    assert_int_equal(state_of(&t, 0), WFPW_FILTER_STATE_UNCERTAIN);
    assert_int_equal(wfpw_read(t.s, t.b, PATIENCE_MS, &t.e), 1);
    assert_int_equal(state_of(&t, 0),
                     WFPW_FILTER_STATE_NOT_FOUND); /* the engine has none of them */
    wfpw_close(t.s);
    t.s = NULL;
    wfpw_sim_free(sim);
    done(&t);
}

/* ---- failures and threads ---- */

static void test_failures(void **state)
{
    bool went_well = false;
    (void)state;
    for (uint64_t fail_at = 1; !went_well; fail_at++) {
        struct name_filters_test t;
        start(&t);
        t.heap.fail_at = fail_at;
        int loaded = load(&t, DUMP_TIME);
        assert_true(loaded == 3 || loaded == WFPW_E_NOMEM);
        int events = read_log(&t, ADDED(T("01"), "70", KEY("7")), BLOCKED_AT(T("02"), "70", "48"));
        assert_true(events == 2 || events == WFPW_E_NOMEM);
        went_well = os_u64_load(&t.heap.calls) < fail_at;
        assert_true(!went_well || (loaded == 3 && events == 2 && event(&t, 1)->filter != NULL));
        done(&t);
        assert_true(fail_at < 500);
    }
}

struct worker {
    os_thread thread;
    wfpw_names *names;
    int kind;
};

static void work(void *ctx)
{
    struct worker *w = ctx;
    _Alignas(8) char room[8192];
    for (int i = 0; i < 30; i++) {
        struct name_filters_test t = {.names = w->names};
        heap_init(&t.heap);
        uint64_t cursor = 0;
        if (w->kind == 0) {
            struct netsh_writer dump;
            netsh_begin(&dump, NETSH_STATE, NULL, DUMP_TIME);
            netsh_add(&dump, &filters[i % 3]);
            netsh_end(&dump, filters, 3);
            assert_int_equal(wfpw_names_load_memory(w->names, dump.text, dump.size, NULL), 1);
            netsh_free(&dump);
        } else if (w->kind == 1) {
            while (wfpw_names_next(w->names, &cursor, room, sizeof room, NULL) == 1)
                ;
        } else {
            assert_int_equal(read_log(&t, BLOCKED("1", "48"), BLOCKED("3", "48")), 2);
            assert_string_equal(event(&t, 1)->filter->name, filters[2].name);
            close_log(&t);
        }
    }
}

static void test_threads(void **state)
{
    enum { WORKERS = 4 };
    struct name_filters_test t;
    struct worker workers[WORKERS];
    (void)state;
    start(&t);
    assert_int_equal(load(&t, DUMP_TIME), 3);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.names = t.names, .kind = i};
        assert_true(os_thread_start(&workers[i].thread, work, &workers[i]));
    }
    for (int i = 0; i < WORKERS; i++)
        os_thread_join(&workers[i].thread);
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dump),
        cmocka_unit_test(test_two_dumps),
        cmocka_unit_test(test_without_names),
        cmocka_unit_test(test_one_block),
        cmocka_unit_test(test_full_batch),
        cmocka_unit_test(test_giant),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_lives),
        cmocka_unit_test(test_log_and_dump),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_deleted_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
