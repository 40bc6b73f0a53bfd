/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "sim/script/sim_scene.h"

#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum { FILTERS_MAX = 1000000 };

/* A line on its way: the object that it describes, and what it asks for besides. */
struct scene {
    struct wfpw_sim *sim;
    const struct sim_line *line;
    bool check;
    const char **where;
    struct sim_object *object;
    uint64_t from;
};

static const char *bad_word(const struct scene *s, const struct sim_word *at, const char *why)
{
    *s->where = at->p;
    return why;
}

/* ---- parameters ----------------------------------------------------------------------------- */

enum parameter_type {
    PARAMETER_ID,
    PARAMETER_FROM,
    PARAMETER_KEY,
    PARAMETER_CONTEXT,
    PARAMETER_NUMBER,
    PARAMETER_WEIGHT,
    PARAMETER_TYPE,
    PARAMETER_STRING,
    PARAMETER_ACTION,
    PARAMETER_FLAGS,
    PARAMETER_CONDITION
};

struct parameter {
    const char *key;
    uint8_t type;
    uint8_t lists; /* bits of enum system_list */
    size_t offset;
    const char *prefix; /* of a key's symbols */
};

#define IN(list) (1 << LIST_##list)
enum { ALL = 0x3F };
#define AT(member) offsetof(struct sim_object, member)
static const struct parameter parameters[] = {
    {"id", PARAMETER_ID, IN(FILTERS) | IN(CALLOUTS) | IN(CONTEXTS) | IN(LAYERS), AT(id), NULL},
    {"from", PARAMETER_FROM, IN(FILTERS), 0, NULL},
    {"key", PARAMETER_KEY, ALL, AT(key), ""},
    {"name", PARAMETER_STRING, ALL, AT(name), NULL},
    {"description", PARAMETER_STRING, ALL, AT(description), NULL},
    {"service", PARAMETER_STRING, IN(PROVIDERS), AT(service), NULL},
    {"data", PARAMETER_STRING, IN(CONTEXTS), AT(data), NULL},
    {"provider", PARAMETER_KEY, ALL & ~(IN(LAYERS) | IN(PROVIDERS)), AT(provider),
     "FWPM_PROVIDER_"},
    {"layer", PARAMETER_KEY, IN(FILTERS) | IN(CALLOUTS), AT(layer), "FWPM_LAYER_"},
    {"sublayer", PARAMETER_KEY, IN(FILTERS) | IN(LAYERS), AT(sublayer), "FWPM_SUBLAYER_"},
    {"callout", PARAMETER_KEY, IN(FILTERS), AT(callout), "FWPM_CALLOUT_"},
    {"context", PARAMETER_CONTEXT, IN(FILTERS), AT(context), "FWPM_PROVIDER_CONTEXT_"},
    {"raw", PARAMETER_NUMBER, IN(FILTERS), AT(raw_context), NULL},
    {"effective", PARAMETER_NUMBER, IN(FILTERS), AT(effective), NULL},
    {"weight", PARAMETER_WEIGHT, IN(FILTERS) | IN(SUBLAYERS), AT(weight), NULL},
    {"type", PARAMETER_TYPE, IN(CONTEXTS), AT(type), NULL},
    {"action", PARAMETER_ACTION, IN(FILTERS), AT(action), NULL},
    {"flags", PARAMETER_FLAGS, ALL, AT(flags), NULL},
    {"condition", PARAMETER_CONDITION, IN(FILTERS), 0, NULL},
};

struct flag_word {
    const char *text;
    uint8_t lists;
    uint32_t bit;
};
static const struct flag_word flag_words[] = {
    {"persistent", IN(FILTERS), FWPM_FILTER_FLAG_PERSISTENT},
    {"boottime", IN(FILTERS), FWPM_FILTER_FLAG_BOOTTIME},
    {"clear_action_right", IN(FILTERS), FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT},
    {"permit_if_callout_unregistered", IN(FILTERS),
     FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED},
    {"disabled", IN(FILTERS), FWPM_FILTER_FLAG_DISABLED},
    {"indexed", IN(FILTERS), FWPM_FILTER_FLAG_INDEXED},
    {"silent_mode", IN(FILTERS), FWPM_FILTER_FLAG_SILENT_MODE},
    {"persistent", IN(PROVIDERS) | IN(SUBLAYERS) | IN(CONTEXTS), FWPM_PROVIDER_FLAG_PERSISTENT},
    {"disabled", IN(PROVIDERS), FWPM_PROVIDER_FLAG_DISABLED},
    {"persistent", IN(CALLOUTS), FWPM_CALLOUT_FLAG_PERSISTENT},
    {"registered", IN(CALLOUTS), FWPM_CALLOUT_FLAG_REGISTERED},
};

static bool add_flag(struct sim_object *o, const struct sim_word *w)
{
    uint64_t bits;
    for (size_t i = 0; i < sizeof flag_words / sizeof *flag_words; i++) {
        const struct flag_word *f = &flag_words[i];
        if ((f->lists & (1 << o->list)) != 0 && word_is(w, f->text)) {
            o->flags |= f->bit;
            return true;
        }
    }
    if (!number_of(w, &bits) || bits > UINT32_MAX)
        return false;
    o->flags |= (uint32_t)bits;
    return true;
}

/* Words or numbers, parted by commas. */
static bool set_flags(struct sim_object *o, const struct sim_word *w)
{
    size_t at = 0;
    while (at < w->n) {
        size_t end = at;
        while (end < w->n && w->p[end] != ',')
            end++;
        struct sim_word one = {w->p + at, end - at};
        if (!add_flag(o, &one))
            return false;
        at = end + 1;
    }
    return true;
}

static bool set_action(struct sim_object *o, const struct sim_word *w)
{
    static const struct {
        const char *text;
        uint32_t action;
    } words[] = {
        {"block", FWP_ACTION_BLOCK},
        {"permit", FWP_ACTION_PERMIT},
        {"callout", FWP_ACTION_CALLOUT_TERMINATING},
        {"inspection", FWP_ACTION_CALLOUT_INSPECTION},
        {"unknown", FWP_ACTION_CALLOUT_UNKNOWN},
    };
    uint64_t v;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (word_is(w, words[i].text)) {
            o->action = words[i].action;
            return true;
        }
    }
    if (!number_of(w, &v) || v > UINT32_MAX)
        return false;
    o->action = (uint32_t)v;
    return true;
}

/* Of a filter: a range below 16, else the weight itself. */
static bool set_weight(struct sim_object *o, const struct sim_word *w)
{
    if (!number_of(w, &o->weight))
        return false;
    o->weight_type = o->weight < 16 ? FWP_UINT8 : FWP_UINT64;
    o->effective = o->weight < 16 ? o->weight << 60 : o->weight;
    return o->list == LIST_FILTERS || o->weight <= UINT16_MAX;
}

static bool set_type(struct sim_object *o, const struct sim_word *w)
{
    uint64_t v;
    if (!number_of(w, &v) || v > UINT32_MAX)
        return false;
    o->type = (uint32_t)v;
    return true;
}

static bool add_condition(struct sim_object *o, const struct sim_word *w)
{
    struct sim_condition *list =
        realloc(o->conditions, ((size_t)o->condition_count + 1) * sizeof *list);
    if (list == NULL)
        return false;
    o->conditions = list;
    list[o->condition_count] = (struct sim_condition){0};
    return sim_condition_read(w, &list[o->condition_count++]);
}

static bool set_context(struct sim_object *o, const struct sim_word *w, const char *prefix)
{
    o->flags |= FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT;
    return sim_key_read(w, prefix, &o->context);
}

static bool set_parameter(struct scene *s, const struct parameter *p, const struct sim_word *w)
{
    struct sim_object *o = s->object;
    void *to = (uint8_t *)o + p->offset;
    switch ((enum parameter_type)p->type) {
    case PARAMETER_ID:
        return number_of(w, &o->id) && (o->list != LIST_LAYERS || o->id <= UINT16_MAX);
    case PARAMETER_FROM:
        return number_of(w, &s->from);
    case PARAMETER_KEY:
        return sim_key_read(w, p->prefix, to);
    case PARAMETER_CONTEXT:
        return set_context(o, w, p->prefix);
    case PARAMETER_NUMBER:
        return number_of(w, to);
    case PARAMETER_WEIGHT:
        return set_weight(o, w);
    case PARAMETER_TYPE:
        return set_type(o, w);
    case PARAMETER_STRING:
        return sim_string_read(w, to);
    case PARAMETER_ACTION:
        return set_action(o, w);
    case PARAMETER_FLAGS:
        return set_flags(o, w);
    default:
        return add_condition(o, w);
    }
}

static const struct parameter *find_parameter(enum system_list list, const struct sim_word *key)
{
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        if (word_is(key, parameters[i].key) && (parameters[i].lists & (1 << list)) != 0)
            return &parameters[i];
    return NULL;
}

/* From the parameter `first` on. */
static const char *read_object(struct scene *s, uint32_t first)
{
    for (uint32_t i = first; i < s->line->count; i++) {
        const struct sim_word *key = &s->line->p[i].key, *value = &s->line->p[i].value;
        const struct parameter *p = find_parameter(s->object->list, key);
        if (p == NULL)
            return bad_word(s, key->n > 0 ? key : value,
                            "the command has no parameter of this name");
        if (!set_parameter(s, p, value))
            return bad_word(s, value, "the value does not fit the parameter");
    }
    return NULL;
}

/* ---- changes -------------------------------------------------------------------------------- */

static const char *remove_object(struct scene *s)
{
    struct sim_policy *p = &s->sim->policy;
    struct sim_notice *notices = NULL, **end = &notices;
    const struct sim_object *wanted = s->object;
    if (s->check)
        return NULL;
    if (s->sim->scripted != NULL)
        (void)sim_call_end(s->sim, sim_call_enter(s->sim, CALL_FILTER_DELETE));
    os_mutex_lock(&s->sim->lock);
    struct sim_object *o = wanted->list == LIST_FILTERS && wanted->id != 0
                               ? sim_policy_by_id(p, wanted->id)
                               : sim_policy_by_key(p, wanted->list, &wanted->key);
    sim_policy_take_out(p, o, &end);
    os_mutex_unlock(&s->sim->lock);
    sim_notices_tell(s->sim, notices);
    return o != NULL ? NULL : bad_word(s, &s->line->command, "there is nothing of this id or key");
}

/* ---- commands ------------------------------------------------------------------------------- */

/* In a session of the script's it is a call like any other, which may fail or hang. */
static bool add_fails(struct wfpw_sim *sim, enum system_list list)
{
    enum sim_call call = list == LIST_FILTERS     ? CALL_FILTER_ADD
                         : list == LIST_SUBLAYERS ? CALL_SUBLAYER_ADD
                                                  : CALL_PROVIDER_ADD;
    return sim_call_end(sim, sim_call_enter(sim, call)) != 0;
}

static const char *add_object(struct scene *s)
{
    if (s->object->list != LIST_FILTERS && sim_key_is_none(&s->object->key))
        return bad_word(s, &s->line->command, "key= is missing");
    if (s->check)
        return NULL;
    if (s->sim->scripted != NULL && add_fails(s->sim, s->object->list))
        return bad_word(s, &s->line->command, "it cannot be added");
    struct sim_object *o = sim_object_copy(s->object);
    bool added = o != NULL && sim_policy_put_in(s->sim, o);
    return added ? NULL : bad_word(s, &s->line->command, "no memory is left");
}

/* N filters, each with the next id and a key of its own. */
static const char *add_filters(struct scene *s, uint64_t n)
{
    for (uint64_t i = 0; !s->check && i < n; i++) {
        if (os_u32_load(&s->sim->leave) != 0)
            break;
        struct sim_object *o = sim_object_copy(s->object);
        if (o != NULL) {
            o->id = s->from != 0 ? s->from + i : 0;
            o->key = (FWP_GUID){0};
        }
        if (o == NULL || !sim_policy_put_in(s->sim, o))
            return bad_word(s, &s->line->command, "no memory is left");
    }
    return NULL;
}

/* hold, give or lose N */
static const char *notices_command(struct scene *s)
{
    const struct sim_word *w = &s->line->p[0].value;
    struct sim_policy *p = &s->sim->policy;
    struct sim_notice *given = NULL;
    uint64_t lose = 0;
    bool holds = word_is(w, "hold"), gives = word_is(w, "give"), loses = word_is(w, "lose");
    if (!holds && !gives && !loses)
        return bad_word(s, w, "hold, give or lose is wanted");
    if (s->line->count != (loses ? 2 : 1) || (loses && !number_of(&s->line->p[1].value, &lose)))
        return bad_word(s, w, "lose takes a number, hold and give take nothing");
    if (s->check)
        return NULL;
    os_mutex_lock(&s->sim->lock);
    p->lose = loses ? lose : p->lose;
    p->holds = holds || (p->holds && !gives);
    if (gives) {
        given = p->held;
        p->held = NULL;
        p->held_end = &p->held;
    }
    os_mutex_unlock(&s->sim->lock);
    sim_notices_tell(s->sim, given);
    return NULL;
}

static const char *get_nothing(struct scene *s)
{
    uint64_t n;
    if (s->line->count != 1 || !number_of(&s->line->p[0].value, &n))
        return bad_word(s, &s->line->command, "a number is wanted");
    os_mutex_lock(&s->sim->lock);
    if (!s->check)
        s->sim->policy.empty_gets = n;
    os_mutex_unlock(&s->sim->lock);
    return NULL;
}

static const char *policy_switch(struct scene *s, bool *is_on)
{
    const struct sim_word *w = &s->line->p[0].value;
    if (s->line->count != 1 || (!word_is(w, "on") && !word_is(w, "off")))
        return bad_word(s, &s->line->command, "on or off is wanted");
    os_mutex_lock(&s->sim->lock);
    if (!s->check)
        *is_on = word_is(w, "on");
    os_mutex_unlock(&s->sim->lock);
    return NULL;
}

static const char *zero_layer(struct scene *s)
{
    return policy_switch(s, &s->sim->policy.zero_layer);
}

static const char *clean_memory(struct scene *s)
{
    return policy_switch(s, &s->sim->policy.is_clean);
}

/* The commands that describe an object. */
static const struct {
    const char *text;
    uint8_t list;
    bool removes;
} objects[] = {
    {"filter", LIST_FILTERS, false},      {"unfilter", LIST_FILTERS, true},
    {"filters", LIST_FILTERS, false},     {"layer", LIST_LAYERS, false},
    {"unlayer", LIST_LAYERS, true},       {"provider", LIST_PROVIDERS, false},
    {"unprovider", LIST_PROVIDERS, true}, {"sublayer", LIST_SUBLAYERS, false},
    {"unsublayer", LIST_SUBLAYERS, true}, {"callout", LIST_CALLOUTS, false},
    {"uncallout", LIST_CALLOUTS, true},   {"context", LIST_CONTEXTS, false},
    {"uncontext", LIST_CONTEXTS, true},
};
static const struct {
    const char *text;
    const char *(*play)(struct scene *s);
} others[] = {{"notices", notices_command},
              {"get_nothing", get_nothing},
              {"zero_layer", zero_layer},
              {"clean", clean_memory}};

static const char *object_command(struct scene *s, bool removes)
{
    uint64_t many = 0;
    bool is_many = word_is(&s->line->command, "filters");
    if (is_many && (s->line->count == 0 || s->line->p[0].key.n > 0 ||
                    !number_of(&s->line->p[0].value, &many) || many > FILTERS_MAX))
        return bad_word(s, &s->line->command, "a number is wanted, at most a million");
    const char *why = read_object(s, is_many);
    if (why != NULL)
        return why;
    return removes ? remove_object(s) : is_many ? add_filters(s, many) : add_object(s);
}

/* What a filter is without a word about it. */
static struct sim_object *new_object(const struct wfpw_sim *sim, enum system_list list)
{
    static const struct sim_word layer = {"ALE_AUTH_CONNECT_V4", 19}, sublayer = {"UNIVERSAL", 9};
    struct sim_object *o = calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    o->references = 1;
    o->list = list;
    o->owner = sim->scripted;
    o->type = FWPM_GENERAL_CONTEXT;
    if (list == LIST_FILTERS) {
        o->action = FWP_ACTION_BLOCK;
        (void)sim_key_read(&layer, "FWPM_LAYER_", &o->layer);
        (void)sim_key_read(&sublayer, "FWPM_SUBLAYER_", &o->sublayer);
    }
    return o;
}

bool sim_scene_knows(const struct sim_word *command)
{
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (word_is(command, objects[i].text))
            return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (word_is(command, others[i].text))
            return true;
    return false;
}

const char *sim_scene_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                           const char **where)
{
    struct scene s = {.sim = sim, .line = line, .check = check, .where = where};
    const char *why = NULL;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (word_is(&line->command, others[i].text))
            return others[i].play(&s);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        if (!word_is(&line->command, objects[i].text))
            continue;
        s.object = new_object(sim, (enum system_list)objects[i].list);
        if (s.object == NULL)
            return bad_word(&s, &line->command, "no memory is left");
        why = object_command(&s, objects[i].removes);
        sim_object_drop(s.object);
    }
    return why;
}
