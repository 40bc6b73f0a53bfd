/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/question_option.h"

#include <string.h>

#include "view/diagnostics.h"

/* ---- addresses ------------------------------------------------------------------------------ */

/* A text with its end; every reader takes from its start. */
struct cursor {
    const char *at, *end;
};

/* 1 to `digits` decimal digits, at most `most`; no further digit may follow. */
static bool read_decimal(struct cursor *c, int digits, uint32_t most, uint32_t *out)
{
    const char *first = c->at;
    uint32_t n = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - first < digits; c->at++)
        n = n * 10 + (uint32_t)(*c->at - '0');
    *out = n;
    return c->at != first && n <= most && (c->at == c->end || *c->at < '0' || *c->at > '9');
}

static bool read_ipv4(struct cursor *c, uint8_t *out)
{
    for (int i = 0; i < 4; i++) {
        uint32_t n;
        if (i > 0 && (c->at == c->end || *c->at++ != '.'))
            return false;
        if (!read_decimal(c, 3, 255, &n))
            return false;
        out[i] = (uint8_t)n;
    }
    return true;
}

static int value_of_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 1 to 4 hexadecimal digits. */
static bool read_group(struct cursor *c, uint8_t *out)
{
    uint32_t n = 0;
    const char *first = c->at;
    for (; c->at < c->end && value_of_digit(*c->at) >= 0; c->at++)
        n = n << 4 | (uint32_t)value_of_digit(*c->at);
    out[0] = (uint8_t)(n >> 8);
    out[1] = (uint8_t)n;
    return c->at != first && c->at - first <= 4;
}

static bool is_double_colon(const struct cursor *c)
{
    return c->end - c->at >= 2 && c->at[0] == ':' && c->at[1] == ':';
}

/* What is between here and the next colon, or the end, has a dot. */
static bool is_dotted(const struct cursor *c)
{
    const char *p = c->at;
    while (p < c->end && *p != ':' && *p != '.')
        p++;
    return p < c->end && *p == '.';
}

/* One group, or the last two as an IPv4 address. *n: bytes so far. */
static bool read_part(struct cursor *c, uint8_t *to, int *n)
{
    bool dotted = is_dotted(c);
    if (*n > (dotted ? 12 : 14) || !(dotted ? read_ipv4(c, to + *n) : read_group(c, to + *n)))
        return false;
    *n += dotted ? 4 : 2;
    return !dotted || c->at == c->end;
}

/* RFC 4291 2.2, of exactly this text. */
static bool read_ipv6(struct cursor *c, uint8_t *out)
{
    uint8_t bytes[16] = {0};
    int n = 0, gap = -1;
    if (is_double_colon(c)) {
        c->at += 2;
        gap = 0;
    }
    while (c->at < c->end) {
        if (!read_part(c, bytes, &n))
            return false;
        if (c->at == c->end)
            break;
        if (gap < 0 && is_double_colon(c)) {
            c->at += 2;
            gap = n;
        } else if (*c->at++ != ':' || c->at == c->end) {
            return false;
        }
    }
    if (gap < 0 ? n != 16 : n > 14)
        return false;
    gap = gap < 0 ? n : gap;
    memcpy(out, bytes, (size_t)gap);
    memset(out + gap, 0, (size_t)(16 - n));
    memcpy(out + 16 - (n - gap), bytes + gap, (size_t)(n - gap));
    return true;
}

/* With a scope's number behind '%'. */
static bool read_address(struct cursor c, wfpw_endpoint *out)
{
    const char *percent = memchr(c.at, '%', (size_t)(c.end - c.at));
    if (memchr(c.at, ':', (size_t)(c.end - c.at)) == NULL) {
        out->family = 4;
        return read_ipv4(&c, out->addr) && c.at == c.end;
    }
    if (percent != NULL) {
        struct cursor scope = {percent + 1, c.end};
        if (!read_decimal(&scope, 9, UINT32_MAX, &out->scope_id) || scope.at != scope.end)
            return false;
        c.end = percent;
    }
    out->family = 6;
    return read_ipv6(&c, out->addr);
}

static bool read_port(struct cursor c, wfpw_endpoint *out)
{
    uint32_t port;
    if (!read_decimal(&c, 5, 65535, &port) || c.at != c.end || port == 0)
        return false;
    out->port = (uint16_t)port;
    return true;
}

bool question_option_endpoint(const char *text, wfpw_endpoint *out)
{
    size_t n = strlen(text);
    const char *end = text + n, *close = memchr(text, ']', n), *colon = memchr(text, ':', n);
    *out = (wfpw_endpoint){.port = 0};
    if (text[0] == '[') {
        if (close == NULL || memchr(text, ':', (size_t)(close - text)) == NULL ||
            !read_address((struct cursor){text + 1, close}, out))
            return false;
        return close + 1 == end ||
               (close[1] == ':' && read_port((struct cursor){close + 2, end}, out));
    }
    bool has_one = colon != NULL && memchr(colon + 1, ':', (size_t)(end - colon - 1)) == NULL;
    if (!has_one) /* no port: an IPv6 address with one has brackets */
        return read_address((struct cursor){text, end}, out);
    return (colon == text || read_address((struct cursor){text, colon}, out)) &&
           read_port((struct cursor){colon + 1, end}, out);
}

/* ---- options -------------------------------------------------------------------------------- */

bool question_option_remote(wfpw_question *q, const char *command, const char *text)
{
    if (question_option_endpoint(text, &q->remote))
        return true;
    (void)diagnostics_usage(command,
                            "an address is wanted (203.0.113.66:443, [2001:db8::1]:443), "
                            "not",
                            text);
    return false;
}

static bool take_local(wfpw_question *q, const struct arguments *a)
{
    if (question_option_endpoint(a->value, &q->local))
        return true;
    (void)diagnostics_usage(a->command, "an address or a port (:443) is wanted, not", a->value);
    return false;
}

static bool take_protocol(wfpw_question *q, const struct arguments *a)
{
    uint64_t number;
    for (uint32_t code = 1; code < 256; code++)
        if (strcmp(wfpw_word(WFPW_LIST_PROTOCOL, code), a->value) == 0) {
            q->protocol = code;
            return true;
        }
    bool good = option_number(a, 1, 255, &number);
    q->protocol = good ? (uint32_t)number : 0;
    return good;
}

static bool take_direction(wfpw_question *q, const struct arguments *a)
{
    static const char *const words[] = {"inbound", "outbound", NULL};
    int i;
    if (!option_word(a, words, &i))
        return false;
    q->direction = i == 0 ? WFPW_DIRECTION_INBOUND : WFPW_DIRECTION_OUTBOUND;
    return true;
}

bool question_option(wfpw_question *q, const struct arguments *a, int id)
{
    switch (id) {
    case QUESTION_APP:
        q->app = a->value;
        return true;
    case QUESTION_PID:
        return option_number(a, 1, UINT32_MAX, &q->process_id);
    case QUESTION_PROTOCOL:
        return take_protocol(q, a);
    case QUESTION_LOCAL:
        return take_local(q, a);
    case QUESTION_DIRECTION:
        return take_direction(q, a);
    default:
        return false;
    }
}
