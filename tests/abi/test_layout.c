/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */

/* Our mirror of the WFP structs against the layouts of the win32 metadata: compiling is the test,
 * running says how many assertions that was. */
#include "os/fwp_types.h"

/* System V on 32-bit x86 aligns a 64-bit member to four bytes, Windows to eight: the mirror serves
 * there, but it is not the layout of any Windows. */
#if defined(__i386__) && !defined(_WIN32)
#define FOREIGN_LAYOUT 1
#else
#define FOREIGN_LAYOUT 0
#include "layout_asserts.h"
#endif

#define LAYOUT_STRUCT(type, size64, align64, size32, align32)   +2
#define LAYOUT_MEMBER(type, member, at64, size64, at32, size32) +2
enum {
    ASSERTIONS = 0
#include "layout_asserts.h"
};

#if !defined(__STDC_HOSTED__) || __STDC_HOSTED__
#include <stdio.h>

int main(void)
{
    if (FOREIGN_LAYOUT) {
        puts("skipped: 64-bit members are aligned to four bytes here");
        return 0;
    }
    printf("%d layout assertions hold for %d-bit targets\n", ASSERTIONS, (int)sizeof(void *) * 8);
    return 0;
}
#endif
