/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A socket of this host, and a connection of IPsec, as one line of JSON. docs/json.md is the
 * contract of their keys. */
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

/* ---- IPsec ---------------------------------------------------------------------------------- */

/* Without a port. */
static char *put_address(char *p, const wfpw_endpoint *e)
{
    p = JSON_OUT_PUT(p, "\"ip\":\"");
    p += text_ip(p, e->addr, e->family);
    return json_out_close(JSON_OUT_PUT(p, "\","), '}');
}

/* A newer Windows may have codes without a word: they are numbers. */
#define WORD_OR_NUMBER(p, name, list, code)                                                        \
    (code_word_find(list, code) != NULL ? WORD_IF(p, name, list, code) : NUMBER(p, name, code))

static char *put_methods(struct json_out *o, char *p, const wfpw_ipsec_connection *c)
{
    p = JSON_OUT_OPEN(json_out_room(o, p, 12 * JSON_OUT_MEMBER), "ipsec");
    p = NUMBER(p, "id", c->id);
    p = WORD_OR_NUMBER(p, "mode", WFPW_LIST_IPSEC_MODE, c->mode);
    p = WORD_OR_NUMBER(p, "key_module", WFPW_LIST_KEY_MODULE, c->key_module);
    p = WORD_OR_NUMBER(p, "auth_method", WFPW_LIST_AUTH_METHOD, c->auth_method);
    if (c->second_auth_method != UINT32_MAX)
        p = WORD_OR_NUMBER(p, "second_auth_method", WFPW_LIST_AUTH_METHOD, c->second_auth_method);
    p = WORD_OR_NUMBER(p, "cipher", WFPW_LIST_CIPHER, c->cipher);
    p = WORD_OR_NUMBER(p, "integrity", WFPW_LIST_INTEGRITY, c->integrity);
    p = WORD_OR_NUMBER(p, "dh_group", WFPW_LIST_DH_GROUP, c->dh_group);
    p = NUMBER(p, "max_lifetime_s", c->max_lifetime_s);
    p = STRING_IF(o, p, "provider", c->provider);
    p = STRING_IF(o, p, "peer", c->peer);
    p = STRING_IF(o, p, "second_peer", c->second_peer);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

static char *put_ipsec(struct json_out *o, char *p, const wfpw_ipsec_connection *c)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 8 * JSON_OUT_MEMBER), "{");
    if (c->local.family != 0)
        p = put_address(JSON_OUT_OPEN(p, "local"), &c->local);
    if (c->remote.family != 0)
        p = put_address(JSON_OUT_OPEN(p, "remote"), &c->remote);
    if (c->created != 0)
        p = TIME(p, "created", c->created);
    p = NUMBER(p, "bytes_in", c->bytes_in);
    p = NUMBER(p, "bytes_out", c->bytes_out);
    p = NUMBER(p, "bytes", c->bytes);
    p = put_methods(o, p, c);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}') - 1;
}

int WFPW_CALL wfpw_ipsec_connection_to_json(const wfpw_ipsec_connection *c, uint32_t flags,
                                            char *buf, size_t cap, size_t *needed)
{
    struct json_out o;
    if (c == NULL || flags != 0 || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    return json_out_end(&o, put_ipsec(&o, json_out_start(&o, buf, cap), c), needed);
}
