/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/time_option.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "view/diagnostics.h"
#include "view/format.h"

enum { YEAR_FIRST = 1601, YEAR_LAST = 9999 };

static const uint64_t a_second = 10000000, a_day = UINT64_C(86400) * 10000000;
static const uint64_t seconds_1601_to_1970 = 11644473600;

/* Exactly `count` digits, and the character behind them unless that is 0. */
static bool read_number(const char **s, int count, char behind, unsigned *out)
{
    *out = 0;
    for (; count > 0; count--, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        *out = *out * 10 + (unsigned)(**s - '0');
    }
    if (behind != 0 && **s != behind)
        return false;
    *s += behind != 0;
    return true;
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* YYYY-MM-DD as days since 1601-01-01. */
static bool take_date(const char **s, uint64_t *day)
{
    unsigned year, month, in_month;
    if (!read_number(s, 4, '-', &year) || !read_number(s, 2, '-', &month) ||
        !read_number(s, 2, 0, &in_month) || year < YEAR_FIRST || year > YEAR_LAST || month < 1 ||
        month > 12 || in_month < 1 || in_month > days_of(year, month))
        return false;
    uint64_t years = year - YEAR_FIRST;
    *day = years * 365 + years / 4 - years / 100 + years / 400 + in_month - 1;
    for (unsigned m = 1; m < month; m++)
        *day += days_of(year, m);
    return true;
}

/* hh:mm, with :ss and .fff as there are. */
static bool take_clock(const char **s, uint64_t *units)
{
    unsigned hour, minute, second = 0;
    uint64_t fraction = 0, weight = a_second / 10;
    if (!read_number(s, 2, ':', &hour) || !read_number(s, 2, 0, &minute))
        return false;
    if (**s == ':' && ((*s)++, !read_number(s, 2, 0, &second)))
        return false;
    if (**s == '.')
        for ((*s)++; **s >= '0' && **s <= '9'; (*s)++, weight /= 10)
            fraction += (uint64_t)(**s - '0') * weight;
    *units = (hour * UINT64_C(3600) + minute * 60 + second) * a_second + fraction;
    return hour < 24 && minute < 60 && second < 60;
}

static bool take_time(struct time_option *w, const char *s)
{
    uint64_t day, units;
    if (!take_date(&s, &day) || (*s != 'T' && *s != ' '))
        return false;
    s++;
    if (!take_clock(&s, &units))
        return false;
    s += *s == 'Z';
    w->value = day * a_day + units;
    return *s == 0;
}

static bool read_age(const char *s, uint64_t *seconds)
{
    static const struct {
        char letter;
        uint32_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    uint64_t n = 0;
    const char *first = s;
    for (; *s >= '0' && *s <= '9' && n < 1000000; s++)
        n = n * 10 + (uint64_t)(*s - '0');
    for (size_t i = 0; s != first && i < sizeof units / sizeof *units; i++)
        if (s[0] == units[i].letter && s[1] == 0) {
            *seconds = n * units[i].seconds;
            return true;
        }
    return false;
}

static bool take_ago(struct time_option *w, const char *s)
{
    uint64_t seconds;
    if (!read_age(s, &seconds))
        return false;
    w->value = seconds * a_second;
    w->is_ago = true;
    return true;
}

bool time_option_span(const struct arguments *a, uint32_t *ms)
{
    uint64_t seconds;
    if (read_age(a->value, &seconds) && seconds != 0 && seconds <= INT32_MAX / 1000) {
        *ms = (uint32_t)seconds * 1000;
        return true;
    }
    (void)diagnostics_usage(a->command, "a time such as 30s, 10m or 2h is wanted, not", a->value);
    return false;
}

bool time_option_take(struct time_option *w, const struct arguments *a)
{
    *w = (struct time_option){.is_given = true};
    if (take_time(w, a->value) || take_ago(w, a->value))
        return true;
    (void)diagnostics_usage(a->command, "a time, or how long ago as 10m, is wanted, not", a->value);
    return false;
}

void time_option_text(char out[TIME_OPTION_TEXT], uint64_t time)
{
    char text[TIME_LENGTH + 1];
    format_utc(text, time);
    text[TIME_DATE] = 'T';
    (void)snprintf(out, TIME_OPTION_TEXT, "%s%04uZ", text, (unsigned)(time % 10000));
}

uint64_t time_option_time(const struct time_option *w, wfpw_sim *sim)
{
    uint64_t now = sim != NULL ? wfpw_sim_count(sim, WFPW_SIM_NOW)
                               : ((uint64_t)time(NULL) + seconds_1601_to_1970) * a_second;
    if (!w->is_given)
        return 0;
    if (!w->is_ago)
        return w->value != 0 ? w->value : 1;
    return w->value < now ? now - w->value : 1;
}
