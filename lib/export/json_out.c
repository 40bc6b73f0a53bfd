/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "export/json_out.h"

/* ---- room ----------------------------------------------------------------------------------- */

char *json_out_start(struct json_out *o, char *room, size_t cap)
{
    o->room = room;
    o->cap = cap;
    o->n = 0;
    o->again = NULL;
    o->memory = NULL;
    o->prepared = false;
    o->day = (struct text_day){.days = 0};
    o->spilling = cap == 0;
    o->end = cap == 0 ? o->scratch + sizeof o->scratch : room + cap;
    return cap == 0 ? o->scratch : room;
}

/* Moves what scratch holds up to p into what is left of the caller's room. */
static void flush_scratch(struct json_out *o, const char *p)
{
    size_t n = (size_t)(p - o->scratch), left = o->n < o->cap ? o->cap - o->n : 0;
    if (left > 0)
        memcpy(o->room + o->n, o->scratch, n < left ? n : left);
    o->n += n;
}

char *json_out_spill(struct json_out *o, char *p)
{
    char *start = o->spilling ? o->scratch : o->room;
    size_t kept = p > start ? 1 : 0; /* closing an object may take it back */
    char last = kept > 0 ? p[-1] : 0;
    if (o->spilling)
        flush_scratch(o, p - kept);
    else
        o->n = (size_t)(p - start) - kept;
    o->spilling = true;
    o->end = o->scratch + sizeof o->scratch;
    o->scratch[0] = last;
    return o->scratch + kept;
}

int json_out_end(struct json_out *o, char *p, size_t *needed)
{
    p = json_out_room(o, p, 1);
    *p = 0;
    if (o->spilling)
        flush_scratch(o, p + 1);
    size_t n = o->spilling ? o->n - 1 : (size_t)(p - o->room);
    if (needed != NULL)
        *needed = n;
    return n < o->cap && n <= INT32_MAX ? (int)n : WFPW_E_RANGE;
}

char *json_out_resume(struct json_out *o, size_t n)
{
    o->spilling = false;
    o->end = o->room + o->cap;
    return o->room + n;
}

/* ---- strings -------------------------------------------------------------------------------- */

/* A piece at a time, through the scratch if need be. */
char *json_out_long(struct json_out *o, char *p, const char *s, size_t n)
{
    enum { PIECE = 128 };
    p = json_out_room(o, p, 1);
    *p++ = '"';
    while (n > 0) {
        size_t piece = n < PIECE ? n : PIECE;
        p = json_out_room(o, p, 6 * piece + TEXT_JSON_SLACK);
        p = text_json(p, s, piece);
        s += piece;
        n -= piece;
    }
    p = json_out_room(o, p, 1);
    *p++ = '"';
    return p;
}

char *json_out_words(char *p, uint32_t list, uint32_t bits)
{
    for (uint32_t bit = 1; bit != 0 && bit <= bits; bit <<= 1) {
        const struct code_word *word = (bits & bit) != 0 ? code_word_find(list, bit) : NULL;
        if (word == NULL)
            continue;
        *p++ = '"';
        p = JSON_OUT_PUT(json_out_plain(p, word->text, word->length), "\",");
    }
    return json_out_close(p, ']');
}
