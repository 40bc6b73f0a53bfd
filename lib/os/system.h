/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the library asks of Windows, as tables of functions: filled by os/win from System32, or by
 * the simulator. A table or function that is NULL is one that this Windows does not have; that a
 * function fails never means so.
 */
#ifndef WFPW_SYSTEM_H
#define WFPW_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/fwp_types.h"

/* A callback of one of the versions; cast back to it by who calls. */
typedef void (*system_callback)(void);

enum { SYSTEM_SUBSCRIBES = 5, SYSTEM_ENUMS = 6, SYSTEM_FUNCTIONS = 64 };
enum { SYSTEM_LOG_FUNCTIONS = 16, AUDIT_FUNCTIONS = 8, SYSTEM_SOCKETS_FUNCTIONS = 8 };

/* Named after the functions of fwpuclnt.dll without "Fwpm"; each returns 0 or a Win32, RPC or FWP_E
 * code. subscribe[N] calls back with an FWPM_NET_EVENT(N + 1), enumerate[N] gives FWPM_NET_EVENTN.
 */
struct system_engine {
    uint32_t (*open)(void *ctx, const FWPM_SESSION0 *session, void **engine);
    uint32_t (*close)(void *ctx, void *engine);
    uint32_t (*get_option)(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value);
    uint32_t (*set_option)(void *ctx, void *engine, uint32_t option, const FWP_VALUE0 *value);
    uint32_t (*subscribe[SYSTEM_SUBSCRIBES])(void *ctx, void *engine,
                                             const FWPM_NET_EVENT_SUBSCRIPTION0 *subscription,
                                             system_callback callback, void *context,
                                             void **subscription_handle);
    uint32_t (*unsubscribe)(void *ctx, void *engine, void *subscription_handle);
    uint32_t (*create_enum)(void *ctx, void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                            void **enum_handle);
    uint32_t (*enumerate[SYSTEM_ENUMS])(void *ctx, void *engine, void *enum_handle, uint32_t wanted,
                                        void ***entries, uint32_t *count);
    uint32_t (*destroy_enum)(void *ctx, void *engine, void *enum_handle);
    /* The id that events have of the application in a file. Needs no session. */
    uint32_t (*app_id_from_file)(void *ctx, const uint16_t *path, FWP_BYTE_BLOB **app_id);
    void (*free)(void *ctx, void **p);
    /* Not fwpuclnt's: the path of the program that calls as its net events have it, a device path
     * in small letters without a NUL. Returns the units written; 0: it is not known. */
    uint32_t (*own_app)(void *ctx, uint16_t *room, uint32_t units);
    /* FwpmConnectionCreateEnumHandle0, FwpmConnectionEnum0, FwpmConnectionDestroyEnumHandle0: since
     * Windows 8. */
    uint32_t (*create_connection_enum)(void *ctx, void *engine,
                                       const FWPM_CONNECTION_ENUM_TEMPLATE0 *t, void **enum_handle);
    uint32_t (*enumerate_connections)(void *ctx, void *engine, void *enum_handle, uint32_t wanted,
                                      FWPM_CONNECTION0 ***entries, uint32_t *count);
    uint32_t (*destroy_connection_enum)(void *ctx, void *engine, void *enum_handle);
};

/* What the engine can list of its policy, and how its structs are called: FWPM_LAYER0, ... */
enum system_list {
    LIST_LAYERS,
    LIST_PROVIDERS,
    LIST_SUBLAYERS,
    LIST_CALLOUTS,
    LIST_CONTEXTS, /* FWPM_PROVIDER_CONTEXT0 */
    LIST_FILTERS,
    SYSTEM_LISTS
};

/* The policy, as functions of fwpuclnt.dll, too: FwpmFilterCreateEnumHandle0, FwpmFilterEnum0, ...
 * All are there since Windows Vista. What is given is freed with system_engine.free. */
struct system_policy {
    /* t: the FWPM_..._ENUM_TEMPLATE0 of the list, or NULL for all. */
    uint32_t (*create_enum[SYSTEM_LISTS])(void *ctx, void *engine, const void *t,
                                          void **enum_handle);
    uint32_t (*enumerate[SYSTEM_LISTS])(void *ctx, void *engine, void *enum_handle, uint32_t wanted,
                                        void ***entries, uint32_t *count);
    uint32_t (*destroy_enum[SYSTEM_LISTS])(void *ctx, void *engine, void *enum_handle);
    uint32_t (*get_by_key[SYSTEM_LISTS])(void *ctx, void *engine, const FWP_GUID *key, void **out);
    uint32_t (*filter_get)(void *ctx, void *engine, uint64_t id, FWPM_FILTER0 **out);
    uint32_t (*subscribe_changes)(void *ctx, void *engine, const FWPM_FILTER_SUBSCRIPTION0 *s,
                                  FWPM_FILTER_CHANGE_CALLBACK0 callback, void *context,
                                  void **change_handle);
    uint32_t (*unsubscribe_changes)(void *ctx, void *engine, void *change_handle);
};

/* One process among all that ever ran on this machine. */
struct process_id {
    uint32_t pid;
    uint64_t started; /* in the system's own unit */
    uint8_t boot[16]; /* of the boot that it belongs to */
};

/* Room for what a filling keeps while a store is open; all zero when it is not. */
struct store_handle {
    intptr_t v[4];
};

/* Why a function of the store failed: the system's code, and a sentence when it was no call that
 * failed but something that must not be. */
struct store_failure {
    uint32_t code;
    const char *what; /* static, or NULL */
};

/* What leases need of an operating system: one small document that only an administrator can write,
 * a lock that all our processes share, and who is alive. Each function that can fail returns
 * WFPW_OK or WFPW_E_*. A place that is not there, opened without `create`, holds an empty document;
 * nothing but reading and closing may be asked of it. */
struct system_store {
    /* place NULL: the system's own. E_LEASE: the place is not safe from others. */
    int (*open)(void *ctx, const char *place, bool create, struct store_handle *h,
                struct store_failure *f);
    void (*close)(void *ctx, struct store_handle *h);
    /* E_TIMEOUT after wait_ms. A holder that dies gives the lock back. */
    int (*lock)(void *ctx, struct store_handle *h, uint32_t wait_ms, struct store_failure *f);
    void (*unlock)(void *ctx, struct store_handle *h);
    /* The whole document; *n is 0 when there is none. E_RANGE: it is longer than cap. */
    int (*read)(void *ctx, struct store_handle *h, void *room, size_t cap, size_t *n,
                struct store_failure *f);
    /* In one piece and for good, or not at all; n 0 removes it. Under the lock. */
    int (*write)(void *ctx, struct store_handle *h, const void *p, size_t n,
                 struct store_failure *f);
    /* Under the lock: a document that cannot be used is kept beside, and gone from here. */
    int (*set_aside)(void *ctx, struct store_handle *h, struct store_failure *f);
    int (*whoami)(void *ctx, struct store_handle *h, struct process_id *out,
                  struct store_failure *f);
    /* false only when it is certain that it runs no more. */
    bool (*is_alive)(void *ctx, struct store_handle *h, const struct process_id *p);
};

/* Takes one place of a list; the texts, without NULs, live as long as the call. */
typedef void (*system_found)(void *to, const uint16_t *place, size_t place_units,
                             const uint16_t *device, size_t device_units);

/* A service of Windows. What its texts say is the administrator's, and the program's own. Without a
 * NUL; what does not fit is not there. */
enum { SERVICE_IMAGE_UNITS = 520, SERVICE_COMPANY_UNITS = 128, SERVICE_NOT_FOUND = 1060 };
struct system_service {
    bool runs;
    uint32_t image_units, company_units;
    uint16_t image[SERVICE_IMAGE_UNITS]; /* its program; of one in a shared process its library */
    uint16_t company[SERVICE_COMPANY_UNITS]; /* that it names in its version information */
};

/* What this host calls its volumes and its accounts, and its services. Each function returns 0 or a
 * Win32 code, and may take its time: an account may be a domain controller's. Texts are UTF-16
 * without a NUL. */
struct system_places {
    /* Drives and what they stand for: "C:", "\\Device\\HarddiskVolume3"; a drive that stands for a
     * folder (subst) has "\\??\\C:\\work". */
    uint32_t (*drives)(void *ctx, system_found found, void *to);
    /* Where the mount manager has volumes: "C:\\", "C:\\data\\" and their devices. */
    uint32_t (*mounts)(void *ctx, system_found found, void *to);
    /* The account with this SID of at most SID_BYTES_MAX bytes: "DOMAIN\\name", or a name. */
    uint32_t (*account)(void *ctx, const void *sid, uint16_t *room, size_t cap, size_t *units);
    /* The folder System32, without a backslash at its end. */
    uint32_t (*folder)(void *ctx, uint16_t *room, size_t cap, size_t *units);
    /* A string of a file in that folder, which is loaded as data, never run. */
    uint32_t (*string)(void *ctx, const char *file, uint32_t id, uint16_t *room, size_t cap,
                       size_t *units);
    /* The service with this name, which ends with a NUL. SERVICE_NOT_FOUND: there is none. */
    uint32_t (*service)(void *ctx, const uint16_t *name, struct system_service *out);
};

/* Where the firewall's rules are kept. */
enum system_rules_place {
    RULES_LOCAL,
    RULES_STATIC, /* service hardening */
    RULES_CONFIGURABLE,
    RULES_APPISO, /* isolation of packaged apps */
    RULES_MDM,
    RULES_GROUP_POLICY,
    RULES_PLACES
};
enum { SYSTEM_RULE_UNITS = 64 * 1024 }; /* of a rule's text, at most */

/* What is watched for changes: one key for all places but that of Group Policy, and that one. */
enum system_rules_watch { RULES_WATCH_HOST, RULES_WATCH_GROUP_POLICY, RULES_WATCHES };

/* The firewall's rules, as the registry keeps them. Each returns 0 or a Win32 code. */
struct system_rules {
    /* Each rule of a place: its id and its text, without NULs; 0 also when there is no such place.
     */
    uint32_t (*list)(void *ctx, enum system_rules_place place, system_found found, void *to);
    /* Sets the signal (of an os_event) once, when something there changes from now on, or when the
     * watch ends. On a thread that lives until it does. */
    uint32_t (*watch)(void *ctx, enum system_rules_watch which, intptr_t signal, void **handle);
    void (*unwatch)(void *ctx, void *handle);
};

/* The Security log. Handles are the system's own; each function returns 0 or a Win32 code. The
 * modern functions are wevtapi.dll's, named after them without "Evt"; the classic ones are
 * advapi32.dll's, which Windows 2000 had, too. Either half may be NULL as a whole. */
struct system_eventlog {
    /* signal: of an os_event, which is set when records come. No record that was there before sets
     * it. bookmark, query: NULL for none. flags: EVENTLOG_SUBSCRIBE_*. */
    uint32_t (*subscribe)(void *ctx, intptr_t signal, const uint16_t *channel,
                          const uint16_t *query, void *bookmark, uint32_t flags, void **handle);
    uint32_t (*query)(void *ctx, const uint16_t *channel, const uint16_t *query, uint32_t flags,
                      void **handle);
    /* *returned counts only when it returns 0; each event has to be closed. */
    uint32_t (*next)(void *ctx, void *handle, uint32_t wanted, void **events, uint32_t timeout_ms,
                     uint32_t *returned);
    /* flags: EVENTLOG_RENDER_*. UTF-16 with a NUL; *used counts bytes, and may lie. */
    uint32_t (*render)(void *ctx, void *event, uint32_t flags, uint32_t bytes, void *buffer,
                       uint32_t *used);
    uint32_t (*close)(void *ctx, void *handle);
    uint32_t (*create_bookmark)(void *ctx, const uint16_t *xml, void **bookmark);
    uint32_t (*update_bookmark)(void *ctx, void *bookmark, void *event);
    uint32_t (*open_log)(void *ctx, const uint16_t *channel, void **log);
    uint32_t (*log_info)(void *ctx, void *log, uint32_t property, uint64_t *value);

    /* OpenEventLogW with the privilege that the Security log asks for, NotifyChangeEventLog,
     * ReadEventLogW, GetNumberOfEventLogRecords, GetOldestEventLogRecord, CloseEventLog. */
    uint32_t (*classic_open)(void *ctx, const uint16_t *log, void **handle);
    uint32_t (*classic_notify)(void *ctx, void *handle, intptr_t signal);
    uint32_t (*classic_read)(void *ctx, void *handle, uint32_t flags, uint32_t record, void *buffer,
                             uint32_t bytes, uint32_t *read, uint32_t *needed);
    uint32_t (*classic_count)(void *ctx, void *handle, uint32_t *count);
    uint32_t (*classic_oldest)(void *ctx, void *handle, uint32_t *oldest);
    uint32_t (*classic_close)(void *ctx, void *handle);
};

/* winevt.h and winbase.h */
enum {
    EVENTLOG_SUBSCRIBE_FUTURE = 1,
    EVENTLOG_SUBSCRIBE_OLDEST = 2,
    EVENTLOG_SUBSCRIBE_AFTER_BOOKMARK = 3,
    EVENTLOG_SUBSCRIBE_STRICT = 0x10000,
    EVENTLOG_QUERY_CHANNEL = 1,
    EVENTLOG_QUERY_FORWARD = 0x100,
    EVENTLOG_RENDER_XML = 1,
    EVENTLOG_RENDER_BOOKMARK = 2,
    EVENTLOG_INFO_RECORDS = 5,
    EVENTLOG_INFO_OLDEST = 6,
    EVENTLOG_READ_SEEK = 2,
    EVENTLOG_READ_FORWARD = 4,
    EVENTLOG_READ_MOST = 0x7FFFF /* bytes of one read */
};

/* winerror.h; what the event log says. */
enum {
    EVENTLOG_E_ACCESS_DENIED = 5,
    EVENTLOG_E_INVALID_HANDLE = 6,
    EVENTLOG_E_HANDLE_EOF = 38,
    EVENTLOG_E_INVALID_PARAMETER = 87,
    EVENTLOG_E_NOT_IMPLEMENTED = 120,  /* ERROR_CALL_NOT_IMPLEMENTED */
    EVENTLOG_E_BUFFER_TOO_SMALL = 122, /* ERROR_INSUFFICIENT_BUFFER */
    EVENTLOG_E_NO_MORE_ITEMS = 259,
    EVENTLOG_E_NOT_FOUND = 1168,
    EVENTLOG_E_PRIVILEGE = 1314, /* ERROR_PRIVILEGE_NOT_HELD */
    EVENTLOG_E_TIMEOUT = 1460,
    EVENTLOG_E_FILE_CHANGED = 1503, /* ERROR_EVENTLOG_FILE_CHANGED */
    EVENTLOG_E_UNAVAILABLE = 1722,  /* RPC_S_SERVER_UNAVAILABLE */
    EVENTLOG_E_BOUND = 1734,        /* RPC_S_INVALID_BOUND */
    EVENTLOG_E_CANCELLED = 1818,    /* RPC_S_CALL_CANCELLED */
    EVENTLOG_E_OPERATION = 4317,    /* ERROR_INVALID_OPERATION */
    EVENTLOG_E_INVALID_QUERY = 15001,
    EVENTLOG_E_CHANNEL_NOT_FOUND = 15007,
    EVENTLOG_E_STALE = 15011,   /* ERROR_EVT_QUERY_RESULT_STALE */
    EVENTLOG_E_POSITION = 15012 /* ERROR_EVT_QUERY_RESULT_INVALID_POSITION */
};

/* Where copies of audit.csv lie: what Group Policy applied last, and the local policy's own. */
enum system_audit_file { AUDIT_FILE_APPLIED, AUDIT_FILE_LOCAL, SYSTEM_AUDIT_FILES };
/* Below HKEY_LOCAL_MACHINE: the device's management, by its name for a subcategory, and whether
 * policies of whole categories are ignored (SCENoApplyLegacyAuditPolicy; without a name). */
enum system_audit_number { AUDIT_NUMBER_MDM, AUDIT_NUMBER_NO_LEGACY };

/* What the security log records, by subcategory: functions of advapi32.dll, all since Windows
 * Vista, each returning 0 or a Win32 code. Those that Windows asks the privilege SE_SECURITY_NAME
 * for have it while they run, on their thread alone. Who calls impersonates nobody. What is given
 * is freed with `free`. */
struct system_audit_policy {
    uint32_t (*query)(void *ctx, const FWP_GUID *subcategories, uint32_t count,
                      AUDIT_POLICY_INFORMATION **out);
    uint32_t (*set)(void *ctx, const AUDIT_POLICY_INFORMATION *policy, uint32_t count);
    uint32_t (*categories)(void *ctx, FWP_GUID **out, uint32_t *count);
    /* category NULL: of all of them. */
    uint32_t (*subcategories)(void *ctx, const FWP_GUID *category, FWP_GUID **out, uint32_t *count);
    /* In the user's language, with a NUL. */
    uint32_t (*category_name)(void *ctx, const FWP_GUID *category, uint16_t **out);
    uint32_t (*subcategory_name)(void *ctx, const FWP_GUID *subcategory, uint16_t **out);
    void (*free)(void *ctx, void *p);
    /* Not advapi32's. Who decides: a copy of Group Policy's audit.csv, whole, and of the numbers
     * that a device's management, or the system, has for a name. *n is 0 when there is none. */
    uint32_t (*file)(void *ctx, enum system_audit_file which, void *room, size_t cap, size_t *n);
    uint32_t (*number)(void *ctx, enum system_audit_number which, const char *name, uint32_t *out);
    /* The logon id of the token that calls: what records of changes name. */
    uint32_t (*logon_id)(void *ctx, uint64_t *out);
    /* This computer's name, without a NUL; returns the units, 0: not known. */
    uint32_t (*computer)(void *ctx, uint16_t *room, uint32_t units);
};

/* The tables of sockets, with rows as of MIB_TCPROW_OWNER_MODULE and its like:
 * resolve/sockets/socket_table.h knows them. */
enum system_sockets_table {
    SOCKETS_TCP4,
    SOCKETS_TCP6,
    SOCKETS_UDP4,
    SOCKETS_UDP6,
    SYSTEM_SOCKETS_TABLES
};
enum { SOCKETS_E_TOO_SMALL = 122, SOCKETS_MODULE_UNITS = 256, SOCKETS_IMAGE_UNITS = 520 };

/* Who has which socket: functions of iphlpapi.dll, and the program of a process. Each returns 0 or
 * a Win32 code, and may take its time. Texts are UTF-16 without a NUL. */
struct system_sockets {
    /* GetExtendedTcpTable or GetExtendedUdpTable of the class OWNER_MODULE. *bytes: of the room,
     * then those that the table takes; SOCKETS_E_TOO_SMALL: it does not fit. */
    uint32_t (*table)(void *ctx, enum system_sockets_table which, void *room, uint32_t *bytes);
    /* GetOwnerModuleFromTcpEntry and its like: the service, or the module, of a row. NULL: this
     * Windows does not tell. */
    uint32_t (*module)(void *ctx, enum system_sockets_table which, const void *row, uint16_t *room,
                       size_t cap, size_t *units);
    /* The program of a process, as net events name it: a device path, or "System". */
    uint32_t (*image)(void *ctx, uint32_t pid, uint16_t *room, size_t cap, size_t *units);
};

struct wfpw_system {
    void *ctx;       /* the first parameter of every function */
    uint16_t source; /* WFPW_SOURCE_*: what its events say */
    const struct system_engine *engine;
    const struct system_policy *policy;     /* NULL: names come from elsewhere only */
    uint64_t (*now)(void *ctx);             /* 100 ns since 1601-01-01 UTC */
    const struct system_store *store;       /* NULL: the operating system's (os/host_store.h) */
    const struct system_places *places;     /* NULL: only what is the same on every host is known */
    const struct system_eventlog *eventlog; /* NULL: there is none */
    const struct system_audit_policy *audit_policy; /* NULL: it has none that can be asked for */
    const struct system_rules *rules;               /* NULL: it has none that can be asked for */
    const struct system_sockets *sockets;           /* likewise */
};

/* What this host itself has. */
struct system_host {
    struct wfpw_system system;
    struct system_engine engine;
    struct system_policy policy;
    struct system_eventlog eventlog;
    struct system_audit_policy audit_policy;
    struct system_sockets sockets;
    void (*functions[SYSTEM_FUNCTIONS])(void); /* the exports, in the order of the filling's list */
    void (*log_functions[SYSTEM_LOG_FUNCTIONS])(void);
    void (*audit_functions[AUDIT_FUNCTIONS])(void);
    void (*sockets_functions[SYSTEM_SOCKETS_FUNCTIONS])(void);
    const char
        *missing;     /* the library, function or flag that is not there; NULL: it has no engine */
    const char *text; /* a sentence about it */
    uint32_t code;    /* the system's */
};

/* Looks for it, at each call anew. To be called where nobody is impersonated and no lock of the
 * loader is held: on the service thread. false: `missing` and what follows it tell why. What was
 * found stays valid until the process ends. */
bool system_host_find(struct system_host *h);

/* The event log of it, whether there is an engine or not; also after system_host_find, to have
 * both. As above in all else. */
bool system_host_find_log(struct system_host *h);
/* The tables of sockets alone: of a struct that nothing else is found in. */
bool system_host_find_sockets(struct system_host *h);

/* Whatever engine there is; NULL: this host has no places and accounts of that kind. Its functions
 * ignore their ctx. */
const struct system_places *system_host_places(void);
/* The same of its firewall's rules. */
const struct system_rules *system_host_rules(void);

#endif
