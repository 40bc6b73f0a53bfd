/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A library with wfpwatch linked into it that closes its session too late: when the process ends,
 * after Windows has ended all other threads. It must neither hang nor crash. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "wfpwatch/wfpwatch.h"

static wfpw_session *session;

__declspec(dllexport) int late_open(void);
__declspec(dllexport) int late_open(void)
{
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    int status = wfpw_open(NULL, &session, NULL);
    return status != WFPW_OK ? status : wfpw_add_live(session, &live, NULL);
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved);
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved)
{
    (void)self;
    (void)reserved;
    if (reason == DLL_PROCESS_DETACH)
        wfpw_close(session);
    return TRUE;
}
