/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An audit record in an event's JSON. */
#ifndef WFPW_JSON_AUDIT_H
#define WFPW_JSON_AUDIT_H

#include "export/json_out.h"
#include "model/batch_audit.h"

/* The same record as one whose fields are JSON already; NULL: it is none, or there is no record. */
const struct batch_audit_json *json_audit_prepared(const struct json_out *o, const wfpw_audit *a);
/* Writes its member and returns the place behind it. */
char *json_audit(struct json_out *o, char *p, const wfpw_audit *a);
/* Its fields as members, with a comma behind each. */
char *json_audit_fields(struct json_out *o, char *p, const wfpw_audit *a);
/* Its fields alone, as one object and a NUL; as of wfpw_to_json. */
int json_audit_data(const wfpw_audit *a, char *buf, size_t cap, size_t *needed);

#endif
