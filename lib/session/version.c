/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the library is: its version, and how large its structs are. */
#include <string.h>

#include "wfpwatch/arrow.h"

uint32_t WFPW_CALL wfpw_version(void)
{
    return WFPW_VERSION_MAJOR << 16 | WFPW_VERSION_MINOR << 8 | WFPW_VERSION_PATCH;
}

uint32_t WFPW_CALL wfpw_sizeof(const char *name)
{
    static const struct {
        const char *name;
        uint32_t size;
    } structs[] = {
        {"wfpw_error", sizeof(wfpw_error)},
        {"wfpw_allocator", sizeof(wfpw_allocator)},
        {"wfpw_options", sizeof(wfpw_options)},
        {"wfpw_live", sizeof(wfpw_live)},
        {"wfpw_history", sizeof(wfpw_history)},
        {"wfpw_audit_log", sizeof(wfpw_audit_log)},
        {"wfpw_settings", sizeof(wfpw_settings)},
        {"wfpw_thread_hooks", sizeof(wfpw_thread_hooks)},
        {"wfpw_stats", sizeof(wfpw_stats)},
        {"wfpw_health", sizeof(wfpw_health)},
        {"wfpw_endpoint", sizeof(wfpw_endpoint)},
        {"wfpw_field", sizeof(wfpw_field)},
        {"wfpw_audit", sizeof(wfpw_audit)},
        {"wfpw_ike", sizeof(wfpw_ike)},
        {"wfpw_ipsec", sizeof(wfpw_ipsec)},
        {"wfpw_mac", sizeof(wfpw_mac)},
        {"wfpw_vswitch", sizeof(wfpw_vswitch)},
        {"wfpw_terminating", sizeof(wfpw_terminating)},
        {"wfpw_event", sizeof(wfpw_event)},
        {"wfpw_view", sizeof(wfpw_view)},
        {"wfpw_filter", sizeof(wfpw_filter)},
        {"wfpw_rule", sizeof(wfpw_rule)},
        {"wfpw_guarded", sizeof(wfpw_guarded)},
        {"wfpw_question", sizeof(wfpw_question)},
        {"wfpw_explained", sizeof(wfpw_explained)},
        {"wfpw_explained_by", sizeof(wfpw_explained_by)},
        {"wfpw_aggregate", sizeof(wfpw_aggregate)},
        {"wfpw_condition", sizeof(wfpw_condition)},
        {"wfpw_names_stats", sizeof(wfpw_names_stats)},
        {"wfpw_reason", sizeof(wfpw_reason)},
        {"wfpw_row", sizeof(wfpw_row)},
        {"wfpw_audit_policy", sizeof(wfpw_audit_policy)},
        {"wfpw_audit_restored", sizeof(wfpw_audit_restored)},
        {"wfpw_asked", sizeof(wfpw_asked)},
        {"wfpw_connection", sizeof(wfpw_connection)},
        {"wfpw_ipsec_connection", sizeof(wfpw_ipsec_connection)},
        {"wfpw_arrow_options", sizeof(wfpw_arrow_options)},
    };
    for (size_t i = 0; name != NULL && i < sizeof structs / sizeof *structs; i++)
        if (strcmp(name, structs[i].name) == 0)
            return structs[i].size;
    return 0;
}
