/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/sockets/socket_search.h"

#include "base/text.h"

enum {
    UDP = 17,
    CANDIDATES = 8, /* processes that have the same socket; of more none is told */
    FITS = SOCKET_FITS_BOTH + 1
};

struct candidates {
    struct socket_row rows[CANDIDATES];
    uint32_t count;
    bool too_many;
};

enum system_sockets_table socket_search_table(const struct socket_question *q)
{
    bool udp = q->protocol == UDP, six = q->local.family == 6;
    return udp ? (six ? SOCKETS_UDP6 : SOCKETS_UDP4) : six ? SOCKETS_TCP6 : SOCKETS_TCP4;
}

/* One row of each process. */
static void add_candidate(struct candidates *c, const struct socket_row *row)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->rows[i].pid == row->pid)
            return;
    if (c->count == CANDIDATES)
        c->too_many = true;
    else
        c->rows[c->count++] = *row;
}

static void collect_candidates(enum system_sockets_table which, const struct socket_table *t,
                               const struct socket_question *q, struct candidates by_fit[FITS])
{
    struct socket_row row;
    for (uint32_t i = 0; i < t->count; i++) {
        if (socket_table_port(which, t->room, i) != q->local.port)
            continue;
        socket_table_row(which, t->room, i, &row);
        int fit = socket_row_fits(&row, &q->local, &q->remote);
        if (fit != 0 && row.pid != 0 && row.created <= q->time)
            add_candidate(&by_fit[fit], &row);
    }
}

/* ---- programs ------------------------------------------------------------------------------- */

enum same { SAME_UNKNOWN, SAME_NOT, SAME_YES };

static bool same_text(const uint16_t *a, size_t a_units, const uint16_t *b, size_t b_units)
{
    if (a_units != b_units)
        return false;
    for (size_t i = 0; i < a_units; i++)
        if (text_lower(a[i]) != text_lower(b[i]))
            return false;
    return true;
}

static size_t image_of(const struct wfpw_system *system, uint32_t pid,
                       uint16_t image[SOCKETS_IMAGE_UNITS])
{
    size_t n = 0;
    uint32_t code = system->sockets->image(system->ctx, pid, image, SOCKETS_IMAGE_UNITS, &n);
    return code == 0 ? n : 0;
}

static enum same compare_program(const struct wfpw_system *system, const struct socket_question *q,
                                 uint32_t pid)
{
    uint16_t image[SOCKETS_IMAGE_UNITS];
    size_t n = q->app_units != 0 ? image_of(system, pid, image) : 0;
    if (n == 0)
        return SAME_UNKNOWN;
    return same_text(image, n, q->app, q->app_units) ? SAME_YES : SAME_NOT;
}

/* ---- choosing ------------------------------------------------------------------------------- */

static uint32_t confidence_of(const struct socket_row *row, int fit, enum same same)
{
    if (same != SAME_YES || row->created == 0)
        return WFPW_CONFIDENCE_GUESS;
    return fit == SOCKET_FITS_BOTH ? WFPW_CONFIDENCE_CERTAIN : WFPW_CONFIDENCE_LIKELY;
}

/* false: none of them can be it, and a lesser fit may. */
static bool choose_candidate(const struct wfpw_system *system, const struct socket_question *q,
                             const struct candidates *c, int fit, struct socket_found *out)
{
    enum same best = SAME_NOT;
    uint32_t many = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        enum same same = compare_program(system, q, c->rows[i].pid);
        bool better = same == SAME_YES && best != SAME_YES;
        if (same == SAME_NOT || (same == SAME_UNKNOWN && best == SAME_YES))
            continue;
        many = better ? 1 : many + 1;
        best = same;
        out->row = c->rows[i];
    }
    if (many == 0)
        return c->too_many;
    out->confidence = confidence_of(&out->row, fit, best);
    if (many > 1 || c->too_many)
        out->row.pid = 0;
    return true;
}

void socket_search(const struct wfpw_system *system, enum system_sockets_table which,
                   const struct socket_table *t, const struct socket_question *q,
                   struct socket_found *out)
{
    struct candidates by_fit[FITS];
    for (int fit = 0; fit < FITS; fit++)
        by_fit[fit].count = by_fit[fit].too_many = 0;
    *out = (struct socket_found){.confidence = 0};
    collect_candidates(which, t, q, by_fit);
    for (int fit = SOCKET_FITS_BOTH; fit > 0; fit--)
        if (choose_candidate(system, q, &by_fit[fit], fit, out))
            return;
}

/* ---- services ------------------------------------------------------------------------------- */

/* Whether the path ends in that name. */
static bool is_file_of(const uint16_t *path, size_t n, const uint16_t *name, size_t units)
{
    if (units > n || (units < n && path[n - units - 1] != '\\'))
        return false;
    return same_text(path + (n - units), units, name, units);
}

size_t socket_search_service(const struct wfpw_system *system, enum system_sockets_table which,
                             const struct socket_row *row, char *room, size_t cap)
{
    uint16_t name[SOCKETS_MODULE_UNITS], image[SOCKETS_IMAGE_UNITS];
    char text[3 * SOCKETS_MODULE_UNITS];
    size_t units = 0;
    if (system->sockets->module == NULL || row->pid == 0 ||
        system->sockets->module(system->ctx, which, row->raw, name, SOCKETS_MODULE_UNITS, &units) !=
            0 ||
        units == 0)
        return 0;
    if (is_file_of(image, image_of(system, row->pid, image), name, units))
        return 0;
    size_t n = text_utf16(text, name, units);
    if (n > cap)
        return 0;
    memcpy(room, text, n);
    return n;
}
