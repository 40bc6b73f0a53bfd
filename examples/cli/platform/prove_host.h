/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What 'wfpwatch prove' does to a host: filters in a dynamic session on ports of loopback that
 * nobody has, and what the program then does on its own loopback addresses. Filled by the system,
 * or by the simulator, which evaluates the filters itself.
 */
#ifndef PROVE_HOST_H
#define PROVE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "wfpwatch/sim.h"

/* Where a filter decides; which conditions it has there (never fewer):
 *   BIND      application, protocol, local address, local port
 *   LISTEN    application, local address, local port (the layer has no protocol: it is TCP's)
 *   ACCEPT    application, protocol, local address, local port
 *   CONNECT   application, protocol, remote address, remote port
 *   OUTBOUND  protocol, both addresses, remote port (the layer has no application) */
enum prove_layer { PROVE_BIND, PROVE_LISTEN, PROVE_ACCEPT, PROVE_CONNECT, PROVE_OUTBOUND };

struct prove_filter {
    const char *name;
    enum prove_layer layer;
    uint8_t family, protocol; /* 4 or 6; 6 (TCP) or 17 (UDP) */
    bool permits;
    uint16_t port;
};

/* Winsock's codes, which the simulator has, too. */
enum {
    PROVE_E_NO_FAMILY = 10047,  /* WSAEAFNOSUPPORT */
    PROVE_E_NO_ADDRESS = 10049, /* WSAEADDRNOTAVAIL */
    PROVE_E_TIMEOUT = 10060     /* and: what was sent did not arrive */
};

#define PROVE_PROVIDER "{7d1f0c52-3a86-4a1b-9e53-6c1c0a4f2b71}"
#define PROVE_SUBLAYER "{7d1f0c52-3a86-4a1b-9e53-6c1c0a4f2b72}"

struct prove_host {
    const struct prove_calls *calls;
    wfpw_sim *sim;    /* of the simulated one; else NULL */
    void *own;        /* of the system's */
    uint32_t code;    /* the system's, of the call that failed */
    char windows[32]; /* its version: "10.0.26100", "11 simulated" */
    char app[1040];   /* as events have this program: a device path; "" when it is not known */
    char user[192];   /* SID; "" when it is not known */
    uint64_t process; /* id */
};

/* Functions that can fail return NULL, or the name of the call that failed. */
struct prove_calls {
    /* A dynamic session with the provider and the sublayer. Everything goes with the session. */
    const char *(*open)(struct prove_host *h);
    const char *(*add)(struct prove_host *h, const struct prove_filter *f, uint64_t *id);
    const char *(*commit)(struct prove_host *h); /* of what was added since `open` */
    const char *(*remove)(struct prove_host *h, uint64_t id);
    void (*close)(struct prove_host *h);
    /* Whether provider or sublayer are there; `objects` gets their number. */
    const char *(*count_left)(struct prove_host *h, uint32_t *objects);
    /* Does what the filter is about. Returns 0 or Winsock's code; local_port: of the side that
     * connects, 0 when it is not known. */
    uint32_t (*attempt)(struct prove_host *h, const struct prove_filter *f, uint16_t *local_port);
    /* Whether nobody else has the filter's port, and this program may have it. */
    bool (*is_free)(struct prove_host *h, const struct prove_filter *f);
    /* Sends so many datagrams, each of a socket that is not used twice in a row. */
    void (*flood)(struct prove_host *h, const struct prove_filter *f, uint32_t count);
    uint64_t (*now)(struct prove_host *h); /* the clock of its events, a FILETIME */
    void (*free)(struct prove_host *h);
};

/* This host. false: it has no filtering engine, and `h->windows` says what it is. */
bool prove_host_system(struct prove_host *h);
/* A simulated one. windows: its version, for the report. */
void prove_host_sim(struct prove_host *h, wfpw_sim *sim, const char *windows);

#endif
