/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The command line: long options, "--name value" or "--name=value", in any place; "--" ends them.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What a subcommand knows; a list ends with a name that is NULL. */
struct option {
    const char *name; /* with its dashes */
    int id;           /* > 0 */
    bool takes_value;
};

/* What every subcommand understands besides: option_next sees to them. */
extern const struct option option_common[];

/* What option_next returns besides an id. */
enum { OPTION_END = 0, OPTION_OPERAND = -1, OPTION_BAD = -2 };

struct arguments {
    const char *command; /* for messages */
    int count, at;
    char **list;
    bool operands_only; /* after "--" */
    const char *name;   /* of the option that was read last */
    const char *value;  /* its value, or the operand */
};

/* Reads the next one. OPTION_BAD: it is wrong, and that was reported. */
int option_next(struct arguments *a, const struct option *known);

/* The value of the option read last as one of these words, whose place goes to out; as a whole
 * number; as seconds, with a fraction, in milliseconds. false: it is none, and that was reported.
 */
bool option_word(const struct arguments *a, const char *const *words, int *out);
bool option_number(const struct arguments *a, uint64_t least, uint64_t most, uint64_t *out);
bool option_seconds(const struct arguments *a, uint64_t *ms);
/* As a zone for wfpw_options.log_zone. */
bool option_zone(const struct arguments *a, const char **out);
/* As the text of a GUID in braces. */
bool option_guid(const struct arguments *a, const char **out);

#endif
