/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/rules/render_rule.h"

#include "names/block.h"

/* ---- what a person reads -------------------------------------------------------------------- */

static bool is_guid(const char *id)
{
    uint8_t guid[16];
    return text_parse_guid(id, strlen(id), guid);
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* "@{Package_1.0_x64__hash?ms-resource://Package/resources/Name}": what the package is called. */
static const char *title_of_package(struct block *b, const char *name)
{
    size_t start = b->used, n = strcspn(name + 2, "_?}");
    if (n == 0)
        return NULL;
    block_piece(b, name + 2, n);
    return block_end(b, start);
}

/* The names of Windows' own rules lie in its libraries, in its language; their ids are words. */
static const char *put_title(struct block *b, const struct rule *r, const char *id,
                             const char *name)
{
    const char *app = rule_text(r, RULE_PACKAGE), *title = NULL;
    if (name == NULL)
        return id;
    if (starts_with(name, "@{"))
        title = title_of_package(b, name);
    else if (starts_with(name, "@") && strstr(name, ",-") != NULL)
        title = is_guid(rule_text(r, RULE_ID)) ? NULL : id;
    else if (starts_with(name, "ms-resource:") && app != NULL)
        title = block_text(b, app);
    return title != NULL ? title : name;
}

/* ---- the rule ------------------------------------------------------------------------------- */

static const char *put_slot(struct block *b, const struct rule *r, enum rule_slot slot)
{
    return block_text(b, rule_text(r, slot));
}

static void put_texts(struct block *b, wfpw_rule *to, const struct rule *r)
{
    to->id = put_slot(b, r, RULE_ID);
    to->description = put_slot(b, r, RULE_DESCRIPTION);
    to->group = put_slot(b, r, RULE_GROUP);
    to->app = put_slot(b, r, RULE_APP);
    to->service = put_slot(b, r, RULE_SERVICE);
    to->package = put_slot(b, r, RULE_PACKAGE);
    to->local_ports = put_slot(b, r, RULE_LOCAL_PORTS);
    to->remote_ports = put_slot(b, r, RULE_REMOTE_PORTS);
    to->local_addresses = put_slot(b, r, RULE_LOCAL_ADDRESSES);
    to->remote_addresses = put_slot(b, r, RULE_REMOTE_ADDRESSES);
}

/* The name that the last record gives is the newest. */
static void put_names(struct block *b, wfpw_rule *to, const struct rule_found *found)
{
    const struct rule *r = found->rule, *c = found->change;
    const char *name = rule_text(r, RULE_NAME);
    if (name == NULL && c != NULL)
        name = rule_text(c, RULE_NAME);
    to->name = block_text(b, name);
    to->title = put_title(b, r, to->id, name);
    if (to->title == name) /* of the store: it has to be of the block */
        to->title = to->name;
    to->changed_by = c != NULL ? put_slot(b, c, RULE_CHANGED_BY) : NULL;
    to->changed_user = c != NULL ? put_slot(b, c, RULE_CHANGED_USER) : NULL;
}

size_t render_rule(const struct rule_found *found, const char *from, uint64_t from_time, void *buf,
                   size_t cap)
{
    struct block b = {.base = buf, .cap = cap};
    const struct rule *r = found->rule;
    wfpw_rule *room = block_room(&b, sizeof *room), to = {.size = sizeof to};
    to.state = found->state;
    to.present = r->present;
    to.profiles = r->profiles;
    to.protocol = r->protocol;
    to.schema = r->schema;
    to.action = r->action;
    to.direction = r->direction;
    to.enabled = r->is_enabled;
    to.origin = r->origin;
    to.truncated = r->is_truncated;
    to.from_time = from_time;
    to.change_time = found->changed;
    to.change = found->change_kind;
    put_texts(&b, &to, r);
    put_names(&b, &to, found);
    to.from = block_text(&b, from);
    if (room != NULL)
        *room = to;
    return b.used;
}
