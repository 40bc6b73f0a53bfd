/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Rows of GetExtendedTcpTable and GetExtendedUdpTable as the structs of tcpmib.h and udpmib.h have
 * them, whatever stands in what nobody uses, and tables that say more than they have. */
#include "cmocka_all.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "resolve/sockets/socket_table.h"

/* The structs of the Windows SDK. */
struct tcp_row {
    uint32_t state, local, local_port, remote, remote_port, pid;
    int64_t created;
    uint64_t module[16];
};
struct tcp6_row {
    uint8_t local[16];
    uint32_t local_scope, local_port;
    uint8_t remote[16];
    uint32_t remote_scope, remote_port, state, pid;
    int64_t created;
    uint64_t module[16];
};
struct udp_row {
    uint32_t local, local_port, pid;
    int64_t created;
    uint32_t flags;
    uint64_t module[16];
};
struct udp6_row {
    uint8_t local[16];
    uint32_t local_scope, local_port, pid;
    int64_t created;
    uint32_t flags;
    uint64_t module[16];
};

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(socket_row_bytes(SOCKETS_TCP4), sizeof(struct tcp_row));
    assert_int_equal(socket_row_bytes(SOCKETS_TCP6), sizeof(struct tcp6_row));
    assert_int_equal(socket_row_bytes(SOCKETS_UDP4), sizeof(struct udp_row));
    assert_int_equal(socket_row_bytes(SOCKETS_UDP6), sizeof(struct udp6_row));
}

static const uint8_t one[4] = {192, 0, 2, 10}, other[4] = {203, 0, 113, 7};
static const uint8_t six[16] = {0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

/* 443 in network order, and dirt above. */
static uint32_t dirty_port(uint16_t port)
{
    uint32_t v = 0xDEAD0000u;
    uint8_t bytes[2] = {(uint8_t)(port >> 8), (uint8_t)port};
    memcpy(&v, bytes, sizeof bytes);
    return v;
}

static void read_row(enum system_sockets_table which, const void *row, struct socket_row *out)
{
    uint8_t *table = malloc(SOCKET_ROWS_AT + socket_row_bytes(which));
    uint32_t count = 1;
    memcpy(table, &count, sizeof count);
    memcpy(table + SOCKET_ROWS_AT, row, socket_row_bytes(which));
    assert_int_equal(
        socket_table_count(which, table, SOCKET_ROWS_AT + (size_t)socket_row_bytes(which)), 1);
    socket_table_row(which, table, 0, out);
    assert_int_equal(socket_table_port(which, table, 0), out->local.port);
    free(table);
}

static void test_tcp(void **state)
{
    struct tcp_row row = {.state = 5,
                          .local_port = dirty_port(443),
                          .remote_port = dirty_port(50001),
                          .pid = 1204,
                          .created = 77};
    struct socket_row out;
    (void)state;
    memcpy(&row.local, one, 4);
    memcpy(&row.remote, other, 4);
    read_row(SOCKETS_TCP4, &row, &out);
    assert_int_equal(out.protocol, 6);
    assert_int_equal(out.state, WFPW_TCP_STATE_ESTABLISHED);
    assert_int_equal(out.pid, 1204);
    assert_int_equal(out.created, 77);
    assert_int_equal(out.local.port, 443);
    assert_int_equal(out.remote.port, 50001);
    assert_int_equal(out.remote.family, 4);
    assert_memory_equal(out.local.addr, one, 4);
    assert_memory_equal(out.remote.addr, other, 4);
    row.state = WFPW_TCP_STATE_LISTEN; /* the remote side is anything then */
    read_row(SOCKETS_TCP4, &row, &out);
    assert_int_equal(out.remote.family, 0);
    assert_int_equal(out.remote.port, 0);
}

static void test_tcp6(void **state)
{
    struct tcp6_row row = {.state = 3,
                           .local_port = dirty_port(1),
                           .remote_port = dirty_port(65535),
                           .local_scope = 7,
                           .pid = 8,
                           .created = INT64_MAX};
    struct socket_row out;
    (void)state;
    memcpy(row.local, six, 16);
    memcpy(row.remote, six, 16);
    read_row(SOCKETS_TCP6, &row, &out);
    assert_int_equal(out.state, WFPW_TCP_STATE_SYN_SENT);
    assert_int_equal(out.pid, 8);
    assert_int_equal(out.created, INT64_MAX);
    assert_int_equal(out.local.port, 1);
    assert_int_equal(out.remote.port, 65535);
    assert_int_equal(out.local.scope_id, 0); /* of a link-local address only */
    assert_int_equal(out.local.family, 6);
    assert_memory_equal(out.remote.addr, six, 16);
    row.local[0] = 0xFE;
    row.local[1] = 0x80;
    read_row(SOCKETS_TCP6, &row, &out);
    assert_int_equal(out.local.scope_id, 7);
}

static void test_udp(void **state)
{
    struct udp_row row = {.local_port = dirty_port(5353), .pid = 9, .created = 5, .flags = 1};
    struct udp6_row row6 = {.local_port = dirty_port(53), .pid = 10, .created = 6};
    struct socket_row out;
    (void)state;
    read_row(SOCKETS_UDP4, &row, &out);
    assert_int_equal(out.protocol, 17);
    assert_int_equal(out.state, 0);
    assert_int_equal(out.pid, 9);
    assert_int_equal(out.created, 5);
    assert_int_equal(out.local.port, 5353);
    assert_int_equal(out.remote.family, 0);
    read_row(SOCKETS_UDP6, &row6, &out);
    assert_int_equal(out.pid, 10);
    assert_int_equal(out.created, 6);
    assert_int_equal(out.local.family, 6);
    assert_int_equal(out.local.port, 53);
}

/* A count is never believed beyond the bytes that there are; nothing is read behind them. */
static void test_hostile(void **state)
{
    uint64_t seed = 25;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        enum system_sockets_table which =
            (enum system_sockets_table)random_below(&seed, SYSTEM_SOCKETS_TABLES);
        size_t bytes = random_below(&seed, 1000);
        uint8_t *table = malloc(bytes + 1);
        struct socket_row out;
        for (size_t k = 0; k < bytes; k++)
            table[k] = (uint8_t)random_below(&seed, 256);
        if (bytes >= 4 && random_below(&seed, 2) == 0)
            memset(table + 1, 0, 3);
        uint8_t *exact = malloc(bytes + (bytes == 0)); /* for the sanitizer */
        memcpy(exact, table, bytes);
        uint32_t n = socket_table_count(which, exact, bytes);
        assert_true(n == 0 || SOCKET_ROWS_AT + (uint64_t)n * socket_row_bytes(which) <= bytes);
        for (uint32_t k = 0; k < n; k++) {
            socket_table_row(which, exact, k, &out);
            (void)socket_row_fits(&out, &out.local, &out.remote);
        }
        free(exact);
        free(table);
    }
}

static wfpw_endpoint side(const uint8_t addr[4], uint16_t port)
{
    wfpw_endpoint e = {.family = 4, .port = port};
    memcpy(e.addr, addr, 4);
    return e;
}

static void test_fits(void **state)
{
    static const uint8_t any[4] = {0};
    struct socket_row listener = {.local = side(any, 80)}, bound = {.local = side(one, 80)};
    struct socket_row connected = {.local = side(one, 80), .remote = side(other, 5000)};
    wfpw_endpoint local = side(one, 80), remote = side(other, 5000), none = {.family = 0};
    wfpw_endpoint stranger = side(other, 5001), elsewhere = side(other, 80), port = side(one, 81);
    wfpw_endpoint local6 = {.family = 6, .port = 80};
    (void)state;
    assert_int_equal(socket_row_fits(&connected, &local, &remote), SOCKET_FITS_BOTH);
    assert_int_equal(socket_row_fits(&connected, &local, &stranger), 0);
    assert_int_equal(socket_row_fits(&connected, &local, &none), 0);
    assert_int_equal(socket_row_fits(&bound, &local, &remote), SOCKET_FITS_LOCAL);
    assert_int_equal(socket_row_fits(&bound, &elsewhere, &remote), 0);
    assert_int_equal(socket_row_fits(&listener, &local, &none), SOCKET_FITS_PORT);
    assert_int_equal(socket_row_fits(&listener, &elsewhere, &none), SOCKET_FITS_PORT);
    assert_int_equal(socket_row_fits(&listener, &port, &none), 0);
    assert_int_equal(socket_row_fits(&listener, &local6, &none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes), cmocka_unit_test(test_tcp),     cmocka_unit_test(test_tcp6),
        cmocka_unit_test(test_udp),   cmocka_unit_test(test_hostile), cmocka_unit_test(test_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
