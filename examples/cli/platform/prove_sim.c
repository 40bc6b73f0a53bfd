/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The simulated host: filters and attempts as commands of the script language (docs/testing.md).
 */
#include <stdio.h>
#include <string.h>

#include "platform/prove_host.h"

enum { COMMAND_MAX = 1024, FIRST_PORT = 50000, PORTS = 10000 };

#define APP  "\\device\\harddiskvolume3\\tools\\wfpwatch.exe"
#define USER "S-1-5-21-1004336348-1177238915-682003330-1001"
enum { PROCESS = 4711 };

static const char *play_command(struct prove_host *h, const char *command, const char *name)
{
    wfpw_error e;
    int status = wfpw_sim_play(h->sim, command, &e);
    h->code = status == WFPW_OK ? 0 : (uint32_t)-status;
    return status == WFPW_OK ? NULL : name;
}

static const char *loopback_of(const struct prove_filter *f)
{
    return f->family == 6 ? "::1" : "127.0.0.1";
}

static const char *open_session(struct prove_host *h)
{
    const char *failed = play_command(h, "session dynamic", "FwpmEngineOpen0");
    if (failed == NULL)
        failed = play_command(h, "provider key=" PROVE_PROVIDER " name=\"wfpwatch prove\"",
                              "FwpmProviderAdd0");
    if (failed == NULL)
        failed = play_command(h,
                              "sublayer key=" PROVE_SUBLAYER " provider=" PROVE_PROVIDER
                              " name=\"wfpwatch prove\" weight=65535",
                              "FwpmSubLayerAdd0");
    return failed;
}

static const char *add_filter(struct prove_host *h, const struct prove_filter *f, uint64_t *id)
{
    static const uint16_t layers[] = {36, 40, 44, 48, 16};
    const char *protocol = f->protocol == 6 ? "tcp" : "udp", *address = loopback_of(f);
    bool is_local = f->layer < PROVE_CONNECT;
    char command[COMMAND_MAX];
    int n = snprintf(command, sizeof command,
                     "filter layer=%u action=%s provider=" PROVE_PROVIDER
                     " sublayer=" PROVE_SUBLAYER " weight=15 name=\"%s\" "
                     "condition=\"%s port = %u\" condition=\"%s address = %s\"",
                     layers[f->layer] + (f->family == 6 ? 2u : 0u), f->permits ? "permit" : "block",
                     f->name, is_local ? "local" : "remote", f->port, is_local ? "local" : "remote",
                     address);
    if (f->layer == PROVE_OUTBOUND)
        n += snprintf(command + n, sizeof command - (size_t)n, " condition=\"local address = %s\"",
                      address);
    else
        n += snprintf(command + n, sizeof command - (size_t)n, " condition=\"app id = " APP "\"");
    if (f->layer != PROVE_LISTEN)
        (void)snprintf(command + n, sizeof command - (size_t)n, " condition=\"protocol = %s\"",
                       protocol);
    const char *failed = play_command(h, command, "FwpmFilterAdd0");
    *id = failed == NULL ? wfpw_sim_count(h->sim, WFPW_SIM_LAST_FILTER) : 0;
    return failed;
}

/* The script adds without a transaction. */
static const char *commit_filters(struct prove_host *h)
{
    h->code = 0;
    return NULL;
}

static const char *remove_filter(struct prove_host *h, uint64_t id)
{
    char command[64];
    (void)snprintf(command, sizeof command, "unfilter id=%llu", (unsigned long long)id);
    return play_command(h, command, "FwpmFilterDeleteById0");
}

static void close_session(struct prove_host *h)
{
    (void)play_command(h, "session end", "FwpmEngineClose0");
}

static const char *count_left(struct prove_host *h, uint32_t *objects)
{
    *objects = (uint32_t)wfpw_sim_count(h->sim, WFPW_SIM_DYNAMIC);
    return NULL;
}

/* From a port that follows from the filter's, so that no two attempts share one. */
static uint16_t client_port(const struct prove_filter *f)
{
    return (uint16_t)(FIRST_PORT + f->port % PORTS);
}

static void attempt_command(char *command, const struct prove_filter *f, uint32_t times)
{
    static const char ends[] = " user=" USER " app=\"" APP "\"";
    const char *protocol = f->protocol == 6 ? "tcp" : "udp";
    const char *verb = f->layer == PROVE_BIND     ? "bind"
                       : f->layer == PROVE_LISTEN ? "listen"
                       : f->protocol == 6         ? "connect"
                                                  : "send";
    const char *address = loopback_of(f), *open = f->family == 6 ? "[" : "",
               *end = f->family == 6 ? "]" : "";
    if (f->layer <= PROVE_LISTEN)
        (void)snprintf(command, COMMAND_MAX, "%s protocol=%s local=%s%s%s:%u process=%d%s", verb,
                       protocol, open, address, end, f->port, PROCESS, ends);
    else
        (void)snprintf(command, COMMAND_MAX,
                       "repeat %u %s protocol=%s local=%s%s%s:%u remote=%s%s%s:%u process=%d%s",
                       times, verb, protocol, open, address, end, client_port(f), open, address,
                       end, f->port, PROCESS, ends);
}

static uint32_t attempt_call(struct prove_host *h, const struct prove_filter *f,
                             uint16_t *local_port)
{
    char command[COMMAND_MAX];
    attempt_command(command, f, 1);
    *local_port = f->layer > PROVE_LISTEN ? client_port(f) : 0;
    if (play_command(h, command, "socket") != NULL)
        return h->code;
    return (uint32_t)wfpw_sim_count(h->sim, WFPW_SIM_SOCKET_ERROR);
}

static bool port_is_free(struct prove_host *h, const struct prove_filter *f)
{
    (void)h;
    (void)f;
    return true;
}

static void flood_host(struct prove_host *h, const struct prove_filter *f, uint32_t count)
{
    char command[COMMAND_MAX];
    attempt_command(command, f, count);
    (void)play_command(h, command, "sendto");
}

static uint64_t time_now(struct prove_host *h)
{
    return wfpw_sim_count(h->sim, WFPW_SIM_NOW);
}

static void free_host(struct prove_host *h)
{
    (void)h;
}

void prove_host_sim(struct prove_host *h, wfpw_sim *sim, const char *windows)
{
    static const struct prove_calls calls = {
        open_session, add_filter,   commit_filters, remove_filter, close_session, count_left,
        attempt_call, port_is_free, flood_host,     time_now,      free_host};
    *h = (struct prove_host){
        .calls = &calls, .sim = sim, .app = APP, .user = USER, .process = PROCESS};
    (void)snprintf(h->windows, sizeof h->windows, "%s simulated", windows);
}
