/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A rule of the Windows Firewall, whatever it was read from. As a policy object it is one block
 * addressed by offsets, so that a plain copy keeps it; its text is UTF-8. */
#ifndef WFPW_RULE_H
#define WFPW_RULE_H

#include "base/text.h"

enum rule_slot {
    RULE_ID,
    RULE_NAME, /* as the source has it, indirect strings too */
    RULE_DESCRIPTION,
    RULE_GROUP,
    RULE_APP,
    RULE_SERVICE,
    RULE_PACKAGE,
    RULE_LOCAL_PORTS, /* lists, parted by commas; none: any */
    RULE_REMOTE_PORTS,
    RULE_LOCAL_ADDRESSES,
    RULE_REMOTE_ADDRESSES,
    RULE_CHANGED_BY,   /* the program that changed it last, */
    RULE_CHANGED_USER, /* and the account, as SID */
    RULE_SLOTS
};

enum {
    RULE_TEXT_MAX = 64 * 1024, /* of all texts of a rule together; what is behind is left out */
    RULE_ID_MAX = 1024,        /* bytes: a longer one is none (MS-FASP 2.2.37: 512 characters) */
    RULE_PROTOCOL_ANY = 256    /* as in the firewall's own events */
};

struct rule {
    uint32_t bytes;   /* of the block: a multiple of 8 */
    uint32_t present; /* WFPW_RULE_HAS_* */
    uint32_t profiles;
    uint16_t protocol, schema;                     /* schema: major << 8 | minor; 0: not known */
    uint8_t action, direction, is_enabled, origin; /* WFPW_RULE_*, WFPW_DIRECTION_* */
    uint8_t is_truncated, is_bare, reserved[2];    /* bare: only id and name are known */
    uint32_t texts[RULE_SLOTS];                    /* where in the block; 0: absent */
};

/* NULL when absent. */
static inline const char *rule_text(const struct rule *r, enum rule_slot slot)
{
    return r->texts[slot] != 0 ? (const char *)r + r->texts[slot] : NULL;
}

/* One rule under way. Big: keep it on the heap, and use it again. */
struct rule_builder {
    struct rule rule; /* the front of the block */
    char room[RULE_TEXT_MAX + 8];
    uint32_t used; /* of the room */
    uint32_t last; /* the text that was put last, as rule.texts has it; 0: none */
};

void rule_start(struct rule_builder *b);
/* Valid UTF-8; a NUL in it becomes U+FFFD; empty text is absent. What does not fit is left out. */
void rule_put(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n);
/* One more of a list. */
void rule_append(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n);
/* In the builder's room, until the next rule_start. NULL: it has no id. */
const struct rule *rule_finish(struct rule_builder *b);

#endif
