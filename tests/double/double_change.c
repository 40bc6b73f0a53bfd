/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stand-in's functions that change the policy, and what the stand-in for Winsock asks of it. */
#include <stdio.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "double.h"
#include "sim/policy/sim_change.h"
#include "wfpwatch/sim.h"

DWORD WINAPI FwpmTransactionBegin0(void *engine, UINT32 flags);
DWORD WINAPI FwpmTransactionBegin0(void *engine, UINT32 flags)
{
    void *ctx;
    (void)double_policy(&ctx);
    (void)flags;
    return double_told("FwpmTransactionBegin0", "", sim_transaction_begin(ctx, engine));
}

DWORD WINAPI FwpmTransactionCommit0(void *engine);
DWORD WINAPI FwpmTransactionCommit0(void *engine)
{
    void *ctx;
    (void)double_policy(&ctx);
    return double_told("FwpmTransactionCommit0", "", sim_transaction_commit(ctx, engine));
}

DWORD WINAPI FwpmTransactionAbort0(void *engine);
DWORD WINAPI FwpmTransactionAbort0(void *engine)
{
    void *ctx;
    (void)double_policy(&ctx);
    return double_told("FwpmTransactionAbort0", "", sim_transaction_abort(ctx, engine));
}

DWORD WINAPI FwpmProviderAdd0(void *engine, const FWPM_PROVIDER0 *p, void *sd);
DWORD WINAPI FwpmProviderAdd0(void *engine, const FWPM_PROVIDER0 *p, void *sd)
{
    void *ctx;
    (void)double_policy(&ctx);
    (void)sd;
    return double_told("FwpmProviderAdd0", "",
                       sim_change_add(ctx, engine, LIST_PROVIDERS, p, NULL));
}

DWORD WINAPI FwpmSubLayerAdd0(void *engine, const FWPM_SUBLAYER0 *s, void *sd);
DWORD WINAPI FwpmSubLayerAdd0(void *engine, const FWPM_SUBLAYER0 *s, void *sd)
{
    void *ctx;
    (void)double_policy(&ctx);
    (void)sd;
    return double_told("FwpmSubLayerAdd0", "",
                       sim_change_add(ctx, engine, LIST_SUBLAYERS, s, NULL));
}

DWORD WINAPI FwpmFilterAdd0(void *engine, const FWPM_FILTER0 *f, void *sd, UINT64 *id);
DWORD WINAPI FwpmFilterAdd0(void *engine, const FWPM_FILTER0 *f, void *sd, UINT64 *id)
{
    void *ctx;
    char what[64];
    uint64_t given = 0;
    (void)double_policy(&ctx);
    (void)sd;
    uint32_t code = sim_change_add(ctx, engine, LIST_FILTERS, f, &given);
    (void)snprintf(what, sizeof what, " conditions=%u id=%llu", f->numFilterConditions,
                   (unsigned long long)given);
    if (code == 0 && id != NULL)
        *id = given;
    return double_told("FwpmFilterAdd0", what, code);
}

DWORD WINAPI FwpmFilterDeleteById0(void *engine, UINT64 id);
DWORD WINAPI FwpmFilterDeleteById0(void *engine, UINT64 id)
{
    void *ctx;
    (void)double_policy(&ctx);
    return double_told("FwpmFilterDeleteById0", "", sim_change_delete(ctx, engine, id));
}

#define DELETE_BY_KEY(noun, list)                                                                  \
    DWORD WINAPI Fwpm##noun##DeleteByKey0(void *engine, const FWP_GUID *key);                      \
    DWORD WINAPI Fwpm##noun##DeleteByKey0(void *engine, const FWP_GUID *key)                       \
    {                                                                                              \
        void *ctx;                                                                                 \
        (void)double_policy(&ctx);                                                                 \
        return double_told("Fwpm" #noun "DeleteByKey0", "",                                        \
                           sim_change_delete_key(ctx, engine, list, key));                         \
    }
DELETE_BY_KEY(Provider, LIST_PROVIDERS)
DELETE_BY_KEY(SubLayer, LIST_SUBLAYERS)
DELETE_BY_KEY(Filter, LIST_FILTERS)

/* Not Windows': what the stand-ins for the event log's libraries use, too. */
wfpw_sim *WINAPI DoubleSimulator(void);
wfpw_sim *WINAPI DoubleSimulator(void)
{
    void *ctx;
    (void)double_policy(&ctx);
    return ctx;
}

/* Not Windows': a command of the script language; returns what became of a program's call. */
uint32_t WINAPI DoublePlay(const char *command);
uint32_t WINAPI DoublePlay(const char *command)
{
    void *ctx;
    wfpw_error e;
    (void)double_policy(&ctx);
    if (wfpw_sim_play(ctx, command, &e) != WFPW_OK)
        return double_told("DoublePlay", e.text, 10022); /* WSAEINVAL */
    return (uint32_t)wfpw_sim_count(ctx, WFPW_SIM_SOCKET_ERROR);
}
