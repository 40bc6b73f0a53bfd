/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file: what format it has is told by its first bytes. */
#include "base/error.h"
#include "base/memory.h"
#include "source/evtx/evtx_file.h"
#include "source/text/firewall_log_file.h"
#include "source/text/json_file.h"
#include "source/paste.h"
#include "source/xml_file.h"
#include "source/xml_piece.h"

#include <string.h>

#include "base/text.h"

static int refuse_file(enum xml_file_kind kind, enum json_file_kind json, bool empty,
                       const char *archive, wfpw_error *e)
{
    const char *text = empty                     ? "the file is empty"
                       : json == JSON_FILE_OTHER ? "JSON, but of no form that is known"
                                                 : archive;
    if (kind == XML_FILE_OTHER)
        text = "XML, but not of events";
    else if (kind == XML_FILE_DOCTYPE)
        text = "a DOCTYPE is refused";
    else if (kind == XML_FILE_NAMES)
        text = "a netsh dump of filters: it holds names, no events; 'wfpwatch names' reads it";
    return error_set(e, WFPW_E_FORMAT, "wfpw_add_file", 0, text);
}

/* "<13>Jan  2 ...": syslog's priority (RFC 5424), which is no tag. */
static bool is_syslog(const uint8_t *p, size_t n)
{
    return n > 1 && p[0] == '<' && p[1] >= '0' && p[1] <= '9';
}

/* Events may stand behind other text, or in it. */
static enum xml_file_kind look_closer(struct input *in, enum xml_file_kind kind)
{
    const uint8_t *p;
    size_t n = input_view(in, XML_PIECE, &p);
    if (kind != XML_FILE_NONE && kind != XML_FILE_OTHER && kind != XML_FILE_EVENTS)
        return kind;
    if (kind != XML_FILE_NONE && !is_syslog(p, n) && !paste_is_escaped(p, n))
        return kind;
    enum xml_file_kind found = paste_find(in);
    return found != XML_FILE_NONE ? found : kind;
}

int source_open_input(const struct source_options *o, struct input *in, struct source **out,
                      wfpw_error *e)
{
    const uint8_t *p;
    int status = WFPW_OK;
    size_t n = input_view(in, EVTX_FILE_SNIFF, &p);
    enum xml_file_kind kind = xml_file_look(p, n);
    const char *archive = input_archive(p, n);
    bool is_empty = n == 0;
    enum json_file_kind json = JSON_FILE_NONE;
    if (in->error != 0 && n == 0) /* later failures are told where they are */
        status = input_failed(in, e);
    else if (evtx_file_is(p, n))
        return evtx_file_open(o, in, out, e);
    else if (archive == NULL && firewall_log_file_is(in))
        return firewall_log_file_open(o, in, out, e);
    else if (archive == NULL && !is_empty)
        json = json_file_look(o, in);
    if (json == JSON_FILE_NO_MEMORY)
        status = error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    if (json == JSON_FILE_RECORDS)
        return json_file_open(o, in, out, e);
    if (status == WFPW_OK && archive == NULL && !is_empty)
        kind = look_closer(in, kind);
    if (kind == XML_FILE_EVENTS || kind == XML_FILE_NETEVENTS)
        return xml_file_open(o, kind, in, out, e);
    if (json == JSON_FILE_UNKNOWN && kind == XML_FILE_NONE)
        return json_file_open(o, in, out, e);
    if (status == WFPW_OK && in->why != NULL)
        status = input_failed(in, e);
    else if (status == WFPW_OK)
        status = refuse_file(kind, json, is_empty, archive, e);
    input_close(in);
    return status;
}

static int open_file(const struct source_options *o, const char *path, const void *data,
                     size_t size, struct source **out, wfpw_error *e)
{
    struct input in;
    int status = input_open(&in, &o->memory, path, data, size, e);
    return status == WFPW_OK ? source_open_input(o, &in, out, e) : status;
}

/* The path as events have it; NULL: there is no memory. */
static char *copy_of(const wfpw_allocator *a, const char *path)
{
    enum { PATH_BYTES = 4096, REPLACEMENT = 3 };
    size_t n = strlen(path), at = 0, most = n < PATH_BYTES ? n : PATH_BYTES;
    char *out = memory_take(a, REPLACEMENT * most + 1), *to = out;
    while (out != NULL && at < most) {
        size_t good = text_utf8_valid(path + at, most - at);
        memcpy(to, path + at, good);
        to += good;
        at += good;
        if (at == most || (most < n && most - at < REPLACEMENT + 1))
            break; /* a character that is cut off is left out */
        memcpy(to, "\xEF\xBF\xBD", REPLACEMENT);
        to += REPLACEMENT;
        at++;
    }
    if (out != NULL)
        *to = 0;
    return out;
}

static enum source_result give_nothing(struct source *s, struct tally *t, const struct record **r,
                                       wfpw_error *e)
{
    (void)s;
    (void)t;
    (void)r;
    (void)e;
    return SOURCE_END;
}

int source_open_file(const struct source_options *o, const char *path, const void *data,
                     size_t size, struct source **out, wfpw_error *e)
{
    int status = open_file(o, path, data, size, out, e);
    if (status == WFPW_OK && o->part > 0 && !(*out)->has_parts) { /* the first part has it all */
        (*out)->next = give_nothing;
        (*out)->size = 0;
    }
    if (status != WFPW_OK || path == NULL)
        return status;
    (*out)->file = copy_of(&o->memory, path);
    if ((*out)->file != NULL)
        return WFPW_OK;
    (*out)->close(*out);
    return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
}
