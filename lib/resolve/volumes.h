/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where this host's volumes are: \device\harddiskvolume3\tools\nc.exe is C:\tools\nc.exe. Looking
 * up asks a table; only volumes_read asks the system. The two may run on different threads.
 */
#ifndef WFPW_VOLUMES_H
#define WFPW_VOLUMES_H

#include "base/memory.h"
#include "os/os.h"
#include "os/system.h"

enum {
    VOLUMES_PAUSE_MS = 1000, /* between two readings */
    VOLUMES_OLD_MS = 10000,  /* then it is read again: a letter may have gone to another volume */
    VOLUMES_PLACES = 512,    /* of a list */
    VOLUMES_TEXT = 48 * 1024,
    VOLUMES_PLACE_MAX = 1024 /* bytes of a place as UTF-8 */
};

struct volume_place {
    uint32_t device, place; /* where in the text they start */
    uint16_t device_units, place_bytes;
};

/* What one of the two functions of the system listed last. */
struct volume_list {
    uint32_t count, used;
    bool is_cut; /* it had more */
    struct volume_place places[VOLUMES_PLACES];
    uint8_t
        text[VOLUMES_TEXT]; /* devices as UTF-16, ASCII letters in lower case; places as UTF-8 */
};

enum volume_lists { VOLUMES_MOUNTS, VOLUMES_DRIVES, VOLUMES_LISTS };

struct volumes {
    const wfpw_allocator *memory;
    const struct system_places *places; /* NULL: there is nothing to read */
    void *ctx;
    os_mutex lock; /* of the next five, held for a look-up */
    struct volume_list *lists[VOLUMES_LISTS], *spare, *block;
    bool was_read, is_read; /* once; at this moment */
    uint64_t read_at;       /* ticks */
    /* of the last reading, for who tells of it */
    bool out_of_memory, is_cut;
    uint32_t codes[VOLUMES_LISTS]; /* a list that could not be had stays as it was */
};

/* false: the system has no lock to give. */
bool volumes_init(struct volumes *p, const wfpw_allocator *memory);
void volumes_free(struct volumes *p);
/* Of whom to ask; once. */
void volumes_use(struct volumes *p, const struct wfpw_system *system);

enum volume_answer {
    VOLUME_NONE, /* no file of a volume: "System", "Registry" */
    VOLUME_FOUND,
    VOLUME_UNKNOWN /* its volume is in no list */
};

/* The path is `place` and all of it but its first `units` units: what follows starts with a
 * backslash. */
struct volume_found {
    uint32_t units, bytes;
    char place[VOLUMES_PLACE_MAX];
};

/* utf16: a device path in any case. */
enum volume_answer volumes_find(struct volumes *p, const void *utf16, size_t units,
                                struct volume_found *out);
/* Whether the system should be asked, after such an answer, or is being asked for what was not
 * found: at most once in VOLUMES_PAUSE_MS. now: ticks. */
bool volumes_are_due(struct volumes *p, enum volume_answer answer, uint64_t now);
/* Asks it: one thread. */
void volumes_read(struct volumes *p, uint64_t now);

#endif
