/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "template/template_engine.h"

#include <string.h>

#include "base/error.h"
#include "codes/net_event_kind.h"

/* ---- the engine's fields -------------------------------------------------------------------- */

/* FWPM_CONDITION_* that net events can be asked for; SCOPE_ID is documented, too, but has no GUID.
 * (filtering condition identifiers, win32 metadata) */
static const struct field {
    uint8_t form; /* enum template_form */
    bool is_remote;
    FWP_GUID key;
} fields[ENGINE_FIELDS] = {
    {FORM_NUMBER,
     false, /* IP_PROTOCOL */
     {0x3971ef2b, 0x623e, 0x4f9a, {0x8c, 0xb1, 0x6e, 0x79, 0xb8, 0x06, 0xb9, 0xa7}}},
    {FORM_TYPE,
     false, /* NET_EVENT_TYPE */
     {0x206e9996, 0x490e, 0x40cf, {0xb8, 0x31, 0xb3, 0x86, 0x41, 0xeb, 0x6f, 0xcb}}},
    {FORM_PORT,
     false, /* IP_LOCAL_PORT; the type of ICMP */
     {0x0c1ba1af, 0x5765, 0x453f, {0xaf, 0x22, 0xa8, 0xf7, 0x91, 0xac, 0x77, 0x5b}}},
    {FORM_PORT,
     true, /* IP_REMOTE_PORT; the code of ICMP */
     {0xc35a604d, 0xd22b, 0x4e1a, {0x91, 0xb4, 0x68, 0xf6, 0x74, 0xee, 0x67, 0x4b}}},
    {FORM_ADDRESS,
     false, /* IP_LOCAL_ADDRESS */
     {0xd9ee00de, 0xc1ef, 0x4617, {0xbf, 0xe3, 0xff, 0xd8, 0xf5, 0xa0, 0x89, 0x57}}},
    {FORM_ADDRESS,
     true, /* IP_REMOTE_ADDRESS */
     {0xb235ae9a, 0x1d64, 0x49b8, {0xa4, 0x4c, 0x5f, 0xf3, 0xd9, 0x09, 0x50, 0x45}}},
    {FORM_USER,
     false, /* ALE_USER_ID */
     {0xaf043a0a, 0xb34d, 0x4f86, {0x97, 0x9c, 0xc9, 0x03, 0x71, 0xaf, 0x6e, 0x66}}},
    {FORM_APP,
     false, /* ALE_APP_ID */
     {0xd78e1e87, 0x8644, 0x4ea5, {0x94, 0x37, 0xd8, 0x09, 0xec, 0xef, 0xc9, 0x71}}},
};

/* NULL: the engine's templates have no such field. */
static const struct field *field_of(const struct template_key *k)
{
    if (k->is_either || (k->form == FORM_NUMBER && k->list != WFPW_LIST_PROTOCOL))
        return NULL;
    for (size_t i = 0; i < ENGINE_FIELDS; i++)
        if (fields[i].form == k->form && fields[i].is_remote == k->is_remote)
            return &fields[i];
    return NULL;
}

/* ---- single values -------------------------------------------------------------------------- */

/* The FWPM_NET_EVENT_TYPE that is always of this kind; false: there is none, or several. */
static bool type_of_kind(uint64_t kind, uint32_t *type)
{
    for (*type = 0; *type <= FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL; ++*type)
        if (net_event_kind(*type) == kind)
            return true;
    return false;
}

/* How many bits all addresses from low to high share, when these are all that share them; else
 * more than an address has. */
static uint32_t prefix_of(const struct template_value *v)
{
    enum { NO_PREFIX = 255 };
    const uint8_t *low = v->is.address.low, *high = v->is.address.high;
    uint32_t n = v->is.address.family == 4 ? 32 : 128, bits = 0;
    while (bits < n && ((low[bits / 8] ^ high[bits / 8]) & 0x80 >> bits % 8) == 0)
        bits++;
    for (uint32_t i = bits; i < n; i++)
        if ((low[i / 8] & 0x80 >> i % 8) != 0 || (high[i / 8] & 0x80 >> i % 8) == 0)
            return NO_PREFIX;
    return bits;
}

/* \device\...: as the ids of applications begin, in small letters as they are. */
static bool is_device_path(const struct template_value *v)
{
    static const char start[] = "\\device\\";
    return v->is.text.size >= sizeof start && memcmp(v->is.text.p, start, sizeof start - 1) == 0;
}

/* c:\... */
static bool is_file(const struct template_value *v)
{
    const char *p = v->is.text.p;
    return v->is.text.size > 3 && p[0] >= 'a' && p[0] <= 'z' && p[1] == ':' && p[2] == '\\';
}

/* ---- which conditions are for the engine ---------------------------------------------------- */

static const char *why_not_number(const struct template_condition *c)
{
    const struct template_value *v = c->values;
    uint32_t type;
    if (v->is.number.low != v->is.number.high)
        return "the engine takes one value, not a range";
    if (c->key->form == FORM_TYPE && !type_of_kind(v->is.number.low, &type))
        return "the engine has no single type for that";
    return NULL;
}

static const char *why_not_address(const struct template_value *v)
{
    uint32_t bits = prefix_of(v);
    return bits == 0 || bits > 128 ? "the engine takes one address or a prefix, not a range" : NULL;
}

static const char *why_not_app(const struct template_value *v)
{
    if (!v->is.text.is_plain || !(is_device_path(v) || is_file(v)))
        return "the engine takes the whole path of a program, without '*', in ASCII";
    return v->is.text.size >= ENGINE_PATH_MAX ? "the engine is not asked for so long a path" : NULL;
}

static const char *why_not(const struct template_condition *c)
{
    if (c->key->is_late)
        return "only the finished event has it";
    if (field_of(c->key) == NULL)
        return "the engine's templates have no such field";
    if (c->is_not)
        return "the engine is asked for what must be so, not for what must not";
    if (c->count != 1)
        return "the engine takes one value, not a list";
    switch (c->key->form) {
    case FORM_ADDRESS:
        return why_not_address(c->values);
    case FORM_USER:
        return c->values->is.text.sid_size != 0 ? NULL : "the engine takes a SID, not a name";
    case FORM_APP:
        return why_not_app(c->values);
    default:
        return why_not_number(c);
    }
}

const char *template_why_ours(const wfpw_template *t, const struct template_condition *c)
{
    const char *why = why_not(c);
    for (const struct template_condition *o = t->first; why == NULL && o != c; o = o->next)
        if (field_of(o->key) == field_of(c->key) && why_not(o) == NULL)
            why = "the engine takes each field once";
    return why;
}

/* ---- compiling ------------------------------------------------------------------------------ */

static uint32_t number_of_v4(const uint8_t addr[4])
{
    return (uint32_t)addr[0] << 24 | (uint32_t)addr[1] << 16 | (uint32_t)addr[2] << 8 | addr[3];
}

static void put_v4(FWP_CONDITION_VALUE0 *to, FWP_V4_ADDR_AND_MASK *mask,
                   const struct template_value *v)
{
    uint32_t bits = prefix_of(v);
    mask->addr = number_of_v4(v->is.address.low);
    mask->mask = UINT32_MAX << (32 - bits);
    to->type = bits == 32 ? FWP_UINT32 : FWP_V4_ADDR_MASK;
    if (bits == 32)
        to->uint32 = mask->addr;
    else
        to->v4AddrMask = mask;
}

static void put_v6(FWP_CONDITION_VALUE0 *to, FWP_BYTE_ARRAY16 *one, FWP_V6_ADDR_AND_MASK *mask,
                   const struct template_value *v)
{
    uint32_t bits = prefix_of(v);
    memcpy(one->byteArray16, v->is.address.low, 16);
    memcpy(mask->addr, v->is.address.low, 16);
    mask->prefixLength = (uint8_t)bits;
    to->type = bits == 128 ? FWP_BYTE_ARRAY16_TYPE : FWP_V6_ADDR_MASK;
    if (bits == 128)
        to->byteArray16 = one;
    else
        to->v6AddrMask = mask;
}

static void put_user(struct engine_template *et, FWP_CONDITION_VALUE0 *to,
                     const struct template_value *v)
{
    memcpy(et->sid, v->is.text.sid, v->is.text.sid_size);
    to->type = FWP_SID;
    to->sid = (FWP_SID_STRUCT *)(void *)et->sid;
}

/* Of a file there is only its path as yet. */
static void put_app(struct engine_template *et, FWP_CONDITION_VALUE0 *to,
                    const struct template_value *v)
{
    for (uint32_t i = 0; i < v->is.text.size; i++)
        et->path[i] = (uint8_t)v->is.text.p[i];
    et->has_file = is_file(v);
    et->app.size = 2 * (v->is.text.size + 1); /* with a NUL */
    et->app.data = (uint8_t *)et->path;
    to->type = FWP_BYTE_BLOB_TYPE;
    to->byteBlob = &et->app;
}

/* Each in the type that its field has: the engine converts none. */
static void put_value(struct engine_template *et, FWP_CONDITION_VALUE0 *to,
                      const struct template_condition *c)
{
    const struct template_value *v = c->values;
    int side = c->key->is_remote;
    switch (c->key->form) {
    case FORM_TYPE:
        to->type = FWP_UINT32;
        (void)type_of_kind(v->is.number.low, &to->uint32);
        break;
    case FORM_PORT:
        to->type = FWP_UINT16;
        to->uint16 = (uint16_t)v->is.number.low;
        break;
    case FORM_ADDRESS:
        if (v->is.address.family == 4)
            put_v4(to, &et->v4[side], v);
        else
            put_v6(to, &et->address[side], &et->v6[side], v);
        break;
    case FORM_USER:
        put_user(et, to, v);
        break;
    case FORM_APP:
        put_app(et, to, v);
        break;
    default: /* FORM_NUMBER: the protocol */
        to->type = FWP_UINT8;
        to->uint8 = (uint8_t)v->is.number.low;
        break;
    }
}

static FWP_FILETIME filetime_of(uint64_t t)
{
    return (FWP_FILETIME){(uint32_t)t, (uint32_t)(t >> 32)};
}

/* A span without an end ends with the last moment that a FILETIME can be converted from. */
static void set_span(struct engine_template *et, uint64_t since, uint64_t until)
{
    if (since == 0 && until == 0)
        return;
    et->asked.startTime = filetime_of(since);
    et->asked.endTime = filetime_of(until != 0 ? until : (uint64_t)INT64_MAX);
}

void template_for_engine(const wfpw_template *t, uint64_t since, uint64_t until,
                         struct engine_template *out)
{
    memset(out, 0, sizeof *out); /* between the members, too */
    set_span(out, since, until);
    out->asked.filterCondition = out->conditions;
    for (const struct template_condition *c = t != NULL ? t->first : NULL; c != NULL; c = c->next) {
        if (template_why_ours(t, c) != NULL)
            continue;
        FWPM_FILTER_CONDITION0 *to = &out->conditions[out->asked.numFilterConditions++];
        to->fieldKey = field_of(c->key)->key;
        to->matchType = FWP_MATCH_EQUAL;
        put_value(out, &to->conditionValue, c);
    }
    if (!template_asks(out))
        out->asked.filterCondition = NULL;
}

/* ---- applications by their file ------------------------------------------------------------- */

/* Conditions are in the order of their cost, so that the application is the last one. */
static void drop_app(struct engine_template *et)
{
    et->has_file = false;
    et->asked.numFilterConditions--;
    if (!template_asks(et))
        et->asked.filterCondition = NULL;
}

static bool take_app(struct engine_template *et, const FWP_BYTE_BLOB *id)
{
    if (id == NULL || id->data == NULL || id->size == 0 || id->size > sizeof et->path)
        return false;
    memcpy(et->path, id->data, id->size);
    et->app.size = id->size;
    et->has_file = false;
    return true;
}

int template_find_app(struct engine_template *et, const struct wfpw_system *system, wfpw_error *e)
{
    const struct system_engine *engine = system->engine;
    FWP_BYTE_BLOB *id = NULL;
    uint32_t code = 0;
    if (!et->has_file)
        return WFPW_OK;
    if (engine->app_id_from_file != NULL)
        code = engine->app_id_from_file(system->ctx, et->path, &id);
    if (code != 0 || !take_app(et, id))
        drop_app(et);
    if (code == 0 && id != NULL)
        engine->free(system->ctx, (void **)&id);
    if (code == FWP_ERROR_FILE_NOT_FOUND || code == FWP_ERROR_PATH_NOT_FOUND)
        return error_set(e, WFPW_E_IO, "FwpmGetAppIdFromFileName0", code,
                         "there is no such file as the condition app= names");
    return WFPW_OK;
}

/* ---- when the engine does not take it ------------------------------------------------------- */

bool template_is_refused(const struct engine_template *et, uint32_t code)
{
    return template_asks(et) && error_is_about_conditions(code);
}

void template_drop_conditions(struct engine_template *et)
{
    et->asked.numFilterConditions = 0;
    et->asked.filterCondition = NULL;
}
