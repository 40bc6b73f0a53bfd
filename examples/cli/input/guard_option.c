/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/guard_option.h"

#include <stdlib.h>
#include <string.h>

#include "view/diagnostics.h"

/* "app=" before a text that is only a path; NULL: no memory. */
static char *target_text(const char *text)
{
    bool is_path = text[strcspn(text, "=\\")] != '=';
    size_t n = strlen(text) + 1, head = is_path ? strlen("app=") : 0;
    char *copy = malloc(head + n);
    if (copy == NULL)
        return NULL;
    memcpy(copy, "app=", head);
    memcpy(copy + head, text, n);
    return copy;
}

bool guard_option_add(wfpw_guard **guard, const char *command, const char *text)
{
    wfpw_error e = {.status = WFPW_E_NOMEM};
    char *target = target_text(text);
    int status = WFPW_E_NOMEM;
    if (target != NULL)
        status = *guard == NULL ? wfpw_guard_new(NULL, guard) : WFPW_OK;
    if (target != NULL && status == WFPW_OK)
        status = wfpw_guard_add(*guard, target, &e);
    free(target);
    if (status == WFPW_E_NOMEM)
        diagnostics_print(wfpw_strerror(status), (const char *)NULL);
    else if (status != WFPW_OK)
        (void)diagnostics_usage(command, e.text, text);
    return status == WFPW_OK;
}
