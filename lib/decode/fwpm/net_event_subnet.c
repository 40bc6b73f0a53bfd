/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The text of a network or a range of addresses. */
#include "decode/fwpm/net_event_body.h"

static size_t v4_text(char *out, uint32_t v4)
{
    wfpw_endpoint e = {0};
    (void)net_event_body_address(FWP_IP_VERSION_V4, v4, NULL, &e);
    return text_ip(out, e.addr, e.family);
}

/* 10.0.0.0/8, or 10.0.0.0/255.0.255.0 when the mask is no prefix. */
static size_t v4_mask_text(char *out, const FWP_V4_ADDR_AND_MASK *v)
{
    size_t n = v4_text(out, v->addr);
    uint32_t bits = 0, rest = ~v->mask;
    out[n++] = '/';
    if ((rest & (rest + 1)) != 0)
        return n + v4_text(out + n, v->mask);
    while (bits < 32 && (v->mask & (0x80000000u >> bits)) != 0)
        bits++;
    return n + text_u64(out + n, bits);
}

/* FWP_VALUE0 and FWP_CONDITION_VALUE0 share these types. */
static size_t address_text(char *out, uint32_t type, uint32_t v4, const FWP_BYTE_ARRAY16 *v6)
{
    if (type == FWP_UINT32)
        return v4_text(out, v4);
    if (type == FWP_BYTE_ARRAY16_TYPE && v6 != NULL)
        return text_ip(out, v6->byteArray16, 6);
    return 0;
}

static size_t range_text(char *out, const FWP_RANGE0 *r)
{
    const FWP_VALUE0 *low = &r->valueLow, *high = &r->valueHigh;
    size_t n = address_text(out, low->type, low->uint32, low->byteArray16);
    out[n++] = '-';
    size_t more = address_text(out + n, high->type, high->uint32, high->byteArray16);
    return n == 1 || more == 0 ? 0 : n + more; /* of other things than addresses: none */
}

struct value net_event_body_subnet(struct record_builder *b, const FWP_CONDITION_VALUE0 *v)
{
    char text[2 * TEXT_IP_MAX + 4];
    size_t n = 0;
    if (v->type == FWP_V4_ADDR_MASK && v->v4AddrMask != NULL) {
        n = v4_mask_text(text, v->v4AddrMask);
    } else if (v->type == FWP_V6_ADDR_MASK && v->v6AddrMask != NULL) {
        n = text_ip(text, v->v6AddrMask->addr, 6);
        text[n++] = '/';
        n += text_u64(text + n, v->v6AddrMask->prefixLength);
    } else if (v->type == FWP_RANGE_TYPE && v->rangeValue != NULL) {
        n = range_text(text, v->rangeValue);
    } else {
        n = address_text(text, v->type, v->uint32, v->byteArray16);
    }
    return n == 0 ? (struct value){0} : record_put(b, VALUE_UTF8, text, n);
}
