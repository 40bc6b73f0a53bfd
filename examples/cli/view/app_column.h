/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a row says of the application, or of what stands for it.
 */
#ifndef APP_COLUMN_H
#define APP_COLUMN_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* Of a path what stands behind its last backslash or slash. */
const char *app_column_last_part(const char *path);
/* Everything, in the order of the path; or the last part of the path only. */
void app_column_whole(struct buffer *b, const wfpw_event *ev);
void app_column_name(struct buffer *b, const wfpw_event *ev);
/* "(own)"; the capability that was wanted, as much of it as there is room for. */
void app_column_own(struct buffer *b, const wfpw_event *ev);
void app_column_capability(struct buffer *b, const wfpw_event *ev, size_t room);

#endif
