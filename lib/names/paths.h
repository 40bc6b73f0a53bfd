/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where this host's volumes are: \device\harddiskvolume3\tools\nc.exe is C:\tools\nc.exe. Looking
 * up asks a table; only paths_read asks the system. The two may run on different threads.
 */
#ifndef WFPW_PATHS_H
#define WFPW_PATHS_H

#include "memory.h"
#include "os/os.h"
#include "os/system.h"

enum {
    PATHS_PAUSE_MS = 1000, /* between two readings */
    PATHS_OLD_MS = 10000,  /* then it is read again: a letter may have gone to another volume */
    PATHS_PLACES = 512,    /* of a list */
    PATHS_TEXT = 48 * 1024,
    PATHS_PLACE_MAX = 1024 /* bytes of a place as UTF-8 */
};

struct path_place {
    uint32_t device, place; /* where in the text they start */
    uint16_t device_units, place_bytes;
};

/* What one of the two functions of the system listed last. */
struct path_list {
    uint32_t count, used;
    bool is_cut; /* it had more */
    struct path_place places[PATHS_PLACES];
    uint8_t text[PATHS_TEXT]; /* devices as UTF-16, ASCII letters in lower case; places as UTF-8 */
};

enum path_lists { PATHS_MOUNTS, PATHS_DRIVES, PATHS_LISTS };

struct paths {
    const wfpw_allocator *memory;
    const struct system_places *places; /* NULL: there is nothing to read */
    void *ctx;
    os_mutex lock; /* of the next five, held for a look-up */
    struct path_list *lists[PATHS_LISTS], *spare, *block;
    bool was_read, is_read; /* once; at this moment */
    uint64_t read_at;       /* ticks */
    /* of the last reading, for who tells of it */
    bool out_of_memory, is_cut;
    uint32_t codes[PATHS_LISTS]; /* a list that could not be had stays as it was */
};

/* false: the system has no lock to give. */
bool paths_init(struct paths *p, const wfpw_allocator *memory);
void paths_free(struct paths *p);
/* Of whom to ask; once. */
void paths_use(struct paths *p, const struct wfpw_system *system);

enum path_answer {
    PATH_NONE, /* no file of a volume: "System", "Registry" */
    PATH_FOUND,
    PATH_UNKNOWN /* its volume is in no list */
};

/* The path is `place` and all of it but its first `units` units: what follows starts with a
 * backslash. */
struct path_found {
    uint32_t units, bytes;
    char place[PATHS_PLACE_MAX];
};

/* utf16: a device path in any case. */
enum path_answer paths_find(struct paths *p, const void *utf16, size_t units,
                            struct path_found *out);
/* Whether the system should be asked, after such an answer, or is being asked for what was not
 * found: at most once in PATHS_PAUSE_MS. now: ticks. */
bool paths_are_due(struct paths *p, enum path_answer answer, uint64_t now);
/* Asks it: one thread. */
void paths_read(struct paths *p, uint64_t now);

#endif
