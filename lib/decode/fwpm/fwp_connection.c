/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/fwp_connection.h"

#include <string.h>

#include "decode/fwpm/net_event_body.h"

/* The member `name` is the union's in these alone (the documentation of IKEEXT_CREDENTIAL2). */
static bool has_name(const IKEEXT_CREDENTIAL2 *from)
{
    return (from->authenticationMethodType == IKEEXT_KERBEROS ||
            from->authenticationMethodType == IKEEXT_NTLM_V2) &&
           from->name != NULL && from->name->principalName != NULL;
}

static const char *take_name(const IKEEXT_CREDENTIAL2 *from, char *room)
{
    size_t n = 0;
    if (!has_name(from))
        return NULL;
    const uint16_t *name = from->name->principalName;
    while (n < FWP_CONNECTION_UNITS && name[n] != 0)
        n++;
    n = text_utf16(room, name, n);
    room[n] = 0;
    return n > 0 ? room : NULL;
}

/* An all-zero key is that of nothing. */
static const char *take_provider(const FWP_GUID *key, char *room)
{
    static const FWP_GUID zero = {0};
    if (key == NULL || memcmp(key, &zero, sizeof zero) == 0)
        return NULL;
    room[text_guid(room, key, false)] = 0;
    return room;
}

void fwp_connection_read(const FWPM_CONNECTION0 *from, struct fwp_connection *out)
{
    bool has_second = from->keyModuleType == IKEEXT_KEY_MODULE_AUTHIP;
    out->c = (wfpw_ipsec_connection){
        .size = sizeof out->c,
        .mode = from->ipsecTrafficModeType,
        .id = from->connectionId,
        .created = fwp_filetime(&from->startSysTime),
        .bytes_in = from->bytesTransferredIn,
        .bytes_out = from->bytesTransferredOut,
        .bytes = from->bytesTransferredTotal,
        .key_module = from->keyModuleType,
        .auth_method = from->mmPeer.authenticationMethodType,
        .second_auth_method = has_second ? from->emPeer.authenticationMethodType : UINT32_MAX,
        .cipher = from->mmCrypto.cipherAlgorithm.algoIdentifier,
        .integrity = from->mmCrypto.integrityAlgorithm.algoIdentifier,
        .dh_group = from->mmCrypto.dhGroup,
        .max_lifetime_s = from->mmCrypto.maxLifetimeSeconds,
        .provider = take_provider(from->providerKey, out->provider),
        .peer = take_name(&from->mmPeer, out->peer),
        .second_peer = has_second ? take_name(&from->emPeer, out->second_peer) : NULL,
    };
    (void)net_event_body_address(from->ipVersion, from->localV4Address, from->localV6Address,
                                 &out->c.local);
    (void)net_event_body_address(from->ipVersion, from->remoteV4Address, from->remoteV6Address,
                                 &out->c.remote);
}
