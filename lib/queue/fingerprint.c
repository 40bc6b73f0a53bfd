/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "queue/fingerprint.h"

/* What the body says of an event that may have no sides. */
static void take_codes(const struct record *r, struct fingerprint *m)
{
    if (r->ike_at != 0) {
        const struct record_ike *ike = record_at(r, r->ike_at);
        m->code[0] = ike->error;
        m->code[1] = ike->point;
    } else if (r->ipsec_at != 0) {
        const struct record_ipsec *ipsec = record_at(r, r->ipsec_at);
        m->code[0] = ipsec->status;
        m->code[1] = ipsec->spi;
    } else if (r->mac_at != 0) {
        const struct record_mac *mac = record_at(r, r->mac_at);
        memcpy(&m->code[0], mac->local, sizeof mac->local);
        memcpy(&m->code[1], mac->remote, sizeof mac->remote);
    }
}

void fingerprint_of(const struct record *r, struct fingerprint *m)
{
    const uint32_t sides = WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT |
                           WFPW_HAS_REMOTE_PORT | WFPW_HAS_SCOPE_ID | WFPW_HAS_PROTOCOL;
    *m = (struct fingerprint){
        .time = r->time,
        .filter_id = r->filter_id,
        .local = r->local,
        .remote = r->remote,
        .present = r->present & sides,
        .type = r->type_raw,
        .protocol = r->protocol,
        .layer_id = r->layer_id,
        .app = r->app.size,
        .user = r->user_sid.size,
    };
    take_codes(r, m);
}

uint64_t fingerprint_kind(const struct record *r)
{
    struct fingerprint m;
    uint64_t words[sizeof m / sizeof(uint64_t)], h = 0;
    fingerprint_of(r, &m);
    m.time = 0;
    m.local.port = m.remote.port = 0;
    memcpy(words, &m, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        h = hash_mix(h, words[i]);
    return h;
}

struct fingerprint *fingerprints_next(struct fingerprints *t)
{
    uint64_t i = t->count % FINGERPRINTS;
    if (t->count++ >= FINGERPRINTS && t->at[i].time > t->forgotten)
        t->forgotten = t->at[i].time;
    t->met[i] = false;
    return &t->at[i];
}

void fingerprints_rewind(struct fingerprints *t)
{
    memset(t->met, 0, sizeof t->met);
}

bool fingerprints_meet(struct fingerprints *t, const struct fingerprint *m)
{
    uint64_t n = t->count < FINGERPRINTS ? t->count : FINGERPRINTS;
    for (uint64_t i = 0; i < n; i++) {
        if (t->met[i] || !fingerprint_is(&t->at[i], m))
            continue;
        t->met[i] = true;
        return true;
    }
    return false;
}
