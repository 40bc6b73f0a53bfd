/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Programs by their paths. An application id is the device path in lower case
 * (FwpmGetAppIdFromFileName0), a user's path has a drive letter and any case. */
#include "base/text.h"
#include "explain/question.h"

/* The next character, to be compared. Either slash is a backslash. */
static uint32_t next_letter(const char **s)
{
    uint32_t c = text_next_lower(s);
    return c == '/' ? '\\' : c;
}

/* What follows this start of the path; NULL: it starts otherwise. */
static const char *path_after(const char *path, const char *start)
{
    while (*start != 0)
        if (next_letter(&path) != next_letter(&start))
            return NULL;
    return path;
}

static bool is_same_text(const char *a, const char *b)
{
    const char *rest = path_after(a, b);
    return rest != NULL && *rest == 0;
}

bool question_same_path(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && is_same_text(a, b));
}

static bool is_slash(char c)
{
    return c == '\\' || c == '/';
}

/* The part behind the last slash; the whole when there is none. */
static const char *file_name(const char *path)
{
    const char *name = path;
    for (; *path != 0; path++)
        if (is_slash(*path))
            name = path + 1;
    return name;
}

/* The part of a device path behind its volume: "\tools\nc.exe"; NULL: it is of no volume. */
static const char *behind_volume(const char *path)
{
    const char *p = path_after(path, "\\device\\harddiskvolume");
    const char *digits = p;
    while (p != NULL && *p >= '0' && *p <= '9')
        p++;
    return p != digits && is_slash(*p) ? p : NULL;
}

/* Without what turns off the parsing of a path. */
static const char *skip_verbatim(const char *app)
{
    const char *p = path_after(app, "\\\\?\\");
    return p != NULL ? p : app;
}

bool question_is_app(const char *app, const wfpw_event *ev, bool *any_volume)
{
    const char *device = ev->device_path, *host = ev->app_path, *rest;
    *any_volume = false;
    app = skip_verbatim(app);
    if (file_name(app) == app)
        return is_same_text(file_name(device), app);
    if (host != NULL && is_same_text(host, app))
        return true;
    if (is_slash(app[0]) && is_slash(app[1])) {
        rest = path_after(device, "\\device\\mup");
        return rest != NULL && is_same_text(rest, app + 1);
    }
    if (app[1] != ':')
        return is_same_text(device, app);
    rest = host == NULL ? behind_volume(device) : NULL;
    *any_volume = rest != NULL && is_same_text(rest, app + 2);
    return *any_volume;
}
