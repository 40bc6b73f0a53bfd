/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/paths.h"

#include <string.h>

#include "text.h"

/* A device path, two bytes a unit. */
struct path {
    const uint8_t *p;
    size_t units;
};

static uint32_t unit_at(const struct path *path, size_t i)
{
    return text_le16(path->p + 2 * i);
}

static uint32_t lower(uint32_t u)
{
    return u - 'A' < 26 ? u + ('a' - 'A') : u;
}

/* ---- memory --------------------------------------------------------------------------------- */

bool paths_init(struct paths *p, const wfpw_allocator *memory)
{
    *p = (struct paths){.memory = memory};
    return os_mutex_init(&p->lock);
}

void paths_free(struct paths *p)
{
    memory_free(p->memory, p->block);
    os_mutex_destroy(&p->lock);
}

void paths_use(struct paths *p, const struct wfpw_system *system)
{
    p->places = system->places;
    p->ctx = system->ctx;
}

/* One piece, when it is first wanted: reading again takes no memory. */
static bool take_lists(struct paths *p)
{
    if (p->block != NULL)
        return true;
    struct path_list *block = memory_new(p->memory, (PATHS_LISTS + 1) * sizeof *block);
    if (block == NULL)
        return false;
    os_mutex_lock(&p->lock);
    p->block = p->spare = block;
    for (int i = 0; i < PATHS_LISTS; i++)
        p->lists[i] = block + 1 + i;
    os_mutex_unlock(&p->lock);
    return true;
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool starts_with(const struct path *s, const char *prefix)
{
    size_t n = strlen(prefix);
    for (size_t i = 0; i < n; i++)
        if (i == s->units || lower(unit_at(s, i)) != (uint8_t)prefix[i])
            return false;
    return true;
}

/* A drive of a redirector has its session in its name, \device\lanmanredirector\;x:0003\server. */
static bool is_redirected(const struct path *device)
{
    for (size_t i = 0; i + 1 < device->units; i++)
        if (unit_at(device, i) == '\\' && unit_at(device, i + 1) == ';')
            return true;
    return false;
}

/* A drive made by subst stands for a folder that has a path already, of a drive that is its own. */
static bool is_volume(const struct path *device)
{
    return device->units > 1 && unit_at(device, 0) == '\\' && !starts_with(device, "\\??\\") &&
           !is_redirected(device);
}

static size_t without_backslash(const uint16_t *s, size_t units)
{
    while (units > 0 && s[units - 1] == '\\')
        units--;
    return units;
}

static void put_device(struct path_list *l, const uint16_t *device, size_t units)
{
    for (size_t i = 0; i < units; i++, l->used += 2) {
        uint32_t u = lower(device[i]);
        l->text[l->used] = (uint8_t)u;
        l->text[l->used + 1] = (uint8_t)(u >> 8);
    }
}

static void found(void *to, const uint16_t *place, size_t place_units, const uint16_t *device,
                  size_t device_units)
{
    struct path_list *l = to;
    struct path as_path = {(const uint8_t *)device, without_backslash(device, device_units)};
    size_t units = without_backslash(place, place_units), most = 3 * units + 2 * as_path.units;
    if (units == 0 || !is_volume(&as_path))
        return;
    if (l->count == PATHS_PLACES || 3 * units > PATHS_PLACE_MAX || most > PATHS_TEXT - l->used) {
        l->is_cut = true;
        return;
    }
    struct path_place *e = &l->places[l->count];
    *e = (struct path_place){.place = l->used, .device_units = (uint16_t)as_path.units};
    e->place_bytes = (uint16_t)text_utf16((char *)l->text + l->used, place, units);
    if (e->place_bytes == 0) /* nothing but NULs */
        return;
    l->used += (e->place_bytes + 1u) & ~1u;
    e->device = l->used;
    put_device(l, device, as_path.units);
    l->count++;
}

typedef uint32_t (*list_function)(void *ctx, system_found found, void *to);

/* What cannot be had now stays as it was known. */
static void read_list(struct paths *p, enum path_lists list, list_function function)
{
    struct path_list *l = p->spare;
    l->count = l->used = 0;
    l->is_cut = false;
    p->codes[list] = function != NULL ? function(p->ctx, found, l) : 0;
    if (p->codes[list] != 0)
        return;
    p->is_cut = p->is_cut || l->is_cut;
    os_mutex_lock(&p->lock);
    p->spare = p->lists[list];
    p->lists[list] = l;
    os_mutex_unlock(&p->lock);
}

bool paths_are_due(struct paths *p, enum path_answer answer, uint64_t now)
{
    uint64_t pause = answer == PATH_UNKNOWN ? PATHS_PAUSE_MS : PATHS_OLD_MS;
    os_mutex_lock(&p->lock);
    bool is_due = !p->was_read || now >= p->read_at + pause;
    is_due = p->is_read ? answer == PATH_UNKNOWN : is_due;
    os_mutex_unlock(&p->lock);
    return is_due && p->places != NULL && answer != PATH_NONE;
}

static void mark(struct paths *p, bool is_read, uint64_t now)
{
    os_mutex_lock(&p->lock);
    p->was_read = true;
    p->is_read = is_read;
    p->read_at = now;
    os_mutex_unlock(&p->lock);
}

void paths_read(struct paths *p, uint64_t now)
{
    mark(p, true, now);
    p->is_cut = false;
    p->out_of_memory = !take_lists(p);
    if (!p->out_of_memory) {
        read_list(p, PATHS_MOUNTS, p->places->mounts);
        read_list(p, PATHS_DRIVES, p->places->drives);
    }
    mark(p, false, now);
}

/* ---- shares --------------------------------------------------------------------------------- */

/* The unit behind the component that starts at i: a backslash, or the end. */
static size_t component_end(const struct path *path, size_t i)
{
    while (i < path->units && unit_at(path, i) != '\\')
        i++;
    return i;
}

/* Whether a server, a share and more start at the backslash at i. */
static bool is_share(const struct path *path, size_t i)
{
    size_t server = component_end(path, i + 1), share = component_end(path, server + 1);
    return server > i + 1 && share > server + 1 && share + 1 < path->units;
}

/* Where the backslash before the server's name is; 0: the path leads to no share. What a
 * redirector notes for itself starts with a semicolon: \device\mup\;lanmanredirector\;x:0003\. */
static size_t server_at(const struct path *path)
{
    static const char *const redirectors[] = {"\\device\\mup\\", "\\device\\lanmanredirector\\",
                                              "\\device\\webdavredirector\\"};
    size_t at = component_end(path, component_end(path, 1) + 1);
    bool is_redirector = false;
    for (size_t i = 0; i < sizeof redirectors / sizeof *redirectors; i++)
        is_redirector = is_redirector || starts_with(path, redirectors[i]);
    while (at + 1 < path->units && unit_at(path, at + 1) == ';') {
        is_redirector = true;
        at = component_end(path, at + 1);
    }
    return is_redirector && is_share(path, at) ? at : 0;
}

/* ---- looking up ----------------------------------------------------------------------------- */

/* From the end, as devices differ there; \device\harddiskvolume3 is no part of ...volume30. */
static bool is_on(const struct path *path, const struct path_list *l, const struct path_place *e)
{
    const struct path device = {l->text + e->device, e->device_units};
    if (path->units <= device.units || unit_at(path, device.units) != '\\')
        return false;
    for (size_t i = device.units; i-- > 0;)
        if (lower(unit_at(path, i)) != unit_at(&device, i))
            return false;
    return true;
}

static bool is_better(const struct path_place *e, const struct path_place *than)
{
    if (than == NULL || e->device_units != than->device_units)
        return than == NULL || e->device_units > than->device_units;
    return e->place_bytes < than->place_bytes;
}

/* The nearest device; of its places the shortest, which is a letter when it has one. Of letters
 * the mount manager's: anybody may give a volume another one for himself. */
static bool find_place(const struct paths *p, const struct path *path, struct path_found *out)
{
    const struct path_place *best = NULL;
    for (int i = 0; p->block != NULL && i < PATHS_LISTS; i++) {
        const struct path_list *l = p->lists[i];
        for (uint32_t k = 0; k < l->count; k++) {
            const struct path_place *e = &l->places[k];
            if (!is_on(path, l, e) || !is_better(e, best))
                continue;
            best = e;
            out->units = e->device_units;
            out->bytes = e->place_bytes;
            memcpy(out->place, l->text + e->place, e->place_bytes);
        }
    }
    return best != NULL;
}

enum path_answer paths_find(struct paths *p, const void *utf16, size_t units,
                            struct path_found *out)
{
    struct path path = {utf16, units};
    while (path.units > 0 && unit_at(&path, path.units - 1) == 0)
        path.units--;
    if (!starts_with(&path, "\\") || component_end(&path, 1) == path.units)
        return PATH_NONE;
    size_t server = server_at(&path);
    if (server != 0) {
        out->units = (uint32_t)server;
        out->place[0] = '\\';
        out->bytes = 1;
        return PATH_FOUND;
    }
    os_mutex_lock(&p->lock);
    bool is_known = find_place(p, &path, out);
    os_mutex_unlock(&p->lock);
    return is_known ? PATH_FOUND : PATH_UNKNOWN;
}
