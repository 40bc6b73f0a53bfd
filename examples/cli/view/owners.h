/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Who has filters on a host: by provider, and those without one by their sublayer, as most products
 * make one of their own.
 */
#ifndef OWNERS_H
#define OWNERS_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

enum { OWNERS_MAX = 4096, OWNERS_SLOTS = 8192, OWNER_LAYERS_MAX = 256 };
enum { OWNER_IDS = 8, OWNER_NAMES = 4 };

enum owner_action { OWNER_BLOCK, OWNER_PERMIT, OWNER_CALLOUT, OWNER_OTHER, OWNER_ACTIONS };

/* What is odd about a filter of an owner. */
enum owner_sign {
    SIGN_LEFTOVER,          /* it stays over restarts, and its product seems to be gone */
    SIGN_SERVICE_MISSING,   /* the provider's service is not there */
    SIGN_PROVIDER_MISSING,  /* the provider is not there */
    SIGN_PROVIDER_DISABLED, /* the engine has turned the provider off */
    SIGN_CALLOUT_MISSING,   /* what it asks is not registered, and what it matches is blocked */
    SIGN_CALLOUT_PASSES,    /* likewise, and what it matches may pass */
    SIGN_NAME_OF_MICROSOFT, /* the provider's name says so, and its key is not one of Windows' */
    OWNER_SIGNS
};

/* Filters, with the first of their ids. */
struct owner_filters {
    uint64_t count;
    uint64_t ids[OWNER_IDS];
};

struct owner_layer {
    char *key;
    uint64_t filters, by_action[OWNER_ACTIONS];
};

/* Texts may be NULL. */
struct owner {
    char *key; /* of the provider, or of the sublayer */
    bool has_provider;
    char *name, *product, *service, *image, *company;
    char *names[OWNER_NAMES]; /* of filters without a product: the first different ones */
    uint32_t product_from, service_state, layer_count, layer_room;
    uint64_t filters, by_action[OWNER_ACTIONS], persistent, boot_time, disabled;
    uint64_t blocks; /* events that one of its filters refused */
    struct owner_layer *layers;
    struct owner_filters signs[OWNER_SIGNS];
};

/* Starts as {0}. */
struct owners {
    struct owner *list;
    uint16_t *slots;               /* by a hash of the key: places in the list, plus 1 */
    size_t count, room, providers; /* providers: of the owners */
    uint64_t filters, no_room;     /* no_room: filters of owners behind OWNERS_MAX */
    uint64_t blocks, unknown;      /* events that were refused; of those the filter is not known */
    bool has_events;               /* events were counted */
    bool failed;                   /* for want of memory something is missing */
};

void owners_add(struct owners *o, const wfpw_filter *f);
void owners_add_event(struct owners *o, const wfpw_event *ev);
/* Those with most filters first. Nothing is added afterwards. */
void owners_sort(struct owners *o);
void owners_free(struct owners *o);

/* How filters are shown again: "names" and its options, from --live on. */
struct owners_source {
    const char *options; /* "--live", "" */
    int file_count;
    char *const *files;
};

/* In lines of at most `width` columns (0: any). */
void owners_put_text(struct buffer *b, const struct owners *o, const struct owners_source *from,
                     size_t width);
/* One object a line. */
void owners_put_json(struct buffer *b, const struct owners *o, const struct owners_source *from);

/* ---- for those two -------------------------------------------------------------------------- */

extern const char *const owner_actions[OWNER_ACTIONS], *const owner_signs[OWNER_SIGNS];
/* What a sign means, in a sentence. */
void owner_sign_text(struct buffer *b, const struct owner *o, enum owner_sign sign);
/* The command that shows its filters, safe to be copied into a shell; sign: OWNER_SIGNS for all of
 * them. false: there is none, as a name has characters that no quotes make safe. */
bool owner_command(struct buffer *b, const struct owner *o, enum owner_sign sign,
                   const struct owners_source *from);

#endif
