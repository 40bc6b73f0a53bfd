/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The host's tables of sockets as a list. The system is asked on a thread of its own, which has the
 * process's token whomever the caller impersonates. */
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "base/thread_call.h"
#include "os/os.h"
#include "resolve/sockets/socket_search.h"
#include "resolve/volumes.h"

static const char where[] = "wfpw_connections_load";

enum text { TEXT_DEVICE_PATH, TEXT_APP_PATH, TEXT_SERVICE, TEXTS };
enum { ROOM_FIRST = 256, PROGRAMS = 256, PATH_MAX_BYTES = 3 * SOCKETS_IMAGE_UNITS };

/* Texts by where they start, as their memory moves while the list grows; 0: none. */
struct socket_item {
    wfpw_connection c;
    size_t text[TEXTS];
};

struct wfpw_connections {
    wfpw_allocator memory;
    struct socket_item *items;
    uint32_t count, room;
    char *texts;
    size_t text_bytes, text_room;
};

/* The texts of a process's program, for its next socket. */
struct program {
    uint32_t pid; /* 0: none yet */
    size_t device_path, app_path;
};

struct loading {
    const struct wfpw_system *system;
    struct system_host host;
    struct wfpw_connections *list;
    struct volumes volumes;
    bool has_volumes;
    struct program programs[PROGRAMS];
    int status;
    wfpw_error e;
};

/* ---- the list ------------------------------------------------------------------------------- */

static void *grow_block(const wfpw_allocator *memory, void *old, size_t used, size_t room)
{
    void *p = memory_new(memory, room);
    if (p != NULL && used > 0)
        memcpy(p, old, used);
    if (p != NULL)
        memory_free(memory, old);
    return p;
}

/* NULL: no memory. */
static struct socket_item *add_item(struct wfpw_connections *l)
{
    if (l->count == l->room) {
        uint32_t room = l->room != 0 ? 2 * l->room : (uint32_t)ROOM_FIRST;
        void *p = grow_block(&l->memory, l->items, l->count * sizeof *l->items,
                             (size_t)room * sizeof *l->items);
        if (p == NULL)
            return NULL;
        l->items = p;
        l->room = room;
    }
    return &l->items[l->count++];
}

/* Where it starts; 0: no memory. */
static size_t add_text(struct wfpw_connections *l, const char *text, size_t n)
{
    if (l->text_bytes + n + 1 > l->text_room) {
        size_t room = 2 * l->text_room + n + PATH_MAX_BYTES;
        char *p = grow_block(&l->memory, l->texts, l->text_bytes, room);
        if (p == NULL)
            return 0;
        l->texts = p;
        l->text_room = room;
        l->text_bytes += l->text_bytes == 0; /* 0 is none */
    }
    size_t at = l->text_bytes;
    memcpy(l->texts + at, text, n);
    l->texts[at + n] = 0;
    l->text_bytes += n + 1;
    return at;
}

static const char *text_at(const struct wfpw_connections *l, size_t at)
{
    return at != 0 ? l->texts + at : NULL;
}

static void set_texts(struct wfpw_connections *l)
{
    for (uint32_t i = 0; i < l->count; i++) {
        struct socket_item *item = &l->items[i];
        item->c.device_path = text_at(l, item->text[TEXT_DEVICE_PATH]);
        item->c.app_path = text_at(l, item->text[TEXT_APP_PATH]);
        item->c.service = text_at(l, item->text[TEXT_SERVICE]);
    }
}

/* ---- on the thread -------------------------------------------------------------------------- */

static bool out_of_memory(struct loading *l)
{
    l->status = error_set(&l->e, WFPW_E_NOMEM, where, 0, NULL);
    return false;
}

static bool add_app_path(struct loading *l, const uint16_t *image, size_t units, struct program *p)
{
    char text[VOLUMES_PLACE_MAX + PATH_MAX_BYTES];
    struct volume_found found;
    if (!l->has_volumes || volumes_find(&l->volumes, image, units, &found) != VOLUME_FOUND)
        return true;
    memcpy(text, found.place, found.bytes);
    size_t n =
        found.bytes + text_utf16(text + found.bytes, image + found.units, units - found.units);
    p->app_path = add_text(l->list, text, n);
    return p->app_path != 0;
}

/* The programs of other users' processes may stay unknown. false: no memory. */
static bool add_program(struct loading *l, uint32_t pid, struct program *p)
{
    uint16_t image[SOCKETS_IMAGE_UNITS];
    char text[PATH_MAX_BYTES];
    size_t units = 0;
    *p = (struct program){.pid = pid};
    if (l->system->sockets->image(l->system->ctx, pid, image, SOCKETS_IMAGE_UNITS, &units) != 0 ||
        units == 0)
        return true;
    p->device_path = add_text(l->list, text, text_utf16(text, image, units));
    return p->device_path != 0 && add_app_path(l, image, units, p);
}

static bool fill_item(struct loading *l, enum system_sockets_table which,
                      const struct socket_row *row, struct socket_item *item)
{
    char service[3 * SOCKETS_MODULE_UNITS];
    item->c = (wfpw_connection){.size = sizeof item->c,
                                .protocol = row->protocol,
                                .state = row->state,
                                .process_id = row->pid,
                                .local = row->local,
                                .remote = row->remote,
                                .created = row->created};
    struct program *p = &l->programs[row->pid / 4 % PROGRAMS];
    if (row->pid == 0)
        return true;
    if (p->pid != row->pid && !add_program(l, row->pid, p))
        return out_of_memory(l);
    item->text[TEXT_DEVICE_PATH] = p->device_path;
    item->text[TEXT_APP_PATH] = p->app_path;
    size_t n = socket_search_service(l->system, which, row, service, sizeof service);
    if (n > 0)
        item->text[TEXT_SERVICE] = add_text(l->list, service, n);
    return n == 0 || item->text[TEXT_SERVICE] != 0 || out_of_memory(l);
}

static bool add_rows(struct loading *l, enum system_sockets_table which,
                     const struct socket_table *t)
{
    struct socket_row row;
    for (uint32_t i = 0; i < t->count; i++) {
        struct socket_item *item = add_item(l->list);
        if (item == NULL)
            return out_of_memory(l);
        socket_table_row(which, t->room, i, &row);
        if (!fill_item(l, which, &row, item))
            return false;
    }
    return true;
}

static bool load_table(struct loading *l, enum system_sockets_table which)
{
    struct socket_table t = {0};
    uint32_t code = socket_table_read(&t, l->system, which);
    bool tcp = which == SOCKETS_TCP4 || which == SOCKETS_TCP6;
    if (code != 0)
        l->status = error_set(&l->e, error_of_windows(code),
                              tcp ? "GetExtendedTcpTable" : "GetExtendedUdpTable", code, NULL);
    bool good = code == 0 && add_rows(l, which, &t);
    socket_table_free(&t);
    return good;
}

static bool find_system(struct loading *l)
{
    if (l->system == NULL && system_host_find_sockets(&l->host))
        l->system = &l->host.system;
    if (l->system != NULL && l->system->sockets != NULL)
        return true;
    const char *missing = l->host.missing != NULL ? l->host.missing : where;
    const char *text = l->host.text != NULL ? l->host.text : "this host has no tables of sockets";
    l->status = error_set(&l->e, WFPW_E_NOTSUP, missing, l->host.code, text);
    return false;
}

static void run_load(void *ctx)
{
    struct loading *l = ctx;
    if (!find_system(l))
        return;
    l->has_volumes = volumes_init(&l->volumes, &l->list->memory);
    if (l->has_volumes) {
        volumes_use(&l->volumes, l->system);
        volumes_read(&l->volumes, os_ticks_ms());
    }
    for (int which = 0; which < SYSTEM_SOCKETS_TABLES && l->status == WFPW_OK; which++)
        (void)load_table(l, (enum system_sockets_table)which);
    if (l->has_volumes)
        volumes_free(&l->volumes);
    set_texts(l->list);
}

/* ---- the calls ------------------------------------------------------------------------------ */

static int load_list(const wfpw_options *o, struct wfpw_connections *list, wfpw_error *e)
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

int WFPW_CALL wfpw_connections_load(const wfpw_options *o, wfpw_connections **out, wfpw_error *e)
{
    wfpw_options options;
    if (out == NULL)
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    *out = NULL;
    if (!options_take(&options, o))
        return error_set(e, WFPW_E_INVAL, where, 0, "an option is wrong");
    wfpw_allocator memory = memory_of(options.allocator);
    struct wfpw_connections *list = memory_new(&memory, sizeof *list);
    if (list == NULL)
        return error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    list->memory = memory;
    int status = load_list(&options, list, e);
    if (status == WFPW_OK)
        *out = list;
    else
        wfpw_connections_free(list);
    return status;
}

const wfpw_connection *WFPW_CALL wfpw_connections_get(const wfpw_connections *c, uint32_t i)
{
    return c != NULL && i < c->count ? &c->items[i].c : NULL;
}

void WFPW_CALL wfpw_connections_free(wfpw_connections *c)
{
    if (c == NULL)
        return;
    wfpw_allocator memory = c->memory;
    memory_free(&memory, c->items);
    memory_free(&memory, c->texts);
    memory_free(&memory, c);
}
