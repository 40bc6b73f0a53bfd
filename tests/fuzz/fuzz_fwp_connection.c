/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A connection object of any content, and its JSON. The first bytes are those of the struct, then
 * come the names; all that it points to lies in blocks of the exact size. What a union has of
 * another member is one byte: nothing of it may be read. */
#include "fuzz.h"

#include <stdlib.h>

#include "decode/fwpm/fwp_connection.h"
#include "sim/policy/sim_policy.h"

enum { JSON_MAX = 64 * 1024, NAME_MAX_BYTES = 4096 };

static struct fwp_connection out;
static char json[JSON_MAX];
static uint8_t bytes[NAME_MAX_BYTES + 2];

static void check(bool good)
{
    if (!good)
        abort();
}

static uint16_t *take_text(struct fuzz_input *in, struct sim_pieces *s)
{
    size_t n = fuzz_u16(in) % NAME_MAX_BYTES & ~(size_t)1;
    (void)fuzz_bytes(in, bytes, n);
    memset(bytes + n, 0, 2); /* the engine always ends text */
    return sim_piece_copy(s, bytes, n + 2);
}

static void take_credential(struct fuzz_input *in, struct sim_pieces *s, IKEEXT_CREDENTIAL2 *to)
{
    uint8_t form = fuzz_u8(in);
    bool has_name = to->authenticationMethodType == IKEEXT_KERBEROS ||
                    to->authenticationMethodType == IKEEXT_NTLM_V2;
    to->name = NULL;
    if (!has_name) {
        to->presharedKey = form == 0 ? NULL : sim_piece(s, 1);
        return;
    }
    IKEEXT_NAME_CREDENTIAL0 name = {.principalName = form == 1 ? NULL : take_text(in, s)};
    if (form != 0)
        to->name = sim_piece_copy(s, &name, sizeof name);
}

static FWPM_CONNECTION0 *take_connection(struct fuzz_input *in, struct sim_pieces *s)
{
    FWPM_CONNECTION0 c;
    FWP_GUID provider;
    (void)fuzz_bytes(in, &c, sizeof c);
    (void)fuzz_bytes(in, &provider, sizeof provider);
    c.providerKey = fuzz_u8(in) == 0 ? NULL : sim_piece_copy(s, &provider, sizeof provider);
    take_credential(in, s, &c.mmPeer);
    take_credential(in, s, &c.emPeer);
    return sim_piece_copy(s, &c, sizeof c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    struct sim_pieces s = {0};
    FWPM_CONNECTION0 *c = take_connection(&in, &s);
    check(c != NULL && !s.failed);
    fwp_connection_read(c, &out);
    sim_pieces_free(&s); /* nothing of it is still pointed to */
    size_t needed;
    int n = wfpw_ipsec_connection_to_json(&out.c, 0, json, sizeof json, &needed);
    check(n > 0 && (size_t)n == needed && json[0] == '{' && json[n - 1] == '}');
    check(wfpw_ipsec_connection_to_json(&out.c, 0, json, needed, NULL) == WFPW_E_RANGE);
    check(out.c.peer == NULL || out.c.peer[0] != 0);
    check((out.c.second_auth_method == UINT32_MAX) || out.c.key_module == IKEEXT_KEY_MODULE_AUTHIP);
    return 0;
}
