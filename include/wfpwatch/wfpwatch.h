/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch - what Windows blocked, by which filter, for which process, and why.
 *
 * The contract, once for all functions:
 *
 * Threads   One thread at a time per session or batch; different sessions are independent. Only
 *           wfpw_stop() and wfpw_get_stats() may be called from any thread while another one reads.
 *           A wfpw_names may be used by several sessions and threads at once.
 *           Your code runs only inside a call that you made, on your thread; the two exceptions are
 *           the allocator and the log function of wfpw_options, which say so. A session with a live
 *           source owns one service thread, and with WFPW_OPEN_ACCOUNTS and with
 *           WFPW_LIVE_AUDIT_POLICY one more each; they never run code of yours but those two.
 * Memory    What *_new or *_open gave you, *_free or *_close takes back (NULL is fine). Events and
 *           their text belong to the batch and die at the next read into it.
 * Errors    Functions return 0 or a count on success and a negative WFPW_E_* on failure. Where
 * there is a wfpw_error parameter it may be NULL; on failure it tells the call that failed, the
 *           system's code and what to do (wfpw_remedy).
 * Text      UTF-8, always valid: lone surrogates and NULs inside a text come out as U+FFFD.
 * Time      100 ns units since 1601-01-01 UTC, as Windows counts it (FILETIME).
 * Growth    Structs that you fill start with `size`; an older caller gets defaults for what it does
 *           not know, a newer caller is accepted while the tail that we do not know is zero.
 * Structs that you read start with `size` too and grow at the end; arrays of them come with a
 *           stride. Numbers of codes are for ever.
 */
#ifndef WFPWATCH_H
#define WFPWATCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WFPW_VERSION_MAJOR  0
#define WFPW_VERSION_MINOR  2
#define WFPW_VERSION_PATCH  0
#define WFPW_VERSION_STRING "0.2.0"

/* __cdecl on Windows, so that a plain ctypes.CDLL serves on every system. */
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

/* ---- codes: name, number, word or text (, remedy) ------------------------------------------- */

/* Results. The number of a code never changes its meaning. */
#define WFPW_STATUS_MAP(X)                                                                         \
    X(OK, 0, "success", "")                                                                        \
    X(E_INVAL, -1, "an argument is wrong",                                                         \
      "see the function's comment in wfpwatch.h for what it takes")                                \
    X(E_NOMEM, -2, "out of memory", "free memory, or ask for a smaller ring or batch")             \
    X(E_ACCESS, -3, "access denied",                                                               \
      "run elevated as a member of Administrators or of Network Configuration Operators")          \
    X(E_NOSERVICE, -4, "the filtering engine cannot be reached",                                   \
      "start the Base Filtering Engine (sc start BFE), or give wait_ms time to wait for it")       \
    X(E_DISABLED, -5, "collection of net events is off on this machine",                           \
      "turn it on with 'netsh wfp set options netevents=on'; this clears events kept from before") \
    X(E_NOTSUP, -6, "not supported here", "use a Windows version or a build that has it")          \
    X(E_IO, -7, "reading failed", "check that the file exists, is readable and is not locked")     \
    X(E_FORMAT, -8, "not a format that can be read",                                               \
      "give an .evtx file, the XML of Windows events, or what netsh wfp wrote")                    \
    X(E_EOF, -9, "no more events", "")                                                             \
    X(E_STOPPED, -10, "the session was stopped", "")                                               \
    X(E_TIMEOUT, -11, "the system did not answer in time",                                         \
      "try again; another program may hold the engine's transaction lock")                         \
    X(E_SYSTEM, -12, "a call of the system failed", "look the system's code up")                   \
    X(E_RANGE, -13, "the buffer is too small", "give the size that was asked for")                 \
    X(E_SYNTAX, -14, "the text cannot be parsed", "mend the text at the position named")           \
    X(E_LEASE, -15, "the record of what was changed on this host cannot be used",                  \
      "'wfpwatch check' tells why; 'wfpwatch check --repair' sets a damaged one aside")

/* What kind of event it is. The first eleven are FWPM_NET_EVENT_TYPE's, in words. */
#define WFPW_KIND_MAP(X)                                                                           \
    X(CLASSIFY_DROP, 1, "classify_drop")                                                           \
    X(CLASSIFY_ALLOW, 2, "classify_allow")                                                         \
    X(CAPABILITY_DROP, 3, "capability_drop")                                                       \
    X(CAPABILITY_ALLOW, 4, "capability_allow")                                                     \
    X(CLASSIFY_DROP_MAC, 5, "classify_drop_mac")                                                   \
    X(IPSEC_KERNEL_DROP, 6, "ipsec_kernel_drop")                                                   \
    X(IPSEC_DOSP_DROP, 7, "ipsec_dosp_drop")                                                       \
    X(IKE_MM_FAILURE, 8, "ike_mm_failure")                                                         \
    X(IKE_QM_FAILURE, 9, "ike_qm_failure")                                                         \
    X(IKE_EM_FAILURE, 10, "ike_em_failure")                                                        \
    X(LPM_PACKET_ARRIVAL, 11, "lpm_packet_arrival")                                                \
    X(AUDIT, 12, "audit")                 /* a record of the Security log: event.audit */          \
    X(FILTER_ADD, 15, "filter_add")       /* a filter came (WFPW_LIVE_FILTERS): event.filter */    \
    X(FILTER_DELETE, 16, "filter_delete") /* it went */                                            \
    X(GAP, 17, "gap")           /* events are missing here: event.lost, event.lost_where */        \
    X(NET_EVENT, 18, "unknown") /* a net event of a type newer than this library: type_raw */

#define WFPW_SOURCE_MAP(X)                                                                         \
    X(LIVE, 1, "live")                                                                             \
    X(HISTORY, 2, "history")                                                                       \
    X(AUDIT_LOG, 3, "audit")                                                                       \
    X(EVTX, 4, "evtx")                                                                             \
    X(EVENTXML, 5, "eventxml")                                                                     \
    X(NETSH, 6, "netsh")                                                                           \
    X(SIM, 7, "sim")

#define WFPW_DIRECTION_MAP(X)                                                                      \
    X(INBOUND, 1, "inbound")                                                                       \
    X(OUTBOUND, 2, "outbound")                                                                     \
    X(FORWARD, 3, "forward")                                                                       \
    X(BIDIRECTIONAL, 4, "bidirectional")

/* How the direction is known. */
#define WFPW_DIRECTION_FROM_MAP(X)                                                                 \
    X(FIELD, 1, "field") /* the event's own field says so */                                       \
    X(LAYER, 2, "layer") /* the layer is for this direction only; direction_raw says another */

/* How it is known which side of an audit event is this host. */
#define WFPW_ORIENTATION_MAP(X)                                                                    \
    X(FIELD, 1, "field")       /* the event's own fields say so */                                 \
    X(EVIDENCE, 2, "evidence") /* other events or addresses say so */                              \
    X(UNKNOWN, 3, "unknown")   /* `local` holds the source, `remote` the destination */

#define WFPW_PID_FROM_MAP(X)                                                                       \
    X(AUDIT, 1, "audit")                                                                           \
    X(NETSH, 2, "netsh")                                                                           \
    X(SOCKETS, 3, "sockets")

/* Where events were lost. */
#define WFPW_LOST_MAP(X)                                                                           \
    X(RING, 1, "ring")     /* inside this process: the reader was slower than the system */        \
    X(OUTAGE, 2, "outage") /* the engine was away: all that was not kept; number not known */      \
    X(COLLECTION, 3, "collection") /* another program had it turned off, wholly or in part */      \
    X(LOG, 4, "log") /* the Security log dropped, overwrote, cleared or could not give them */     \
    X(AUDIT_POLICY, 5, "audit policy") /* somebody turned off what was audited: of the log only */

/* The state of a session, in wfpw_stats. */
#define WFPW_STATE_MAP(X)                                                                          \
    X(FILES, 0, "files")                   /* no live source */                                    \
    X(CONNECTED, 1, "connected")           /* subscribed */                                        \
    X(WAITING, 2, "waiting")               /* for the engine to come (back) */                     \
    X(COLLECTION_OFF, 3, "collection off") /* subscribed, but the system collects nothing */       \
    X(FAILED, 4, "failed")                 /* given up: the error is in the log */                 \
    X(STOPPED, 5, "stopped")

/* Whether a live session has what it asked for with WFPW_LIVE_AUDIT_POLICY:
 * wfpw_stats.audit_policy. */
#define WFPW_AUDIT_POLICY_MAP(X)                                                                   \
    X(NOT_ASKED, 0, "not asked")                                                                   \
    X(HELD, 1, "held")         /* what it needs is audited */                                      \
    X(REFUSED, 2, "refused")   /* it may not be changed, or not recorded who did: what is audited  \
                                  anyway is */                                                     \
    X(GIVEN_UP, 3, "given up") /* somebody turned it off three times within an hour, so that it    \
                                  stays off: a policy decides it (wfpw_audit_policy_get) */

/* What a live session does without, because Windows refuses it: bits of wfpw_stats.missing. */
#define WFPW_MISSING_MAP(X)                                                                        \
    X(SETTINGS, 1, "settings") /* collection may not be turned on: what is collected comes */      \
    X(LOOKING, 2, "looking")   /* whether events are collected cannot be seen */                   \
    X(HISTORY, 4, "history")   /* what the engine keeps cannot be read */                          \
    X(NAMES, 8, "names")    /* filters and what they name, or changes of them, cannot be read */   \
    X(LEASES, 16, "leases") /* what is changed cannot be recorded, so that nothing is */           \
    X(LOG, 32, "log")       /* the Security log, at the moment: it is tried again */               \
    X(AUDIT_POLICY, 64, "audit policy") /* it is not as was asked: wfpw_stats.audit_policy */

/* How the Security log is read, in wfpw_stats. */
#define WFPW_LOG_PATH_MAP(X)                                                                       \
    X(MODERN, 1, "modern")   /* by subscription (wevtapi.dll) */                                   \
    X(CLASSIC, 2, "classic") /* by number (ReadEventLog): times in seconds, no version */

/* How sure it is that a filter's names are those of the filter that an event means. A run-time id
 * names a filter only within one life of the engine. */
#define WFPW_FILTER_STATE_MAP(X)                                                                   \
    X(CURRENT, 1, "current")     /* at the event's time this filter was there */                   \
    X(DELETED, 2, "deleted")     /* it was deleted shortly before: deleted_time */                 \
    X(UNCERTAIN, 3, "uncertain") /* known from another time than the event's */                    \
    X(UNKNOWN, 4, "unknown")     /* none for this id; only `key`, if a notice told it */           \
    X(NOT_FOUND, 5, "not found") /* live: the engine says that it has no such filter (any more) */ \
    X(DENIED, 6, "denied")       /* live: the engine does not let us look */

/* What an event says in one word. */
#define WFPW_VERDICT_MAP(X)                                                                        \
    X(BLOCK, 1, "block") /* a policy decided against a connection, a listen or a bind */           \
    X(DROP, 2, "drop")   /* a packet was discarded without such a decision */                      \
    X(ALLOW, 3, "allow")                                                                           \
    X(FAILURE, 4, "failure") /* of IKE or IPsec */                                                 \
    X(INFO, 5, "info")       /* it tells of something and decides nothing */

/* How sure a reason is. */
#define WFPW_CONFIDENCE_MAP(X)                                                                     \
    X(CERTAIN, 1, "certain") /* the source says so */                                              \
    X(LIKELY, 2, "likely")   /* what is known fits little else */                                  \
    X(GUESS, 3, "guess")     /* what is usual on such events */

/* What said so: bits of wfpw_event.evidence. */
#define WFPW_EVIDENCE_MAP(X)                                                                       \
    X(RECORD_ORIGIN, 1, "record_origin") /* of the filter, or that it has none */                  \
    X(FILTER_ORIGIN, 2, "filter_origin") /* the firewall noted it with the filter */               \
    X(ACTION, 4, "action")               /* of the filter; as all up to filter_state */            \
    X(PROVIDER, 8, "provider")                                                                     \
    X(SUBLAYER, 16, "sublayer")                                                                    \
    X(CALLOUT, 32, "callout")                                                                      \
    X(FLAGS, 64, "flags")                                                                          \
    X(CONDITIONS, 128, "conditions")                                                               \
    X(WEIGHT, 256, "weight") /* its class, which the firewall gives by the kind of filter */       \
    X(FILTER_STATE, 512, "filter_state") /* that it is not among those known */                    \
    X(LAYER, 1024, "layer")                                                                        \
    X(DIRECTION, 2048, "direction")                                                                \
    X(LOOPBACK, 4096, "loopback")                                                                  \
    X(PACKAGE, 8192, "package") /* the application is a packaged app */                            \
    X(PROTOCOL, 16384, "protocol")                                                                 \
    X(REAUTH, 32768, "reauth")  /* it was looked at again, and why */                              \
    X(KIND, 65536, "kind")      /* of the event, or the number of the audit record */              \
    X(STATUS, 131072, "status") /* the code of a failure */                                        \
    X(NAME, 262144, "name")     /* of the filter, in English: last, as names are translated */     \
    X(TERMINATING, 524288, "terminating") /* netsh: the sublayer of the filter that blocked */     \
    X(FILTER_ID, 1048576, "filter_id")    /* it is 0: no filter matched */

/* reasons: begin */
/* Why. The rows are those of lib/codes/reasons.inc, from which lib/codes/make_reasons.py makes
 * this list; wfpw_reason_info() tells what each means. */
#define WFPW_REASON_MAP(X)                                                                         \
    X(RULE, 1, "rule")                                                                             \
    X(THIRD_PARTY, 2, "third_party")                                                               \
    X(CALLOUT, 3, "callout")                                                                       \
    X(DEFAULT_INBOUND, 4, "default_inbound")                                                       \
    X(QUERY_USER, 5, "query_user")                                                                 \
    X(DEFAULT_OUTBOUND, 6, "default_outbound")                                                     \
    X(STEALTH, 7, "stealth")                                                                       \
    X(SERVICE_HARDENING, 8, "service_hardening")                                                   \
    X(UWP_DEFAULT, 9, "uwp_default")                                                               \
    X(APPCONTAINER_LOOPBACK, 10, "appcontainer_loopback")                                          \
    X(CAPABILITY, 11, "capability")                                                                \
    X(QUARANTINE, 12, "quarantine")                                                                \
    X(BOOT_TIME, 13, "boot_time")                                                                  \
    X(BLOCK_ALL, 14, "block_all")                                                                  \
    X(IPSEC, 15, "ipsec")                                                                          \
    X(IKE, 16, "ike")                                                                              \
    X(LISTEN, 17, "listen")                                                                        \
    X(BIND, 18, "bind")                                                                            \
    X(RAW_SOCKET, 19, "raw_socket")                                                                \
    X(PACKET, 20, "packet")                                                                        \
    X(DISCARD, 21, "discard")                                                                      \
    X(MAC, 22, "mac")                                                                              \
    X(VSWITCH, 23, "vswitch")                                                                      \
    X(REAUTHORIZATION, 24, "reauthorization")                                                      \
    X(SILENT_MODE, 25, "silent_mode")                                                              \
    X(FILTER_GONE, 26, "filter_gone")                                                              \
    X(UNKNOWN, 27, "unknown")                                                                      \
    X(EDGE_TRAVERSAL, 28, "edge_traversal")                                                        \
    X(DATA_PROTECTION, 29, "data_protection")                                                      \
    X(TENANT_RESTRICTION, 30, "tenant_restriction")                                                \
    X(POLICY_CHANGE, 31, "policy_change")                                                          \
    X(AUDIT_POLICY, 32, "audit_policy")                                                            \
    X(LOG_CLEARED, 33, "log_cleared")                                                              \
    X(DOS_DEFENSE, 34, "dos_defense")                                                              \
    X(GAP, 35, "gap")                                                                              \
    X(NOTICE, 36, "notice")                                                                        \
    X(EXCEPTION, 37, "exception")                                                                  \
    X(NO_FILTER, 38, "no_filter")                                                                  \
    X(CALLOUT_MISSING, 39, "callout_missing")
/* reasons: end */
/* What wfpw_check looks at. */
#define WFPW_CHECK_MAP(X)                                                                          \
    X(ENGINE, 1, "engine")                     /* whether the filtering engine can be reached */   \
    X(COLLECTION, 2, "collection")             /* of net events: on or off */                      \
    X(KEYWORDS, 3, "keywords")                 /* what is recorded beside ordinary drops */        \
    X(IPSEC_MONITORING, 4, "ipsec monitoring") /* on or off */                                     \
    X(LEASES, 5, "leases")     /* what we have turned on, for whom, and whether they live */       \
    X(EVENTS, 6, "events")     /* whether they may be subscribed to */                             \
    X(HISTORY, 7, "history")   /* whether what the engine keeps of them may be read */             \
    X(FILTERS, 8, "filters")   /* whether they may be listed, so that events have names */         \
    X(LOG, 12, "security log") /* whether it may be read, and how */                               \
    X(AUDIT_POLICY, 10, "audit policy") /* whether the Security log gets events of blocks */

/* Who decides what a subcategory of the audit policy is, as far as Windows keeps that. */
#define WFPW_DECIDED_MAP(X)                                                                        \
    X(LOCAL, 1, "local")               /* nobody else is known: whoever set it last */             \
    X(GROUP_POLICY, 2, "group policy") /* a row of the audit.csv that was applied last */          \
    X(LOCAL_POLICY, 3, "local policy") /* a row of the local Group Policy's audit.csv */           \
    X(MDM, 4, "mdm")                   /* the device's management (Policy CSP, Audit) */           \
    X(CATEGORY, 5, "category")         /* a policy of whole categories may overrule it, as         \
                                          SCENoApplyLegacyAuditPolicy is 0 */

/* Who asks a live event whether a condition of a template holds. */
#define WFPW_ASKED_BY_MAP(X)                                                                       \
    X(ENGINE, 1, "engine")     /* Windows, before the event is handed over; then we do, too */     \
    X(CALLBACK, 2, "callback") /* we, when it is handed over, before it takes any room */          \
    X(EVENT, 3, "event")       /* we, of the finished event, when it is read */                    \
    X(LOG, 4, "log") /* Windows, before it gives us a record of its log; then we do, too */

/* What the two halves of a merged event say differently: bits of wfpw_event.differs. The event has
 * what the net event says, wfpw_audit_get() what the record says. */
#define WFPW_DIFFERS_MAP(X)                                                                        \
    X(DIRECTION, 1, "direction")                                                                   \
    X(PROCESS, 2, "process")                                                                       \
    X(ORIGIN, 4, "origin")                                                                         \
    X(PROFILE, 8, "profile")                                                                       \
    X(LOOPBACK, 16, "loopback")                                                                    \
    X(INTERFACE, 32, "interface")

#define WFPW_X_STATUS(name, number, text, remedy) WFPW_##name = number,
#define WFPW_X_KIND(name, number, word)           WFPW_KIND_##name = number,
#define WFPW_X_SOURCE(name, number, word)         WFPW_SOURCE_##name = number,
#define WFPW_X_DIRECTION(name, number, word)      WFPW_DIRECTION_##name = number,
#define WFPW_X_DIRECTION_FROM(name, number, word) WFPW_DIRECTION_FROM_##name = number,
#define WFPW_X_ORIENTATION(name, number, word)    WFPW_ORIENTATION_##name = number,
#define WFPW_X_PID_FROM(name, number, word)       WFPW_PID_FROM_##name = number,
#define WFPW_X_LOST(name, number, word)           WFPW_LOST_##name = number,
#define WFPW_X_ASKED_BY(name, number, word)       WFPW_ASKED_BY_##name = number,
#define WFPW_X_STATE(name, number, word)          WFPW_STATE_##name = number,
#define WFPW_X_FILTER_STATE(name, number, word)   WFPW_FILTER_STATE_##name = number,
#define WFPW_X_VERDICT(name, number, word)        WFPW_VERDICT_##name = number,
#define WFPW_X_CONFIDENCE(name, number, word)     WFPW_CONFIDENCE_##name = number,
#define WFPW_X_EVIDENCE(name, number, word)       WFPW_EVIDENCE_##name = number,
#define WFPW_X_REASON(name, number, word)         WFPW_REASON_##name = number,
#define WFPW_X_CHECK(name, number, word)          WFPW_CHECK_##name = number,
#define WFPW_X_AUDIT_POLICY(name, number, word)   WFPW_AUDIT_POLICY_##name = number,
#define WFPW_X_DECIDED(name, number, word)        WFPW_DECIDED_##name = number,
#define WFPW_X_MISSING(name, number, word)        WFPW_MISSING_##name = number,
#define WFPW_X_LOG_PATH(name, number, word)       WFPW_LOG_PATH_##name = number,
#define WFPW_X_DIFFERS(name, number, word)        WFPW_DIFFERS_##name = number,
enum { WFPW_STATUS_MAP(WFPW_X_STATUS) WFPW_STATUS_END_ = -99 };
enum { WFPW_KIND_MAP(WFPW_X_KIND) WFPW_KIND_END_ = 63 };
enum { WFPW_SOURCE_MAP(WFPW_X_SOURCE) WFPW_SOURCE_END_ = 63 };
enum { WFPW_DIRECTION_MAP(WFPW_X_DIRECTION) WFPW_DIRECTION_END_ = 63 };
enum { WFPW_DIRECTION_FROM_MAP(WFPW_X_DIRECTION_FROM) WFPW_DIRECTION_FROM_END_ = 63 };
enum { WFPW_ORIENTATION_MAP(WFPW_X_ORIENTATION) WFPW_ORIENTATION_END_ = 63 };
enum { WFPW_PID_FROM_MAP(WFPW_X_PID_FROM) WFPW_PID_FROM_END_ = 63 };
enum { WFPW_LOST_MAP(WFPW_X_LOST) WFPW_LOST_END_ = 63 };
enum { WFPW_STATE_MAP(WFPW_X_STATE) WFPW_STATE_END_ = 63 };
enum { WFPW_FILTER_STATE_MAP(WFPW_X_FILTER_STATE) WFPW_FILTER_STATE_END_ = 63 };
enum { WFPW_VERDICT_MAP(WFPW_X_VERDICT) WFPW_VERDICT_END_ = 63 };
enum { WFPW_CONFIDENCE_MAP(WFPW_X_CONFIDENCE) WFPW_CONFIDENCE_END_ = 63 };
enum { WFPW_EVIDENCE_MAP(WFPW_X_EVIDENCE) WFPW_EVIDENCE_END_ = 0 };
enum { WFPW_REASON_MAP(WFPW_X_REASON) WFPW_REASON_END_ = 4095 };
enum { WFPW_CHECK_MAP(WFPW_X_CHECK) WFPW_CHECK_END_ = 63 };
enum { WFPW_AUDIT_POLICY_MAP(WFPW_X_AUDIT_POLICY) WFPW_AUDIT_POLICY_END_ = 63 };
enum { WFPW_DECIDED_MAP(WFPW_X_DECIDED) WFPW_DECIDED_END_ = 63 };
enum { WFPW_ASKED_BY_MAP(WFPW_X_ASKED_BY) WFPW_ASKED_BY_END_ = 63 };
enum { WFPW_MISSING_MAP(WFPW_X_MISSING) WFPW_MISSING_END_ = 0 };
enum { WFPW_LOG_PATH_MAP(WFPW_X_LOG_PATH) WFPW_LOG_PATH_END_ = 63 };
enum { WFPW_DIFFERS_MAP(WFPW_X_DIFFERS) WFPW_DIFFERS_END_ = 0 };

/* Lists of words for wfpw_word(). */
enum {
    WFPW_LIST_KIND = 1,
    WFPW_LIST_SOURCE = 2,
    WFPW_LIST_DIRECTION = 3,
    WFPW_LIST_ORIENTATION = 4,
    WFPW_LIST_PID_FROM = 5,
    WFPW_LIST_LOST = 6,
    WFPW_LIST_STATE = 7,
    WFPW_LIST_AUDIT_CODE = 8, /* the %%N codes of audit records, by N: 14592 is "inbound" */
    WFPW_LIST_PROTOCOL = 9,   /* IANA protocol numbers that have a short name: 6 is "tcp" */
    WFPW_LIST_CAPABILITY = 10,
    WFPW_LIST_FILTER_STATE = 11,
    WFPW_LIST_ACTION = 12, /* FWP_ACTION_TYPE: 0x1001 is "FWP_ACTION_BLOCK" */
    WFPW_LIST_CHECK = 13,
    WFPW_LIST_VERDICT = 14,
    WFPW_LIST_REASON = 15,
    WFPW_LIST_CONFIDENCE = 16,
    WFPW_LIST_EVIDENCE = 17, /* a bit at a time */
    WFPW_LIST_DIRECTION_FROM = 18,
    WFPW_LIST_MISSING = 19, /* a bit at a time */
    WFPW_LIST_OWN = 20,     /* WFPW_EVENT_OWN_*, a bit at a time: "filter", "process", "lookup" */
    WFPW_LIST_DIFFERS = 21, /* a bit at a time */
    WFPW_LIST_LOG_PATH = 24,
    WFPW_LIST_DECIDED = 25,
    WFPW_LIST_AUDIT_POLICY = 26
};

/* wfpw_event.present: which scalars the source gave. Texts and bodies are NULL when absent. */
enum {
    WFPW_HAS_DIRECTION = 0x1, /* direction_raw; direction may be known without it, from the layer,
                                 and is 0 when nothing tells it */
    WFPW_HAS_PROTOCOL = 0x2,
    WFPW_HAS_LOCAL = 0x4,        /* local.addr, local.family */
    WFPW_HAS_REMOTE = 0x8,       /* remote.addr, remote.family */
    WFPW_HAS_LOCAL_PORT = 0x10,  /* for ICMP the type */
    WFPW_HAS_REMOTE_PORT = 0x20, /* for ICMP the code */
    WFPW_HAS_SCOPE_ID = 0x40,    /* local.scope_id and remote.scope_id: one value for both sides */
    WFPW_HAS_FILTER_ID = 0x80,
    WFPW_HAS_LAYER_ID = 0x100,
    WFPW_HAS_LOOPBACK = 0x200,
    WFPW_HAS_PROCESS_ID = 0x400,
    WFPW_HAS_REAUTH_REASON = 0x800,
    WFPW_HAS_PROFILES = 0x1000, /* original_profile, current_profile */
    WFPW_HAS_INTERFACE_INDEX = 0x2000,
    WFPW_HAS_POLICY_FLAGS = 0x4000,
    WFPW_HAS_CAPABILITY = 0x8000,
    WFPW_HAS_LOST = 0x10000,     /* how many events a gap hides; without it the number is unknown */
    WFPW_HAS_TYPE_RAW = 0x20000, /* FWPM_NET_EVENT_TYPE as it came */
    WFPW_HAS_NOT_PACKAGED = 0x40000, /* the source says: no AppContainer (the null SID) */
    WFPW_HAS_CAPABILITIES = 0x80000  /* capabilities, which may be 0: none */
};

/* wfpw_event.flags */
enum {
    WFPW_EVENT_LOOPBACK = 0x1,
    WFPW_EVENT_TRUNCATED = 0x2, /* some text did not fit the limits of one event (docs/limits.md) */
    WFPW_EVENT_PARTIAL = 0x4,   /* a part could not be read and is absent: wfpw_stats.skipped */
    WFPW_EVENT_OWN_FILTER = 0x8,    /* its filter is one of own_provider's */
    WFPW_EVENT_OWN_PROCESS = 0x10,  /* live: of this very program, whichever process of it */
    WFPW_EVENT_OWN_LOOKUP = 0x20,   /* live: perhaps a look-up of an account, made for us: of
                                       lsass.exe or svchost.exe, meanwhile */
    WFPW_EVENT_AFTER_DAMAGE = 0x40, /* of a file: reading was taken up again behind damage, at this
                                      event or a little before it (docs/limits.md). Where the
                                      damaged record ends cannot always be told: this event may be
                                      what its data say, made up by whoever wrote them */
    WFPW_EVENT_MERGED = 0x100       /* a net event and the audit record of the same decision */
};

/* ---- structs -------------------------------------------------------------------------------- */

typedef struct wfpw_session wfpw_session;   /* sources, and the events read from them */
typedef struct wfpw_batch wfpw_batch;       /* room for events; reused from read to read */
typedef struct wfpw_template wfpw_template; /* which events are wanted */
typedef struct wfpw_names wfpw_names;       /* filters, layers, providers, ... by id and key */
typedef struct wfpw_system wfpw_system;     /* a stand-in for Windows, from wfpwatch/sim.h */

/* What failed. You own the struct, which need not be filled before a call; its size never changes.
 */
typedef struct {
    uint32_t size;    /* set by the library */
    int32_t status;   /* WFPW_E_* */
    uint32_t os_code; /* the system's code: Win32, RPC or FWP_E_*, or errno; 0 when there is none */
    uint32_t reserved; /* 0 */
    uint64_t position; /* in a file: byte offset; in a text: the character, counted from 0 */
    char where[40];    /* the call that failed, or the place */
    char text[120];    /* what happened, one sentence */
} wfpw_error;

/* Called on the caller's thread and, in a live session, on the library's own, never from a
 * callback of the system. alloc returns NULL when there is none; free takes NULL. */
typedef struct {
    void *(WFPW_CALL *alloc)(void *ctx, size_t bytes);
    void(WFPW_CALL *free)(void *ctx, void *p);
    void *ctx;
} wfpw_allocator;

/* level: 1 error, 2 warning, 3 information. Called on the thread where it happens: the caller's, or
 * in a live session one of the library's, so it must be quick and thread-safe. */
typedef void(WFPW_CALL *wfpw_log_fn)(void *ctx, int level, const char *text);

typedef struct {
    uint32_t size;       /* sizeof(wfpw_options) */
    uint32_t flags;      /* WFPW_OPEN_* */
    uint32_t ring_bytes; /* live: of each of the two queues; 0 is 4 MiB; rounded up to a power of 2,
                            64 KiB to 256 MiB */
    uint32_t threads;    /* .evtx files: threads that read and decode, beside the caller's; 0 is
                            none, at most 64. What comes from a pipe the caller's decodes */
    const wfpw_system *system;       /* NULL: this host; else kept by you until wfpw_close */
    const wfpw_allocator *allocator; /* NULL: malloc and free; the struct is copied */
    wfpw_log_fn log;                 /* NULL: silent */
    void *log_ctx;
    wfpw_names *names;    /* what events are named from, live ones when the engine does not know:
                             kept by you until wfpw_close; may be NULL */
    uint32_t names_bytes; /* memory that names may take, of a wfpw_names, and of a live source;
                             0 is 64 MiB; 4 MiB to 1 GiB */
    uint32_t reserved;    /* 0 */
    const char
        *state_dir; /* where leases are kept, kept by you until wfpw_close; NULL: the place of
                       this system, or of the simulator. On Windows a registry key below
                       HKEY_LOCAL_MACHINE, "SOFTWARE\\Vendor\\Product"; elsewhere the absolute
                       path of a directory that is this user's alone (it is made, its parent
                       is not). All programs that are to share leases name the same. */
    const wfpw_template *match; /* the events that are wanted: kept by you, and not added to, until
                                   wfpw_close; NULL: all */
    const char *own_provider;   /* key of the provider, as {guid}, whose filters are your own
                                   (WFPW_FILTER_HAS_OWN, WFPW_EVENT_OWN_FILTER), wherever their
                                   names come from; NULL: none. Copied */
    uint32_t join_ms;   /* live: how long an event may be held while its filter's name is on its
                           way, or what the engine kept during an outage; 0 is 250, at most 60000 */
    uint32_t reserved2; /* 0 */
    uint32_t join; /* WFPW_JOIN_*: which net events wait for the audit record of their decision */
    uint32_t join_window_ms; /* how far apart in time the two may be, and how long a half waits for
                                the other; 0 is 2000, at most 60000 */
    uint32_t join_bytes;     /* memory for what waits; 0 is 8 MiB; 256 KiB to 1 GiB */
    uint32_t reserved3;      /* 0 */
} wfpw_options;

/* wfpw_options.join, for sessions that read both net events and audit records. A record that may be
 * the other half of a net event waits, too. What waits comes later than other events of its time,
 * unless WFPW_OPEN_ORDERED is set. */
enum {
    WFPW_JOIN_NEEDED = 0, /* those whose reason is not certain (or whose process is asked for,
                             WFPW_OPEN_PID), when Windows writes such records */
    WFPW_JOIN_ALWAYS = 1,
    WFPW_JOIN_NEVER = 2
};

/* wfpw_options.flags. To look an account up a domain controller may be asked: no event waits for
 * that, user_name is there once the answer is. Well-known accounts have names without ACCOUNTS. */
enum {
    WFPW_OPEN_VERIFY = 0x1, /* files: compute the checksum of every block, not only when in doubt */
    WFPW_OPEN_NO_VERDICT = 0x2, /* do not explain: verdict, reason, evidence, confidence stay 0 */
    WFPW_OPEN_ACCOUNTS = 0x4,   /* live: look names of accounts up, on a thread of their own */
    WFPW_OPEN_NO_NAMES = 0x8,   /* live: do not ask the engine for names, only options.names */
    WFPW_OPEN_PID = 0x10, /* a net event without a process ID waits for the record that has it */
    WFPW_OPEN_ORDERED = 0x20, /* events come in the order in which they arrived, so that those which
                                wait for their other half hold up the others */
    WFPW_OPEN_ATTEMPTS = 0x40 /* tell which events are of one attempt (wfpw_event.attempt): what the
                                 same process did with the same addresses and ports, decided by the
                                 same filter, within 30 s. Takes 0.5 MiB */
};

/* wfpw_live.flags */
enum {
    WFPW_LIVE_OBSERVE = 0x1, /* change nothing on the host: see what is collected anyway */
    WFPW_LIVE_IPSEC = 0x2,   /* turn on monitoring of IPsec connections too; Windows may refuse to
                                turn it off again before a reboot (FWP_E_STILL_ON) */
    WFPW_LIVE_AUDIT_POLICY = 0x8, /* turn on what the template needs of the audit policy, under a
                                     lease: failures of Filtering Platform Connection, of Packet
                                     Drop if drops are wanted, successes of the former if allowed
                                     events are (and are among `keywords`). Not with OBSERVE */
    WFPW_LIVE_FILTERS = 0x4 /* filters that come and go are events, too: FILTER_ADD, FILTER_DELETE.
                               Nothing is changed on the host for that */
};

/* wfpw_live.keywords: what the engine records beside drops of outbound and of unicast inbound
 * traffic (FWPM_NET_EVENT_KEYWORD_*). A bit that this Windows does not know is left out, and said
 * in the log. */
enum {
    WFPW_KEYWORD_INBOUND_MCAST = 0x1,
    WFPW_KEYWORD_INBOUND_BCAST = 0x2,
    WFPW_KEYWORD_CAPABILITY_DROP = 0x4,
    WFPW_KEYWORD_CAPABILITY_ALLOW = 0x8,
    WFPW_KEYWORD_CLASSIFY_ALLOW = 0x10,     /* very many */
    WFPW_KEYWORD_PORT_SCANNING_DROP = 0x20, /* Windows 10 1903 and later */
    WFPW_KEYWORD_ALL = 0x3F
};

typedef struct {
    uint32_t size;    /* sizeof(wfpw_live) */
    uint32_t flags;   /* WFPW_LIVE_*; without OBSERVE collection is turned on under a lease */
    uint32_t wait_ms; /* how long wfpw_add_live waits for an engine that is not up; 0: not at all */
    uint32_t watch_ms; /* how often collection and engine are looked at; 0 is 1000, at least 10 */
    uint32_t keywords; /* WFPW_KEYWORD_*; 0: all. With OBSERVE 0 */
    uint32_t reserved; /* 0 */
    uint64_t since;    /* events that the engine still keeps, from this time on, come first; 0: only
                          new ones */
} wfpw_live;

/* wfpw_audit_log.flags */
enum {
    WFPW_AUDIT_CLASSIC = 0x1, /* read by number even if the modern functions would do */
    WFPW_AUDIT_OLDEST = 0x2,  /* begin with the oldest record that the log has */
    WFPW_AUDIT_PAST = 0x4     /* only what is in the log now; then the source is at its end */
};

/* The Security log as a source. Where it begins: behind `bookmark`, else with `since`, else with
 * the oldest record (WFPW_AUDIT_OLDEST, or PAST), else with what comes from now on. */
typedef struct {
    uint32_t size;     /* sizeof(wfpw_audit_log) */
    uint32_t flags;    /* WFPW_AUDIT_* */
    uint32_t wait_ms;  /* how long wfpw_add_audit waits for a log that is not up; 0: not at all */
    uint32_t watch_ms; /* how long it may be quiet before it is looked whether that is true; 0 is
                          60000, at least 10 */
    uint64_t since, until; /* of the records' time, both included; 0: no bound. until: with PAST */
    const char *bookmark;  /* what wfpw_get_bookmark gave, or Windows; NULL: none. Copied */
} wfpw_audit_log;

/* Which of the events that the engine keeps. */
typedef struct {
    uint32_t size;         /* sizeof(wfpw_history) */
    uint32_t flags;        /* 0 */
    uint64_t since, until; /* both included; 0: from the oldest, to the newest */
} wfpw_history;

/* Counts since wfpw_open. Whenever nothing is in flight,
 * received = delivered + waiting + merged + duplicate + filtered + dropped + undecoded;
 * gaps are counted apart. All are exact. */
typedef struct {
    uint32_t size;
    uint32_t state;           /* WFPW_STATE_* */
    uint64_t received;        /* events that came, and records of a file that are ours */
    uint64_t waiting;         /* received, and not yet read */
    uint64_t delivered;       /* read by the caller */
    uint64_t merged;          /* joined into another event */
    uint64_t duplicate;       /* left out as the second sight of one event */
    uint64_t filtered;        /* left out by a template; what the engine keeps back never came */
    uint64_t dropped;         /* lost in this process for want of room */
    uint64_t undecoded;       /* ours, but not readable */
    uint64_t gaps;            /* events of kind gap that were delivered */
    uint64_t passed_over;     /* records of a file that are none of ours */
    uint64_t skipped;         /* places in a file that could not be read: each was logged once */
    uint64_t warnings;        /* damage in a file that lost nothing, such as a wrong checksum */
    uint64_t bytes_read;      /* of files, so far */
    uint64_t bytes_total;     /* of all files added; without those whose size is not known */
    uint64_t last_event_time; /* of the newest event read; 0 when none */
    uint64_t names;           /* live: filters that are known, and deleted ones that still are */
    uint64_t names_bytes;     /* live: memory that names take */
    uint64_t names_filled;    /* live: how often the engine's lists were read as a whole */
    uint64_t unnamed; /* live: events that went on before their filter's name was there (join_ms) */
    uint32_t missing; /* WFPW_MISSING_*: what a live session does without */
    uint32_t log_path;  /* WFPW_LOG_PATH_*: how the Security log is read; 0: it is not */
    uint32_t log_state; /* WFPW_STATE_* of that source; `state` is the engine's, if there is one */
    uint32_t audit_policy;   /* WFPW_AUDIT_POLICY_* */
    uint64_t log_reconnects; /* how often the log was gone back to, for whatever reason */
    uint64_t join_crowded; /* events that left without waiting any longer for their other half, for
                              want of room (join_bytes) */
} wfpw_stats;

/* addr: 4 bytes (family 4) or 16 bytes (family 6) in network order; family 0: no address. */
typedef struct {
    uint8_t addr[16];
    uint32_t scope_id;
    uint16_t port; /* host order */
    uint8_t family;
    uint8_t reserved;
} wfpw_endpoint;

typedef struct {
    const char *name; /* never NULL; a field without a name of its own has its element's */
    const char *value;
    uint32_t name_length, value_length; /* bytes, without the NUL */
    uint32_t flags;                     /* WFPW_FIELD_* */
    uint32_t reserved;
} wfpw_field;

enum {
    WFPW_FIELD_NAME_PLAIN = 0x1,  /* nothing in it needs an escape in JSON */
    WFPW_FIELD_VALUE_PLAIN = 0x2, /* clear says nothing */
    WFPW_FIELD_REPEATED = 0x4,    /* another field of the record has the same name */
    WFPW_FIELD_SHORT = 0x8 /* neither name nor value is longer than 32 bytes, and 32 may be read of
                              each, whatever stands there; clear says nothing */
};

/* A record of the Security log. */
typedef struct {
    uint32_t size;
    uint32_t event_id;
    uint32_t version; /* does not fix the list of fields: read them by name (wfpw_audit_get) */
    uint32_t task;
    uint64_t record_id;
    uint64_t keywords;    /* 0x8020000000000000 audit success, 0x8010000000000000 audit failure */
    const char *computer; /* NULL when absent */
    const wfpw_field *fields; /* in the record's order, as they came */
    uint32_t field_count;
    uint32_t field_stride; /* bytes from one field to the next */
} wfpw_audit;

/* IKE and AuthIP failures: main mode, quick mode, extended mode (FWPM_NET_EVENT_IKEEXT_*). */
typedef struct {
    uint32_t size;
    uint32_t present;      /* WFPW_IKE_HAS_* */
    uint32_t error;        /* Win32 or IPsec (13xxx) error */
    uint32_t point;        /* IPSEC_FAILURE_POINT: 0 none, 1 this host, 2 the peer */
    uint32_t flags;        /* as it came; the bits differ between main and extended mode */
    uint32_t module;       /* IKEEXT_KEY_MODULE_TYPE */
    uint32_t state;        /* IKEEXT_{MM,QM,EM}_SA_STATE */
    uint32_t role;         /* IKEEXT_SA_ROLE: 0 initiator, 1 responder */
    uint32_t auth_method;  /* IKEEXT_AUTHENTICATION_METHOD_TYPE */
    uint32_t traffic_type; /* IPSEC_TRAFFIC_TYPE: 0 transport, 1 tunnel */
    uint64_t mm_id;
    uint64_t filter_id; /* of the main mode or quick mode filter */
    uint64_t mm_sa_luid;
    uint8_t cert_hash[20];
    uint32_t reserved;
    const char *local_principal, *remote_principal;
    const char *local_groups, *remote_groups; /* SIDs as text, parted by one space */
    const char *local_subnet, *remote_subnet; /* address, address/prefix or address-address */
    const char *provider_context;             /* {guid} */
} wfpw_ike;

enum {
    WFPW_IKE_HAS_FLAGS = 0x1,
    WFPW_IKE_HAS_MODULE = 0x2,
    WFPW_IKE_HAS_AUTH_METHOD = 0x4,
    WFPW_IKE_HAS_TRAFFIC_TYPE = 0x8,
    WFPW_IKE_HAS_MM_ID = 0x10,
    WFPW_IKE_HAS_MM_SA_LUID = 0x20,
    WFPW_IKE_HAS_CERT_HASH = 0x40
};

/* IPsec drops and the arrival of a packet in low-power mode. */
typedef struct {
    uint32_t size;
    uint32_t present; /* WFPW_IPSEC_HAS_* */
    uint32_t status;  /* NTSTATUS */
    uint32_t spi;
    wfpw_endpoint public_host, internal_host; /* of a DoS-protection drop; family 0 elsewhere */
} wfpw_ipsec;

enum { WFPW_IPSEC_HAS_STATUS = 0x1, WFPW_IPSEC_HAS_SPI = 0x2, WFPW_IPSEC_HAS_HOSTS = 0x4 };

/* A frame dropped at a MAC layer; field names as in FWPM_NET_EVENT_CLASSIFY_DROP_MAC0. */
typedef struct {
    uint32_t size;
    uint8_t local[6], remote[6];
    uint32_t media_type, if_type, ether_type, ndis_port, vlan;
    uint32_t reserved;
    uint64_t if_luid;
} wfpw_mac;

/* The switch and ports of a drop inside a Hyper-V virtual switch. */
typedef struct {
    uint32_t size;
    uint32_t source_port;
    uint32_t destination_port;
    uint32_t reserved;
    const char *id; /* as the system gave it */
} wfpw_vswitch;

/* A filter that ended the decision in its sublayer. There is one for each sublayer that decided, so
 * several may block; filter_id of the event names one of them. Only netsh tells (docs/facts.md). */
typedef struct {
    uint64_t filter_id;   /* 0 when the source did not say */
    const char *sublayer; /* FWPP_SUBLAYER_INTERNAL_FIREWALL_WF and the like; NULL when absent */
    uint32_t action;      /* FWP_ACTION_TYPE (WFPW_LIST_ACTION); 0 when the source did not say */
    uint32_t reserved;
} wfpw_terminating;

/* A condition of a filter. Conditions of one field that stand side by side are alternatives, those
 * of different fields hold together. Symbols are spelled as netsh does; texts may be NULL. */
typedef struct {
    const char *field; /* FWPM_CONDITION_IP_REMOTE_PORT, or {guid} */
    const char *match; /* FWP_MATCH_EQUAL */
    const char *type;  /* FWP_UINT16 */
    const char *value; /* a number, an address, a SID, SDDL; of bytes their text, or hexadecimal; of
                          a range its low end; of an address with a mask the address */
    const char *high;  /* of a range its high end, of an address the mask or the prefix length */
    const char *range_type; /* the type of a range's ends */
    const char *text;       /* all of it, as a person reads it: "remote port = 443" */
} wfpw_condition;

/* A filter and what it names. Keys are symbols as netsh spells them (FWPM_LAYER_...), or {guid} in
 * lower case. Texts that the source did not give are NULL. */
typedef struct {
    uint32_t size;
    uint32_t state;   /* WFPW_FILTER_STATE_* */
    uint32_t present; /* WFPW_FILTER_HAS_* */
    uint32_t flags;   /* FWPM_FILTER_FLAG_*: the bits whose number is known */
    uint64_t id;      /* run-time id */
    uint64_t weight;  /* as it was asked for; weight_type says how it is meant */
    uint64_t effective_weight;
    uint64_t raw_context;  /* instead of a provider context */
    uint64_t deleted_time; /* of a deleted one, when that is known; else 0 */
    uint64_t from_time;    /* when the source saw it (a dump was written); 0: not known */
    uint32_t action;       /* FWP_ACTION_TYPE: 0x1001 block, 0x1002 permit, ...; 0: not known */
    uint32_t truncated;    /* 1: it had more than is kept (docs/limits.md) */
    const char *key;       /* {guid} */
    const char *name, *description;                                       /* often localized */
    const char *layer, *sublayer, *provider, *callout, *provider_context; /* keys */
    const char *layer_name, *sublayer_name, *provider_name, *callout_name;
    const char *action_name; /* FWP_ACTION_BLOCK */
    const char *weight_type; /* FWP_EMPTY, FWP_UINT8 (a range, 0 to 15) or FWP_UINT64 */
    const char *origin; /* why it is there, as audit events call it; never localized: "Stealth" */
    const char *from;   /* where this is known from: the dump's file name, "audit" or
                         "live" */
    const char *const *flag_names; /* FWPM_FILTER_FLAG_INDEXED, ...; unknown bits as hexadecimal */
    const wfpw_condition *conditions;
    uint32_t flag_count;
    uint32_t condition_count;
    uint32_t condition_stride; /* bytes from one condition to the next */
    uint32_t reserved;
} wfpw_filter;

enum {
    WFPW_FILTER_HAS_WEIGHT = 0x1,
    WFPW_FILTER_HAS_EFFECTIVE_WEIGHT = 0x2,
    WFPW_FILTER_HAS_RAW_CONTEXT = 0x4,
    WFPW_FILTER_CALLOUT_MISSING = 0x10, /* its callout is known, and no driver has registered it */
    WFPW_FILTER_HAS_OWN = 0x8 /* it is of own_provider: of the session's, or of the collection's */
};

/* What a wfpw_names holds. */
typedef struct {
    uint32_t size;
    uint32_t reserved;
    uint64_t filters; /* that can be found now */
    uint64_t loaded;  /* filters that the dumps held */
    uint64_t evicted; /* filters given up for want of room: raise names_bytes */
    uint64_t refused; /* providers, callouts, ... not kept for want of room */
    uint64_t skipped; /* places in a dump that could not be read: each was logged once */
    uint64_t bytes;   /* memory in use */
} wfpw_names_stats;

typedef struct wfpw_event {
    uint32_t size;
    uint32_t present; /* WFPW_HAS_* */
    uint64_t seq;     /* given at delivery: 1, 2, 3, ... without holes, gaps included */
    uint64_t time;
    uint32_t kind;          /* WFPW_KIND_* */
    uint32_t source;        /* WFPW_SOURCE_* */
    uint32_t flags;         /* WFPW_EVENT_* */
    uint8_t direction;      /* WFPW_DIRECTION_* */
    uint8_t orientation;    /* WFPW_ORIENTATION_*; audit events only */
    uint8_t pid_from;       /* WFPW_PID_FROM_* */
    uint8_t direction_from; /* WFPW_DIRECTION_FROM_*; 0: the direction is not known */
    uint32_t direction_raw; /* MS direction 0x3900 to 0x3903, FWP_DIRECTION 0 or 1, or %%N's N */
    uint32_t protocol;      /* IANA number */
    uint32_t layer_id;      /* FWPS run-time layer id; 0 to 55 are the same on every Windows */
    uint32_t reauth_reason; /* FWP_CONDITION_REAUTHORIZE_REASON_* */
    uint32_t original_profile, current_profile; /* 0 none, 1 public, 2 private, 3 domain */
    uint32_t interface_index;
    uint32_t capability; /* FWPM_APPC_NETWORK_CAPABILITY_TYPE */
    uint32_t type_raw;   /* FWPM_NET_EVENT_TYPE */
    uint32_t lost_where; /* WFPW_LOST_* */
    uint64_t process_id;
    uint64_t filter_id; /* run-time id: names a filter only within one life of the engine */
    uint64_t policy_flags;
    uint64_t lost;
    wfpw_endpoint local, remote;
    const char *device_path; /* the application, as it came: an NT device path, or "System" */
    const char *user_sid, *user_name, *package_sid; /* user_name: DOMAIN\name, or a name; of
                                                       well-known accounts in English */
    const char *enterprise_id, *effective_name;
    const char *filter_origin; /* as newer audit records and netsh carry it */
    const wfpw_audit *audit;
    const wfpw_ike *ike;
    const wfpw_ipsec *ipsec;
    const wfpw_mac *mac;
    const wfpw_vswitch *vswitch;
    const char *layer_key;  /* of layer_id: FWPM_LAYER_...; ids above 55 differ between versions of
                               Windows: without a dump they are named as in Windows 11 */
    const char *layer_name; /* "ALE Connect v4 Layer" */
    const wfpw_filter *filter; /* of filter_id; NULL without names, or when the id is 0 */
    const char *fqbn;          /* the application's fully qualified binary name */
    const wfpw_terminating *terminating;
    uint32_t terminating_count, terminating_stride; /* stride: bytes from one to the next */
    uint32_t capabilities; /* of the application: bit N is capability N of WFPW_LIST_CAPABILITY */
    uint32_t reserved2;
    uint32_t evidence;       /* WFPW_EVIDENCE_*, all that said so; 0: nothing did */
    uint16_t reason;         /* WFPW_REASON_*: why */
    uint8_t verdict;         /* WFPW_VERDICT_* */
    uint8_t confidence;      /* WFPW_CONFIDENCE_*: how sure the reason is */
    const char *app_path;    /* live, kept: device_path as a path of this host: C:\tools\nc.exe, or
                                \\server\share\nc.exe; NULL when it has none ("System", a volume that
                                is not mounted), and in what comes from a file, as that was another
                                host perhaps */
    uint64_t lost_from;      /* of a gap: when it began, at the earliest; `time` is its end. 0: not
                                known */
    const char *file;        /* of a file: the path as it was given to wfpw_add_file, its first 4096
                                bytes, U+FFFD for what is no UTF-8; NULL: it came from elsewhere */
    int64_t join_lag;        /* MERGED: how much later than `time` the record's time is, 100 ns */
    uint32_t join_window_ms; /* MERGED: how far apart the two may have been */
    uint32_t differs;        /* MERGED: WFPW_DIFFERS_*, what the two say differently */
    uint32_t audit_evidence; /* MERGED: what of `evidence` the record says */
    uint32_t attempt_event;  /* which event of its attempt it is: 1, 2, ...; 0 without ATTEMPTS */
    uint64_t attempt;        /* the seq of the first event of its attempt; 0 without ATTEMPTS */
} wfpw_event;

/* A reason in words. All texts are static, none is NULL. */
typedef struct {
    uint32_t size;
    uint32_t code;      /* WFPW_REASON_* */
    const char *name;   /* its word */
    const char *text;   /* what it means, a sentence */
    const char *remedy; /* what to do about it, or "" */
} wfpw_reason;

/* One thing that was looked at. The text is inside the struct, so a row may be copied. */
typedef struct {
    uint32_t size;      /* of the struct, as you know it */
    uint32_t code;      /* WFPW_CHECK_* */
    uint32_t level;     /* as in the log: 1 error, 2 warning, 3 all is well */
    uint32_t os_code;   /* the system's code, when a call failed; else 0 */
    const char *name;   /* the word for the code; static */
    const char *remedy; /* what to do, one sentence, or ""; static */
    char text[168];     /* what was found, one sentence */
} wfpw_row;

/* What of a subcategory's events is recorded; neither: nothing. */
enum { WFPW_AUDITED_SUCCESS = 0x1, WFPW_AUDITED_FAILURE = 0x2 };

/* A subcategory of the audit policy. Texts are inside the struct, or static and never NULL. */
typedef struct {
    uint32_t size;                 /* of the struct, as you know it */
    uint32_t audited;              /* WFPW_AUDITED_*: what is recorded now */
    uint32_t os_code;              /* the system's code when that could not be asked; else 0 */
    uint32_t needed;               /* WFPW_AUDITED_*: without it events of blocks are not written */
    uint32_t decided_by;           /* WFPW_DECIDED_* */
    uint32_t decided;              /* WFPW_AUDITED_*: what GROUP_POLICY, LOCAL_POLICY or MDM says */
    const char *category, *name;   /* in English; "" for one that this library does not know */
    const char *word;              /* a short one for it, or "" */
    const char *success, *failure; /* the IDs of our events that are written then, or "" */
    char guid[40];                 /* {0CCE9226-69AE-11D9-BED3-505054503030} */
    char host_category[128];       /* as this host calls them, or "" */
    char host_name[192];
} wfpw_audit_policy;

/* What wfpw_audit_policy_restore did. */
typedef struct {
    uint32_t size;    /* of the struct, as you know it */
    uint32_t set;     /* subcategories that were changed */
    uint32_t same;    /* that were as the text says */
    uint32_t kept;    /* rows that say: leave it as it is (WFPW_RESTORE_POLICY) */
    uint32_t absent;  /* rows of subcategories that this Windows does not have */
    uint32_t unread;  /* lines that are none, or whose setting is not understood: each was logged */
    uint32_t users;   /* rows left: of the policy of one account */
    uint32_t options; /* rows left: CrashOnAuditFail and the like */
    uint32_t sacls;   /* rows left: global object access */
    uint32_t reserved; /* 0 */
} wfpw_audit_restored;

/* flags of wfpw_audit_policy_restore */
enum {
    WFPW_RESTORE_POLICY = 0x1 /* the text is a Group Policy's audit.csv: 0 leaves a subcategory as
                                 it is. In a backup it is "no auditing" */
};

/* Who asks one of a template's conditions. */
typedef struct {
    uint32_t size;
    uint32_t code;         /* WFPW_ASKED_BY_* */
    const char *name;      /* its word; static */
    const char *condition; /* as it was added; the template's own memory */
    const char *why;       /* why the engine is not asked it, a sentence, or ""; static */
    uint32_t log_code;     /* the same of records of the Security log: LOG, CALLBACK (when it has
                              been read) or EVENT */
    uint32_t reserved;     /* 0 */
    const char *log_name;  /* its word; static */
    const char *log_why;   /* why it is not in the query, a sentence, or ""; static */
} wfpw_asked;

/* A batch's memory at a glance: every pointer in the events lies in [base, base + bytes), so a
 * binding may copy the block once and follow the pointers by their distance from base. */
typedef struct {
    const void *base;
    size_t bytes;
    const wfpw_event *events;
    uint32_t count;
    uint32_t stride; /* bytes from one event to the next */
} wfpw_view;

/* ---- words ---------------------------------------------------------------------------------- */

/* The library's version: major << 16 | minor << 8 | patch. Any thread. */
WFPW_API uint32_t WFPW_CALL wfpw_version(void);

/* The size of a public struct as this library was built with it, by its name ("wfpw_event"); 0 for
 * a name that is none. For bindings, which check their own declarations with it. Any thread. */
WFPW_API uint32_t WFPW_CALL wfpw_sizeof(const char *struct_name);

/* What a result means, one short English text; never NULL. Any thread. */
WFPW_API const char *WFPW_CALL wfpw_strerror(int status);

/* What to do about an error, one sentence, or "" when there is nothing to do; never NULL. The text
 * is static. e may be NULL. Any thread. */
WFPW_API const char *WFPW_CALL wfpw_remedy(const wfpw_error *e);

/* The word for a code of one of WFPW_LIST_*; "" when there is none; never NULL, static. Any thread.
 */
WFPW_API const char *WFPW_CALL wfpw_word(uint32_t list, uint32_t code);

/* What a reason means and what to do about it. Set out->size; it comes back as what was filled.
 * Returns 1, or 0 for a code that this library does not have; E_INVAL. Any thread. */
WFPW_API int WFPW_CALL wfpw_reason_info(uint32_t reason, wfpw_reason *out);

/* What to do about an event, by its reason and by what the event has: it speaks of no user that a
 * record does not name, of no filter where none matched, of no names when they were given. A
 * sentence or a few, "" when there is nothing to do; never NULL, static. ev may be NULL. Any
 * thread. */
WFPW_API const char *WFPW_CALL wfpw_event_remedy(const wfpw_event *ev);

/* What a code of Windows means, in words and with its name: FWP_E_* and STATUS_FWP_*, IPsec and IKE
 * errors (13000 to 13932), NTSTATUS of IPsec, and the Win32 and RPC errors that the engine gives.
 * "" when it is not known; never NULL, static. Any thread. */
WFPW_API const char *WFPW_CALL wfpw_system_text(uint32_t code);

/* ---- session: add sources, then read -------------------------------------------------------- */

/* Opens a session without a source. o may be NULL for the defaults.
 * Errors: E_INVAL (size, an unknown flag or a tail that is not zero), E_NOMEM. */
WFPW_API int WFPW_CALL wfpw_open(const wfpw_options *o, wfpw_session **out, wfpw_error *e);

/* Adds the host's engine: starts the service thread, subscribes with the newest
 * FwpmNetEventSubscribeN there is, and turns on collection of net events and its keywords. One per
 * session. o may not be NULL.
 * What is turned on is held under a lease: recorded before it is changed, put back by wfpw_close
 * (or wfpw_stop) when no other session wants it, and only where it is still as we left it. When
 * this process dies, the next one that opens a live session, or wfpw_restore, puts it back. The
 * settings are the machine's and outlive a reboot; so do leases. If another program turns
 * collection off meanwhile, it is turned on again within watch_ms, and told as a gap (where:
 * collection). With WFPW_LIVE_OBSERVE nothing is touched.
 * Settings stand beside the subscription. When they cannot be changed, or the record of leases
 * cannot be had (damaged, of a newer version, locked by a process that does not go on), nothing is
 * changed, what is collected anyway comes, wfpw_stats.missing tells (SETTINGS, LEASES), and it is
 * tried again, less and less often.
 * With `since`, events that the engine kept from before come first, in the order of their time; one
 * that is kept and also comes from the subscription is delivered once, and counted as duplicate.
 * An engine that goes away (its service restarts, the session is aborted, a look at it fails with
 * whatever code but "access denied") is connected to anew, for as long as it takes, and whatever
 * code that gives, after 50 ms, then twice as long, up to 5 s; the state is WAITING meanwhile. A
 * gap (where: outage) tells from when to when, and what the engine kept meanwhile comes after it.
 * That is read, too, when the clock is ahead of what was waited for: the machine slept.
 * Filters are named from the engine itself (wfpw_event.filter, its `from` is "live"), unless
 * WFPW_OPEN_NO_NAMES is set: it is asked for its lists when this call has returned, tells of
 * changes (FwpmFilterSubscribeChanges0), and is asked for what an event means and is not known
 * (join_ms). Another life of the engine is told apart from this one.
 * With WFPW_LIVE_FILTERS the changes are events, in the order in which they were told, each after
 * its filter has been asked for: `time` is when it was told, `filter` what came or went, of which
 * without names only id and key are known (UNKNOWN). What changes while the engine is away is not
 * told, as the gap (where: outage) says. If Windows does not tell of changes, this call fails then.
 * With WFPW_LIVE_AUDIT_POLICY the same is done to the audit policy, on a thread of its own: it is
 * looked at every watch_ms, what somebody turned off is turned on again and told as a gap (where:
 * audit policy), at the third time within an hour it is left to whoever decides it;
 * wfpw_stats.audit_policy tells. It is tried before this call returns, unless Windows takes more
 * than 5 s for it. If it is refused, that is no error of this call.
 * Rights: each of subscribing, reading what is kept, reading names, seeing settings and changing
 * them may be refused to a user. Only the first ends in E_ACCESS; without the others the session
 * goes on, says so once in the log, and wfpw_stats.missing has it: what is collected anyway still
 * comes.
 * Blocks until subscribed or refused, or wfpw_stop is called (E_STOPPED; also when it was called
 * before): at most wait_ms and the time that the engine takes for its calls, of which those about
 * settings are waited for 5 s at most. Within wait_ms every code is tried again, unless it is known
 * to be for good: access denied, a function that is not there, a wrong argument. Errors: E_NOTSUP
 * (this host has no filtering engine, or lacks the library or function that `where` names, cannot
 * monitor IPsec, has no audit policy, or has no place for leases), E_ACCESS, E_NOSERVICE,
 * E_TIMEOUT, E_DISABLED, E_IO (a condition names a file by app= that is not there), E_SYSTEM
 * (os_code tells), E_STOPPED, E_INVAL (a second one), E_NOMEM. On Windows not from DllMain, where
 * the thread could not start. */
WFPW_API int WFPW_CALL wfpw_add_live(wfpw_session *s, const wfpw_live *o, wfpw_error *e);

/* Adds what the host's engine keeps of net events: the newest 100 to 150 or so, in memory, since
 * the service started or collection was last turned on. They are read here, as one snapshot, with
 * the newest FwpmNetEventEnumN there is, on a thread that this call waits for: it takes as long as
 * the engine does. wfpw_read gives them by their time, among the files in the order added. Changes
 * nothing on the host. o may be NULL: all of them. Memory: what they take, at most ring_bytes of
 * the options but 1 MiB at least; if there are more, a gap stands at their end. They have paths and
 * well-known accounts as live events do; which volumes there are is asked here, once.
 * Errors: E_DISABLED (collection is off, and what was kept goes when it is turned on), E_ACCESS,
 * E_NOSERVICE, E_TIMEOUT, E_NOTSUP, E_SYSTEM, E_INVAL, E_IO (the file in a condition app= is not
 * there), E_NOMEM. On Windows not from DllMain, where the thread could not start. */
WFPW_API int WFPW_CALL wfpw_add_history(wfpw_session *s, const wfpw_history *o, wfpw_error *e);

/* Adds the Security log of this host, live: records 5031, 5146 to 5160, 5440 to 5451, 4719, 4950,
 * and what tells of losses and breaks (1100 to 1108, 4608, 4609, 4612, 4616), as events of source
 * AUDIT_LOG, beside a live engine or alone. One per session. It has a thread of its own, which
 * calls nobody but Windows, the log function and the allocator. Nothing on the host is changed:
 * which records are written is the audit policy's matter. o may be NULL: from now on.
 * The records are waited for by a subscription, and rendered as XML; conditions of options.match
 * that the log can be asked go into its query (wfpw_template_explain). Whatever ends the
 * subscription - the service restarts, the log wraps, is cleared or stops giving without a word -
 * it is taken up again behind the last record. What is lost meanwhile is a gap (where: log) with
 * the number if it is known; `audit` is the record that told of it, if one did. A record that comes
 * twice is counted as duplicate. When the reader is slow nothing is dropped here: the log keeps it,
 * until it overwrites it.
 * Where the modern functions are refused or missing, or with WFPW_AUDIT_CLASSIC, records are read
 * by number (OpenEventLog): their time is in seconds, fields are named by the lists of the known
 * versions, and what such a record does not tell is absent. That needs SE_SECURITY_NAME.
 * Reading needs membership of Administrators or Event Log Readers. Blocks until subscribed or
 * refused. Errors: E_ACCESS, E_NOSERVICE (the event log's service is away), E_NOTSUP, E_SYNTAX
 * (the bookmark is none), E_SYSTEM, E_INVAL (a second one), E_NOMEM. On Windows not from DllMain.
 * Source: the documentation of EvtSubscribe, EvtNext, EvtRender, NotifyChangeEventLog. */
WFPW_API int WFPW_CALL wfpw_add_audit(wfpw_session *s, const wfpw_audit_log *o, wfpw_error *e);

/* The place in the Security log behind the newest record that wfpw_read has given (or left out), as
 * a text in Windows' own form, which EvtCreateBookmark takes, too. Give it as
 * wfpw_audit_log.bookmark to go on there, in this process or another; store it after what was read
 * has been dealt with, not before. Before the first record it is the place where reading began, if
 * that is known. Returns its length without the NUL, 0 when there is none yet; E_RANGE when cap is
 * too small, and needed (may be NULL) tells the room wanted in every case; E_INVAL (no Security log
 * in the session). On the reader's thread. */
WFPW_API int WFPW_CALL wfpw_get_bookmark(const wfpw_session *s, char *buf, size_t cap,
                                         size_t *needed);

/* Adds a file: .evtx, the XML of Windows events, or the net events of netsh (netevents.xml, and
 * wfpdiag.xml, of which the rest is passed over). The format is told by the content; a netsh dump
 * that holds names and no events is E_FORMAT. "-" is standard input; pipes are fine. Files are read
 * one after the other, in the order added, as wfpw_read asks for events; memory does not grow with
 * a file's size. After E_EOF more may be added. Errors: E_IO (os_code is errno or the Win32 code),
 * E_FORMAT, E_NOMEM. */
WFPW_API int WFPW_CALL wfpw_add_file(wfpw_session *s, const char *path, wfpw_error *e);

/* The same for the content of a file that is in memory. The bytes are read in place: they must stay
 * as they are until wfpw_read has said E_EOF, or the session is closed. Errors: as wfpw_add_file.
 */
WFPW_API int WFPW_CALL wfpw_add_memory(wfpw_session *s, const void *data, size_t size,
                                       wfpw_error *e);

/* Reads the next events into b, which forgets what it held.
 * timeout_ms: how long to wait when there are none: 0 not at all, negative for ever. Files never
 * wait. No call of the engine, look-up or lock of another party is made on this thread; the lock of
 * options.names is held for a copy at a time.
 * Returns the number of events (at least 1), 0 when the time is over, E_EOF when every file and all
 * history has been read and there is no live source, E_STOPPED after wfpw_stop when all that waited
 * has been read, E_IO, E_FORMAT or E_NOMEM when a file failed (what it gave before comes first, and
 * the session goes on with the next one), or the error that ended the live source. A file that
 * blocks, such as a pipe that nobody writes to, blocks this call, and wfpw_stop does not end that.
 */
WFPW_API int WFPW_CALL wfpw_read(wfpw_session *s, wfpw_batch *b, int32_t timeout_ms, wfpw_error *e);

/* Something to wait on in a loop of your own: signalled while an event or a gap can be read, after
 * a change of state until the next wfpw_read, and after wfpw_stop. An event that is held (for its
 * filter's name, for where its volume is or, after an outage, for what was kept: join_ms) does not
 * signal it before it can be read or its time is over; for that time there is a thread of ours,
 * which the first call of this function starts, so that a loop that waits without a timeout, then
 * reads until 0, sleeps as long as nothing can be read.
 * A HANDLE on Windows, elsewhere a file descriptor to poll() for POLLIN. Ours: never read, reset or
 * close it. -1 without a live source, as files never wait. What is left out only by the reader
 * signals it, too, and wfpw_read returns 0: what conditions on verdict, reason or own leave out,
 * and changes of filters (WFPW_LIVE_FILTERS) that any condition leaves out. */
WFPW_API intptr_t WFPW_CALL wfpw_wait_handle(const wfpw_session *s);

/* The counts as they are now. Any thread. Errors: E_INVAL. */
WFPW_API int WFPW_CALL wfpw_get_stats(const wfpw_session *s, wfpw_stats *out);

/* Ends the session's reading: a waiting wfpw_read or wfpw_add_live returns, what waits may still be
 * read, then reads say E_STOPPED. Any thread, and safe in a handler of signals (the session's own
 * threads block them all); more than once is fine. Not while wfpw_close runs. */
WFPW_API void WFPW_CALL wfpw_stop(wfpw_session *s);

/* Closes the session and everything it owns, and puts back what it turned on. Waits for an engine
 * call under way, for those that putting back takes (5 s at most for the lock of the leases), for
 * an account that is being looked up (WFPW_OPEN_ACCOUNTS), and for callbacks that are running;
 * after it no code of the library runs for this session. No other thread may be inside a call with
 * s. On Windows not from DllMain while the process lives: the service thread could not end. A
 * process that ends with open sessions needs no call. */
WFPW_API void WFPW_CALL wfpw_close(wfpw_session *s);

/* ---- host: what we change on it, and how it is put back -------------------------------------- */

/* Looks at the engine, its settings, our leases and this process's rights (each is asked for by
 * subscribing or beginning a list, which ends at once), and changes nothing. o: system, state_dir
 * and allocator are used; NULL for the defaults. rows: room for cap rows, of which rows[0].size
 * tells the size of your struct (wfpw_row); may be NULL when cap is 0. What fails is a row of level
 * 1, not an error. The engine is asked on a thread of its own, which this call waits for. Returns
 * how many rows there are (at most 16), of which the first cap were filled. Errors: E_INVAL,
 * E_NOTSUP (this host has no filtering engine), E_NOMEM. */
WFPW_API int WFPW_CALL wfpw_check(const wfpw_options *o, wfpw_row *rows, uint32_t cap,
                                  wfpw_error *e);

/* Puts back what sessions of processes that have ended left on; leases of those that live stay.
 * Every wfpw_add_live without OBSERVE does so too. A record of leases that cannot be read is set
 * aside (kept under another name) with E_LEASE: what it held can no longer be known, and the next
 * call starts anew. o: system, state_dir, allocator and log are used; NULL for the defaults. On a
 * thread of its own, which this call waits for. Returns how many leases were settled. Errors:
 * E_NOTSUP, E_ACCESS, E_NOSERVICE, E_TIMEOUT, E_LEASE, E_IO, E_SYSTEM, E_INVAL, E_NOMEM. */
WFPW_API int WFPW_CALL wfpw_restore(const wfpw_options *o, wfpw_error *e);

/* The audit policy: what Windows records in the Security log, by subcategory. Reading and setting
 * need the privilege SeSecurityPrivilege ("Manage auditing and security log"), which
 * administrators have: it is turned on in a copy of the token that one thread has for one call, the
 * process's own is never touched. Of o system, allocator and log are used; NULL for the defaults.
 * Windows is asked on a thread of its own, which the call waits for. Common errors: E_NOTSUP (this
 * host has no audit policy, or its advapi32.dll lacks the function that `where` names), E_ACCESS
 * (os_code 1314: the privilege is not held), E_SYSTEM, E_INVAL, E_NOMEM. Sources: the documentation
 * of AuditQuerySystemPolicy, AuditSetSystemPolicy and their kin; MS-GPAC. */

/* Every subcategory that this Windows has, in the order of its categories. rows: room for cap rows,
 * of which rows[0].size tells the size of your struct; may be NULL when cap is 0. Returns how many
 * there are, of which the first cap were filled. */
WFPW_API int WFPW_CALL wfpw_audit_policy_get(const wfpw_options *o, wfpw_audit_policy *rows,
                                             uint32_t cap, wfpw_error *e);

/* Sets one subcategory, and nothing else. subcategory: its GUID (with braces or without), English
 * name, or word ("connection", "packet-drop", "policy-change", "other-policy-change",
 * "mpssvc-rules"). audited: WFPW_AUDITED_*, 0 for nothing. It stays so until somebody changes it;
 * what a live session lends itself is WFPW_LIVE_AUDIT_POLICY's matter. Returns 1, or 0 when it was
 * so. E_INVAL: there is no such subcategory, or this Windows does not have it. */
WFPW_API int WFPW_CALL wfpw_audit_policy_set(const wfpw_options *o, const char *subcategory,
                                             uint32_t audited, wfpw_error *e);

/* Writes the policy of all subcategories as 'auditpol /backup' does, lines of ASCII with CR LF, and
 * a NUL. Policies of accounts and options are not in it. Returns the length without the NUL;
 * E_RANGE when cap is too small, and needed (may be NULL) tells the length in every case. */
WFPW_API int WFPW_CALL wfpw_audit_policy_backup(const wfpw_options *o, char *buf, size_t cap,
                                                size_t *needed, wfpw_error *e);

/* Sets the subcategories that a text says: of wfpw_audit_policy_backup, 'auditpol /backup', or
 * 'auditpol /get /r', in whatever language, in UTF-8, UTF-16 or a code page. In one call of
 * Windows, which takes all or nothing. What else stands there (policies of accounts, options,
 * global object access) is left, and out (may be NULL; set out->size) counts it. flags:
 * WFPW_RESTORE_*. Returns how many subcategories were changed. E_SYNTAX: there is no line of a
 * subcategory in it. */
WFPW_API int WFPW_CALL wfpw_audit_policy_restore(const wfpw_options *o, const void *text,
                                                 size_t size, uint32_t flags,
                                                 wfpw_audit_restored *out, wfpw_error *e);

/* ---- batch and event ------------------------------------------------------------------------ */

/* Room for up to max_events events (1 to 65536; 0 is 256) in about `bytes` bytes (0 is 1 MiB; never
 * less than 320 KiB beside the events themselves, so that one event of any size has room).
 * NULL when there is no memory or max_events is out of range. */
WFPW_API wfpw_batch *WFPW_CALL wfpw_batch_new(uint32_t max_events, uint32_t bytes);
WFPW_API void WFPW_CALL wfpw_batch_free(wfpw_batch *b);

/* The i-th event of the last read; NULL past the end. Lives until the next read into b. */
WFPW_API const wfpw_event *WFPW_CALL wfpw_batch_get(const wfpw_batch *b, uint32_t i);

/* The whole batch as one block. */
WFPW_API void WFPW_CALL wfpw_batch_view(const wfpw_batch *b, wfpw_view *out);

/* The value of an audit record's field by its name, ignoring ASCII case (ProcessID, ProcessId);
 * NULL when it is not there. Of a field that came several times, the first. a may be NULL. */
WFPW_API const char *WFPW_CALL wfpw_audit_get(const wfpw_audit *a, const char *name);

/* Writes ev as one JSON object without a line end, and a NUL, to buf (docs/json.md is the
 * contract). flags: 0. Returns the length without the NUL; when cap is too small E_RANGE, and
 * needed (may be NULL) tells the length in every case. Any thread. */
WFPW_API int WFPW_CALL wfpw_to_json(const wfpw_event *ev, uint32_t flags, char *buf, size_t cap,
                                    size_t *needed);

/* Writes events of the last read as lines, from the *at-th on, without the end-th: each as
 * wfpw_to_json writes it and a newline, as many as there is room for, and a NUL behind them. *at
 * moves behind the last one that was written. In less time than so many calls: what an event shares
 * with one before is copied. flags: 0. Returns the bytes without the NUL, 0 when there is nothing
 * to write; E_RANGE when cap is too small for one line, and then needed (may be NULL) tells the
 * length of that line; E_INVAL. Any thread. */
WFPW_API int WFPW_CALL wfpw_batch_to_json(const wfpw_batch *b, uint32_t flags, uint32_t *at,
                                          uint32_t end, char *buf, size_t cap, size_t *needed);

/* ---- templates: which events are wanted ----------------------------------------------------- */

/* A template without conditions, which every event matches. allocator: NULL for malloc and free; it
 * is copied. Errors: E_INVAL, E_NOMEM. */
WFPW_API int WFPW_CALL wfpw_template_new(const wfpw_allocator *allocator, wfpw_template **out);

/* Adds one condition, the text KEY=VALUE or KEY!=VALUE; an event matches when all hold. VALUE is a
 * list parted by commas, of which one must fit. Keys, words and texts ignore ASCII case.
 *   protocol                        0 to 255, or a name: tcp
 *   local-port remote-port          0 to 65535; ICMP has none
 *   scope-id filter                 numbers; a filter's is its run-time id
 *   layer                           run-time id, or the key: ALE_AUTH_CONNECT_V4 (above 55 the ids
 *                                   are those of Windows 11)
 *   local-address remote-address    10.0.0.1, fe80::1, 10.0.0.0/8, 10.0.0.1-10.0.0.9
 *   direction                       inbound, outbound, forward, bidirectional
 *   verdict reason                  words of docs/reasons.md: block, stealth
 *   type                            a kind: classify_drop; of audit events also the ID: 5157
 *   own                             process (live: of this program), filter (of own_provider),
 *                                   lookup (live: perhaps an account's, for us)
 *   app user                        text, in which '*' stands for any. With a backslash in it, it
 *                                   is compared with the whole (a path, in both its forms: the
 *                                   device's and this host's; DOMAIN\name; a SID), else with what
 *                                   stands behind the last backslash. In "quotes" there may be
 *                                   commas. The names of accounts that are still being looked up
 *                                   (WFPW_OPEN_ACCOUNTS) are not there yet
 * Numbers are decimal, or hexadecimal after 0x, and may be ranges: 1000-2000. What an event does
 * not have equals nothing: `=` does not hold then, and `!=` does, being its exact opposite. Where
 * it is not known which side is local (orientation UNKNOWN), a condition on a side looks at both.
 * Errors: E_SYNTAX (position: the character of text that is wrong), E_INVAL (more than 256
 * conditions, 1024 values or 16 KiB), E_NOMEM; the template is then as it was. */
WFPW_API int WFPW_CALL wfpw_template_add(wfpw_template *t, const char *text, wfpw_error *e);

/* Whether ev matches: 1 or 0. An event of kind GAP always does. Any thread, while none adds.
 * Errors: E_INVAL. */
WFPW_API int WFPW_CALL wfpw_template_match(const wfpw_template *t, const wfpw_event *ev);

/* Who asks condition i of t (0, 1, ...; cheap ones first) in a live session. Windows is asked only
 * what it surely takes as we do, and whatever it says is asked again here: that saves work and
 * changes nothing of which events come. An app that is given as a file, C:\..., is looked for by
 * wfpw_add_live; when there is no such file that is E_IO. If this Windows does not take the
 * conditions, it is asked none, which is logged once. Set out->size; it comes back as what was
 * filled. Returns 1, or 0 past the last one; E_INVAL. Any thread, while none adds. Source: the
 * documentation of FWPM_NET_EVENT_ENUM_TEMPLATE0. */
WFPW_API int WFPW_CALL wfpw_template_explain(const wfpw_template *t, uint32_t i, wfpw_asked *out);

/* No session may be open that has t. */
WFPW_API void WFPW_CALL wfpw_template_free(wfpw_template *t);

/* ---- names ---------------------------------------------------------------------------------- */

/* Opens an empty collection of names. Of o (NULL: the defaults) names_bytes, own_provider,
 * allocator and log are used. It may be used by several sessions and threads at once; the allocator
 * and the log function must be as good. Errors: E_INVAL, E_NOMEM. */
WFPW_API int WFPW_CALL wfpw_names_open(const wfpw_options *o, wfpw_names **out, wfpw_error *e);

/* Reads a dump: filters.xml ('netsh wfp show filters'), wfpstate.xml ('netsh wfp show state', which
 * alone knows origins, layers and callouts) or wfpdiag.xml ('netsh wfp capture'). "-" is standard
 * input. What was loaded before stays; where both know an id the dump nearest to an event's time
 * counts. Damage costs the filter it stands in and is logged. Meanwhile other threads may use n.
 * Returns the number of filters. Errors: E_IO, E_FORMAT (no such dump, a DOCTYPE), E_NOMEM and
 * E_STOPPED after wfpw_names_stop (what was read before stays), E_NOTSUP (built without file
 * readers). */
WFPW_API int WFPW_CALL wfpw_names_load(wfpw_names *n, const char *path, wfpw_error *e);

/* The same for the content of a dump in memory, which is not kept. */
WFPW_API int WFPW_CALL wfpw_names_load_memory(wfpw_names *n, const void *data, size_t size,
                                              wfpw_error *e);

/* Ends loading for good: a call that loads into n returns E_STOPPED after a moment, and so does
 * each later one; what was read stays and can be asked. A file that blocks, such as a pipe that
 * nobody writes to, or a call of the engine that hangs, is not ended. Any thread, and a signal
 * handler; more than once is fine, and n may be NULL. */
WFPW_API void WFPW_CALL wfpw_names_stop(wfpw_names *n);

/* Reads what the engine of this host (or of o->system; of o nothing else is used, NULL is this
 * host) has now: its filters, those of boot time and disabled ones too, and what they name. It is
 * as a dump of this moment whose name is "live"; nothing is changed on the host. The engine is
 * asked on a thread of its own, which this call waits for; allocator and log of n may be called
 * there. What the user's rights do not show is missing, and is told in the log once a list. Returns
 * the number of filters. Errors: E_NOTSUP (this host has no filtering engine, or lacks the function
 * that `where` names), E_ACCESS, E_NOSERVICE, E_TIMEOUT (somebody changes the policy), E_SYSTEM,
 * E_INVAL, E_NOMEM, E_STOPPED; what was read before stays. Source: the documentation of
 * FwpmFilterCreateEnumHandle0, FwpmFilterEnum0 and their kin. */
WFPW_API int WFPW_CALL wfpw_names_load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e);

/* Writes what is known of a filter's id into buf, which is aligned to 8 and starts with a
 * wfpw_filter then; all that it points to lies in buf, too. time: of the event that names the id; 0
 * asks for the newest that is known, as its source had it. A dump tells of the moment when it was
 * written: at any other time its names are UNCERTAIN, between two dumps that give an id the same
 * key they are CURRENT. Returns 1, or 0 when the id is not known; E_RANGE when cap is too small,
 * and needed (may be NULL) tells what is needed in every case; E_INVAL. Any thread. */
WFPW_API int WFPW_CALL wfpw_names_get(wfpw_names *n, uint64_t id, uint64_t time, void *buf,
                                      size_t cap, size_t *needed);

/* One filter after the other, in the order in which they were loaded; *cursor starts as 0 and is
 * the library's, it stays as it was on E_RANGE. Returns 1, or 0 after the last one; else as
 * wfpw_names_get. */
WFPW_API int WFPW_CALL wfpw_names_next(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap,
                                       size_t *needed);

/* Any thread. Errors: E_INVAL. */
WFPW_API int WFPW_CALL wfpw_names_get_stats(wfpw_names *n, wfpw_names_stats *out);

/* Writes f as one JSON object, as wfpw_to_json does an event (docs/json.md). Any thread. */
WFPW_API int WFPW_CALL wfpw_filter_to_json(const wfpw_filter *f, uint32_t flags, char *buf,
                                           size_t cap, size_t *needed);

/* No session may be open that has n, and no other thread inside a call with it. */
WFPW_API void WFPW_CALL wfpw_names_close(wfpw_names *n);

#ifdef __cplusplus
}
#endif
#endif
