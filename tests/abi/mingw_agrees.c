/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */

/* The system's own headers against the same list of numbers as our mirror (test_layout.c): where
 * both hold, the two agree.  For mingw-w64, whose headers stop at Windows 7; a compiler with the
 * Windows SDK is asked about every struct.  Compiling is the test. */
#ifdef _WIN32_WINNT
#undef _WIN32_WINNT
#endif
#ifdef NTDDI_VERSION
#undef NTDDI_VERSION
#endif
#define _WIN32_WINNT  0x0A00
#define NTDDI_VERSION 0x0A000006 /* Windows 10 1809: the first with every struct */

#include <windows.h>
#include <fwpmu.h>
#include <ntsecapi.h>
#include <stddef.h>
#include <stdio.h>

/* What we call otherwise, because windows.h has it. */
#define FWP_GUID                     GUID
#define FWP_FILETIME                 FILETIME
#define FWP_SID_STRUCT               SID
#define FWP_SID_IDENTIFIER_AUTHORITY SID_IDENTIFIER_AUTHORITY
#define FWP_SID_AND_ATTRIBUTES       SID_AND_ATTRIBUTES

/* What mingw-w64 calls otherwise: the part of FWPM_NET_EVENT_HEADER1 that Microsoft reserves. */
#ifdef __MINGW32__
#define LAYOUT_WINDOWS_7
#define reserved1  addressFamily
#define reserved2  dstAddrEth
#define reserved3  srcAddrEth
#define reserved4  addrType
#define reserved5  encapMethod
#define reserved6  etherType
#define reserved7  snapControl
#define reserved8  snapOui
#define reserved9  vlanTag
#define reserved10 ifLuid

/* What it has wrong: FWPM_SUBLAYER0.flags is 16 bits wide there, and 32 in the SDK. */
struct corrected_sublayer {
    GUID subLayerKey;
    FWPM_DISPLAY_DATA0 displayData;
    UINT32 flags;
    GUID *providerKey;
    FWP_BYTE_BLOB providerData;
    UINT16 weight;
};
#define FWPM_SUBLAYER0 struct corrected_sublayer
#endif

#include "layout_asserts.h"

#define LAYOUT_STRUCT(type, size64, align64, size32, align32)   +2
#define LAYOUT_MEMBER(type, member, at64, size64, at32, size32) +2
enum {
    ASSERTIONS = 0
#include "layout_asserts.h"
};

int main(void)
{
    printf("the system's headers agree in %d assertions\n", ASSERTIONS);
    return 0;
}
