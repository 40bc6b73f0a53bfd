/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/filter_table.h"

#include <string.h>

#include "view/format.h"

enum { GAP = 2, NAME_LEAST = 12, CELL_MOST = 48, LABEL = 18 };

static const char *const labels[FILTER_COLUMNS] = {"ID",       "ACTION", "LAYER",
                                                   "PROVIDER", "ORIGIN", "NAME"};

/* Without what all symbols of a kind begin with. */
static const char *without_prefix(const char *symbol, const char *prefix)
{
    size_t n = strlen(prefix);
    return symbol != NULL && strncmp(symbol, prefix, n) == 0 ? symbol + n : symbol;
}

static const char *provider_of(const wfpw_filter *f)
{
    bool is_guid = f->provider != NULL && f->provider[0] == '{';
    if (is_guid && f->provider_name != NULL)
        return f->provider_name;
    if (is_guid && f->product_from == WFPW_PRODUCT_FROM_KEY)
        return f->provider_product;
    return without_prefix(f->provider, "FWPM_PROVIDER_");
}

static const char *action_of(const wfpw_filter *f)
{
    return f->action == 0x1001         ? "block"
           : f->action == 0x1002       ? "permit"
           : (f->action & 0x4000) != 0 ? "callout"
           : f->action_name != NULL    ? without_prefix(f->action_name, "FWP_ACTION_")
           : f->callout != NULL        ? "callout"
                                       : NULL;
}

static const char *text_of(const wfpw_filter *f, enum filter_column c)
{
    switch (c) {
    case FILTER_ACTION:
        return action_of(f);
    case FILTER_LAYER:
        return without_prefix(f->layer, "FWPM_LAYER_");
    case FILTER_PROVIDER:
        return provider_of(f);
    case FILTER_ORIGIN:
        return f->origin;
    default:
        return f->name;
    }
}

static void make_cell(struct filter_table *t, const wfpw_filter *f, enum filter_column c)
{
    const char *text = c != FILTER_ID ? text_of(f, c) : NULL;
    buffer_clear(&t->cell);
    if (c == FILTER_ID)
        buffer_number(&t->cell, f->id);
    else
        buffer_text(&t->cell, text != NULL ? text : "-");
    if (c == FILTER_NAME && (f->present & WFPW_FILTER_HAS_OWN) != 0)
        buffer_puts(&t->cell, " (own)");
}

void filter_table_see(struct filter_table *t, const wfpw_filter *f)
{
    for (enum filter_column c = 0; c < FILTER_COLUMNS; c++) {
        make_cell(t, f, c);
        size_t columns = text_columns(t->cell.p, t->cell.n);
        columns = columns > CELL_MOST && t->terminal != 0 ? CELL_MOST : columns;
        t->width[c] = t->width[c] < columns ? columns : t->width[c];
    }
}

/* What the last column may take. */
static size_t name_room(const struct filter_table *t)
{
    size_t used = 0;
    for (enum filter_column c = 0; c < FILTER_NAME; c++)
        used += t->width[c] + GAP;
    if (t->terminal == 0)
        return SIZE_MAX;
    return used + NAME_LEAST < t->terminal ? t->terminal - used : NAME_LEAST;
}

static void lay_cell(struct filter_table *t, enum filter_column c, struct buffer *out)
{
    size_t columns = text_columns(t->cell.p, t->cell.n), width = t->width[c];
    if (c == FILTER_NAME) {
        buffer_cut_end(out, t->cell.p, t->cell.n, name_room(t));
        buffer_puts(out, "\n");
        return;
    }
    columns = columns < width ? columns : width;
    if (c == FILTER_ID)
        buffer_fill(out, ' ', width - columns);
    buffer_cut_middle(out, t->cell.p, t->cell.n, width);
    if (c != FILTER_ID)
        buffer_fill(out, ' ', width - columns);
    buffer_fill(out, ' ', GAP);
}

void filter_table_header(struct filter_table *t, struct buffer *out)
{
    for (enum filter_column c = 0; c < FILTER_COLUMNS; c++) {
        size_t n = strlen(labels[c]);
        t->width[c] = t->width[c] < n ? n : t->width[c];
    }
    for (enum filter_column c = 0; c < FILTER_COLUMNS; c++) {
        buffer_clear(&t->cell);
        buffer_puts(&t->cell, labels[c]);
        lay_cell(t, c, out);
    }
}

void filter_table_row(struct filter_table *t, const wfpw_filter *f, struct buffer *out)
{
    for (enum filter_column c = 0; c < FILTER_COLUMNS; c++) {
        make_cell(t, f, c);
        lay_cell(t, c, out);
    }
}

void filter_table_free(struct filter_table *t)
{
    buffer_free(&t->cell);
}

/* ---- all of one filter ---------------------------------------------------------------------- */

static void start_line(struct buffer *out, const char *label)
{
    size_t n = strlen(label);
    buffer_puts(out, "  ");
    buffer_puts(out, label);
    buffer_fill(out, ' ', n < LABEL ? LABEL - n : 1);
}

static void put_fact(struct buffer *out, const char *label, const char *text, const char *more)
{
    if (text == NULL)
        return;
    start_line(out, label);
    buffer_text(out, text);
    if (more != NULL) {
        buffer_puts(out, "  (");
        buffer_text(out, more);
        buffer_puts(out, ")");
    }
    buffer_puts(out, "\n");
}

static void number_fact(struct buffer *out, const char *label, bool given, uint64_t v,
                        const char *more)
{
    if (!given)
        return;
    start_line(out, label);
    buffer_number(out, v);
    buffer_puts(out, more != NULL ? "  (" : "");
    buffer_text(out, more != NULL ? more : "");
    buffer_puts(out, more != NULL ? ")\n" : "\n");
}

static void put_lists(struct buffer *out, const wfpw_filter *f)
{
    const char *at = (const char *)f->conditions;
    for (uint32_t i = 0; i < f->flag_count; i++)
        put_fact(out, i == 0 ? "flags" : "", without_prefix(f->flag_names[i], "FWPM_FILTER_FLAG_"),
                 NULL);
    for (uint32_t i = 0; i < f->condition_count; i++, at += f->condition_stride)
        put_fact(out, i == 0 ? "conditions" : "", ((const wfpw_condition *)(const void *)at)->text,
                 NULL);
}

static void source_fact(struct buffer *out, const wfpw_filter *f)
{
    char time[TIME_LENGTH + 1];
    format_time(time, f->from_time);
    put_fact(out, "from", f->from, f->from_time != 0 ? time : NULL);
}

static const char *service_word(const wfpw_filter *f)
{
    return f->service_state != 0 ? wfpw_word(WFPW_LIST_SERVICE, f->service_state) : NULL;
}

void filter_details(const wfpw_filter *f, struct buffer *out)
{
    buffer_puts(out, "filter ");
    buffer_number(out, f->id);
    buffer_puts(out, "\n");
    put_fact(out, "name", f->name, NULL);
    put_fact(out, "description", f->description, NULL);
    put_fact(out, "key", f->key, NULL);
    put_fact(out, "action", f->action_name, NULL);
    put_fact(out, "origin", f->origin, NULL);
    put_fact(out, "layer", f->layer, f->layer_name);
    put_fact(out, "sublayer", f->sublayer, f->sublayer_name);
    put_fact(out, "provider", f->provider, f->provider_name);
    put_fact(out, "product", f->provider_product,
             wfpw_word(WFPW_LIST_PRODUCT_FROM, f->product_from));
    put_fact(out, "service", f->provider_service, service_word(f));
    put_fact(out, "service image", f->service_image, f->service_company);
    put_fact(out, "own", (f->present & WFPW_FILTER_HAS_OWN) != 0 ? "yes" : NULL, NULL);
    put_fact(out, "callout", f->callout, f->callout_name);
    number_fact(out, "weight", (f->present & WFPW_FILTER_HAS_WEIGHT) != 0, f->weight,
                f->weight_type);
    number_fact(out, "effective weight", (f->present & WFPW_FILTER_HAS_EFFECTIVE_WEIGHT) != 0,
                f->effective_weight, NULL);
    put_lists(out, f);
    source_fact(out, f);
    put_fact(out, "truncated", f->truncated != 0 ? "it had more than is kept" : NULL, NULL);
}
