/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/thread_call.h"

#include "base/thread_hooks.h"
#include "os/os.h"

struct hooked_call {
    const wfpw_thread_hooks *hooks;
    void (*run)(void *ctx);
    void *ctx;
};

static void run_thread_call(void *ctx)
{
    static const char role[] = "call";
    const struct hooked_call *c = ctx;
    thread_hooks_started(c->hooks, role);
    c->run(c->ctx);
    thread_hooks_ending(c->hooks, role);
}

bool thread_call(const wfpw_thread_hooks *hooks, void (*run)(void *ctx), void *ctx)
{
    os_thread thread;
    struct hooked_call c = {hooks, run, ctx};
    if (!os_thread_start(&thread, run_thread_call, &c))
        return false;
    os_thread_join(&thread);
    return true;
}
