/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random net events of every kind, and a plain one. A seed gives the same events everywhere. */
#ifndef WFPW_NETSHSAMPLE_H
#define WFPW_NETSHSAMPLE_H

#include "wfpwatch/wfpwatch.h"

enum { NETSH_SAMPLE_TEXT = 16 * 1024, NETSH_SAMPLE_FILTERS = 8 };

/* An event as it has to be read back, and the room that it points to. */
struct netsh_sample {
    wfpw_event ev;
    wfpw_ike ike;
    wfpw_ipsec ipsec;
    wfpw_mac mac;
    wfpw_vswitch vswitch;
    wfpw_terminating filters[NETSH_SAMPLE_FILTERS];
    size_t used;
    char text[NETSH_SAMPLE_TEXT];
};

/* Any kind, every field set or not, texts that try to break the document. */
void netsh_sample_random(struct netsh_sample *s, uint64_t *seed, uint64_t seq);
/* A drop as a Windows host writes them. */
void netsh_sample_plain(struct netsh_sample *s, uint64_t seq);

#endif
