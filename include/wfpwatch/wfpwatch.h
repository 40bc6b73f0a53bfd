/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
/**
 * @file wfpwatch.h
 * wfpwatch - what Windows blocked, by which filter, for which process, and why.
 *
 * The contract, once for all functions:
 *
 * **Threads.** One thread at a time per session or batch; different sessions are independent. Only
 * wfpw_stop(), wfpw_get_stats(), wfpw_set_match() and wfpw_set_keywords() may be called from any
 * thread while another one reads. A wfpw_names may be used by several sessions and threads at once,
 * and wfpw_names_stop() called from any thread. The library runs your code only inside a call that
 * you made, on your thread; the exceptions are the allocator, the log function and the thread hooks
 * of wfpw_options, as documented there. A session
 * owns a thread for each of its live sources (wfpw_add_live(), wfpw_add_audit()), one for the rules
 * of the firewall unless WFPW_OPEN_NO_NAMES is set, one each with WFPW_OPEN_ACCOUNTS, with
 * WFPW_OPEN_SOCKETS and with WFPW_LIVE_AUDIT_POLICY, up to two once wfpw_wait_handle() was called,
 * and while it reads files those of wfpw_options.threads; calls that query the host (history,
 * names, check, restore, the audit policy, sockets) use one while they run. These threads run no
 * code of yours but those.
 *
 * **Memory.** What `*_new` or `*_open` returns is freed by `*_free` or `*_close` (NULL is allowed).
 * Events and their text belong to the batch and are valid until the next read into it.
 *
 * **Errors.** Functions return 0 or a count on success and a negative WFPW_E_* on failure. Where
 * there is a wfpw_error parameter it may be NULL; on failure it holds the call that failed and the
 * system's code; wfpw_remedy() returns what to do.
 *
 * **Text.** UTF-8, always valid: lone surrogates and NULs inside a text come out as U+FFFD.
 *
 * **Time.** 100 ns units since 1601-01-01 UTC, as Windows counts it (FILETIME).
 *
 * **Growth.** Structs that you fill start with `size`; an older caller gets defaults for members it
 * lacks, a newer caller is accepted if the tail unknown to the library is zero. Structs that you
 * read start with `size` too and grow at the end; arrays of them come with a stride. The numbers of
 * codes never change.
 */
#ifndef WFPWATCH_H
#define WFPWATCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup wfpw_library The library: version, results, words
 * @{ */

#define WFPW_VERSION_MAJOR  0       /**< Changes that break programs. */
#define WFPW_VERSION_MINOR  2       /**< Additions; before 1.0 also changes that break programs. */
#define WFPW_VERSION_PATCH  0       /**< Corrections. */
#define WFPW_VERSION_STRING "0.2.0" /**< The three as a string. */

/* __cdecl on Windows, so that a plain ctypes.CDLL works on every system. */
#if defined(_WIN32)
#define WFPW_CALL __cdecl
#if defined(WFPW_SHARED)
#define WFPW_API __declspec(dllimport)
#else
#define WFPW_API
#endif
#else
#define WFPW_CALL
#if defined(__GNUC__)
#define WFPW_API __attribute__((visibility("default")))
#else
#define WFPW_API
#endif
#endif

/**
 * The library's version. Any thread.
 * @return `major << 16 | minor << 8 | patch`
 */
WFPW_API uint32_t WFPW_CALL wfpw_version(void);

/**
 * The size of a public struct in this build of the library. Bindings check their own declarations
 * against it. Any thread.
 * @param struct_name its name: "wfpw_event"
 * @return the size in bytes; 0 for an unknown name
 */
WFPW_API uint32_t WFPW_CALL wfpw_sizeof(const char *struct_name);

/* codes: STATUS */
/** Results. The number of a code never changes its meaning. */
enum wfpw_status_code {
    /** The call succeeded. */
    WFPW_OK = 0,
    /** An argument is NULL, out of range, of an unknown size or has an unknown flag. */
    WFPW_E_INVAL = -1,
    /** The allocator returned NULL. */
    WFPW_E_NOMEM = -2,
    /** The system refused the call to this user. */
    WFPW_E_ACCESS = -3,
    /** The service (BFE, or the event log's) is stopped, or not yet running. */
    WFPW_E_NOSERVICE = -4,
    /** The engine collects no net events. */
    WFPW_E_DISABLED = -5,
    /** This system or this build lacks what the call needs; wfpw_error.where names it. */
    WFPW_E_NOTSUP = -6,
    /** A file could not be opened or read, or a record could not be stored. */
    WFPW_E_IO = -7,
    /** The content is in no format that the call reads. */
    WFPW_E_FORMAT = -8,
    /** Every file, all history and the log's past has been read to its end. */
    WFPW_E_EOF = -9,
    /** wfpw_stop or wfpw_names_stop ended the reading. */
    WFPW_E_STOPPED = -10,
    /** A system call did not return before its timeout. */
    WFPW_E_TIMEOUT = -11,
    /** A call failed with a code that maps to no other result: wfpw_error.os_code. */
    WFPW_E_SYSTEM = -12,
    /** The output does not fit; `needed` has the required size. */
    WFPW_E_RANGE = -13,
    /** A condition, bookmark or script is wrong at wfpw_error.position. */
    WFPW_E_SYNTAX = -14,
    /** The record of leases is damaged, locked or of a newer version. */
    WFPW_E_LEASE = -15
};
/* codes: end */

/**
 * What failed. The caller owns the struct and need not initialize it; its size never changes.
 */
typedef struct {
    uint32_t size;  /**< Set by the library. */
    int32_t status; /**< WFPW_E_*. */
    /** The system's code: Win32, RPC or FWP_E_*, or errno; 0 when there is none. */
    uint32_t os_code;
    /** For wfpw_read(): the file that failed, numbered from 1 in the order added; 0: none.
     */
    uint32_t file;
    uint64_t position; /**< In a file: byte offset; in a text: the character, counted from 0. */
    char where[40];    /**< The call that failed, or the place. */
    char text[120];    /**< What happened, one sentence. */
} wfpw_error;

/**
 * The meaning of a result, as a short English text. Any thread.
 * @param status WFPW_OK or WFPW_E_*
 * @return the text; never NULL, static
 */
WFPW_API const char *WFPW_CALL wfpw_strerror(int status);

/**
 * What to do about an error. Any thread.
 * @param e the error; may be NULL
 * @return one sentence, or "" when there is nothing to do; never NULL, static
 */
WFPW_API const char *WFPW_CALL wfpw_remedy(const wfpw_error *e);

/**
 * The meaning of a Windows error code, with its symbolic name: FWP_E_* and STATUS_FWP_*, IPsec and
 * IKE errors (13000 to 13932), NTSTATUS of IPsec, and the Win32 and RPC errors that the engine
 * returns. Any thread.
 * @param code the code, such as wfpw_error.os_code
 * @return the text; "" for an unknown code; never NULL, static
 */
WFPW_API const char *WFPW_CALL wfpw_system_text(uint32_t code);

/** Lists of words for wfpw_word(). */
enum wfpw_list {
    WFPW_LIST_KIND = 1,          /**< WFPW_KIND_*. */
    WFPW_LIST_SOURCE = 2,        /**< WFPW_SOURCE_*. */
    WFPW_LIST_DIRECTION = 3,     /**< WFPW_DIRECTION_*. */
    WFPW_LIST_ORIENTATION = 4,   /**< WFPW_ORIENTATION_*. */
    WFPW_LIST_PID_FROM = 5,      /**< WFPW_PID_FROM_*. */
    WFPW_LIST_LOST = 6,          /**< WFPW_LOST_*. */
    WFPW_LIST_STATE = 7,         /**< WFPW_STATE_*. */
    WFPW_LIST_AUDIT_CODE = 8,    /**< The `%%N` codes of audit records, by N: 14592 is "inbound". */
    WFPW_LIST_PROTOCOL = 9,      /**< IANA protocol numbers that have a short name: 6 is "tcp". */
    WFPW_LIST_CAPABILITY = 10,   /**< FWPM_APPC_NETWORK_CAPABILITY_TYPE: 0 is "internetClient". */
    WFPW_LIST_FILTER_STATE = 11, /**< WFPW_FILTER_STATE_*. */
    WFPW_LIST_ACTION = 12,       /**< FWP_ACTION_TYPE: 0x1001 is "FWP_ACTION_BLOCK". */
    WFPW_LIST_CHECK = 13,        /**< WFPW_CHECK_*. */
    WFPW_LIST_VERDICT = 14,      /**< WFPW_VERDICT_*. */
    WFPW_LIST_REASON = 15,       /**< WFPW_REASON_*. */
    WFPW_LIST_CONFIDENCE = 16,   /**< WFPW_CONFIDENCE_*. */
    WFPW_LIST_EVIDENCE = 17,     /**< A single bit. */
    WFPW_LIST_DIRECTION_FROM = 18, /**< WFPW_DIRECTION_FROM_*. */
    WFPW_LIST_MISSING = 19,        /**< A single bit. */
    WFPW_LIST_OWN = 20,      /**< WFPW_EVENT_OWN_*, a single bit: "filter", "process", "lookup". */
    WFPW_LIST_DIFFERS = 21,  /**< A single bit. */
    WFPW_LIST_LOG_PATH = 24, /**< WFPW_LOG_PATH_*. */
    WFPW_LIST_DECIDED = 25,  /**< WFPW_DECIDED_*. */
    WFPW_LIST_AUDIT_POLICY = 26, /**< WFPW_AUDIT_POLICY_*. */
    WFPW_LIST_PRODUCT_FROM = 27, /**< WFPW_PRODUCT_FROM_*. */
    WFPW_LIST_SERVICE = 28,      /**< WFPW_SERVICE_*. */
    WFPW_LIST_RULE_ACTION = 29,  /**< WFPW_RULE_ACTION_*. */
    WFPW_LIST_RULE_ORIGIN = 30,  /**< WFPW_RULE_ORIGIN_*. */
    WFPW_LIST_RULE_CHANGE = 31,  /**< WFPW_RULE_CHANGE_*. */
    WFPW_LIST_GUARD_SIGN = 32,   /**< A single bit. */
    WFPW_LIST_MATCH = 36,        /**< A single bit. */
    WFPW_LIST_STRENGTH = 37,     /**< WFPW_STRENGTH_*. */
    WFPW_LIST_CONCLUSION = 38,   /**< WFPW_CONCLUSION_*. */
    WFPW_LIST_UNSEEN = 39,       /**< A single bit. */
    WFPW_LIST_HEALTH = 40,       /**< A single bit: WFPW_HEALTH_*. */
    WFPW_LIST_TCP_STATE = 41,    /**< WFPW_TCP_STATE_*. */
    WFPW_LIST_IPSEC_MODE = 50,   /**< IPSEC_TRAFFIC_TYPE: 0 is "transport", 1 "tunnel". */
    WFPW_LIST_KEY_MODULE = 51,   /**< IKEEXT_KEY_MODULE_TYPE: 2 is "ikev2". */
    WFPW_LIST_AUTH_METHOD = 52,  /**< IKEEXT_AUTHENTICATION_METHOD_TYPE: 2 is "kerberos". */
    WFPW_LIST_CIPHER = 53,       /**< IKEEXT_CIPHER_TYPE: 4 is "aes_256". */
    WFPW_LIST_INTEGRITY = 54,    /**< IKEEXT_INTEGRITY_TYPE: 2 is "sha_256". */
    WFPW_LIST_DH_GROUP = 55      /**< IKEEXT_DH_GROUP: 3 is "group_14". */
};

/**
 * The word for a code. Any thread.
 * @param list one of WFPW_LIST_*
 * @param code a code of that list; for flags, a single bit
 * @return the word; "" when there is none; never NULL, static
 */
WFPW_API const char *WFPW_CALL wfpw_word(uint32_t list, uint32_t code);

/** @}
 * @defgroup wfpw_session Sessions: add sources, then read
 * @{ */

typedef struct wfpw_session wfpw_session;   /**< Sources, and the events read from them. */
typedef struct wfpw_batch wfpw_batch;       /**< A buffer for events, reused by each read. */
typedef struct wfpw_template wfpw_template; /**< Conditions on events. */
typedef struct wfpw_names wfpw_names;       /**< Filters, layers, providers, ... by id and key. */
typedef struct wfpw_filter wfpw_filter;     /**< A filter and what it names. */
typedef struct wfpw_rule wfpw_rule;         /**< A rule of the Windows Firewall. */
typedef struct wfpw_guard wfpw_guard;       /**< Targets that no filter should silence. */
typedef struct wfpw_guarded wfpw_guarded;   /**< A filter that would silence one of them. */
typedef struct wfpw_system wfpw_system;     /**< A simulated Windows, from wfpwatch/sim.h. */

/**
 * Called on the caller's thread and, in a live session, on the library's own, never from a callback
 * of the system. alloc returns NULL when out of memory; free accepts NULL.
 */
typedef struct {
    void *(WFPW_CALL *alloc)(void *ctx, size_t bytes);
    void(WFPW_CALL *free)(void *ctx, void *p);
    void *ctx;
} wfpw_allocator;

/**
 * The log function. Called on the thread that logs: the caller's, or one of the library's (of a
 * live source, or of a call that queries the host), so it must be quick and thread-safe.
 * @param ctx wfpw_options.log_ctx
 * @param level 1 error, 2 warning, 3 information
 * @param text one line; valid only during the call
 */
typedef void(WFPW_CALL *wfpw_log_fn)(void *ctx, int level, const char *text);

/**
 * Functions for the threads that the library starts: an agent names them, and sets priority,
 * affinity or a scheduling group. Each is called on the thread itself, with its role: "service"
 * (the engine, live), "deadline" (with wfpw_wait_handle()), "rules", "accounts", "sockets",
 * "audit-log", "audit-policy", "file" (wfpw_options.threads), "call" (a call that queries the
 * host), "close" (a session that is closed in its own log function). They must be quick, and call
 * nothing of this session. Threads of Windows that call back are not the library's.
 */
typedef struct {
    /** The thread's first act; NULL: none. The role is static. */
    void(WFPW_CALL *started)(void *ctx, const char *role);
    /**
     * Its last one, before the call that waits for the thread returns; NULL: none. Not of a thread
     * that wfpw_close() did not wait for (sockets).
     */
    void(WFPW_CALL *ending)(void *ctx, const char *role);
    void *ctx;
} wfpw_thread_hooks;

/**
 * wfpw_options.flags. An account look-up may query a domain controller: no event waits for it;
 * user_name is set once the look-up completes. Well-known accounts have names without ACCOUNTS.
 */
enum wfpw_open_flags {
    /** Files: verify the checksum of every block, not only of doubtful ones. */
    WFPW_OPEN_VERIFY = 0x1,
    /** Do not explain: verdict, reason, evidence, confidence stay 0. */
    WFPW_OPEN_NO_VERDICT = 0x2,
    WFPW_OPEN_ACCOUNTS = 0x4, /**< Live: look up account names, on a separate thread. */
    /** Live: take names only from options.names, not from the engine and the registry. */
    WFPW_OPEN_NO_NAMES = 0x8,
    /**
     * A net event without a process ID waits for the record that has it; and for the socket tables,
     * with WFPW_OPEN_SOCKETS.
     */
    WFPW_OPEN_PID = 0x10,
    /**
     * Events are delivered in order of arrival; an event that waits for its other half delays those
     * after it.
     */
    WFPW_OPEN_ORDERED = 0x20,
    /**
     * Group events into attempts (wfpw_event.attempt): same process, same addresses and ports, same
     * deciding filter, within 30 s. Uses 0.5 MiB.
     */
    WFPW_OPEN_ATTEMPTS = 0x40,
    /**
     * Live: look up the process of a TCP or UDP net event in the host's socket tables (IP Helper),
     * on a separate thread that asks when such an event comes, each table at most every 100 ms.
     * With WFPW_OPEN_PID an event waits for the answer, at most join_ms; without it no event waits,
     * and has a process only when the answer is there already, as for a program that is blocked
     * again and again. What is not in the tables has no answer: a connection that was refused when
     * it was made, a socket that is closed by now. See wfpw_event.pid_confidence.
     */
    WFPW_OPEN_SOCKETS = 0x100
};

/**
 * wfpw_options.join, for sessions that read both net events and audit records. A record that may be
 * the other half of a net event waits, too. Events that waited are delivered after others of the
 * same time, unless WFPW_OPEN_ORDERED is set.
 */
enum wfpw_join {
    /**
     * Net events whose reason is not certain (or whose process is wanted, WFPW_OPEN_PID), when
     * Windows writes such records.
     */
    WFPW_JOIN_NEEDED = 0,
    WFPW_JOIN_ALWAYS = 1, /**< All net events that may have a record. */
    WFPW_JOIN_NEVER = 2   /**< None: the two halves are two events. */
};

/** Options of wfpw_open(). Set `size`; 0 and NULL in the other members select the defaults. */
typedef struct {
    uint32_t size;  /**< sizeof(wfpw_options). */
    uint32_t flags; /**< WFPW_OPEN_*. */
    /**
     * Live: size of each of the two queues; 0 is 4 MiB; rounded up to a power of 2, 64 KiB to 256
     * MiB.
     */
    uint32_t ring_bytes;
    /**
     * .evtx files: threads that read and decode, in addition to the caller's; 0 is none, at most
     * 64. Input from a pipe is decoded on the caller's thread.
     */
    uint32_t threads;
    /**
     * NULL: this host; else must stay valid until wfpw_close. A simulated one has a clock of its
     * own, which only its scripts advance (`wait MS`): it dates events, gaps and outages, and
     * decides what is before and since. How long something waits or is counted (the members in ms)
     * is measured by this host's monotonic clock, whatever the system.
     */
    const wfpw_system *system;
    const wfpw_allocator *allocator; /**< NULL: malloc and free; the struct is copied. */
    wfpw_log_fn log;                 /**< NULL: silent. */
    void *log_ctx;
    /**
     * Source of names for events; for live events, used when the engine has none. Must stay valid
     * until wfpw_close; may be NULL.
     */
    wfpw_names *names;
    /**
     * Limit of the memory for names, of a wfpw_names and of a live source; 0 is 64 MiB; 4 MiB to 1
     * GiB.
     */
    uint32_t names_bytes;
    uint32_t reserved; /**< Reserved, 0. */
    /**
     * Where leases are stored; must stay valid until wfpw_close; NULL: the default of this system,
     * or of the simulator. On Windows a registry key below HKEY_LOCAL_MACHINE,
     * `"SOFTWARE\\Vendor\\Product"`; elsewhere the absolute path of a directory that only this user
     * can access (it is created, its parent is not). Programs that share leases must use the same.
     */
    const char *state_dir;
    /**
     * Which events are delivered. Must stay valid and unchanged until wfpw_close, also after
     * wfpw_set_match(); NULL: all.
     */
    const wfpw_template *match;
    /**
     * Key of your own provider, as {guid}: its filters are marked (WFPW_FILTER_HAS_OWN,
     * WFPW_EVENT_OWN_FILTER), whatever the source of their names; NULL: none. Copied.
     */
    const char *own_provider;
    /**
     * Live: how long an event may wait for its filter's name, or for events that the engine kept
     * during an outage; 0 is 250, at most 60000.
     */
    uint32_t join_ms;
    uint32_t reserved2; /**< Reserved, 0. */
    /** WFPW_JOIN_*: which net events wait for the audit record of their decision. */
    uint32_t join;
    /**
     * The largest time difference between the two, and how long one waits for the other; 0 is 2000,
     * at most 60000.
     */
    uint32_t join_window_ms;
    uint32_t join_bytes; /**< Memory for waiting events; 0 is 8 MiB; 256 KiB to 1 GiB. */
    uint32_t reserved3;  /**< Reserved, 0. */
    /**
     * Files: the zone of times that are written without one (pfirewall.log, and JSON of some
     * shippers): "UTC", "+02:00" and the like for a fixed offset, or "local" for the zone of this
     * host with its daylight saving time. NULL: not known (WFPW_EVENT_LOCAL_TIME). Another text is
     * E_INVAL in wfpw_open(). Copied.
     */
    const char *log_zone;
    const wfpw_thread_hooks *hooks; /**< Of the library's threads; NULL: none. Copied. */
} wfpw_options;

/**
 * Opens a session without a source.
 * @param o the options; may be NULL for the defaults
 * @param out the session, to be closed with wfpw_close(); NULL on failure
 * @param e what failed; may be NULL
 * @return 0; E_INVAL (size, an unknown flag or a tail that is not zero), E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_open(const wfpw_options *o, wfpw_session **out, wfpw_error *e);

/**
 * Adds a file: .evtx, the XML of Windows events, the net events of netsh (netevents.xml, and
 * wfpdiag.xml, of which the rest is ignored), the firewall's own log (pfirewall.log), or records as
 * JSON by a log shipper or a tool (docs/formats.md lists them). The format is detected from the
 * content; a netsh dump with names and no events is E_FORMAT. wfpw_read() reads the files one after
 * the other, in the order added, or merged by time when they contain both audit records and net
 * events, which are joined (wfpw_join); memory use does not grow with a file's size. After E_EOF
 * more files may be added.
 * @param s the session
 * @param path the path, copied; "-" is standard input; pipes are allowed
 * @param e what failed; may be NULL
 * @return 0; E_IO (os_code is errno or the Win32 code), E_FORMAT, E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_add_file(wfpw_session *s, const char *path, wfpw_error *e);

/**
 * Adds a part of a file, so that several sessions, in as many processes or on as many machines as
 * you like, read a large one together: each record is given by one of the parts, once, whatever
 * damage the file has. All have to find the file with the same size: not one that is written to
 * meanwhile. An .evtx file is parted by its blocks of 64 KiB; what cannot be parted (XML, what is
 * packed, a pipe) is given by part 0 as a whole, and by the others not at all. To find its place, a
 * part looks at 8 bytes of each block before it. Its share of wfpw_stats.bytes_total is right to
 * within a block.
 *
 * What an event owes to the records before it is known from its own part only: the orientation
 * that they give evidence of (then `unknown`, or without that evidence), names from a log's own
 * records of policy changes, attempts, and the other half of a decision.
 * @param s the session
 * @param path the file, as of wfpw_add_file()
 * @param part which one, from 0
 * @param parts how many there are: 1 to 65536
 * @param e what failed; may be NULL
 * @return 0; E_INVAL, and errors as of wfpw_add_file()
 */
WFPW_API int WFPW_CALL wfpw_add_file_part(wfpw_session *s, const char *path, uint32_t part,
                                          uint32_t parts, wfpw_error *e);

/**
 * The same for a file's content in memory.
 * @param s the session
 * @param data the bytes, which are read in place: they must stay valid and unchanged until
 *        wfpw_read() has returned E_EOF, or the session is closed
 * @param size how many bytes
 * @param e what failed; may be NULL
 * @return 0; errors as of wfpw_add_file()
 */
WFPW_API int WFPW_CALL wfpw_add_memory(wfpw_session *s, const void *data, size_t size,
                                       wfpw_error *e);

/**
 * Reads the next events into b and discards its previous events. This thread makes no engine call
 * or look-up and takes no lock that other code holds; the lock of options.names is held for one
 * copy at a time. A file that blocks, such as a pipe without a writer, blocks this call, and
 * wfpw_stop() does not interrupt that.
 * @param s the session
 * @param b the batch that receives the events
 * @param timeout_ms how long to wait for an event, in ms: 0 returns at once, negative waits without
 *        a timeout. Files never wait.
 * @param e what failed; may be NULL
 * @return the number of events (at least 1); 0 on timeout; E_EOF when every file, all history and
 *         the log's past (WFPW_AUDIT_PAST) has been read and there is no live source; E_STOPPED
 *         after wfpw_stop() when all queued events have been read; E_IO, E_FORMAT or E_NOMEM when a
 *         file failed (its earlier events are delivered first, and the session continues with the
 *         next file); or the error that ended a live source
 */
WFPW_API int WFPW_CALL wfpw_read(wfpw_session *s, wfpw_batch *b, int32_t timeout_ms, wfpw_error *e);

/**
 * A wait object for your own event loop: signalled while an event or a gap can be read, after a
 * change of state until the next wfpw_read(), and after wfpw_stop(). An event that waits (for its
 * filter's name, for its volume's location or, after an outage, for what was kept: join_ms; for the
 * other half of its decision: join_window_ms) does not signal it before it can be read or its wait
 * times out; the first call of this function starts a thread for those timeouts, so that a loop
 * that waits without a timeout, then reads until 0, sleeps as long as nothing can be read. Events
 * that only the reader filters out signal it, too, and wfpw_read() returns 0: those excluded by
 * conditions on verdict, reason or own, and changes of filters (WFPW_LIVE_FILTERS) excluded by any
 * condition.
 * @param s the session
 * @return a HANDLE on Windows, elsewhere a file descriptor to poll() for POLLIN. The library owns
 *         it: never read, reset or close it. -1 without a live source, as files never wait
 */
WFPW_API intptr_t WFPW_CALL wfpw_wait_handle(const wfpw_session *s);

/**
 * Ends the session's reading: a waiting wfpw_read(), wfpw_add_live() or wfpw_add_audit() returns,
 * queued events may still be read, then reads return E_STOPPED. Any thread; safe in a signal
 * handler (the session's own threads block all signals); may be called more than once. Not while
 * wfpw_close() runs.
 * @param s the session
 */
WFPW_API void WFPW_CALL wfpw_stop(wfpw_session *s);

/**
 * Replaces the conditions of a session that has a live source (wfpw_add_live(), wfpw_add_audit()).
 * Any thread, also while another one is in wfpw_read() or calls wfpw_stop(); not while wfpw_add_*
 * or wfpw_close() runs.
 *
 * When the call has returned, wfpw_read() judges each event that it takes by the new conditions,
 * and so does the callback of the engine each event that arrives; no event is judged by a part of
 * both. What the old ones excluded before is not brought back. Of conditions that Windows itself
 * evaluates (wfpw_template_explain()) the change is made on the library's threads, soon, or when a
 * call that hangs has returned: the engine is subscribed to anew if it was asked for any, and the
 * events that it kept meanwhile are read (where that is not permitted a gap, where: outage, has the
 * time); the Security log is queried anew behind the last record that was read, so that later ones
 * which only the new conditions admit are delivered, too, also those of before this call. A
 * condition `app=` whose file does not exist is no error here: the library evaluates it alone.
 *
 * What stays as it was decided when the sources were added: the settings of the engine
 * (wfpw_set_keywords() changes one) and the subcategories of the audit policy that
 * WFPW_LIVE_AUDIT_POLICY turned on.
 * @param s the session
 * @param match the conditions, which are copied; NULL: every event is delivered
 * @param e what failed; may be NULL. The conditions are as before then
 * @return 0; E_INVAL (no live source, or a condition asks for verdicts with WFPW_OPEN_NO_VERDICT),
 *         E_STOPPED, E_NOMEM, E_TIMEOUT (64 former ones are still held by a callback or a call
 *         that hangs)
 */
WFPW_API int WFPW_CALL wfpw_set_match(wfpw_session *s, const wfpw_template *match, wfpw_error *e);

/**
 * Closes the session and everything it owns, and restores the settings that it turned on; both when
 * its Arrow stream is released, if it has one (wfpw_arrow_stream()). Waits for an engine call in
 * progress, for the calls that restore settings (5 s at most for the lock of the leases), for an
 * account look-up in progress (WFPW_OPEN_ACCOUNTS), and for running callbacks; after it no library
 * code runs for this session, except that a call of the socket tables (WFPW_OPEN_SOCKETS) is waited
 * for one second only: its thread ends when the call returns, and uses nothing of the session, its
 * allocator or its log function. No other thread may be inside a call with s. On Windows do not
 * call it from DllMain while the process runs: the service thread could not exit. A process that
 * exits with open sessions need not call it.
 * @param s the session; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_close(wfpw_session *s);

/** @}
 * @defgroup wfpw_stats Counts and state of a session
 * @{ */

/* codes: STATE */
/** The state of a session, in wfpw_stats. */
enum wfpw_state_code {
    /** There is no live source. */
    WFPW_STATE_FILES = 0,
    /** It is subscribed. */
    WFPW_STATE_CONNECTED = 1,
    /** It waits for the engine. */
    WFPW_STATE_WAITING = 2,
    /** It is subscribed, but the system collects nothing. The word is "collection off". */
    WFPW_STATE_COLLECTION_OFF = 3,
    /** It has given up: the error is in the log. */
    WFPW_STATE_FAILED = 4,
    /** wfpw_stop was called. */
    WFPW_STATE_STOPPED = 5
};
/* codes: end */

/* codes: MISSING */
/** What a live session lacks because Windows denies it: bits of wfpw_stats.missing. */
enum wfpw_missing_code {
    /** Turning collection on is denied: events that are collected anyway are delivered. */
    WFPW_MISSING_SETTINGS = 1,
    /** The state of collection, or of the audit policy, cannot be read. */
    WFPW_MISSING_LOOKING = 2,
    /** Events that the engine keeps cannot be read. */
    WFPW_MISSING_HISTORY = 4,
    /** Filters and the objects that they refer to, or changes of them, cannot be read. */
    WFPW_MISSING_NAMES = 8,
    /** Leases cannot be recorded, so nothing is changed. */
    WFPW_MISSING_LEASES = 16,
    /** The Security log cannot be read at the moment: this is retried. */
    WFPW_MISSING_LOG = 32,
    /**
     * The audit policy is not as requested: wfpw_stats.audit_policy. The word is "audit policy".
     */
    WFPW_MISSING_AUDIT_POLICY = 64
};
/* codes: end */

/* codes: LOG_PATH */
/** How the Security log is read, in wfpw_stats. */
enum wfpw_log_path_code {
    /** By subscription (wevtapi.dll). */
    WFPW_LOG_PATH_MODERN = 1,
    /** By number (ReadEventLog): times in seconds, no version. */
    WFPW_LOG_PATH_CLASSIC = 2
};
/* codes: end */

/* codes: AUDIT_POLICY */
/** The state of WFPW_LIVE_AUDIT_POLICY in a live session: wfpw_stats.audit_policy. */
enum wfpw_audit_policy_code {
    /** It was not requested. The word is "not asked". */
    WFPW_AUDIT_POLICY_NOT_ASKED = 0,
    /** The required subcategories are audited. */
    WFPW_AUDIT_POLICY_HELD = 1,
    /** The change, or the record of it, was denied: only what is audited anyway is recorded. */
    WFPW_AUDIT_POLICY_REFUSED = 2,
    /**
     * It was turned off three times within an hour, and stays off: a policy decides it
     * (wfpw_audit_policy_get()). The word is "given up".
     */
    WFPW_AUDIT_POLICY_GIVEN_UP = 3
};
/* codes: end */

/**
 * Counters since wfpw_open. While no event is in transit, received = delivered + waiting + merged +
 * duplicate + filtered + dropped + undecoded + aggregated; gaps are counted separately. All are
 * exact.
 */
typedef struct {
    uint32_t size;
    uint32_t state;     /**< WFPW_STATE_*. */
    uint64_t received;  /**< Events received, and relevant records of a file. */
    uint64_t waiting;   /**< Received, not yet read. */
    uint64_t delivered; /**< Read by the caller. */
    uint64_t merged;    /**< Joined into another event. */
    uint64_t duplicate; /**< Discarded as the second copy of an event. */
    uint64_t filtered;  /**< Excluded by a template; events filtered by the engine never arrive. */
    uint64_t dropped;   /**< Lost in this process because a queue was full. */
    uint64_t undecoded; /**< Relevant, but undecodable. */
    uint64_t gaps;      /**< Events of kind gap that were delivered. */
    uint64_t passed_over;     /**< Other records of a file or the log. */
    uint64_t skipped;         /**< Places in a file that could not be read: each was logged once. */
    uint64_t warnings;        /**< Damage in a file that lost nothing, such as a wrong checksum. */
    uint64_t bytes_read;      /**< Read from files so far. */
    uint64_t bytes_total;     /**< Of all files added, except those of unknown size. */
    uint64_t last_event_time; /**< Time of the newest event read; 0: none. */
    uint64_t names;           /**< Live: filters in the cache, deleted ones included. */
    uint64_t names_bytes;     /**< Live: memory used by names. */
    uint64_t names_filled;    /**< Live: full enumerations of the engine's objects. */
    /** Live: events delivered before their filter's name was known (join_ms). */
    uint64_t unnamed;
    uint32_t missing;  /**< WFPW_MISSING_*: what a live session lacks. */
    uint32_t log_path; /**< WFPW_LOG_PATH_*: how the Security log is read; 0: not read. */
    /** WFPW_STATE_* of the Security log; `state` is the engine's, if the session has one. */
    uint32_t log_state;
    uint32_t audit_policy;   /**< WFPW_AUDIT_POLICY_*. */
    uint64_t log_reconnects; /**< How often the log was reopened, for any reason. */
    /**
     * Events delivered before the end of their wait for the other half, because the memory was full
     * (join_bytes).
     */
    uint64_t join_crowded;
    uint64_t rules; /**< Live: firewall rules in the cache, deleted and older ones included. */
    uint64_t rules_filled; /**< Live: how often the firewall's rules were read from the registry. */
    uint64_t sockets_found; /**< Live: events whose process the socket tables gave. */
    uint64_t sockets_read;  /**< Live: how often a socket table was read. */
    /**
     * Live: events that are only in the count of another one (wfpw_live.aggregate_ms), so many less
     * one for each such event, also where that one was filtered out. Delivered and aggregated
     * together is the number of events that those delivered stand for.
     */
    uint64_t aggregated;
} wfpw_stats;

/**
 * Returns the current counters. Any thread.
 * @param s the session
 * @param out the counters; set out->size; on return it is the size that was filled
 * @return 0; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_get_stats(const wfpw_session *s, wfpw_stats *out);

/* codes: HEALTH */
/** What speaks against a live session seeing all there is: wfpw_health.signs. */
enum wfpw_health_code {
    /** The engine cannot be reached. The word is "engine away". */
    WFPW_HEALTH_ENGINE_AWAY = 1,
    /** The engine has not answered for three looks, 5 s at least. The word is "engine hangs". */
    WFPW_HEALTH_ENGINE_HANGS = 2,
    /** The engine collects no net events. The word is "collection off". */
    WFPW_HEALTH_COLLECTION_OFF = 4,
    /** Something is missing: wfpw_stats.missing says what. */
    WFPW_HEALTH_LACKS = 8,
    /** The Security log cannot be read at the moment. The word is "log away". */
    WFPW_HEALTH_LOG_AWAY = 16,
    /** The queue is three quarters full: the reader is too slow. The word is "queue full". */
    WFPW_HEALTH_QUEUE_FULL = 32,
    /** No event has come for wfpw_live.silence_ms. */
    WFPW_HEALTH_SILENCE = 64,
    /** The session was stopped, or failed: no more events come. */
    WFPW_HEALTH_ENDED = 128
};
/* codes: end */

/**
 * How a live session is: what a supervisor, or a heartbeat, wants to know of a sensor. Times are
 * milliseconds of a clock that neither sleeps nor is set.
 */
typedef struct {
    uint32_t size;
    uint32_t signs;     /**< WFPW_HEALTH_*; 0: nothing speaks against it seeing all. */
    uint32_t state;     /**< WFPW_STATE_* of the engine, or of the log without one. */
    uint32_t log_state; /**< WFPW_STATE_* of the Security log; 0: not read. */
    uint32_t missing;   /**< WFPW_MISSING_*. */
    /** How often another program turned off settings that the session had turned on. */
    uint32_t settings_undone;
    /**
     * Since the newest event of the engine, or since it was reached; precise to watch_ms; 0 without
     * the engine.
     */
    uint64_t event_age_ms;
    /** Since the engine last answered; UINT64_MAX: it never did. */
    uint64_t look_age_ms;
    uint64_t gap_age_ms; /**< Since events were last found missing; UINT64_MAX: never. */
    uint64_t gaps;       /**< Gaps so far, read or not. */
    uint64_t dropped;    /**< Events lost in this process. */
    uint64_t waiting;    /**< Events that the reader has not taken yet. */
    uint64_t outages;    /**< How often the engine was lost and found again. */
} wfpw_health;

/**
 * Returns how a live session is; waits for nothing, even if the engine or the log hangs. Any
 * thread.
 * @param s the session
 * @param out the answer; set out->size; on return it is the size that was filled
 * @return 0; E_INVAL: a session without a live source, or a wrong argument
 */
WFPW_API int WFPW_CALL wfpw_get_health(const wfpw_session *s, wfpw_health *out);

/** @}
 * @defgroup wfpw_live The engine of this host: net events, live and kept
 * @{ */

/** wfpw_live.flags. */
enum wfpw_live_flags {
    WFPW_LIVE_OBSERVE = 0x1, /**< Change nothing on the host: deliver what is collected anyway. */
    /**
     * Also turn on IPsec connection monitoring; Windows may refuse to turn it off before a reboot
     * (FWP_E_STILL_ON).
     */
    WFPW_LIVE_IPSEC = 0x2,
    /**
     * Deliver added and deleted filters as events: FILTER_ADD, FILTER_DELETE. This changes nothing
     * on the host.
     */
    WFPW_LIVE_FILTERS = 0x4,
    /**
     * Turn on the audit subcategories that the template needs, under a lease: failures of Filtering
     * Platform Connection, of Packet Drop if drops are wanted, successes of the former if allowed
     * events are wanted (and are among `keywords`). Not with OBSERVE.
     */
    WFPW_LIVE_AUDIT_POLICY = 0x8
};

/**
 * wfpw_live.keywords: what the engine records in addition to drops of outbound and of unicast
 * inbound traffic (FWPM_NET_EVENT_KEYWORD_*). A bit that this Windows does not support is omitted,
 * and logged.
 */
enum wfpw_keyword {
    WFPW_KEYWORD_INBOUND_MCAST = 0x1,    /**< Drops of inbound multicast traffic. */
    WFPW_KEYWORD_INBOUND_BCAST = 0x2,    /**< Drops of inbound broadcast traffic. */
    WFPW_KEYWORD_CAPABILITY_DROP = 0x4,  /**< Events of kind CAPABILITY_DROP. */
    WFPW_KEYWORD_CAPABILITY_ALLOW = 0x8, /**< Events of kind CAPABILITY_ALLOW. */
    WFPW_KEYWORD_CLASSIFY_ALLOW = 0x10,  /**< Events of kind CLASSIFY_ALLOW: a high volume. */
    /** Drops of port scans: Windows 10 1903 and later. */
    WFPW_KEYWORD_PORT_SCANNING_DROP = 0x20,
    WFPW_KEYWORD_ALL = 0x3F /**< All of them. */
};

/** The engine as a live source. */
typedef struct {
    uint32_t size;  /**< sizeof(wfpw_live). */
    uint32_t flags; /**< WFPW_LIVE_*; without OBSERVE collection is turned on under a lease. */
    /** How long wfpw_add_live waits for an engine that is not running; 0: not at all. */
    uint32_t wait_ms;
    /** How often collection and the engine are checked; 0 is 1000, at least 10. */
    uint32_t watch_ms;
    uint32_t keywords; /**< WFPW_KEYWORD_*; 0: all. With OBSERVE 0. */
    uint32_t reserved; /**< Reserved, 0. */
    /** Deliver events that the engine still keeps, from this time on, first; 0: only new ones. */
    uint64_t since;
    /**
     * Report filters that would block one of its targets: GUARD. It must stay open and unchanged
     * until wfpw_close(), and may be shared by sessions. NULL: none. With WFPW_OPEN_NO_NAMES
     * E_INVAL.
     */
    const wfpw_guard *guard;
    /**
     * Report a net event that is like an earlier one only as part of a count: the first of a kind
     * is delivered at once, and so many ms later one event that stands for all others of its kind
     * (wfpw_event.aggregate). 0: every event is delivered.
     */
    uint32_t aggregate_ms;
    /**
     * Memory for that: 2 KiB for each kind of which several came within aggregate_ms; 0 is 2 MiB;
     * rounded down to a power of 2, 64 KiB to 256 MiB. Without aggregate_ms 0.
     */
    uint32_t aggregate_bytes;
    /**
     * Deliver a gap (WFPW_LOST_SILENCE) when the engine reported no event for so long while it was
     * there, once until an event comes again; 0: none, else at least 1000. Events that a template
     * excludes count as events. Precise to watch_ms.
     */
    uint32_t silence_ms;
    uint32_t reserved2; /**< Reserved, 0. */
} wfpw_live;

/**
 * Adds the host's engine: starts the service thread, subscribes with the newest
 * FwpmNetEventSubscribeN there is, and turns on net event collection and its keywords. One per
 * session.
 *
 * Each changed setting is under a lease: recorded before the change, restored by wfpw_close() (or
 * wfpw_stop()) when no other session needs it, and only if it still has the value that the library
 * set. If this process dies, the next process that opens a live session, or wfpw_restore(),
 * restores it. The settings are machine-wide and survive a reboot; so do leases. If another program
 * turns collection off meanwhile, it is turned on again within watch_ms, and reported as a gap
 * (where: collection). With WFPW_LIVE_OBSERVE no setting is changed.
 *
 * Settings are independent of the subscription. If they cannot be changed, or the record of leases
 * cannot be used (damaged, of a newer version, locked by a process that hangs), nothing is changed,
 * events that are collected anyway are delivered, wfpw_stats.missing is set (SETTINGS, LEASES), and
 * the change is retried at growing intervals.
 *
 * With `since`, events that the engine kept from before are delivered first, in order of time; an
 * event that is both kept and delivered by the subscription is delivered once, and counted as
 * duplicate.
 *
 * If the connection to the engine is lost (its service restarts, the session is aborted, a check
 * fails with any code but "access denied"), the library reconnects, without limit and whatever the
 * error code, after 50 ms, then after twice as long, up to 5 s; the state is WAITING meanwhile. A
 * gap (where: outage) has the start and end of the outage; events that the engine kept meanwhile
 * follow it. They are also read when the clock has advanced more than the time waited: the machine
 * slept.
 *
 * Filters are named from the engine itself (wfpw_event.filter, its `from` is "live"), unless
 * WFPW_OPEN_NO_NAMES is set: the library enumerates its objects after this call has returned,
 * subscribes to changes (FwpmFilterSubscribeChanges0), and queries the filter of an event when it
 * is not known (join_ms). Ids from before a restart of the engine are kept apart.
 *
 * The firewall's rules (wfpw_event.rule, its `from` is "live") are read from the registry on a
 * separate thread, which waits for changes there (RegNotifyChangeKeyValue) and for records of
 * changes in the Security log, if the session reads it, and reads the rules again then: changes
 * that come close together once, for at most a fifth of its time. A rule that was deleted is kept,
 * with the state DELETED; between a change and the reading after it the state is UNCERTAIN. Rules
 * that a program adds until the service restarts are not in the registry.
 *
 * With WFPW_LIVE_FILTERS the changes are events, in the order of the notifications, each after its
 * filter has been queried: `time` is the time of the notification, `filter` the added or deleted
 * filter, of which without names only id and key are known (UNKNOWN). Changes during an outage are
 * not reported; the gap (where: outage) covers them. If Windows does not support change
 * notifications, this call then fails.
 *
 * With `guard` each filter that the engine has, and each one added later, is checked as
 * wfpw_guard_check() does: one that would block a target is an event of kind GUARD, with the filter
 * (wfpw_event.filter) and what was found (wfpw_event.guarded), as soon as the library has queried
 * it, and once in a life of the engine. If the session reads the Security log, too, and Windows
 * audits changes of filters (Other Policy Change Events), the event waits for the record 5447 of
 * the same filter, at most join_window_ms, and is one with it (wfpw_options.join): process_id,
 * user_sid and user_name tell who added the filter. A template does not exclude these events. If
 * Windows does not support change notifications, this call then fails.
 *
 * With `aggregate_ms` net events of one kind are counted before they need room in a queue, so that
 * a flood of them displaces nothing else. Of one kind are events that the template does not exclude
 * and that differ in nothing but their time and ports: the type is CLASSIFY_DROP, CLASSIFY_ALLOW,
 * CAPABILITY_DROP or CAPABILITY_ALLOW, and application, user, package, addresses, protocol,
 * direction, filter, layer, profiles and all else are the same; of ICMP also type and
 * code. If the queue has no room for the first, it is counted, too. When the memory for a kind is
 * needed for another, its event comes before the time is over, and meanwhile events of new kinds
 * are delivered one by one. What has been counted when the session is stopped is delivered before
 * E_STOPPED. Records of the Security log, and events that the engine kept, are not aggregated; an
 * event with an aggregate is not joined with a record.
 *
 * With WFPW_LIVE_AUDIT_POLICY the same is done to the audit policy, on a separate thread: it is
 * checked every watch_ms; a subcategory that was turned off is turned on again and reported as a
 * gap (where: audit policy), and the third time within an hour it stays off;
 * wfpw_stats.audit_policy has the state. The first attempt is made before this call returns, unless
 * Windows takes more than 5 s for it. A refusal is no error of this call.
 *
 * Rights: Windows may deny a user each of subscribing, reading kept events, reading names, reading
 * settings and changing them. Only the first fails with E_ACCESS; without the others the session
 * continues, logs it once and sets wfpw_stats.missing: events that are collected anyway are still
 * delivered.
 *
 * Blocks until subscribed or refused, or until wfpw_stop() is called (E_STOPPED; also if it was
 * called before): at most wait_ms plus the duration of the engine's calls; calls for settings time
 * out after 5 s, the first reading of the firewall's rules after 1 s. Within wait_ms every error is
 * retried, unless it is known to be permanent: access denied, a missing function, a wrong argument.
 * On Windows do not call it from DllMain, where the thread could not start.
 * @param s the session
 * @param o what is wanted; may not be NULL
 * @param e what failed; may be NULL
 * @return 0; E_NOTSUP (this host has no filtering engine, or lacks the library or function that
 *         `where` names, cannot monitor IPsec, has no audit policy, or has no place for leases),
 *         E_ACCESS, E_NOSERVICE, E_TIMEOUT, E_DISABLED, E_IO (the file of a condition `app=` does
 *         not exist), E_SYSTEM (see os_code), E_STOPPED, E_INVAL (a second one), E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_add_live(wfpw_session *s, const wfpw_live *o, wfpw_error *e);

/**
 * Changes wfpw_live.keywords of a live source, by the same rules as when it was added: bits that
 * are turned on are recorded under the session's lease first, bits that no other session needs are
 * turned off if the library had turned them on and they are still on. Any thread, also while
 * another one is in wfpw_read() or calls wfpw_stop(); not while wfpw_add_* or wfpw_close() runs.
 * The service thread makes the change, soon, or when a call that hangs has returned; if it cannot
 * be made, wfpw_stats.missing is set (SETTINGS, LEASES), and it is retried at growing intervals. A
 * second call before that replaces the first.
 * @param s the session
 * @param keywords WFPW_KEYWORD_*; 0: all
 * @param e what failed; may be NULL
 * @return 0: the service thread will do it; E_INVAL (no engine as a live source, one that observes
 *         only, an unknown bit), E_STOPPED
 */
WFPW_API int WFPW_CALL wfpw_set_keywords(wfpw_session *s, uint32_t keywords, wfpw_error *e);

/** Selects events that the engine keeps. */
typedef struct {
    uint32_t size;         /**< sizeof(wfpw_history). */
    uint32_t flags;        /**< Reserved, 0. */
    uint64_t since, until; /**< Both included; 0: from the oldest, to the newest. */
} wfpw_history;

/**
 * Adds the net events that the host's engine keeps: about the newest 100 to 150, in memory, since
 * the service started or collection was last turned on. This call reads them as one snapshot, with
 * the newest FwpmNetEventEnumN there is, on a thread that it waits for, as long as the engine
 * takes. wfpw_read() delivers them by time, among the files in the order added. Changes nothing on
 * the host. Memory: what the events need, at most ring_bytes of the options but 1 MiB at least; if
 * there are more, a gap follows them. They have paths and well-known accounts as live events do;
 * this call enumerates the volumes once. On Windows do not call it from DllMain, where the thread
 * could not start.
 * @param s the session
 * @param o selects the events; may be NULL: all
 * @param e what failed; may be NULL
 * @return 0; E_DISABLED (collection is off; turning it on discards the kept events), E_ACCESS,
 *         E_NOSERVICE, E_TIMEOUT, E_NOTSUP, E_SYSTEM, E_INVAL, E_IO (the file of a condition `app=`
 *         does not exist), E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_add_history(wfpw_session *s, const wfpw_history *o, wfpw_error *e);

/** @}
 * @defgroup wfpw_audit_log The Security log of this host
 * @{ */

/** wfpw_audit_log.flags. */
enum wfpw_audit_flags {
    WFPW_AUDIT_CLASSIC = 0x1, /**< Read by number even if the modern functions are available. */
    WFPW_AUDIT_OLDEST = 0x2,  /**< Begin with the oldest record in the log. */
    WFPW_AUDIT_PAST = 0x4     /**< Only the records in the log now; then the source ends. */
};

/**
 * The Security log as a source. Reading begins after `bookmark`, else at `since`, else with the
 * oldest record (WFPW_AUDIT_OLDEST, or PAST), else with new records.
 */
typedef struct {
    uint32_t size;  /**< sizeof(wfpw_audit_log). */
    uint32_t flags; /**< WFPW_AUDIT_*. */
    /** How long wfpw_add_audit waits for a log that is not available; 0: not at all. */
    uint32_t wait_ms;
    /**
     * How long the subscription may be silent before the log is checked for new records; 0 is
     * 60000, at least 10.
     */
    uint32_t watch_ms;
    /** Bounds of the records' time, inclusive; 0: no bound. until: with PAST. */
    uint64_t since, until;
    const char *bookmark; /**< From wfpw_get_bookmark or Windows; NULL: none. Copied. */
} wfpw_audit_log;

/**
 * Adds the Security log of this host, live: records 5031, 5146 to 5160, 5440 to 5463, 4650 to 4655,
 * 4719, 4945 to 4948, 4950 to 4953, 4957, 4958, 4960 to 4963, 4965, 4976 to 4984, 5049, and those
 * that report losses and breaks (1100 to 1108, 4608, 4609, 4612, 4616), as events of source
 * AUDIT_LOG, with or without a live engine. One per session. It uses a separate thread, which calls
 * only Windows, the log function and the allocator. Changes nothing on the host: the audit policy
 * determines which records are written.
 *
 * The records come from a subscription, rendered as XML; conditions of options.match that the log
 * can evaluate are part of its query (wfpw_template_explain()). Whatever ends the subscription -
 * the service restarts, the log wraps, is cleared or silently stops delivering - it is resumed
 * after the last record. Records lost meanwhile are a gap (where: log) with their number if known;
 * `audit` is the record that reported the loss, if any. A record received twice is counted as
 * duplicate. If the reader is slow, no record is dropped here: it stays in the log until it is
 * overwritten.
 *
 * Where the modern functions are refused or missing, or with WFPW_AUDIT_CLASSIC, records are read
 * by number (OpenEventLog): their time is in seconds, fields are named by the lists of the known
 * versions, and what such a record does not contain is absent. This needs SE_SECURITY_NAME.
 *
 * Reading needs membership of Administrators or Event Log Readers. Blocks until subscribed or
 * refused. On Windows do not call it from DllMain. Source: the documentation of EvtSubscribe,
 * EvtNext, EvtRender, NotifyChangeEventLog.
 * @param s the session
 * @param o where to begin; may be NULL: from now on
 * @param e what failed; may be NULL
 * @return 0; E_ACCESS, E_NOSERVICE (the event log service is not running), E_NOTSUP, E_SYNTAX (not
 *         a bookmark), E_SYSTEM, E_INVAL (a second one), E_NOMEM, E_STOPPED (wfpw_stop() was
 *         called, before or meanwhile)
 */
WFPW_API int WFPW_CALL wfpw_add_audit(wfpw_session *s, const wfpw_audit_log *o, wfpw_error *e);

/**
 * The position in the Security log after the newest record that wfpw_read() has delivered (or
 * filtered out), as text in Windows' own format, which EvtCreateBookmark also accepts. Pass it as
 * wfpw_audit_log.bookmark to continue there, in this process or another; store it after the events
 * read have been processed, not before. Before the first record it is the position where reading
 * began, if that is known. Call it on the reader's thread.
 * @param s the session
 * @param buf buffer for the NUL-terminated text
 * @param cap the size of buf in bytes
 * @param needed the size needed, including the NUL, unless E_INVAL; may be NULL
 * @return the length without the NUL, 0 if there is none yet; E_RANGE when cap is too small;
 *         E_INVAL (no Security log in the session)
 */
WFPW_API int WFPW_CALL wfpw_get_bookmark(const wfpw_session *s, char *buf, size_t cap,
                                         size_t *needed);

/** @}
 * @defgroup wfpw_settings Settings of a session from one JSON text
 * @{ */

/**
 * What a JSON text says about a session, ready for wfpw_open(), wfpw_add_live() and
 * wfpw_add_audit(). Members may be changed before these calls (options->system, options->log);
 * everything that the library set belongs to this struct, and must stay until wfpw_close().
 */
typedef struct {
    uint32_t size;     /**< Set by the library. */
    uint32_t reserved; /**< Reserved, 0. */
    wfpw_options *options;
    wfpw_live *live;       /**< NULL: the text has no "live", or it is null. */
    wfpw_audit_log *audit; /**< NULL: the text has no "audit", or it is null. */
    wfpw_template *match;  /**< Of "match", as options->match is; NULL: none. */
    wfpw_guard *guard;     /**< Of "live.guard", as live->guard is; NULL: none. */
} wfpw_settings;

/**
 * Reads the settings of a session from one JSON text (UTF-8, one object). A missing key has its
 * default. Keys are named after the members, and flags after their constants:
 *
 * - of wfpw_options: ring_bytes, threads, names_bytes, state_dir, own_provider, join_ms, join
 *   ("needed", "always", "never"), join_window_ms, join_bytes, log_zone; true or false: verify,
 *   no_verdict, accounts, no_names, pid, ordered, attempts, sockets;
 * - match: an array of conditions, each a text as wfpw_template_add() takes it;
 * - live, an object: wait_ms, watch_ms, keywords (an array of "inbound_mcast", "inbound_bcast",
 *   "capability_drop", "capability_allow", "classify_allow", "port_scanning_drop"), since,
 *   aggregate_ms, aggregate_bytes, silence_ms, guard (an array of targets, each a text as
 *   wfpw_guard_add() takes it); true or false: observe, ipsec, filters, audit_policy;
 * - audit, an object: wait_ms, watch_ms, since, until, bookmark; true or false: classic, oldest,
 *   past.
 *
 * A time is a text in RFC 3339, UTC: "2026-05-01T10:00:00Z". Numbers are whole. An unknown key, a
 * key given twice, a value of the wrong type or out of its range, and text after the object are
 * errors: settings that are misread are worse than none. Any thread; calls nothing but the
 * allocator.
 * @param json the text
 * @param size its size in bytes; at most 1 MiB
 * @param allocator NULL: malloc and free; it is options->allocator, too, and must stay valid
 * @param out the settings, to be freed with wfpw_settings_free(); NULL on failure
 * @param e what failed; may be NULL. `position` is the character where the key or value begins,
 *          `where` the key ("live.watch_ms")
 * @return 0; E_SYNTAX, E_INVAL (an argument; a text of more than 1 MiB), E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_options_from_json(const char *json, size_t size,
                                              const wfpw_allocator *allocator, wfpw_settings **out,
                                              wfpw_error *e);

/**
 * Frees settings, with the template and the guard in them. No session may use them any more.
 * @param settings from wfpw_options_from_json(); may be NULL
 */
WFPW_API void WFPW_CALL wfpw_settings_free(wfpw_settings *settings);

/** @}
 * @defgroup wfpw_event Batches and events
 * @{ */

/* codes: KIND */
/** What kind of event it is. The first eleven are FWPM_NET_EVENT_TYPE's, in words. */
enum wfpw_kind_code {
    /** A filter or callout blocked a packet or an operation. */
    WFPW_KIND_CLASSIFY_DROP = 1,
    /** A filter or callout permitted it. */
    WFPW_KIND_CLASSIFY_ALLOW = 2,
    /** A packaged app was refused for want of a network capability. */
    WFPW_KIND_CAPABILITY_DROP = 3,
    /** A packaged app was permitted by a network capability. */
    WFPW_KIND_CAPABILITY_ALLOW = 4,
    /** A frame was blocked at a MAC layer: wfpw_event.mac. */
    WFPW_KIND_CLASSIFY_DROP_MAC = 5,
    /** The IPsec driver dropped a packet: wfpw_event.ipsec. */
    WFPW_KIND_IPSEC_KERNEL_DROP = 6,
    /** IPsec DoS Protection dropped a packet: wfpw_event.ipsec. */
    WFPW_KIND_IPSEC_DOSP_DROP = 7,
    /** An IKE or AuthIP main mode failed: wfpw_event.ike. */
    WFPW_KIND_IKE_MM_FAILURE = 8,
    /** An IKE or AuthIP quick mode failed: wfpw_event.ike. */
    WFPW_KIND_IKE_QM_FAILURE = 9,
    /** An AuthIP extended mode failed: wfpw_event.ike. */
    WFPW_KIND_IKE_EM_FAILURE = 10,
    /** A packet arrived in low-power mode: wfpw_event.ipsec. */
    WFPW_KIND_LPM_PACKET_ARRIVAL = 11,
    /** A record of the Security log: wfpw_event.audit. */
    WFPW_KIND_AUDIT = 12,
    /** A filter was added (WFPW_LIVE_FILTERS): wfpw_event.filter. */
    WFPW_KIND_FILTER_ADD = 15,
    /** A filter was deleted (WFPW_LIVE_FILTERS): wfpw_event.filter. */
    WFPW_KIND_FILTER_DELETE = 16,
    /** Events are missing here: wfpw_event.lost, wfpw_event.lost_where. */
    WFPW_KIND_GAP = 17,
    /**
     * A net event of a type newer than this library: wfpw_event.type_raw. The word is "unknown".
     */
    WFPW_KIND_NET_EVENT = 18,
    /**
     * A record of the firewall's own channel, of a rule that was added, changed, deleted or loaded:
     * wfpw_event.audit has its fields, wfpw_event.rule the rule.
     */
    WFPW_KIND_FIREWALL = 20,
    /**
     * There is a filter that would block a target of wfpw_live.guard: wfpw_event.filter,
     * wfpw_event.guarded.
     */
    WFPW_KIND_GUARD = 21,
    /** A connection ended: a line CLOSE of a pfirewall.log of Windows XP or Server 2003. */
    WFPW_KIND_CONNECTION_END = 22
};
/* codes: end */

/* codes: SOURCE */
/** Where an event comes from. */
enum wfpw_source_code {
    /** The subscription to the host's engine (wfpw_add_live). */
    WFPW_SOURCE_LIVE = 1,
    /** Events that the engine kept from before. */
    WFPW_SOURCE_HISTORY = 2,
    /** The Security log of this host (wfpw_add_audit). The word is "audit". */
    WFPW_SOURCE_AUDIT_LOG = 3,
    /** An .evtx file. */
    WFPW_SOURCE_EVTX = 4,
    /** A file of Windows events as XML. */
    WFPW_SOURCE_EVENTXML = 5,
    /** A file that netsh wfp wrote. */
    WFPW_SOURCE_NETSH = 6,
    /** A simulated engine (wfpwatch/sim.h). */
    WFPW_SOURCE_SIM = 7,
    /** A log of the Windows Firewall itself: pfirewall.log. */
    WFPW_SOURCE_PFIREWALL = 8,
    /** A file of JSON that a log shipper or a tool made of records. */
    WFPW_SOURCE_JSON = 9
};
/* codes: end */

/* codes: DIRECTION */
/** Which way the traffic goes. */
enum wfpw_direction_code {
    /** To this host. */
    WFPW_DIRECTION_INBOUND = 1,
    /** From this host. */
    WFPW_DIRECTION_OUTBOUND = 2,
    /** Through this host. */
    WFPW_DIRECTION_FORWARD = 3,
    /** Both ways. */
    WFPW_DIRECTION_BIDIRECTIONAL = 4
};
/* codes: end */

/* codes: DIRECTION_FROM */
/** How the direction is known. */
enum wfpw_direction_from_code {
    /** A field of the event has it. */
    WFPW_DIRECTION_FROM_FIELD = 1,
    /** The layer is for this direction only; direction_raw differs. */
    WFPW_DIRECTION_FROM_LAYER = 2,
    /** The number of the audit record says it: 4960 to 4963 and 4965 are of inbound packets. */
    WFPW_DIRECTION_FROM_RECORD = 3
};
/* codes: end */

/* codes: ORIENTATION */
/** How the side of this host in an audit event is known. */
enum wfpw_orientation_code {
    /** From fields of the event. */
    WFPW_ORIENTATION_FIELD = 1,
    /** From other events or addresses. */
    WFPW_ORIENTATION_EVIDENCE = 2,
    /** `local` holds the source, `remote` the destination. */
    WFPW_ORIENTATION_UNKNOWN = 3
};
/* codes: end */

/* codes: PID_FROM */
/** Where the process ID comes from. */
enum wfpw_pid_from_code {
    /** A record of the Security log. */
    WFPW_PID_FROM_AUDIT = 1,
    /** A file that netsh wfp wrote. */
    WFPW_PID_FROM_NETSH = 2,
    /** The host's socket tables (WFPW_OPEN_SOCKETS); see pid_confidence. */
    WFPW_PID_FROM_SOCKETS = 3,
    /** A line of pfirewall.log. */
    WFPW_PID_FROM_PFIREWALL = 4
};
/* codes: end */

/* codes: LOST */
/** Where events were lost. */
enum wfpw_lost_code {
    /** Inside this process: the reader was slower than the system. */
    WFPW_LOST_RING = 1,
    /** The engine was not reachable: all events not kept; number not known. */
    WFPW_LOST_OUTAGE = 2,
    /** Another program had turned collection off, wholly or in part. */
    WFPW_LOST_COLLECTION = 3,
    /** The Security log dropped, overwrote, cleared or could not return them. */
    WFPW_LOST_LOG = 4,
    /** An audit subcategory was turned off: records of the log only. The word is "audit policy". */
    WFPW_LOST_AUDIT_POLICY = 5,
    /** The firewall did not write them to its own log: INFO-EVENTS-LOST. */
    WFPW_LOST_PFIREWALL = 6,
    /** None came for wfpw_live.silence_ms: there were none, or they are not seen any more. */
    WFPW_LOST_SILENCE = 7
};
/* codes: end */

/* codes: DIFFERS */
/**
 * Values that differ in the two halves of a merged event: bits of wfpw_event.differs. The event has
 * the value of the net event, wfpw_audit_get() that of the record.
 */
enum wfpw_differs_code {
    /** The direction. */
    WFPW_DIFFERS_DIRECTION = 1,
    /** The process. */
    WFPW_DIFFERS_PROCESS = 2,
    /** The origin of the filter. */
    WFPW_DIFFERS_ORIGIN = 4,
    /** The network profile. */
    WFPW_DIFFERS_PROFILE = 8,
    /** Whether it is loopback traffic. */
    WFPW_DIFFERS_LOOPBACK = 16,
    /** The interface. */
    WFPW_DIFFERS_INTERFACE = 32
};
/* codes: end */

/** wfpw_event.present: scalars present in the source. Absent texts and bodies are NULL. */
enum wfpw_has {
    /**
     * direction_raw; without it the direction may be known from the layer, else it is 0.
     */
    WFPW_HAS_DIRECTION = 0x1,
    WFPW_HAS_PROTOCOL = 0x2,     /**< protocol. */
    WFPW_HAS_LOCAL = 0x4,        /**< local.addr, local.family. */
    WFPW_HAS_REMOTE = 0x8,       /**< remote.addr, remote.family. */
    WFPW_HAS_LOCAL_PORT = 0x10,  /**< For ICMP the type. */
    WFPW_HAS_REMOTE_PORT = 0x20, /**< For ICMP the code. */
    /** local.scope_id and remote.scope_id: one value for both sides. */
    WFPW_HAS_SCOPE_ID = 0x40,
    WFPW_HAS_FILTER_ID = 0x80,         /**< filter_id. */
    WFPW_HAS_LAYER_ID = 0x100,         /**< layer_id. */
    WFPW_HAS_LOOPBACK = 0x200,         /**< WFPW_EVENT_LOOPBACK in flags. */
    WFPW_HAS_PROCESS_ID = 0x400,       /**< process_id. */
    WFPW_HAS_REAUTH_REASON = 0x800,    /**< reauth_reason. */
    WFPW_HAS_PROFILES = 0x1000,        /**< original_profile, current_profile. */
    WFPW_HAS_INTERFACE_INDEX = 0x2000, /**< interface_index. */
    WFPW_HAS_POLICY_FLAGS = 0x4000,    /**< policy_flags. */
    WFPW_HAS_CAPABILITY = 0x8000,      /**< capability. */
    /** lost: the number of events lost in a gap; without it the number is unknown. */
    WFPW_HAS_LOST = 0x10000,
    WFPW_HAS_TYPE_RAW = 0x20000,     /**< type_raw: FWPM_NET_EVENT_TYPE. */
    WFPW_HAS_NOT_PACKAGED = 0x40000, /**< The source reports: no AppContainer (the null SID). */
    WFPW_HAS_CAPABILITIES = 0x80000  /**< Capabilities, which may be 0: none. */
};

/** wfpw_event.flags. */
enum wfpw_event_flags {
    WFPW_EVENT_LOOPBACK = 0x1, /**< It is loopback traffic. */
    /** Some text exceeded the limits of one event (docs/limits.md). */
    WFPW_EVENT_TRUNCATED = 0x2,
    WFPW_EVENT_PARTIAL = 0x4,    /**< A part could not be read and is absent: wfpw_stats.skipped. */
    WFPW_EVENT_OWN_FILTER = 0x8, /**< Its filter belongs to own_provider. */
    WFPW_EVENT_OWN_PROCESS = 0x10, /**< Live: from this program, in any process. */
    /**
     * Live: from lsass.exe or svchost.exe during an account look-up of this library, perhaps caused
     * by it.
     */
    WFPW_EVENT_OWN_LOOKUP = 0x20,
    /**
     * Files: reading resumed after damage, at this event or shortly before it (docs/limits.md). The
     * end of the damaged record cannot always be determined: this event may have been decoded from
     * its data, and forged by their author.
     */
    WFPW_EVENT_AFTER_DAMAGE = 0x40,
    WFPW_EVENT_MERGED = 0x100, /**< A net event and the audit record of the same decision. */
    /**
     * Files: the source has local time without a zone, and no wfpw_options.log_zone was given:
     * `time` is that time as if it were UTC.
     */
    WFPW_EVENT_LOCAL_TIME = 0x200
};

/** addr: 4 bytes (family 4) or 16 bytes (family 6) in network order; family 0: no address. */
typedef struct {
    uint8_t addr[16];
    uint32_t scope_id;
    uint16_t port; /**< Host order. */
    uint8_t family;
    uint8_t reserved;
} wfpw_endpoint;

/** wfpw_field.flags. */
enum wfpw_field_flags {
    WFPW_FIELD_NAME_PLAIN = 0x1,  /**< The name needs no JSON escape. */
    WFPW_FIELD_VALUE_PLAIN = 0x2, /**< The value needs none. If clear: unknown. */
    WFPW_FIELD_REPEATED = 0x4,    /**< Another field of the record has the same name. */
    /**
     * Neither name nor value is longer than 32 bytes, and 32 bytes of each are readable, whatever
     * they contain. If clear: unknown.
     */
    WFPW_FIELD_SHORT = 0x8
};

/** A field of an audit record. */
typedef struct {
    const char *name; /**< Never NULL; a field without a name has that of its element. */
    const char *value;
    uint32_t name_length, value_length; /**< Bytes, without the NUL. */
    uint32_t flags;                     /**< WFPW_FIELD_*. */
    uint32_t reserved;
} wfpw_field;

/**
 * A record of the Security log, or of the firewall's channel (WFPW_KIND_FIREWALL); or the columns
 * of a line of pfirewall.log that have a value (WFPW_SOURCE_PFIREWALL), whose other members are 0.
 */
typedef struct {
    uint32_t size;
    uint32_t event_id;
    uint32_t version; /**< Does not determine the fields: read them by name (wfpw_audit_get). */
    uint32_t task;
    uint64_t record_id;
    uint64_t keywords; /**< 0x8020000000000000 audit success, 0x8010000000000000 audit failure. */
    const char *computer;     /**< NULL when absent. */
    const wfpw_field *fields; /**< In the record's order, unmodified. */
    uint32_t field_count;
    uint32_t field_stride; /**< Bytes from one field to the next. */
} wfpw_audit;

/** wfpw_ike.present: values present in the source. */
enum wfpw_ike_has {
    WFPW_IKE_HAS_FLAGS = 0x1,        /**< flags. */
    WFPW_IKE_HAS_MODULE = 0x2,       /**< module. */
    WFPW_IKE_HAS_AUTH_METHOD = 0x4,  /**< auth_method. */
    WFPW_IKE_HAS_TRAFFIC_TYPE = 0x8, /**< traffic_type. */
    WFPW_IKE_HAS_MM_ID = 0x10,       /**< mm_id. */
    WFPW_IKE_HAS_MM_SA_LUID = 0x20,  /**< mm_sa_luid. */
    WFPW_IKE_HAS_CERT_HASH = 0x40,   /**< cert_hash. */
    WFPW_IKE_HAS_ERROR = 0x80,       /**< error. */
    WFPW_IKE_HAS_POINT = 0x100,      /**< point. */
    WFPW_IKE_HAS_STATE = 0x200,      /**< state. */
    WFPW_IKE_HAS_ROLE = 0x400,       /**< role. */
    WFPW_IKE_HAS_FILTER_ID = 0x800   /**< filter_id. */
};

/**
 * A negotiation of IKE or AuthIP. Net events: one that failed, in main mode, quick mode or extended
 * mode (FWPM_NET_EVENT_IKEEXT_*); they have error, point, state, role and filter_id. Records of the
 * Security log: one that failed (4652 to 4654, 4976 to 4978, 4983, 4984), one that succeeded (4650,
 * 4651, 4979 to 4982, 5451), or what ended later (4655, 5452); they have what their fields say of
 * these members and no more. The error of a record is a text in the language of its host; it is
 * here if it is the English text of just one error. A state is here if it is one of Microsoft's.
 * Of 4979 to 4982 the members are those of the main mode.
 */
typedef struct {
    uint32_t size;
    uint32_t present;      /**< WFPW_IKE_HAS_*. */
    uint32_t error;        /**< Win32 or IPsec (13xxx) error. */
    uint32_t point;        /**< IPSEC_FAILURE_POINT: 0 none, 1 this host, 2 the peer. */
    uint32_t flags;        /**< Raw; the bits differ between main and extended mode. */
    uint32_t module;       /**< IKEEXT_KEY_MODULE_TYPE. */
    uint32_t state;        /**< IKEEXT_{MM,QM,EM}_SA_STATE. */
    uint32_t role;         /**< IKEEXT_SA_ROLE: 0 initiator, 1 responder. */
    uint32_t auth_method;  /**< IKEEXT_AUTHENTICATION_METHOD_TYPE. */
    uint32_t traffic_type; /**< IPSEC_TRAFFIC_TYPE: 0 transport, 1 tunnel. */
    uint64_t mm_id;
    uint64_t filter_id; /**< Of the main mode or quick mode filter. */
    uint64_t mm_sa_luid;
    uint8_t cert_hash[20];
    uint32_t reserved;
    const char *local_principal, *remote_principal;
    const char *local_groups, *remote_groups; /**< SIDs as text, separated by a space. */
    const char *local_subnet, *remote_subnet; /**< Address, address/prefix or address-address. */
    const char *provider_context;             /**< {guid}. */
} wfpw_ike;

/** wfpw_ipsec.present: values present in the source. */
enum wfpw_ipsec_has {
    WFPW_IPSEC_HAS_STATUS = 0x1, /**< status. */
    WFPW_IPSEC_HAS_SPI = 0x2,    /**< spi. */
    WFPW_IPSEC_HAS_HOSTS = 0x4   /**< public_host, internal_host. */
};

/**
 * IPsec drops and the arrival of a packet in low-power mode. Records 4960 to 4963 and 4965 of the
 * Security log have the SPI only.
 */
typedef struct {
    uint32_t size;
    uint32_t present; /**< WFPW_IPSEC_HAS_*. */
    uint32_t status;  /**< NTSTATUS. */
    uint32_t spi;
    /** Of a DoS-protection drop; family 0 elsewhere. */
    wfpw_endpoint public_host, internal_host;
} wfpw_ipsec;

/** A frame dropped at a MAC layer; field names as in FWPM_NET_EVENT_CLASSIFY_DROP_MAC0. */
typedef struct {
    uint32_t size;
    uint8_t local[6], remote[6];
    uint32_t media_type, if_type, ether_type, ndis_port, vlan;
    uint32_t reserved;
    uint64_t if_luid;
} wfpw_mac;

/** The switch and ports of a drop inside a Hyper-V virtual switch. */
typedef struct {
    uint32_t size;
    uint32_t source_port;
    uint32_t destination_port;
    uint32_t reserved;
    const char *id; /**< As reported by the system. */
} wfpw_vswitch;

/**
 * The terminating filter of a sublayer. There is one for each sublayer that decided, so several may
 * block; filter_id of the event is one of them. Only netsh reports them (docs/facts.md).
 */
typedef struct {
    uint64_t filter_id; /**< 0: not in the source. */
    /** FWPP_SUBLAYER_INTERNAL_FIREWALL_WF and the like; NULL when absent. */
    const char *sublayer;
    uint32_t action; /**< FWP_ACTION_TYPE (WFPW_LIST_ACTION); 0: not in the source. */
    uint32_t reserved;
} wfpw_terminating;

/** wfpw_aggregate.flags. */
enum wfpw_aggregate_flags {
    WFPW_AGGREGATE_MORE_LOCAL_PORTS = 0x1, /**< There were others than those in local_ports. */
    WFPW_AGGREGATE_MORE_REMOTE_PORTS = 0x2 /**< There were others than those in remote_ports. */
};

/**
 * The events that one event stands for (wfpw_live.aggregate_ms). They differ in nothing but time
 * and ports; a port of the event itself is present only if all of them have it. The first of the
 * kind, which was delivered at once, is not among them.
 */
typedef struct {
    uint32_t size;
    uint32_t flags;       /**< WFPW_AGGREGATE_*. */
    uint64_t count;       /**< How many: 1 or more. Exact. */
    uint64_t first, last; /**< The earliest and the latest time; that of the event is `last`. */
    /** The ports of their two sides, in ascending order, each once; at most 16. NULL: none. */
    const uint16_t *local_ports, *remote_ports;
    uint32_t local_port_count, remote_port_count;
} wfpw_aggregate;

/** One event. Absent values are 0 or NULL; `present` has the scalars present in the source. */
typedef struct wfpw_event {
    uint32_t size;
    uint32_t present; /**< WFPW_HAS_*. */
    uint64_t seq;     /**< Assigned at delivery: 1, 2, 3, ... consecutive, gaps included. */
    uint64_t time;
    uint32_t kind;          /**< WFPW_KIND_*. */
    uint32_t source;        /**< WFPW_SOURCE_*. */
    uint32_t flags;         /**< WFPW_EVENT_*. */
    uint8_t direction;      /**< WFPW_DIRECTION_*. */
    uint8_t orientation;    /**< WFPW_ORIENTATION_*; audit events only. */
    uint8_t pid_from;       /**< WFPW_PID_FROM_*. */
    uint8_t direction_from; /**< WFPW_DIRECTION_FROM_*; 0: the direction is not known. */
    /** MS direction 0x3900 to 0x3903, FWP_DIRECTION 0 or 1, or the N of `%%N`. */
    uint32_t direction_raw;
    uint32_t protocol;      /**< IANA number. */
    uint32_t layer_id;      /**< FWPS run-time layer id; 0 to 55 are the same on every Windows. */
    uint32_t reauth_reason; /**< FWP_CONDITION_REAUTHORIZE_REASON_*. */
    uint32_t original_profile, current_profile; /**< 0 none, 1 public, 2 private, 3 domain. */
    uint32_t interface_index;
    uint32_t capability; /**< FWPM_APPC_NETWORK_CAPABILITY_TYPE. */
    uint32_t type_raw;   /**< FWPM_NET_EVENT_TYPE. */
    uint32_t lost_where; /**< WFPW_LOST_*. */
    uint64_t process_id;
    uint64_t filter_id; /**< Run-time id: valid only until the engine restarts. */
    uint64_t policy_flags;
    uint64_t lost;
    wfpw_endpoint local, remote;
    const char *device_path; /**< The application, unmodified: an NT device path, or "System". */
    /** user_name: `DOMAIN\name`, or a name; of well-known accounts in English. */
    const char *user_sid, *user_name, *package_sid;
    const char *enterprise_id, *effective_name;
    const char *filter_origin; /**< From newer audit records and netsh. */
    const wfpw_audit *audit;
    const wfpw_ike *ike;
    const wfpw_ipsec *ipsec;
    const wfpw_mac *mac;
    const wfpw_vswitch *vswitch;
    /**
     * Key of layer_id: FWPM_LAYER_...; ids above 55 differ between versions of Windows: without a
     * dump the names are those of Windows 11.
     */
    const char *layer_key;
    const char *layer_name;    /**< "ALE Connect v4 Layer". */
    const wfpw_filter *filter; /**< Filter of filter_id; NULL without names, or if the id is 0. */
    const char *fqbn;          /**< The application's fully qualified binary name. */
    const wfpw_terminating *terminating;
    uint32_t terminating_count, terminating_stride; /**< Stride: bytes from one to the next. */
    /** The application's: bit N is capability N of WFPW_LIST_CAPABILITY. */
    uint32_t capabilities;
    uint32_t reserved2;
    uint32_t evidence;  /**< WFPW_EVIDENCE_*: all evidence for the reason; 0: none. */
    uint16_t reason;    /**< WFPW_REASON_*. */
    uint8_t verdict;    /**< WFPW_VERDICT_*. */
    uint8_t confidence; /**< WFPW_CONFIDENCE_*: how sure the reason is. */
    /**
     * Live, kept: device_path as a path of this host: `C:\tools\nc.exe`, or
     * `\\server\share\nc.exe`; NULL if there is none ("System", a volume that is not mounted), and
     * for events of files, which may be from another host.
     */
    const char *app_path;
    /** Gaps: the earliest possible start; `time` is the end. 0: not known. */
    uint64_t lost_from;
    /**
     * Files: the path passed to wfpw_add_file, its first 4096 bytes, with U+FFFD for invalid UTF-8;
     * NULL: from another source.
     */
    const char *file;
    int64_t join_lag;        /**< MERGED: the record's time minus `time`, in 100 ns. */
    uint32_t join_window_ms; /**< MERGED: the largest time difference allowed. */
    uint32_t differs;        /**< MERGED: WFPW_DIFFERS_*, values that differ in the two. */
    uint32_t audit_evidence; /**< MERGED: the part of `evidence` that is from the record. */
    uint32_t attempt_event;  /**< Position within its attempt: 1, 2, ...; 0 without ATTEMPTS. */
    uint64_t attempt;        /**< The seq of the first event of its attempt; 0 without ATTEMPTS. */
    /** Of the Windows Firewall: the rule that decided; NULL: none did, or it is not known. */
    const wfpw_rule *rule;
    /** Of kind GUARD: which target the filter would block. NULL: its conditions are not known. */
    const wfpw_guarded *guarded;
    /** pid_from SOCKETS: the service or module that owns the socket; NULL: it is not known. */
    const char *process_service;
    /**
     * pid_from SOCKETS: WFPW_CONFIDENCE_*, how sure process_id is; 0: the source named the process.
     * CERTAIN: the connection itself was in the table, owned by the program of the event, since
     * before the event and still after it; LIKELY: so was a socket at its local port, or the table
     * was up to 100 ms older than the event; GUESS: the program or the time could not be compared.
     */
    uint32_t pid_confidence;
    uint32_t reserved4;
    /** The events that it stands for; NULL: only itself. */
    const wfpw_aggregate *aggregate;
} wfpw_event;

/**
 * The memory of a batch: every pointer in the events is in [base, base + bytes), so a binding may
 * copy the block once and relocate the pointers by their offset from base.
 */
typedef struct {
    const void *base;
    size_t bytes;
    const wfpw_event *events;
    uint32_t count;
    uint32_t stride; /**< Bytes from one event to the next. */
} wfpw_view;

/**
 * Allocates a batch.
 * @param max_events the most events in it: 1 to 65536; 0 is 256
 * @param bytes approximate size in bytes; 0 is 1 MiB; never less than 320 KiB in addition to the
 *        event structs, so that one event of any size fits
 * @return the batch, to be freed with wfpw_batch_free(); NULL if out of memory or max_events is out
 *         of range
 */
WFPW_API wfpw_batch *WFPW_CALL wfpw_batch_new(uint32_t max_events, uint32_t bytes);

/**
 * Frees a batch and the events in it.
 * @param b the batch; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_batch_free(wfpw_batch *b);

/**
 * An event of the last read.
 * @param b the batch
 * @param i its index, from 0
 * @return the event, valid until the next read into b; NULL past the end
 */
WFPW_API const wfpw_event *WFPW_CALL wfpw_batch_get(const wfpw_batch *b, uint32_t i);

/**
 * The whole batch as one block.
 * @param b the batch
 * @param out its location, valid until the next read into b
 */
WFPW_API void WFPW_CALL wfpw_batch_view(const wfpw_batch *b, wfpw_view *out);

/**
 * The value of an audit record's field by its name. For a repeated field, the first value.
 * @param a the record; may be NULL
 * @param name the field's name, ignoring ASCII case (ProcessID, ProcessId)
 * @return the value, in the event's memory; NULL if the field is absent
 */
WFPW_API const char *WFPW_CALL wfpw_audit_get(const wfpw_audit *a, const char *name);

/**
 * Writes an event as one NUL-terminated JSON object without a newline (docs/json.md is the
 * contract). Any thread.
 * @param ev the event
 * @param flags 0
 * @param buf where to write
 * @param cap the size of buf in bytes
 * @param needed the length without the NUL, in every case; may be NULL
 * @return the length without the NUL; E_RANGE when cap is too small
 */
WFPW_API int WFPW_CALL wfpw_to_json(const wfpw_event *ev, uint32_t flags, char *buf, size_t cap,
                                    size_t *needed);

/**
 * Writes events of the last read as lines: each as wfpw_to_json() writes it and a newline, as many
 * as fit, NUL-terminated. Faster than single calls: what an event shares with an earlier one is
 * copied. Any thread.
 * @param b the batch
 * @param flags 0
 * @param at index of the first event to write; advanced past the last one written
 * @param end index to stop at, exclusive
 * @param buf where to write
 * @param cap the size of buf in bytes
 * @param needed the length of the line for which cap is too small; may be NULL
 * @return the length without the NUL, 0 if there is nothing to write; E_RANGE when cap is too small
 *         for one line; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_batch_to_json(const wfpw_batch *b, uint32_t flags, uint32_t *at,
                                          uint32_t end, char *buf, size_t cap, size_t *needed);

/** Formats of wfpw_export() (docs/formats.md). */
enum wfpw_format {
    WFPW_FORMAT_JSON = 1, /**< The library's own JSON, as of wfpw_to_json(). */
    WFPW_FORMAT_ECS = 2,  /**< Elastic Common Schema 8.11, JSON. */
    WFPW_FORMAT_OCSF = 3, /**< Open Cybersecurity Schema Framework 1.8.0, JSON. */
    /** Microsoft Sentinel's ASIM NetworkSession 0.2.6 and AuditEvent 0.1, JSON. */
    WFPW_FORMAT_ASIM = 4,
    WFPW_FORMAT_CSV = 5 /**< RFC 4180, one record per event, no formulas. */
};

/**
 * Writes an event in a format: one NUL-terminated JSON object or CSV record, without its line end.
 * Any thread.
 * @param ev the event
 * @param format WFPW_FORMAT_*
 * @param flags 0
 * @param buf where to write
 * @param cap the size of buf in bytes
 * @param needed the length without the NUL, in every case but E_INVAL; may be NULL
 * @return the length without the NUL; E_RANGE when cap is too small; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_export(const wfpw_event *ev, uint32_t format, uint32_t flags, char *buf,
                                   size_t cap, size_t *needed);

/**
 * Writes events of the last read as lines in a format, as wfpw_batch_to_json() does. Lines end with
 * a newline, those of CSV with CR LF; wfpw_export_header() is not part of them. Any thread.
 * @param b the batch
 * @param format WFPW_FORMAT_*
 * @param flags 0
 * @param at index of the first event to write; advanced past the last one written
 * @param end index to stop at, exclusive
 * @param buf where to write
 * @param cap the size of buf in bytes
 * @param needed the length of the line for which cap is too small; may be NULL
 * @return the length without the NUL, 0 if there is nothing to write; E_RANGE when cap is too small
 *         for one line; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_batch_export(const wfpw_batch *b, uint32_t format, uint32_t flags,
                                         uint32_t *at, uint32_t end, char *buf, size_t cap,
                                         size_t *needed);

/**
 * What the events of the next reads into a batch are for, so that what it does not need is not
 * made. The batch is empty afterwards.
 * @param b the batch
 * @param format WFPW_FORMAT_*: they are only to be written by wfpw_batch_export() in this format
 * (or wfpw_batch_to_json()), which takes less time; wfpw_audit.fields may be empty then, though
 *        what is written has them. 0, the default: for everything
 * @return WFPW_OK; E_INVAL, and from wfpw_batch_export() if it is called with another format
 */
WFPW_API int WFPW_CALL wfpw_batch_set_format(wfpw_batch *b, uint32_t format);

/**
 * What stands before the first event of a file in a format. Any thread.
 * @param format WFPW_FORMAT_*
 * @return for CSV the names of the columns with CR LF; else ""; never NULL, static
 */
WFPW_API const char *WFPW_CALL wfpw_export_header(uint32_t format);

/** @}
 * @defgroup wfpw_verdict Verdicts: what was decided, and why
 * @{ */

/* codes: VERDICT */
/** The outcome of an event in one word. */
enum wfpw_verdict_code {
    /** A policy decided against a connection, a listen or a bind. */
    WFPW_VERDICT_BLOCK = 1,
    /** A packet was discarded without such a decision. */
    WFPW_VERDICT_DROP = 2,
    /** It was permitted. */
    WFPW_VERDICT_ALLOW = 3,
    /** IKE or IPsec failed. */
    WFPW_VERDICT_FAILURE = 4,
    /** It reports something; no decision was made. */
    WFPW_VERDICT_INFO = 5
};
/* codes: end */

/* codes: REASON */
/** Why it happened. wfpw_reason_info() returns the word, its meaning and what to do about it. */
enum wfpw_reason_code {
    /** A rule of the Windows Firewall decided. */
    WFPW_REASON_RULE = 1,
    /**
     * A filter decided that is not the Windows Firewall's: of another program, or of another part
     * of Windows.
     */
    WFPW_REASON_THIRD_PARTY = 2,
    /** A driver decided: the filter hands the traffic to a callout of a driver. */
    WFPW_REASON_CALLOUT = 3,
    /** No rule allows this inbound connection, and what no rule allows is blocked. */
    WFPW_REASON_DEFAULT_INBOUND = 4,
    /**
     * No rule allows this inbound connection, and no user has agreed to it: the question was
     * denied, not answered, or notifications are off.
     */
    WFPW_REASON_QUERY_USER = 5,
    /**
     * No rule says anything about this outbound connection: the default of the network profile
     * decided.
     */
    WFPW_REASON_DEFAULT_OUTBOUND = 6,
    /**
     * Stealth mode: nothing listens on the port, so the packet, or the answer that would tell so,
     * was dropped in silence.
     */
    WFPW_REASON_STEALTH = 7,
    /**
     * Windows service hardening: the service, or this program of Windows, may not use the network
     * in this way.
     */
    WFPW_REASON_SERVICE_HARDENING = 8,
    /** The packaged app has no capability for this destination or direction. */
    WFPW_REASON_UWP_DEFAULT = 9,
    /** A packaged app may not talk to other programs on its own host. */
    WFPW_REASON_APPCONTAINER_LOOPBACK = 10,
    /** The packaged app's capability for this kind of network was asked for, and decided. */
    WFPW_REASON_CAPABILITY = 11,
    /** The network interface had just changed, and the profile of its network was not yet known. */
    WFPW_REASON_QUARANTINE = 12,
    /**
     * The host was starting or the firewall service not yet up: its boot-time filters were in
     * force.
     */
    WFPW_REASON_BOOT_TIME = 13,
    /** The firewall blocks all incoming connections, whatever the rules allow. */
    WFPW_REASON_BLOCK_ALL = 14,
    /**
     * IPsec decided: a policy demands protection that the traffic has not, or a protected packet
     * could not be accepted.
     */
    WFPW_REASON_IPSEC = 15,
    /** The two hosts could not agree on keys for IPsec. */
    WFPW_REASON_IKE = 16,
    /** The program may not listen for connections. */
    WFPW_REASON_LISTEN = 17,
    /** The program may not use this local address and port. */
    WFPW_REASON_BIND = 18,
    /** The program may not open a raw socket, or see all packets of an interface. */
    WFPW_REASON_RAW_SOCKET = 19,
    /** A single packet was dropped below the level of connections, where programs are not known. */
    WFPW_REASON_PACKET = 20,
    /** The packet had been discarded already: nobody wanted it, or another layer had refused it. */
    WFPW_REASON_DISCARD = 21,
    /** A frame was dropped between network card and IP. */
    WFPW_REASON_MAC = 22,
    /** A packet was dropped inside a virtual switch of Hyper-V. */
    WFPW_REASON_VSWITCH = 23,
    /** A connection that was allowed before was looked at again, and ended. */
    WFPW_REASON_REAUTHORIZATION = 24,
    /** The filter is in silent mode: its policy is only watched, not enforced. */
    WFPW_REASON_SILENT_MODE = 25,
    /**
     * The filter that decided is not among those that are known: it was removed or replaced since,
     * or the names are of another time.
     */
    WFPW_REASON_FILTER_GONE = 26,
    /** What is known of the event does not tell why. */
    WFPW_REASON_UNKNOWN = 27,
    /**
     * The rule or the program does not want traffic that comes through a tunnel across the edge of
     * the network (Teredo).
     */
    WFPW_REASON_EDGE_TRAVERSAL = 28,
    /**
     * Windows Information Protection: the app may not reach this destination with the data of the
     * organization.
     */
    WFPW_REASON_DATA_PROTECTION = 29,
    /** Tenant restrictions: this program may not reach the cloud services that they guard. */
    WFPW_REASON_TENANT_RESTRICTION = 30,
    /**
     * Filters, or what they refer to, were listed, added or removed, a setting of the firewall was
     * changed, or all its rules of a store were deleted.
     */
    WFPW_REASON_POLICY_CHANGE = 31,
    /** What is written to the Security log was changed. */
    WFPW_REASON_AUDIT_POLICY = 32,
    /** The Security log was cleared. */
    WFPW_REASON_LOG_CLEARED = 33,
    /** Windows entered or left a mode in which it defends itself against floods of packets. */
    WFPW_REASON_DOS_DEFENSE = 34,
    /** Events are missing here. */
    WFPW_REASON_GAP = 35,
    /** It tells of something and decides nothing. */
    WFPW_REASON_NOTICE = 36,
    /** A built-in filter of the firewall allowed it, not a rule: the host needs such traffic. */
    WFPW_REASON_EXCEPTION = 37,
    /** It was refused, and no filter matched: nothing that is known forbade it. */
    WFPW_REASON_NO_FILTER = 38,
    /**
     * The filter hands the traffic to a callout of a driver, and no driver has registered it: what
     * nobody can decide is blocked.
     */
    WFPW_REASON_CALLOUT_MISSING = 39,
    /** A rule was added to the Windows Firewall. */
    WFPW_REASON_RULE_ADDED = 40,
    /** A rule of the Windows Firewall was changed. */
    WFPW_REASON_RULE_CHANGED = 41,
    /** A rule of the Windows Firewall was deleted. */
    WFPW_REASON_RULE_DELETED = 42,
    /** A rule was in force when the firewall's service started, or was loaded then. */
    WFPW_REASON_RULE_PRESENT = 43,
    /**
     * A rule of the Windows Firewall was not applied, or not in all its parts: something that it
     * names is not there, or this Windows does not understand it.
     */
    WFPW_REASON_RULE_NOT_APPLIED = 44
};
/* codes: end */

/* codes: CONFIDENCE */
/** How certain a reason is. */
enum wfpw_confidence_code {
    /** It is stated in the source. */
    WFPW_CONFIDENCE_CERTAIN = 1,
    /** The known facts fit little else. */
    WFPW_CONFIDENCE_LIKELY = 2,
    /** It is the usual reason of such events. */
    WFPW_CONFIDENCE_GUESS = 3
};
/* codes: end */

/* codes: EVIDENCE */
/** What the reason is based on: bits of wfpw_event.evidence. */
enum wfpw_evidence_code {
    /** The filter origin in an audit record, or that it has none. */
    WFPW_EVIDENCE_RECORD_ORIGIN = 1,
    /** The origin that the firewall stored with the filter. */
    WFPW_EVIDENCE_FILTER_ORIGIN = 2,
    /** The filter's action. */
    WFPW_EVIDENCE_ACTION = 4,
    /** The filter's provider. */
    WFPW_EVIDENCE_PROVIDER = 8,
    /** The filter's sublayer. */
    WFPW_EVIDENCE_SUBLAYER = 16,
    /** The filter's callout. */
    WFPW_EVIDENCE_CALLOUT = 32,
    /** The filter's flags. */
    WFPW_EVIDENCE_FLAGS = 64,
    /** The filter's conditions. */
    WFPW_EVIDENCE_CONDITIONS = 128,
    /** The class of the filter's weight, which the firewall assigns by the kind of filter. */
    WFPW_EVIDENCE_WEIGHT = 256,
    /** That the filter is not known. */
    WFPW_EVIDENCE_FILTER_STATE = 512,
    /** The layer, by its key. */
    WFPW_EVIDENCE_LAYER = 1024,
    /** The direction. */
    WFPW_EVIDENCE_DIRECTION = 2048,
    /** That it is loopback traffic. */
    WFPW_EVIDENCE_LOOPBACK = 4096,
    /** That the application is a packaged app. */
    WFPW_EVIDENCE_PACKAGE = 8192,
    /** The protocol. */
    WFPW_EVIDENCE_PROTOCOL = 16384,
    /** That it was reauthorized, and why. */
    WFPW_EVIDENCE_REAUTH = 32768,
    /** The kind of the event, or the number of the audit record. */
    WFPW_EVIDENCE_KIND = 65536,
    /** The code of a failure. */
    WFPW_EVIDENCE_STATUS = 131072,
    /** The filter's name, in English: used last, as names are translated. */
    WFPW_EVIDENCE_NAME = 262144,
    /** netsh: the sublayer of the filter that ended the decision with a block. */
    WFPW_EVIDENCE_TERMINATING = 524288,
    /** That the filter's id is 0: no filter matched. */
    WFPW_EVIDENCE_FILTER_ID = 1048576
};
/* codes: end */

/** The texts of a reason. All are static, none is NULL. */
typedef struct {
    uint32_t size;
    uint32_t code;      /**< WFPW_REASON_*. */
    const char *name;   /**< Its word. */
    const char *text;   /**< Its meaning, one sentence. */
    const char *remedy; /**< What to do about it, or "". */
} wfpw_reason;

/**
 * Returns the meaning of a reason and what to do about it. Any thread.
 * @param reason WFPW_REASON_*
 * @param out the words; set out->size; on return it is the size that was filled
 * @return 1, or 0 for an unknown code; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_reason_info(uint32_t reason, wfpw_reason *out);

/**
 * What to do about an event, by its reason and by the data present: the text mentions no user
 * absent from the record, no filter if none matched, and no need of names if they were given. Any
 * thread.
 * @param ev the event; may be NULL
 * @return one or more sentences, "" when there is nothing to do; never NULL, static
 */
WFPW_API const char *WFPW_CALL wfpw_event_remedy(const wfpw_event *ev);

/** @}
 * @defgroup wfpw_template Templates: which events are wanted
 * @{ */

/**
 * Creates a template without conditions, which every event matches.
 * @param allocator allocates its memory; copied; NULL for malloc and free
 * @param out the template, to be freed with wfpw_template_free()
 * @return 0; E_INVAL, E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_template_new(const wfpw_allocator *allocator, wfpw_template **out);

/**
 * Adds one condition; an event matches if all conditions are true. VALUE is a comma-separated list,
 * of which one must match. Keys, words and texts ignore ASCII case.
 *
 * @verbatim
 protocol                        0 to 255, or a name: tcp
 local-port remote-port          0 to 65535; ICMP has none
 scope-id filter                 numbers; a filter's is its run-time id
 port                            a port of either side
 pid                             a process ID
 layer                           run-time id, or the key: ALE_AUTH_CONNECT_V4 (above 55 the ids
                                 are those of Windows 11)
 local-address remote-address    10.0.0.1, fe80::1, 10.0.0.0/8, 10.0.0.1-10.0.0.9
 address                         an address of either side
 time                            2026-11-22T20:28:00Z, UTC, or a day: 2026-11-22
 direction                       inbound, outbound, forward, bidirectional
 verdict reason                  words of docs/reasons.md: block, stealth
 type                            a kind: classify_drop; of audit events also the ID: 5157
 own                             process (live: this program), filter (of own_provider),
                                 lookup (live: perhaps an account look-up of the library)
 app user                        text; '*' matches any text. A value with a backslash is compared
                                 with the whole (a path, in both its forms: the device's and
                                 this host's; DOMAIN\name; a SID), else with the part after the
                                 last backslash. "Quoted" text may contain commas. Account
                                 names still being looked up (WFPW_OPEN_ACCOUNTS) are absent
 computer                        the name in an audit record, text as for `user`
 file                            files: the path as passed, text as for `app`
 rule                            the firewall's rule that decided: its id, name or title, as a
                                 whole, or an id that no name is known of; '*' as of `app`
 @endverbatim
 *
 * Numbers are decimal, or hexadecimal after 0x, and may be ranges: 1000-2000. An absent value
 * equals nothing: `=` is false, and `!=`, its exact opposite, is true. If the local side is not
 * known (orientation UNKNOWN), a condition on one side tests both.
 * @param t the template
 * @param text the condition, copied: KEY=VALUE or KEY!=VALUE; of time, pid, filter and ports also
 *        KEY<VALUE, <=, > and >=
 * @param e what failed; may be NULL
 * @return 0; E_SYNTAX (position: the character of text that is wrong), E_INVAL (more than 256
 *         conditions, 1024 values or 16 KiB), E_NOMEM; on failure the template is as it was
 */
WFPW_API int WFPW_CALL wfpw_template_add(wfpw_template *t, const char *text, wfpw_error *e);

/**
 * Whether an event matches. An event of kind GAP always does. Any thread, but not during
 * wfpw_template_add().
 * @param t the template
 * @param ev the event
 * @return 1 or 0; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_template_match(const wfpw_template *t, const wfpw_event *ev);

/* codes: ASKED_BY */
/** Where a condition of a template is evaluated in a live session. */
enum wfpw_asked_by_code {
    /** By Windows, before it delivers the event, and again by the library. */
    WFPW_ASKED_BY_ENGINE = 1,
    /** In the callback, before the event takes memory in a queue. */
    WFPW_ASKED_BY_CALLBACK = 2,
    /** On the finished event, when it is read. */
    WFPW_ASKED_BY_EVENT = 3,
    /** By Windows, before it delivers a record of its log, and again by the library. */
    WFPW_ASKED_BY_LOG = 4
};
/* codes: end */

/** Where one of a template's conditions is evaluated. */
typedef struct {
    uint32_t size;
    uint32_t code;         /**< WFPW_ASKED_BY_*. */
    const char *name;      /**< Its word; static. */
    const char *condition; /**< As added; in the template's memory. */
    const char *why;       /**< Why not by the engine, one sentence, or ""; static. */
    /** `code` for records of the Security log: LOG, CALLBACK (after reading) or EVENT. */
    uint32_t log_code;
    uint32_t reserved;    /**< Reserved, 0. */
    const char *log_name; /**< Its word; static. */
    const char *log_why;  /**< Why not in the query, one sentence, or ""; static. */
} wfpw_asked;

/**
 * Where a condition of a template is evaluated in a live session. Windows gets only conditions that
 * it surely evaluates as this library does, and the library evaluates them again: this saves work
 * and does not change which events are delivered. wfpw_add_live() looks up an app given as a file,
 * `C:\...`; E_IO if the file does not exist. If this Windows rejects the conditions, it gets none,
 * which is logged once. Any thread, but not during wfpw_template_add(). Source: the documentation
 * of FWPM_NET_EVENT_ENUM_TEMPLATE0.
 * @param t the template
 * @param i index of the condition, from 0; cheap ones first
 * @param out the answer; set out->size; on return it is the size that was filled
 * @return 1, or 0 past the last one; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_template_explain(const wfpw_template *t, uint32_t i, wfpw_asked *out);

/**
 * Frees a template. No open session may use t.
 * @param t the template; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_template_free(wfpw_template *t);

/** @}
 * @defgroup wfpw_names Names of filters and of what they name
 * @{ */

/* codes: FILTER_STATE */
/**
 * How certain it is that the names belong to the filter of an event. A run-time id is valid only
 * until the engine restarts.
 */
enum wfpw_filter_state_code {
    /** The filter existed at the event's time. */
    WFPW_FILTER_STATE_CURRENT = 1,
    /** It was deleted shortly before: deleted_time. */
    WFPW_FILTER_STATE_DELETED = 2,
    /** It is known from a time other than the event's. */
    WFPW_FILTER_STATE_UNCERTAIN = 3,
    /** No filter is known for this id; only `key`, if a notification had it. */
    WFPW_FILTER_STATE_UNKNOWN = 4,
    /** Live: the engine has no such filter (any more). The word is "not found". */
    WFPW_FILTER_STATE_NOT_FOUND = 5,
    /** Live: the engine denies access. */
    WFPW_FILTER_STATE_DENIED = 6
};
/* codes: end */

/* codes: PRODUCT_FROM */
/** What tells which product a filter's provider is of: wfpw_filter.product_from. */
enum wfpw_product_from_code {
    /** The provider's key. */
    WFPW_PRODUCT_FROM_KEY = 1,
    /** The service that the provider names. Anybody may name it. */
    WFPW_PRODUCT_FROM_SERVICE = 2,
    /** Its name and description. Anybody may write them. */
    WFPW_PRODUCT_FROM_NAME = 3,
    /** The key of the sublayer of a filter without a provider. Anybody may add to it. */
    WFPW_PRODUCT_FROM_SUBLAYER = 4
};
/* codes: end */

/* codes: SERVICE */
/** Live: how the service stands that a filter's provider names: wfpw_filter.service_state. */
enum wfpw_service_code {
    /** It runs. */
    WFPW_SERVICE_RUNNING = 1,
    /** It is installed and does not run. */
    WFPW_SERVICE_STOPPED = 2,
    /** There is no such service (any more). */
    WFPW_SERVICE_MISSING = 3
};
/* codes: end */

/** wfpw_filter.present: values present in the source, and other properties. */
enum wfpw_filter_has {
    WFPW_FILTER_HAS_WEIGHT = 0x1,           /**< weight. */
    WFPW_FILTER_HAS_EFFECTIVE_WEIGHT = 0x2, /**< effective_weight. */
    WFPW_FILTER_HAS_RAW_CONTEXT = 0x4,      /**< raw_context. */
    /** Its callout is known, but not registered by a driver. */
    WFPW_FILTER_CALLOUT_MISSING = 0x10,
    /** It belongs to own_provider of the session or of the collection. */
    WFPW_FILTER_HAS_OWN = 0x8,
    /**
     * Its provider is not among those that its source lists: it was removed, or this user may not
     * see it.
     */
    WFPW_FILTER_PROVIDER_MISSING = 0x20,
    WFPW_FILTER_PROVIDER_PERSISTENT = 0x40, /**< Its provider outlives the engine's restarts. */
    /**
     * When the engine started it turned the provider's filters off, as the provider names no
     * service, or one that does not start by itself.
     * Source: the documentation of FWPM_PROVIDER0 (FWPM_PROVIDER_FLAG_DISABLED).
     */
    WFPW_FILTER_PROVIDER_DISABLED = 0x80
};

/**
 * A condition of a filter. Adjacent conditions on one field are combined with OR, those on
 * different fields with AND. Symbols are spelled as in netsh; texts may be NULL.
 */
typedef struct {
    const char *field; /**< FWPM_CONDITION_IP_REMOTE_PORT, or {guid}. */
    const char *match; /**< FWP_MATCH_EQUAL. */
    const char *type;  /**< FWP_UINT16. */
    /**
     * A number, an address, a SID, SDDL; for bytes their text, or hexadecimal; for a range its low
     * end; for an address with a mask the address.
     */
    const char *value;
    /** For a range its high end, for an address the mask or the prefix length. */
    const char *high;
    const char *range_type; /**< Type of the ends of a range. */
    const char *text;       /**< The condition in readable form: "remote port = 443". */
} wfpw_condition;

/**
 * A filter and the objects that it refers to. Keys are symbols as spelled in netsh
 * (FWPM_LAYER_...), or {guid} in lower case. Texts absent from the source are NULL.
 */
struct wfpw_filter {
    uint32_t size;
    uint32_t state;   /**< WFPW_FILTER_STATE_*. */
    uint32_t present; /**< WFPW_FILTER_HAS_*. */
    uint32_t flags;   /**< FWPM_FILTER_FLAG_*: the known bits. */
    uint64_t id;      /**< Run-time id. */
    uint64_t weight;  /**< As requested; weight_type is its type. */
    uint64_t effective_weight;
    uint64_t raw_context;  /**< Used in place of a provider context. */
    uint64_t deleted_time; /**< Of a deleted filter, if known; else 0. */
    uint64_t from_time;    /**< Time of the source (of a dump: when written); 0: not known. */
    uint32_t action;       /**< FWP_ACTION_TYPE: 0x1001 block, 0x1002 permit, ...; 0: not known. */
    uint32_t truncated;    /**< 1: it exceeded a limit (docs/limits.md). */
    const char *key;       /**< {guid}. */
    const char *name, *description;                                       /**< Often localized. */
    const char *layer, *sublayer, *provider, *callout, *provider_context; /**< Keys. */
    const char *layer_name, *sublayer_name, *provider_name, *callout_name;
    const char *action_name; /**< FWP_ACTION_BLOCK. */
    const char *weight_type; /**< FWP_EMPTY, FWP_UINT8 (a range, 0 to 15) or FWP_UINT64. */
    /** Its origin, as named in audit events; never localized: "Stealth". */
    const char *origin;
    const char *from; /**< Source of this data: the dump's file name, "audit" or "live". */
    /** FWPM_FILTER_FLAG_INDEXED, ...; unknown bits as hexadecimal. */
    const char *const *flag_names;
    const wfpw_condition *conditions;
    uint32_t flag_count;
    uint32_t condition_count;
    uint32_t condition_stride; /**< Bytes from one condition to the next. */
    /**
     * WFPW_FILTER_STATE_* of the provider: CURRENT; DELETED: a later list of the engine, or record
     * of the log, does not have it any more; UNCERTAIN: known from another dump than the filter, or
     * from before the engine restarted. 0: the filter names none, or it is not known.
     */
    uint32_t provider_state;
    /**
     * The product whose provider it is, in English: "Windows Firewall"; NULL: this library does not
     * know (lib/codes/products.inc has those that it knows, each with its source). product_from
     * says how sure that is.
     */
    const char *provider_product;
    const char *provider_service; /**< The Windows service that the provider names. */
    const char *service_image;    /**< Live: the program or library of that service. */
    const char *service_company;  /**< Live: who made it, as it says of itself. */
    uint32_t product_from;        /**< WFPW_PRODUCT_FROM_*; 0 without a product. */
    uint32_t service_state;       /**< WFPW_SERVICE_*, live; 0: not known, or not any more. */
};

/** Counters of a wfpw_names. */
typedef struct {
    uint32_t size;
    uint32_t reserved;
    uint64_t filters;       /**< Filters that can be found now. */
    uint64_t loaded;        /**< Filters read from dumps. */
    uint64_t evicted;       /**< Filters evicted to limit memory: raise names_bytes. */
    uint64_t refused;       /**< Providers, callouts, ... not stored for lack of memory. */
    uint64_t skipped;       /**< Places in a dump that could not be read: each was logged once. */
    uint64_t bytes;         /**< Memory in use. */
    uint64_t rules;         /**< Firewall rules that can be found now; one id may have several. */
    uint64_t rules_loaded;  /**< Firewall rules that were loaded. */
    uint64_t rules_evicted; /**< Firewall rules given up for want of room: raise names_bytes. */
} wfpw_names_stats;

/**
 * Opens an empty collection of names. Several sessions and threads may use it at once; the
 * allocator and the log function must be thread-safe, too.
 * @param o names_bytes, own_provider, allocator and log are used; may be NULL: the defaults
 * @param out the collection, to be closed with wfpw_names_close()
 * @param e what failed; may be NULL
 * @return 0; E_INVAL, E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_names_open(const wfpw_options *o, wfpw_names **out, wfpw_error *e);

/**
 * Reads a file of names, recognized by its content: filters.xml ('netsh wfp show filters'),
 * wfpstate.xml ('netsh wfp show state', the only one with origins, layers and callouts) or
 * wfpdiag.xml ('netsh wfp capture'); or one of firewall rules: the output of 'netsh advfirewall
 * export' (.wfw), the registry hives SYSTEM and SOFTWARE, an export of regedit (.reg, UTF-16 or
 * 8-bit), 'Get-NetFirewallRule' as JSON or CSV, or a log with records of rules (the Security log's
 * 4945 to 4948, 4951 to 4953, 4957 and 4958, the firewall's channel), as .evtx or XML. Names loaded
 * earlier stay; if an id is in several files, the file nearest to an event's time is used. A
 * damaged filter or rule is skipped and logged. Names such as `@FirewallAPI.dll,-25000` stay as
 * they are: no file is opened for them. Other threads may use n during this call.
 * @param n the collection
 * @param path the file; "-" is standard input
 * @param e what failed; may be NULL
 * @return the number of filters and rules; E_IO, E_FORMAT (no such file, a DOCTYPE, a list of rules
 *         without their ids), E_NOMEM and E_STOPPED after wfpw_names_stop() (what was read before
 *         stays), E_NOTSUP (built without file readers)
 */
WFPW_API int WFPW_CALL wfpw_names_load(wfpw_names *n, const char *path, wfpw_error *e);

/**
 * The same for the content of a file in memory.
 * @param n the collection
 * @param data the bytes, not used after the call
 * @param size how many bytes
 * @param e what failed; may be NULL
 * @return as wfpw_names_load()
 */
WFPW_API int WFPW_CALL wfpw_names_load_memory(wfpw_names *n, const void *data, size_t size,
                                              wfpw_error *e);

/**
 * Enumerates the engine of this host: its filters, boot-time and disabled ones included, and the
 * objects that they refer to. The result is like a dump of this moment with the name "live";
 * nothing is changed on the host. A separate thread calls the engine, and this call waits for it;
 * allocator and log of n may be called there. Objects that the user's rights do not cover are
 * missing; this is logged once per enumeration. Source: the documentation of
 * FwpmFilterCreateEnumHandle0, FwpmFilterEnum0 and their kin.
 * @param n the collection
 * @param o only `system` is used; may be NULL: this host
 * @param e what failed; may be NULL
 * @return the number of filters; E_NOTSUP (this host has no filtering engine, or lacks the function
 *         that `where` names), E_ACCESS, E_NOSERVICE, E_TIMEOUT (the policy is being changed),
 *         E_SYSTEM, E_INVAL, E_NOMEM, E_STOPPED; what was read before stays
 */
WFPW_API int WFPW_CALL wfpw_names_load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e);

/**
 * Ends loading permanently: a call that loads into n returns E_STOPPED shortly, and so does each
 * later one; names read before stay available. A file that blocks, such as a pipe without a writer,
 * or a hanging engine call, is not interrupted. Any thread; safe in a signal handler; may be called
 * more than once.
 * @param n the collection; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_names_stop(wfpw_names *n);

/**
 * Writes the filter of an id into buf. A dump is valid for the moment when it was written: at any
 * other time its names are UNCERTAIN; between two dumps with the same key for an id they are
 * CURRENT. Any thread.
 * @param n the collection
 * @param id the run-time id
 * @param time the time of the event with the id; 0 selects the newest filter known, as in its
 *        source
 * @param buf aligned to 8; on return it starts with a wfpw_filter, all of whose pointers are into
 *        buf
 * @param cap the size of buf in bytes
 * @param needed the size that is needed, in every case; may be NULL
 * @return 1, or 0 when the id is not known; E_RANGE when cap is too small; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_names_get(wfpw_names *n, uint64_t id, uint64_t time, void *buf,
                                      size_t cap, size_t *needed);

/**
 * Iterates over the filters, in the order in which they were loaded.
 * @param n the collection
 * @param cursor set it to 0 before the first call, then do not change it; E_RANGE leaves it
 *        unchanged
 * @param buf as of wfpw_names_get()
 * @param cap the size of buf in bytes
 * @param needed the size that is needed, in every case; may be NULL
 * @return 1, or 0 after the last one; else as wfpw_names_get()
 */
WFPW_API int WFPW_CALL wfpw_names_next(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap,
                                       size_t *needed);

/**
 * Returns the counters of the collection. Any thread.
 * @param n the collection
 * @param out the counts; set out->size; on return it is the size that was filled
 * @return 0; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_names_get_stats(wfpw_names *n, wfpw_names_stats *out);

/**
 * Writes a filter as one JSON object, as wfpw_to_json() does an event (docs/json.md). Any thread.
 * @param f the filter
 * @param flags 0
 * @param buf where to write
 * @param cap the size of buf in bytes
 * @param needed the length without the NUL, in every case; may be NULL
 * @return the length without the NUL; E_RANGE when cap is too small
 */
WFPW_API int WFPW_CALL wfpw_filter_to_json(const wfpw_filter *f, uint32_t flags, char *buf,
                                           size_t cap, size_t *needed);

/**
 * Closes a collection. No open session may use n, and no other thread may be inside a call with it.
 * @param n the collection; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_names_close(wfpw_names *n);

/** @}
 * @defgroup wfpw_rules Rules of the Windows Firewall
 *
 * The origin of an audit record, and of a filter of the firewall, is a word of the firewall itself
 * ("Stealth") or the id of a rule. A collection of names has rules by their ids.
 * @{ */

/* codes: RULE_ACTION */
/**
 * What a firewall rule does with the traffic that it is for; numbered as the firewall's own events
 * number it.
 */
enum wfpw_rule_action_code {
    /** It is allowed if it is authenticated, whatever other rules block. */
    WFPW_RULE_ACTION_BYPASS = 1,
    /** It is blocked. */
    WFPW_RULE_ACTION_BLOCK = 2,
    /** It is allowed. */
    WFPW_RULE_ACTION_ALLOW = 3
};
/* codes: end */

/* codes: RULE_ORIGIN */
/**
 * Where a firewall rule comes from, that is, where it can be changed. The first six are numbered as
 * the firewall's own events number them.
 */
enum wfpw_rule_origin_code {
    /** This host's own rules: wf.msc, Set-NetFirewallRule. */
    WFPW_RULE_ORIGIN_LOCAL = 1,
    /** A Group Policy. */
    WFPW_RULE_ORIGIN_GROUP_POLICY = 2,
    /** A program, until the service restarts. */
    WFPW_RULE_ORIGIN_DYNAMIC = 3,
    /** The firewall made it itself. */
    WFPW_RULE_ORIGIN_GENERATED = 4,
    /** It is part of the firewall's program. */
    WFPW_RULE_ORIGIN_HARD_CODED = 5,
    /** The device's management. */
    WFPW_RULE_ORIGIN_MDM = 6,
    /** Service hardening: rules that come with Windows. */
    WFPW_RULE_ORIGIN_STATIC = 32,
    /** Service hardening: rules that a service added for itself. */
    WFPW_RULE_ORIGIN_CONFIGURABLE = 33,
    /** Isolation of packaged apps. */
    WFPW_RULE_ORIGIN_APPISO = 34
};
/* codes: end */

/* codes: RULE_CHANGE */
/** What a record says of a firewall rule. */
enum wfpw_rule_change_code {
    /** It was in force when the service started, or loaded it. */
    WFPW_RULE_CHANGE_PRESENT = 1,
    /** It was added. */
    WFPW_RULE_CHANGE_ADDED = 2,
    /** It was changed. */
    WFPW_RULE_CHANGE_CHANGED = 3,
    /** It was deleted. */
    WFPW_RULE_CHANGE_DELETED = 4,
    /** It was not applied, wholly or in part. */
    WFPW_RULE_CHANGE_NOT_APPLIED = 5
};
/* codes: end */

/** wfpw_rule.profiles: for which networks it is. */
enum wfpw_rule_profiles {
    WFPW_RULE_PROFILE_DOMAIN = 0x1,    /**< The domain's. */
    WFPW_RULE_PROFILE_PRIVATE = 0x2,   /**< Private ones. */
    WFPW_RULE_PROFILE_PUBLIC = 0x4,    /**< Public ones. */
    WFPW_RULE_PROFILE_ALL = 0x7FFFFFFF /**< Any: it names none. */
};

/** wfpw_rule.present: which of its values the source gave. */
enum wfpw_rule_has {
    WFPW_RULE_HAS_ENABLED = 0x1,  /**< enabled. */
    WFPW_RULE_HAS_PROFILES = 0x2, /**< profiles. */
    WFPW_RULE_HAS_PROTOCOL = 0x4, /**< protocol. */
    WFPW_RULE_HAS_PORTS = 0x8     /**< local_ports, remote_ports: NULL then means any. */
};

/**
 * A rule of the Windows Firewall. Texts that the source did not give are NULL. Sources: MS-GPFAS
 * 2.2.2 (the registry), MSFT_NetFirewallRule (PowerShell), the manifests of the firewall's events.
 */
struct wfpw_rule {
    uint32_t size;
    /** WFPW_FILTER_STATE_*: CURRENT, DELETED, or UNCERTAIN: it may have said something else then.
     */
    uint32_t state;
    uint32_t present;  /**< WFPW_RULE_HAS_*. */
    uint32_t profiles; /**< WFPW_RULE_PROFILE_*. */
    uint32_t protocol; /**< IANA number; 256: any. */
    uint32_t schema; /**< Version of its form, major << 8 | minor: 0x0221 is 2.33; 0: not known. */
    uint8_t action;  /**< WFPW_RULE_ACTION_*; 0: not known. */
    uint8_t direction;    /**< WFPW_DIRECTION_INBOUND or OUTBOUND; 0: not known. */
    uint8_t enabled;      /**< 1: it is in force, unless no profile of it is active. */
    uint8_t origin;       /**< WFPW_RULE_ORIGIN_*; 0: not known. */
    uint32_t truncated;   /**< 1: it had more than is kept (docs/limits.md). */
    uint64_t from_time;   /**< When the source saw it; 0: not known. */
    uint64_t change_time; /**< When a record told of its last change; 0: none did. */
    uint32_t change;      /**< WFPW_RULE_CHANGE_*: which change that was. */
    uint32_t reserved;
    const char *id; /**< As its source spells it; ids are the same whatever the case of letters. */
    const char
        *name; /**< Of Windows' own rules and of apps often indirect: `@FirewallAPI.dll,-25000`. */
    const char *title; /**< What a person reads: the name, or what an indirect one lets guess. */
    const char *description;
    const char *group;   /**< Often indirect, too. */
    const char *app;     /**< The program: a path, perhaps with `%SystemRoot%`, or "System". */
    const char *service; /**< Short name of a service; "*": any service. */
    const char *package; /**< SID or family name of a packaged app. */
    /** "80,443,5000-5020", or words of the firewall ("RPC"), parted by commas. NULL: any. */
    const char *local_ports, *remote_ports;
    const char *local_addresses, *remote_addresses; /**< The same of addresses. */
    const char *changed_by;                         /**< The program of the last change. */
    const char *changed_user;                       /**< And the account, as SID. */
    const char *from; /**< Where this is known from: the file's name, or "audit". */
};

/**
 * Reads the rules that the firewall of this host has now in its registry: local ones, those of
 * Group Policy, of management, of service hardening and of isolated apps. They are as a file's of
 * this moment whose name is "live", with the names that System32 has for indirect ones; nothing is
 * changed on the host. The registry is read on a thread of its own, which this call waits for;
 * allocator and log of n may be called there. What may not be read is told in the log. Sources:
 * MS-GPFAS 2.2.2.19, the documentation of RegEnumValueW.
 * @param n the collection
 * @param o of it only `system` is used; may be NULL: this host
 * @param e what failed; may be NULL
 * @return the number of rules; E_NOTSUP (this host has no Windows Firewall), E_ACCESS, E_SYSTEM,
 *         E_INVAL, E_NOMEM, E_STOPPED; what was read before stays
 */
WFPW_API int WFPW_CALL wfpw_rules_load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e);

/**
 * Writes what is known of a rule into buf, as wfpw_names_get() does of a filter. Any thread.
 * @param n the collection
 * @param id the rule's id: wfpw_event.filter_origin, wfpw_filter.origin
 * @param time of the event that names the id; 0 asks for the newest that is known
 * @param buf aligned to 8; it starts with a wfpw_rule then, and all that this points to lies in
 * buf, too
 * @param cap the size of buf in bytes
 * @param needed the size that is needed, in every case; may be NULL
 * @return 1, or 0 when the id is not known; E_RANGE when cap is too small; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_rules_get(wfpw_names *n, const char *id, uint64_t time, void *buf,
                                      size_t cap, size_t *needed);

/**
 * One rule after the other, in the order in which they were loaded.
 * @param n the collection
 * @param cursor starts as 0 and is the library's; it stays as it was on E_RANGE
 * @param buf as of wfpw_rules_get()
 * @param cap the size of buf in bytes
 * @param needed the size that is needed, in every case; may be NULL
 * @return 1, or 0 after the last one; else as wfpw_rules_get()
 */
WFPW_API int WFPW_CALL wfpw_rules_next(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap,
                                       size_t *needed);

/**
 * Writes a rule as one JSON object, as wfpw_to_json() does an event (docs/json.md). Any thread.
 * @param r the rule
 * @param flags 0
 * @param buf where to write
 * @param cap the size of buf in bytes
 * @param needed the length without the NUL, in every case; may be NULL
 * @return the length without the NUL; E_RANGE when cap is too small
 */
WFPW_API int WFPW_CALL wfpw_rule_to_json(const wfpw_rule *r, uint32_t flags, char *buf, size_t cap,
                                         size_t *needed);

/** @}
 * @defgroup wfpw_guard Guards: what no filter should silence
 *
 * Malware silences security products by filters that block their traffic, with harmless names. A
 * guard has targets (programs, services, accounts, packages, remote addresses) and checks, for
 * a filter from a dump or from the engine, whether it would block one of them: by the filter's
 * action, layer and conditions, never by its name. Arbitration is not evaluated: whether a filter
 * of another weight or sublayer permits the traffic first is not known from one filter. Filters
 * that every Windows has (service hardening, default inbound block) are not found.
 * @{ */

/* codes: GUARD_SIGN */
/** What is true of a filter that would block a target of a guard. */
enum wfpw_guard_sign_code {
    /** Other conditions restrict it: it blocks a part of the target's traffic, such as one port. */
    WFPW_GUARD_SIGN_PART = 1,
    /** It does not name the target: it blocks everybody's traffic at its layer. */
    WFPW_GUARD_SIGN_EVERYTHING = 2,
    /** A callout decides whether it blocks. */
    WFPW_GUARD_SIGN_CALLOUT = 4,
    /** It is at a layer where connections or binds are redirected. */
    WFPW_GUARD_SIGN_REDIRECT = 8,
    /** No filter of its sublayer can come before it. */
    WFPW_GUARD_SIGN_HIGHEST_WEIGHT = 16,
    /** It takes the right to decide otherwise from sublayers of less weight. */
    WFPW_GUARD_SIGN_CLEAR_ACTION_RIGHT = 32,
    /** It belongs to no provider. */
    WFPW_GUARD_SIGN_NO_PROVIDER = 64,
    /** Its provider calls itself Microsoft's, but its key is none of Windows' own. */
    WFPW_GUARD_SIGN_NAME_OF_MICROSOFT = 128,
    /** It outlives restarts of the engine, or is in force before its start. */
    WFPW_GUARD_SIGN_PERSISTENT = 256,
    /** The engine has turned it off. */
    WFPW_GUARD_SIGN_DISABLED = 512,
    /** The volume of the program's path was not compared. */
    WFPW_GUARD_SIGN_ANY_VOLUME = 1024,
    /** A condition of it could not be evaluated. */
    WFPW_GUARD_SIGN_NOT_EVALUATED = 2048
};
/* codes: end */

/** A filter that would block a target. */
struct wfpw_guarded {
    uint32_t size;       /**< sizeof(wfpw_guarded). */
    uint32_t target;     /**< Which target: 0 is the one that was added first. */
    uint32_t targets;    /**< How many targets it would block; this is the surest one. */
    uint32_t confidence; /**< WFPW_CONFIDENCE_*: that the conditions match the target's traffic. */
    uint32_t signs;      /**< WFPW_GUARD_SIGN_*. */
    uint32_t direction;  /**< WFPW_DIRECTION_*, by the layer. */
    const char *text;    /**< The target's text, as it was added. */
};

/**
 * Makes a guard without targets. Any thread.
 * @param allocator NULL: malloc and free
 * @param out the guard, to be freed with wfpw_guard_free()
 * @return 0; E_INVAL (out is NULL, the allocator lacks a function), E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_guard_new(const wfpw_allocator *allocator, wfpw_guard **out);

/**
 * Adds a target; at most 256 of 1024 bytes each. No other thread may use g at the same time.
 *
 * - `app=C:\Program Files\Agent\*.exe`: a program; `*` is any text, `\` included. Or its device
 *   path, `app=\device\harddiskvolume3\agent.exe`.
 * - `service=WinDefend`: a service, by the SID that Windows derives from its name.
 * - `user=S-1-5-18`: an account.
 * - `package=S-1-15-2-...`: a packaged app.
 * - `address=203.0.113.0/24`: remote addresses.
 *
 * Filters have device paths. Behind a drive letter only the rest of the path is compared, on
 * whichever volume it is: such a finding is LIKELY, with ANY_VOLUME. The case of letters does not
 * matter (Latin, Greek, Cyrillic, Armenian, full width). A service is found in conditions on the
 * user (wfpw_condition.field FWPM_CONDITION_ALE_USER_ID), not in those on its program: add that
 * too. Sources: the documentation of FWPM_FILTER_CONDITION0 and FwpmGetAppIdFromFileName0; MS-DTYP
 * 2.4.2.4.
 * @param g the guard
 * @param text the target
 * @param e what failed, with the position; may be NULL
 * @return 0; E_SYNTAX, E_INVAL (a 257th target, more than 1024 bytes), E_NOMEM; on failure the
 * guard is as it was
 */
WFPW_API int WFPW_CALL wfpw_guard_add(wfpw_guard *g, const char *text, wfpw_error *e);

/**
 * Checks a filter, as wfpw_names_get() and wfpw_names_next() write it, or as an event has it. It is
 * found if it blocks, or asks a callout that may block, at a layer of traffic, and its conditions
 * can all hold for a target and name it; or if it blocks everybody (EVERYTHING). Any thread, unless
 * a target is being added; without allocation.
 * @param g the guard
 * @param f the filter
 * @param out what was found; set out->size; its text is g's; may be NULL
 * @return the number of targets that it would block; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_guard_check(const wfpw_guard *g, const wfpw_filter *f,
                                        wfpw_guarded *out);

/**
 * Whether an event is the record of who added a filter: 5447 of the Security log ("a filter was
 * added"), which Windows writes where the subcategory Other Policy Change Events is audited. For
 * filters of a dump or of this host and the events of a log that belongs to it; a live session
 * with a guard joins the two by itself. Of several records the latest before the filter was seen
 * counts. Any thread; without allocation.
 * @param f the filter, as wfpw_names_get() and wfpw_names_next() write it
 * @param ev the event: process_id, user_sid and time say who and when
 * @return WFPW_CONFIDENCE_CERTAIN: it names this key and this id; WFPW_CONFIDENCE_LIKELY: this key
 *         and another id, as a persistent filter gets at each start of the engine; 0: it does not
 *         tell of this filter; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_filter_added_by(const wfpw_filter *f, const wfpw_event *ev);

/**
 * Frees a guard. No open session may use it.
 * @param g the guard; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_guard_free(wfpw_guard *g);

/** @}
 * @defgroup wfpw_explain A failed connection: what explains it
 *
 * A question says which connection failed; the answer is the events that explain it, best first, or
 * that nothing in WFP refused it, with what was looked at and how complete that is.
 *
 * What counts: events of verdict BLOCK, FAILURE and DROP. Permits explain nothing (they are
 * counted), and neither do filters in silent mode, which only watch. A field that was asked for and
 * that the event has must agree, or the event is no row; only the process, the program and the
 * direction may differ, which makes a WEAK one. What the event lacks makes it LIKELY at best.
 * - Addresses: an IPv4 address in IPv6 form is the IPv4 address; scopes of IPv6 addresses are
 * compared if both sides have one. If the event does not say which side is this host's (orientation
 * UNKNOWN), both ways count. Of a connection of this host with itself, the event of the accepting
 * end counts, too; its process is another one, and not compared. An event without a remote address
 * (a refused bind) counts if its process or program agrees.
 * - Ports: events of protocols without ports match no question for a port.
 * - A failure of IKE or IPsec is compared by addresses only.
 *
 * The order of rows: those that are not weak; blocks, then failures of IPsec, then drops, which
 * nobody decided; the stronger match; the smaller distance in time; the later one.
 * @{ */

/* codes: MATCH */
/** What an event may have in common with a question: bits of wfpw_explained. */
enum wfpw_match_code {
    /** The remote address. */
    WFPW_MATCH_REMOTE = 1,
    /** The remote port. */
    WFPW_MATCH_REMOTE_PORT = 2,
    /** The local address. */
    WFPW_MATCH_LOCAL = 4,
    /** The local port. */
    WFPW_MATCH_LOCAL_PORT = 8,
    /** The protocol. */
    WFPW_MATCH_PROTOCOL = 16,
    /** The process ID. */
    WFPW_MATCH_PROCESS = 32,
    /** The program. */
    WFPW_MATCH_APP = 64,
    /** The direction. */
    WFPW_MATCH_DIRECTION = 128,
    /**
     * `unknown` only: which side of the event is this host's; the sides were compared either way.
     */
    WFPW_MATCH_SIDES = 256,
    /** `unknown` only: the volume of the program's path, of which only the rest was compared. */
    WFPW_MATCH_VOLUME = 512,
    /**
     * `agrees` only: this host is both ends of the connection, and the event is of the other one.
     */
    WFPW_MATCH_OTHER_END = 1024
};
/* codes: end */

/* codes: STRENGTH */
/** How well an event matches a question. */
enum wfpw_strength_code {
    /** All that was asked is in the event, and agrees. */
    WFPW_STRENGTH_EXACT = 1,
    /**
     * Nothing contradicts, but the event does not have all that was asked; or it is of another
     * process of the same program.
     */
    WFPW_STRENGTH_LIKELY = 2,
    /** It is of another program or process, or of the other direction. */
    WFPW_STRENGTH_WEAK = 3
};
/* codes: end */

/* codes: CONCLUSION */
/** What an explanation comes to. */
enum wfpw_conclusion_code {
    /** A block, or a failure of IPsec, explains it. */
    WFPW_CONCLUSION_BLOCKED = 1,
    /** No block does, but a packet was dropped, which was nobody's decision. */
    WFPW_CONCLUSION_DROPPED = 2,
    /** Only others were refused: all matches are weak. */
    WFPW_CONCLUSION_WEAK = 3,
    /** Nothing in WFP refused it: no event matches, and the events cover the time asked for. */
    WFPW_CONCLUSION_NOTHING = 4,
    /**
     * No event matches, but the events may be incomplete: wfpw_explained_by.unseen. The word is
     * "not covered".
     */
    WFPW_CONCLUSION_NOT_COVERED = 5
};
/* codes: end */

/* codes: UNSEEN */
/** Why refusals may be missing among the events that an explanation is based on. */
enum wfpw_unseen_code {
    /** The engine collects no net events. */
    WFPW_UNSEEN_COLLECTION_OFF = 1,
    /** The events that the engine keeps could not be read: history_status. */
    WFPW_UNSEEN_HISTORY = 2,
    /**
     * The oldest event that the engine keeps is later than the time asked for, or it keeps none.
     */
    WFPW_UNSEEN_HISTORY_REACH = 4,
    /** The Security log could not be read: log_status. */
    WFPW_UNSEEN_LOG = 8,
    /** Now the audit policy does not have all refusals recorded in the Security log. */
    WFPW_UNSEEN_AUDIT_OFF = 16,
    /** Whether refusals were audited is not known. */
    WFPW_UNSEEN_AUDIT_UNKNOWN = 32,
    /** Events were lost: the number of gaps is in `gaps`. */
    WFPW_UNSEEN_LOST = 64,
    /** Something could not be read or decoded. */
    WFPW_UNSEEN_SKIPPED = 128,
    /** There was no event at all. */
    WFPW_UNSEEN_NO_EVENTS = 256,
    /** The events begin later, or end earlier, than the time asked for. */
    WFPW_UNSEEN_FILE_REACH = 512,
    /** Times have no zone (WFPW_EVENT_LOCAL_TIME) and were compared as UTC. */
    WFPW_UNSEEN_LOCAL_TIME = 1024
};
/* codes: end */

/** Which connection failed. Set `size`; what is 0 or NULL is not asked for. */
typedef struct {
    uint32_t size;        /**< sizeof(wfpw_question). */
    uint32_t protocol;    /**< IANA number: 6 TCP, 17 UDP. */
    wfpw_endpoint remote; /**< family 0: any address; port 0: any port. */
    wfpw_endpoint local;  /**< Likewise: who asks about connections to a port of this host. */
    uint64_t process_id;  /**< Of whom it was. */
    /**
     * When the failure was seen. What explains it is at most within_ms earlier, or 2 s later (the
     * record of it may be). 0: any time; for wfpw_explain() now.
     */
    uint64_t time;
    uint32_t within_ms; /**< 0 is 30000: Windows gives up a TCP connection after 21 s. */
    uint32_t direction; /**< WFPW_DIRECTION_*. */
    /**
     * Its program: `C:\tools\nc.exe`, `\\server\share\nc.exe`, a device path
     * (`\device\harddiskvolume3\tools\nc.exe`), or only `nc.exe`. Case does not matter, of ASCII,
     * Latin-1, Greek and Cyrillic letters. Of a drive's path only the part after the drive is
     * compared with a device path, unless the event has app_path.
     */
    const char *app;
} wfpw_question;

/** A row of an explanation: what explains a failed connection. */
typedef struct {
    uint32_t size;
    uint32_t strength; /**< WFPW_STRENGTH_*. */
    uint32_t agrees;   /**< WFPW_MATCH_*: what was asked for, and agrees. */
    uint32_t differs;  /**< WFPW_MATCH_*: and contradicts. */
    uint32_t unknown;  /**< WFPW_MATCH_*: and is not known. */
    /** Everything that `event` points to is in [event, event + event_bytes), so a binding may copy
     * it; 0: not known (wfpw_question_match()). */
    uint32_t event_bytes;
    /** Events with the same filter, program, process, remote side and direction: retries, or the
     * two records of one decision. */
    uint64_t count;
    uint64_t first, last;    /**< Their first and last time. */
    const wfpw_event *event; /**< The one of them that matches best. */
} wfpw_explained;

/** What an explanation comes to, what it is based on, and how complete that is. */
typedef struct {
    uint32_t size;
    uint32_t conclusion;   /**< WFPW_CONCLUSION_*. */
    uint32_t rows;         /**< For wfpw_explanation_get(): at most 16. */
    uint32_t unseen;       /**< WFPW_UNSEEN_*: why refusals may be missing. */
    uint64_t since, until; /**< The time asked for; 0: no bound. */
    uint64_t events;       /**< Events that were looked at. */
    uint64_t net_events;   /**< Of these, net events: from the engine, or from files. */
    uint64_t records;      /**< Of these, records of the Security log. */
    uint64_t refused; /**< Of the events, refusals: verdict BLOCK, FAILURE or DROP, at any time. */
    uint64_t matched; /**< Of these, those that match the question: in rows, or omitted. */
    uint64_t omitted; /**< Of these, those that are in no row, as 16 better ones are. */
    uint64_t allowed; /**< Permits in this time that match, and not weakly. */
    uint64_t outside; /**< Refusals that match, not weakly, but are of another time. */
    uint64_t outside_time; /**< Time of the one nearest to the time asked for; 0: none. */
    /** Time of the oldest and the newest net event: how far back the engine's history reaches.
     * Collection has been on since the oldest one at least. 0: there was none. */
    uint64_t net_events_from, net_events_to;
    uint64_t records_from, records_to; /**< The same of the records. */
    uint64_t gaps;                     /**< Events of kind gap. */
    uint64_t lost;                     /**< Events that these say are missing, as far as known. */
    int32_t
        history_status; /**< wfpw_explain(): how reading the history ended; 0, E_DISABLED, ... */
    int32_t log_status; /**< And reading the Security log. */
} wfpw_explained_by;

typedef struct wfpw_explanation wfpw_explanation; /**< A question, and its answer so far. */

/**
 * Explains a failed connection from what this host has: the events that the engine keeps
 * (wfpw_add_history()) and the Security log of the time asked for, named from the engine. Also
 * looks whether refusals are audited. Changes nothing. Calls of Windows are made on threads of the
 * library, and this call waits for them; for a log whose service is away 5 s.
 *
 * If only one of the two sources can be read, the other is UNSEEN; if neither can, this call fails
 * as reading the history did. An event and its audit record are one row, but are not joined.
 * @param o system, names, allocator, log, own_provider and names_bytes are used; may be NULL
 * @param q the question, which is copied
 * @param out the explanation, to be freed with wfpw_explanation_free(); NULL on failure
 * @param e what failed; may be NULL
 * @return the number of rows; E_INVAL, E_NOMEM, and errors as of wfpw_add_history()
 */
WFPW_API int WFPW_CALL wfpw_explain(const wfpw_options *o, const wfpw_question *q,
                                    wfpw_explanation **out, wfpw_error *e);

/**
 * Starts an explanation, to be based on events of your own sessions: files, or a live source.
 * @param allocator NULL: malloc and free; copied
 * @param q the question, which is copied
 * @param out the explanation, to be freed with wfpw_explanation_free()
 * @param e what failed; may be NULL
 * @return 0; E_INVAL (a struct's size, within_ms above a day, text longer than 4096 bytes, a
 *         protocol, family or direction that does not exist), E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_explanation_new(const wfpw_allocator *allocator, const wfpw_question *q,
                                            wfpw_explanation **out, wfpw_error *e);

/**
 * Reads events of a session into an explanation, as wfpw_read() reads into a batch: at most 256 in
 * one call. Call it until it returns E_EOF, or as long as you like; several sessions, one after the
 * other, are fine. Keeps at most 17 events, 320 KiB of memory for each. Rows that were got before
 * are no longer valid. A session without verdicts (WFPW_OPEN_NO_VERDICT) is E_INVAL.
 * @param x the explanation
 * @param s the session
 * @param timeout_ms how long to wait for the first event, as of wfpw_read()
 * @param e what failed; may be NULL
 * @return as of wfpw_read()
 */
WFPW_API int WFPW_CALL wfpw_explanation_read(wfpw_explanation *x, wfpw_session *s,
                                             int32_t timeout_ms, wfpw_error *e);

/**
 * A row of an explanation.
 * @param x the explanation
 * @param i its index: 0 is the best one
 * @param out the row; set out->size; its event is valid until the next wfpw_explanation_read()
 * @return 1, or 0 past the last one; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_explanation_get(const wfpw_explanation *x, uint32_t i,
                                            wfpw_explained *out);

/**
 * What an explanation comes to so far.
 * @param x the explanation
 * @param out what it comes to; set out->size; on return it is the size that was filled
 * @return WFPW_CONCLUSION_*; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_explanation_conclude(const wfpw_explanation *x, wfpw_explained_by *out);

/**
 * Frees an explanation and its events.
 * @param x the explanation; may be NULL
 */
WFPW_API void WFPW_CALL wfpw_explanation_free(wfpw_explanation *x);

/**
 * Whether an event explains a failed connection, for who has events at hand. Any thread; without
 * allocation.
 * @param q the question
 * @param ev the event
 * @param out how it matches (count is 1); set out->size; may be NULL
 * @return 1 or 0; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_question_match(const wfpw_question *q, const wfpw_event *ev,
                                           wfpw_explained *out);

/** @}
 * @defgroup wfpw_host The host: what is changed on it, and how it is put back
 * @{ */

/* codes: CHECK */
/** What wfpw_check checks. */
enum wfpw_check_code {
    /** Whether the filtering engine can be reached. */
    WFPW_CHECK_ENGINE = 1,
    /** Whether collection of net events is on. */
    WFPW_CHECK_COLLECTION = 2,
    /** What is recorded in addition to ordinary drops. */
    WFPW_CHECK_KEYWORDS = 3,
    /** Whether monitoring of IPsec connections is on. The word is "ipsec monitoring". */
    WFPW_CHECK_IPSEC_MONITORING = 4,
    /** Settings turned on by this library, for which processes, and whether these run. */
    WFPW_CHECK_LEASES = 5,
    /** Whether net events may be subscribed to. */
    WFPW_CHECK_EVENTS = 6,
    /** Whether the events that the engine keeps may be read. */
    WFPW_CHECK_HISTORY = 7,
    /** Whether filters may be listed, so that events have names. */
    WFPW_CHECK_FILTERS = 8,
    /** Whether the Security log gets events of blocks. The word is "audit policy". */
    WFPW_CHECK_AUDIT_POLICY = 10,
    /** Whether the Security log may be read, and how. The word is "security log". */
    WFPW_CHECK_LOG = 12
};
/* codes: end */

/** One result of wfpw_check(). The text is inside the struct, so a row may be copied. */
typedef struct {
    uint32_t size;      /**< sizeof(wfpw_row). */
    uint32_t code;      /**< WFPW_CHECK_*. */
    uint32_t level;     /**< As for wfpw_log_fn: 1 error, 2 warning, 3 all is well. */
    uint32_t os_code;   /**< The system's code if a call failed; else 0. */
    const char *name;   /**< The word for the code; static. */
    const char *remedy; /**< What to do, one sentence, or ""; static. */
    char text[168];     /**< The finding, one sentence. */
} wfpw_row;

/**
 * Checks the engine, its settings, the leases and this process's rights (by a subscription or
 * enumeration that is closed at once), and changes nothing. A failed check is a row of level 1, not
 * an error. A separate thread calls the engine, and this call waits for it.
 * @param o system, state_dir and allocator are used; may be NULL for the defaults
 * @param rows array of cap rows; set rows[0].size to sizeof(wfpw_row); may be NULL if cap is 0
 * @param cap the number of elements in rows
 * @param e what failed; may be NULL
 * @return the number of rows (at most 16), of which the first cap were filled; E_INVAL, E_NOTSUP
 *         (this host has no filtering engine), E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_check(const wfpw_options *o, wfpw_row *rows, uint32_t cap,
                                  wfpw_error *e);

/**
 * Restores settings that sessions of ended processes left on; leases of running processes stay.
 * Every wfpw_add_live() without OBSERVE does so too. A record of leases that cannot be read is set
 * aside (stored under another name) with E_LEASE: its contents are lost, and the next call starts
 * with an empty record. The work runs on a separate thread, which this call waits for.
 * @param o system, state_dir, allocator and log are used; may be NULL for the defaults
 * @param e what failed; may be NULL
 * @return the number of leases settled; E_NOTSUP, E_ACCESS, E_NOSERVICE, E_TIMEOUT, E_LEASE, E_IO,
 *         E_SYSTEM, E_INVAL, E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_restore(const wfpw_options *o, wfpw_error *e);

/** @} */

/**
 * @defgroup wfpw_audit_policy The audit policy
 *
 * What Windows records in the Security log, by subcategory. Reading and setting need the privilege
 * SeSecurityPrivilege ("Manage auditing and security log"), which administrators have: it is
 * enabled in a copy of the token, on one thread and for one call; the process token is never
 * changed. Of the options system, allocator and log are used; NULL for the defaults. A separate
 * thread calls Windows, and may call the log function; the call waits for it. Any thread may call
 * these functions. Common errors: E_NOTSUP (this host has no audit policy, or its advapi32.dll
 * lacks the function that `where` names), E_ACCESS (os_code 1314: the privilege is not held),
 * E_SYSTEM, E_INVAL, E_NOMEM. Sources: the documentation of AuditQuerySystemPolicy,
 * AuditSetSystemPolicy and their kin; MS-GPAC.
 * @{
 */

/* codes: DECIDED */
/** What decides the setting of a subcategory of the audit policy, as far as Windows records it. */
enum wfpw_decided_code {
    /** No policy is known: the last change applies. */
    WFPW_DECIDED_LOCAL = 1,
    /** A row of the audit.csv that was applied last. The word is "group policy". */
    WFPW_DECIDED_GROUP_POLICY = 2,
    /** A row of the local Group Policy's audit.csv. The word is "local policy". */
    WFPW_DECIDED_LOCAL_POLICY = 3,
    /** Device management (Policy CSP, Audit). */
    WFPW_DECIDED_MDM = 4,
    /** A policy of whole categories may override it, as SCENoApplyLegacyAuditPolicy is 0. */
    WFPW_DECIDED_CATEGORY = 5
};
/* codes: end */

/** Which events of a subcategory are recorded; neither: none. */
enum wfpw_audited {
    WFPW_AUDITED_SUCCESS = 0x1, /**< Permitted operations. */
    WFPW_AUDITED_FAILURE = 0x2  /**< Denied operations. */
};

/** A subcategory of the audit policy. Texts are inside the struct, or static and never NULL. */
typedef struct {
    uint32_t size;       /**< sizeof(wfpw_audit_policy). */
    uint32_t audited;    /**< WFPW_AUDITED_*: what is recorded now. */
    uint32_t os_code;    /**< The system's code if that could not be read; else 0. */
    uint32_t needed;     /**< WFPW_AUDITED_*: required for events of blocks. */
    uint32_t decided_by; /**< WFPW_DECIDED_*. */
    uint32_t decided;    /**< WFPW_AUDITED_*: the value in GROUP_POLICY, LOCAL_POLICY or MDM. */
    /** In English; "" for an unknown subcategory. */
    const char *category, *name;
    const char *word;              /**< A short name, or "". */
    const char *success, *failure; /**< IDs of the relevant events written then, or "". */
    char guid[40];                 /**< {0CCE9226-69AE-11D9-BED3-505054503030} */
    char host_category[128];       /**< Its name on this host, or "". */
    char host_name[192];           /**< Its name on this host, or "". */
} wfpw_audit_policy;

/** Counters of wfpw_audit_policy_restore(). */
typedef struct {
    uint32_t size;   /**< sizeof(wfpw_audit_restored). */
    uint32_t set;    /**< Subcategories that were changed. */
    uint32_t same;   /**< Subcategories that already matched. */
    uint32_t kept;   /**< Rows that mean: leave unchanged (WFPW_RESTORE_POLICY). */
    uint32_t absent; /**< Rows of subcategories that this Windows does not have. */
    /** Lines that are not valid, or whose setting is not recognized: each was logged. */
    uint32_t unread;
    uint32_t users;    /**< Rows ignored: policy of one account. */
    uint32_t options;  /**< Rows ignored: CrashOnAuditFail and the like. */
    uint32_t sacls;    /**< Rows ignored: global object access. */
    uint32_t reserved; /**< Reserved, 0. */
} wfpw_audit_restored;

/** flags of wfpw_audit_policy_restore(). */
enum wfpw_restore_flags {
    /**
     * The text is a Group Policy's audit.csv: 0 leaves a subcategory unchanged. In a backup 0 is
     * "no auditing".
     */
    WFPW_RESTORE_POLICY = 0x1
};

/**
 * Lists every subcategory of this Windows, in the order of the categories.
 * @param o may be NULL
 * @param rows array of cap rows; set rows[0].size to sizeof(wfpw_audit_policy); may be NULL if cap
 *        is 0
 * @param cap number of elements in rows
 * @param e what failed; may be NULL
 * @return the number of subcategories, of which the first cap were filled; the common errors
 */
WFPW_API int WFPW_CALL wfpw_audit_policy_get(const wfpw_options *o, wfpw_audit_policy *rows,
                                             uint32_t cap, wfpw_error *e);

/**
 * Sets one subcategory, and nothing else. The setting is permanent; for a setting that lasts as
 * long as a live session, use WFPW_LIVE_AUDIT_POLICY.
 * @param o may be NULL
 * @param subcategory its GUID (with braces or without), English name, or a `word` that
 *        wfpw_audit_policy_get() gives, such as "connection" or "packet-drop"
 * @param audited WFPW_AUDITED_*, 0 for nothing
 * @param e what failed; may be NULL
 * @return 1, or 0 if it was already set so; E_INVAL: no such subcategory, or not in this Windows;
 *         the common errors
 */
WFPW_API int WFPW_CALL wfpw_audit_policy_set(const wfpw_options *o, const char *subcategory,
                                             uint32_t audited, wfpw_error *e);

/**
 * Writes the policy of all subcategories as 'auditpol /backup' does: lines of ASCII with CR LF,
 * NUL-terminated. It omits policies of accounts, and options.
 * @param o may be NULL
 * @param buf buffer for the text
 * @param cap the size of buf in bytes
 * @param needed the length without the NUL, also with E_RANGE; may be NULL
 * @param e what failed; may be NULL
 * @return the length without the NUL; E_RANGE when cap is too small; the common errors
 */
WFPW_API int WFPW_CALL wfpw_audit_policy_backup(const wfpw_options *o, char *buf, size_t cap,
                                                size_t *needed, wfpw_error *e);

/**
 * Sets the subcategories listed in a text of wfpw_audit_policy_backup(), 'auditpol /backup', or
 * 'auditpol /get /r', in any language, in UTF-8, UTF-16 or a code page. It makes one call of
 * Windows, which sets all or none. Other rows (policies of accounts, options, global object access)
 * are ignored, and counted.
 * @param o may be NULL
 * @param text the text
 * @param size its size in bytes
 * @param flags WFPW_RESTORE_*
 * @param out the counters; set out->size; may be NULL
 * @param e what failed; may be NULL
 * @return the number of subcategories changed; E_SYNTAX: no line of a subcategory; the common
 *         errors
 */
WFPW_API int WFPW_CALL wfpw_audit_policy_restore(const wfpw_options *o, const void *text,
                                                 size_t size, uint32_t flags,
                                                 wfpw_audit_restored *out, wfpw_error *e);

/** @}
 * @defgroup wfpw_connections Connections: which sockets this host has
 *
 * The TCP connections, listeners and UDP sockets of this host, as the IP Helper tables have them
 * now: GetExtendedTcpTable and GetExtendedUdpTable, with the owner's module. FWPM's own connection
 * objects are connections of IPsec only (wfpw_ipsec_connections_load()), and not among them.
 * @{
 */

/* codes: TCP_STATE */
/** The state of a TCP connection: MIB_TCP_STATE. */
enum wfpw_tcp_state_code {
    /** It is closed. */
    WFPW_TCP_STATE_CLOSED = 1,
    /** It waits for connections. The word is "listening". */
    WFPW_TCP_STATE_LISTEN = 2,
    /** It is being made from here. */
    WFPW_TCP_STATE_SYN_SENT = 3,
    /** It is being made from there. */
    WFPW_TCP_STATE_SYN_RECEIVED = 4,
    /** It is there. */
    WFPW_TCP_STATE_ESTABLISHED = 5,
    /** This side has closed it, and waits for the other's answer. */
    WFPW_TCP_STATE_FIN_WAIT_1 = 6,
    /** This side has closed it, and the other knows. */
    WFPW_TCP_STATE_FIN_WAIT_2 = 7,
    /** The other side has closed it. */
    WFPW_TCP_STATE_CLOSE_WAIT = 8,
    /** Both sides closed it at the same time. */
    WFPW_TCP_STATE_CLOSING = 9,
    /** Both sides have closed it; the last answer is waited for. */
    WFPW_TCP_STATE_LAST_ACK = 10,
    /** It is closed; late packets are waited for. */
    WFPW_TCP_STATE_TIME_WAIT = 11,
    /** It is being forgotten. */
    WFPW_TCP_STATE_DELETE_TCB = 12,
    /** It has a port, and is neither connected nor listening. */
    WFPW_TCP_STATE_BOUND = 100
};
/* codes: end */

typedef struct wfpw_connections wfpw_connections; /**< A list of sockets. */

/** A socket. Absent texts are NULL; all are valid until wfpw_connections_free(). */
typedef struct {
    uint32_t size;
    uint32_t protocol;   /**< IANA number: 6 or 17. */
    uint32_t state;      /**< WFPW_TCP_STATE_*; 0: UDP. */
    uint32_t process_id; /**< 0: of no process any more (TIME_WAIT). */
    /** remote: family 0 of a listener, and of UDP. */
    wfpw_endpoint local, remote;
    uint64_t created; /**< When it was bound, not connected; 0: not known. */
    /** The process's program, an NT device path as of wfpw_event, or "System". */
    const char *device_path;
    const char *app_path; /**< The same as a path of this host. */
    const char *service;  /**< The service or module that owns the socket. */
} wfpw_connection;

/**
 * Reads the tables. A separate thread calls Windows; the call waits for it. No privilege is needed;
 * programs of other users' processes, and what runs protected, may stay unnamed without one.
 * @param o system, allocator and log are used; may be NULL
 * @param out the list: TCP before UDP, IPv4 before IPv6, in the order of Windows; NULL on failure
 * @param e what failed; may be NULL
 * @return 0; E_NOTSUP: this host has no such tables; E_SYSTEM (os_code: a Win32 code), E_INVAL,
 *         E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_connections_load(const wfpw_options *o, wfpw_connections **out,
                                             wfpw_error *e);

/**
 * A socket of the list. Any thread.
 * @param c the list
 * @param i which one, from 0
 * @return the socket; NULL: there are no more
 */
WFPW_API const wfpw_connection *WFPW_CALL wfpw_connections_get(const wfpw_connections *c,
                                                               uint32_t i);

/**
 * Writes a socket as one line of JSON (docs/json.md), NUL-terminated. Any thread.
 * @param c the socket
 * @param flags reserved, 0
 * @param buf buffer for the text
 * @param cap the size of buf in bytes
 * @param needed the length without the NUL, also with E_RANGE; may be NULL
 * @return the length without the NUL; E_RANGE when cap is too small; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_connection_to_json(const wfpw_connection *c, uint32_t flags, char *buf,
                                               size_t cap, size_t *needed);

/**
 * Frees the list.
 * @param c may be NULL
 */
WFPW_API void WFPW_CALL wfpw_connections_free(wfpw_connections *c);

/** @}
 * @defgroup wfpw_ipsec_connections Connections of IPsec
 *
 * The connection objects of the filtering engine (FWPM_CONNECTION0), since Windows 8. All of them
 * are connections of IPsec, between two addresses: they have no port, protocol or process, and a
 * TCP connection without IPsec is not among them. A host without IPsec rules has none. Sources: the
 * documentation of FwpmConnectionCreateEnumHandle0 and FWPM_CONNECTION0; the events of the provider
 * Microsoft-Windows-Base-Filtering-Engine-Connections.
 * @{
 */

typedef struct wfpw_ipsec_connections wfpw_ipsec_connections; /**< A list of them. */

/**
 * A connection of IPsec. Numbers as Windows defines them; WFPW_LIST_* has their words. Absent texts
 * are NULL; all are valid until wfpw_ipsec_connections_free(). Keys are not read.
 */
typedef struct {
    uint32_t size;
    uint32_t mode;       /**< IPSEC_TRAFFIC_TYPE; WFPW_LIST_IPSEC_MODE. */
    uint64_t id;         /**< Of this connection, as long as the engine runs. */
    wfpw_endpoint local; /**< Port 0; family 0: it is neither IPv4 nor IPv6. */
    wfpw_endpoint remote;
    uint64_t created;            /**< 0: not known. */
    uint64_t bytes_in;           /**< As the engine had them last: its driver is not asked. */
    uint64_t bytes_out;          /**< Likewise. */
    uint64_t bytes;              /**< Both; may be less than their sum, and 0. */
    uint32_t key_module;         /**< IKEEXT_KEY_MODULE_TYPE; WFPW_LIST_KEY_MODULE. */
    uint32_t auth_method;        /**< Of the main mode; WFPW_LIST_AUTH_METHOD. */
    uint32_t second_auth_method; /**< Of AuthIP's extended mode; UINT32_MAX: it is not AuthIP. */
    uint32_t cipher;             /**< Of the main mode; WFPW_LIST_CIPHER. */
    uint32_t integrity;          /**< Likewise; WFPW_LIST_INTEGRITY. */
    uint32_t dh_group;           /**< Likewise; WFPW_LIST_DH_GROUP. */
    uint32_t max_lifetime_s;     /**< Of the main mode, in seconds. */
    uint32_t reserved;
    const char *provider;    /**< {guid}. */
    const char *peer;        /**< Kerberos and NTLM: who the remote computer is. */
    const char *second_peer; /**< Likewise, of the extended mode: most often its user. */
} wfpw_ipsec_connection;

/**
 * Asks the engine for its connections. A separate thread calls Windows; the call waits for it, and
 * for the engine. Needs an elevated process; the engine leaves out what the caller may not read.
 * @param o system, allocator and hooks are used; may be NULL
 * @param out the list, in the order of the engine; NULL on failure
 * @param e what failed; may be NULL
 * @return 0; E_NOTSUP: this Windows has none (Windows 7), or this host no engine; E_ACCESS,
 *         E_NOSERVICE, E_TIMEOUT, E_SYSTEM (os_code), E_INVAL, E_NOMEM
 */
WFPW_API int WFPW_CALL wfpw_ipsec_connections_load(const wfpw_options *o,
                                                   wfpw_ipsec_connections **out, wfpw_error *e);

/**
 * Whether the engine monitored connections of IPsec when the list was made
 * (FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS; WFPW_LIVE_IPSEC turns it on). While it does not, no
 * document says that it knows any: an empty list proves nothing then. Any thread.
 * @param c the list
 * @return 1: it did; 0: it did not; E_SYSTEM: it could not be asked; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_ipsec_connections_monitored(const wfpw_ipsec_connections *c);

/**
 * A connection of the list. Any thread.
 * @param c the list
 * @param i which one, from 0
 * @return the connection; NULL: there are no more
 */
WFPW_API const wfpw_ipsec_connection *WFPW_CALL
wfpw_ipsec_connections_get(const wfpw_ipsec_connections *c, uint32_t i);

/**
 * Writes a connection as one line of JSON (docs/json.md), NUL-terminated. Any thread.
 * @param c the connection
 * @param flags reserved, 0
 * @param buf buffer for the text
 * @param cap the size of buf in bytes
 * @param needed the length without the NUL, also with E_RANGE; may be NULL
 * @return the length without the NUL; E_RANGE when cap is too small; E_INVAL
 */
WFPW_API int WFPW_CALL wfpw_ipsec_connection_to_json(const wfpw_ipsec_connection *c, uint32_t flags,
                                                     char *buf, size_t cap, size_t *needed);

/**
 * Frees the list.
 * @param c may be NULL
 */
WFPW_API void WFPW_CALL wfpw_ipsec_connections_free(wfpw_ipsec_connections *c);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
