/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random net events of every kind, and a plain one. A seed gives the same events everywhere. */
#ifndef WFPW_NETEVSAMPLE_H
#define WFPW_NETEVSAMPLE_H

#include "wfpwatch/wfpwatch.h"

enum { NETEV_SAMPLE_TEXT = 16 * 1024, NETEV_SAMPLE_FILTERS = 8 };

/* An event as it has to be read back, and the room that it points to. */
struct netev_sample {
    wfpw_event ev;
    wfpw_ike ike;
    wfpw_ipsec ipsec;
    wfpw_mac mac;
    wfpw_vswitch vswitch;
    wfpw_terminating filters[NETEV_SAMPLE_FILTERS];
    size_t used;
    char text[NETEV_SAMPLE_TEXT];
};

/* Any kind, every field set or not, texts that try to break the document. */
void netev_sample_random(struct netev_sample *s, uint64_t *seed, uint64_t seq);
/* A drop as a Windows host writes them. */
void netev_sample_plain(struct netev_sample *s, uint64_t seq);

#endif
