/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Changes of the policy through the functions of fwpuclnt.dll, which the library never calls: the
 * stand-ins export them for programs that do (FwpmTransactionBegin0, FwpmFilterAdd0, ...). Each
 * takes the lock and returns the engine's code. */
#ifndef WFPW_SIM_CHANGE_H
#define WFPW_SIM_CHANGE_H

#include "os/system.h"

struct sim_session;

uint32_t sim_transaction_begin(void *ctx, void *engine);
uint32_t sim_transaction_commit(void *ctx, void *engine);
uint32_t sim_transaction_abort(void *ctx, void *engine);
/* raw: an FWPM_PROVIDER0, FWPM_SUBLAYER0 or FWPM_FILTER0, by the list; id: of a filter, may be
 * NULL. */
uint32_t sim_change_add(void *ctx, void *engine, enum system_list list, const void *raw,
                        uint64_t *id);
uint32_t sim_change_delete(void *ctx, void *engine, uint64_t filter_id);
/* A provider or sublayer that others name is FWP_E_IN_USE, one of Windows FWP_E_BUILTIN_OBJECT. */
uint32_t sim_change_delete_key(void *ctx, void *engine, enum system_list list, const FWP_GUID *key);

/* What was not committed is not done. The lock is held. */
void sim_changes_drop(struct sim_session *s);

#endif
