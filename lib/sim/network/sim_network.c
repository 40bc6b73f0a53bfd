/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The script's commands: what a program does on the network, and the script's own dynamic session.
 */
#include "sim/network/sim_network.h"

#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

/* Layers of IPv4; those of IPv6 are two more. */
enum {
    INBOUND_TRANSPORT = 12,
    OUTBOUND_TRANSPORT = 16,
    RESOURCE_ASSIGNMENT = 36,
    AUTH_LISTEN = 40,
    RECV_ACCEPT = 44,
    AUTH_CONNECT = 48
};

static const char *const commands[] = {"bind", "listen", "connect", "send", "session", "defect"};

bool sim_network_knows(const struct sim_word *command)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (word_is(command, commands[i]))
            return true;
    return false;
}

/* ---- what a program does -------------------------------------------------------------------- */

/* One layer after the other; true: it is blocked there. */
static bool pass_layer(struct wfpw_sim *sim, uint32_t layer, const struct sim_traffic *t)
{
    layer += t->what.local.family == 6 ? 2 : 0;
    os_mutex_lock(&sim->lock);
    struct sim_object *f = (struct sim_object *)sim_classify(sim, layer, &t->what);
    if (f != NULL)
        sim_object_hold(f);
    os_mutex_unlock(&sim->lock);
    if (f == NULL)
        return false;
    bool blocks = f->action == FWP_ACTION_BLOCK || sim_defect_is_on(sim, DEFECT_PERMIT_BLOCKS);
    sim_report_decision(sim, f, layer, t);
    os_mutex_lock(&sim->lock);
    sim_object_drop(f);
    os_mutex_unlock(&sim->lock);
    return blocks;
}

/* The other end of a connection within this host: as its owner sees it. */
static struct sim_traffic *turn_around(const struct sim_traffic *t)
{
    struct sim_traffic *other = malloc(sizeof *other);
    if (other == NULL)
        return NULL;
    *other = *t;
    other->what.local = t->what.remote;
    other->what.remote = t->what.local;
    return other;
}

/* Both ends are this program's. A refusal to connect is told to it; what is dropped on its way is
 * not: nothing comes of it. */
static uint32_t connect_ends(struct wfpw_sim *sim, struct sim_traffic *t)
{
    t->what.direction = MS_FWP_DIRECTION_OUT;
    if (pass_layer(sim, AUTH_CONNECT, t))
        return NETWORK_ACCESS;
    if (pass_layer(sim, OUTBOUND_TRANSPORT, t))
        return NETWORK_TIMEOUT;
    struct sim_traffic *other = turn_around(t);
    if (other == NULL)
        return NETWORK_TIMEOUT;
    other->what.direction = MS_FWP_DIRECTION_IN;
    bool blocked = pass_layer(sim, INBOUND_TRANSPORT, other) || pass_layer(sim, RECV_ACCEPT, other);
    free(other);
    return blocked ? NETWORK_TIMEOUT : 0;
}

static enum sim_call call_of(const struct sim_word *command)
{
    return word_is(command, "bind")     ? CALL_BIND
           : word_is(command, "listen") ? CALL_LISTEN
           : word_is(command, "send")   ? CALL_SEND
                                        : CALL_CONNECT;
}

static uint32_t do_call(struct wfpw_sim *sim, const struct sim_word *command, struct sim_traffic *t)
{
    uint32_t code = sim_call_end(sim, sim_call_enter(sim, call_of(command)));
    if (code != 0)
        return code;
    t->what.direction = MS_FWP_DIRECTION_IN;
    if (word_is(command, "bind"))
        return pass_layer(sim, RESOURCE_ASSIGNMENT, t) ? NETWORK_ACCESS : 0;
    if (word_is(command, "listen"))
        return pass_layer(sim, AUTH_LISTEN, t) ? NETWORK_ACCESS : 0;
    return connect_ends(sim, t);
}

static const char *read_traffic(const struct sim_line *line, struct sim_traffic *t,
                                const char **where)
{
    t->process = SIM_PROCESS;
    for (uint32_t i = 0; i < line->count; i++) {
        const struct sim_word *key = &line->p[i].key, *value = &line->p[i].value;
        *where = key->n > 0 ? key->p : value->p;
        if (word_is(key, "process") && number_of(value, &t->process))
            continue;
        enum sim_field_result set = sim_field_set(&t->what, key, value);
        if (set != SIM_FIELD_SET)
            return set == SIM_FIELD_UNKNOWN ? "the command has no parameter of this name"
                                            : "the value does not fit the parameter";
    }
    *where = line->command.p;
    bool has_remote = word_is(&line->command, "connect") || word_is(&line->command, "send");
    if (t->what.local.family == 0 || (has_remote && t->what.remote.family != t->what.local.family))
        return "local= is missing, or remote= of the same family";
    return NULL;
}

static const char *play_call(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                             const char **where)
{
    struct sim_traffic *t = calloc(1, sizeof *t);
    if (t == NULL)
        return "out of memory";
    const char *why = read_traffic(line, t, where);
    if (why == NULL && !check) {
        t->what.loopback = 1;
        uint32_t error = do_call(sim, &line->command, t);
        os_mutex_lock(&sim->lock);
        sim->network.error = sim_defect_is_on(sim, DEFECT_NOT_BLOCKED) ? 0 : error;
        os_mutex_unlock(&sim->lock);
    }
    free(t);
    return why;
}

/* ---- the script's session ---------------------------------------------------------- */

/* session dynamic: what is added belongs to it; session end: it goes. */
static const char *play_session(struct wfpw_sim *sim, const struct sim_word *w, bool check)
{
    const FWPM_SESSION0 dynamic = {.flags = FWPM_SESSION_FLAG_DYNAMIC};
    void *engine = NULL;
    bool begins = word_is(w, "dynamic");
    if (!begins && !word_is(w, "end"))
        return "dynamic or end is wanted";
    if (check)
        return NULL;
    if (sim->scripted != NULL)
        (void)sim->engine.close(sim, sim->scripted);
    if (!begins)
        return NULL;
    if (sim->engine.open(sim, &dynamic, &engine) != 0)
        return "no session can be opened";
    os_mutex_lock(&sim->lock);
    sim->scripted = engine;
    os_mutex_unlock(&sim->lock);
    return NULL;
}

const char *sim_network_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                             const char **where)
{
    bool session = word_is(&line->command, "session");
    if (!session && !word_is(&line->command, "defect"))
        return play_call(sim, line, check, where);
    *where = line->count > 0 ? line->p[0].value.p : line->command.p;
    if (line->count != 1 || line->p[0].key.n != 0)
        return "one word is wanted";
    return session ? play_session(sim, &line->p[0].value, check)
                   : sim_defect_play(sim, &line->p[0].value, check);
}
