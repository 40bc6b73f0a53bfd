/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * 'wfpwatch who' as text. */
#include <string.h>

#include "platform/term.h"
#include "view/owners.h"

enum { LABEL = 12, TEXT_LAYERS = 6 };

const char *const owner_actions[OWNER_ACTIONS] = {"block", "permit", "callout", "other"};
const char *const owner_signs[OWNER_SIGNS] = {
    [SIGN_LEFTOVER] = "leftover",
    [SIGN_SERVICE_MISSING] = "service_missing",
    [SIGN_PROVIDER_MISSING] = "provider_missing",
    [SIGN_PROVIDER_DISABLED] = "provider_disabled",
    [SIGN_CALLOUT_MISSING] = "callout_missing",
    [SIGN_CALLOUT_PASSES] = "callout_missing_passes",
    [SIGN_NAME_OF_MICROSOFT] = "name_of_microsoft",
};

/* What a filter is said to be or do; "many": of more than one. */
static const struct {
    const char *one, *many;
} sentences[OWNER_SIGNS] = {
    [SIGN_LEFTOVER] = {"filter stays over restarts, though its product seems to be gone",
                       "filters stay over restarts, though their product seems to be gone"},
    [SIGN_SERVICE_MISSING] = {"filter of a provider whose service is not installed (any more)",
                              "filters of a provider whose service is not installed (any more)"},
    [SIGN_PROVIDER_MISSING] =
        {"filter names a provider that is not listed: it was removed, or may not be seen",
         "filters name a provider that is not listed: it was removed, or may not be seen"},
    [SIGN_PROVIDER_DISABLED] =
        {"filter of a provider that Windows turned off, as no service of it starts by itself",
         "filters of a provider that Windows turned off, as no service of it starts by itself"},
    [SIGN_CALLOUT_MISSING] =
        {"filter asks a callout that no driver has registered: what it matches is blocked",
         "filters ask callouts that no driver has registered: what they match is blocked"},
    [SIGN_CALLOUT_PASSES] =
        {"filter asks a callout that no driver has registered: what it matches passes it",
         "filters ask callouts that no driver has registered: what they match passes them"},
    [SIGN_NAME_OF_MICROSOFT] =
        {"filter of a provider that calls itself Microsoft's; its key is not known to be",
         "filters of a provider that calls itself Microsoft's; its key is not known to be"},
};

void owner_sign_text(struct buffer *b, const struct owner *o, enum owner_sign sign)
{
    uint64_t n = o->signs[sign].count;
    buffer_number(b, n);
    buffer_puts(b, " ");
    buffer_puts(b, n == 1 ? sentences[sign].one : sentences[sign].many);
}

/* ---- the command ---------------------------------------------------------------------------- */

/* In quotes where a shell needs them: a dump's text, or a file's name, may be anybody's. false: no
 * quotes make it safe. */
static bool put_argument(struct buffer *b, const char *text)
{
    bool plain = text[0] != 0 && strpbrk(text, " \t\r\n\"'`$&|;<>()[]{}*?!#~^%,") == NULL;
    const char *quote = plain ? "" : term_quote(text);
    if (quote == NULL)
        return false;
    buffer_puts(b, " ");
    buffer_puts(b, quote);
    for (const char *end; !plain && (end = strchr(text, *quote)) != NULL; text = end + 1) {
        buffer_text_n(b, text, (size_t)(end - text));
        buffer_puts(b, "'\\''");
    }
    buffer_text(b, text);
    buffer_puts(b, quote);
    return true;
}

static bool put_which(struct buffer *b, const struct owner *o, const struct owner_filters *only)
{
    if (only != NULL && only->count <= OWNER_IDS) {
        for (uint64_t i = 0; i < only->count; i++) {
            buffer_puts(b, " --id ");
            buffer_number(b, only->ids[i]);
        }
        return true;
    }
    buffer_puts(b, o->has_provider ? " --provider" : " --provider -");
    if (!o->has_provider && o->key[0] == 0)
        return true;
    buffer_puts(b, o->has_provider ? "" : " --sublayer");
    return put_argument(b, o->key);
}

bool owner_command(struct buffer *b, const struct owner *o, enum owner_sign sign,
                   const struct owners_source *from)
{
    size_t start = b->n;
    buffer_puts(b, "wfpwatch names");
    bool done = put_which(b, o, sign < OWNER_SIGNS ? &o->signs[sign] : NULL);
    if (from->options[0] != 0) {
        buffer_puts(b, " ");
        buffer_puts(b, from->options);
    }
    for (int i = 0; i < from->file_count && done; i++)
        done = put_argument(b, from->files[i]);
    if (!done)
        b->n = start;
    return done;
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* Of one owner; `line` is what is behind the label. */
struct card {
    struct buffer *out;
    struct buffer line;
    size_t width;
};

static void end_line(struct card *c, const char *label, size_t width)
{
    size_t n = strlen(label) + 2;
    buffer_puts(c->out, "  ");
    buffer_puts(c->out, label);
    buffer_fill(c->out, ' ', n < LABEL ? LABEL - n : 1);
    buffer_wrap(c->out, c->line.p, c->line.n, width, LABEL, LABEL);
    buffer_clear(&c->line);
}

/* A command stays on one line, to be copied. */
static void put_command(struct card *c, const struct owner *o, enum owner_sign sign,
                        const struct owners_source *from, const char *label)
{
    if (owner_command(&c->line, o, sign, from))
        end_line(c, label, 0);
}

static const char *without_prefix(const char *symbol, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(symbol, prefix, n) == 0 ? symbol + n : symbol;
}

static void put_count(struct buffer *b, uint64_t n, const char *what)
{
    if (n == 0)
        return;
    buffer_puts(b, b->n > 0 ? ", " : "");
    buffer_number(b, n);
    buffer_puts(b, " ");
    buffer_puts(b, what);
}

static void put_title(struct card *c, const struct owner *o)
{
    struct buffer *b = c->out;
    const char *title = o->product != NULL ? o->product : o->name != NULL ? o->name : o->key;
    if (!o->has_provider) {
        buffer_puts(b, "without a provider, sublayer ");
        title = o->name != NULL ? o->name : without_prefix(o->key, "FWPM_SUBLAYER_");
    }
    buffer_text(b, title[0] != 0 ? title : "-");
    if (o->product_from > WFPW_PRODUCT_FROM_KEY) {
        buffer_puts(b, ", by its ");
        buffer_puts(b, wfpw_word(WFPW_LIST_PRODUCT_FROM, o->product_from));
    }
    buffer_puts(b, "\n");
}

static void put_provider(struct card *c, const struct owner *o)
{
    buffer_text(&c->line, o->key);
    if (o->name != NULL && strcmp(o->name, o->key) != 0) {
        buffer_puts(&c->line, "  ");
        buffer_text(&c->line, o->name);
    }
    if (c->line.n > 0)
        end_line(c, o->has_provider ? "provider" : "sublayer", c->width);
}

static void put_service(struct card *c, const struct owner *o)
{
    const char *const texts[] = {
        o->service_state != 0 ? wfpw_word(WFPW_LIST_SERVICE, o->service_state) : NULL, o->image,
        o->company};
    if (o->service == NULL)
        return;
    buffer_text(&c->line, o->service);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] != NULL) {
            buffer_puts(&c->line, ", ");
            buffer_text(&c->line, texts[i]);
        }
    end_line(c, "service", c->width);
}

static void put_filters(struct card *c, const struct owner *o)
{
    for (int i = 0; i < OWNER_ACTIONS; i++)
        put_count(&c->line, o->by_action[i], owner_actions[i]);
    put_count(&c->line, o->persistent, "persistent");
    put_count(&c->line, o->boot_time, "at boot time");
    put_count(&c->line, o->disabled, "disabled");
    end_line(c, "filters", c->width);
}

static void put_layers(struct card *c, const struct owner *o)
{
    uint32_t n = o->layer_count < TEXT_LAYERS ? o->layer_count : TEXT_LAYERS;
    for (uint32_t i = 0; i < n; i++) {
        const struct owner_layer *l = &o->layers[i];
        const char *key = without_prefix(l->key, "FWPM_LAYER_");
        buffer_puts(&c->line, i > 0 ? ", " : "");
        buffer_text(&c->line, key[0] != 0 ? key : "-");
        buffer_puts(&c->line, " ");
        buffer_number(&c->line, l->filters);
    }
    if (o->layer_count > n)
        put_count(&c->line, o->layer_count - n, "layers more");
    end_line(c, "layers", c->width);
}

static void put_names(struct card *c, const struct owner *o)
{
    for (size_t i = 0; i < OWNER_NAMES && o->names[i] != NULL; i++) {
        buffer_puts(&c->line, i > 0 ? ", " : "");
        buffer_text(&c->line, o->names[i]);
    }
    if (c->line.n > 0)
        end_line(c, "names", c->width);
}

static void put_signs(struct card *c, const struct owner *o, const struct owners_source *from)
{
    for (int i = 0; i < OWNER_SIGNS; i++) {
        if (o->signs[i].count == 0)
            continue;
        owner_sign_text(&c->line, o, (enum owner_sign)i);
        end_line(c, "note", c->width);
        put_command(c, o, (enum owner_sign)i, from, "");
    }
}

static void put_owner(struct card *c, const struct owner *o, const struct owners_source *from,
                      bool has_events)
{
    put_title(c, o);
    put_provider(c, o);
    put_service(c, o);
    put_filters(c, o);
    put_layers(c, o);
    put_names(c, o);
    if (has_events) {
        buffer_number(&c->line, o->blocks);
        buffer_puts(&c->line, o->blocks == 1 ? " event" : " events");
        end_line(c, "blocked", c->width);
    }
    put_signs(c, o, from);
    put_command(c, o, OWNER_SIGNS, from, "show");
    buffer_puts(c->out, "\n");
}

static void put_plural(struct buffer *b, uint64_t n, const char *what)
{
    buffer_number(b, n);
    buffer_puts(b, what);
    buffer_puts(b, n == 1 ? "" : "s");
}

static void put_totals(struct buffer *b, const struct owners *o)
{
    put_plural(b, o->filters, " filter");
    if (o->providers > 0) {
        buffer_puts(b, " of ");
        put_plural(b, o->providers, " provider");
    }
    if (o->count > o->providers) {
        buffer_puts(b, o->providers > 0 ? ", and without one in " : " without a provider, in ");
        put_plural(b, o->count - o->providers, " sublayer");
    }
    buffer_puts(b, "\n");
    if (o->no_room > 0) {
        put_plural(b, o->no_room, " filter");
        buffer_puts(b, " of them not told of, as there are too many providers\n");
    }
    if (o->has_events) {
        put_plural(b, o->blocks, " event");
        buffer_puts(b, " refused, of which the filter is not among these: ");
        buffer_number(b, o->unknown);
        buffer_puts(b, "\n");
    }
}

void owners_put_text(struct buffer *b, const struct owners *o, const struct owners_source *from,
                     size_t width)
{
    struct card c = {.out = b, .width = width};
    for (size_t i = 0; i < o->count; i++)
        put_owner(&c, &o->list[i], from, o->has_events);
    put_totals(b, o);
    b->failed |= c.line.failed;
    buffer_free(&c.line);
}
