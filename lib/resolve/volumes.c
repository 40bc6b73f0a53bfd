/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/volumes.h"

#include <string.h>

#include "base/text.h"

/* A device path, two bytes a unit. */
struct path {
    const uint8_t *p;
    size_t units;
};

static uint32_t unit_at(const struct path *path, size_t i)
{
    return text_le16(path->p + 2 * i);
}

static uint32_t lower_unit(uint32_t u)
{
    return u - 'A' < 26 ? u + ('a' - 'A') : u;
}

/* ---- memory --------------------------------------------------------------------------------- */

bool volumes_init(struct volumes *p, const wfpw_allocator *memory)
{
    *p = (struct volumes){.memory = memory};
    return os_mutex_init(&p->lock);
}

void volumes_free(struct volumes *p)
{
    memory_free(p->memory, p->block);
    os_mutex_destroy(&p->lock);
}

void volumes_use(struct volumes *p, const struct wfpw_system *system)
{
    p->places = system->places;
    p->ctx = system->ctx;
}

/* One piece, when it is first wanted: reading again takes no memory. */
static bool take_lists(struct volumes *p)
{
    if (p->block != NULL)
        return true;
    struct volume_list *block = memory_new(p->memory, (VOLUMES_LISTS + 1) * sizeof *block);
    if (block == NULL)
        return false;
    os_mutex_lock(&p->lock);
    p->block = p->spare = block;
    for (int i = 0; i < VOLUMES_LISTS; i++)
        p->lists[i] = block + 1 + i;
    os_mutex_unlock(&p->lock);
    return true;
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool starts_with(const struct path *s, const char *prefix)
{
    size_t n = strlen(prefix);
    for (size_t i = 0; i < n; i++)
        if (i == s->units || lower_unit(unit_at(s, i)) != (uint8_t)prefix[i])
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

static void put_device(struct volume_list *l, const uint16_t *device, size_t units)
{
    for (size_t i = 0; i < units; i++, l->used += 2) {
        uint32_t u = lower_unit(device[i]);
        l->text[l->used] = (uint8_t)u;
        l->text[l->used + 1] = (uint8_t)(u >> 8);
    }
}

static void found_volume(void *to, const uint16_t *place, size_t place_units,
                         const uint16_t *device, size_t device_units)
{
    struct volume_list *l = to;
    struct path as_path = {(const uint8_t *)device, without_backslash(device, device_units)};
    size_t units = without_backslash(place, place_units), most = 3 * units + 2 * as_path.units;
    if (units == 0 || !is_volume(&as_path))
        return;
    if (l->count == VOLUMES_PLACES || 3 * units > VOLUMES_PLACE_MAX ||
        most > VOLUMES_TEXT - l->used) {
        l->is_cut = true;
        return;
    }
    struct volume_place *e = &l->places[l->count];
    *e = (struct volume_place){.place = l->used, .device_units = (uint16_t)as_path.units};
    e->place_bytes = (uint16_t)text_utf16((char *)l->text + l->used, place, units);
    if (e->place_bytes == 0) /* nothing but NULs */
        return;
    l->used += (e->place_bytes + 1u) & ~1u;
    e->device = l->used;
    put_device(l, device, as_path.units);
    l->count++;
}

typedef uint32_t (*list_function)(void *ctx, system_found found_volume, void *to);

/* What cannot be had now stays as it was known. */
static void read_list(struct volumes *p, enum volume_lists list, list_function function)
{
    struct volume_list *l = p->spare;
    l->count = l->used = 0;
    l->is_cut = false;
    p->codes[list] = function != NULL ? function(p->ctx, found_volume, l) : 0;
    if (p->codes[list] != 0)
        return;
    p->is_cut = p->is_cut || l->is_cut;
    os_mutex_lock(&p->lock);
    p->spare = p->lists[list];
    p->lists[list] = l;
    os_mutex_unlock(&p->lock);
}

bool volumes_are_due(struct volumes *p, enum volume_answer answer, uint64_t now)
{
    uint64_t pause = answer == VOLUME_UNKNOWN ? VOLUMES_PAUSE_MS : VOLUMES_OLD_MS;
    os_mutex_lock(&p->lock);
    bool is_due = !p->was_read || now >= p->read_at + pause;
    is_due = p->is_read ? answer == VOLUME_UNKNOWN : is_due;
    os_mutex_unlock(&p->lock);
    return is_due && p->places != NULL && answer != VOLUME_NONE;
}

static void mark_read(struct volumes *p, bool is_read, uint64_t now)
{
    os_mutex_lock(&p->lock);
    p->was_read = true;
    p->is_read = is_read;
    p->read_at = now;
    os_mutex_unlock(&p->lock);
}

void volumes_read(struct volumes *p, uint64_t now)
{
    mark_read(p, true, now);
    p->is_cut = false;
    p->out_of_memory = !take_lists(p);
    if (!p->out_of_memory) {
        read_list(p, VOLUMES_MOUNTS, p->places->mounts);
        read_list(p, VOLUMES_DRIVES, p->places->drives);
    }
    mark_read(p, false, now);
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
static bool is_on(const struct path *path, const struct volume_list *l,
                  const struct volume_place *e)
{
    const struct path device = {l->text + e->device, e->device_units};
    if (path->units <= device.units || unit_at(path, device.units) != '\\')
        return false;
    for (size_t i = device.units; i-- > 0;)
        if (lower_unit(unit_at(path, i)) != unit_at(&device, i))
            return false;
    return true;
}

static bool is_better(const struct volume_place *e, const struct volume_place *than)
{
    if (than == NULL || e->device_units != than->device_units)
        return than == NULL || e->device_units > than->device_units;
    return e->place_bytes < than->place_bytes;
}

/* The nearest device; of its places the shortest, which is a letter when it has one. Of letters
 * the mount manager's: anybody may give a volume another one for himself. */
static bool find_place(const struct volumes *p, const struct path *path, struct volume_found *out)
{
    const struct volume_place *best = NULL;
    for (int i = 0; p->block != NULL && i < VOLUMES_LISTS; i++) {
        const struct volume_list *l = p->lists[i];
        for (uint32_t k = 0; k < l->count; k++) {
            const struct volume_place *e = &l->places[k];
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

enum volume_answer volumes_find(struct volumes *p, const void *utf16, size_t units,
                                struct volume_found *out)
{
    struct path path = {utf16, units};
    while (path.units > 0 && unit_at(&path, path.units - 1) == 0)
        path.units--;
    if (!starts_with(&path, "\\") || component_end(&path, 1) == path.units)
        return VOLUME_NONE;
    size_t server = server_at(&path);
    if (server != 0) {
        out->units = (uint32_t)server;
        out->place[0] = '\\';
        out->bytes = 1;
        return VOLUME_FOUND;
    }
    os_mutex_lock(&p->lock);
    bool is_known = find_place(p, &path, out);
    os_mutex_unlock(&p->lock);
    return is_known ? VOLUME_FOUND : VOLUME_UNKNOWN;
}
