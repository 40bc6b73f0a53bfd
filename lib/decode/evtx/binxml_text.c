/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Texts that consist of several pieces: literals, characters, values. */
#include "decode/evtx/binxml.h"

#include <string.h>

const struct binxml_value *binxml_value_of(struct binxml_frame *f, const struct binxml_piece *piece)
{
    if (piece->at >= f->count) {
        f->x->missing_values = true;
        return NULL;
    }
    return &f->x->values[f->first + piece->at];
}

/* A text of several pieces, joined as UTF-16: a pair of surrogates may lie in two of them. */
struct joined {
    char *p;
    size_t n;
    bool cut; /* there was more than BINXML_SCRATCH bytes */
};

static void append_utf16(struct joined *j, const void *p, size_t units)
{
    const uint8_t *s = p;
    while (units > 0 && text_le16(s + 2 * (units - 1)) == 0)
        units--;
    if (2 * units > BINXML_SCRATCH - j->n) {
        units = (BINXML_SCRATCH - j->n) / 2;
        j->cut = true;
    }
    if (units > 0)
        memcpy(j->p + j->n, p, 2 * units);
    j->n += 2 * units;
}

/* The n bytes behind the text so far are its next characters: Latin-1, most often ASCII. */
static void widen_text(struct joined *j, size_t n)
{
    char *out = j->p + j->n;
    for (size_t i = n; i-- > 0;) {
        out[2 * i] = out[i];
        out[2 * i + 1] = 0;
    }
    j->n += 2 * n;
}

/* A NUL inside stays one until the whole text is converted. */
static void append_bytes(struct joined *j, const char *p, size_t n)
{
    while (n > 0 && p[n - 1] == 0)
        n--;
    if (2 * n > BINXML_SCRATCH - j->n) {
        j->cut = true;
        return;
    }
    memcpy(j->p + j->n, p, n);
    widen_text(j, n);
}

static void append_value(struct joined *j, uint8_t type, const void *p, size_t n)
{
    if (type == VALUE_STRING || type == VALUE_XML)
        append_utf16(j, p, n / 2);
    else if (type == VALUE_ANSI)
        append_bytes(j, p, n);
    else if (2 * text_value_max(type, n) > BINXML_SCRATCH - j->n)
        j->cut = true;
    else
        widen_text(j, text_value(j->p + j->n, type, p, n));
}

/* false: the record has no steps left. */
static bool append_piece(struct binxml_frame *f, const struct binxml_piece *piece, struct joined *j)
{
    const uint8_t *chunk = f->x->chunk;
    const struct binxml_value *v = NULL;
    uint8_t unit[2] = {(uint8_t)piece->at, (uint8_t)(piece->at >> 8)};
    if (piece->kind == PIECE_SUBSTITUTION)
        v = binxml_value_of(f, piece);
    uint8_t type = v != NULL ? binxml_type_of(v) : (uint8_t)VALUE_STRING;
    if (!binxml_spend(f->x, binxml_cost(type, v != NULL ? binxml_size_of(v) : 2u * piece->units)))
        return false;
    if (piece->kind == PIECE_LITERAL)
        append_utf16(j, chunk + piece->at, piece->units);
    else if (piece->kind == PIECE_CHARACTER)
        append_utf16(j, unit, 1);
    else if (v != NULL)
        append_value(j, binxml_type_of(v), chunk + v->at, binxml_size_of(v));
    return true;
}

struct binxml_text binxml_join(struct binxml_frame *f, const struct binxml_piece *piece,
                               uint16_t count, int scratch)
{
    struct joined j = {.p = f->x->scratch[scratch]};
    for (uint16_t i = 0; i < count && append_piece(f, piece + i, &j); i++)
        ;
    if (j.cut)
        record_of(&f->x->out->b)->flags |= WFPW_EVENT_TRUNCATED;
    return (struct binxml_text){.p = j.p, .n = j.n, .type = VALUE_STRING};
}
