/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "tell_template.h"

#include <stdio.h>

enum { BYTES_MAX = 1024 };

typedef void (*tell_function)(const char *format, ...);

static void tell_memory(tell_function tell, const void *p, size_t n)
{
    char hex[2 * BYTES_MAX + 1] = "";
    for (size_t i = 0; i < n && i < BYTES_MAX; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", ((const uint8_t *)p)[i]);
    tell("memory %llx %s", (unsigned long long)(uintptr_t)p, hex);
}

/* What a value points to. */
static void tell_value(tell_function tell, const FWP_CONDITION_VALUE0 *v)
{
    switch (v->type) {
    case FWP_V4_ADDR_MASK:
        tell_memory(tell, v->v4AddrMask, sizeof *v->v4AddrMask);
        break;
    case FWP_V6_ADDR_MASK:
        tell_memory(tell, v->v6AddrMask, sizeof *v->v6AddrMask);
        break;
    case FWP_BYTE_ARRAY16_TYPE:
        tell_memory(tell, v->byteArray16, sizeof *v->byteArray16);
        break;
    case FWP_SID:
        tell_memory(tell, v->sid, 8 + 4 * (size_t)v->sid->SubAuthorityCount);
        break;
    case FWP_BYTE_BLOB_TYPE:
        tell_memory(tell, v->byteBlob, sizeof *v->byteBlob);
        tell_memory(tell, v->byteBlob->data, v->byteBlob->size);
        break;
    default:
        break;
    }
}

void tell_template(tell_function tell, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t)
{
    if (t == NULL)
        return;
    tell("template %llx", (unsigned long long)(uintptr_t)t);
    tell_memory(tell, t, sizeof *t);
    tell_memory(tell, t->filterCondition, t->numFilterConditions * sizeof *t->filterCondition);
    for (uint32_t i = 0; i < t->numFilterConditions; i++)
        tell_value(tell, &t->filterCondition[i].conditionValue);
}
