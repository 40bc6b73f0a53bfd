/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/aggregate_note.h"

#include "view/format.h"

/* One port of all of them is in the event itself. */
static void put_ports(struct buffer *b, const char *side, const uint16_t *ports, uint32_t count,
                      bool more)
{
    if (count < 2)
        return;
    buffer_puts(b, ", ");
    buffer_puts(b, side);
    buffer_puts(b, " ports");
    for (uint32_t i = 0; i < count; i++) {
        buffer_puts(b, " ");
        buffer_number(b, ports[i]);
    }
    buffer_puts(b, more ? " and others" : "");
}

void aggregate_note_put(struct buffer *b, const wfpw_event *ev)
{
    char time[TIME_LENGTH + 1];
    const wfpw_aggregate *a = ev->aggregate;
    if (a == NULL)
        return;
    format_time(time, a->first);
    buffer_number(b, a->count);
    buffer_puts(b, " event");
    buffer_puts(b, format_plural(a->count));
    buffer_puts(b, " since ");
    buffer_puts(b, time);
    put_ports(b, "remote", a->remote_ports, a->remote_port_count,
              (a->flags & WFPW_AGGREGATE_MORE_REMOTE_PORTS) != 0);
    put_ports(b, "local", a->local_ports, a->local_port_count,
              (a->flags & WFPW_AGGREGATE_MORE_LOCAL_PORTS) != 0);
}
