/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What this program does on its own loopback addresses: both ends are its own, so that what is not
 * blocked succeeds. */
#include <string.h>

#include "platform/prove_win.h"

enum { CONNECT_MS = 1000, ARRIVE_MS = 300, TCP = 6, BACKLOG = 1 };

static const char *const names[] = {"WSAStartup",  "WSACleanup",  "WSAGetLastError", "socket",
                                    "bind",        "listen",      "connect",         "sendto",
                                    "recv",        "getsockname", "getsockopt",      "setsockopt",
                                    "ioctlsocket", "select",      "closesocket"};
_Static_assert(sizeof(struct prove_winsock) == sizeof names, "a name for each function");

bool prove_winsock_open(struct prove_winsock *w)
{
    WSADATA data;
    return prove_load(L"ws2_32.dll", names, sizeof names / sizeof *names, w) &&
           w->WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

void prove_winsock_close(struct prove_winsock *w)
{
    (void)w->WSACleanup();
}

/* ---- addresses ------------------------------------------------------------------------------ */

/* In the order of the network. */
static uint16_t network_order(uint16_t port)
{
    return (uint16_t)(port << 8 | port >> 8);
}

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    int n;
};

static void loopback_address(struct address *a, uint8_t family, uint16_t port)
{
    memset(a, 0, sizeof *a);
    if (family == 6) {
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = network_order(port);
        a->v6.sin6_addr.s6_addr[15] = 1;
        a->n = sizeof a->v6;
        return;
    }
    a->v4.sin_family = AF_INET;
    a->v4.sin_port = network_order(port);
    a->v4.sin_addr.S_un.S_un_b.s_b1 = 127;
    a->v4.sin_addr.S_un.S_un_b.s_b4 = 1;
    a->n = sizeof a->v4;
}

static uint16_t port_of(const struct prove_winsock *w, SOCKET s)
{
    struct address a = {.n = sizeof a.v6};
    if (w->getsockname(s, &a.any, &a.n) != 0)
        return 0;
    return network_order(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

/* ---- sockets -------------------------------------------------------------------------------- */

static uint32_t last_error(const struct prove_winsock *w)
{
    int error = w->WSAGetLastError();
    return error != 0 ? (uint32_t)error : PROVE_E_TIMEOUT;
}

/* Bound to this port of loopback (0: any), and listening if so wanted. */
static uint32_t open_bound(const struct prove_winsock *w, const struct prove_filter *f,
                           uint16_t port, bool listens, SOCKET *s)
{
    struct address a;
    bool tcp = f->protocol == TCP;
    loopback_address(&a, f->family, port);
    *s = w->socket(f->family == 6 ? AF_INET6 : AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (*s == INVALID_SOCKET)
        return last_error(w);
    if (w->bind(*s, &a.any, a.n) == 0 && (!listens || w->listen(*s, BACKLOG) == 0))
        return 0;
    uint32_t error = last_error(w);
    (void)w->closesocket(*s);
    *s = INVALID_SOCKET;
    return error;
}

/* The set has room for one socket, as fd_set does with FD_SET, but without its linked function. */
static void set_of(fd_set *set, SOCKET s)
{
    set->fd_count = 1;
    set->fd_array[0] = s;
}

/* How a connection that was begun ends. */
static uint32_t wait_connected(const struct prove_winsock *w, SOCKET s)
{
    const struct timeval wait = {CONNECT_MS / 1000, 0};
    fd_set writable, failed;
    int error = 0, n = sizeof error;
    set_of(&writable, s);
    set_of(&failed, s);
    if (w->select(0, NULL, &writable, &failed, &wait) <= 0)
        return PROVE_E_TIMEOUT;
    if (failed.fd_count == 0)
        return 0;
    if (w->getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &n) != 0 || error == 0)
        return PROVE_E_TIMEOUT;
    return (uint32_t)error;
}

static uint32_t connect_to(const struct prove_winsock *w, SOCKET s, const struct address *to)
{
    u_long nonblocking = 1;
    (void)w->ioctlsocket(s, (long)FIONBIO, &nonblocking);
    if (w->connect(s, &to->any, to->n) == 0)
        return 0;
    int error = w->WSAGetLastError();
    return error == WSAEWOULDBLOCK ? wait_connected(w, s) : (uint32_t)error;
}

static uint32_t send_to(const struct prove_winsock *w, SOCKET s, const struct address *to,
                        SOCKET receiver)
{
    DWORD wait = ARRIVE_MS;
    char byte = 'x';
    if (w->sendto(s, &byte, 1, 0, &to->any, to->n) != 1)
        return last_error(w);
    (void)w->setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, (const char *)&wait, sizeof wait);
    return w->recv(receiver, &byte, 1, 0) == 1 ? 0 : PROVE_E_TIMEOUT;
}

/* ---- attempts ------------------------------------------------------------------------------- */

static uint32_t exchange_data(const struct prove_winsock *w, const struct prove_filter *f,
                              SOCKET receiver, uint16_t *local_port)
{
    struct address to;
    SOCKET s;
    uint32_t error = open_bound(w, f, 0, false, &s);
    if (error != 0)
        return error;
    *local_port = port_of(w, s);
    loopback_address(&to, f->family, f->port);
    error = f->protocol == TCP ? connect_to(w, s, &to) : send_to(w, s, &to, receiver);
    (void)w->closesocket(s);
    return error;
}

uint32_t prove_winsock_attempt(const struct prove_winsock *w, const struct prove_filter *f,
                               uint16_t *local_port)
{
    SOCKET receiver;
    bool listens = f->layer != PROVE_BIND && f->protocol == TCP;
    *local_port = 0;
    uint32_t error = open_bound(w, f, f->port, listens, &receiver);
    if (error != 0)
        return error;
    if (f->layer > PROVE_LISTEN)
        error = exchange_data(w, f, receiver, local_port);
    (void)w->closesocket(receiver);
    return error;
}

bool prove_winsock_is_free(const struct prove_winsock *w, const struct prove_filter *f)
{
    struct address a;
    BOOL alone = TRUE;
    SOCKET s = w->socket(f->family == 6 ? AF_INET6 : AF_INET,
                         f->protocol == TCP ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (s == INVALID_SOCKET)
        return false;
    loopback_address(&a, f->family, f->port);
    (void)w->setsockopt(s, SOL_SOCKET, (int)SO_EXCLUSIVEADDRUSE, (const char *)&alone,
                        sizeof alone);
    bool is_free = w->bind(s, &a.any, a.n) == 0;
    (void)w->closesocket(s);
    return is_free;
}

/* A decision on a flow is kept, so each has a flow of its own. */
void prove_winsock_flood(const struct prove_winsock *w, const struct prove_filter *f,
                         uint32_t count)
{
    struct address to;
    SOCKET s;
    loopback_address(&to, f->family, f->port);
    for (uint32_t i = 0; i < count; i++) {
        if (open_bound(w, f, 0, false, &s) != 0)
            continue;
        (void)w->sendto(s, "x", 1, 0, &to.any, to.n);
        (void)w->closesocket(s);
    }
}
