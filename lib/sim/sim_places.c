/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a simulated machine calls its volumes and accounts, and the strings in its System32, as the
 * script says. Every text is handed out in a block of its own of the exact size. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum {
    INSUFFICIENT_BUFFER = 122,
    RESOURCE_NOT_FOUND = 1814,
    NONE_MAPPED = 1332,
    KEY_MAX = 600 /* bytes of a drive, a folder, a SID or a file's name */
};

enum kind { KIND_DRIVE, KIND_MOUNT, KIND_ACCOUNT, KIND_STRING, KIND_SERVICE, KIND_RULE };

struct sim_place {
    struct sim_place *next;
    enum kind kind;
    uint32_t id; /* of a string; of a rule the place */
    char key[KEY_MAX];
    struct sim_text name, value; /* name: the key as UTF-16; of a service its image */
    struct sim_text company;
    bool runs;
    struct sim_sid sid;
};

/* ---- the script ----------------------------------------------------------------------------- */

static struct sim_place **find_place(struct wfpw_sim *sim, enum kind kind, const char *key,
                                     uint32_t id)
{
    struct sim_place **at = &sim->places;
    while (*at != NULL && ((*at)->kind != kind || (*at)->id != id ||
                           !text_same((*at)->key, strlen((*at)->key), key)))
        at = &(*at)->next;
    return at;
}

static void take_out(struct sim_place **at)
{
    struct sim_place *p = *at;
    if (p == NULL)
        return;
    *at = p->next;
    free(p);
}

void sim_places_free(struct wfpw_sim *sim)
{
    while (sim->places != NULL)
        take_out(&sim->places);
}

bool sim_places_knows(const struct sim_word *command)
{
    return word_is(command, "drive") || word_is(command, "subst") || word_is(command, "mount") ||
           word_is(command, "account") || word_is(command, "string") ||
           word_is(command, "service") || word_is(command, "rule");
}

int sim_places_words(const struct sim_word *command)
{
    return word_is(command, "service")                              ? 4
           : word_is(command, "string") || word_is(command, "rule") ? 3
                                                                    : 2;
}

static enum kind kind_of(const struct sim_word *command)
{
    return word_is(command, "mount")     ? KIND_MOUNT
           : word_is(command, "account") ? KIND_ACCOUNT
           : word_is(command, "string")  ? KIND_STRING
           : word_is(command, "service") ? KIND_SERVICE
           : word_is(command, "rule")    ? KIND_RULE
                                         : KIND_DRIVE;
}

/* What a drive made by subst stands for has this in front; the mount manager's folders end so. */
static bool complete_place(const struct sim_word *command, struct sim_place *p)
{
    static const uint16_t before[] = {'\\', '?', '?', '\\'};
    enum { N = sizeof before / sizeof *before };
    if (p->value.n + N > SIM_TEXT_MAX || p->name.n + 1 > SIM_TEXT_MAX)
        return false;
    if (word_is(command, "subst")) {
        memmove(p->value.units + N, p->value.units, p->value.n * sizeof *p->value.units);
        memcpy(p->value.units, before, sizeof before);
        p->value.n += N;
    }
    if (p->kind == KIND_MOUNT)
        p->name.units[p->name.n++] = '\\';
    return true;
}

/* `rule PLACE ID TEXT`: the place's number, as the origin of rules is called. */
static bool place_of_rules(const struct sim_word *word, uint64_t *out)
{
    static const char *const words[RULES_PLACES] = {[RULES_LOCAL] = "local",
                                                    [RULES_STATIC] = "static",
                                                    [RULES_CONFIGURABLE] = "configurable",
                                                    [RULES_APPISO] = "appiso",
                                                    [RULES_MDM] = "mdm",
                                                    [RULES_GROUP_POLICY] = "group_policy"};
    for (*out = 0; *out < RULES_PLACES; ++*out)
        if (word_is(word, words[*out]))
            return true;
    return false;
}

/* service NAME running|stopped IMAGE COMPANY */
static bool fill_service(const struct sim_word words[SIM_PLACES_WORDS], struct sim_place *p)
{
    p->runs = word_is(&words[1], "running");
    return (p->runs || word_is(&words[1], "stopped") || word_is(&words[1], "off")) &&
           sim_field_text(&words[2], &p->value) && sim_field_text(&words[3], &p->company);
}

static bool fill_place(const struct sim_word *command,
                       const struct sim_word words[SIM_PLACES_WORDS], struct sim_place *p)
{
    const struct sim_word *key = &words[0], *value = &words[1];
    uint64_t id = 0;
    p->kind = kind_of(command);
    if (p->kind == KIND_STRING) {
        value = &words[2];
        if (!number_of(&words[1], &id) || id > UINT16_MAX)
            return false;
    }
    if (p->kind == KIND_RULE) {
        key = &words[1];
        value = &words[2];
        if (!place_of_rules(&words[0], &id))
            return false;
    }
    if (key->n == 0 || key->n >= KEY_MAX ||
        (p->kind == KIND_ACCOUNT && !text_parse_sid(key->p, key->n, p->sid.bytes, &p->sid.n)))
        return false;
    p->id = (uint32_t)id;
    memcpy(p->key, key->p, key->n);
    if (p->kind == KIND_SERVICE)
        return fill_service(words, p);
    return sim_field_text(key, &p->name) && sim_field_text(value, &p->value) &&
           complete_place(command, p);
}

/* As the registry does, whatever the value was before. The lock is held. */
static void tell_watches(struct wfpw_sim *sim, uint32_t place)
{
    for (int i = 0; i < SIM_RULES_WATCHES; i++) {
        struct sim_rules_watch *w = &sim->rules_watches[i];
        bool of_policy = w->which == RULES_WATCH_GROUP_POLICY;
        if (!w->used || w->is_told || of_policy != (place == RULES_GROUP_POLICY))
            continue;
        w->is_told = true;
        os_event_set_handle(w->signal);
    }
}

bool sim_places_set(struct wfpw_sim *sim, const struct sim_word *command,
                    const struct sim_word words[SIM_PLACES_WORDS], bool check)
{
    struct sim_place *p = calloc(1, sizeof *p);
    bool is_off =
        word_is(&words[word_is(command, "string") || word_is(command, "rule") ? 2 : 1], "off");
    bool good = p != NULL && fill_place(command, words, p);
    if (good && !check) {
        uint32_t place = p->id;
        bool is_rule = p->kind == KIND_RULE;
        os_mutex_lock(&sim->lock);
        take_out(find_place(sim, p->kind, p->key, p->id));
        if (!is_off) { /* behind the others: in the order of the script */
            *find_place(sim, KIND_DRIVE, "", UINT32_MAX) = p;
            p = NULL;
        }
        if (is_rule)
            tell_watches(sim, place);
        os_mutex_unlock(&sim->lock);
    }
    free(p);
    return good;
}

/* ---- the functions -------------------------------------------------------------------------- */

/* A block of the exact size, so that a read past its end is found out. */
static uint16_t *copy_of(const struct sim_text *t)
{
    uint16_t *p = malloc(t->n * sizeof *p + 1);
    if (p != NULL)
        memcpy(p, t->units, t->n * sizeof *p);
    return p;
}

static uint32_t list_places(struct wfpw_sim *sim, enum sim_call call, enum kind kind,
                            system_found found, void *to)
{
    uint32_t code = sim_call_enter(sim, call);
    for (const struct sim_place *p = sim->places; code == 0 && p != NULL; p = p->next) {
        uint16_t *name = copy_of(&p->name), *value = copy_of(&p->value);
        if (p->kind == kind && name != NULL && value != NULL)
            found(to, name, p->name.n, value, p->value.n);
        free(name);
        free(value);
    }
    return sim_call_end(sim, code);
}

static uint32_t list_drives(void *ctx, system_found found, void *to)
{
    return list_places(ctx, CALL_DRIVES, KIND_DRIVE, found, to);
}

static uint32_t list_mounts(void *ctx, system_found found, void *to)
{
    return list_places(ctx, CALL_MOUNTS, KIND_MOUNT, found, to);
}

static uint32_t give_text(const struct sim_text *t, uint16_t *room, size_t cap, size_t *units)
{
    if (t->n > cap)
        return INSUFFICIENT_BUFFER;
    memcpy(room, t->units, t->n * sizeof *room);
    *units = t->n;
    return 0;
}

static uint32_t account_name(void *ctx, const void *sid, uint16_t *room, size_t cap, size_t *units)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_ACCOUNT);
    const struct sim_place *p = sim->places;
    while (p != NULL && (p->kind != KIND_ACCOUNT || memcmp(p->sid.bytes, sid, p->sid.n) != 0))
        p = p->next;
    if (code == 0)
        code = p != NULL ? give_text(&p->value, room, cap, units) : (uint32_t)NONE_MAPPED;
    return sim_call_end(sim, code);
}

static uint32_t system_folder(void *ctx, uint16_t *room, size_t cap, size_t *units)
{
    static const char path[] = "C:\\Windows\\system32";
    struct wfpw_sim *sim = ctx;
    struct sim_text t;
    uint32_t code = sim_call_enter(sim, CALL_FOLDER);
    (void)sim_field_text(&(struct sim_word){path, sizeof path - 1}, &t);
    return sim_call_end(sim, code == 0 ? give_text(&t, room, cap, units) : code);
}

static uint32_t load_string(void *ctx, const char *file, uint32_t id, uint16_t *room, size_t cap,
                            size_t *units)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_STRING);
    const struct sim_place *p = *find_place(sim, KIND_STRING, file, id);
    if (code == 0)
        code = p != NULL ? give_text(&p->value, room, cap, units) : (uint32_t)RESOURCE_NOT_FOUND;
    return sim_call_end(sim, code);
}

static bool is_name(const char *key, const uint16_t *name)
{
    for (; *key != 0 && *name != 0; key++, name++) {
        char a = *key >= 'A' && *key <= 'Z' ? (char)(*key - 'A' + 'a') : *key;
        uint16_t b = *name >= 'A' && *name <= 'Z' ? (uint16_t)(*name - 'A' + 'a') : *name;
        if ((unsigned char)a != b)
            return false;
    }
    return *key == 0 && *name == 0;
}

/* The two that the built-in providers name; a script may describe them otherwise. */
static bool find_own_service(const uint16_t *name, struct system_service *out)
{
    static const char company[] = "Microsoft Corporation";
    const char *image = is_name("ikeext", name)   ? "C:\\Windows\\System32\\ikeext.dll"
                        : is_name("mpssvc", name) ? "C:\\Windows\\System32\\mpssvc.dll"
                                                  : NULL;
    struct sim_text image_text, company_text;
    size_t units = 0;
    if (image == NULL)
        return false;
    (void)sim_field_text(&(struct sim_word){image, strlen(image)}, &image_text);
    (void)sim_field_text(&(struct sim_word){company, sizeof company - 1}, &company_text);
    (void)give_text(&image_text, out->image, SERVICE_IMAGE_UNITS, &units);
    out->image_units = (uint32_t)units;
    (void)give_text(&company_text, out->company, SERVICE_COMPANY_UNITS, &units);
    out->company_units = (uint32_t)units;
    out->runs = true;
    return true;
}

static uint32_t find_service(void *ctx, const uint16_t *name, struct system_service *out)
{
    struct wfpw_sim *sim = ctx;
    size_t company = 0, image = 0;
    uint32_t code = sim_call_enter(sim, CALL_SERVICE);
    const struct sim_place *p = sim->places;
    while (p != NULL && (p->kind != KIND_SERVICE || !is_name(p->key, name)))
        p = p->next;
    if (code == 0 && p == NULL && !find_own_service(name, out))
        code = SERVICE_NOT_FOUND;
    if (code != 0 || p == NULL)
        return sim_call_end(sim, code);
    out->runs = p->runs;
    (void)give_text(&p->value, out->image, SERVICE_IMAGE_UNITS, &image);
    (void)give_text(&p->company, out->company, SERVICE_COMPANY_UNITS, &company);
    out->image_units = (uint32_t)image;
    out->company_units = (uint32_t)company;
    return sim_call_end(sim, 0);
}

const struct system_places sim_system_places = {
    .drives = list_drives,
    .mounts = list_mounts,
    .account = account_name,
    .folder = system_folder,
    .string = load_string,
    .service = find_service,
};

/* The n-th rule of a place, copied; NULL: there is none. */
static struct sim_place *rule_at(const struct wfpw_sim *sim, enum system_rules_place place,
                                 uint32_t n)
{
    const struct sim_place *p = sim->places;
    for (; p != NULL; p = p->next)
        if (p->kind == KIND_RULE && p->id == (uint32_t)place && n-- == 0)
            break;
    struct sim_place *copy = p != NULL ? malloc(sizeof *copy) : NULL;
    if (copy != NULL)
        *copy = *p;
    return copy;
}

/* As with the registry, who is called may ask for other things: each is given without the lock. */
static uint32_t list_rules(void *ctx, enum system_rules_place place, system_found found, void *to)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_end(sim, sim_call_enter(sim, CALL_RULES));
    for (uint32_t n = 0; code == 0; n++) {
        os_mutex_lock(&sim->lock);
        struct sim_place *p = rule_at(sim, place, n);
        os_mutex_unlock(&sim->lock);
        if (p == NULL)
            break;
        found(to, p->name.units, p->name.n, p->value.units, p->value.n);
        free(p);
    }
    return code;
}

static uint32_t watch_rules(void *ctx, enum system_rules_watch which, intptr_t signal,
                            void **handle)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_RULES_WATCH);
    int i = 0;
    while (i < SIM_RULES_WATCHES && sim->rules_watches[i].used)
        i++;
    if (code == 0 && i == SIM_RULES_WATCHES)
        code = FWP_ERROR_NOT_ENOUGH_MEMORY;
    if (code == 0) {
        sim->rules_watches[i] =
            (struct sim_rules_watch){.used = true, .which = which, .signal = signal};
        *handle = &sim->rules_watches[i];
    }
    return sim_call_end(sim, code);
}

/* Which tells who waits, if nothing did. */
static void unwatch_rules(void *ctx, void *handle)
{
    struct wfpw_sim *sim = ctx;
    struct sim_rules_watch *w = handle;
    uint32_t code = sim_call_enter(sim, CALL_RULES_UNWATCH);
    if (!w->used)
        sim->misuses++;
    else if (!w->is_told)
        os_event_set_handle(w->signal);
    w->used = false;
    (void)sim_call_end(sim, code);
}

const struct system_rules sim_system_rules = {
    .list = list_rules, .watch = watch_rules, .unwatch = unwatch_rules};
