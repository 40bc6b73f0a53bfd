/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The script language: a command a line, its parameters as key=value (docs/testing.md). */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "sim/sim.h"

/* A piece of the script. */
struct word {
    const char *p;
    size_t n;
};

struct script {
    struct wfpw_sim *sim;
    const char *start, *at;
    bool check;
    wfpw_error *e;
    struct sim_event *event; /* room for the one being read */
};

static int bad(struct script *s, const char *where, const char *why)
{
    return error_at(s->e, WFPW_E_SYNTAX, "script", (uint64_t)(where - s->start), why);
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool is_end(char c)
{
    return c == 0 || c == '\n' || c == ';' || c == '#';
}

static void skip_blanks(struct script *s)
{
    while (*s->at == ' ' || *s->at == '\t' || *s->at == '\r')
        s->at++;
}

/* Up to a blank, the end, or `stop`; "..." is one word whatever it holds. */
static bool next_word(struct script *s, char stop, struct word *w)
{
    skip_blanks(s);
    *w = (struct word){.p = s->at};
    if (*s->at == '"') {
        w->p++;
        s->at++;
        while (*s->at != '"' && *s->at != 0 && *s->at != '\n')
            s->at++;
        w->n = (size_t)(s->at - w->p);
        if (*s->at != '"')
            return false;
        s->at++;
        return true;
    }
    while (!is_end(*s->at) && *s->at != ' ' && *s->at != '\t' && *s->at != '\r' && *s->at != stop)
        s->at++;
    w->n = (size_t)(s->at - w->p);
    return w->n > 0;
}

static bool word_is(const struct word *w, const char *text)
{
    return strlen(text) == w->n && memcmp(w->p, text, w->n) == 0;
}

static bool number_of(const struct word *w, uint64_t *v)
{
    return text_parse_u64(w->p, w->n, v);
}

/* ---- values of an event --------------------------------------------------------------------- */

enum field_type {
    FIELD_U32,
    FIELD_U64,
    FIELD_TEXT,
    FIELD_SID,
    FIELD_ENDPOINT,
    FIELD_ADDRESS,
    FIELD_DIRECTION,
    FIELD_BOOL,
    FIELD_PROTOCOL,
    FIELD_MAC,
    FIELD_HASH,
    FIELD_GUID,
    FIELD_GROUPS,
    FIELD_SUBNET
};

struct field {
    const char *key;
    uint8_t type;
    uint16_t flag; /* FWPM_NET_EVENT_FLAG_* that it sets */
    size_t offset;
};

#define AT(member) offsetof(struct sim_event, member)
static const struct field fields[] = {
    {"type", FIELD_U32, 0, AT(type)},
    {"time", FIELD_U64, 0, AT(time)},
    {"protocol", FIELD_PROTOCOL, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET, AT(protocol)},
    {"local", FIELD_ENDPOINT, 0, AT(local)},
    {"remote", FIELD_ENDPOINT, 0, AT(remote)},
    {"scope", FIELD_U32, FWPM_NET_EVENT_FLAG_SCOPE_ID_SET, AT(scope)},
    {"app", FIELD_TEXT, FWPM_NET_EVENT_FLAG_APP_ID_SET, AT(app)},
    {"user", FIELD_SID, FWPM_NET_EVENT_FLAG_USER_ID_SET, AT(user)},
    {"package", FIELD_SID, FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET, AT(package)},
    {"enterprise", FIELD_TEXT, FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET, AT(enterprise)},
    {"policy", FIELD_U64, FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET, AT(policy)},
    {"effective", FIELD_TEXT, FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET, AT(effective)},
    {"filter", FIELD_U64, 0, AT(filter)},
    {"layer", FIELD_U32, 0, AT(layer)},
    {"direction", FIELD_DIRECTION, 0, AT(direction)},
    {"loopback", FIELD_BOOL, 0, AT(loopback)},
    {"reauth", FIELD_U32, FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET, AT(reauth)},
    {"original", FIELD_U32, 0, AT(original)},
    {"current", FIELD_U32, 0, AT(current)},
    {"vswitch", FIELD_TEXT, 0, AT(vswitch)},
    {"vswitch_source", FIELD_U32, 0, AT(vswitch_source)},
    {"vswitch_destination", FIELD_U32, 0, AT(vswitch_destination)},
    {"capability", FIELD_U32, 0, AT(capability)},
    {"local_mac", FIELD_MAC, 0, AT(local_mac)},
    {"remote_mac", FIELD_MAC, 0, AT(remote_mac)},
    {"media", FIELD_U32, 0, AT(media)},
    {"iftype", FIELD_U32, 0, AT(iftype)},
    {"ethertype", FIELD_U32, 0, AT(ethertype)},
    {"ndis", FIELD_U32, 0, AT(ndis)},
    {"vlan", FIELD_U32, 0, AT(vlan)},
    {"luid", FIELD_U64, 0, AT(luid)},
    {"spi", FIELD_U32, 0, AT(spi)},
    {"status", FIELD_U32, 0, AT(status)},
    {"public", FIELD_ADDRESS, 0, AT(public_host)},
    {"internal", FIELD_ADDRESS, 0, AT(internal_host)},
    {"error", FIELD_U32, 0, AT(error)},
    {"point", FIELD_U32, 0, AT(point)},
    {"flags", FIELD_U32, 0, AT(ike_flags)},
    {"module", FIELD_U32, 0, AT(module)},
    {"state", FIELD_U32, 0, AT(state)},
    {"role", FIELD_U32, 0, AT(role)},
    {"auth", FIELD_U32, 0, AT(auth)},
    {"traffic", FIELD_U32, 0, AT(traffic)},
    {"mm_id", FIELD_U64, 0, AT(mm_id)},
    {"mm_luid", FIELD_U64, 0, AT(mm_luid)},
    {"cert", FIELD_HASH, 0, AT(cert)},
    {"context", FIELD_GUID, 0, AT(context)},
    {"local_principal", FIELD_TEXT, 0, AT(local_principal)},
    {"remote_principal", FIELD_TEXT, 0, AT(remote_principal)},
    {"local_groups", FIELD_GROUPS, 0, AT(local_groups)},
    {"remote_groups", FIELD_GROUPS, 0, AT(remote_groups)},
    {"local_subnet", FIELD_SUBNET, 0, AT(local_subnet)},
    {"remote_subnet", FIELD_SUBNET, 0, AT(remote_subnet)},
    {"without_nul", FIELD_BOOL, 0, AT(blob_without_nul)},
};

/* The script's UTF-8 as UTF-16; \uXXXX is a code unit, a lone surrogate too. */
static bool text_value_of(const struct word *w, struct sim_text *t)
{
    uint64_t unit;
    char hex[6] = "0x";
    t->n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (t->n == SIM_TEXT_MAX - 1)
            return false;
        if (w->n - i >= 6 && w->p[i] == '\\' && w->p[i + 1] == 'u') {
            memcpy(hex + 2, w->p + i + 2, 4);
            if (text_parse_u64(hex, sizeof hex, &unit)) {
                t->units[t->n++] = (uint16_t)unit;
                i += 5;
                continue;
            }
        }
        t->units[t->n++] = (uint8_t)w->p[i];
    }
    return true;
}

static bool address_of(const struct word *w, wfpw_endpoint *e)
{
    return text_parse_ip(w->p, w->n, e->addr, &e->family, &e->scope_id);
}

/* 10.0.0.1:80, 10.0.0.1, [fe80::1]:80 or fe80::1. */
static bool endpoint_of(struct script *s, const struct word *w, wfpw_endpoint *e)
{
    struct word address = *w, port = {NULL, 0};
    const char *end = w->p + w->n, *colon = NULL;
    uint64_t v;
    for (const char *p = w->p; p < end; p++)
        if (*p == ':')
            colon = colon == NULL || *w->p == '[' ? p : end;
    if (colon != NULL && colon < end && (*w->p != '[' || colon[-1] == ']')) {
        address.n = (size_t)(colon - w->p);
        port = (struct word){colon + 1, (size_t)(end - colon - 1)};
    }
    if (address.n >= 2 && *address.p == '[')
        address = (struct word){address.p + 1, address.n - 2};
    if (!address_of(&address, e))
        return false;
    bool local = e == &s->event->local;
    s->event->flags |= FWPM_NET_EVENT_FLAG_IP_VERSION_SET;
    s->event->flags |=
        local ? FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET : FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET;
    if (port.p == NULL)
        return true;
    s->event->flags |=
        local ? FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET : FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET;
    if (!number_of(&port, &v) || v > UINT16_MAX)
        return false;
    e->port = (uint16_t)v;
    return true;
}

static bool direction_of(const struct word *w, uint32_t *out)
{
    static const char *const words[] = {"in", "out", "forward", "both"};
    uint64_t v;
    for (uint32_t i = 0; i < 4; i++)
        if (word_is(w, words[i])) {
            *out = MS_FWP_DIRECTION_IN + i;
            return true;
        }
    if (!number_of(w, &v) || v > UINT32_MAX)
        return false;
    *out = (uint32_t)v;
    return true;
}

static bool protocol_of(const struct word *w, uint32_t *out)
{
    uint64_t v;
    for (uint32_t i = 0; i < 256; i++)
        if (word_is(w, wfpw_word(WFPW_LIST_PROTOCOL, i))) {
            *out = i;
            return true;
        }
    if (!number_of(w, &v) || v > 255)
        return false;
    *out = (uint32_t)v;
    return true;
}

/* Bytes in hexadecimal; colons may part them. */
static bool bytes_of(const struct word *w, uint8_t *out, size_t count)
{
    char hex[4] = "0x";
    uint64_t v;
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->p[i] == ':')
            continue;
        if (n == count || i + 2 > w->n)
            return false;
        memcpy(hex + 2, w->p + i, 2);
        if (!text_parse_u64(hex, sizeof hex, &v))
            return false;
        out[n++] = (uint8_t)v;
        i++;
    }
    return n == count;
}

/* SIDs parted by blanks. */
static bool groups_of(const struct word *w, struct sim_text *list, uint32_t *count)
{
    size_t at = 0;
    *count = 0;
    while (at < w->n) {
        size_t end = at;
        while (end < w->n && w->p[end] != ' ')
            end++;
        struct word one = {w->p + at, end - at};
        if (*count == SIM_GROUPS_MAX || !text_value_of(&one, &list[(*count)++]))
            return false;
        at = end + 1;
    }
    return true;
}

/* 10.0.0.1, 10.0.0.0/8 or 10.0.0.1-10.0.0.9 */
static bool subnet_of(const struct word *w, struct sim_subnet *s)
{
    const char *slash = memchr(w->p, '/', w->n), *dash = memchr(w->p, '-', w->n);
    const char *mark = slash != NULL ? slash : dash;
    struct word low = {w->p, mark != NULL ? (size_t)(mark - w->p) : w->n}, rest = {NULL, 0};
    uint64_t v = 255;
    if (mark != NULL)
        rest = (struct word){mark + 1, w->n - low.n - 1};
    if (!address_of(&low, &s->low) || (slash != NULL && !number_of(&rest, &v)))
        return false;
    s->prefix = (uint32_t)v;
    return slash != NULL || dash == NULL || address_of(&rest, &s->high);
}

static bool set_number(const struct word *w, void *to, uint64_t most)
{
    uint64_t v;
    if (!number_of(w, &v) || v > most)
        return false;
    if (most == UINT32_MAX)
        *(uint32_t *)to = (uint32_t)v;
    else
        *(uint64_t *)to = v;
    return true;
}

static bool set_guid(struct sim_event *ev, const struct word *w)
{
    ev->has_context = text_parse_guid(w->p, w->n, ev->context);
    return ev->has_context;
}

static bool set_groups(struct sim_event *ev, const struct word *w, void *to)
{
    bool local = to == ev->local_groups;
    return groups_of(w, to, local ? &ev->local_group_count : &ev->remote_group_count);
}

static bool set_bool(struct sim_event *ev, const struct word *w, void *to)
{
    bool yes = word_is(w, "yes");
    if (to == &ev->loopback)
        ev->loopback = yes;
    else
        ev->blob_without_nul = yes;
    return yes || word_is(w, "no");
}

static bool set_field(struct script *s, const struct field *f, const struct word *w)
{
    void *to = (uint8_t *)s->event + f->offset;
    struct sim_sid *sid = to;
    s->event->flags |= f->flag;
    switch ((enum field_type)f->type) {
    case FIELD_U32:
        return set_number(w, to, UINT32_MAX);
    case FIELD_U64:
        return set_number(w, to, UINT64_MAX);
    case FIELD_TEXT:
        return text_value_of(w, to);
    case FIELD_SID:
        return text_parse_sid(w->p, w->n, sid->bytes, &sid->n);
    case FIELD_ENDPOINT:
        return endpoint_of(s, w, to);
    case FIELD_ADDRESS:
        return address_of(w, to);
    case FIELD_DIRECTION:
        return direction_of(w, to);
    case FIELD_BOOL:
        return set_bool(s->event, w, to);
    case FIELD_PROTOCOL:
        return protocol_of(w, to);
    case FIELD_MAC:
        return bytes_of(w, to, 6);
    case FIELD_HASH:
        return bytes_of(w, to, 20);
    case FIELD_GUID:
        return set_guid(s->event, w);
    case FIELD_GROUPS:
        return set_groups(s->event, w, to);
    default:
        return subnet_of(w, to);
    }
}

static const struct field *find_field(const struct word *key)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (word_is(key, fields[i].key))
            return &fields[i];
    return NULL;
}

/* key=value; the key is read, s->at stands on the '='. */
static int value_word(struct script *s, const struct word *key, struct word *value)
{
    if (*s->at != '=')
        return bad(s, key->p, "a parameter is key=value");
    s->at++;
    bool empty = *s->at == ' ' || is_end(*s->at);
    if (empty || !next_word(s, 0, value))
        return bad(s, s->at, "a value is missing or has no closing quote");
    return WFPW_OK;
}

static int event_fields(struct script *s)
{
    struct word key, value;
    for (skip_blanks(s); !is_end(*s->at); skip_blanks(s)) {
        (void)next_word(s, '=', &key);
        int status = value_word(s, &key, &value);
        const struct field *f = find_field(&key);
        if (status != WFPW_OK)
            return status;
        if (f == NULL)
            return bad(s, key.p, "an event has no parameter of this name");
        if (!set_field(s, f, &value))
            return bad(s, value.p, "the value does not fit the parameter");
    }
    return WFPW_OK;
}

/* ---- commands ------------------------------------------------------------------------------- */

static bool event_type(const struct word *w, uint32_t *type)
{
    static const char *const names[] = {
        "ike_mm_failure",    "ike_qm_failure",    "ike_em_failure",    "classify_drop",
        "ipsec_kernel_drop", "ipsec_dosp_drop",   "classify_allow",    "capability_drop",
        "capability_allow",  "classify_drop_mac", "lpm_packet_arrival"};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        if (word_is(w, names[i])) {
            *type = i;
            return true;
        }
    *type = word_is(w, "drop")    ? FWPM_NET_EVENT_TYPE_CLASSIFY_DROP
            : word_is(w, "allow") ? FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW
                                  : 0;
    return *type != 0 || word_is(w, "event");
}

static int event_command(struct script *s, uint32_t type, uint64_t times)
{
    memset(s->event, 0, sizeof *s->event);
    s->event->type = type;
    int status = event_fields(s);
    for (uint64_t i = 0; status == WFPW_OK && !s->check && i < times; i++) {
        if (os_u32_load(&s->sim->leave) != 0)
            break;
        sim_happen(s->sim, s->event);
    }
    return status;
}

static int call_rule(struct script *s, bool hangs)
{
    struct sim_rule rule = {.hangs = hangs, .call = CALL_COUNT, .times = 1};
    struct word key, value;
    uint64_t v = 0;
    for (skip_blanks(s); !is_end(*s->at); skip_blanks(s)) {
        (void)next_word(s, '=', &key);
        int status = value_word(s, &key, &value);
        if (status != WFPW_OK)
            return status;
        if (word_is(&key, "call")) {
            for (int c = 0; c < CALL_COUNT; c++)
                if (word_is(&value, sim_call_name((enum sim_call)c)))
                    rule.call = (enum sim_call)c;
        } else if (!number_of(&value, &v)) {
            return bad(s, value.p, "a number is wanted");
        }
        rule.code = word_is(&key, "code") ? (uint32_t)v : rule.code;
        rule.times = word_is(&key, "times") ? v : rule.times;
    }
    if (rule.call == CALL_COUNT)
        return bad(s, s->at, "call=FUNCTION is missing, or there is no such function");
    if (!s->check)
        sim_add_rule(s->sim, &rule);
    return WFPW_OK;
}

static int time_command(struct script *s, bool really)
{
    struct word w;
    uint64_t ms;
    if (!next_word(s, 0, &w) || !number_of(&w, &ms) || ms > 86400000)
        return bad(s, w.p, "milliseconds are wanted, at most a day");
    if (s->check)
        return WFPW_OK;
    os_mutex_lock(&s->sim->lock);
    s->sim->now += ms * 10000;
    os_mutex_unlock(&s->sim->lock);
    for (uint64_t slept = 0; really && slept < ms && os_u32_load(&s->sim->leave) == 0; slept++)
        os_sleep_ms(1);
    return WFPW_OK;
}

static int switch_command(struct script *s, bool *what)
{
    struct word w;
    if (!next_word(s, 0, &w) || (!word_is(&w, "on") && !word_is(&w, "off")))
        return bad(s, w.p, "on or off is wanted");
    if (s->check)
        return WFPW_OK;
    os_mutex_lock(&s->sim->lock);
    *what = word_is(&w, "on");
    os_mutex_unlock(&s->sim->lock);
    return WFPW_OK;
}

static int service_command(struct script *s, bool stop, bool start)
{
    if (!s->check && stop)
        sim_stop_service(s->sim);
    if (!s->check && start)
        sim_start_service(s->sim);
    return WFPW_OK;
}

static int plain_command(struct script *s, const struct word *w)
{
    if (word_is(w, "wait") || word_is(w, "sleep"))
        return time_command(s, word_is(w, "sleep"));
    if (word_is(w, "collect"))
        return switch_command(s, &s->sim->collect);
    if (word_is(w, "disorder"))
        return switch_command(s, &s->sim->disorder);
    if (word_is(w, "fail") || word_is(w, "hang"))
        return call_rule(s, word_is(w, "hang"));
    if (word_is(w, "stop") || word_is(w, "start") || word_is(w, "restart"))
        return service_command(s, !word_is(w, "start"), !word_is(w, "stop"));
    if (!word_is(w, "release"))
        return bad(s, w->p, "there is no such command");
    if (!s->check)
        sim_release(s->sim);
    return WFPW_OK;
}

static int command(struct script *s)
{
    struct word w, count;
    uint64_t times = 1;
    uint32_t type;
    if (!next_word(s, 0, &w))
        return bad(s, w.p, "a quote has no end");
    if (word_is(&w, "repeat")) {
        if (!next_word(s, 0, &count) || !number_of(&count, &times))
            return bad(s, count.p, "a number is wanted");
        if (!next_word(s, 0, &w) || !event_type(&w, &type))
            return bad(s, w.p, "only events can be repeated");
    }
    int status = event_type(&w, &type) ? event_command(s, type, times) : plain_command(s, &w);
    skip_blanks(s);
    if (status == WFPW_OK && !is_end(*s->at))
        status = bad(s, s->at, "more than the command takes");
    return status;
}

int sim_run_script(struct wfpw_sim *sim, const char *script, bool check, wfpw_error *e)
{
    struct script s = {.sim = sim, .start = script, .at = script, .check = check, .e = e};
    int status = WFPW_OK;
    s.event = malloc(sizeof *s.event);
    if (s.event == NULL)
        return error_set(e, WFPW_E_NOMEM, "script", 0, NULL);
    while (status == WFPW_OK && *s.at != 0 && (check || os_u32_load(&sim->leave) == 0)) {
        skip_blanks(&s);
        if (*s.at == '#')
            s.at += strcspn(s.at, "\n");
        else if (*s.at == '\n' || *s.at == ';')
            s.at++;
        else if (*s.at != 0)
            status = command(&s);
    }
    free(s.event);
    return status;
}
