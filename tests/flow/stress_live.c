/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * stress_live N THREADS [RING_BYTES [AGGREGATE_MS]]: calls the subscriber's callback N times from
 * so many threads, reads what comes, and says what was counted: received must be N, and every event
 * be accounted for, by the counts and by what was read. */
#include <stdio.h>
#include <stdlib.h>

#include "hand.h"
#include "wfpwatch/wfpwatch.h"

enum { THREADS_MAX = 64 };

struct caller {
    struct hand *hand;
    uint64_t calls;
    os_thread thread;
};

static void call(void *ctx)
{
    struct caller *c = ctx;
    const FWPM_NET_EVENT5 event = hand_event();
    for (uint64_t i = 0; i < c->calls; i++)
        (void)hand_call(c->hand, &event);
}

/* What the reader saw with its own eyes. */
struct seen {
    uint64_t events, gaps, lost, disorder;
    uint64_t told; /* events, those that one of them stands for included */
};

static void look(struct seen *seen, const wfpw_event *ev)
{
    seen->disorder += ev->seq != seen->events + seen->gaps + 1;
    if (ev->kind == WFPW_KIND_GAP) {
        seen->gaps++;
        seen->lost += ev->lost;
    } else {
        seen->events++;
        seen->told += ev->aggregate != NULL ? ev->aggregate->count : 1;
    }
}

static void read_all(wfpw_session *s, uint64_t n, struct seen *seen)
{
    wfpw_batch *b = wfpw_batch_new(4096, 4 * 1024 * 1024);
    while (b != NULL && seen->told + seen->lost < n) {
        int got = wfpw_read(s, b, 10000, NULL);
        if (got <= 0)
            break;
        for (int i = 0; i < got; i++)
            look(seen, wfpw_batch_get(b, (uint32_t)i));
    }
    wfpw_batch_free(b);
}

static int tell(const wfpw_stats *st, const struct seen *seen, uint64_t n, uint64_t ms)
{
    uint64_t sum = st->delivered + st->waiting + st->merged + st->duplicate + st->filtered +
                   st->dropped + st->undecoded + st->aggregated;
    bool good = st->received == n && sum == n && seen->events == st->delivered &&
                seen->told == st->delivered + st->aggregated && seen->lost == st->dropped &&
                seen->gaps == st->gaps && seen->disorder == 0;
    printf(
        "%s: received %llu = delivered %llu + waiting %llu + merged %llu + duplicate %llu + "
        "filtered %llu + dropped %llu + undecoded %llu + aggregated %llu; %llu gaps tell of %llu; "
        "%llu ms\n",
        good ? "agrees" : "DISAGREES", (unsigned long long)st->received,
        (unsigned long long)st->delivered, (unsigned long long)st->waiting,
        (unsigned long long)st->merged, (unsigned long long)st->duplicate,
        (unsigned long long)st->filtered, (unsigned long long)st->dropped,
        (unsigned long long)st->undecoded, (unsigned long long)st->aggregated,
        (unsigned long long)seen->gaps, (unsigned long long)seen->lost, (unsigned long long)ms);
    return good ? 0 : 1;
}

static int stress(wfpw_session *s, struct hand *hand, uint64_t n, uint32_t threads)
{
    static struct caller callers[THREADS_MAX];
    struct seen seen = {0};
    wfpw_stats st = {.size = sizeof st};
    uint64_t start = os_ticks_ms();
    for (uint32_t i = 0; i < threads; i++) {
        callers[i] = (struct caller){.hand = hand, .calls = n / threads + (i < n % threads)};
        if (!os_thread_start(&callers[i].thread, call, &callers[i]))
            abort();
    }
    read_all(s, n, &seen);
    for (uint32_t i = 0; i < threads; i++)
        os_thread_join(&callers[i].thread);
    (void)wfpw_get_stats(s, &st);
    return tell(&st, &seen, n, os_ticks_ms() - start);
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    unsigned long threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 4;
    unsigned long ring = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    unsigned long aggregate_ms = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
    struct hand hand;
    wfpw_session *s;
    if (threads == 0 || threads > THREADS_MAX)
        return 2;
    hand_init(&hand);
    wfpw_options o = {.size = sizeof o, .ring_bytes = (uint32_t)ring, .system = &hand.system};
    wfpw_live live = {
        .size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .aggregate_ms = (uint32_t)aggregate_ms};
    if (wfpw_open(&o, &s, NULL) != WFPW_OK || wfpw_add_live(s, &live, NULL) != WFPW_OK)
        return 2;
    int result = stress(s, &hand, n, (uint32_t)threads);
    wfpw_close(s);
    return result;
}
