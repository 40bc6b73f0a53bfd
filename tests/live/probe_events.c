/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Callbacks: on which thread, for how long, in which order. */
#include <string.h>

#include "probe.h"

/* ---- 1: on which thread a callback runs, and how long its event lives ----------------------- */

enum { SEEN = 256, THREADS = 16, WAIT_MS = 5000, LINGER_MS = 5 };

struct seen {
    volatile LONG count, running, most, done;
    volatile LONG threads[THREADS];
    const void *event[SEEN];
    unsigned char copy[SEEN][LARGEST_EVENT];
    unsigned long long tick; /* of the first */
    DWORD linger;
};

static unsigned long long ticks(void)
{
    LARGE_INTEGER now;
    (void)QueryPerformanceCounter(&now);
    return (unsigned long long)now.QuadPart;
}

static void note_thread(struct seen *s)
{
    LONG self = (LONG)GetCurrentThreadId();
    for (int i = 0; i < THREADS; i++) {
        LONG before = InterlockedCompareExchange(&s->threads[i], self, 0);
        if (before == 0 || before == self)
            return;
    }
}

static void WINAPI on_event(void *context, const void *event)
{
    struct seen *s = context;
    LONG i = InterlockedIncrement(&s->count) - 1, at_once = InterlockedIncrement(&s->running);
    if (i == 0)
        s->tick = ticks();
    if (at_once > s->most)
        s->most = at_once;
    note_thread(s);
    if (i < SEEN) {
        s->event[i] = event;
        memcpy(s->copy[i], event, fwp.event_bytes);
    }
    Sleep(s->linger); /* callbacks that may run side by side now do */
    (void)InterlockedDecrement(&s->running);
    (void)InterlockedIncrement(&s->done);
}

static void wait_for(volatile LONG *what, LONG n)
{
    for (int waited = 0; *what < n && waited < WAIT_MS; waited++)
        Sleep(1);
}

static int distinct_threads(const struct seen *s)
{
    int n = 0;
    while (n < THREADS && s->threads[n] != 0)
        n++;
    return n;
}

/* What became of the events' memory: looked at without touching it, as it may be gone. */
static void put_lifetime(const struct seen *s)
{
    unsigned same = 0, changed = 0, unreadable = 0;
    unsigned char now[LARGEST_EVENT];
    for (LONG i = 0; i < s->count && i < SEEN; i++) {
        SIZE_T got = 0;
        if (!ReadProcessMemory(GetCurrentProcess(), s->event[i], now, fwp.event_bytes, &got))
            unreadable++;
        else if (memcmp(now, s->copy[i], fwp.event_bytes) == 0)
            same++;
        else
            changed++;
    }
    open_object("event_memory_after_callback");
    put_number("same", same);
    put_number("changed", changed);
    put_number("unreadable", unreadable);
    close_object();
}

void ask_callbacks(HANDLE engine)
{
    static struct seen s;
    HANDLE handle;
    s.linger = LINGER_MS;
    open_object("callbacks");
    DWORD code = subscribe(engine, NULL, on_event, &s, &handle);
    put_code("subscribe", code);
    if (code == 0) {
        send_blocked(50);
        wait_for(&s.done, 20);
        code = fwp.FwpmNetEventUnsubscribe0(engine, handle);
        put_code("unsubscribe", code);
        put_bool("running_after_unsubscribe", s.running != 0);
        put_number("events", (unsigned long long)s.count);
        put_number("threads", (unsigned long long)distinct_threads(&s));
        put_bool("on_the_subscriber's_thread", s.threads[0] == (LONG)GetCurrentThreadId());
        put_number("most_at_once", (unsigned long long)s.most);
        put_lifetime(&s);
    }
    close_object();
}

/* ---- 2: whether closing the engine waits for a callback ------------------------------------- */

void ask_close(void)
{
    static struct seen s; /* a callback may outlive the question */
    HANDLE engine = open_engine(FWPM_SESSION_FLAG_DYNAMIC), handle;
    s.linger = 500;
    if (engine == NULL || subscribe(engine, NULL, on_event, &s, &handle) != 0) {
        put_null("close_waits_for_callbacks");
        close_engine(engine);
        return;
    }
    send_blocked(1);
    wait_for(&s.running, 1);
    bool was_running = s.running != 0;
    close_engine(engine);
    if (was_running)
        put_bool("close_waits_for_callbacks", s.running == 0);
    else
        put_null("close_waits_for_callbacks");
    Sleep(2 * s.linger);
}

/* ---- notices: before the drops of their filter? --------------------------------------------- */

struct notice {
    unsigned long long tick;
    volatile LONG come;
};

static void WINAPI on_change(void *context, const FWPM_FILTER_CHANGE0 *change)
{
    struct notice *n = context;
    if (change->changeType == FWPM_CHANGE_ADD && InterlockedExchange(&n->come, 1) == 0)
        n->tick = ticks();
}

/* The watching session and the adding one must differ: a session hears nothing of its own changes.
 */
void ask_notices(void)
{
    static struct notice n;
    static struct seen s;
    FWPM_FILTER_SUBSCRIPTION0 changes = {.flags = FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD};
    HANDLE watching = open_engine(0), adding = open_engine(FWPM_SESSION_FLAG_DYNAMIC), notices,
           events;
    UINT64 id = 0;
    if (watching != NULL && adding != NULL && fwp.FwpmFilterSubscribeChanges0 != NULL &&
        fwp.FwpmFilterSubscribeChanges0(watching, &changes, on_change, &n, &notices) == 0 &&
        subscribe(watching, NULL, on_event, &s, &events) == 0 && (id = add_filter(adding)) != 0) {
        send_blocked(1);
        wait_for(&n.come, 1);
        wait_for(&s.count, 1);
    }
    if (n.come != 0 && s.count != 0)
        put_bool("notice_before_first_drop", n.tick < s.tick);
    else
        put_null("notice_before_first_drop");
    close_engine(adding);
    close_engine(watching);
    Sleep(100);
}
