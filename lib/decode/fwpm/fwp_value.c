/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/fwp_value.h"

#include "codes/wfp_symbols.h"
#include "decode/fwpm/sddl.h"

policy_object_text fwp_value_string(struct policy_object_builder *b, const uint16_t *s)
{
    size_t n = 0;
    while (s != NULL && n <= POLICY_OBJECT_WIDE_MAX && s[n] != 0)
        n++;
    return n > 0 ? policy_object_put_wide(b, s, n) : 0;
}

/* ---- enumerations --------------------------------------------------------------------------- */

static policy_object_text put_u64(struct policy_object_builder *b, uint64_t v)
{
    char text[TEXT_U64_MAX];
    return policy_object_put(b, text, text_u64(text, v));
}

static policy_object_text put_i64(struct policy_object_builder *b, int64_t v)
{
    char text[TEXT_U64_MAX];
    return policy_object_put(b, text, text_i64(text, v));
}

static policy_object_text put_name(struct policy_object_builder *b, const char *const *names,
                                   size_t count, uint32_t v)
{
    if (v >= count || names[v] == NULL)
        return put_u64(b, v);
    return policy_object_put_key(b, names[v], strlen(names[v]));
}

#define PUT_NAME(b, names, v) put_name(b, names, sizeof(names) / sizeof *(names), v)

policy_object_text fwp_value_type(struct policy_object_builder *b, uint32_t type)
{
    static const char *const single[] = {
        [FWP_EMPTY] = "FWP_EMPTY",
        [FWP_UINT8] = "FWP_UINT8",
        [FWP_UINT16] = "FWP_UINT16",
        [FWP_UINT32] = "FWP_UINT32",
        [FWP_UINT64] = "FWP_UINT64",
        [FWP_INT8] = "FWP_INT8",
        [FWP_INT16] = "FWP_INT16",
        [FWP_INT32] = "FWP_INT32",
        [FWP_INT64] = "FWP_INT64",
        [FWP_FLOAT] = "FWP_FLOAT",
        [FWP_DOUBLE] = "FWP_DOUBLE",
        [FWP_BYTE_ARRAY16_TYPE] = "FWP_BYTE_ARRAY16_TYPE",
        [FWP_BYTE_BLOB_TYPE] = "FWP_BYTE_BLOB_TYPE",
        [FWP_SID] = "FWP_SID",
        [FWP_SECURITY_DESCRIPTOR_TYPE] = "FWP_SECURITY_DESCRIPTOR_TYPE",
        [FWP_TOKEN_INFORMATION_TYPE] = "FWP_TOKEN_INFORMATION_TYPE",
        [FWP_TOKEN_ACCESS_INFORMATION_TYPE] = "FWP_TOKEN_ACCESS_INFORMATION_TYPE",
        [FWP_UNICODE_STRING_TYPE] = "FWP_UNICODE_STRING_TYPE",
        [FWP_BYTE_ARRAY6_TYPE] = "FWP_BYTE_ARRAY6_TYPE",
    };
    static const char *const several[] = {"FWP_V4_ADDR_MASK", "FWP_V6_ADDR_MASK", "FWP_RANGE_TYPE"};
    bool is_several = type >= FWP_V4_ADDR_MASK && type <= FWP_RANGE_TYPE;
    return is_several ? PUT_NAME(b, several, type - FWP_V4_ADDR_MASK) : PUT_NAME(b, single, type);
}

policy_object_text fwp_value_match(struct policy_object_builder *b, uint32_t match)
{
    static const char *const names[] = {
        [FWP_MATCH_EQUAL] = "FWP_MATCH_EQUAL",
        [FWP_MATCH_GREATER] = "FWP_MATCH_GREATER",
        [FWP_MATCH_LESS] = "FWP_MATCH_LESS",
        [FWP_MATCH_GREATER_OR_EQUAL] = "FWP_MATCH_GREATER_OR_EQUAL",
        [FWP_MATCH_LESS_OR_EQUAL] = "FWP_MATCH_LESS_OR_EQUAL",
        [FWP_MATCH_RANGE] = "FWP_MATCH_RANGE",
        [FWP_MATCH_FLAGS_ALL_SET] = "FWP_MATCH_FLAGS_ALL_SET",
        [FWP_MATCH_FLAGS_ANY_SET] = "FWP_MATCH_FLAGS_ANY_SET",
        [FWP_MATCH_FLAGS_NONE_SET] = "FWP_MATCH_FLAGS_NONE_SET",
        [FWP_MATCH_EQUAL_CASE_INSENSITIVE] = "FWP_MATCH_EQUAL_CASE_INSENSITIVE",
        [FWP_MATCH_NOT_EQUAL] = "FWP_MATCH_NOT_EQUAL",
        [FWP_MATCH_PREFIX] = "FWP_MATCH_PREFIX",
        [FWP_MATCH_NOT_PREFIX] = "FWP_MATCH_NOT_PREFIX",
    };
    return PUT_NAME(b, names, match);
}

/* The symbol with the number that the headers give it. */
policy_object_text fwp_value_action(struct policy_object_builder *b, uint32_t action)
{
    static const char *const names[] = {
        "FWP_ACTION_BLOCK",
        "FWP_ACTION_PERMIT",
        "FWP_ACTION_CALLOUT_TERMINATING",
        "FWP_ACTION_CALLOUT_INSPECTION",
        "FWP_ACTION_CALLOUT_UNKNOWN",
        "FWP_ACTION_CONTINUE",
        "FWP_ACTION_NONE",
        "FWP_ACTION_NONE_NO_MATCH",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint16_t symbol = wfp_symbol_find(names[i], strlen(names[i]));
        if (symbol != WFP_SYMBOL_NONE && wfp_symbol_number(symbol) == action)
            return POLICY_OBJECT_SYMBOL | symbol;
    }
    return put_u64(b, action);
}

policy_object_text fwp_value_context_type(struct policy_object_builder *b, uint32_t type)
{
    static const char *const names[] = {
        [FWPM_IPSEC_KEYING_CONTEXT] = "FWPM_IPSEC_KEYING_CONTEXT",
        [FWPM_IPSEC_IKE_QM_TRANSPORT_CONTEXT] = "FWPM_IPSEC_IKE_QM_TRANSPORT_CONTEXT",
        [FWPM_IPSEC_IKE_QM_TUNNEL_CONTEXT] = "FWPM_IPSEC_IKE_QM_TUNNEL_CONTEXT",
        [FWPM_IPSEC_AUTHIP_QM_TRANSPORT_CONTEXT] = "FWPM_IPSEC_AUTHIP_QM_TRANSPORT_CONTEXT",
        [FWPM_IPSEC_AUTHIP_QM_TUNNEL_CONTEXT] = "FWPM_IPSEC_AUTHIP_QM_TUNNEL_CONTEXT",
        [FWPM_IPSEC_IKE_MM_CONTEXT] = "FWPM_IPSEC_IKE_MM_CONTEXT",
        [FWPM_IPSEC_AUTHIP_MM_CONTEXT] = "FWPM_IPSEC_AUTHIP_MM_CONTEXT",
        [FWPM_CLASSIFY_OPTIONS_CONTEXT] = "FWPM_CLASSIFY_OPTIONS_CONTEXT",
        [FWPM_GENERAL_CONTEXT] = "FWPM_GENERAL_CONTEXT",
        [FWPM_IPSEC_IKEV2_QM_TUNNEL_CONTEXT] = "FWPM_IPSEC_IKEV2_QM_TUNNEL_CONTEXT",
        [FWPM_IPSEC_IKEV2_MM_CONTEXT] = "FWPM_IPSEC_IKEV2_MM_CONTEXT",
        [FWPM_IPSEC_DOSP_CONTEXT] = "FWPM_IPSEC_DOSP_CONTEXT",
        [FWPM_IPSEC_IKEV2_QM_TRANSPORT_CONTEXT] = "FWPM_IPSEC_IKEV2_QM_TRANSPORT_CONTEXT",
    };
    return PUT_NAME(b, names, type);
}

/* ---- single values -------------------------------------------------------------------------- */

bool fwp_value_number(const FWP_VALUE0 *v, uint64_t *out)
{
    switch (v->type) {
    case FWP_UINT8:
        *out = v->uint8;
        return true;
    case FWP_UINT16:
        *out = v->uint16;
        return true;
    case FWP_UINT32:
        *out = v->uint32;
        return true;
    case FWP_UINT64:
        if (v->uint64 != NULL)
            *out = *v->uint64;
        return v->uint64 != NULL;
    default:
        return false;
    }
}

static policy_object_text put_v4(struct policy_object_builder *b, uint32_t host_order)
{
    char text[TEXT_IP_MAX];
    uint8_t bytes[4];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(host_order >> (24 - 8 * i));
    return policy_object_put(b, text, text_ip(text, bytes, 4));
}

static policy_object_text put_v6(struct policy_object_builder *b, const uint8_t addr[16])
{
    char text[TEXT_IP_MAX];
    return policy_object_put(b, text, text_ip(text, addr, 6));
}

static policy_object_text put_mac(struct policy_object_builder *b, const uint8_t addr[6])
{
    static const char digits[] = "0123456789abcdef";
    char text[18];
    for (size_t i = 0; i < 6; i++) {
        text[3 * i] = digits[addr[i] >> 4];
        text[3 * i + 1] = digits[addr[i] & 15];
        text[3 * i + 2] = ':';
    }
    return policy_object_put(b, text, sizeof text - 1);
}

static policy_object_text put_sid(struct policy_object_builder *b, const FWP_SID_STRUCT *sid)
{
    char text[TEXT_SID_MAX];
    if (sid->SubAuthorityCount > (SID_BYTES_MAX - 8) / 4)
        return 0;
    return policy_object_put(b, text, text_sid(text, sid, 8 + (size_t)sid->SubAuthorityCount * 4));
}

static policy_object_text put_real(struct policy_object_builder *b, uint8_t type, const void *p,
                                   size_t n)
{
    char text[64];
    return policy_object_put(b, text, text_value(text, type, p, n));
}

static policy_object_text put_signed(struct policy_object_builder *b, const FWP_VALUE0 *v)
{
    int64_t number = v->type == FWP_INT8    ? v->int8
                     : v->type == FWP_INT16 ? v->int16
                     : v->type == FWP_INT32 ? v->int32
                                            : *v->int64;
    return put_i64(b, number);
}

/* Where netsh writes a 32-bit number as an address: FWPM_CONDITION_IP_REMOTE_ADDRESS, ..._V4. */
static bool is_address(policy_object_text field)
{
    static const char end[] = "_ADDRESS", end_v4[] = "_ADDRESS_V4";
    if ((field & POLICY_OBJECT_SYMBOL) == 0)
        return false;
    const char *text = wfp_symbol_text((uint16_t)(field & ~POLICY_OBJECT_SYMBOL));
    size_t n = strlen(text);
    return (n >= sizeof end && strcmp(text + n - (sizeof end - 1), end) == 0) ||
           (n >= sizeof end_v4 && strcmp(text + n - (sizeof end_v4 - 1), end_v4) == 0);
}

/* From FWP_UINT64 on most values are behind a pointer. */
static bool is_behind(uint32_t type)
{
    return type == FWP_UINT64 || type == FWP_INT64 ||
           (type >= FWP_DOUBLE && type <= FWP_BYTE_ARRAY6_TYPE);
}

/* A value that can be an end of a range, too. */
static policy_object_text put_single(struct policy_object_builder *b, policy_object_text field,
                                     const FWP_VALUE0 *v)
{
    uint64_t number;
    if (is_behind(v->type) && v->uint64 == NULL)
        return 0;
    switch (v->type) {
    case FWP_UINT32:
        return is_address(field) ? put_v4(b, v->uint32) : put_u64(b, v->uint32);
    case FWP_INT8:
    case FWP_INT16:
    case FWP_INT32:
    case FWP_INT64:
        return put_signed(b, v);
    case FWP_FLOAT:
        return put_real(b, VALUE_F32, &v->float32, sizeof v->float32);
    case FWP_DOUBLE:
        return put_real(b, VALUE_F64, v->double64, sizeof *v->double64);
    case FWP_BYTE_ARRAY16_TYPE:
        return put_v6(b, v->byteArray16->byteArray16);
    case FWP_BYTE_ARRAY6_TYPE:
        return put_mac(b, v->byteArray6->byteArray6);
    case FWP_SID:
        return put_sid(b, v->sid);
    case FWP_UNICODE_STRING_TYPE:
        return fwp_value_string(b, v->unicodeString);
    default:
        return fwp_value_number(v, &number) ? put_u64(b, number) : 0;
    }
}

/* ---- conditions ----------------------------------------------------------------------------- */

static void put_hex(struct policy_object_builder *b, struct policy_object_condition *c,
                    const FWP_BYTE_BLOB *v)
{
    c->value = policy_object_put_hex(b, v->data, v->size);
    c->flags |= POLICY_OBJECT_VALUE_HEX;
}

/* Text, as an application's path is, or hexadecimal. */
static void put_blob(struct policy_object_builder *b, struct policy_object_condition *c,
                     const FWP_BYTE_BLOB *v)
{
    if (v == NULL || v->data == NULL || v->size == 0)
        return;
    c->value = policy_object_put_data(b, v->data, v->size);
    if (c->value == 0)
        put_hex(b, c, v);
}

static void put_descriptor(struct policy_object_builder *b, struct policy_object_condition *c,
                           const FWP_BYTE_BLOB *v)
{
    if (v == NULL || v->data == NULL || v->size == 0)
        return;
    c->value = policy_object_put_room(
        b, sddl_write(policy_object_room(b), POLICY_OBJECT_ROOM, v->data, v->size));
    if (c->value == 0)
        put_hex(b, c, v);
}

static void put_range(struct policy_object_builder *b, struct policy_object_condition *c,
                      const FWP_RANGE0 *v)
{
    if (v == NULL)
        return;
    c->element = fwp_value_type(b, v->valueLow.type);
    c->value = put_single(b, c->field, &v->valueLow);
    c->high = put_single(b, c->field, &v->valueHigh);
}

/* Such a value has the members of FWP_VALUE0, and three more. */
static FWP_VALUE0 single_of(const FWP_CONDITION_VALUE0 *v)
{
    FWP_VALUE0 single;
    _Static_assert(sizeof single == sizeof *v, "both are a type and a union");
    memcpy(&single, v, sizeof single);
    return single;
}

void fwp_value_condition(struct policy_object_builder *b, struct policy_object_condition *c,
                         const FWP_CONDITION_VALUE0 *v)
{
    FWP_VALUE0 single = single_of(v);
    c->type = fwp_value_type(b, v->type);
    switch (v->type) {
    case FWP_BYTE_BLOB_TYPE:
    case FWP_TOKEN_ACCESS_INFORMATION_TYPE:
        put_blob(b, c, v->byteBlob);
        break;
    case FWP_SECURITY_DESCRIPTOR_TYPE:
        put_descriptor(b, c, v->sd);
        break;
    case FWP_V4_ADDR_MASK:
        if (v->v4AddrMask != NULL) {
            c->value = put_v4(b, v->v4AddrMask->addr);
            c->high = put_v4(b, v->v4AddrMask->mask);
        }
        break;
    case FWP_V6_ADDR_MASK:
        if (v->v6AddrMask != NULL) {
            c->value = put_v6(b, v->v6AddrMask->addr);
            c->high = put_u64(b, v->v6AddrMask->prefixLength);
        }
        break;
    case FWP_RANGE_TYPE:
        put_range(b, c, v->rangeValue);
        break;
    default:
        c->value = put_single(b, c->field, &single);
        break;
    }
}
