/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A socket of this host as one line of JSON. docs/json.md is the contract of its keys. */
#include "export/json_out.h"

static char *put_side(char *p, const wfpw_endpoint *e)
{
    p = JSON_OUT_PUT(p, "\"ip\":\"");
    p += text_ip(p, e->addr, e->family);
    p = JSON_OUT_PUT(p, "\",");
    p = NUMBER(p, "port", e->port);
    return json_out_close(NUMBER_IF(p, e->scope_id != 0, "scope_id", e->scope_id), '}');
}

static char *put_app(struct json_out *o, char *p, const wfpw_connection *c)
{
    if (c->device_path == NULL)
        return p;
    p = JSON_OUT_OPEN(json_out_room(o, p, JSON_OUT_MEMBER), "app");
    p = STRING_IF(o, p, "path", c->app_path);
    p = STRING_IF(o, p, "device_path", c->device_path);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

static char *put_process(struct json_out *o, char *p, const wfpw_connection *c)
{
    if (c->process_id == 0)
        return p;
    p = JSON_OUT_OPEN(json_out_room(o, p, 2 * JSON_OUT_MEMBER), "process");
    p = NUMBER(p, "pid", c->process_id);
    p = STRING_IF(o, p, "service", c->service);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

static char *put_connection(struct json_out *o, char *p, const wfpw_connection *c)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 8 * JSON_OUT_MEMBER), "{");
    p = NUMBER(p, "protocol", c->protocol);
    p = WORD_IF(p, "state", WFPW_LIST_TCP_STATE, c->state);
    if (c->local.family != 0)
        p = put_side(JSON_OUT_OPEN(p, "local"), &c->local);
    if (c->remote.family != 0)
        p = put_side(JSON_OUT_OPEN(p, "remote"), &c->remote);
    if (c->created != 0)
        p = TIME(p, "created", c->created);
    p = put_process(o, put_app(o, p, c), c);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}') - 1;
}

int WFPW_CALL wfpw_connection_to_json(const wfpw_connection *c, uint32_t flags, char *buf,
                                      size_t cap, size_t *needed)
{
    struct json_out o;
    if (c == NULL || flags != 0 || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    return json_out_end(&o, put_connection(&o, json_out_start(&o, buf, cap), c), needed);
}
