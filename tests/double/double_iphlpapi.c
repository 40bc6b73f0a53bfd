/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A stand-in for iphlpapi.dll: one listener and one UDP socket of IPv4, both of the process that
 * calls, and of a service. WFPW_DOUBLE_SOCKETS names a function that fails. */
#include <stdint.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

enum {
    FAMILY_4 = 2,
    OWNER_MODULE_TCP = 8,
    OWNER_MODULE_UDP = 2,
    ROW = 160,
    FIRST = 8,
    ROWS_AT = 8
};

static DWORD failure_of(const char *name)
{
    char text[64];
    DWORD n = GetEnvironmentVariableA("WFPW_DOUBLE_SOCKETS", text, sizeof text);
    return n > 0 && n < sizeof text && strcmp(text, name) == 0 ? ERROR_NOT_SUPPORTED : 0;
}

static void put_u32(uint8_t *to, uint32_t v)
{
    memcpy(to, &v, sizeof v);
}

static void put_port(uint8_t *to, uint16_t port)
{
    put_u32(to, 0xDEAD0000u);
    to[0] = (uint8_t)(port >> 8);
    to[1] = (uint8_t)port;
}

/* Since the start of 2001. */
static void put_created(uint8_t *to)
{
    const uint64_t created = 126227808000000000u;
    memcpy(to, &created, sizeof created);
}

static DWORD give_table(const uint8_t row[ROW], uint32_t rows, void *room, DWORD *bytes)
{
    DWORD needed = ROWS_AT + rows * ROW;
    if (room == NULL || *bytes < needed) {
        *bytes = needed;
        return ERROR_INSUFFICIENT_BUFFER;
    }
    *bytes = needed;
    put_u32(room, rows);
    for (uint32_t i = 0; i < rows; i++)
        memcpy((uint8_t *)room + FIRST + i * ROW, row, ROW);
    return ERROR_SUCCESS;
}

DWORD WINAPI GetExtendedTcpTable(void *room, DWORD *bytes, BOOL ordered, ULONG family, int class,
                                 ULONG reserved);
DWORD WINAPI GetExtendedUdpTable(void *room, DWORD *bytes, BOOL ordered, ULONG family, int class,
                                 ULONG reserved);
DWORD WINAPI GetOwnerModuleFromTcpEntry(const void *row, int class, void *room, DWORD *bytes);
DWORD WINAPI GetOwnerModuleFromUdpEntry(const void *row, int class, void *room, DWORD *bytes);

DWORD WINAPI GetExtendedTcpTable(void *room, DWORD *bytes, BOOL ordered, ULONG family, int class,
                                 ULONG reserved)
{
    uint8_t row[ROW] = {0};
    DWORD code = failure_of("GetExtendedTcpTable");
    (void)ordered;
    if (class != OWNER_MODULE_TCP || reserved != 0)
        return ERROR_INVALID_PARAMETER;
    put_u32(row, 2); /* MIB_TCP_STATE_LISTEN */
    put_port(row + 8, 4444);
    put_port(row + 16, 9);
    put_u32(row + 20, GetCurrentProcessId());
    put_created(row + 24);
    row[32] = 1;
    return code != 0 ? code : give_table(row, family == FAMILY_4, room, bytes);
}

DWORD WINAPI GetExtendedUdpTable(void *room, DWORD *bytes, BOOL ordered, ULONG family, int class,
                                 ULONG reserved)
{
    uint8_t row[ROW] = {0};
    DWORD code = failure_of("GetExtendedUdpTable");
    (void)ordered;
    if (class != OWNER_MODULE_UDP || reserved != 0)
        return ERROR_INVALID_PARAMETER;
    put_port(row + 4, 5353);
    put_u32(row + 8, GetCurrentProcessId());
    put_created(row + 16);
    row[32] = 2;
    return code != 0 ? code : give_table(row, family == FAMILY_4, room, bytes);
}

/* The texts behind the two pointers, as Windows lays them out. */
static DWORD give_module(const wchar_t *name, size_t size, void *room, DWORD *bytes)
{
    const wchar_t *at[2];
    DWORD needed = (DWORD)(sizeof at + 2 * size);
    uint8_t *text = (uint8_t *)room + sizeof at;
    if (room == NULL || *bytes < needed) {
        *bytes = needed;
        return ERROR_INSUFFICIENT_BUFFER;
    }
    at[0] = (const wchar_t *)(const void *)text;
    at[1] = (const wchar_t *)(const void *)(text + size);
    memcpy(room, at, sizeof at);
    memcpy(text, name, size);
    memcpy(text + size, name, size);
    return ERROR_SUCCESS;
}

DWORD WINAPI GetOwnerModuleFromTcpEntry(const void *row, int class, void *room, DWORD *bytes)
{
    DWORD code = failure_of("GetOwnerModuleFromTcpEntry");
    if (class != 0 || ((const uint8_t *)row)[32] != 1)
        return ERROR_INVALID_PARAMETER;
    return code != 0 ? code : give_module(L"RpcSs", sizeof L"RpcSs", room, bytes);
}

DWORD WINAPI GetOwnerModuleFromUdpEntry(const void *row, int class, void *room, DWORD *bytes)
{
    if (class != 0 || ((const uint8_t *)row)[32] != 2)
        return ERROR_INVALID_PARAMETER;
    return give_module(L"Dnscache", sizeof L"Dnscache", room, bytes);
}
