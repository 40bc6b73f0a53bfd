/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events in any format, one or a batch of lines. */
#include "export/json_event.h"
#include "export/schema/formats.h"
#include "model/batch.h"

/* ---- formats -------------------------------------------------------------------------------- */

static const struct {
    char *(*write)(struct json_out *o, char *p, const struct export_event *x);
    const char *header, *line_end;
} formats[] = {
    [WFPW_FORMAT_JSON] = {NULL, "", "\n"}, /* json_event, which needs no export_event */
    [WFPW_FORMAT_ECS] = {export_ecs, "", "\n"},
    [WFPW_FORMAT_OCSF] = {export_ocsf, "", "\n"},
    [WFPW_FORMAT_ASIM] = {export_asim, "", "\n"},
    [WFPW_FORMAT_CSV] = {export_csv, export_csv_header, "\r\n"},
};

static bool is_format(uint32_t format)
{
    return format >= WFPW_FORMAT_JSON && format < sizeof formats / sizeof *formats;
}

static char *put_event(struct json_out *o, char *p, const wfpw_event *ev, uint32_t format)
{
    struct export_event x;
    if (format == WFPW_FORMAT_JSON)
        return json_event(o, p, ev);
    export_event_start(&x, ev);
    return formats[format].write(o, p, &x);
}

const char *WFPW_CALL wfpw_export_header(uint32_t format)
{
    return is_format(format) ? formats[format].header : "";
}

/* ---- one event ------------------------------------------------------------------------------ */

int WFPW_CALL wfpw_export(const wfpw_event *ev, uint32_t format, uint32_t flags, char *buf,
                          size_t cap, size_t *needed)
{
    struct json_out o;
    if (ev == NULL || flags != 0 || (buf == NULL && cap != 0) || !is_format(format))
        return WFPW_E_INVAL;
    return json_out_end(&o, put_event(&o, json_out_start(&o, buf, cap), ev, format), needed);
}

int WFPW_CALL wfpw_to_json(const wfpw_event *ev, uint32_t flags, char *buf, size_t cap,
                           size_t *needed)
{
    return wfpw_export(ev, WFPW_FORMAT_JSON, flags, buf, cap, needed);
}

int WFPW_CALL wfpw_batch_set_format(wfpw_batch *b, uint32_t format)
{
    if (b == NULL || (format != 0 && !is_format(format)))
        return WFPW_E_INVAL;
    batch_set_format(b, format);
    return WFPW_OK;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static char *put_line(struct json_out *o, char *p, const wfpw_event *ev, uint32_t format)
{
    const char *end = formats[format].line_end;
    p = json_out_room(o, put_event(o, p, ev, format), 3);
    while (*end != 0)
        *p++ = *end++;
    *p = 0;
    return p;
}

/* As many lines as there is room for; of the one that has none, *total is the length. */
static size_t put_lines(struct json_out *o, char *p, const wfpw_batch *b, uint32_t format,
                        uint32_t *at, uint32_t end, size_t *total)
{
    const wfpw_event *ev;
    size_t n = 0;
    for (; *at < end && (ev = wfpw_batch_get(b, *at)) != NULL; ++*at, n = *total) {
        p = put_line(o, p, ev, format);
        if (!o->spilling)
            *total = (size_t)(p - o->room);
        else if (json_out_end(o, p, total) >= 0)
            p = json_out_resume(o, *total);
        else
            break;
    }
    return n;
}

int WFPW_CALL wfpw_batch_export(const wfpw_batch *b, uint32_t format, uint32_t flags, uint32_t *at,
                                uint32_t end, char *buf, size_t cap, size_t *needed)
{
    struct json_out o;
    struct json_out_memory memory;
    size_t total = 0;
    if (b == NULL || flags != 0 || at == NULL || (buf == NULL && cap != 0) || !is_format(format))
        return WFPW_E_INVAL;
    if (batch_format(b) != 0 && batch_format(b) != format)
        return WFPW_E_INVAL;
    memset(memory.known, 0, sizeof memory.known);
    char *p = json_out_start(&o, buf, cap < INT32_MAX ? cap : INT32_MAX);
    o.memory = &memory;
    o.prepared = batch_format(b) == WFPW_FORMAT_JSON;
    size_t n = put_lines(&o, p, b, format, at, end, &total);
    if (cap > 0)
        buf[n] = 0;
    if (needed != NULL)
        *needed = n > 0 ? n : total;
    return n == 0 && total > 0 ? WFPW_E_RANGE : (int)n;
}

int WFPW_CALL wfpw_batch_to_json(const wfpw_batch *b, uint32_t flags, uint32_t *at, uint32_t end,
                                 char *buf, size_t cap, size_t *needed)
{
    return wfpw_batch_export(b, WFPW_FORMAT_JSON, flags, at, end, buf, cap, needed);
}
