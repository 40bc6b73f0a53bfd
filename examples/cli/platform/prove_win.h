/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the two halves of 'wfpwatch prove' on Windows share: functions of System32, by name.
 */
#ifndef PROVE_WIN_H
#define PROVE_WIN_H

#include "platform/prove_host.h"

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

/* Winsock, as it is used here. */
struct prove_winsock {
    int(WSAAPI *WSAStartup)(WORD version, WSADATA *data);
    int(WSAAPI *WSACleanup)(void);
    int(WSAAPI *WSAGetLastError)(void);
    SOCKET(WSAAPI *socket)(int family, int type, int protocol);
    int(WSAAPI *bind)(SOCKET s, const struct sockaddr *address, int n);
    int(WSAAPI *listen)(SOCKET s, int backlog);
    int(WSAAPI *connect)(SOCKET s, const struct sockaddr *address, int n);
    int(WSAAPI *sendto)(SOCKET s, const char *data, int n, int flags,
                        const struct sockaddr *address, int address_n);
    int(WSAAPI *recv)(SOCKET s, char *data, int n, int flags);
    int(WSAAPI *getsockname)(SOCKET s, struct sockaddr *address, int *n);
    int(WSAAPI *getsockopt)(SOCKET s, int level, int name, char *value, int *n);
    int(WSAAPI *setsockopt)(SOCKET s, int level, int name, const char *value, int n);
    int(WSAAPI *ioctlsocket)(SOCKET s, long command, u_long *argument);
    int(WSAAPI *select)(int n, fd_set *read, fd_set *write, fd_set *except,
                        const struct timeval *wait);
    int(WSAAPI *closesocket)(SOCKET s);
};

/* The library from System32, and in `functions` the exports of these names, each a pointer. false:
 * one of them is missing. */
bool prove_load(const wchar_t *library, const char *const *names, size_t count, void *functions);

bool prove_winsock_open(struct prove_winsock *w);
void prove_winsock_close(struct prove_winsock *w);
/* As prove_calls.attempt, is_free and flood. */
uint32_t prove_winsock_attempt(const struct prove_winsock *w, const struct prove_filter *f,
                               uint16_t *local_port);
bool prove_winsock_is_free(const struct prove_winsock *w, const struct prove_filter *f);
void prove_winsock_flood(const struct prove_winsock *w, const struct prove_filter *f,
                         uint32_t count);

#endif
