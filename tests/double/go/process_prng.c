/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bcryptprimitives.dll, which Go's programs load and Wine 8 has not. */
#include <windows.h>

#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T n);
BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T n)
{
    return RtlGenRandom(data, (ULONG)n);
}
