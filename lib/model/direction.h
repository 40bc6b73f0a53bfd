/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A record's direction: what its field says, corrected by its layer. */
#ifndef WFPW_DIRECTION_H
#define WFPW_DIRECTION_H

#include "model/record.h"

/* Sets direction_from, and the direction where the layer is for one direction only and the record
 * says another one or none. */
void direction_decide(struct record *r);
/* The direction of the layer where it takes the place of the one that the event tells; 0: it does
 * not. */
uint8_t direction_by_layer(uint32_t layer, uint8_t told);

#endif
