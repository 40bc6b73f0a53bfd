/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Settings from a JSON text: an error says what is wrong and where; what is read is taken by a
 * session. */
#include <stdlib.h>

#include "fuzz.h"
#include "wfpwatch/wfpwatch.h"

static void check_settings(const wfpw_settings *s)
{
    wfpw_session *session;
    int status = wfpw_open(s->options, &session, NULL);
    if (status == WFPW_OK)
        wfpw_close(session);
    else if (status != WFPW_E_INVAL || (s->options->flags & WFPW_OPEN_NO_VERDICT) == 0)
        abort(); /* a condition that asks for verdicts, and no verdicts: only a session sees that */
    if (s->options->match != s->match || (s->live == NULL && s->guard != NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wfpw_settings *s;
    wfpw_error e;
    int status = wfpw_options_from_json((const char *)data, size, NULL, &s, &e);
    if (status == WFPW_OK) {
        check_settings(s);
        wfpw_settings_free(s);
    } else if (status != e.status || e.text[0] == 0 || e.where[0] == 0 || e.position > size) {
        abort();
    }
    return 0;
}
