/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Objects of the policy that come and go: in place of what had their key, and with the dynamic
 * session that added them. */
#include <stdlib.h>

#include "sim/sim.h"

void sim_filter_key(struct sim_object *o)
{
    if (!sim_key_is_none(&o->key))
        return;
    o->key = (FWP_GUID){.Data1 = 0x66696c74, .Data2 = 0x6572, .Data3 = 0x4000};
    for (int i = 0; i < 8; i++)
        o->key.Data4[i] = (uint8_t)(o->id >> (56 - 8 * i));
}

void sim_policy_take_out(struct sim_policy *p, struct sim_object *o, struct sim_notice ***end)
{
    if (o == NULL)
        return;
    sim_policy_remove(p, o);
    if (o->list == LIST_FILTERS && sim_notice_add(p, FWPM_CHANGE_DELETE, o, *end))
        *end = &(**end)->next;
    sim_object_drop(o);
}

static void forget_name(struct sim_object *o)
{
    free(o->name.units);
    o->name = (struct sim_string){0};
}

bool sim_policy_put_in(struct wfpw_sim *sim, struct sim_object *o)
{
    struct sim_policy *p = &sim->policy;
    struct sim_notice *notices = NULL, **end = &notices;
    os_mutex_lock(&sim->lock);
    if (o->list == LIST_FILTERS && o->id == 0)
        o->id = p->next_id++;
    if (o->list == LIST_FILTERS) {
        sim_filter_key(o);
        sim_policy_take_out(p, sim_policy_by_id(p, o->id), &end);
        sim->network.last_filter = o->id;
    }
    sim_policy_take_out(p, sim_policy_by_key(p, o->list, &o->key), &end);
    if (o->owner != NULL && sim_defect_is_on(sim, DEFECT_NAME_MISSING))
        forget_name(o);
    bool added = sim_policy_add(p, o);
    if (added && o->list == LIST_FILTERS)
        (void)sim_notice_add(p, FWPM_CHANGE_ADD, o, end);
    os_mutex_unlock(&sim->lock);
    sim_notices_tell(sim, notices);
    return added;
}

/* What the simulated Windows forgets to delete, when told so. */
static bool is_forgotten(const struct wfpw_sim *sim, const struct sim_object *o)
{
    return sim_defect_is_on(sim, o->list == LIST_FILTERS     ? DEFECT_FILTER_LEFT
                                 : o->list == LIST_SUBLAYERS ? DEFECT_SUBLAYER_LEFT
                                                             : DEFECT_PROVIDER_LEFT);
}

struct sim_notice *sim_policy_end_session(struct wfpw_sim *sim, const struct sim_session *s)
{
    struct sim_policy *p = &sim->policy;
    struct sim_notice *notices = NULL, **end = &notices;
    for (int list = SYSTEM_LISTS - 1; list >= 0; list--) { /* filters first: they name the others */
        struct sim_object *next = NULL;
        for (struct sim_object *o = sim_policy_next(p, (enum system_list)list, NULL); o != NULL;
             o = next) {
            next = sim_policy_next(p, (enum system_list)list, o);
            if (o->owner != NULL && (s == NULL || o->owner == s) && !is_forgotten(sim, o))
                sim_policy_take_out(p, o, &end);
        }
    }
    if (s != NULL && s == sim->scripted)
        sim->scripted = NULL;
    return notices;
}

uint64_t sim_policy_count_dynamic(const struct sim_policy *p)
{
    uint64_t n = 0;
    for (int list = 0; list < LIST_FILTERS; list++)
        for (struct sim_object *o = sim_policy_next(p, (enum system_list)list, NULL); o != NULL;
             o = sim_policy_next(p, (enum system_list)list, o))
            n += o->owner != NULL;
    return n;
}
