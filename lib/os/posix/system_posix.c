/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "os/system.h"

const struct system_places *system_host_places(void)
{
    return NULL;
}

const struct system_rules *system_host_rules(void)
{
    return NULL;
}

bool system_host_find_log(struct system_host *h)
{
    *h = (struct system_host){.text = "this host has no event log"};
    return false;
}

bool system_host_find_sockets(struct system_host *h)
{
    *h = (struct system_host){.text = "this host has no tables of sockets"};
    return false;
}

bool system_host_find(struct system_host *h)
{
    *h = (struct system_host){.text = "this host has no Windows Filtering Platform"};
    return false;
}
