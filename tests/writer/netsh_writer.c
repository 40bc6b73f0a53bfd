/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/netsh_writer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ----------------------------------------------------------------------------------- */

static void put_n(struct netsh_writer *w, const char *s, size_t n)
{
    if (w->file != NULL) {
        if (fwrite(s, 1, n, w->file) != n)
            abort();
        w->size += n;
        return;
    }
    if (w->size + n + 1 > w->room) {
        w->room = 2 * (w->size + n + 1);
        w->text = realloc(w->text, w->room);
        if (w->text == NULL)
            abort();
    }
    memcpy(w->text + w->size, s, n);
    w->size += n;
    w->text[w->size] = 0;
}

static void put(struct netsh_writer *w, const char *s)
{
    put_n(w, s, strlen(s));
}

static void start_line(struct netsh_writer *w)
{
    for (int i = 0; i < w->depth && (w->options & NETSH_FLAT) == 0; i++)
        put(w, "\t");
}

static void end_line(struct netsh_writer *w)
{
    if ((w->options & NETSH_FLAT) == 0)
        put(w, (w->options & NETSH_CRLF) != 0 ? "\r\n" : "\n");
}

static void open_element(struct netsh_writer *w, const char *name)
{
    start_line(w);
    put(w, "<");
    put(w, name);
    put(w, ">");
    end_line(w);
    w->depth++;
}

static void close_element(struct netsh_writer *w, const char *name)
{
    w->depth--;
    start_line(w);
    put(w, "</");
    put(w, name);
    put(w, ">");
    end_line(w);
}

/* A list, which is an empty element when it has nothing. */
static bool open_list(struct netsh_writer *w, const char *name, size_t items)
{
    char start[64];
    (void)snprintf(start, sizeof start, items > 0 ? "<%s numItems=\"%zu\">" : "<%s/>", name, items);
    start_line(w);
    put(w, start);
    end_line(w);
    w->depth += items > 0;
    return items > 0;
}

/* CDATA cannot hold its own end, so that is written as two. */
static void put_cdata(struct netsh_writer *w, const char *s)
{
    const char *end;
    put(w, "<![CDATA[");
    while ((end = strstr(s, "]]>")) != NULL) {
        put_n(w, s, (size_t)(end - s) + 2);
        put(w, "]]><![CDATA[");
        s = end + 2;
    }
    put(w, s);
    put(w, "]]>");
}

static void leaf(struct netsh_writer *w, const char *name, const char *text)
{
    bool cdata = text != NULL && (strpbrk(text, "&<>") != NULL || (w->options & NETSH_CDATA) != 0);
    start_line(w);
    put(w, "<");
    put(w, name);
    if (text == NULL || text[0] == 0) {
        put(w, "/>");
        end_line(w);
        return;
    }
    put(w, ">");
    if (cdata)
        put_cdata(w, text);
    else
        put(w, text);
    put(w, "</");
    put(w, name);
    put(w, ">");
    end_line(w);
}

static void leaf_number(struct netsh_writer *w, const char *name, uint64_t v)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    leaf(w, name, text);
}

static void display(struct netsh_writer *w, const char *name, const char *description)
{
    open_element(w, "displayData");
    leaf(w, "name", name);
    leaf(w, "description", description);
    close_element(w, "displayData");
}

/* ---- values --------------------------------------------------------------------------------- */

/* ASCII text as UTF-16 with a NUL, in hexadecimal. */
static void put_wide(struct netsh_writer *w, const char *s)
{
    static const char digits[] = "0123456789abcdef";
    for (;; s++) {
        char unit[4] = {digits[(*s >> 4) & 15], digits[*s & 15], '0', '0'};
        put_n(w, unit, 4);
        if (*s == 0)
            return;
    }
}

static void blob(struct netsh_writer *w, const char *name, const char *text, bool is_hex)
{
    open_element(w, name);
    start_line(w);
    put(w, "<data>");
    if (is_hex)
        put(w, text);
    else
        put_wide(w, text);
    put(w, "</data>");
    end_line(w);
    leaf(w, "asString", "not.to.be.trusted");
    close_element(w, name);
}

static const char *element_of(const char *type)
{
    static const char *const names[][2] = {
        {"FWP_UINT8", "uint8"},
        {"FWP_UINT16", "uint16"},
        {"FWP_UINT32", "uint32"},
        {"FWP_UINT64", "uint64"},
        {"FWP_BYTE_ARRAY16_TYPE", "byteArray16"},
        {"FWP_SID", "sid"},
        {"FWP_SECURITY_DESCRIPTOR_TYPE", "sd"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(type, names[i][0]) == 0)
            return names[i][1];
    return "unicodeString";
}

static void range_end(struct netsh_writer *w, const char *name, const char *type, const char *value)
{
    open_element(w, name);
    leaf(w, "type", type);
    leaf(w, element_of(type), value);
    close_element(w, name);
}

static void mask(struct netsh_writer *w, const struct netsh_condition *c)
{
    bool v4 = strcmp(c->type, "FWP_V4_ADDR_MASK") == 0;
    open_element(w, v4 ? "v4AddrMask" : "v6AddrMask");
    leaf(w, "addr", c->value);
    leaf(w, v4 ? "mask" : "prefixLength", c->high);
    close_element(w, v4 ? "v4AddrMask" : "v6AddrMask");
}

static void condition(struct netsh_writer *w, const struct netsh_condition *c)
{
    open_element(w, "item");
    leaf(w, "fieldKey", c->field);
    leaf(w, "matchType", c->match);
    open_element(w, "conditionValue");
    leaf(w, "type", c->type);
    if (c->range_type != NULL) {
        open_element(w, "rangeValue");
        range_end(w, "valueLow", c->range_type, c->value);
        range_end(w, "valueHigh", c->range_type, c->high);
        close_element(w, "rangeValue");
    } else if (c->high[0] != 0) {
        mask(w, c);
    } else if (c->is_blob) {
        blob(w, "byteBlob", c->value, c->is_hex);
    } else if (c->value[0] != 0) {
        leaf(w, element_of(c->type), c->value);
    }
    close_element(w, "conditionValue");
    close_element(w, "item");
}

/* ---- filters -------------------------------------------------------------------------------- */

static void weight(struct netsh_writer *w, const struct netsh_made_filter *f)
{
    open_element(w, "weight");
    leaf(w, "type", f->weight_type);
    if (strcmp(f->weight_type, "FWP_EMPTY") != 0)
        leaf_number(w, element_of(f->weight_type), f->weight);
    close_element(w, "weight");
}

static void lists(struct netsh_writer *w, const struct netsh_made_filter *f)
{
    if (open_list(w, "filterCondition", f->condition_count)) {
        for (size_t i = 0; i < f->condition_count; i++)
            condition(w, &f->conditions[i]);
        close_element(w, "filterCondition");
    }
}

static void flags(struct netsh_writer *w, const struct netsh_made_filter *f)
{
    if (open_list(w, "flags", f->flag_count)) {
        for (size_t i = 0; i < f->flag_count; i++)
            leaf(w, "item", f->flags[i]);
        close_element(w, "flags");
    }
}

void netsh_add(struct netsh_writer *w, const struct netsh_made_filter *f)
{
    open_element(w, "item");
    leaf(w, "filterKey", f->key);
    display(w, f->name, f->description);
    flags(w, f);
    leaf(w, "providerKey", f->provider);
    leaf(w, "providerData", NULL);
    leaf(w, "layerKey", f->layer);
    leaf(w, "subLayerKey", f->sublayer);
    weight(w, f);
    lists(w, f);
    open_element(w, "action");
    leaf(w, "type", f->action);
    leaf(w, "filterType", f->callout);
    close_element(w, "action");
    if (f->context[0] != 0)
        leaf(w, "providerContextKey", f->context);
    else
        leaf_number(w, "rawContext", f->raw_context);
    leaf(w, "reserved", NULL);
    leaf_number(w, "filterId", f->id);
    open_element(w, "effectiveWeight");
    leaf(w, "type", "FWP_UINT64");
    leaf_number(w, "uint64", f->effective_weight);
    close_element(w, "effectiveWeight");
    close_element(w, "item");
}

/* ---- the dump ------------------------------------------------------------------------------- */

void netsh_begin(struct netsh_writer *w, uint32_t options, FILE *file, const char *time)
{
    *w = (struct netsh_writer){.file = file, .options = options};
    if ((options & NETSH_BOM) != 0)
        put(w, "\xEF\xBB\xBF");
    put(w, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>");
    end_line(w);
    open_element(w, (options & NETSH_STATE) != 0 ? "wfpstate" : "wfpdiag");
    if ((options & NETSH_STATE) != 0) {
        leaf(w, "timeStamp", time);
        open_element(w, "layers");
        open_element(w, "item");
        open_element(w, "layer");
        leaf(w, "layerKey", "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
        display(w, "A layer by another name", NULL);
        leaf(w, "layerId", "48");
        close_element(w, "layer");
    }
    open_element(w, "filters");
}

static void provider(struct netsh_writer *w)
{
    open_element(w, "providers");
    open_element(w, "item");
    leaf(w, "providerKey", "{aaaaaaaa-0000-0000-0000-000000000001}");
    display(w, "Some Agent", "An agent's filters");
    leaf(w, "flags", NULL);
    leaf(w, "providerData", NULL);
    leaf(w, "serviceName", "agent");
    close_element(w, "item");
    close_element(w, "providers");
}

static void context(struct netsh_writer *w, const struct netsh_made_filter *f)
{
    open_element(w, "item");
    leaf(w, "providerContextKey", f->context);
    display(w, "MPSSVC", "Stores filter origin");
    leaf(w, "flags", NULL);
    leaf(w, "providerKey", "FWPM_PROVIDER_MPSSVC_WF");
    leaf(w, "providerData", NULL);
    leaf(w, "type", "FWPM_GENERAL_CONTEXT");
    blob(w, "dataBuffer", f->origin, false);
    leaf_number(w, "providerContextId", f->id);
    close_element(w, "item");
}

static void contexts(struct netsh_writer *w, const struct netsh_made_filter *filters, size_t count)
{
    open_element(w, "providerContexts");
    for (size_t i = 0; i < count; i++)
        if (filters[i].origin[0] != 0)
            context(w, &filters[i]);
    close_element(w, "providerContexts");
}

void netsh_end(struct netsh_writer *w, const struct netsh_made_filter *filters, size_t count)
{
    close_element(w, "filters");
    if ((w->options & NETSH_STATE) != 0) {
        close_element(w, "item");
        close_element(w, "layers");
    }
    provider(w);
    if ((w->options & NETSH_STATE) != 0)
        contexts(w, filters, count);
    close_element(w, (w->options & NETSH_STATE) != 0 ? "wfpstate" : "wfpdiag");
    if ((w->options & NETSH_STATE) != 0)
        put(w, "<firewallState><dynamicKeywordAddresses/></firewallState>");
    end_line(w);
}

void netsh_free(struct netsh_writer *w)
{
    free(w->text);
    w->text = NULL;
}
