/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The state of a simulated Windows. */
#ifndef WFPW_SIM_INTERNAL_H
#define WFPW_SIM_INTERNAL_H

#include "os/os.h"
#include "os/system.h"
#include "sim/event/sim_event.h"
#include "sim/event/sim_field.h"
#include "sim/log/sim_log.h"
#include "sim/network/sim_network.h"
#include "sim/policy/sim_policy.h"
#include "sim/sim_audit.h"
#include "wfpwatch/sim.h"

enum {
    SIM_SESSIONS = 64,
    SIM_SUBSCRIPTIONS = 64,
    SIM_HISTORY = 128,
    SIM_RULES_WATCHES = 8,
    SIM_RULES = 16
};
enum { SIM_OPTIONS = FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS + 1 };

/* The functions, in the order of struct system_engine, then those of struct system_policy: of each
 * list the first four. */
enum sim_call {
    CALL_ENGINE_OPEN,
    CALL_ENGINE_CLOSE,
    CALL_GET_OPTION,
    CALL_SET_OPTION,
    CALL_SUBSCRIBE,
    CALL_UNSUBSCRIBE,
    CALL_CREATE_ENUM,
    CALL_ENUM,
    CALL_DESTROY_ENUM,
    CALL_APP_ID,
    CALL_LIST_CREATE_ENUM,
    CALL_LIST_ENUM = CALL_LIST_CREATE_ENUM + SYSTEM_LISTS,
    CALL_LIST_DESTROY_ENUM = CALL_LIST_ENUM + SYSTEM_LISTS,
    CALL_LIST_GET_BY_KEY = CALL_LIST_DESTROY_ENUM + SYSTEM_LISTS,
    CALL_FILTER_GET = CALL_LIST_GET_BY_KEY + SYSTEM_LISTS,
    CALL_SUBSCRIBE_CHANGES,
    CALL_UNSUBSCRIBE_CHANGES,
    CALL_DRIVES, /* struct system_places */
    CALL_MOUNTS,
    CALL_ACCOUNT,
    CALL_FOLDER,
    CALL_STRING,
    CALL_SERVICE,
    CALL_RULES, /* struct system_rules */
    CALL_RULES_WATCH,
    CALL_RULES_UNWATCH,
    CALL_EVT_SUBSCRIBE, /* struct system_eventlog */
    CALL_EVT_QUERY,
    CALL_EVT_NEXT,
    CALL_EVT_RENDER,
    CALL_EVT_CLOSE,
    CALL_EVT_CREATE_BOOKMARK,
    CALL_EVT_UPDATE_BOOKMARK,
    CALL_EVT_OPEN_LOG,
    CALL_EVT_GET_LOG_INFO,
    CALL_OPEN_EVENT_LOG,
    CALL_NOTIFY_CHANGE,
    CALL_READ_EVENT_LOG,
    CALL_COUNT_RECORDS,
    CALL_OLDEST_RECORD,
    CALL_CLOSE_EVENT_LOG,
    CALL_AUDIT_QUERY, /* struct system_audit_policy */
    CALL_AUDIT_SET,
    CALL_AUDIT_CATEGORIES,
    CALL_AUDIT_SUBCATEGORIES,
    CALL_AUDIT_CATEGORY_NAME,
    CALL_AUDIT_SUBCATEGORY_NAME,
    CALL_AUDIT_FILE,
    CALL_AUDIT_NUMBER,
    CALL_AUDIT_LOGON_ID,
    CALL_BEGIN, /* of a transaction; struct system_change */
    CALL_COMMIT,
    CALL_ABORT,
    CALL_PROVIDER_ADD,
    CALL_SUBLAYER_ADD,
    CALL_FILTER_ADD,
    CALL_FILTER_DELETE,
    CALL_PROVIDER_DELETE_KEY,
    CALL_SUBLAYER_DELETE_KEY,
    CALL_FILTER_DELETE_KEY,
    CALL_BIND, /* what programs do on the network */
    CALL_LISTEN,
    CALL_CONNECT,
    CALL_SEND,
    CALL_TCP_TABLE, /* struct system_sockets */
    CALL_UDP_TABLE,
    CALL_OWNER_MODULE,
    CALL_IMAGE,
    CALL_CONNECTION_CREATE_ENUM, /* struct system_engine again: connections */
    CALL_CONNECTION_ENUM,
    CALL_CONNECTION_DESTROY_ENUM,
    CALL_COUNT
};

/* A call that is to fail or to hang. */
struct sim_rule {
    bool used, hangs;
    enum sim_call call;
    uint32_t code;
    uint64_t times; /* left */
};

struct sim_session {
    bool used, dynamic;
    uint32_t life; /* in which it was opened */
    bool in_transaction;
    struct sim_change *changes; /* not committed yet */
};

struct sim_subscription {
    bool used, active;
    bool stays; /* ending it failed */
    bool stray; /* its session is closed, and it is called back all the same */
    struct sim_session *session;
    int version; /* of the events it gets */
    system_callback callback;
    void *context;
    struct sim_wanted *match; /* what it is to get; NULL: everything */
    uint32_t running;         /* callbacks under way */
};

/* Something handed out by a call: freed exactly once, by the right function. */
struct sim_block {
    struct sim_block *next;
    void *given;              /* what the caller has */
    struct sim_image *images; /* the events of an enumeration */
    uint32_t count;
    struct sim_pieces pieces; /* or objects of the policy */
};

/* What a machine keeps: its settings, and the document of our leases. */
struct sim_machine {
    uint32_t options[SIM_OPTIONS]; /* by FWPM_ENGINE_OPTION; of no use when there is a file */
    char *file;                    /* several processes' machine: a byte an option */
    uint32_t keywords;             /* that this Windows knows */
    bool has_ipsec;                /* and whether it knows FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS */
    bool still_on;                 /* which then can not be turned off */
    uint64_t boot;                 /* counted */
    bool locked;
    char *document;
    size_t document_size;
};

struct sim_place;
struct sim_socket;
struct sim_connection;
struct sim_connection_enum;

/* Who waits for a change of the firewall's rules. */
struct sim_rules_watch {
    bool used, is_told;
    enum system_rules_watch which;
    intptr_t signal;
};

struct wfpw_sim {
    struct wfpw_system system;
    struct system_engine engine;
    struct system_policy functions; /* of the policy */
    struct system_eventlog log_functions;
    struct sim_log log;
    os_mutex lock;
    uint64_t now;
    bool running;  /* the service */
    uint32_t life; /* of sessions: none lives longer */
    bool disorder;
    bool strays;            /* what could not be ended outlives its session */
    struct sim_string self; /* the path of the program that calls */
    bool refuses_conditions;
    struct sim_file *files;
    struct sim_machine machine;
    struct sim_place *places; /* drives, accounts, strings */
    struct sim_rules_watch rules_watches[SIM_RULES_WATCHES];
    struct sim_socket *sockets, **sockets_end; /* the order of the tables */
    uint32_t socket_count;                     /* ever */
    os_u32 sockets_calls;                      /* under way: some may outlive their session */
    struct sim_connection *connections, **connections_end; /* of IPsec, in the engine's order */
    uint32_t connection_count;
    struct sim_connection_enum *connection_enums;
    struct sim_policy policy;
    struct sim_session *scripted; /* the dynamic session of the script; NULL: none */
    struct sim_network network;
    struct sim_audit audit;
    uint64_t calls, callbacks, misuses, enumerated;
    uint64_t fail_at; /* number of the call that fails; 0: none */
    uint32_t fail_code;
    struct sim_rule rules[SIM_RULES];
    struct sim_session sessions[SIM_SESSIONS];
    struct sim_subscription subscriptions[SIM_SUBSCRIPTIONS];
    struct sim_block *blocks;
    struct sim_event *history[SIM_HISTORY]; /* the oldest first */
    uint32_t history_count;
    struct sim_event *held; /* in disorder: delivered after the next one */
    bool thread_started;
    os_u32 leave; /* the simulator is being freed */
    os_thread thread;
    char *script;
};

/* The functions, by Windows version; sim->system is ready after it. */
void sim_engine_fill(struct wfpw_sim *sim, uint32_t windows);
const char *sim_call_name(enum sim_call call);
/* Every call starts with it, and has the lock then: counted, failed or held as it was told. Returns
 * what the call is to fail with. */
uint32_t sim_call_enter(struct wfpw_sim *sim, enum sim_call call);
/* A handle's session; NULL: it is none, which is counted as a misuse. */
struct sim_session *sim_call_session(struct wfpw_sim *sim, void *handle);
/* What a session's calls give when its engine is not there any more. */
uint32_t sim_call_alive(const struct wfpw_sim *sim, const struct sim_session *s);
/* The three of them. */
uint32_t sim_call_begin(struct wfpw_sim *sim, enum sim_call call, void *engine,
                        struct sim_session **s);
/* Gives the lock back, and the code. */
uint32_t sim_call_end(struct wfpw_sim *sim, uint32_t code);
/* Frees a block that is in no list any more. */
void sim_block_free(struct sim_block *b);

/* The machine's settings; the lock is held. `free` frees. */
void sim_machine_init(struct wfpw_sim *sim, uint32_t windows);
void sim_machine_free(struct wfpw_sim *sim);
uint32_t sim_machine_get(const struct wfpw_sim *sim, uint32_t option);
void sim_machine_put(struct wfpw_sim *sim, uint32_t option, uint32_t value);
/* A byte of the machine's file, by its place in it; of no use without a file. */
uint32_t sim_machine_byte(const struct wfpw_sim *sim, uint32_t at);
void sim_machine_put_byte(struct wfpw_sim *sim, uint32_t at, uint32_t value);
/* What FwpmEngineSetOption0 does, beside the session. Returns its code. */
uint32_t sim_machine_set(struct wfpw_sim *sim, uint32_t option, const FWP_VALUE0 *value);
bool sim_machine_knows(const struct wfpw_sim *sim, uint32_t option);
/* Whether the engine, set as it is, records this event. */
bool sim_machine_records(const struct wfpw_sim *sim, const struct sim_event *ev);
/* The settings live in this file from now on, for all simulators that name it. */
bool sim_machine_share(struct wfpw_sim *sim, const char *file, size_t n);

/* Volumes, accounts, strings: the functions, and the commands that say what they give. */
extern const struct system_places sim_system_places;
extern const struct system_rules sim_system_rules;
bool sim_places_knows(const struct sim_word *command);
/* How many words may follow the command. The last of them may be "off" instead, in the place of the
 * value, and nothing behind it. */
enum { SIM_PLACES_WORDS = 4 };
int sim_places_words(const struct sim_word *command);
/* words: those that follow, empty where there are no more. false: they do not fit. */
bool sim_places_set(struct wfpw_sim *sim, const struct sim_word *command,
                    const struct sim_word words[SIM_PLACES_WORDS], bool check);
void sim_places_free(struct wfpw_sim *sim);

/* The tables of sockets: the functions, and the commands that fill them. */
extern const struct system_sockets sim_system_sockets;
bool sim_sockets_knows(const struct sim_word *command);
/* Returns NULL, or what is wrong, and where. Takes the lock. */
const char *sim_sockets_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                             const char **where);
/* Waits for calls under way: the simulator is being freed. */
void sim_sockets_free(struct wfpw_sim *sim);

/* Connections of IPsec: the functions, and the command that adds one. */
void sim_connections_fill(struct system_engine *engine);
bool sim_connections_knows(const struct sim_word *command);
/* As of sockets. */
const char *sim_connections_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                                 const char **where);
/* Handles that were not destroyed; the lock is held. */
uint64_t sim_connections_enums(const struct wfpw_sim *sim);
void sim_connections_free(struct wfpw_sim *sim);

/* What the engine was asked for, copied; *out is NULL when that is everything, and freed with
 * free. Returns the engine's code. */
uint32_t sim_wanted_new(const struct wfpw_sim *sim, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *from,
                        struct sim_wanted **out);
bool sim_wanted_holds(const struct sim_wanted *t, const struct sim_event *ev);

/* A program's file, and the id of its events; the lock is held. */
bool sim_file_add(struct wfpw_sim *sim, const struct sim_text *path, const struct sim_text *id);
void sim_files_free(struct wfpw_sim *sim);
/* Returns the code of FwpmGetAppIdFromFileName0; *id is freed with free. */
uint32_t sim_file_id(const struct wfpw_sim *sim, const uint16_t *path, FWP_BYTE_BLOB **id);

/* The place of leases of a machine that no file shares. */
extern const struct system_store sim_store;

/* Something that happened: kept in the history, and told to the subscribers. Takes the lock. */
void sim_happen(struct wfpw_sim *sim, const struct sim_event *ev);
/* The service stops: its sessions and their subscriptions are dead, the history is empty. */
void sim_stop_service(struct wfpw_sim *sim);
void sim_start_service(struct wfpw_sim *sim);
/* The service goes on, and so does what it keeps. */
void sim_abort_sessions(struct wfpw_sim *sim);
/* The lock is held. */
void sim_clear_history(struct wfpw_sim *sim);
void sim_add_rule(struct wfpw_sim *sim, const struct sim_rule *rule);
void sim_release(struct wfpw_sim *sim);
/* A subscription's session is closed; the lock is held. */
void sim_subscription_end(struct wfpw_sim *sim, struct sim_subscription *s);
/* Whether what cannot be ended outlives its session; if not, what did ends now. Takes the lock. */
void sim_set_strays(struct wfpw_sim *sim, bool on);

/* Does what the script says; check: only sees whether it can be read. */
int sim_run_script(struct wfpw_sim *sim, const char *script, bool check, wfpw_error *e);

#endif
