/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/evtx_sample.h"

#include <string.h>

#include "writer/evtx_value.h"
#include "writer/read_back.h"

const uint8_t sample_security_guid[16] = {0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49,
                                          0xA5, 0xBA, 0x3E, 0x3B, 0x03, 0x28, 0xC3, 0x0D};
const uint8_t sample_eventlog_guid[16] = {0xD8, 0xDD, 0x65, 0xFC, 0xEF, 0xD6, 0x62, 0x49,
                                          0x83, 0xD5, 0x6E, 0x5C, 0xFE, 0x9C, 0xE1, 0x48};
static const uint8_t other_guid[16] = {0x0D, 0xF0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

static void expect(struct sample *s, const char *text)
{
    int n = snprintf(s->text + s->text_size, sizeof s->text - s->text_size, "%s", text);
    s->text_size += (size_t)n;
}

static void expect_field(struct sample *s, const char *name, const char *text)
{
    expect(s, READBACK_FIELD);
    expect(s, name);
    expect(s, READBACK_VALUE);
    expect(s, text);
}

/* ---- fields --------------------------------------------------------------------------------- */

static const char *const names[] = {
    "ProcessID",       "ProcessId",
    "Application",     "Direction",
    "SourceAddress",   "SourcePort",
    "DestAddress",     "DestPort",
    "Protocol",        "FilterRTID",
    "LayerName",       "LayerRTID",
    "RemoteUserID",    "FilterOrigin",
    "vSwitchID",       "InterfaceIndex",
    "UserName",        "IsLoopback",
    "processid",       "APPLICATION",
    "Unknown Name",    "x",
    "NameOfTheFuture", "TheNameOfAFieldThatIsLongerThanFortyCharactersAll"};

static const uint8_t types[] = {
    EVTXW_NULL, EVTXW_STRING, EVTXW_ANSI,  EVTXW_I8,         EVTXW_U8,   EVTXW_I16,
    EVTXW_U16,  EVTXW_I32,    EVTXW_U32,   EVTXW_I64,        EVTXW_U64,  EVTXW_F32,
    EVTXW_F64,  EVTXW_BOOL,   EVTXW_GUID,  EVTXW_BINARY,     EVTXW_SIZE, EVTXW_FILETIME,
    EVTXW_SID,  EVTXW_HEX32,  EVTXW_HEX64, EVTXW_SYSTEMTIME, EVTXW_XML};

/* The name of a field: known, unknown, none, or that of the field before. */
static const char *name_for(struct sample *s, uint64_t *seed, size_t i)
{
    const char *name = names[sample_below(seed, sizeof names / sizeof *names)];
    bool user = (s->ev.options & EVTXW_USER_DATA) != 0;
    if (sample_below(seed, 10) == 0)
        return NULL;
    if (i > 0 && sample_below(seed, 10) == 0)
        return s->fields[i - 1].name;
    if (user && strchr(name, ' ') != NULL)
        name = "NoBlanksHere";
    (void)snprintf(s->names[i], sizeof s->names[i], "%.47s", name);
    return s->names[i];
}

static uint8_t form_for(const struct sample *s, uint64_t *seed, uint8_t *type)
{
    bool direct = (s->ev.options & (EVTXW_DIRECT | EVTXW_NESTED_DIRECT)) != 0;
    uint32_t dice = sample_below(seed, 20);
    if (dice < EVTXW_MIXED - EVTXW_OPTIONAL) {
        *type = EVTXW_STRING;
        return (uint8_t)(EVTXW_LITERAL + dice);
    }
    if (direct) {
        *type = EVTXW_STRING;
        return EVTXW_LITERAL;
    }
    return dice < 14 ? EVTXW_VALUE : EVTXW_OPTIONAL;
}

static void add_field(struct sample *s, uint64_t *seed)
{
    size_t i = s->ev.field_count;
    struct evtx_random r = {.bytes = s->bytes + s->used, .cap = sizeof s->bytes - s->used};
    struct evtx_field *f = &s->fields[i];
    f->name = name_for(s, seed, i);
    f->type = types[sample_below(seed, sizeof types)];
    if (sample_below(seed, 12) == 0)
        f->type |= EVTXW_ARRAY;
    f->form = form_for(s, seed, &f->type);
    if (!evtxw_random_value(&r, f->type, seed)) {
        f->type = EVTXW_STRING;
        (void)evtxw_random_value(&r, f->type, seed);
    }
    f->data = r.bytes;
    f->size = (uint16_t)r.size;
    s->used += r.size;
    s->ev.field_count++;
    if (f->type == EVTXW_NULL && f->form == EVTXW_OPTIONAL)
        return;
    for (int item = 0; item < r.items; item++)
        expect_field(s, f->name != NULL ? f->name : "Data", r.text[item]);
}

/* ---- events --------------------------------------------------------------------------------- */

/* Ids that are ours with the Security provider, then such as are not. */
static const uint32_t ids[] = {5031, 5146, 5148, 5150, 5152, 5153, 5154, 5156, 5156, 5157,
                               5158, 5159, 5160, 5440, 5447, 5451, 4719, 4950, 4653, 4960,
                               4984, 5049, 4624, 5145, 5161, 5439, 5464, 1102, 0,    65535};
enum { OUR_IDS = 22, ALL_IDS = sizeof ids / sizeof *ids };

static void choose_id(struct sample *s, uint64_t *seed)
{
    uint32_t dice = sample_below(seed, 10), i = sample_below(seed, ALL_IDS);
    s->ev.provider = "Microsoft-Windows-Security-Auditing";
    s->ev.provider_guid = sample_security_guid;
    s->ev.event_id = ids[i];
    s->ours = i < OUR_IDS;
    if (dice == 0) {
        s->ev.provider = "Microsoft-Windows-Eventlog";
        s->ev.provider_guid = sample_eventlog_guid;
        s->ev.event_id = i % 2 == 0 ? 1102 : ids[i];
        s->ours = s->ev.event_id == 1102;
    } else if (dice == 1) {
        s->ev.provider = "Somebody-Else";
        s->ev.provider_guid = i % 2 == 0 ? other_guid : NULL;
        s->ours = false;
    }
}

static void choose_options(struct sample *s, uint64_t *seed)
{
    static const uint32_t some[] = {0,
                                    0,
                                    0,
                                    EVTXW_DIRECT,
                                    EVTXW_NESTED_DIRECT,
                                    EVTXW_FLAT,
                                    EVTXW_DEPENDENCY,
                                    EVTXW_REDEFINE,
                                    EVTXW_NAMED_VALUES,
                                    EVTXW_INLINE_NAMES,
                                    EVTXW_TEXT_TIME,
                                    EVTXW_NO_END,
                                    EVTXW_SYSTEMTIME_T,
                                    EVTXW_DEPENDENCY | EVTXW_DIRECT,
                                    EVTXW_DEPENDENCY | EVTXW_NESTED_DIRECT,
                                    EVTXW_FLAT | EVTXW_NAMED_VALUES | EVTXW_REDEFINE};
    s->ev.options = some[sample_below(seed, sizeof some / sizeof *some)];
    if (s->ev.event_id == 1102 || sample_below(seed, 12) == 0)
        s->ev.options |= EVTXW_USER_DATA;
    if (s->ev.provider_guid != NULL && sample_below(seed, 12) == 0)
        s->ev.options |= EVTXW_GUID_ONLY;
}

static void choose_time(struct sample *s, uint64_t *seed)
{
    s->ev.time = sample_next(seed) % 2650467744000000000u;
    s->ev.written = sample_next(seed) % 2650467744000000000u;
    if ((s->ev.options & EVTXW_SYSTEMTIME_T) != 0 && (s->ev.options & EVTXW_DIRECT) == 0)
        s->ev.time -= s->ev.time % 10000;
}

static void expect_head(struct sample *s)
{
    const struct evtx_event *ev = &s->ev;
    char time[32], head[200];
    s->text_size = 0;
    evtxw_time_text(ev->time, time);
    (void)snprintf(head, sizeof head, "%u v%u task %u keywords 0x%llx time %s record %llu on %s",
                   (unsigned)ev->event_id, (unsigned)ev->version, (unsigned)ev->task,
                   (unsigned long long)ev->keywords, time, (unsigned long long)ev->record_id,
                   ev->computer != NULL ? ev->computer : "(none)");
    expect(s, head);
}

void sample_event(struct sample *s, uint64_t *seed, uint64_t record_id)
{
    static const char *const computers[] = {"host", "DC1.example.corp", "\xC3\xA4rger-\xE4\xB8\xAD",
                                            NULL};
    s->ev = (struct evtx_event){
        .channel = "Security",
        .computer = computers[sample_below(seed, 4)],
        .version = sample_below(seed, 4),
        .task = sample_below(seed, 65536),
        .opcode = sample_below(seed, 10),
        .keywords = sample_below(seed, 2) == 0 ? 0x8010000000000000u : sample_next(seed),
        .record_id = record_id,
        .fields = s->fields,
    };
    s->used = 0;
    choose_id(s, seed);
    choose_options(s, seed);
    choose_time(s, seed);
    expect_head(s);
    uint32_t n = sample_below(seed, SAMPLE_FIELDS + 1);
    while (s->ev.field_count < n && s->used + 4096 < sizeof s->bytes)
        add_field(s, seed);
}

/* ---- the plain one -------------------------------------------------------------------------- */

static void text_field(struct sample *s, const char *name, const char *text)
{
    uint8_t *p = s->bytes + s->used;
    size_t n = evtxw_utf16(text, p, sizeof s->bytes - s->used);
    s->fields[s->ev.field_count++] =
        (struct evtx_field){.name = name, .type = EVTXW_STRING, .size = (uint16_t)n, .data = p};
    s->used += n;
    expect_field(s, name, text);
}

static void number_field(struct sample *s, const char *name, uint8_t type, uint16_t size,
                         uint64_t v)
{
    char text[24];
    uint8_t *p = s->bytes + s->used;
    for (uint16_t i = 0; i < size; i++)
        p[i] = (uint8_t)(v >> 8 * i);
    s->fields[s->ev.field_count++] =
        (struct evtx_field){.name = name, .type = type, .size = size, .data = p};
    s->used += size;
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    expect_field(s, name, text);
}

static void sid_field(struct sample *s, const char *name)
{
    static const uint8_t nobody[12] = {1, 1};
    s->fields[s->ev.field_count++] =
        (struct evtx_field){.name = name, .type = EVTXW_SID, .size = 12, .data = nobody};
    expect_field(s, name, "S-1-0-0");
}

void sample_of_flow(struct sample *s, uint64_t record_id, const struct sample_flow *f)
{
    s->ev = (struct evtx_event){
        .provider = "Microsoft-Windows-Security-Auditing",
        .provider_guid = sample_security_guid,
        .channel = "Security",
        .computer = "PC01.example.corp",
        .event_id = 5156,
        .version = 1,
        .task = 12810,
        .keywords = 0x8020000000000000u,
        .time = 133000000000000000u + record_id * 12345678,
        .record_id = record_id,
        .fields = s->fields,
    };
    s->used = 0;
    s->ours = true;
    expect_head(s);
    number_field(s, "ProcessID", EVTXW_U64, 8, f->pid);
    text_field(s, "Application", f->application);
    text_field(s, "Direction", f->direction);
    text_field(s, "SourceAddress", f->source);
    text_field(s, "SourcePort", f->source_port);
    text_field(s, "DestAddress", f->destination);
    text_field(s, "DestPort", f->destination_port);
    number_field(s, "Protocol", EVTXW_U32, 4, f->protocol);
    number_field(s, "FilterRTID", EVTXW_U64, 8, f->filter);
    text_field(s, "LayerName", f->layer_name);
    number_field(s, "LayerRTID", EVTXW_U64, 8, f->layer);
    sid_field(s, "RemoteUserID");
    sid_field(s, "RemoteMachineID");
}

void sample_plain(struct sample *s, uint64_t record_id, const char *application)
{
    const struct sample_flow f = {
        .application = application,
        .direction = "%%14593",
        .layer_name = "%%14611",
        .pid = 820 + record_id % 50,
        .filter = 65865,
        .layer = 48,
        .protocol = 6,
        .source = "10.0.2.17",
        .destination = "10.0.2.15",
        .source_port = "49263",
        .destination_port = "88",
    };
    sample_of_flow(s, record_id, &f);
}

/* ---- a host's traffic ----------------------------------------------------------------------- */

/* Whether a member that stays so in so many of a hundred records changes. */
static bool changes(uint64_t *seed, uint32_t stays)
{
    return sample_below(seed, 100) >= stays;
}

static void some_address(char out[48], uint64_t *seed)
{
    if (sample_below(seed, 10) == 0)
        (void)snprintf(out, 48, "fe80::%x:%x", sample_below(seed, 65536) + 1,
                       sample_below(seed, 65536) + 1);
    else
        (void)snprintf(out, 48, "10.%u.%u.%u", sample_below(seed, 4), sample_below(seed, 256),
                       sample_below(seed, 256));
}

static const char *some_application(uint64_t *seed)
{
    static const char *const paths[] = {
        "System",
        "\\device\\harddiskvolume2\\windows\\system32\\svchost.exe",
        "\\device\\harddiskvolume2\\windows\\system32\\lsass.exe",
        "\\device\\harddiskvolume2\\windows\\system32\\dns.exe",
        "\\device\\harddiskvolume2\\windows\\system32\\spoolsv.exe",
        "\\device\\harddiskvolume2\\program files\\mail agent\\agent.exe",
        "\\device\\harddiskvolume2\\users\\someone\\appdata\\local\\browser\\browser.exe",
    };
    return paths[sample_below(seed, sizeof paths / sizeof *paths)];
}

static void next_ports(struct sample_flow *f, uint64_t *seed, bool all)
{
    static const uint16_t ports[] = {53, 80, 88, 135, 137, 389, 443, 445, 3389, 5355};
    if (all || changes(seed, 30))
        (void)snprintf(f->source_port, sizeof f->source_port, "%u",
                       49152 + sample_below(seed, 16384));
    if (all || changes(seed, 15)) /* a tenth of what is drawn is what it was */
        (void)snprintf(f->destination_port, sizeof f->destination_port, "%u",
                       ports[sample_below(seed, sizeof ports / sizeof *ports)]);
}

void sample_flow_next(struct sample_flow *f, uint64_t *seed)
{
    bool all = f->application == NULL;
    if (all || changes(seed, 64))
        f->application = some_application(seed);
    if (all || changes(seed, 51))
        f->pid = 4 + 4 * (uint64_t)sample_below(seed, 2000);
    if (all || changes(seed, 12)) { /* half of what is drawn is what it was */
        bool in = sample_below(seed, 2) == 0;
        f->direction = in ? "%%14592" : "%%14593";
        f->layer_name = in ? "%%14610" : "%%14611";
        f->layer = in ? 44 : 48;
    }
    if (all || changes(seed, 34))
        some_address(f->source, seed);
    if (all || changes(seed, 44))
        some_address(f->destination, seed);
    next_ports(f, seed, all);
    if (all || changes(seed, 60))
        f->protocol = sample_below(seed, 2) == 0 ? 6 : 17;
    if (all || changes(seed, 88))
        f->filter = 65860 + sample_below(seed, 20);
}
