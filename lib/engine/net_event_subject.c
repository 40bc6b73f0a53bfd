/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/net_event_subject.h"

#include "decode/fwpm/net_event_body.h"
#include "model/direction.h"

struct template_text net_event_app(const struct net_event *n)
{
    const uint32_t size = n->head.appId.size, most = NET_EVENT_APP_MAX;
    if (size == 0)
        return (struct template_text){0};
    return (struct template_text){n->head.appId.data, size < most ? size & ~(uint32_t)1 : most,
                                  VALUE_STRING};
}

struct template_subject net_event_subject(const struct net_event *n, uint16_t source,
                                          struct record *r)
{
    net_event_decode_head(n, source, r);
    direction_decide(r);
    struct template_subject s = template_of_record(r);
    s.is_early = true;
    s.app = net_event_app(n);
    if (net_event_body_sid_size(n->head.userId) != 0)
        s.user_sid = (struct template_text){n->head.userId, net_event_body_sid_size(n->head.userId),
                                            VALUE_SID};
    return s;
}
