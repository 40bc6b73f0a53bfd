/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file: what format it has is told by its first bytes. */
#include "error.h"
#include "source/evtxfile.h"
#include "source/xmlfile.h"

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

static int refuse(enum xmlfile_kind kind, bool empty, wfpw_error *e)
{
    const char *text = empty ? "the file is empty" : NULL;
    if (kind == XMLFILE_OTHER)
        text = "XML, but not of events";
    else if (kind == XMLFILE_DOCTYPE)
        text = "a DOCTYPE is refused";
    else if (kind == XMLFILE_NAMES)
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
    size_t n = input_view(&in, EVTXFILE_SNIFF, &p);
    enum xmlfile_kind kind = xmlfile_look(p, n);
    if (in.error != 0 && n < EVTXFILE_SNIFF) /* later failures are told where they are */
        status = error_set(e, WFPW_E_IO, "read", in.error, NULL);
    else if (evtxfile_is(p, n))
        return evtxfile_open(o, &in, out, e);
    else if (kind == XMLFILE_EVENTS || kind == XMLFILE_NETEVENTS)
        return xmlfile_open(o, kind, &in, out, e);
    else
        status = refuse(kind, n == 0, e);
    input_close(&in);
    return status;
}
