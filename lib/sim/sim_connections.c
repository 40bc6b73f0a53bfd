/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's connection objects, as the script says: each in blocks of its own of the exact size.
 * Like those of Windows they are connections of IPsec. */
#include <stdlib.h>
#include <string.h>

#include "codes/code_words.h"
#include "sim/script/sim_scene.h"
#include "sim/sim.h"

enum { NO_MEMORY = 8 }; /* ERROR_NOT_ENOUGH_MEMORY */

struct sim_connection {
    struct sim_connection *next;
    FWPM_CONNECTION0 raw; /* without pointers */
    bool has_provider;
    FWP_GUID provider;
    struct sim_string peer, second_peer;
};

/* Connections never end here, so that a snapshot is how many there were. */
struct sim_connection_enum {
    struct sim_connection_enum *next;
    const struct sim_connection *at;
    uint32_t left;
};

/* ---- the script ----------------------------------------------------------------------------- */

bool sim_connections_knows(const struct sim_word *command)
{
    return word_is(command, "ipsec_connection");
}

static void free_connection(struct sim_connection *c)
{
    free(c->peer.units);
    free(c->second_peer.units);
    free(c);
}

/* A word of the list, or any number. */
static bool code_of(const struct sim_word *w, uint32_t list, uint32_t *code)
{
    uint64_t v = 0;
    if (code_word_parse(list, w->p, w->n, code))
        return true;
    bool good = number_of(w, &v) && v <= UINT32_MAX;
    *code = (uint32_t)v;
    return good;
}

static enum sim_field_result result_of(bool good)
{
    return good ? SIM_FIELD_SET : SIM_FIELD_BAD_VALUE;
}

static enum sim_field_result set_code(FWPM_CONNECTION0 *raw, const struct sim_word *key,
                                      const struct sim_word *value)
{
    const struct {
        const char *name;
        uint32_t list;
        uint32_t *to;
    } codes[] = {
        {"mode", WFPW_LIST_IPSEC_MODE, &raw->ipsecTrafficModeType},
        {"key_module", WFPW_LIST_KEY_MODULE, &raw->keyModuleType},
        {"auth", WFPW_LIST_AUTH_METHOD, &raw->mmPeer.authenticationMethodType},
        {"second_auth", WFPW_LIST_AUTH_METHOD, &raw->emPeer.authenticationMethodType},
        {"cipher", WFPW_LIST_CIPHER, &raw->mmCrypto.cipherAlgorithm.algoIdentifier},
        {"integrity", WFPW_LIST_INTEGRITY, &raw->mmCrypto.integrityAlgorithm.algoIdentifier},
        {"dh_group", WFPW_LIST_DH_GROUP, &raw->mmCrypto.dhGroup},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (word_is(key, codes[i].name))
            return result_of(code_of(value, codes[i].list, codes[i].to));
    return SIM_FIELD_UNKNOWN;
}

static enum sim_field_result set_number(FWPM_CONNECTION0 *raw, const struct sim_word *key,
                                        const struct sim_word *value, uint64_t *age_ms)
{
    uint64_t lifetime = 0;
    if (word_is(key, "id"))
        return result_of(number_of(value, &raw->connectionId));
    if (word_is(key, "in"))
        return result_of(number_of(value, &raw->bytesTransferredIn));
    if (word_is(key, "out"))
        return result_of(number_of(value, &raw->bytesTransferredOut));
    if (word_is(key, "age"))
        return result_of(number_of(value, age_ms));
    if (!word_is(key, "lifetime"))
        return SIM_FIELD_UNKNOWN;
    bool good = number_of(value, &lifetime) && lifetime <= UINT32_MAX;
    raw->mmCrypto.maxLifetimeSeconds = (uint32_t)lifetime;
    return result_of(good);
}

static enum sim_field_result set_text(struct sim_connection *c, const struct sim_word *key,
                                      const struct sim_word *value)
{
    if (word_is(key, "peer"))
        return result_of(c->peer.units == NULL && sim_string_read(value, &c->peer));
    if (word_is(key, "second_peer"))
        return result_of(c->second_peer.units == NULL && sim_string_read(value, &c->second_peer));
    if (!word_is(key, "provider"))
        return SIM_FIELD_UNKNOWN;
    c->has_provider = sim_key_read(value, "FWPM_PROVIDER_", &c->provider);
    return result_of(c->has_provider);
}

static enum sim_field_result set_field(struct sim_connection *c, struct sim_event *ev,
                                       const struct sim_word *key, const struct sim_word *value,
                                       uint64_t *age_ms)
{
    enum sim_field_result set = set_code(&c->raw, key, value);
    if (set == SIM_FIELD_UNKNOWN)
        set = set_number(&c->raw, key, value, age_ms);
    if (set == SIM_FIELD_UNKNOWN)
        set = set_text(c, key, value);
    if (set == SIM_FIELD_UNKNOWN && (word_is(key, "local") || word_is(key, "remote")))
        set = sim_field_set(ev, key, value);
    return set;
}

static const char *set_sides(FWPM_CONNECTION0 *raw, const struct sim_event *ev)
{
    bool is_v6 = ev->local.family == 6;
    if (ev->local.family == 0 || ev->remote.family != ev->local.family)
        return "local= and remote= of one family are wanted";
    raw->ipVersion = is_v6 ? FWP_IP_VERSION_V6 : FWP_IP_VERSION_V4;
    if (is_v6) {
        memcpy(raw->localV6Address, ev->local.addr, sizeof raw->localV6Address);
        memcpy(raw->remoteV6Address, ev->remote.addr, sizeof raw->remoteV6Address);
    } else {
        raw->localV4Address = text_be32(ev->local.addr);
        raw->remoteV4Address = text_be32(ev->remote.addr);
    }
    return NULL;
}

static const char *read_connection(const struct sim_line *line, struct sim_connection *c,
                                   struct sim_event *ev, uint64_t *age_ms, const char **where)
{
    for (uint32_t i = 0; i < line->count; i++) {
        const struct sim_word *key = &line->p[i].key, *value = &line->p[i].value;
        *where = key->n > 0 ? key->p : value->p;
        enum sim_field_result set = set_field(c, ev, key, value, age_ms);
        if (set != SIM_FIELD_SET)
            return set == SIM_FIELD_UNKNOWN ? "the command has no parameter of this name"
                                            : "the value does not fit the parameter";
    }
    *where = line->command.p;
    return set_sides(&c->raw, ev);
}

/* What is counted or told by the clock; the lock is held. */
static void finish_connection(struct wfpw_sim *sim, struct sim_connection *c, uint64_t age_ms)
{
    FWPM_CONNECTION0 *raw = &c->raw;
    uint64_t created = age_ms < sim->now / 10000 ? sim->now - age_ms * 10000 : 0;
    raw->bytesTransferredTotal = raw->bytesTransferredIn + raw->bytesTransferredOut;
    raw->startSysTime.dwLowDateTime = (uint32_t)created;
    raw->startSysTime.dwHighDateTime = (uint32_t)(created >> 32);
    sim->connection_count++;
    if (raw->connectionId == 0)
        raw->connectionId = sim->connection_count;
}

const char *sim_connections_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                                 const char **where)
{
    struct sim_connection *c = calloc(1, sizeof *c);
    struct sim_event *ev = calloc(1, sizeof *ev);
    uint64_t age_ms = 0;
    const char *why =
        c == NULL || ev == NULL ? "out of memory" : read_connection(line, c, ev, &age_ms, where);
    if (why == NULL && !check) {
        os_mutex_lock(&sim->lock);
        finish_connection(sim, c, age_ms);
        *sim->connections_end = c;
        sim->connections_end = &c->next;
        os_mutex_unlock(&sim->lock);
        c = NULL;
    }
    if (c != NULL)
        free_connection(c);
    free(ev);
    return why;
}

void sim_connections_free(struct wfpw_sim *sim)
{
    while (sim->connection_enums != NULL) {
        struct sim_connection_enum *en = sim->connection_enums;
        sim->connection_enums = en->next;
        free(en);
    }
    while (sim->connections != NULL) {
        struct sim_connection *c = sim->connections;
        sim->connections = c->next;
        free_connection(c);
    }
}

uint64_t sim_connections_enums(const struct wfpw_sim *sim)
{
    uint64_t n = 0;
    for (const struct sim_connection_enum *en = sim->connection_enums; en != NULL; en = en->next)
        n++;
    return n;
}

/* ---- raw structs ---------------------------------------------------------------------------- */

/* The union's member is the name's where the method has one; elsewhere it points nowhere. */
static void put_name(struct sim_pieces *s, IKEEXT_CREDENTIAL2 *to, const struct sim_string *name)
{
    bool has_name = to->authenticationMethodType == IKEEXT_KERBEROS ||
                    to->authenticationMethodType == IKEEXT_NTLM_V2;
    to->name = has_name ? NULL : (void *)(uintptr_t)1;
    if (!has_name || name->units == NULL)
        return;
    IKEEXT_NAME_CREDENTIAL0 *credential = sim_piece(s, sizeof *credential);
    uint16_t *text = sim_piece_copy(s, name->units, ((size_t)name->n + 1) * sizeof *text);
    if (credential != NULL)
        credential->principalName = text;
    to->name = credential;
}

static FWPM_CONNECTION0 *raw_of(struct sim_pieces *s, const struct sim_connection *c)
{
    FWPM_CONNECTION0 *raw = sim_piece_copy(s, &c->raw, sizeof *raw);
    if (raw == NULL)
        return NULL;
    put_name(s, &raw->mmPeer, &c->peer);
    put_name(s, &raw->emPeer, &c->second_peer);
    if (c->has_provider)
        raw->providerKey = sim_piece_copy(s, &c->provider, sizeof c->provider);
    return raw;
}

/* ---- the functions -------------------------------------------------------------------------- */

/* What Windows does with an id in the template no document says: here it wants that one. */
static uint32_t create_enum(void *ctx, void *engine, const FWPM_CONNECTION_ENUM_TEMPLATE0 *t,
                            void **handle)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, CALL_CONNECTION_CREATE_ENUM, engine, &s);
    const struct sim_connection *at = sim->connections;
    while (code == 0 && t != NULL && at != NULL && at->raw.connectionId != t->connectionId)
        at = at->next;
    struct sim_connection_enum *en = code == 0 ? calloc(1, sizeof *en) : NULL;
    if (en == NULL)
        return sim_call_end(sim, code != 0 ? code : (uint32_t)NO_MEMORY);
    *en = (struct sim_connection_enum){.next = sim->connection_enums, .at = at};
    for (; at != NULL; at = t == NULL ? at->next : NULL)
        en->left++;
    sim->connection_enums = en;
    *handle = en;
    return sim_call_end(sim, 0);
}

/* Where the handle is linked; a handle that is none is a misuse. */
static struct sim_connection_enum **find_enum(struct wfpw_sim *sim, const void *handle)
{
    struct sim_connection_enum **link = &sim->connection_enums;
    while (*link != NULL && *link != handle)
        link = &(*link)->next;
    if (*link != NULL)
        return link;
    sim->misuses++;
    return NULL;
}

static uint32_t page_connections(struct wfpw_sim *sim, struct sim_connection_enum *en,
                                 uint32_t wanted, FWPM_CONNECTION0 ***entries, uint32_t *count)
{
    uint32_t n = en->left < wanted ? en->left : wanted;
    struct sim_pieces pieces = {.is_clean = sim->policy.is_clean};
    FWPM_CONNECTION0 **list = sim_piece(&pieces, n * sizeof(void *));
    const struct sim_connection *at = en->at;
    for (uint32_t i = 0; list != NULL && i < n; i++, at = at->next)
        list[i] = raw_of(&pieces, at);
    uint32_t code = sim_listing_give(sim, &pieces, list);
    if (code != 0)
        return code;
    en->at = at;
    en->left -= n;
    *entries = list;
    *count = n;
    return 0;
}

static uint32_t enumerate_connections(void *ctx, void *engine, void *handle, uint32_t wanted,
                                      FWPM_CONNECTION0 ***entries, uint32_t *count)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, CALL_CONNECTION_ENUM, engine, &s);
    struct sim_connection_enum **link = code == 0 ? find_enum(sim, handle) : NULL;
    if (code == 0 && link == NULL)
        code = FWP_E_INVALID_ENUMERATOR;
    if (code == 0)
        code = page_connections(sim, *link, wanted, entries, count);
    return sim_call_end(sim, code);
}

static uint32_t destroy_enum(void *ctx, void *engine, void *handle)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, CALL_CONNECTION_DESTROY_ENUM, engine, &s);
    struct sim_connection_enum **link = find_enum(sim, handle);
    if (link != NULL) {
        struct sim_connection_enum *en = *link;
        *link = en->next;
        free(en);
    }
    return sim_call_end(sim, code);
}

void sim_connections_fill(struct system_engine *engine)
{
    engine->create_connection_enum = create_enum;
    engine->enumerate_connections = enumerate_connections;
    engine->destroy_connection_enum = destroy_enum;
}
