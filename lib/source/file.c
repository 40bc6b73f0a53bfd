/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file: what format it has is told by its first bytes. */
#include "base/error.h"
#include "source/evtx_file.h"
#include "source/xml_file.h"

#include <stdio.h>

void tally_log(const struct tally *t, int level, const char *what, const char *where,
               uint64_t offset)
{
    char text[256];
    if (t->log == NULL)
        return;
    (void)snprintf(text, sizeof text, "%s (%s, offset %llu)", what, where,
                   (unsigned long long)offset);
    t->log(t->log_ctx, level, text);
}

static int refuse_file(enum xml_file_kind kind, bool empty, wfpw_error *e)
{
    const char *text = empty ? "the file is empty" : NULL;
    if (kind == XML_FILE_OTHER)
        text = "XML, but not of events";
    else if (kind == XML_FILE_DOCTYPE)
        text = "a DOCTYPE is refused";
    else if (kind == XML_FILE_NAMES)
        text = "a netsh dump of filters: it holds names, no events; 'wfpwatch names' reads it";
    return error_set(e, WFPW_E_FORMAT, "wfpw_add_file", 0, text);
}

int source_open_file(const struct source_options *o, const char *path, const void *data,
                     size_t size, struct source **out, wfpw_error *e)
{
    struct input in;
    const uint8_t *p;
    int status = input_open(&in, &o->memory, path, data, size, e);
    if (status != WFPW_OK)
        return status;
    size_t n = input_view(&in, EVTX_FILE_SNIFF, &p);
    enum xml_file_kind kind = xml_file_look(p, n);
    if (in.error != 0 && n < EVTX_FILE_SNIFF) /* later failures are told where they are */
        status = error_set(e, WFPW_E_IO, "read", in.error, NULL);
    else if (evtx_file_is(p, n))
        return evtx_file_open(o, &in, out, e);
    else if (kind == XML_FILE_EVENTS || kind == XML_FILE_NETEVENTS)
        return xml_file_open(o, kind, &in, out, e);
    else
        status = refuse_file(kind, n == 0, e);
    input_close(&in);
    return status;
}
