/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_layout.h"

#include <string.h>

#include "decode/audit/audit_units.h"

/* ---- reading -------------------------------------------------------------------------------- */

/* Behind the value that begins at p; NULL: it cannot be one of this layout. */
static const uint16_t *pass_value(const struct audit_layout *y, const struct audit_layout_value *v,
                                  const uint16_t *p, const uint16_t *end)
{
    if (v->end == 0)
        return p;
    if (v->is_same)
        return (size_t)(end - p) > v->units && memcmp(p, y->text + v->at, 2 * v->units) == 0
                   ? p + v->units
                   : NULL;
    p = audit_units_find(p, end, v->end, '&', '<');
    return p < end && *p == v->end ? p : NULL;
}

/* Whether the record has what stands between the values, and what its values are. */
static bool fits_layout(const struct audit_layout *y, const uint16_t *p, const uint16_t *end,
                        struct audit_layout_found *found)
{
    size_t at = 0;
    for (uint32_t i = 0; i < y->count; i++) {
        const struct audit_layout_value *v = &y->values[i];
        size_t between = v->at - at;
        if ((size_t)(end - p) < between || memcmp(p, y->text + at, 2 * between) != 0)
            return false;
        found[i].name = v->use == AUDIT_LAYOUT_FIELD ? p + (v->name_at - at) : NULL;
        found[i].p = p + between;
        p = pass_value(y, v, found[i].p, end);
        if (p == NULL)
            return false;
        found[i].units = (size_t)(p - found[i].p);
        at = (size_t)v->at + v->units;
    }
    size_t rest = y->units - at;
    return (size_t)(end - p) == rest && memcmp(p, y->text + at, 2 * rest) == 0;
}

static void give_values(const struct audit_layout *y, const struct audit_layout_found *found,
                        struct audit_record *a)
{
    for (uint32_t i = 0; i < y->count; i++) {
        const struct audit_layout_value *v = &y->values[i];
        const struct audit_layout_found *f = &found[i];
        if (v->use == AUDIT_LAYOUT_SLOT)
            audit_units_slot(a, (enum slot)v->slot, v->end, f->p, f->units);
        else if (v->use == AUDIT_LAYOUT_FIELD)
            audit_record_field(a, v->index, VALUE_STRING, f->name, 2 * (size_t)v->name_units,
                               VALUE_STRING, f->p, 2 * f->units);
    }
}

bool audit_layouts_read(struct audit_layouts *l, struct audit_record *a, const uint16_t *xml,
                        size_t units)
{
    for (uint32_t i = 0; i < AUDIT_LAYOUTS; i++) {
        uint32_t at = (l->last + i) % AUDIT_LAYOUTS;
        const struct audit_layout *y = &l->list[at];
        if (y->units == 0 || !fits_layout(y, xml, xml + units, l->found))
            continue;
        l->last = at;
        give_values(y, l->found, a);
        return true;
    }
    return false;
}

/* ---- learning ------------------------------------------------------------------------------- */

void audit_layouts_start(struct audit_layouts *l, size_t units)
{
    l->learned = units <= AUDIT_LAYOUT_UNITS ? &l->list[l->next] : NULL;
    if (l->learned != NULL)
        l->learned->units = l->learned->count = 0;
}

void audit_layouts_add(struct audit_layouts *l, const struct audit_layout_value *v)
{
    struct audit_layout *y = l->learned;
    if (y == NULL)
        return;
    const struct audit_layout_value *last = y->count > 0 ? &y->values[y->count - 1] : NULL;
    uint32_t from = last != NULL ? (uint32_t)last->at + last->units : 0;
    bool has_name = v->use != AUDIT_LAYOUT_FIELD || v->name_at >= from;
    if (y->count == AUDIT_LAYOUT_VALUES || v->at < from || !has_name)
        audit_layouts_forget(l);
    else
        y->values[y->count++] = *v;
}

void audit_layouts_forget(struct audit_layouts *l)
{
    l->learned = NULL;
}

void audit_layouts_finish(struct audit_layouts *l, const uint16_t *xml, size_t units)
{
    if (l->learned == NULL)
        return;
    memcpy(l->learned->text, xml, 2 * units);
    l->learned->units = (uint16_t)units;
    l->next = (l->next + 1) % AUDIT_LAYOUTS;
    l->learned = NULL;
}
