/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The XML of netsh: whole, through a session; and to the decoder alone, whole and in pieces, which
 * has to give the same records. */
#include <string.h>

#include "decode/netsh/netsh_event.h"
#include "fuzz_session.h"

enum { RECORDS_MAX = 64 };

/* What came of an input: the records as one number each. */
struct outcome {
    uint64_t records[RECORDS_MAX];
    size_t count;
    bool broken;
};

static uint64_t number_of(const struct record *r)
{
    const uint8_t *p = (const uint8_t *)r;
    uint64_t h = 14695981039346656037u;
    for (uint32_t i = 0; i < r->bytes; i++)
        h = (h ^ p[i]) * 1099511628211u;
    return h;
}

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* What must hold for every record: what is in the tail lies in it. */
static void look_at(const struct record *r)
{
    const uint32_t bodies[] = {r->ike_at, r->ipsec_at, r->mac_at, r->vswitch_at};
    const struct value *texts[] = {&r->app,           &r->user_sid,       &r->package_sid, &r->fqbn,
                                   &r->enterprise_id, &r->effective_name, &r->origin};
    must(r->bytes % 8 == 0 && r->bytes <= RECORD_MAX && r->source == WFPW_SOURCE_NETSH);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        must(bodies[i] % 8 == 0 && bodies[i] < r->bytes);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        must(texts[i]->at == 0 || (texts[i]->at >= sizeof *r && texts[i]->at <= r->bytes &&
                                   texts[i]->size <= r->bytes - texts[i]->at));
    must(r->terminating_at + r->terminating_count * sizeof(struct record_terminating) <= r->bytes);
}

/* Records have gaps with what was there before: both readings start with zeros. */
static void read_in_pieces(struct netsh_event *x, const uint8_t *p, size_t n, size_t piece,
                           struct outcome *o)
{
    enum xml_reader_found found = XML_READER_MORE;
    memset(x->room, 0, sizeof x->room);
    memset(&x->event, 0, sizeof x->event);
    must(netsh_event_restart(&x->reader));
    *o = (struct outcome){0};
    for (size_t at = 0; at < n && found != XML_READER_SKIP; at += piece) {
        found = xml_reader_feed(&x->reader, p + at, n - at < piece ? n - at : piece);
        for (; found == XML_READER_RECORD; found = xml_reader_next(&x->reader)) {
            look_at(x->reader.record);
            o->records[o->count % RECORDS_MAX] += number_of(x->reader.record);
            o->count++;
        }
    }
    o->broken = found == XML_READER_SKIP;
    xml_reader_close(&x->reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct netsh_event x;
    static struct outcome whole, pieces;
    size_t skip, piece = size % 61 + 1;
    fuzz_session(data, size);
    x.reader.encoding = xml_look(data, size, &skip, x.reader.encoding_name);
    if (x.reader.encoding == XML_DECLARED)
        return 0;
    read_in_pieces(&x, data + skip, size - skip, size + 1, &whole);
    read_in_pieces(&x, data + skip, size - skip, piece, &pieces);
    must(whole.count == pieces.count && whole.broken == pieces.broken);
    must(memcmp(whole.records, pieces.records, sizeof whole.records) == 0);
    (void)netsh_event_find(&x.reader, data, size);
    return 0;
}
