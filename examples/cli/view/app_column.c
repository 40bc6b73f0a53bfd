/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/app_column.h"

#include <stdio.h>
#include <string.h>

#include "view/format.h"

static void put_hosts(struct buffer *b, const wfpw_ipsec *i)
{
    if ((i->present & WFPW_IPSEC_HAS_HOSTS) == 0 || i->public_host.family == 0)
        return;
    buffer_puts(b, " public ");
    format_address(b, &i->public_host);
    buffer_puts(b, " internal ");
    format_address(b, &i->internal_host);
}

/* What stands for the application of an event that has none. */
static void put_subject(struct buffer *b, const wfpw_event *ev)
{
    char text[64];
    if (ev->package_sid != NULL) {
        buffer_text(b, ev->package_sid);
    } else if (ev->ike != NULL && (ev->ike->present & WFPW_IKE_HAS_ERROR) != 0) {
        static const char *const points[] = {"", " on this host", " on the peer"};
        uint32_t point = (ev->ike->present & WFPW_IKE_HAS_POINT) != 0 ? ev->ike->point : 0;
        (void)snprintf(text, sizeof text, "error %u%s", (unsigned)ev->ike->error,
                       points[point < 3 ? point : 0]);
        buffer_puts(b, text);
    } else if (ev->ipsec != NULL && (ev->ipsec->present & WFPW_IPSEC_HAS_STATUS) != 0) {
        (void)snprintf(text, sizeof text, "status 0x%08x", (unsigned)ev->ipsec->status);
        buffer_puts(b, text);
        put_hosts(b, ev->ipsec);
    } else if (ev->ipsec != NULL && (ev->ipsec->present & WFPW_IPSEC_HAS_SPI) != 0) {
        buffer_puts(b, "spi ");
        buffer_number(b, ev->ipsec->spi);
    }
}

/* The capability that was wanted, as much of it as there is room for. */
void app_column_capability(struct buffer *b, const wfpw_event *ev, size_t room)
{
    enum { BRACKETS = 3, WORTH_IT = 8 };
    const char *word = wfpw_word(WFPW_LIST_CAPABILITY, ev->capability);
    size_t used = text_columns(b->p, b->n) + BRACKETS;
    char number[16];
    if ((ev->present & WFPW_HAS_CAPABILITY) == 0 || used + WORTH_IT > room)
        return;
    if (word[0] == 0) {
        (void)snprintf(number, sizeof number, "%u", (unsigned)ev->capability);
        word = number;
    }
    buffer_puts(b, b->n > 0 ? " [" : "[");
    buffer_cut_end(b, word, strlen(word), room - used);
    buffer_puts(b, "]");
}

void app_column_own(struct buffer *b, const wfpw_event *ev)
{
    if ((ev->flags & WFPW_EVENT_OWN_PROCESS) != 0)
        buffer_puts(b, " (own)");
}

/* Everything, in the order of the path. */
void app_column_whole(struct buffer *b, const wfpw_event *ev)
{
    if (format_app(ev) != NULL)
        buffer_text(b, format_app(ev));
    else
        put_subject(b, ev);
    app_column_own(b, ev);
    app_column_capability(b, ev, SIZE_MAX);
    if (format_app(ev) != NULL && ev->package_sid != NULL) {
        buffer_puts(b, " [");
        buffer_text(b, ev->package_sid);
        buffer_puts(b, "]");
    }
}

const char *app_column_last_part(const char *path)
{
    const char *name = path;
    for (const char *p = path; *p != 0; p++)
        if ((*p == '\\' || *p == '/') && p[1] != 0)
            name = p + 1;
    return name;
}

void app_column_name(struct buffer *b, const wfpw_event *ev)
{
    if (format_app(ev) != NULL)
        buffer_text(b, app_column_last_part(format_app(ev)));
    else
        put_subject(b, ev);
}
