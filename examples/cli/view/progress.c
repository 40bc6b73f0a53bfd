/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/progress.h"

#include <stdio.h>

#include "platform/term.h"
#include "view/diagnostics.h"

static const uint64_t worth_it = 16u << 20; /* bytes of a file */
enum { EVERY_MS = 200, SPEED_AFTER_MS = 500 };

static wfpw_stats stats_of(const wfpw_session *s)
{
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(s, &st);
    return st;
}

void progress_start(struct progress *p, unsigned files)
{
    *p = (struct progress){.files = files};
    p->wanted =
        !diagnostics_is_quiet() && term_is_terminal(stderr) && !term_is_same(stdout, stderr);
}

void progress_next_file(struct progress *p, const wfpw_session *s)
{
    p->file++;
    p->began = p->shown_at = term_ticks_ms();
    wfpw_stats st = stats_of(s);
    p->bytes_before = st.bytes_read;
    p->total_before = st.bytes_total;
}

void progress_hide(struct progress *p)
{
    if (p->shown)
        (void)fputs("\r\x1b[K", stderr);
    p->shown = false;
}

/* " 43 % [########            ]  312 MB/s  12 s left  1234567 events". Files before this one may
 * not have been read to their end, so only this one's bytes are compared. */
static void write_line(const struct progress *p, const wfpw_stats *st, uint64_t total, uint64_t now)
{
    enum { BAR = 20 };
    char which[64] = "", speed[32] = "", left[32] = "", bar[BAR + 1] = "";
    uint64_t done = st->bytes_read - p->bytes_before, ms = now - p->began;
    unsigned percent = (unsigned)(done < total ? done * 100 / total : 100);
    if (p->files > 1)
        (void)snprintf(which, sizeof which, "file %u of %u  ", p->file, p->files);
    if (ms >= SPEED_AFTER_MS)
        (void)snprintf(speed, sizeof speed, "  %.0f MB/s", (double)done / 1000.0 / (double)ms);
    if (ms >= SPEED_AFTER_MS && done > 0 && done < total)
        (void)snprintf(left, sizeof left, "  %.0f s left",
                       (double)ms / 1000 * (double)(total - done) / (double)done);
    for (size_t i = 0; i < BAR; i++)
        bar[i] = i < percent * BAR / 100 ? '#' : ' ';
    (void)fprintf(stderr, "\r%s%3u %% [%s]%s%s  %llu events\x1b[K", which, percent, bar, speed,
                  left, (unsigned long long)st->delivered);
}

void progress_show(struct progress *p, const wfpw_session *s)
{
    uint64_t now = term_ticks_ms();
    if (!p->wanted || now - p->shown_at < EVERY_MS)
        return;
    wfpw_stats st = stats_of(s);
    p->shown_at = now;
    uint64_t total = st.bytes_total > p->total_before ? st.bytes_total - p->total_before : 0;
    if (total < worth_it)
        return;
    p->shown = true;
    write_line(p, &st, total, now);
}
