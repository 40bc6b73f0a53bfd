/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The system's own tables of sockets: those of this program are in them, with its id and its path.
 * Wine may not know whose a socket is. */
#include "cmocka_all.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <string.h>

#include "resolve/sockets/socket_search.h"

static SOCKET open_socket(int type, uint16_t *port)
{
    struct sockaddr_in local = {.sin_family = AF_INET};
    int n = sizeof local;
    SOCKET s = socket(AF_INET, type, 0);
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(s != INVALID_SOCKET);
    assert_int_equal(bind(s, (struct sockaddr *)&local, sizeof local), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(s, 1), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&local, &n), 0);
    *port = ntohs(local.sin_port);
    return s;
}

static bool is_wine(void)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

/* The table has the port, at this address; 0: it is not told whose it is. */
static uint32_t process_of(const struct socket_table *t, enum system_sockets_table which,
                           uint16_t port)
{
    static const uint8_t loopback[4] = {127, 0, 0, 1};
    struct socket_row row = {.pid = 0};
    uint32_t i = 0;
    while (i < t->count && socket_table_port(which, t->room, i) != port)
        i++;
    assert_true(i < t->count);
    socket_table_row(which, t->room, i, &row);
    assert_memory_equal(row.local.addr, loopback, sizeof loopback);
    return row.pid;
}

static void check_socket(const struct wfpw_system *system, enum system_sockets_table which,
                         uint32_t protocol, uint16_t port)
{
    struct socket_table t = {0};
    struct socket_found found;
    struct socket_question q = {.time = UINT64_MAX, .protocol = protocol};
    uint16_t image[SOCKETS_IMAGE_UNITS];
    size_t n = 0;
    q.local = (wfpw_endpoint){.addr = {127, 0, 0, 1}, .family = 4, .port = port};
    assert_int_equal(socket_search_table(&q), which);
    assert_int_equal(
        system->sockets->image(system->ctx, GetCurrentProcessId(), image, SOCKETS_IMAGE_UNITS, &n),
        0);
    assert_true(n > 8 && image[0] == '\\' && image[n - 1] == 'e'); /* \Device\...exe */
    memcpy(q.app, image, n * sizeof *image);
    q.app_units = (uint32_t)n;
    assert_int_equal(socket_table_read(&t, system, which), 0);
    if (process_of(&t, which, port) == 0) {
        assert_true(is_wine());
        socket_table_free(&t);
        return;
    }
    socket_search(system, which, &t, &q, &found);
    assert_int_equal(found.row.pid, GetCurrentProcessId());
    assert_int_equal(found.row.local.port, port);
    q.app[0] = 'x'; /* of another program it is not */
    socket_search(system, which, &t, &q, &found);
    assert_int_equal(found.row.pid, 0);
    socket_table_free(&t);
}

static void test_own_sockets(void **state)
{
    static struct system_host host;
    WSADATA data;
    uint16_t tcp, udp;
    (void)state;
    assert_true(system_host_find_sockets(&host));
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    SOCKET a = open_socket(SOCK_STREAM, &tcp), b = open_socket(SOCK_DGRAM, &udp);
    check_socket(&host.system, SOCKETS_TCP4, 6, tcp);
    check_socket(&host.system, SOCKETS_UDP4, 17, udp);
    (void)closesocket(a);
    (void)closesocket(b);
    (void)WSACleanup();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_own_sockets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
