/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where in a dump of netsh an element stands: what its name means, by the element around it. */
#ifndef WFPW_NETSH_FILTER_SCHEMA_H
#define WFPW_NETSH_FILTER_SCHEMA_H

#include <stdint.h>

enum netsh_filter_element {
    SKIP, /* of no interest, with all below it */
    OUTSIDE,
    MAYBE, /* an element that may be an object, which its first child tells */
    STATE, /* <wfpstate> */
    TIME,
    /* elements that are an object */
    FILTER,
    LAYER,
    PROVIDER,
    SUBLAYER,
    CALLOUT,
    PROVIDER_CONTEXT,
    /* elements that hold others */
    DISPLAY,
    FLAGS,
    WEIGHT,
    EFFECTIVE,
    ACTION,
    CONDITIONS,
    CONDITION,
    CONDITION_VALUE,
    RANGE,
    LOW,
    HIGH,
    MASK,
    BLOB_VALUE,
    DATA_BUFFER,
    /* elements that hold text */
    KEY,
    NAME,
    DESCRIPTION,
    FLAG,
    PROVIDER_KEY,
    LAYER_KEY,
    SUBLAYER_KEY,
    CALLOUT_KEY,
    CONTEXT_KEY,
    SERVICE,
    CONTEXT_TYPE,
    CONTEXT_DATA,
    ACTION_TYPE,
    WEIGHT_TYPE,
    WEIGHT_VALUE,
    EFFECTIVE_VALUE,
    RAW_CONTEXT,
    ID,
    FIELD_KEY,
    MATCH_TYPE,
    VALUE_TYPE,
    VALUE_TEXT,
    VALUE_HIGH,
    ELEMENT_TYPE,
    BLOB_DATA,
    BLOB_STRING
};

/* The child of this name. *next: which child the parent's is expected to be next; starts as 0. */
enum netsh_filter_element netsh_child(enum netsh_filter_element parent, const char *name,
                                      uint8_t *next);
/* Which object an element is, by its first child; SKIP: a net event, which is read elsewhere;
 * OUTSIDE: none. */
enum netsh_filter_element netsh_object(const char *first);

#endif
