/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit policy as advapi32 gives and takes it: every answer in a block of its own of the exact
 * size, "none" sometimes as 0 and sometimes as 4, and one record a subcategory that changes. */
#include "sim/sim_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "codes/subcategory.h"
#include "sim/sim.h"

enum { FILE_AT = 16 }; /* behind the options in the machine's file: a byte a subcategory */
enum { INVALID_PARAMETER = 87, NOT_FOUND = 2, NO_MEMORY = 8, NOT_HELD = 1314, TOO_SMALL = 122 };

const struct sim_auditor sim_auditor_self = {.logon_id = 0x1a2b3c, .pid = 1};
/* A program of an administrator's, and the services, Group Policy among them. */
static const struct sim_auditor other_program = {.logon_id = 0x5f21a, .pid = 4242},
                                the_system = {.logon_id = 0x3e7, .pid = 716};

/* ---- the policy ----------------------------------------------------------------------------- */

/* What a Windows has from the beginning: of ours only a record of changes of this very policy. */
void sim_audit_init(struct wfpw_sim *sim, uint32_t windows)
{
    struct sim_audit *a = &sim->audit;
    uint32_t version = windows == 7 || windows == 8 ? windows : 10;
    memset(a->group, SIM_AUDIT_UNSET, sizeof a->group);
    memset(a->mdm, SIM_AUDIT_UNSET, sizeof a->mdm);
    for (uint32_t i = 0; i < subcategory_count; i++) {
        a->gone[i] = subcategories[i].windows > version;
        a->setting[i] =
            subcategories[i].data1 == SUBCATEGORY_AUDIT_POLICY_CHANGE ? AUDIT_SUCCESS : 0;
    }
}

static void free_blocks(struct sim_audit *a)
{
    while (a->blocks != NULL) {
        struct sim_audit_block *b = a->blocks;
        a->blocks = b->next;
        free(b->given);
        free(b);
    }
}

void sim_audit_free(struct wfpw_sim *sim)
{
    free_blocks(&sim->audit);
    for (int i = 0; i < SIM_SUBCATEGORIES; i++)
        free(sim->audit.name[i]);
}

uint64_t sim_audit_blocks(const struct wfpw_sim *sim)
{
    uint64_t n = 0;
    for (const struct sim_audit_block *b = sim->audit.blocks; b != NULL; b = b->next)
        n++;
    return n;
}

/* -1: this machine does not have it. */
static int index_of(const struct wfpw_sim *sim, const FWP_GUID *guid)
{
    const struct subcategory *s = subcategory_find(guid);
    int i = s != NULL ? (int)(s - subcategories) : -1;
    return i >= 0 && !sim->audit.gone[i] ? i : -1;
}

static uint32_t get_setting(const struct wfpw_sim *sim, int i)
{
    return sim->machine.file == NULL ? sim->audit.setting[i]
                                     : sim_machine_byte(sim, FILE_AT + (uint32_t)i) & AUDIT_BOTH;
}

uint32_t sim_audit_get(const struct wfpw_sim *sim, uint32_t data1)
{
    FWP_GUID guid = subcategory_guid(data1);
    int i = index_of(sim, &guid);
    return i >= 0 ? get_setting(sim, i) : 0;
}

static void tell_change(struct wfpw_sim *sim, int i, uint32_t before, uint32_t after,
                        const struct sim_auditor *by)
{
    struct sim_audit *a = &sim->audit;
    struct sim_audit_change *c = &a->changes[a->change_count++ % SIM_AUDIT_CHANGES];
    *c = (struct sim_audit_change){
        .time = sim->now++,
        .subcategory = subcategory_guid(subcategories[i].data1),
        .category = audit_category_guid(audit_categories[subcategories[i].category].data1),
        .before = before,
        .after = after,
        .by = *by};
    sim_log_write_change(sim, subcategories[i].category, c);
    if (a->changed != NULL)
        a->changed(a->to, c);
}

/* A value that was there already is no change, and nothing records it. */
static void put_setting(struct wfpw_sim *sim, int i, uint32_t value, const struct sim_auditor *by)
{
    uint32_t before = get_setting(sim, i);
    sim->audit.setting[i] = (uint8_t)value;
    if (sim->machine.file != NULL)
        sim_machine_put_byte(sim, FILE_AT + (uint32_t)i, value);
    if (before != value)
        tell_change(sim, i, before, value, by);
}

/* ---- the functions -------------------------------------------------------------------------- */

static void *hand_out(struct wfpw_sim *sim, size_t bytes)
{
    struct sim_audit_block *b = malloc(sizeof *b);
    void *given = malloc(bytes != 0 ? bytes : 1);
    if (b == NULL || given == NULL) {
        free(b);
        free(given);
        return NULL;
    }
    *b = (struct sim_audit_block){sim->audit.blocks, given};
    sim->audit.blocks = b;
    return given;
}

static void free_memory(void *ctx, void *p)
{
    struct wfpw_sim *sim = ctx;
    os_mutex_lock(&sim->lock);
    struct sim_audit_block **link = &sim->audit.blocks;
    while (*link != NULL && (*link)->given != p)
        link = &(*link)->next;
    struct sim_audit_block *b = *link;
    if (b != NULL) {
        *link = b->next;
        free(b->given);
        free(b);
    }
    sim->misuses += b == NULL;
    os_mutex_unlock(&sim->lock);
}

static uint32_t enter_call(struct wfpw_sim *sim, enum sim_call call, bool privileged)
{
    uint32_t code = sim_call_enter(sim, call);
    return code == 0 && privileged && sim->audit.denied ? (uint32_t)NOT_HELD : code;
}

static uint32_t fill_rows(const struct wfpw_sim *sim, const FWP_GUID *guids, uint32_t count,
                          AUDIT_POLICY_INFORMATION *rows)
{
    for (uint32_t n = 0; n < count; n++) {
        int i = index_of(sim, &guids[n]);
        if (i < 0)
            return INVALID_PARAMETER;
        uint32_t value = get_setting(sim, i);
        rows[n] = (AUDIT_POLICY_INFORMATION){
            guids[n], value != 0 || i % 2 != 0 ? value : AUDIT_NONE,
            audit_category_guid(audit_categories[subcategories[i].category].data1)};
    }
    return 0;
}

static uint32_t query_policy(void *ctx, const FWP_GUID *guids, uint32_t count,
                             AUDIT_POLICY_INFORMATION **out)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_AUDIT_QUERY, true);
    if (code == 0 && (guids == NULL || count == 0 || out == NULL))
        code = INVALID_PARAMETER;
    AUDIT_POLICY_INFORMATION *rows = code == 0 ? malloc(count * sizeof *rows) : NULL;
    if (code == 0)
        code = rows != NULL ? fill_rows(sim, guids, count, rows) : NO_MEMORY;
    if (code == 0) {
        *out = hand_out(sim, count * sizeof *rows);
        if (*out != NULL)
            memcpy(*out, rows, count * sizeof *rows);
        code = *out != NULL ? 0 : NO_MEMORY;
    }
    free(rows);
    return sim_call_end(sim, code);
}

/* All of them are known and sane, or nothing is set. */
static bool are_good(const struct wfpw_sim *sim, const AUDIT_POLICY_INFORMATION *p, uint32_t count)
{
    for (uint32_t n = 0; p != NULL && n < count; n++) {
        uint32_t v = p[n].AuditingInformation;
        if (index_of(sim, &p[n].AuditSubCategoryGuid) < 0 || v > AUDIT_NONE)
            return false;
    }
    return p != NULL && count > 0;
}

/* What should end, and does not, when told so. */
static bool is_kept(const struct wfpw_sim *sim, const AUDIT_POLICY_INFORMATION *p)
{
    return p->AuditingInformation == AUDIT_NONE && sim_defect_is_on(sim, DEFECT_POLICY_LEFT);
}

static uint32_t set_policy(void *ctx, const AUDIT_POLICY_INFORMATION *p, uint32_t count)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_AUDIT_SET, true);
    if (code == 0 && !are_good(sim, p, count))
        code = INVALID_PARAMETER;
    for (uint32_t n = 0; code == 0 && n < count; n++)
        if (p[n].AuditingInformation != 0 && !is_kept(sim, &p[n]))
            put_setting(sim, index_of(sim, &p[n].AuditSubCategoryGuid),
                        p[n].AuditingInformation & AUDIT_BOTH, &sim_auditor_self);
    return sim_call_end(sim, code);
}

static uint32_t give_guids(struct wfpw_sim *sim, const FWP_GUID *guids, uint32_t n, FWP_GUID **out,
                           uint32_t *count)
{
    *out = hand_out(sim, n * sizeof *guids);
    if (*out == NULL)
        return NO_MEMORY;
    memcpy(*out, guids, n * sizeof *guids);
    *count = n;
    return 0;
}

static uint32_t list_categories(void *ctx, FWP_GUID **out, uint32_t *count)
{
    struct wfpw_sim *sim = ctx;
    FWP_GUID guids[16];
    uint32_t code = enter_call(sim, CALL_AUDIT_CATEGORIES, false);
    for (uint32_t i = 0; i < audit_category_count; i++)
        guids[i] = audit_category_guid(audit_categories[i].data1);
    if (code == 0)
        code = give_guids(sim, guids, audit_category_count, out, count);
    return sim_call_end(sim, code);
}

static uint32_t list_subcategories(void *ctx, const FWP_GUID *category, FWP_GUID **out,
                                   uint32_t *count)
{
    struct wfpw_sim *sim = ctx;
    FWP_GUID guids[SIM_SUBCATEGORIES];
    uint32_t n = 0, code = enter_call(sim, CALL_AUDIT_SUBCATEGORIES, false);
    const struct audit_category *c = category != NULL ? audit_category_find(category) : NULL;
    if (code == 0 && category != NULL && c == NULL)
        code = INVALID_PARAMETER;
    for (uint32_t i = 0; i < subcategory_count; i++)
        if (!sim->audit.gone[i] &&
            (category == NULL || &audit_categories[subcategories[i].category] == c))
            guids[n++] = subcategory_guid(subcategories[i].data1);
    if (code == 0)
        code = give_guids(sim, guids, n, out, count);
    return sim_call_end(sim, code);
}

static uint32_t give_text(struct wfpw_sim *sim, const struct sim_text *t, uint16_t **out)
{
    *out = hand_out(sim, (t->n + 1) * sizeof **out);
    if (*out == NULL)
        return NO_MEMORY;
    memcpy(*out, t->units, t->n * sizeof **out);
    (*out)[t->n] = 0;
    return 0;
}

static uint32_t give_name(struct wfpw_sim *sim, const char *name, uint16_t **out)
{
    struct sim_text t;
    return sim_field_text(&(struct sim_word){name, strlen(name)}, &t) ? give_text(sim, &t, out)
                                                                      : (uint32_t)INVALID_PARAMETER;
}

static uint32_t category_name(void *ctx, const FWP_GUID *guid, uint16_t **out)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_AUDIT_CATEGORY_NAME, false);
    const struct audit_category *c = audit_category_find(guid);
    if (code == 0)
        code = c != NULL ? give_name(sim, c->name, out) : (uint32_t)INVALID_PARAMETER;
    return sim_call_end(sim, code);
}

static uint32_t subcategory_name(void *ctx, const FWP_GUID *guid, uint16_t **out)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_AUDIT_SUBCATEGORY_NAME, false);
    int i = index_of(sim, guid);
    if (code == 0 && i < 0)
        code = INVALID_PARAMETER;
    if (code == 0)
        code = sim->audit.name[i] != NULL ? give_text(sim, sim->audit.name[i], out)
                                          : give_name(sim, subcategories[i].name, out);
    return sim_call_end(sim, code);
}

/* ---- who decides ---------------------------------------------------------------------------- */

static size_t put_line(char *at, size_t cap, int i, uint32_t value)
{
    static const char *const texts[] = {"Not Configured", "Success", "Failure",
                                        "Success and Failure", "No Auditing"};
    char guid[TEXT_GUID_MAX + 1] = "";
    FWP_GUID whole = subcategory_guid(subcategories[i].data1);
    guid[text_guid(guid, &whole, false)] = 0;
    int n = snprintf(at, cap, ",System,Audit %s,%s,%s,,%u\r\n", subcategories[i].name, guid,
                     texts[value], value);
    return n > 0 && (size_t)n < cap ? (size_t)n : 0;
}

static uint32_t read_csv(void *ctx, enum system_audit_file which, void *room, size_t cap, size_t *n)
{
    static const char head[] = "Machine Name,Policy Target,Subcategory,Subcategory GUID,"
                               "Inclusion Setting,Exclusion Setting,Setting Value\r\n";
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_AUDIT_FILE, false);
    *n = 0;
    for (uint32_t i = 0; code == 0 && which == AUDIT_FILE_APPLIED && i < subcategory_count; i++) {
        if (sim->audit.group[i] == SIM_AUDIT_UNSET)
            continue;
        if (*n == 0 && cap > sizeof head) {
            memcpy(room, head, sizeof head - 1);
            *n = sizeof head - 1;
        }
        size_t more = put_line((char *)room + *n, cap - *n, (int)i, sim->audit.group[i]);
        code = more != 0 ? 0 : TOO_SMALL;
        *n += more;
    }
    return sim_call_end(sim, code);
}

static uint32_t read_number(void *ctx, enum system_audit_number which, const char *name,
                            uint32_t *out)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_AUDIT_NUMBER, false), found = NOT_FOUND;
    for (uint32_t i = 0; which == AUDIT_NUMBER_MDM && i < subcategory_count; i++)
        if (sim->audit.mdm[i] != SIM_AUDIT_UNSET && strcmp(subcategories[i].mdm, name) == 0) {
            *out = sim->audit.mdm[i];
            found = 0;
        }
    if (which == AUDIT_NUMBER_NO_LEGACY && sim->audit.legacy) {
        *out = 0;
        found = 0;
    }
    return sim_call_end(sim, code != 0 ? code : found);
}

static uint32_t logon_id(void *ctx, uint64_t *out)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_AUDIT_LOGON_ID, false);
    *out = sim_auditor_self.logon_id;
    return sim_call_end(sim, code);
}

static uint32_t computer_name(void *ctx, uint16_t *room, uint32_t units)
{
    static const char name[] = "SIMULATED";
    (void)ctx;
    for (uint32_t i = 0; i < sizeof name - 1 && i < units; i++)
        room[i] = (uint16_t)name[i];
    return units >= sizeof name - 1 ? sizeof name - 1 : 0;
}

const struct system_audit_policy sim_system_audit_policy = {
    .query = query_policy,
    .set = set_policy,
    .categories = list_categories,
    .subcategories = list_subcategories,
    .category_name = category_name,
    .subcategory_name = subcategory_name,
    .free = free_memory,
    .file = read_csv,
    .number = read_number,
    .logon_id = logon_id,
    .computer = computer_name,
};

/* ---- the script ----------------------------------------------------------------------------- */

bool sim_audit_knows(const struct sim_word *command, int *count)
{
    *count = word_is(command, "gpupdate")                                              ? 0
             : word_is(command, "audit_privilege") || word_is(command, "audit_legacy") ? 1
                                                                                       : 2;
    return *count != 2 || word_is(command, "auditpol") || word_is(command, "grouppolicy") ||
           word_is(command, "mdm") || word_is(command, "audit_name");
}

static bool value_of(const struct sim_word *w, uint8_t *value)
{
    static const char *const words[] = {"none", "success", "failure", "both"};
    for (uint8_t i = 0; i < sizeof words / sizeof *words; i++)
        if (word_is(w, words[i])) {
            *value = i;
            return true;
        }
    return false;
}

/* Group Policy and a device's management do what they say, whatever was set meanwhile. */
static void refresh_policy(struct wfpw_sim *sim)
{
    struct sim_audit *a = &sim->audit;
    for (int i = 0; i < (int)subcategory_count; i++) {
        if (a->gone[i])
            continue;
        if (a->group[i] != SIM_AUDIT_UNSET && a->group[i] != 0)
            put_setting(sim, i, a->group[i] & AUDIT_BOTH, &the_system);
        if (a->mdm[i] != SIM_AUDIT_UNSET)
            put_setting(sim, i, a->mdm[i], &the_system);
    }
}

static void rename_one(struct wfpw_sim *sim, int i, const struct sim_text *t)
{
    free(sim->audit.name[i]);
    sim->audit.name[i] = malloc(sizeof *t);
    if (sim->audit.name[i] != NULL)
        *sim->audit.name[i] = *t;
}

/* A subcategory, and what is said of it. */
static bool play_one(struct wfpw_sim *sim, const struct sim_word *command,
                     const struct sim_word words[2], bool check)
{
    struct sim_audit *a = &sim->audit;
    FWP_GUID guid;
    struct sim_text t;
    uint8_t value = 0;
    if (!subcategory_parse(words[0].p, words[0].n, &guid) || subcategory_find(&guid) == NULL)
        return false;
    int i = (int)(subcategory_find(&guid) - subcategories);
    bool is_name = word_is(command, "audit_name"), is_set = word_is(command, "auditpol");
    bool off = word_is(&words[1], is_set ? "gone" : "off"), good = value_of(&words[1], &value);
    if (is_name)
        good = sim_field_text(&words[1], &t);
    if (check || !(good || off))
        return good || off;
    if (is_name)
        rename_one(sim, i, &t);
    else if (is_set && off)
        a->gone[i] = true;
    else if (is_set && !a->gone[i])
        put_setting(sim, i, value, &other_program);
    else if (word_is(command, "grouppolicy"))
        a->group[i] = off ? SIM_AUDIT_UNSET : value != 0 ? value : AUDIT_NONE;
    else if (word_is(command, "mdm"))
        a->mdm[i] = off ? SIM_AUDIT_UNSET : value;
    return true;
}

bool sim_audit_play(struct wfpw_sim *sim, const struct sim_word *command,
                    const struct sim_word words[2], bool check)
{
    int count;
    bool on = false;
    (void)sim_audit_knows(command, &count);
    if (count == 1) {
        on = word_is(&words[0], "on");
        if (!on && !word_is(&words[0], "off"))
            return false;
    }
    os_mutex_lock(&sim->lock);
    bool good = count != 2 || play_one(sim, command, words, check);
    if (!check && count == 0)
        refresh_policy(sim);
    if (!check && word_is(command, "audit_privilege"))
        sim->audit.denied = !on;
    if (!check && word_is(command, "audit_legacy"))
        sim->audit.legacy = on;
    os_mutex_unlock(&sim->lock);
    return good;
}
