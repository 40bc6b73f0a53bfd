/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "command/prove_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 16, LEVEL_WELL = 3, FILTER_ROOM = 256 * 1024 };

/* ---- reading it ----------------------------------------------------------------------------- */

static void take_row(struct prove_state *s, const wfpw_row *row)
{
    bool well = row->level == LEVEL_WELL;
    char *text = row->code == WFPW_CHECK_COLLECTION ? s->collection
                 : row->code == WFPW_CHECK_KEYWORDS ? s->keywords
                 : row->code == WFPW_CHECK_LEASES   ? s->leases
                                                    : NULL;
    if (text != NULL)
        (void)snprintf(text, PROVE_TEXT, "%s", row->text);
    if (row->code == WFPW_CHECK_ENGINE)
        s->engine = well;
    if (row->code == WFPW_CHECK_EVENTS)
        s->events = well;
    if (row->code == WFPW_CHECK_LEASES)
        s->leases_well = well;
    if (!well && row->os_code != 0 && s->code == 0)
        s->code = row->os_code;
}

static void read_audit_policy(struct prove_state *s, const wfpw_options *o)
{
    wfpw_audit_policy *rows = calloc(PROVE_SUBCATEGORIES, sizeof *rows);
    if (rows == NULL)
        return;
    rows[0].size = sizeof *rows;
    int n = wfpw_audit_policy_get(o, rows, PROVE_SUBCATEGORIES, NULL);
    for (int i = 0; i < n && i < PROVE_SUBCATEGORIES; i++) {
        bool failures = (rows[i].audited & WFPW_AUDITED_FAILURE) != 0;
        s->audited[s->subcategories++] = rows[i].audited;
        s->audits_connections |= failures && strcmp(rows[i].word, "connection") == 0;
        s->audits_packets |= failures && strcmp(rows[i].word, "packet-drop") == 0;
    }
    free(rows);
}

void prove_state_read(struct prove_state *s, const wfpw_options *o)
{
    wfpw_row rows[ROWS] = {{.size = sizeof *rows}};
    memset(s, 0, sizeof *s);
    int n = wfpw_check(o, rows, ROWS, NULL);
    for (int i = 0; i < n && i < ROWS; i++)
        take_row(s, &rows[i]);
    read_audit_policy(s, o);
}

int prove_state_filters(const wfpw_options *o)
{
    wfpw_names *names = NULL;
    uint64_t cursor = 0;
    wfpw_filter *f = malloc(FILTER_ROOM);
    int found = -1;
    if (f != NULL && wfpw_names_open(NULL, &names, NULL) == WFPW_OK &&
        wfpw_names_load_host(names, o, NULL) >= 0)
        for (found = 0; wfpw_names_next(names, &cursor, f, FILTER_ROOM, NULL) == 1;)
            found += f->provider != NULL && strcmp(f->provider, PROVE_PROVIDER) == 0;
    wfpw_names_close(names);
    free(f);
    return found;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void judge_claim(struct prove_claim *c, const char *id, const char *text,
                        enum prove_shown shown)
{
    *c = (struct prove_claim){.id = id, .text = text, .shown = shown};
}

static enum prove_shown yes_if(bool is_so)
{
    return is_so ? PROVE_YES : PROVE_NO;
}

uint32_t prove_state_judge(const struct prove_state *before, const struct prove_state *after,
                           int filters, uint32_t objects, struct prove_claim *claims)
{
    bool settings = strcmp(before->collection, after->collection) == 0 &&
                    strcmp(before->keywords, after->keywords) == 0;
    bool policy = before->subcategories == after->subcategories &&
                  memcmp(before->audited, after->audited, sizeof before->audited) == 0;
    judge_claim(&claims[0], "filters removed", "afterwards no filter is left",
                filters < 0 ? PROVE_SKIPPED : yes_if(filters == 0));
    judge_claim(&claims[1], "objects removed", "afterwards no provider or sublayer is left",
                yes_if(objects == 0));
    judge_claim(&claims[2], "settings restored", "afterwards the engine's settings are as before",
                yes_if(settings));
    judge_claim(&claims[3], "leases settled", "afterwards no lease is left",
                yes_if(after->leases_well && strcmp(before->leases, after->leases) == 0));
    judge_claim(&claims[4], "audit policy restored", "afterwards the audit policy is as before",
                before->subcategories == 0 ? PROVE_SKIPPED : yes_if(policy));
    if (filters > 0)
        (void)snprintf(claims[0].detail, sizeof claims[0].detail, "%d left", filters);
    if (objects > 0)
        (void)snprintf(claims[1].detail, sizeof claims[1].detail, "%u left", objects);
    return PROVE_STATE_CLAIMS;
}
