/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The condition on the user: a security descriptor that grants, or does not, the right
 * FWP_ACTRL_MATCH_FILTER (0x1, "CC" in SDDL) to the token of the traffic. Entries count in their
 * order; who is in none of them is not granted it (MS-DTYP 2.5.1, 2.5.3.2). */
#include "guard/guard.h"

enum { FIELDS = 6, FIELD_TYPE = 0, FIELD_RIGHTS = 2, FIELD_SID = 5 };

struct text_part {
    const char *p;
    size_t n;
};

static bool part_is(const struct text_part *t, const char *text)
{
    return strlen(text) == t->n && memcmp(text, t->p, t->n) == 0;
}

/* Two letters of SDDL for a SID; what is not here names nobody that a target can be. */
static const char *sid_of_letters(const struct text_part *t)
{
    static const char *const known[][2] = {
        {"SY", "S-1-5-18"},     {"LS", "S-1-5-19"}, {"NS", "S-1-5-20"}, {"BA", "S-1-5-32-544"},
        {"BU", "S-1-5-32-545"}, {"WD", "S-1-1-0"},  {"AU", "S-1-5-11"}, {"SU", "S-1-5-6"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (part_is(t, known[i][0]))
            return known[i][1];
    return NULL;
}

static bool names_sid(const struct text_part *t, const char *sid)
{
    const char *known = sid_of_letters(t);
    return known != NULL ? strcmp(known, sid) == 0 : part_is(t, sid);
}

/* Groups that each token has, or the token of each service. */
static bool names_group(const struct text_part *t, bool is_service)
{
    return names_sid(t, "S-1-1-0") ||
           (is_service &&
            (names_sid(t, "S-1-5-11") || names_sid(t, "S-1-5-6") || names_sid(t, "S-1-5-80-0")));
}

/* As letters in pairs, or as a number. */
static bool grants_match(const struct text_part *rights)
{
    /* of MS-DTYP 2.5.1.1, those whose mask has the bit; GA stands for all */
    static const char *const with_bit[] = {"CC", "GA", "FA", "FR", "KA", "KR", "KX"};
    uint64_t bits = 0;
    if (text_parse_u64(rights->p, rights->n, &bits))
        return (bits & 1) != 0;
    for (size_t i = 0; i + 1 < rights->n; i += 2) {
        struct text_part two = {rights->p + i, 2};
        for (size_t k = 0; k < sizeof with_bit / sizeof *with_bit; k++)
            if (part_is(&two, with_bit[k]))
                return true;
    }
    return false;
}

/* The entry at *s, from its '(' on, in its fields; behind it then. A conditional one has more, with
 * parentheses in it. */
static bool next_entry(const char **s, struct text_part fields[FIELDS])
{
    const char *p = *s != NULL ? strchr(*s, '(') : NULL;
    size_t depth = 1, field = 0;
    if (p == NULL)
        return false;
    memset(fields, 0, FIELDS * sizeof *fields);
    fields[0].p = ++p;
    for (; *p != 0 && depth > 0; p++) {
        depth += *p == '(';
        depth -= *p == ')';
        if (field < FIELDS && (depth == 0 || (*p == ';' && depth == 1))) {
            fields[field].n = (size_t)(p - fields[field].p);
            if (++field < FIELDS)
                fields[field].p = p + 1;
        }
    }
    *s = p;
    return depth == 0 && field == FIELDS;
}

static struct guard_answer answer_to(bool allows, bool is_named)
{
    return (struct guard_answer){.fit = allows ? FIT_ALL : FIT_NONE,
                                 .is_named = allows && is_named};
}

struct guard_answer guard_ask_descriptor(const struct guard_target *t, const char *sddl)
{
    struct text_part fields[FIELDS];
    const char *at = strstr(sddl, "D:");
    bool is_user = t->form == GUARD_USER;
    bool has_owner = strstr(sddl, "O:") != NULL || strstr(sddl, "G:") != NULL;
    if (at != NULL ? strstr(at, "NO_ACCESS_CONTROL") != NULL : has_owner)
        return answer_to(true, false); /* no list at all: everything is granted */
    while (next_entry(&at, fields)) {
        bool allows = part_is(&fields[FIELD_TYPE], "A"), denies = part_is(&fields[FIELD_TYPE], "D");
        bool is_named = is_user && names_sid(&fields[FIELD_SID], t->value);
        bool is_group = names_group(&fields[FIELD_SID], is_user && t->is_service);
        if (!grants_match(&fields[FIELD_RIGHTS]) || !(is_named || is_group))
            continue;
        if (!allows && !denies) /* on a condition */
            return (struct guard_answer){.fit = FIT_UNKNOWN, .is_named = is_named};
        return answer_to(allows, is_named);
    }
    return (struct guard_answer){.fit = is_user ? FIT_NONE : FIT_PART};
}
