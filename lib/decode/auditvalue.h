/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the value of an audit record's field means: numbers, codes of the message file, addresses. A
 * field has the type that its writer chose, text more often than not. */
#ifndef WFPW_AUDITVALUE_H
#define WFPW_AUDITVALUE_H

#include "record.h"

/* Only a short value can mean something. */
enum { AUDITVALUE_MAX = 128, AUDITVALUE_TEXT = 2 * AUDITVALUE_MAX + TEXT_SID_MAX };

/* A value as text, AUDITVALUE_TEXT bytes at most; 0 when it is long. */
size_t auditvalue_text(char *out, uint8_t type, const void *p, size_t n);

/* A number from any type, text included. */
bool auditvalue_number(uint8_t type, const void *p, size_t n, uint64_t *out);

/* "%%14592" is a code of the provider's message file; only its number is the same everywhere. */
bool auditvalue_code(uint8_t type, const void *p, size_t n, uint64_t *code);

/* An address; to is as it was when the value is none. */
bool auditvalue_address(uint8_t type, const void *p, size_t n, wfpw_endpoint *to);

#endif
