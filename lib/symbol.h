/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The symbols of the Windows headers, as netsh writes them: by text, by GUID, and the built-in
 * layers by their run-time id. The table is made by names/make_builtin.py.
 */
#ifndef WFPW_SYMBOL_H
#define WFPW_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SYMBOL_NONE = 0xFFFF, SYMBOL_LAYERS = 99, SYMBOL_LAYERS_STABLE = 56 };

/* The table's index of a symbol; SYMBOL_NONE when it is not there. */
uint16_t symbol_find(const char *s, size_t n);
uint16_t symbol_of_guid(const uint8_t guid[16]);
/* i is below symbol_count. */
uint16_t symbol_count(void);
const char *symbol_text(uint16_t i);
uint32_t symbol_number(uint16_t i);     /* of an enum or a flag; 0 when it has none */
const uint8_t *symbol_guid(uint16_t i); /* 16 bytes; zeros when it has none */

/* Key and display name of a built-in layer; NULL past the table. Ids below SYMBOL_LAYERS_STABLE are
 * the same on every Windows, the others as in Windows 11 22H2 to 25H2. */
const char *symbol_layer_key(uint32_t id);
const char *symbol_layer_name(uint32_t id);

#endif
