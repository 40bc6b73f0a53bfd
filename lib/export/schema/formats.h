/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The formats of wfpw_export: each writes an event at p, without a line end. */
#ifndef WFPW_EXPORT_FORMATS_H
#define WFPW_EXPORT_FORMATS_H

#include "export/json_out.h"
#include "export/schema/value.h"

char *export_ecs(struct json_out *o, char *p, const struct export_event *x);
char *export_ocsf(struct json_out *o, char *p, const struct export_event *x);
char *export_asim(struct json_out *o, char *p, const struct export_event *x);
char *export_csv(struct json_out *o, char *p, const struct export_event *x);

/* The names of the columns, with CR LF. */
extern const char export_csv_header[];

#endif
