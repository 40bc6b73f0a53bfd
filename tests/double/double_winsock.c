/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A ws2_32.dll that stands in for Windows' own: sockets of the simulated network, on loopback
 * alone. What a program does with them is asked of the stand-in fwpuclnt.dll, whose simulator
 * evaluates its filters. For one program: `wfpwatch prove`.
 *   WFPW_DOUBLE_APP, WFPW_DOUBLE_USER  the program's id in events, and its user's SID */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
/* Its last parameter's type differs between versions of the headers. */
#define select declared_select
#include <winsock2.h>
#include <ws2tcpip.h>
#undef select

#include <windows.h>

enum { SOCKETS = 16, FIRST_PORT = 50000, LAST_PORT = 60000, COMMAND_MAX = 2048 };

/* A socket's handle is its index and 1. */
struct fake_socket {
    int used, tcp, v6, arrived, error;
    unsigned port;
};
static struct fake_socket sockets[SOCKETS];
static int last_error;
static unsigned next_port = FIRST_PORT;

static struct fake_socket *socket_of(SOCKET s)
{
    return s >= 1 && s <= SOCKETS && sockets[s - 1].used ? &sockets[s - 1] : NULL;
}

static int fail_with(int error)
{
    last_error = error;
    return SOCKET_ERROR;
}

static unsigned port_of(const struct sockaddr *a)
{
    unsigned port = a->sa_family == AF_INET6
                        ? ((const struct sockaddr_in6 *)(const void *)a)->sin6_port
                        : ((const struct sockaddr_in *)(const void *)a)->sin_port;
    return (port & 0xFF) << 8 | port >> 8;
}

/* The simulator has a clock of its own, the program that is tested the system's. */
static uint64_t time_now(void)
{
    FILETIME t;
    GetSystemTimeAsFileTime(&t);
    return (uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

/* What becomes of it: 0, or an error. remote 0: none. */
static int ask_engine(const char *verb, const struct fake_socket *f, unsigned remote)
{
    typedef UINT32(WINAPI * play_function)(const char *command);
    static const char *const addresses[] = {"127.0.0.1", "[::1]"};
    char command[COMMAND_MAX], to[64] = "";
    HMODULE engine = GetModuleHandleA("fwpuclnt.dll");
    FARPROC p = engine != NULL ? GetProcAddress(engine, "DoublePlay") : NULL;
    play_function play;
    memcpy(&play, &p, sizeof play);
    if (play == NULL)
        return WSANOTINITIALISED;
    if (remote != 0)
        (void)snprintf(to, sizeof to, "remote=%s:%u", addresses[f->v6], remote);
    (void)snprintf(command, sizeof command,
                   "%s protocol=%s local=%s:%u %s time=%llu process=%lu user=%s app=\"%s\"", verb,
                   f->tcp ? "tcp" : "udp", addresses[f->v6], f->port, to,
                   (unsigned long long)time_now(), GetCurrentProcessId(),
                   getenv("WFPW_DOUBLE_USER"), getenv("WFPW_DOUBLE_APP"));
    return (int)play(command);
}

int WSAAPI WSAStartup(WORD version, WSADATA *data)
{
    memset(data, 0, sizeof *data);
    data->wVersion = version;
    return 0;
}

int WSAAPI WSACleanup(void)
{
    return 0;
}

int WSAAPI WSAGetLastError(void)
{
    return last_error;
}

SOCKET WSAAPI socket(int family, int type, int protocol)
{
    (void)protocol;
    for (SOCKET i = 0; i < SOCKETS; i++)
        if (!sockets[i].used) {
            sockets[i] = (struct fake_socket){
                .used = 1, .tcp = type == SOCK_STREAM, .v6 = family == AF_INET6};
            return i + 1;
        }
    last_error = WSAEMFILE;
    return INVALID_SOCKET;
}

int WSAAPI closesocket(SOCKET s)
{
    struct fake_socket *f = socket_of(s);
    if (f == NULL)
        return fail_with(WSAENOTSOCK);
    f->used = 0;
    return 0;
}

int WSAAPI bind(SOCKET s, const struct sockaddr *address, int n)
{
    struct fake_socket *f = socket_of(s);
    (void)n;
    if (f == NULL)
        return fail_with(WSAENOTSOCK);
    f->port = port_of(address);
    if (f->port == 0) {
        f->port = next_port;
        next_port = next_port < LAST_PORT ? next_port + 1 : FIRST_PORT;
    }
    int error = ask_engine("bind", f, 0);
    return error != 0 ? fail_with(error) : 0;
}

int WSAAPI listen(SOCKET s, int backlog)
{
    struct fake_socket *f = socket_of(s);
    int error = f != NULL ? ask_engine("listen", f, 0) : WSAENOTSOCK;
    (void)backlog;
    return error != 0 ? fail_with(error) : 0;
}

/* A refusal is told at once; what is dropped on its way, never. */
int WSAAPI connect(SOCKET s, const struct sockaddr *address, int n)
{
    struct fake_socket *f = socket_of(s);
    (void)n;
    if (f == NULL)
        return fail_with(WSAENOTSOCK);
    f->error = ask_engine("connect", f, port_of(address));
    return f->error == 0 ? 0 : fail_with(f->error == WSAETIMEDOUT ? WSAEWOULDBLOCK : f->error);
}

int WSAAPI sendto(SOCKET s, const char *data, int n, int flags, const struct sockaddr *address,
                  int address_n)
{
    struct fake_socket *f = socket_of(s);
    (void)data;
    (void)flags;
    (void)address_n;
    if (f == NULL)
        return fail_with(WSAENOTSOCK);
    unsigned to = port_of(address);
    int error = ask_engine("send", f, to);
    for (int i = 0; error == 0 && i < SOCKETS; i++)
        sockets[i].arrived += sockets[i].used && sockets[i].port == to;
    return error == WSAEACCES ? fail_with(error) : n;
}

int WSAAPI recv(SOCKET s, char *data, int n, int flags)
{
    struct fake_socket *f = socket_of(s);
    (void)data;
    (void)flags;
    if (f == NULL || f->arrived == 0)
        return fail_with(f == NULL ? WSAENOTSOCK : WSAETIMEDOUT);
    f->arrived--;
    return n;
}

int WSAAPI getsockname(SOCKET s, struct sockaddr *address, int *n)
{
    struct fake_socket *f = socket_of(s);
    if (f == NULL || *n < (int)sizeof(struct sockaddr_in6))
        return fail_with(WSAENOTSOCK);
    memset(address, 0, sizeof(struct sockaddr_in6));
    unsigned short port = (unsigned short)(f->port << 8 | f->port >> 8);
    address->sa_family = f->v6 ? AF_INET6 : AF_INET;
    memcpy(address->sa_data, &port, sizeof port); /* at the same place in both */
    return 0;
}

int WSAAPI getsockopt(SOCKET s, int level, int name, char *value, int *n)
{
    struct fake_socket *f = socket_of(s);
    (void)level;
    (void)name;
    if (f == NULL || *n != (int)sizeof f->error)
        return fail_with(WSAENOTSOCK);
    memcpy(value, &f->error, sizeof f->error);
    return 0;
}

int WSAAPI setsockopt(SOCKET s, int level, int name, const char *value, int n)
{
    (void)level;
    (void)name;
    (void)value;
    (void)n;
    return socket_of(s) != NULL ? 0 : fail_with(WSAENOTSOCK);
}

int WSAAPI ioctlsocket(SOCKET s, long command, u_long *argument)
{
    (void)command;
    (void)argument;
    return socket_of(s) != NULL ? 0 : fail_with(WSAENOTSOCK);
}

/* Nothing more ever happens to a connection that is not there at once. */
int WSAAPI select(int n, fd_set *read, fd_set *write, fd_set *except, const struct timeval *wait);
int WSAAPI select(int n, fd_set *read, fd_set *write, fd_set *except, const struct timeval *wait)
{
    (void)n;
    (void)read;
    (void)wait;
    write->fd_count = 0;
    except->fd_count = 0;
    return 0;
}
