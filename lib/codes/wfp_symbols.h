/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The symbols of the Windows headers, as netsh writes them: by text, by GUID, and the built-in
 * layers by their run-time id. The table is made by codes/make_wfp_symbols.py.
 */
#ifndef WFPW_WFP_SYMBOLS_H
#define WFPW_WFP_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WFP_SYMBOL_NONE = 0xFFFF, WFP_SYMBOL_LAYERS = 99, WFP_SYMBOL_LAYERS_STABLE = 56 };

/* The table's index of a symbol; WFP_SYMBOL_NONE when it is not there. */
uint16_t wfp_symbol_find(const char *s, size_t n);
uint16_t wfp_symbol_of_guid(const uint8_t guid[16]);
/* i is below wfp_symbol_count. */
uint16_t wfp_symbol_count(void);
const char *wfp_symbol_text(uint16_t i);
uint32_t wfp_symbol_number(uint16_t i);     /* of an enum or a flag; 0 when it has none */
const uint8_t *wfp_symbol_guid(uint16_t i); /* 16 bytes; zeros when it has none */

/* Key and display name of a built-in layer; NULL past the table. Ids below WFP_SYMBOL_LAYERS_STABLE
 * are the same on every Windows, the others as in Windows 11 22H2 to 25H2. */
const char *wfp_symbol_layer_key(uint32_t id);
const char *wfp_symbol_layer_name(uint32_t id);

#endif
