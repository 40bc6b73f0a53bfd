/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's connection objects as a list. It is asked on a thread of its own, which has the
 * process's token whomever the caller impersonates. */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/thread_call.h"
#include "decode/fwpm/fwp_connection.h"
#include "engine/engine.h"

static const char where[] = "wfpw_ipsec_connections_load";

enum { PAGE = 64, ROOM_FIRST = 64 };

/* Each in one block with its texts. */
struct wfpw_ipsec_connections {
    wfpw_allocator memory;
    wfpw_ipsec_connection **items;
    uint32_t count, room;
    int monitored;
};

struct loading {
    const struct wfpw_system *system;
    struct system_host host;
    struct wfpw_ipsec_connections *list;
    void *engine, *handle;
    int status;
    wfpw_error e;
    struct fwp_connection read;
};

/* ---- the list ------------------------------------------------------------------------------- */

static bool has_room(struct wfpw_ipsec_connections *l)
{
    if (l->count < l->room)
        return true;
    uint32_t room = l->room != 0 ? 2 * l->room : (uint32_t)ROOM_FIRST;
    wfpw_ipsec_connection **items = memory_new(&l->memory, (size_t)room * sizeof(void *));
    if (items == NULL)
        return false;
    if (l->count > 0)
        memcpy(items, l->items, (size_t)l->count * sizeof(void *));
    memory_free(&l->memory, l->items);
    l->items = items;
    l->room = room;
    return true;
}

static size_t size_of_text(const char *text)
{
    return text != NULL ? strlen(text) + 1 : 0;
}

static char *copy_text(char *to, const char **text)
{
    size_t n = size_of_text(*text);
    if (n == 0)
        return to;
    memcpy(to, *text, n);
    *text = to;
    return to + n;
}

/* false: no memory. */
static bool add_connection(struct wfpw_ipsec_connections *l, const wfpw_ipsec_connection *c)
{
    size_t texts = size_of_text(c->provider) + size_of_text(c->peer) + size_of_text(c->second_peer);
    wfpw_ipsec_connection *item =
        has_room(l) ? memory_take(&l->memory, sizeof *item + texts) : NULL;
    if (item == NULL)
        return false;
    *item = *c;
    char *to = copy_text((char *)(item + 1), &item->provider);
    to = copy_text(to, &item->peer);
    (void)copy_text(to, &item->second_peer);
    l->items[l->count++] = item;
    return true;
}

/* ---- on the thread -------------------------------------------------------------------------- */

static bool fail_load(struct loading *l, const char *call, uint32_t code)
{
    l->status = error_set(&l->e, error_of_engine(code), call, code, NULL);
    return false;
}

static bool out_of_memory(struct loading *l)
{
    l->status = error_set(&l->e, WFPW_E_NOMEM, where, 0, NULL);
    return false;
}

/* All of the page is freed whatever becomes of it. false: there are no more, or it failed. */
static bool take_page(struct loading *l)
{
    const struct system_engine *engine = l->system->engine;
    FWPM_CONNECTION0 **entries = NULL;
    uint32_t count = 0, code = engine->enumerate_connections(l->system->ctx, l->engine, l->handle,
                                                             PAGE, &entries, &count);
    if (code != 0)
        return fail_load(l, "FwpmConnectionEnum0", code);
    bool is_full = count >= PAGE && entries != NULL;
    for (uint32_t i = 0; i < count && entries != NULL && l->status == WFPW_OK; i++) {
        if (entries[i] == NULL)
            continue;
        fwp_connection_read(entries[i], &l->read);
        if (!add_connection(l->list, &l->read.c))
            (void)out_of_memory(l);
    }
    if (entries != NULL)
        engine->free(l->system->ctx, (void **)&entries);
    return is_full && l->status == WFPW_OK;
}

/* Windows takes the snapshot here. Without a template it has all of them. */
static void read_all(struct loading *l)
{
    const struct system_engine *engine = l->system->engine;
    uint32_t code = engine->create_connection_enum(l->system->ctx, l->engine, NULL, &l->handle);
    if (code != 0) {
        (void)fail_load(l, "FwpmConnectionCreateEnumHandle0", code);
        return;
    }
    while (take_page(l))
        continue;
    (void)engine->destroy_connection_enum(l->system->ctx, l->engine, l->handle);
}

static int ask_monitored(const struct loading *l)
{
    uint32_t on = 0;
    if (l->system->engine->get_option == NULL ||
        engine_get(l->system, l->engine, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, &on) != 0)
        return WFPW_E_SYSTEM;
    return on != 0;
}

static bool find_system(struct loading *l)
{
    l->system = engine_system(l->system, &l->host, where, &l->e);
    if (l->system == NULL) {
        l->status = l->e.status;
        return false;
    }
    const struct system_engine *e = l->system->engine;
    if (e != NULL && e->open != NULL && e->close != NULL && e->free != NULL &&
        e->create_connection_enum != NULL && e->enumerate_connections != NULL &&
        e->destroy_connection_enum != NULL)
        return true;
    l->status = error_set(&l->e, WFPW_E_NOTSUP, "FwpmConnectionEnum0", 0,
                          "the engine lists connections since Windows 8");
    return false;
}

static void run_load(void *ctx)
{
    struct loading *l = ctx;
    if (!find_system(l))
        return;
    uint32_t code = engine_open(l->system, &l->engine);
    if (code != 0) {
        (void)fail_load(l, "FwpmEngineOpen0", code);
        return;
    }
    l->list->monitored = ask_monitored(l);
    read_all(l);
    (void)l->system->engine->close(l->system->ctx, l->engine);
}

/* ---- the calls ------------------------------------------------------------------------------ */

static int load_list(const wfpw_options *o, struct wfpw_ipsec_connections *list, wfpw_error *e)
{
    struct loading *l = memory_new(&list->memory, sizeof *l);
    if (l == NULL)
        return error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    l->system = o->system;
    l->list = list;
    if (!thread_call(o->hooks, run_load, l))
        (void)out_of_memory(l);
    int status = l->status;
    if (status != WFPW_OK && e != NULL)
        *e = l->e;
    memory_free(&list->memory, l);
    return status;
}

int WFPW_CALL wfpw_ipsec_connections_load(const wfpw_options *o, wfpw_ipsec_connections **out,
                                          wfpw_error *e)
{
    wfpw_options options;
    if (out == NULL)
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    *out = NULL;
    if (!options_take(&options, o))
        return error_set(e, WFPW_E_INVAL, where, 0, "an option is wrong");
    wfpw_allocator memory = memory_of(options.allocator);
    struct wfpw_ipsec_connections *list = memory_new(&memory, sizeof *list);
    if (list == NULL)
        return error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    list->memory = memory;
    int status = load_list(&options, list, e);
    if (status == WFPW_OK)
        *out = list;
    else
        wfpw_ipsec_connections_free(list);
    return status;
}

int WFPW_CALL wfpw_ipsec_connections_monitored(const wfpw_ipsec_connections *c)
{
    return c != NULL ? c->monitored : WFPW_E_INVAL;
}

const wfpw_ipsec_connection *WFPW_CALL wfpw_ipsec_connections_get(const wfpw_ipsec_connections *c,
                                                                  uint32_t i)
{
    return c != NULL && i < c->count ? c->items[i] : NULL;
}

void WFPW_CALL wfpw_ipsec_connections_free(wfpw_ipsec_connections *c)
{
    if (c == NULL)
        return;
    wfpw_allocator memory = c->memory;
    for (uint32_t i = 0; i < c->count; i++)
        memory_give(&memory, c->items[i]);
    memory_free(&memory, c->items);
    memory_free(&memory, c);
}
