/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "template/template_next.h"

wfpw_template *template_copy(const wfpw_template *t, const wfpw_allocator *memory)
{
    wfpw_template *copy;
    if (wfpw_template_new(memory, &copy) != WFPW_OK)
        return NULL;
    for (const struct template_condition *c = t != NULL ? t->first : NULL; c != NULL; c = c->next) {
        if (wfpw_template_add(copy, c->text, NULL) != WFPW_OK) {
            wfpw_template_free(copy);
            return NULL;
        }
    }
    return copy;
}

void template_next_put(struct template_next *n, wfpw_template *t)
{
    uint64_t unread = os_u64_exchange(&n->address, (uint64_t)(uintptr_t)t);
    wfpw_template_free((wfpw_template *)(uintptr_t)unread);
}

wfpw_template *template_next_take(struct template_next *n)
{
    if (!template_next_waits(n))
        return NULL;
    return (wfpw_template *)(uintptr_t)os_u64_exchange(&n->address, 0);
}
