/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What of a template the engine itself is asked, so that it does not even hand over the rest. It is
 * asked only what it surely answers as widely as we do, and every condition is asked by us as well:
 * which events come is ours to say, how many are made for nothing is the engine's.
 */
#ifndef WFPW_TEMPLATE_ENGINE_H
#define WFPW_TEMPLATE_ENGINE_H

#include "os/system.h"
#include "template/template.h"

enum {
    ENGINE_FIELDS = 8, /* that have a GUID; each at most once (documentation of the template) */
    ENGINE_PATH_MAX = 1024, /* units of an application's path; a longer one is ours to compare */
    ENGINE_SIDES = 2
};

/* The engine's form and all that it points to. It points into itself: it must not be copied. */
struct engine_template {
    FWPM_NET_EVENT_ENUM_TEMPLATE0 asked;
    FWPM_FILTER_CONDITION0 conditions[ENGINE_FIELDS];
    FWP_V4_ADDR_AND_MASK v4[ENGINE_SIDES]; /* of the local and the remote side */
    FWP_V6_ADDR_AND_MASK v6[ENGINE_SIDES];
    FWP_BYTE_ARRAY16 address[ENGINE_SIDES];
    uint32_t sid[SID_BYTES_MAX / sizeof(uint32_t)];
    FWP_BYTE_BLOB app;
    uint16_t path[ENGINE_PATH_MAX]; /* the app's id, with its NUL; or the file it is still to be
                                       found of */
    bool has_file;
};

/* Compiles. t NULL: no conditions. Times are 100 ns since 1601 UTC and belong to the span; 0: no
 * limit on that side, both 0: the engine is told none. Calls nothing; template_find_app follows. */
void template_for_engine(const wfpw_template *t, uint64_t since, uint64_t until,
                         struct engine_template *out);
/* Turns the path of a file into the id that events have, with the system's help. A file that is not
 * there is E_IO, and e says so; when Windows cannot tell for another reason, or has no such
 * function, the condition stays ours alone. Where engine calls are made. */
int template_find_app(struct engine_template *et, const struct wfpw_system *system, wfpw_error *e);
/* Whether the engine's answer to a call with conditions means that it may do without them. */
bool template_is_refused(const struct engine_template *et, uint32_t code);
/* Then: the times stay, the conditions are ours alone. */
void template_drop_conditions(struct engine_template *et);

static inline bool template_asks(const struct engine_template *et)
{
    return et->asked.numFilterConditions != 0;
}

/* Why the engine is not asked a condition of t, one sentence; NULL: it is. */
const char *template_why_ours(const wfpw_template *t, const struct template_condition *c);

#endif
