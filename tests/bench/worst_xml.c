/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "worst.h"
#include "writer/netsh_event_sample.h"
#include "writer/netsh_event_writer.h"
#include "writer/netsh_writer.h"

/* ---- text ----------------------------------------------------------------------------------- */

/* Text on its way to a file, in UTF-8 or UTF-16. */
struct json_out {
    FILE *f;
    bool wide;
    uint64_t n;
};

static void put(struct json_out *o, const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; o->wide && i < n; i++) {
        (void)fputc(s[i], o->f);
        (void)fputc(0, o->f);
    }
    if (!o->wide)
        (void)fwrite(s, 1, n, o->f);
    o->n += o->wide ? 2 * n : n;
}

static void put_number(struct json_out *o, const char *before, uint64_t v, const char *behind)
{
    char text[400];
    (void)snprintf(text, sizeof text, "%s%llu%s", before, (unsigned long long)v, behind);
    put(o, text);
}

/* A pattern of text, over and over. */
static void fill(struct json_out *o, const char *start, const char *piece, uint64_t bytes)
{
    put(o, start);
    while (o->n < bytes)
        put(o, piece);
}

static struct json_out begin(FILE *f, bool wide)
{
    if (wide)
        (void)fwrite("\xFF\xFE", 1, 2, f);
    return (struct json_out){.f = f, .wide = wide};
}

#define PATTERN(name, wide, start, piece)                                                          \
    static void name(FILE *f, uint64_t bytes)                                                      \
    {                                                                                              \
        struct json_out o = begin(f, wide);                                                        \
        fill(&o, start, piece, bytes);                                                             \
    }

/* ---- the XML of events ---------------------------------------------------------------------- */

#define SYSTEM                                                                                     \
    "<System><Provider Name='Microsoft-Windows-Security-Auditing' "                                \
    "Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>5156</EventID><Version>1</Version>"   \
    "<Level>0</Level><Task>12810</Task><Opcode>0</Opcode><Keywords>0x8020000000000000</Keywords>"  \
    "<TimeCreated SystemTime='2026-01-02T03:04:05.1234567Z'/><EventRecordID>7</EventRecordID>"     \
    "<Correlation/><Execution ProcessID='4' ThreadID='88'/><Channel>Security</Channel>"            \
    "<Computer>host.example</Computer><Security/></System>"
#define HONEST                                                                                     \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" SYSTEM                 \
    "<EventData><Data Name='ProcessID'>820</Data><Data Name='Application'>\\device\\"              \
    "harddiskvolume3\\windows\\system32\\svchost.exe</Data><Data Name='Direction'>%%14593</Data>"  \
    "<Data Name='SourceAddress'>192.0.2.1</Data><Data Name='SourcePort'>51234</Data>"              \
    "<Data Name='DestAddress'>2001:db8::1</Data><Data Name='DestPort'>443</Data>"                  \
    "<Data Name='Protocol'>6</Data><Data Name='FilterRTID'>71234</Data>"                           \
    "<Data Name='LayerName'>%%14611</Data><Data Name='LayerRTID'>48</Data></EventData></Event>"
#define OURS "<Event>" SYSTEM "<EventData>"

PATTERN(event_honest, false, "<Events>", HONEST)
PATTERN(event_honest16, true, "<Events>", HONEST)
PATTERN(event_restarts, false, "<Events>", "<Event></x>")
PATTERN(event_restarts16, true, "<Events>", "<Event></x>")
PATTERN(event_starts, false, "<Events>", "<Event <")
PATTERN(event_starts16, true, "<Events>", "<Event <")
PATTERN(event_control, false, "<Events>", "<Event>\1</x>")
PATTERN(event_bytes, false, "<Events>" OURS "<Data>", "\xE9\xFF")
PATTERN(event_comment, false, "<Events><!--", "a")
PATTERN(event_comments, false, "<Events><Event></x>", "<Event><!--")
PATTERN(event_sections, false, "<Events><Event></x>", "<Event><![CDATA[")
PATTERN(event_quotes, false, "<Events><Event></x>", "<Event a='b")
PATTERN(event_tag, false, "<Events><Event", " a='b'\n")
PATTERN(event_references, false, "<Events>" OURS "<Data>", "&#65;")
PATTERN(event_lines, false, "<Events>" OURS "<Data>", "\r")
PATTERN(event_small, false, "<Events>" OURS, "<D/>")
PATTERN(event_fields, false, "<Events>",
        "<Event>" SYSTEM "<EventData>"
        "<D/><D/><D/><D/><D/><D/>"
        "<D/><D/><D/><D/><D/><D/><D/><D/><D/><D/><D/><D/><D/></EventData></Event>")
PATTERN(event_short, false, "<Events>", "<Event/>")

static void event_surrogates16(FILE *f, uint64_t bytes)
{
    struct json_out o = begin(f, true);
    put(&o, "<Events>" OURS "<Data>");
    for (; o.n < bytes; o.n += 4)
        (void)fwrite("\x00\xDC\x00\xD8", 1, 4, f);
}

/* Elements in one another, with names as long as a tag may be. */
static void long_names(FILE *f, uint64_t bytes, size_t length)
{
    struct json_out o = begin(f, false);
    put(&o, "<Events><Event>");
    while (o.n < bytes) {
        (void)fputc('<', f);
        for (size_t i = 0; i < length; i++)
            (void)fputc('a', f);
        (void)fputc('>', f);
        o.n += length + 2;
    }
}

static void event_names4m(FILE *f, uint64_t bytes)
{
    long_names(f, bytes < (248u << 20) ? 248u << 20 : bytes, 4000000);
}

static void event_names60k(FILE *f, uint64_t bytes)
{
    long_names(f, bytes, 60000);
}

/* Each depth has been as long as it may be, one after the other. */
static void event_each_depth(FILE *f, uint64_t bytes)
{
    struct json_out o = begin(f, false);
    put(&o, "<Events><Event>");
    for (int depth = 0; o.n < bytes; depth = (depth + 1) % 60) {
        for (int i = 0; i < depth; i++)
            put(&o, "<a>");
        char name[60001];
        memset(name, 'b', sizeof name - 1);
        name[sizeof name - 1] = 0;
        put(&o, "<");
        put(&o, name);
        put(&o, "></");
        put(&o, name);
        put(&o, ">");
        for (int i = 0; i < depth; i++)
            put(&o, "</a>");
    }
}

static void event_new_names(FILE *f, uint64_t bytes)
{
    struct json_out o = begin(f, false);
    put(&o, "<Events><Event>");
    for (uint64_t i = 0; o.n < bytes; i++)
        put_number(&o, "<n", i, "/>");
}

static void event_new_attributes(FILE *f, uint64_t bytes)
{
    struct json_out o = begin(f, false);
    put(&o, "<Events>");
    for (uint64_t i = 0; o.n < bytes; i++)
        put_number(&o, "<Event n", i, "=''/>");
}

static void event_attributes(FILE *f, uint64_t bytes)
{
    struct json_out o = begin(f, false);
    put(&o, "<Events>");
    for (uint64_t i = 0; o.n < bytes; i++) {
        put(&o, "<Event");
        for (int a = 0; a < 12000; a++)
            put_number(&o, " a", (uint64_t)a, "=''");
        put(&o, "/>");
    }
}

/* ---- net events of netsh -------------------------------------------------------------------- */

#define HEADER "<item><header><timeStamp>2026-01-02T03:04:05.678Z</timeStamp></header>"
#define DROP                                                                                       \
    "<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type><classifyDrop><filterId>1</filterId>"           \
    "<layerId>44</layerId></classifyDrop>"

static void netsh_honest(FILE *f, uint64_t bytes)
{
    static struct netev_sample s;
    struct netsh_event_writer w = {.style = NETEVW_CRLF, .f = f};
    netevwriter_begin(&w);
    for (uint64_t i = 1; (uint64_t)ftell(f) + w.n < bytes; i++) {
        netev_sample_plain(&s, i);
        netevwriter_event(&w, &s.ev);
    }
    (void)netevwriter_end(&w);
    netevwriter_free(&w);
}

PATTERN(netsh_restarts, false, "<netEvents>", "<item><header></x>")
PATTERN(netsh_starts, false, "<netEvents><x></y>", "<item>")
PATTERN(netsh_comments, false, "<netEvents><x></y>", "<item><!--")
PATTERN(netsh_short, false, "<netEvents>", "<item><header/></item>")
PATTERN(netsh_filters, false, "<netEvents>" HEADER DROP "<internalFields><terminatingFiltersInfo>",
        "<item/>")
PATTERN(netsh_flags, false, "<netEvents><item><header><flags>", "<item>a</item>")
PATTERN(netsh_small, false, "<netEvents>" HEADER, "<a/>")

/* ---- dumps of filters ----------------------------------------------------------------------- */

static void names_honest(FILE *f, uint64_t bytes)
{
    static struct netsh_made_filter one;
    struct netsh_writer w;
    netsh_begin(&w, NETSH_CRLF, f, NULL);
    for (uint64_t i = 1; (uint64_t)ftell(f) < bytes; i++) {
        netsh_plain(&one, i);
        netsh_add(&w, &one);
    }
    netsh_end(&w, NULL, 0);
    netsh_free(&w);
}

#define LIST "<wfpdiag><filters>"

PATTERN(names_restarts, false, LIST, "<item><filterKey></x>")
PATTERN(names_comments, false, LIST "<item><filterKey></x>", "<item><!--")
PATTERN(names_instructions, false, LIST "<item><filterKey></x>", "<item><?")
PATTERN(names_items, false, LIST "<item><filterKey></x>", "<item>")
PATTERN(names_blanks, false, LIST "<item><filterKey></x>", "<item>          ")
PATTERN(names_conditions, false, LIST "<item><filterKey>k</filterKey><filterCondition>",
        "<item><conditionValue><byteBlob><data>00</data></byteBlob></conditionValue></item>")
PATTERN(names_no_id, false, LIST, "<item><filterKey>k</filterKey></item>")

static void names_short(FILE *f, uint64_t bytes, bool one_id)
{
    struct json_out o = begin(f, false);
    put(&o, LIST);
    for (uint64_t i = 0; o.n < bytes; i++) {
        put_number(&o, "<item><filterKey>", i, "</filterKey>");
        put_number(&o, "<filterId>", one_id ? 7 : i, "</filterId></item>");
    }
}

static void names_versions(FILE *f, uint64_t bytes)
{
    names_short(f, bytes, true);
}

static void names_many(FILE *f, uint64_t bytes)
{
    names_short(f, bytes, false);
}

static void names_providers(FILE *f, uint64_t bytes)
{
    struct json_out o = begin(f, false);
    put(&o, "<wfpdiag><providers>");
    for (uint64_t i = 0; o.n < bytes; i++)
        put_number(&o, "<item><providerKey>", i, "</providerKey></item>");
}

const struct worst_case worst_cases[] = {
    {"evtx/honest", "events", worst_evtx_honest},
    {"evtx/floats", "events", worst_evtx_floats},
    {"evtx/float-blocks", "events", worst_evtx_float_blocks},
    {"evtx/float-fields", "events", worst_evtx_float_fields},
    {"evtx/float-array", "events", worst_evtx_float_array},
    {"evtx/sids", "events", worst_evtx_sids},
    {"evtx/wide", "events", worst_evtx_wide},
    {"evtx/nested", "events", worst_evtx_nested},
    {"evtx/chunks", "events", worst_evtx_chunks},
    {"evtx/broken", "events", worst_evtx_broken},
    {"evtx/crowded", "events", worst_evtx_crowded},
    {"evtx/versions", "events", worst_evtx_versions},
    {"evtx-threads/honest", "threads", worst_evtx_honest},
    {"evtx-threads/floats", "threads", worst_evtx_floats},
    {"evtx-threads/float-blocks", "threads", worst_evtx_float_blocks},
    {"evtx-threads/chunks", "threads", worst_evtx_chunks},
    {"eventxml/honest", "events", event_honest},
    {"eventxml/restarts", "events", event_restarts},
    {"eventxml/starts", "events", event_starts},
    {"eventxml/control", "events", event_control},
    {"eventxml/bytes", "events", event_bytes},
    {"eventxml/comment", "events", event_comment},
    {"eventxml/comments", "events", event_comments},
    {"eventxml/sections", "events", event_sections},
    {"eventxml/quotes", "events", event_quotes},
    {"eventxml/tag", "events", event_tag},
    {"eventxml/references", "events", event_references},
    {"eventxml/lines", "events", event_lines},
    {"eventxml/small", "events", event_small},
    {"eventxml/fields", "events", event_fields},
    {"eventxml/short", "events", event_short},
    {"eventxml/names-4M", "events", event_names4m},
    {"eventxml/names-60K", "events", event_names60k},
    {"eventxml/each-depth", "events", event_each_depth},
    {"eventxml/new-names", "events", event_new_names},
    {"eventxml/new-attributes", "events", event_new_attributes},
    {"eventxml/attributes", "events", event_attributes},
    {"eventxml16/honest", "events", event_honest16},
    {"eventxml16/restarts", "events", event_restarts16},
    {"eventxml16/starts", "events", event_starts16},
    {"eventxml16/surrogates", "events", event_surrogates16},
    {"netevents/honest", "events", netsh_honest},
    {"netevents/restarts", "events", netsh_restarts},
    {"netevents/starts", "events", netsh_starts},
    {"netevents/comments", "events", netsh_comments},
    {"netevents/short", "events", netsh_short},
    {"netevents/filters", "events", netsh_filters},
    {"netevents/flags", "events", netsh_flags},
    {"netevents/small", "events", netsh_small},
    {"filters/honest", "names", names_honest},
    {"filters/restarts", "names", names_restarts},
    {"filters/comments", "names", names_comments},
    {"filters/instructions", "names", names_instructions},
    {"filters/items", "names", names_items},
    {"filters/blanks", "names", names_blanks},
    {"filters/conditions", "names", names_conditions},
    {"filters/no-id", "names", names_no_id},
    {"filters/versions", "names", names_versions},
    {"filters/many", "names", names_many},
    {"filters/providers", "names", names_providers},
    {"json/honest", "events", worst_json_honest},
    {"json/braces", "events", worst_json_braces},
    {"json/keys-open", "events", worst_json_keys_open},
    {"json/empty", "events", worst_json_empty},
    {"json/cut", "events", worst_json_cut},
    {"json/lists", "events", worst_json_lists},
    {"json/near", "events", worst_json_near},
    {"json/new-keys", "events", worst_json_new_keys},
    {"json/near-xml", "events", worst_json_near_xml},
    {NULL, NULL, NULL},
};
