/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a simulated Windows tells of a decision: the net event, the record of the Security log, and
 * what the defects make of them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes/subcategory.h"
#include "sim/sim.h"

enum { LATE = 300000000, FLOOD_FROM = 100, FLOOD_EACH = 10, FIELDS_MAX = 8192, VALUE_MAX = 64 };
enum { RECORD_PACKET = 5152, RECORD_LISTEN = 5155, RECORD_CONNECTION = 5157, RECORD_BIND = 5159 };

/* ---- the net event -------------------------------------------------------------------------- */

static void swap_sides(struct sim_event *ev)
{
    wfpw_endpoint local = ev->local;
    ev->local = ev->remote;
    ev->remote = local;
}

/* Bits of the flags, which tell what the sides have, go with them. */
static void spoil_sides(const struct wfpw_sim *sim, struct sim_event *ev)
{
    bool both = (ev->flags & FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET) != 0;
    if (sim_defect_is_on(sim, DEFECT_SIDES_SWAPPED) && both)
        swap_sides(ev);
    if (sim_defect_is_on(sim, DEFECT_WRONG_LOCAL_PORT))
        ev->local.port ^= 0x100;
    if (sim_defect_is_on(sim, DEFECT_WRONG_REMOTE_PORT))
        ev->remote.port ^= 0x100;
    if (sim_defect_is_on(sim, DEFECT_WRONG_ADDRESS))
        ev->local.addr[ev->local.family == 6 ? 15 : 3] ^= 0x40;
}

static void spoil_event(const struct wfpw_sim *sim, struct sim_event *ev)
{
    spoil_sides(sim, ev);
    if (sim_defect_is_on(sim, DEFECT_WRONG_DIRECTION))
        ev->direction ^= MS_FWP_DIRECTION_IN ^ MS_FWP_DIRECTION_OUT;
    if (sim_defect_is_on(sim, DEFECT_WRONG_PROTOCOL))
        ev->protocol = ev->protocol == 6 ? 17 : 6;
    if (sim_defect_is_on(sim, DEFECT_WRONG_APP) && ev->app.n > 0)
        ev->app.units[ev->app.n - 1] = 'x';
    if (sim_defect_is_on(sim, DEFECT_WRONG_USER) && ev->user.n > 0)
        ev->user.bytes[ev->user.n - 4] ^= 1;
    if (sim_defect_is_on(sim, DEFECT_WRONG_FILTER))
        ev->filter += 100000;
    if (sim_defect_is_on(sim, DEFECT_WRONG_LAYER))
        ev->layer += 1;
    if (sim_defect_is_on(sim, DEFECT_NOT_LOOPBACK))
        ev->loopback = 0;
    if (sim_defect_is_on(sim, DEFECT_EVENT_LATE))
        ev->time = sim->now + LATE;
}

static bool is_lost(const struct wfpw_sim *sim, const struct sim_event *ev)
{
    const struct sim_network *n = &sim->network;
    return sim_defect_is_on(sim, DEFECT_EVENT_LOST) ||
           (sim_defect_is_on(sim, DEFECT_EVENT_LOST_IPV6) && ev->local.family == 6) ||
           (sim_defect_is_on(sim, DEFECT_EVENT_LOST_UDP) && ev->protocol == 17) ||
           (sim_defect_is_on(sim, DEFECT_EVENT_LOST_INBOUND) &&
            ev->direction == MS_FWP_DIRECTION_IN) ||
           (sim_defect_is_on(sim, DEFECT_FLOOD_LOST) && n->blocked > FLOOD_FROM &&
            n->blocked % FLOOD_EACH == 0);
}

/* ---- the record ----------------------------------------------------------------------------- */

/* NAME\0VALUE\0..., as the log takes it. */
struct fields {
    char text[FIELDS_MAX];
    size_t n;
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
put_field(struct fields *f, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = snprintf(f->text + f->n, sizeof f->text - f->n, "%s", name);
    f->n += (size_t)n + 1;
    n = vsnprintf(f->text + f->n, sizeof f->text - f->n, format, arguments);
    f->n += (size_t)n + 1;
    va_end(arguments);
}

static void put_address(struct fields *f, const char *name, const wfpw_endpoint *e)
{
    char text[VALUE_MAX];
    text[text_ip(text, e->addr, e->family)] = 0;
    put_field(f, name, "%s", text);
}

/* Of an inbound connection the source is the other end. */
static void put_sides(struct fields *f, const struct sim_event *ev, bool both)
{
    bool is_in = both && ev->direction == MS_FWP_DIRECTION_IN;
    const wfpw_endpoint *source = is_in ? &ev->remote : &ev->local;
    const wfpw_endpoint *destination = is_in ? &ev->local : &ev->remote;
    if (both)
        put_field(f, "Direction", "%%%%%u", ev->direction);
    put_address(f, "SourceAddress", source);
    put_field(f, "SourcePort", "%u", source->port);
    if (both)
        put_address(f, "DestAddress", destination);
    if (both)
        put_field(f, "DestPort", "%u", destination->port);
}

static uint32_t record_of(uint32_t layer)
{
    return layer >= 44   ? RECORD_CONNECTION
           : layer >= 40 ? RECORD_LISTEN
           : layer >= 36 ? RECORD_BIND
                         : RECORD_PACKET;
}

static void put_record(struct wfpw_sim *sim, uint32_t id, const struct sim_traffic *t)
{
    struct fields *f = calloc(1, sizeof *f);
    char app[3 * SIM_TEXT_MAX + 1];
    uint64_t process = t->process + sim_defect_is_on(sim, DEFECT_RECORD_WRONG_PROCESS);
    if (f == NULL)
        return;
    app[text_utf16(app, t->what.app.units, t->what.app.n)] = 0;
    put_field(f, id == RECORD_CONNECTION ? "ProcessID" : "ProcessId", "%llu",
              (unsigned long long)process);
    put_field(f, "Application", "%s", app);
    put_sides(f, &t->what, id == RECORD_CONNECTION || id == RECORD_PACKET);
    put_field(f, "Protocol", "%u", t->what.protocol);
    put_field(f, "FilterRTID", "%llu", (unsigned long long)t->what.filter);
    put_field(f, "LayerName", "-");
    put_field(f, "LayerRTID", "%u", t->what.layer);
    uint64_t time = t->what.time != 0 ? t->what.time : sim->now;
    time += sim_defect_is_on(sim, DEFECT_RECORD_LATE) ? (uint64_t)LATE : 0;
    id -= sim_defect_is_on(sim, DEFECT_RECORD_WRONG_ID) && id == RECORD_BIND ? 1u : 0u;
    sim_log_write(sim, id, id == RECORD_CONNECTION, time, f->text, f->n);
    free(f);
}

/* Of what is blocked, if the audit policy wants it. */
static void write_record(struct wfpw_sim *sim, const struct sim_traffic *t)
{
    uint32_t id = record_of(t->what.layer);
    uint32_t subcategory = id == RECORD_PACKET ? SUBCATEGORY_PACKET_DROP : SUBCATEGORY_CONNECTION;
    os_mutex_lock(&sim->lock);
    if ((sim_audit_get(sim, subcategory) & AUDIT_FAILURE) != 0 &&
        !sim_defect_is_on(sim, DEFECT_RECORD_LOST))
        put_record(sim, id, t);
    os_mutex_unlock(&sim->lock);
}

/* ---- both ----------------------------------------------------------------------------------- */

void sim_report_decision(struct wfpw_sim *sim, const struct sim_object *filter, uint32_t layer,
                         const struct sim_traffic *t)
{
    bool blocked = filter->action == FWP_ACTION_BLOCK;
    struct sim_traffic *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return;
    *copy = *t;
    copy->what.filter = filter->id;
    copy->what.layer = layer;
    copy->what.type =
        blocked ? FWPM_NET_EVENT_TYPE_CLASSIFY_DROP : FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW;
    os_mutex_lock(&sim->lock);
    sim->network.blocked += blocked;
    os_mutex_unlock(&sim->lock);
    if (blocked)
        write_record(sim, copy);
    spoil_event(sim, &copy->what);
    if (!is_lost(sim, &copy->what))
        sim_happen(sim, &copy->what);
    if (sim_defect_is_on(sim, DEFECT_EVENT_TWICE))
        sim_happen(sim, &copy->what);
    free(copy);
}
