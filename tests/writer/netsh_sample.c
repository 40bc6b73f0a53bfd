/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters to be written, and the text that they have to be read back as. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "writer/netsh_writer.h"

/* ---- random filters ------------------------------------------------------------------------- */

#define PICK(list, seed) (list)[random_below(seed, sizeof(list) / sizeof *(list))]

static const char *const layers[] = {
    "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
    "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V6",
    "FWPM_LAYER_INBOUND_TRANSPORT_V4_DISCARD",
    "{12345678-9abc-def0-1234-56789abcdef0}",
    "FWPM_LAYER_OF_NEXT_YEAR",
};
static const char *const sublayers[] = {"FWPM_SUBLAYER_MPSSVC_WF", "FWPM_SUBLAYER_UNIVERSAL",
                                        "{94f25722-8dd9-49fc-8b64-1374205ab5e0}"};
static const char *const providers[] = {"FWPM_PROVIDER_MPSSVC_WF",
                                        "{aaaaaaaa-0000-0000-0000-000000000001}", NULL};
static const char *const actions[] = {"FWP_ACTION_PERMIT", "FWP_ACTION_BLOCK",
                                      "FWP_ACTION_CALLOUT_TERMINATING",
                                      "FWP_ACTION_CALLOUT_UNKNOWN"};
static const char *const flag_names[] = {"FWPM_FILTER_FLAG_INDEXED", "FWPM_FILTER_FLAG_PERSISTENT",
                                         "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN", "000003E0"};
static const char *const weight_types[] = {"FWP_EMPTY", "FWP_UINT8", "FWP_UINT64"};
static const char *const words[] = {
    "Query User",
    "Solitaire & Casual Games",
    "a < b > c",
    "]]> the end",
    "D\xC3\xA9\x66\x61ut", /* so that the f is not taken for a digit */
    "\xE9\xBB\x98\xE8\xAE\xA4\xE5\x80\xBC",
    "\xF0\x9F\x94\xA5 wall",
    "  blanks at both ends  ",
    "\"quoted\" 'twice'",
    "",
    "@bfe.dll,-1217",
    "{not a guid}",
    "%s%n%99999d",
};

static void random_key(char out[40], uint64_t *seed)
{
    uint64_t a = random_u64(seed), b = random_u64(seed);
    (void)snprintf(out, 40, "{%08x-%04x-%04x-%04x-%012llx}", (unsigned)a,
                   (unsigned)(a >> 32 & 0xFFFF), (unsigned)(a >> 48), (unsigned)(b & 0xFFFF),
                   (unsigned long long)(b >> 16));
}

struct shape {
    const char *field, *match, *type, *range_type, *value, *high;
    bool is_blob, is_hex;
};

static const struct shape shapes[] = {
    {"FWPM_CONDITION_IP_PROTOCOL", "FWP_MATCH_EQUAL", "FWP_UINT8", NULL, "6", "", false, false},
    {"FWPM_CONDITION_IP_REMOTE_PORT", "FWP_MATCH_EQUAL", "FWP_UINT16", NULL, "443", "", false,
     false},
    {"FWPM_CONDITION_IP_REMOTE_ADDRESS", "FWP_MATCH_RANGE", "FWP_RANGE_TYPE", "FWP_UINT32",
     "224.0.0.0", "239.255.255.255", false, false},
    {"FWPM_CONDITION_IP_REMOTE_ADDRESS", "FWP_MATCH_EQUAL", "FWP_V6_ADDR_MASK", NULL,
     "fe80::", "10", false, false},
    {"FWPM_CONDITION_IP_LOCAL_ADDRESS", "FWP_MATCH_EQUAL", "FWP_V4_ADDR_MASK", NULL, "10.0.0.0",
     "255.0.0.0", false, false},
    {"FWPM_CONDITION_ALE_APP_ID", "FWP_MATCH_EQUAL", "FWP_BYTE_BLOB_TYPE", NULL,
     "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe", "", true, false},
    {"FWPM_CONDITION_ALE_APP_ID", "FWP_MATCH_EQUAL", "FWP_BYTE_BLOB_TYPE", NULL, "00d80000", "",
     true, true},
    {"FWPM_CONDITION_ALE_USER_ID", "FWP_MATCH_EQUAL", "FWP_SECURITY_DESCRIPTOR_TYPE", NULL,
     "O:SYG:SYD:(A;;CCRC;;;S-1-5-80-1)", "", false, false},
    {"FWPM_CONDITION_FLAGS", "FWP_MATCH_FLAGS_NONE_SET", "FWP_UINT32", NULL, "32", "", false,
     false},
    {"{01020304-0506-0708-090a-0b0c0d0e0f10}", "FWP_MATCH_OF_NEXT_YEAR", "FWP_TYPE_OF_NEXT_YEAR",
     NULL, "what", "", false, false},
    {"FWPM_CONDITION_IP_LOCAL_PORT", "FWP_MATCH_EQUAL", "FWP_EMPTY", NULL, "", "", false, false},
};

static void random_condition(struct netsh_condition *c, uint64_t *seed)
{
    const struct shape *s = &PICK(shapes, seed);
    *c = (struct netsh_condition){.field = s->field,
                                  .match = s->match,
                                  .type = s->type,
                                  .range_type = s->range_type,
                                  .is_blob = s->is_blob,
                                  .is_hex = s->is_hex};
    strcpy(c->value, s->value);
    strcpy(c->high, s->high);
}

static void random_context(struct netsh_made_filter *f, uint64_t *seed)
{
    static const char *const origins[] = {"Stealth", "Query User Default", "DeviceManagement-1",
                                          "{6f1b1cd7-0000-0000-0000-000000000000}"};
    random_key(f->context, seed);
    if (random_below(seed, 3) > 0)
        strcpy(f->origin, PICK(origins, seed));
}

void netsh_random(struct netsh_made_filter *f, uint64_t *seed, uint64_t id)
{
    *f = (struct netsh_made_filter){
        .id = id,
        .weight = random_below(seed, 16),
        .effective_weight = random_u64(seed),
        .raw_context = random_u64(seed),
        .layer = PICK(layers, seed),
        .sublayer = PICK(sublayers, seed),
        .provider = PICK(providers, seed),
        .action = PICK(actions, seed),
        .weight_type = PICK(weight_types, seed),
        .flag_count = random_below(seed, NETSH_FLAGS + 1),
        .condition_count = random_below(seed, NETSH_CONDITIONS + 1),
    };
    random_key(f->key, seed);
    strcpy(f->name, PICK(words, seed));
    strcpy(f->description, PICK(words, seed));
    if (strstr(f->action, "CALLOUT") != NULL)
        random_key(f->callout, seed);
    if (random_below(seed, 3) == 0)
        random_context(f, seed);
    for (size_t i = 0; i < f->flag_count; i++)
        f->flags[i] = PICK(flag_names, seed);
    for (size_t i = 0; i < f->condition_count; i++)
        random_condition(&f->conditions[i], seed);
}

void netsh_plain(struct netsh_made_filter *f, uint64_t id)
{
    uint64_t seed = id;
    *f = (struct netsh_made_filter){
        .id = id,
        .weight = 9,
        .effective_weight = 10376293541461622784u + id,
        .layer = "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4",
        .sublayer = "FWPM_SUBLAYER_MPSSVC_WF",
        .provider = "FWPM_PROVIDER_MPSSVC_WF",
        .action = "FWP_ACTION_PERMIT",
        .weight_type = "FWP_UINT8",
        .flags = {"FWPM_FILTER_FLAG_INDEXED"},
        .flag_count = 1,
        .condition_count = 4,
    };
    random_key(f->key, &seed);
    (void)snprintf(f->name, sizeof f->name, "Rule number %llu of the firewall",
                   (unsigned long long)id);
    strcpy(f->description, "An inbound rule that lets a service be reached on its port.");
    for (size_t i = 0; i < 4; i++) {
        const struct shape *s = &shapes[(const uint8_t[]){0, 1, 5, 7}[i]];
        f->conditions[i] = (struct netsh_condition){
            .field = s->field, .match = s->match, .type = s->type, .is_blob = s->is_blob};
        strcpy(f->conditions[i].value, s->value);
    }
}

/* ---- what is read back ---------------------------------------------------------------------- */

struct text {
    char *p;
    size_t n;
};

#if defined(__clang__)
__attribute__((format(printf, 2, 3))) /* else its -Wformat-nonliteral wants a literal below */
#endif
static void
add(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(t->p + t->n, NETSH_READBACK - t->n, format, list);
    va_end(list);
    if (n < 0 || (size_t)n >= NETSH_READBACK - t->n)
        abort();
    t->n += (size_t)n;
}

static void add_text(struct text *t, const char *name, const char *value)
{
    if (value != NULL && value[0] != 0)
        add(t, "%s: %s\n", name, value);
}

/* Blanks around what is no name mean nothing. */
void netsh_written(char out[NETSH_READBACK], const struct netsh_made_filter *f, uint32_t options)
{
    struct text t = {out, 0};
    bool has_weight = strcmp(f->weight_type, "FWP_EMPTY") != 0;
    add(&t, "id: %llu\n", (unsigned long long)f->id);
    add_text(&t, "key", f->key);
    add_text(&t, "name", f->name);
    add_text(&t, "description", f->description);
    add_text(&t, "layer", f->layer);
    add_text(&t, "sublayer", f->sublayer);
    add_text(&t, "provider", f->provider);
    add_text(&t, "action", f->action);
    add_text(&t, "callout", f->callout);
    add_text(&t, "context", f->context);
    add_text(&t, "origin", (options & NETSH_STATE) != 0 ? f->origin : NULL);
    add_text(&t, "weight type", f->weight_type);
    if (has_weight)
        add(&t, "weight: %llu\n", (unsigned long long)f->weight);
    add(&t, "effective: %llu\n", (unsigned long long)f->effective_weight);
    if (f->context[0] == 0)
        add(&t, "raw: %llu\n", (unsigned long long)f->raw_context);
    for (size_t i = 0; i < f->flag_count; i++)
        add_text(&t, "flag", f->flags[i]);
    for (size_t i = 0; i < f->condition_count; i++) {
        const struct netsh_condition *c = &f->conditions[i];
        add(&t, "condition\n");
        add_text(&t, "field", c->field);
        add_text(&t, "match", c->match);
        add_text(&t, "type", c->type);
        add_text(&t, "range", c->range_type);
        add_text(&t, "value", c->value);
        add_text(&t, "high", c->high);
    }
}

void netsh_read(char out[NETSH_READBACK], const wfpw_filter *f)
{
    struct text t = {out, 0};
    add(&t, "id: %llu\n", (unsigned long long)f->id);
    add_text(&t, "key", f->key);
    add_text(&t, "name", f->name);
    add_text(&t, "description", f->description);
    add_text(&t, "layer", f->layer);
    add_text(&t, "sublayer", f->sublayer);
    add_text(&t, "provider", f->provider);
    add_text(&t, "action", f->action_name);
    add_text(&t, "callout", f->callout);
    add_text(&t, "context", f->provider_context);
    add_text(&t, "origin", f->origin);
    add_text(&t, "weight type", f->weight_type);
    if ((f->present & WFPW_FILTER_HAS_WEIGHT) != 0)
        add(&t, "weight: %llu\n", (unsigned long long)f->weight);
    if ((f->present & WFPW_FILTER_HAS_EFFECTIVE_WEIGHT) != 0)
        add(&t, "effective: %llu\n", (unsigned long long)f->effective_weight);
    if ((f->present & WFPW_FILTER_HAS_RAW_CONTEXT) != 0)
        add(&t, "raw: %llu\n", (unsigned long long)f->raw_context);
    for (uint32_t i = 0; i < f->flag_count; i++)
        add_text(&t, "flag", f->flag_names[i]);
    for (uint32_t i = 0; i < f->condition_count; i++) {
        const wfpw_condition *c = &f->conditions[i];
        add(&t, "condition\n");
        add_text(&t, "field", c->field);
        add_text(&t, "match", c->match);
        add_text(&t, "type", c->type);
        add_text(&t, "range", c->range_type);
        add_text(&t, "value", c->value);
        add_text(&t, "high", c->high);
    }
}
