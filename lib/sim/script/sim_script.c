/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The script language: a command a line, its parameters as key=value (docs/testing.md). */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "sim/event/sim_field.h"
#include "sim/script/sim_scene.h"
#include "sim/sim.h"

struct script {
    struct wfpw_sim *sim;
    const char *start, *at;
    bool check;
    wfpw_error *e;
    struct sim_event *event; /* room for the one being read */
};

static int bad_command(struct script *s, const char *where, const char *why)
{
    return error_at(s->e, WFPW_E_SYNTAX, "script", (uint64_t)(where - s->start), why);
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool is_end(char c)
{
    return c == 0 || c == '\n' || c == ';' || c == '#';
}

static void skip_blanks(struct script *s)
{
    while (*s->at == ' ' || *s->at == '\t' || *s->at == '\r')
        s->at++;
}

/* Up to a blank, the end, or `stop`; "..." is one word whatever it holds. */
static bool next_word(struct script *s, char stop, struct sim_word *w)
{
    skip_blanks(s);
    *w = (struct sim_word){.p = s->at};
    if (*s->at == '"') {
        w->p++;
        s->at++;
        while (*s->at != '"' && *s->at != 0 && *s->at != '\n')
            s->at++;
        w->n = (size_t)(s->at - w->p);
        if (*s->at != '"')
            return false;
        s->at++;
        return true;
    }
    while (!is_end(*s->at) && *s->at != ' ' && *s->at != '\t' && *s->at != '\r' && *s->at != stop)
        s->at++;
    w->n = (size_t)(s->at - w->p);
    return w->n > 0;
}

/* key=value; the key is read, s->at stands on the '='. */
static int value_word(struct script *s, const struct sim_word *key, struct sim_word *value)
{
    if (*s->at != '=')
        return bad_command(s, key->p, "a parameter is key=value");
    s->at++;
    bool empty = *s->at == ' ' || is_end(*s->at);
    if (empty || !next_word(s, 0, value))
        return bad_command(s, s->at, "a value is missing or has no closing quote");
    return WFPW_OK;
}

static int event_fields(struct script *s)
{
    struct sim_word key, value;
    for (skip_blanks(s); !is_end(*s->at); skip_blanks(s)) {
        (void)next_word(s, '=', &key);
        int status = value_word(s, &key, &value);
        if (status != WFPW_OK)
            return status;
        enum sim_field_result set = sim_field_set(s->event, &key, &value);
        if (set == SIM_FIELD_UNKNOWN)
            return bad_command(s, key.p, "an event has no parameter of this name");
        if (set == SIM_FIELD_BAD_VALUE)
            return bad_command(s, value.p, "the value does not fit the parameter");
    }
    return WFPW_OK;
}

/* ---- commands ------------------------------------------------------------------------------- */

static bool event_type(const struct sim_word *w, uint32_t *type)
{
    static const char *const names[] = {
        "ike_mm_failure",    "ike_qm_failure",    "ike_em_failure",    "classify_drop",
        "ipsec_kernel_drop", "ipsec_dosp_drop",   "classify_allow",    "capability_drop",
        "capability_allow",  "classify_drop_mac", "lpm_packet_arrival"};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        if (word_is(w, names[i])) {
            *type = i;
            return true;
        }
    *type = word_is(w, "drop")    ? FWPM_NET_EVENT_TYPE_CLASSIFY_DROP
            : word_is(w, "allow") ? FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW
                                  : 0;
    return *type != 0 || word_is(w, "event");
}

static int event_command(struct script *s, uint32_t type, uint64_t times)
{
    memset(s->event, 0, sizeof *s->event);
    s->event->type = type;
    int status = event_fields(s);
    for (uint64_t i = 0; status == WFPW_OK && !s->check && i < times; i++) {
        if (os_u32_load(&s->sim->leave) != 0)
            break;
        sim_happen(s->sim, s->event);
    }
    return status;
}

static int call_rule(struct script *s, bool hangs)
{
    struct sim_rule rule = {.hangs = hangs, .call = CALL_COUNT, .times = 1};
    struct sim_word key, value;
    uint64_t v = 0;
    for (skip_blanks(s); !is_end(*s->at); skip_blanks(s)) {
        (void)next_word(s, '=', &key);
        int status = value_word(s, &key, &value);
        if (status != WFPW_OK)
            return status;
        if (word_is(&key, "call")) {
            for (int c = 0; c < CALL_COUNT; c++)
                if (word_is(&value, sim_call_name((enum sim_call)c)))
                    rule.call = (enum sim_call)c;
        } else if (!number_of(&value, &v)) {
            return bad_command(s, value.p, "a number is wanted");
        }
        rule.code = word_is(&key, "code") ? (uint32_t)v : rule.code;
        rule.times = word_is(&key, "times") ? v : rule.times;
    }
    if (rule.call == CALL_COUNT)
        return bad_command(s, s->at, "call=FUNCTION is missing, or there is no such function");
    if (!s->check)
        sim_add_rule(s->sim, &rule);
    return WFPW_OK;
}

static int time_command(struct script *s, bool really, bool back)
{
    struct sim_word w;
    uint64_t ms;
    if (!next_word(s, 0, &w) || !number_of(&w, &ms) || ms > 86400000)
        return bad_command(s, w.p, "milliseconds are wanted, at most a day");
    if (s->check)
        return WFPW_OK;
    os_mutex_lock(&s->sim->lock);
    s->sim->now += back ? UINT64_MAX - ms * 10000 + 1 : ms * 10000;
    os_mutex_unlock(&s->sim->lock);
    for (uint64_t slept = 0; really && slept < ms && os_u32_load(&s->sim->leave) == 0; slept++)
        os_sleep_ms(1);
    return WFPW_OK;
}

/* file PATH ID: a program, and the id that its events have. */
static int file_command(struct script *s)
{
    struct sim_word path, id;
    struct sim_text texts[2];
    if (!next_word(s, 0, &path) || !next_word(s, 0, &id))
        return bad_command(s, s->at, "a path and an application's id are wanted");
    if (!sim_field_text(&path, &texts[0]) || !sim_field_text(&id, &texts[1]))
        return bad_command(s, path.p, "text is UTF-8, and not that long");
    if (s->check)
        return WFPW_OK;
    os_mutex_lock(&s->sim->lock);
    bool added = sim_file_add(s->sim, &texts[0], &texts[1]);
    os_mutex_unlock(&s->sim->lock);
    return added ? WFPW_OK : error_set(s->e, WFPW_E_NOMEM, "script", 0, NULL);
}

static int on_or_off(struct script *s, bool *on)
{
    struct sim_word w;
    if (!next_word(s, 0, &w) || (!word_is(&w, "on") && !word_is(&w, "off")))
        return bad_command(s, w.p, "on or off is wanted");
    *on = word_is(&w, "on");
    return WFPW_OK;
}

static int switch_command(struct script *s, bool *what)
{
    bool on = false;
    int status = on_or_off(s, &on);
    if (status != WFPW_OK || s->check)
        return status;
    os_mutex_lock(&s->sim->lock);
    *what = on;
    os_mutex_unlock(&s->sim->lock);
    return WFPW_OK;
}

/* Another program sets one of the machine's options. */
static int option_command(struct script *s, uint32_t option)
{
    struct sim_word w;
    uint64_t value = 0;
    if (option == FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS) {
        if (!next_word(s, 0, &w) || !number_of(&w, &value) || value > 0xFF)
            return bad_command(s, w.p, "a mask of keywords is wanted");
    } else {
        bool on = false;
        int status = on_or_off(s, &on);
        if (status != WFPW_OK)
            return status;
        value = on;
    }
    if (s->check)
        return WFPW_OK;
    os_mutex_lock(&s->sim->lock);
    if (option == FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS)
        value &= s->sim->machine.keywords;
    sim_machine_put(s->sim, option, (uint32_t)value);
    os_mutex_unlock(&s->sim->lock);
    return WFPW_OK;
}

/* Done when the script is looked at, too: before anybody subscribes. */
static int machine_command(struct script *s)
{
    struct sim_word w;
    if (!next_word(s, 0, &w))
        return bad_command(s, w.p, "a file is wanted");
    os_mutex_lock(&s->sim->lock);
    bool shared = sim_machine_share(s->sim, w.p, w.n);
    os_mutex_unlock(&s->sim->lock);
    return shared ? WFPW_OK : bad_command(s, w.p, "the machine's file cannot be read or written");
}

/* Which program calls; done when the script is looked at, too, as it is asked once. */
static int self_command(struct script *s)
{
    struct sim_word w;
    struct sim_string path = {0};
    if (!next_word(s, 0, &w))
        return bad_command(s, w.p, "the path of a program is wanted");
    if (!sim_string_read(&w, &path))
        return bad_command(s, w.p, "the path is too long");
    os_mutex_lock(&s->sim->lock);
    free(s->sim->self.units);
    s->sim->self = path;
    os_mutex_unlock(&s->sim->lock);
    return WFPW_OK;
}

/* The engine starts anew, and what no reboot survives is as it was. */
static int reboot_command(struct script *s)
{
    if (s->check)
        return WFPW_OK;
    sim_stop_service(s->sim);
    os_mutex_lock(&s->sim->lock);
    s->sim->machine.boot++;
    sim_machine_put(s->sim, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, 0);
    os_mutex_unlock(&s->sim->lock);
    sim_start_service(s->sim);
    return WFPW_OK;
}

static int service_command(struct script *s, bool stop, bool start)
{
    if (!s->check && stop)
        sim_stop_service(s->sim);
    if (!s->check && start)
        sim_start_service(s->sim);
    return WFPW_OK;
}

static int stray_command(struct script *s)
{
    bool on = false;
    int status = on_or_off(s, &on);
    if (status == WFPW_OK && !s->check)
        sim_set_strays(s->sim, on);
    return status;
}

static int places_command(struct script *s, const struct sim_word *command)
{
    struct sim_word words[SIM_PLACES_WORDS] = {{"", 0}, {"", 0}, {"", 0}, {"", 0}};
    int n = sim_places_words(command);
    for (int i = 0; i < n && !(i > 1 && word_is(&words[1], "off")); i++)
        if (!next_word(s, 0, &words[i]))
            return bad_command(s, words[i].p, "a name is wanted, and what it stands for, or off");
    if (!sim_places_set(s->sim, command, words, s->check))
        return bad_command(s, words[0].p,
                           "the name or what it stands for does not fit the command");
    return WFPW_OK;
}

static int audit_command(struct script *s, const struct sim_word *command, int count)
{
    struct sim_word words[2] = {{"", 0}, {"", 0}};
    for (int i = 0; i < count; i++)
        if (!next_word(s, 0, &words[i]))
            return bad_command(s, words[i].p,
                               "a subcategory is wanted and what it is to be, or on or off");
    if (!sim_audit_play(s->sim, command, words, s->check))
        return bad_command(s, command->p, "there is no such subcategory, or it cannot be that");
    return WFPW_OK;
}

/* The rest of a line about the policy: words, and parameters. */
static int read_line(struct script *s, struct sim_line *line)
{
    for (skip_blanks(s); !is_end(*s->at); skip_blanks(s)) {
        struct sim_word *key = &line->p[line->count].key, *value = &line->p[line->count].value;
        if (!next_word(s, '=', key))
            return bad_command(s, key->p, "a parameter is key=value");
        if (line->count + 1 == SIM_PARAMETERS)
            return bad_command(s, key->p, "more parameters than a line may have");
        line->count++;
        if (*s->at != '=') {
            *value = *key;
            key->n = 0;
            continue;
        }
        int status = value_word(s, key, value);
        if (status != WFPW_OK)
            return status;
    }
    return WFPW_OK;
}

static int scene_command(struct script *s, const struct sim_word *w, uint64_t times)
{
    struct sim_line line = {.command = *w};
    const char *where = w->p;
    int status = read_line(s, &line);
    const char *why = NULL;
    for (uint64_t i = 0; status == WFPW_OK && why == NULL && i < (s->check ? 1 : times); i++) {
        if (os_u32_load(&s->sim->leave) != 0)
            break;
        why = sim_log_knows(w)           ? sim_log_play(s->sim, &line, s->check, &where)
              : sim_network_knows(w)     ? sim_network_play(s->sim, &line, s->check, &where)
              : sim_sockets_knows(w)     ? sim_sockets_play(s->sim, &line, s->check, &where)
              : sim_connections_knows(w) ? sim_connections_play(s->sim, &line, s->check, &where)
                                         : sim_scene_play(s->sim, &line, s->check, &where);
    }
    return why != NULL ? bad_command(s, where, why) : status;
}

/* May be repeated. */
static bool is_line(const struct sim_word *w)
{
    return word_is(w, "audit") || sim_network_knows(w) || sim_sockets_knows(w) ||
           sim_connections_knows(w);
}

static int plain_command(struct script *s, const struct sim_word *w)
{
    int words;
    if (sim_scene_knows(w) || sim_log_knows(w))
        return scene_command(s, w, 1);
    if (word_is(w, "wait") || word_is(w, "sleep") || word_is(w, "back"))
        return time_command(s, word_is(w, "sleep"), word_is(w, "back"));
    if (word_is(w, "collect"))
        return option_command(s, FWPM_ENGINE_COLLECT_NET_EVENTS);
    if (word_is(w, "keywords"))
        return option_command(s, FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS);
    if (word_is(w, "ipsec"))
        return option_command(s, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS);
    if (word_is(w, "still_on"))
        return switch_command(s, &s->sim->machine.still_on);
    if (word_is(w, "machine"))
        return machine_command(s);
    if (word_is(w, "self"))
        return self_command(s);
    if (sim_places_knows(w))
        return places_command(s, w);
    if (sim_audit_knows(w, &words))
        return audit_command(s, w, words);
    if (word_is(w, "reboot"))
        return reboot_command(s);
    if (word_is(w, "refuse_conditions"))
        return switch_command(s, &s->sim->refuses_conditions);
    if (word_is(w, "file"))
        return file_command(s);
    if (word_is(w, "disorder"))
        return switch_command(s, &s->sim->disorder);
    if (word_is(w, "stray"))
        return stray_command(s);
    if (word_is(w, "fail") || word_is(w, "hang"))
        return call_rule(s, word_is(w, "hang"));
    if (word_is(w, "stop") || word_is(w, "start") || word_is(w, "restart"))
        return service_command(s, !word_is(w, "start"), !word_is(w, "stop"));
    bool release = word_is(w, "release");
    if (!release && !word_is(w, "abort"))
        return bad_command(s, w->p, "there is no such command");
    if (!s->check && release)
        sim_release(s->sim);
    else if (!s->check)
        sim_abort_sessions(s->sim);
    return WFPW_OK;
}

static int run_command(struct script *s)
{
    struct sim_word w, count;
    uint64_t times = 1;
    uint32_t type;
    if (!next_word(s, 0, &w))
        return bad_command(s, w.p, "a quote has no end");
    if (word_is(&w, "repeat")) {
        if (!next_word(s, 0, &count) || !number_of(&count, &times))
            return bad_command(s, count.p, "a number is wanted");
        if (!next_word(s, 0, &w) || (!event_type(&w, &type) && !is_line(&w)))
            return bad_command(s, w.p, "only events and what a program does can be repeated");
    }
    int status = is_line(&w)             ? scene_command(s, &w, times)
                 : event_type(&w, &type) ? event_command(s, type, times)
                                         : plain_command(s, &w);
    skip_blanks(s);
    if (status == WFPW_OK && !is_end(*s->at))
        status = bad_command(s, s->at, "more than the command takes");
    return status;
}

int sim_run_script(struct wfpw_sim *sim, const char *script, bool check, wfpw_error *e)
{
    struct script s = {.sim = sim, .start = script, .at = script, .check = check, .e = e};
    int status = WFPW_OK;
    s.event = malloc(sizeof *s.event);
    if (s.event == NULL)
        return error_set(e, WFPW_E_NOMEM, "script", 0, NULL);
    while (status == WFPW_OK && *s.at != 0 && (check || os_u32_load(&sim->leave) == 0)) {
        skip_blanks(&s);
        if (*s.at == '#')
            s.at += strcspn(s.at, "\n");
        else if (*s.at == '\n' || *s.at == ';')
            s.at++;
        else if (*s.at != 0)
            status = run_command(&s);
    }
    free(s.event);
    return status;
}
