/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/names_interrupt.h"

#include <string.h>

#include "platform/term.h"

static void stop_loading(void *ctx)
{
    wfpw_names_stop(ctx);
}

void names_interrupt_start(wfpw_names *n, size_t count, const char *const *files)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i], "-") == 0)
            return;
    term_catch_interrupts();
    term_at_interrupt(stop_loading, n);
}

bool names_interrupt_end(void)
{
    term_at_interrupt(NULL, NULL);
    return term_interrupted();
}
