/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/options.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "input/suggestion.h"
#include "view/diagnostics.h"
#include "view/format.h"
#include "wfpwatch/wfpwatch.h"

/* ---- reading -------------------------------------------------------------------------------- */

/* The option of this name, which ends at an '='. */
static const struct option *find_option(const struct option *known, const char *argument, size_t n)
{
    for (; known->name != NULL; known++)
        if (strlen(known->name) == n && memcmp(known->name, argument, n) == 0)
            return known;
    return NULL;
}

static int report_bad(const struct arguments *a, const char *what, const char *argument)
{
    (void)diagnostics_usage(a->command, what, argument);
    return OPTION_BAD;
}

enum { COMMON_QUIET = 1, COMMON_JSON, COMMON_LOCAL, NAMES_MAX = 64 };
const struct option option_common[] = {
    {"--quiet", COMMON_QUIET, false},
    {"-q", COMMON_QUIET, false},
    {"--json", COMMON_JSON, false},
    {"--local", COMMON_LOCAL, false},
    {NULL, 0, false},
};

static int report_unknown(const struct arguments *a, const struct option *known,
                          const char *argument, size_t n)
{
    const char *names[NAMES_MAX];
    const struct option *tables[] = {known, option_common};
    struct buffer b = {0};
    size_t count = 0;
    for (size_t t = 0; t < 2; t++)
        for (const struct option *o = tables[t]; o->name != NULL && count < NAMES_MAX - 1; o++)
            if (strlen(o->name) > 2) /* those of one letter have a long name, too */
                names[count++] = o->name;
    names[count] = NULL;
    buffer_puts(&b, "unknown option '");
    buffer_text(&b, argument);
    buffer_puts(&b, "'");
    suggestion_put(&b, argument, n, "options:", names);
    buffer_put(&b, "", 1);
    (void)diagnostics_usage(a->command, b.failed ? "unknown option" : b.p, "");
    buffer_free(&b);
    return OPTION_BAD;
}

/* The value after '=', or the next argument. */
static int take_value(struct arguments *a, const struct option *o, const char *equals)
{
    if (!o->takes_value)
        return equals == NULL ? o->id : report_bad(a, "this option takes no value:", o->name);
    if (equals != NULL) {
        a->value = equals + 1;
        return o->id;
    }
    if (a->at == a->count)
        return report_bad(a, "a value is missing after", o->name);
    a->value = a->list[a->at++];
    return o->id;
}

/* --json is --format json, where there is a --format. */
static int take_common(struct arguments *a, const struct option *known, const struct option *common,
                       const char *equals)
{
    const struct option *format = find_option(known, "--format", strlen("--format"));
    if (equals != NULL)
        return report_bad(a, "this option takes no value:", common->name);
    if (common->id == COMMON_QUIET)
        diagnostics_be_quiet();
    if (common->id == COMMON_LOCAL)
        format_be_local();
    if (common->id != COMMON_JSON || format == NULL)
        return option_next(a, known);
    a->name = common->name;
    a->value = "json";
    return format->id;
}

int option_next(struct arguments *a, const struct option *known)
{
    if (a->at < a->count && !a->operands_only && strcmp(a->list[a->at], "--") == 0) {
        a->operands_only = true;
        a->at++;
    }
    if (a->at == a->count)
        return OPTION_END;
    const char *argument = a->list[a->at++], *equals = strchr(argument, '=');
    if (a->operands_only || argument[0] != '-' || argument[1] == 0) {
        a->value = argument;
        return OPTION_OPERAND;
    }
    size_t n = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    const struct option *o = find_option(known, argument, n);
    const struct option *common = o == NULL ? find_option(option_common, argument, n) : NULL;
    if (common != NULL)
        return take_common(a, known, common, equals);
    if (o == NULL)
        return report_unknown(a, known, argument, n);
    a->name = o->name;
    return take_value(a, o, equals);
}

/* ---- values --------------------------------------------------------------------------------- */

static bool report_wrong_value(const struct arguments *a, const char *wants)
{
    char what[160];
    (void)snprintf(what, sizeof what, "%s takes %s, not", a->name, wants);
    (void)diagnostics_usage(a->command, what, a->value[0] != 0 ? a->value : "nothing");
    return false;
}

bool option_word(const struct arguments *a, const char *const *words, int *out)
{
    char list[96] = "";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(a->value, words[i]) == 0) {
            *out = i;
            return true;
        }
        size_t n = strlen(list);
        const char *between = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        (void)snprintf(list + n, sizeof list - n, "%s%s", between, words[i]);
    }
    return report_wrong_value(a, list);
}

/* Decimal digits, as many as there are; *end is behind them. */
static bool read_digits(const char *s, uint64_t most, uint64_t *out, const char **end)
{
    uint64_t v = 0;
    *end = s;
    for (; *s >= '0' && *s <= '9'; s++) {
        uint64_t digit = (uint64_t)(*s - '0');
        if (digit > most || v > (most - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    bool some = s != *end;
    *end = s;
    *out = v;
    return some;
}

bool option_number(const struct arguments *a, uint64_t least, uint64_t most, uint64_t *out)
{
    char wants[96];
    const char *end;
    if (read_digits(a->value, most, out, &end) && *end == 0 && *out >= least)
        return true;
    if (most == UINT64_MAX)
        (void)snprintf(wants, sizeof wants, "a number from %llu on", (unsigned long long)least);
    else
        (void)snprintf(wants, sizeof wants, "a number from %llu to %llu", (unsigned long long)least,
                       (unsigned long long)most);
    return report_wrong_value(a, wants);
}

bool option_seconds(const struct arguments *a, uint64_t *ms)
{
    const char *end;
    uint64_t seconds, weight = 100;
    if (!read_digits(a->value, 1000000000, &seconds, &end))
        return report_wrong_value(a, "a number of seconds");
    *ms = seconds * 1000;
    if (*end == '.')
        for (end++; *end >= '0' && *end <= '9'; end++, weight /= 10)
            *ms += (uint64_t)(*end - '0') * weight;
    return *end == 0 || report_wrong_value(a, "a number of seconds");
}

bool option_zone(const struct arguments *a, const char **out)
{
    wfpw_options o = {.size = sizeof o, .log_zone = a->value};
    wfpw_session *s = NULL;
    bool good = wfpw_open(&o, &s, NULL) != WFPW_E_INVAL;
    wfpw_close(s);
    *out = a->value;
    return good || report_wrong_value(a, "UTC, local, or an offset such as +02:00");
}

bool option_guid(const struct arguments *a, const char **out)
{
    static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
    const char *p = a->value;
    size_t i = 0;
    while (form[i] != 0 && (form[i] == 'x' ? isxdigit((unsigned char)p[i]) != 0 : p[i] == form[i]))
        i++;
    *out = p;
    return (form[i] == 0 && p[i] == 0) || report_wrong_value(a, "a GUID in braces");
}
