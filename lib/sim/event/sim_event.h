/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event as the script says it, and its raw form in any version. */
#ifndef WFPW_SIM_EVENT_H
#define WFPW_SIM_EVENT_H

#include <stdbool.h>

#include "base/text.h"
#include "os/fwp_types.h"
#include "wfpwatch/wfpwatch.h"

enum { SIM_TEXT_MAX = 2048, SIM_GROUPS_MAX = 8, SIM_BLOCKS_MAX = 64 };

struct sim_text {
    uint32_t n; /* units; 0: none */
    uint16_t units[SIM_TEXT_MAX];
};

struct sim_sid {
    size_t n; /* bytes; 0: none */
    uint8_t bytes[SID_BYTES_MAX];
};

struct sim_subnet {
    wfpw_endpoint low, high; /* high.family 0: a prefix, or one address when prefix is 255 */
    uint32_t prefix;
};

struct sim_event {
    uint32_t type;  /* FWPM_NET_EVENT_TYPE, or any number */
    uint32_t flags; /* FWPM_NET_EVENT_FLAG_*: by what was given */
    uint64_t time;
    uint32_t protocol, scope;
    wfpw_endpoint local, remote;
    struct sim_text app, enterprise, effective, vswitch;
    struct sim_sid user, package;
    uint64_t policy, filter;
    uint32_t layer, direction, loopback, reauth, original, current;
    uint32_t vswitch_source, vswitch_destination, capability;
    uint8_t local_mac[6], remote_mac[6];
    uint32_t media, iftype, ethertype, ndis, vlan, spi, status;
    uint64_t luid;
    wfpw_endpoint public_host, internal_host;
    uint32_t error, point, ike_flags, module, state, role, auth, traffic;
    uint64_t mm_id, mm_luid;
    uint8_t cert[20], context[16];
    bool has_context, blob_without_nul;
    struct sim_text local_principal, remote_principal;
    struct sim_text local_groups[SIM_GROUPS_MAX], remote_groups[SIM_GROUPS_MAX];
    uint32_t local_group_count, remote_group_count;
    struct sim_subnet local_subnet, remote_subnet;
    bool is_clean; /* zeros instead of garbage in what no flag covers */
};

/* A raw event: its struct and all that it points to, each a block of its own of the exact size, so
 * that a read past an end is found out. */
struct sim_image {
    void *event;
    struct {
        void *p;
        size_t n;
    } blocks[SIM_BLOCKS_MAX];
    uint32_t count;
    int filler;  /* of what is not set */
    bool failed; /* for want of memory */
};

/* An IPv4 address as Windows has it: a number. */
uint32_t sim_v4_of(const wfpw_endpoint *e);
/* Whether Windows would hand out this event in a struct of this version. */
bool sim_event_exists(const struct sim_event *ev, int version);
/* Makes FWPM_NET_EVENT<version>. What no flag covers is garbage, unless the event is clean. */
bool sim_image_make(struct sim_image *im, const struct sim_event *ev, int version);
/* Poisons every block and frees it. */
void sim_image_free(struct sim_image *im);

#endif
