/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A filter's condition in a script: its field, how it compares, and its value. */
#include <stdlib.h>
#include <string.h>

#include "codes/wfp_symbols.h"
#include "sim/script/sim_scene.h"

enum { SYMBOL_TEXT_MAX = 96 };

bool sim_string_read(const struct sim_word *w, struct sim_string *to)
{
    struct sim_text *text = malloc(sizeof *text);
    bool good = text != NULL && sim_field_text(w, text);
    free(to->units);
    *to = (struct sim_string){0};
    to->units = good ? malloc(((size_t)text->n + 1) * sizeof *to->units) : NULL;
    if (to->units != NULL) {
        to->n = text->n;
        memcpy(to->units, text->units, text->n * sizeof *to->units);
        to->units[to->n] = 0;
    }
    free(text);
    return to->units != NULL;
}

/* ---- keys ----------------------------------------------------------------------------------- */

static uint16_t wfp_symbol_with(const char *prefix, const char *s, size_t n)
{
    char text[SYMBOL_TEXT_MAX];
    size_t length = strlen(prefix);
    if (n > sizeof text - length)
        return WFP_SYMBOL_NONE;
    memcpy(text, prefix, length);
    memcpy(text + length, s, n);
    return wfp_symbol_find(text, length + n);
}

static bool guid_of(uint16_t symbol, FWP_GUID *key)
{
    if (symbol != WFP_SYMBOL_NONE)
        memcpy(key, wfp_symbol_guid(symbol), sizeof *key);
    return symbol != WFP_SYMBOL_NONE;
}

bool sim_key_read(const struct sim_word *w, const char *prefix, FWP_GUID *key)
{
    uint64_t id;
    struct sim_word name = *w;
    if (strcmp(prefix, "FWPM_LAYER_") == 0 && number_of(w, &id)) {
        const char *layer = id < WFP_SYMBOL_LAYERS ? wfp_symbol_layer_key((uint32_t)id) : "";
        name = (struct sim_word){layer, strlen(layer)};
    }
    if (text_parse_guid(name.p, name.n, (uint8_t *)key))
        return true;
    return guid_of(wfp_symbol_with("", name.p, name.n), key) ||
           guid_of(wfp_symbol_with(prefix, name.p, name.n), key);
}

/* "remote port": FWPM_CONDITION_IP_REMOTE_PORT. Its symbol, or NULL for a GUID. */
static bool read_field(const struct sim_word *w, FWP_GUID *key, const char **symbol)
{
    static const char *const prefixes[] = {"FWPM_CONDITION_", "FWPM_CONDITION_IP_",
                                           "FWPM_CONDITION_ALE_", ""};
    char text[SYMBOL_TEXT_MAX];
    *symbol = "";
    if (w->n > sizeof text)
        return false;
    for (size_t i = 0; i < w->n; i++) {
        bool is_lower = w->p[i] >= 'a' && w->p[i] <= 'z';
        text[i] = w->p[i] == ' ' ? '_' : is_lower ? (char)(w->p[i] - 'a' + 'A') : w->p[i];
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        uint16_t found = wfp_symbol_with(prefixes[i], text, w->n);
        if (guid_of(found, key)) {
            *symbol = wfp_symbol_text(found);
            return true;
        }
    }
    return text_parse_guid(w->p, w->n, (uint8_t *)key);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool read_address(const struct sim_word *w, uint64_t *v4, uint8_t v6[16], uint32_t *type)
{
    uint8_t addr[16], family;
    uint32_t scope;
    if (!text_parse_ip(w->p, w->n, addr, &family, &scope))
        return false;
    *type = family == 6 ? (uint32_t)FWP_BYTE_ARRAY16_TYPE : (uint32_t)FWP_UINT32;
    if (family == 6)
        memcpy(v6, addr, 16);
    else
        *v4 = (uint64_t)addr[0] << 24 | (uint64_t)addr[1] << 16 | (uint64_t)addr[2] << 8 | addr[3];
    return true;
}

/* What stands before and behind a character; false: it is not there. */
static bool split_word(const struct sim_word *w, char at, struct sim_word *low,
                       struct sim_word *high)
{
    const char *mark = memchr(w->p, at, w->n);
    if (mark == NULL)
        return false;
    *low = (struct sim_word){w->p, (size_t)(mark - w->p)};
    *high = (struct sim_word){mark + 1, w->n - low->n - 1};
    return true;
}

/* An address and its prefix as a network; an IPv4 one has a mask. */
static bool make_network(struct sim_condition *c)
{
    bool v6 = c->type == FWP_BYTE_ARRAY16_TYPE;
    c->type = v6 ? (uint32_t)FWP_V6_ADDR_MASK : (uint32_t)FWP_V4_ADDR_MASK;
    if (c->high > (v6 ? 128 : 32))
        return false;
    if (!v6)
        c->high = (uint32_t)(UINT64_C(0xFFFFFFFF) << (32 - c->high));
    return true;
}

/* 10.0.0.1, 10.0.0.0/8 or 10.0.0.1-10.0.0.9 */
static bool read_addresses(const struct sim_word *w, struct sim_condition *c)
{
    struct sim_word low = *w, high;
    uint32_t other;
    if (split_word(w, '/', &low, &high)) {
        if (!read_address(&low, &c->low, c->low_bytes, &c->type) || !number_of(&high, &c->high))
            return false;
        return make_network(c);
    }
    if (!split_word(w, '-', &low, &high))
        return read_address(w, &c->low, c->low_bytes, &c->type);
    c->type = FWP_RANGE_TYPE;
    return read_address(&low, &c->low, c->low_bytes, &c->element) &&
           read_address(&high, &c->high, c->high_bytes, &other) && other == c->element;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static uint32_t number_type(const char *field)
{
    return ends_with(field, "_PROTOCOL")    ? (uint32_t)FWP_UINT8
           : ends_with(field, "_PORT")      ? (uint32_t)FWP_UINT16
           : ends_with(field, "_INTERFACE") ? (uint32_t)FWP_UINT64
                                            : (uint32_t)FWP_UINT32;
}

static uint64_t most_of(uint32_t type)
{
    return type == FWP_UINT8    ? UINT8_MAX
           : type == FWP_UINT16 ? UINT16_MAX
           : type == FWP_UINT32 ? UINT32_MAX
                                : UINT64_MAX;
}

/* 80, or 80-90 */
static bool read_numbers(const struct sim_word *w, const char *field, struct sim_condition *c)
{
    struct sim_word low = *w, high;
    c->type = number_type(field);
    for (uint32_t i = 0; c->type == FWP_UINT8 && i < 256; i++) {
        if (w->n > 0 && word_is(w, wfpw_word(WFPW_LIST_PROTOCOL, i))) {
            c->low = i;
            return true;
        }
    }
    uint64_t most = most_of(c->type);
    if (!split_word(w, '-', &low, &high))
        return number_of(w, &c->low) && c->low <= most;
    c->element = c->type;
    c->type = FWP_RANGE_TYPE;
    return number_of(&low, &c->low) && number_of(&high, &c->high) && c->low <= most &&
           c->high <= most;
}

static bool read_value(const struct sim_word *w, const char *field, struct sim_condition *c)
{
    if (ends_with(field, "_ADDRESS"))
        return read_addresses(w, c);
    if (text_parse_sid(w->p, w->n, c->sid.bytes, &c->sid.n)) {
        c->type = FWP_SID;
        return true;
    }
    bool is_number = read_numbers(w, field, c);
    if (is_number || number_type(field) != FWP_UINT32)
        return is_number;
    c->type = ends_with(field, "_APP_ID") ? (uint32_t)FWP_BYTE_BLOB_TYPE
                                          : (uint32_t)FWP_UNICODE_STRING_TYPE;
    return sim_string_read(w, &c->text);
}

/* Where the field ends and the value starts. */
static bool find_match(const struct sim_word *w, struct sim_word *field, struct sim_word *value,
                       uint32_t *match)
{
    static const struct {
        const char *text;
        uint32_t match;
    } words[] = {
        {" = ", FWP_MATCH_EQUAL},
        {" != ", FWP_MATCH_NOT_EQUAL},
        {" in ", FWP_MATCH_RANGE},
        {" has ", FWP_MATCH_FLAGS_ALL_SET},
        {" > ", FWP_MATCH_GREATER},
        {" >= ", FWP_MATCH_GREATER_OR_EQUAL},
        {" < ", FWP_MATCH_LESS},
        {" <= ", FWP_MATCH_LESS_OR_EQUAL},
        {" is ", FWP_MATCH_EQUAL_CASE_INSENSITIVE},
    };
    for (size_t at = 0; at < w->n; at++) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t n = strlen(words[i].text);
            if (n > w->n - at || memcmp(w->p + at, words[i].text, n) != 0)
                continue;
            *field = (struct sim_word){w->p, at};
            *value = (struct sim_word){w->p + at + n, w->n - at - n};
            *match = words[i].match;
            return true;
        }
    }
    return false;
}

bool sim_condition_read(const struct sim_word *w, struct sim_condition *c)
{
    struct sim_word field, value;
    const char *symbol;
    return find_match(w, &field, &value, &c->match) && read_field(&field, &c->field, &symbol) &&
           read_value(&value, symbol, c);
}
