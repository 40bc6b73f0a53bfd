# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The C side: structs and prototypes as in wfpwatch.h and sim.h.

Pointers inside structs are plain numbers (None for NULL): events are read from a copy of their
block, where a pointer is only good for its distance from the block's start.
"""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_ssize_t,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Dict, List, Tuple, Type


class Struct(Structure):
    """A struct of the header. `grows`: a newer library may have a longer one, because its arrays
    come with a stride, it is read through a pointer, or we tell its size when we fill it."""

    grows = False


class Error(Struct):
    _fields_ = [
        ("size", c_uint32),
        ("status", c_int32),
        ("os_code", c_uint32),
        ("file", c_uint32),
        ("position", c_uint64),
        ("where", c_char * 40),
        ("text", c_char * 120),
    ]


# typedef void (*wfpw_log_fn)(void *ctx, int level, const char *text);
LogFn = CFUNCTYPE(None, c_void_p, c_int, c_char_p)


# void (*started)(void *ctx, const char *role), and ending
HookFn = CFUNCTYPE(None, c_void_p, c_char_p)


class ThreadHooks(Struct):
    _fields_ = [
        ("started", HookFn),
        ("ending", HookFn),
        ("ctx", c_void_p),
    ]


class Options(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("ring_bytes", c_uint32),
        ("threads", c_uint32),
        ("system", c_void_p),
        ("allocator", c_void_p),
        ("log", LogFn),
        ("log_ctx", c_void_p),
        ("names", c_void_p),
        ("names_bytes", c_uint32),
        ("reserved", c_uint32),
        ("state_dir", c_char_p),
        ("match", c_void_p),
        ("own_provider", c_char_p),
        ("join_ms", c_uint32),
        ("reserved2", c_uint32),
        ("join", c_uint32),
        ("join_window_ms", c_uint32),
        ("join_bytes", c_uint32),
        ("reserved3", c_uint32),
        ("log_zone", c_char_p),
        ("hooks", c_void_p),
    ]


class Live(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("wait_ms", c_uint32),
        ("watch_ms", c_uint32),
        ("keywords", c_uint32),
        ("reserved", c_uint32),
        ("since", c_uint64),
        ("guard", c_void_p),
        ("aggregate_ms", c_uint32),
        ("aggregate_bytes", c_uint32),
        ("silence_ms", c_uint32),
        ("reserved2", c_uint32),
    ]


class Health(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("signs", c_uint32),
        ("state", c_uint32),
        ("log_state", c_uint32),
        ("missing", c_uint32),
        ("settings_undone", c_uint32),
        ("event_age_ms", c_uint64),
        ("look_age_ms", c_uint64),
        ("gap_age_ms", c_uint64),
        ("gaps", c_uint64),
        ("dropped", c_uint64),
        ("waiting", c_uint64),
        ("outages", c_uint64),
    ]


class History(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("since", c_uint64),
        ("until", c_uint64),
    ]


class AuditLog(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("wait_ms", c_uint32),
        ("watch_ms", c_uint32),
        ("since", c_uint64),
        ("until", c_uint64),
        ("bookmark", c_char_p),
    ]


class Settings(Struct):
    _fields_ = [
        ("size", c_uint32),
        ("reserved", c_uint32),
        ("options", c_void_p),
        ("live", c_void_p),
        ("audit", c_void_p),
        ("match", c_void_p),
        ("guard", c_void_p),
    ]


class Stats(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("state", c_uint32),
        ("received", c_uint64),
        ("waiting", c_uint64),
        ("delivered", c_uint64),
        ("merged", c_uint64),
        ("duplicate", c_uint64),
        ("filtered", c_uint64),
        ("dropped", c_uint64),
        ("undecoded", c_uint64),
        ("gaps", c_uint64),
        ("passed_over", c_uint64),
        ("skipped", c_uint64),
        ("warnings", c_uint64),
        ("bytes_read", c_uint64),
        ("bytes_total", c_uint64),
        ("last_event_time", c_uint64),
        ("names", c_uint64),
        ("names_bytes", c_uint64),
        ("names_filled", c_uint64),
        ("unnamed", c_uint64),
        ("missing", c_uint32),
        ("log_path", c_uint32),
        ("log_state", c_uint32),
        ("audit_policy", c_uint32),
        ("log_reconnects", c_uint64),
        ("join_crowded", c_uint64),
        ("rules", c_uint64),
        ("rules_filled", c_uint64),
        ("sockets_found", c_uint64),
        ("sockets_read", c_uint64),
        ("aggregated", c_uint64),
    ]


class Endpoint(Struct):
    _fields_ = [
        ("addr", c_uint8 * 16),
        ("scope_id", c_uint32),
        ("port", c_uint16),
        ("family", c_uint8),
        ("reserved", c_uint8),
    ]


class Field(Struct):
    grows = True
    _fields_ = [
        ("name", c_void_p),
        ("value", c_void_p),
        ("name_length", c_uint32),
        ("value_length", c_uint32),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class Audit(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("event_id", c_uint32),
        ("version", c_uint32),
        ("task", c_uint32),
        ("record_id", c_uint64),
        ("keywords", c_uint64),
        ("computer", c_void_p),
        ("fields", c_void_p),
        ("field_count", c_uint32),
        ("field_stride", c_uint32),
    ]


class Ike(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("present", c_uint32),
        ("error", c_uint32),
        ("point", c_uint32),
        ("flags", c_uint32),
        ("module", c_uint32),
        ("state", c_uint32),
        ("role", c_uint32),
        ("auth_method", c_uint32),
        ("traffic_type", c_uint32),
        ("mm_id", c_uint64),
        ("filter_id", c_uint64),
        ("mm_sa_luid", c_uint64),
        ("cert_hash", c_uint8 * 20),
        ("reserved", c_uint32),
        ("local_principal", c_void_p),
        ("remote_principal", c_void_p),
        ("local_groups", c_void_p),
        ("remote_groups", c_void_p),
        ("local_subnet", c_void_p),
        ("remote_subnet", c_void_p),
        ("provider_context", c_void_p),
    ]


class Ipsec(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("present", c_uint32),
        ("status", c_uint32),
        ("spi", c_uint32),
        ("public_host", Endpoint),
        ("internal_host", Endpoint),
    ]


class Mac(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("local", c_uint8 * 6),
        ("remote", c_uint8 * 6),
        ("media_type", c_uint32),
        ("if_type", c_uint32),
        ("ether_type", c_uint32),
        ("ndis_port", c_uint32),
        ("vlan", c_uint32),
        ("reserved", c_uint32),
        ("if_luid", c_uint64),
    ]


class VSwitch(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("source_port", c_uint32),
        ("destination_port", c_uint32),
        ("reserved", c_uint32),
        ("id", c_void_p),
    ]


class Terminating(Struct):
    grows = True
    _fields_ = [
        ("filter_id", c_uint64),
        ("sublayer", c_void_p),
        ("action", c_uint32),
        ("reserved", c_uint32),
    ]


class Condition(Struct):
    grows = True
    _fields_ = [
        ("field", c_void_p),
        ("match", c_void_p),
        ("type", c_void_p),
        ("value", c_void_p),
        ("high", c_void_p),
        ("range_type", c_void_p),
        ("text", c_void_p),
    ]


class Filter(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("state", c_uint32),
        ("present", c_uint32),
        ("flags", c_uint32),
        ("id", c_uint64),
        ("weight", c_uint64),
        ("effective_weight", c_uint64),
        ("raw_context", c_uint64),
        ("deleted_time", c_uint64),
        ("from_time", c_uint64),
        ("action", c_uint32),
        ("truncated", c_uint32),
        ("key", c_void_p),
        ("name", c_void_p),
        ("description", c_void_p),
        ("layer", c_void_p),
        ("sublayer", c_void_p),
        ("provider", c_void_p),
        ("callout", c_void_p),
        ("provider_context", c_void_p),
        ("layer_name", c_void_p),
        ("sublayer_name", c_void_p),
        ("provider_name", c_void_p),
        ("callout_name", c_void_p),
        ("action_name", c_void_p),
        ("weight_type", c_void_p),
        ("origin", c_void_p),
        ("from", c_void_p),
        ("flag_names", c_void_p),
        ("conditions", c_void_p),
        ("flag_count", c_uint32),
        ("condition_count", c_uint32),
        ("condition_stride", c_uint32),
        ("provider_state", c_uint32),
        ("provider_product", c_void_p),
        ("provider_service", c_void_p),
        ("service_image", c_void_p),
        ("service_company", c_void_p),
        ("product_from", c_uint32),
        ("service_state", c_uint32),
    ]


class NamesStats(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("reserved", c_uint32),
        ("filters", c_uint64),
        ("loaded", c_uint64),
        ("evicted", c_uint64),
        ("refused", c_uint64),
        ("skipped", c_uint64),
        ("bytes", c_uint64),
        ("rules", c_uint64),
        ("rules_loaded", c_uint64),
        ("rules_evicted", c_uint64),
    ]


class Rule(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("state", c_uint32),
        ("present", c_uint32),
        ("profiles", c_uint32),
        ("protocol", c_uint32),
        ("schema", c_uint32),
        ("action", c_uint8),
        ("direction", c_uint8),
        ("enabled", c_uint8),
        ("origin", c_uint8),
        ("truncated", c_uint32),
        ("from_time", c_uint64),
        ("change_time", c_uint64),
        ("change", c_uint32),
        ("reserved", c_uint32),
        ("id", c_void_p),
        ("name", c_void_p),
        ("title", c_void_p),
        ("description", c_void_p),
        ("group", c_void_p),
        ("app", c_void_p),
        ("service", c_void_p),
        ("package", c_void_p),
        ("local_ports", c_void_p),
        ("remote_ports", c_void_p),
        ("local_addresses", c_void_p),
        ("remote_addresses", c_void_p),
        ("changed_by", c_void_p),
        ("changed_user", c_void_p),
        ("from", c_void_p),
    ]


class Event(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("present", c_uint32),
        ("seq", c_uint64),
        ("time", c_uint64),
        ("kind", c_uint32),
        ("source", c_uint32),
        ("flags", c_uint32),
        ("direction", c_uint8),
        ("orientation", c_uint8),
        ("pid_from", c_uint8),
        ("direction_from", c_uint8),
        ("direction_raw", c_uint32),
        ("protocol", c_uint32),
        ("layer_id", c_uint32),
        ("reauth_reason", c_uint32),
        ("original_profile", c_uint32),
        ("current_profile", c_uint32),
        ("interface_index", c_uint32),
        ("capability", c_uint32),
        ("type_raw", c_uint32),
        ("lost_where", c_uint32),
        ("process_id", c_uint64),
        ("filter_id", c_uint64),
        ("policy_flags", c_uint64),
        ("lost", c_uint64),
        ("local", Endpoint),
        ("remote", Endpoint),
        ("device_path", c_void_p),
        ("user_sid", c_void_p),
        ("user_name", c_void_p),
        ("package_sid", c_void_p),
        ("enterprise_id", c_void_p),
        ("effective_name", c_void_p),
        ("filter_origin", c_void_p),
        ("audit", c_void_p),
        ("ike", c_void_p),
        ("ipsec", c_void_p),
        ("mac", c_void_p),
        ("vswitch", c_void_p),
        ("layer_key", c_void_p),
        ("layer_name", c_void_p),
        ("filter", c_void_p),
        ("fqbn", c_void_p),
        ("terminating", c_void_p),
        ("terminating_count", c_uint32),
        ("terminating_stride", c_uint32),
        ("capabilities", c_uint32),
        ("reserved2", c_uint32),
        ("evidence", c_uint32),
        ("reason", c_uint16),
        ("verdict", c_uint8),
        ("confidence", c_uint8),
        ("app_path", c_void_p),
        ("lost_from", c_uint64),
        ("file", c_void_p),
        ("join_lag", c_int64),
        ("join_window_ms", c_uint32),
        ("differs", c_uint32),
        ("audit_evidence", c_uint32),
        ("attempt_event", c_uint32),
        ("attempt", c_uint64),
        ("rule", c_void_p),
        ("guarded", c_void_p),
        ("process_service", c_void_p),
        ("pid_confidence", c_uint32),
        ("reserved4", c_uint32),
        ("aggregate", c_void_p),
    ]


class Question(Struct):
    _fields_ = [
        ("size", c_uint32),
        ("protocol", c_uint32),
        ("remote", Endpoint),
        ("local", Endpoint),
        ("process_id", c_uint64),
        ("time", c_uint64),
        ("within_ms", c_uint32),
        ("direction", c_uint32),
        ("app", c_void_p),
    ]


class Explained(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("strength", c_uint32),
        ("agrees", c_uint32),
        ("differs", c_uint32),
        ("unknown", c_uint32),
        ("event_bytes", c_uint32),
        ("count", c_uint64),
        ("first", c_uint64),
        ("last", c_uint64),
        ("event", c_void_p),
    ]


class ExplainedBy(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("conclusion", c_uint32),
        ("rows", c_uint32),
        ("unseen", c_uint32),
        ("since", c_uint64),
        ("until", c_uint64),
        ("events", c_uint64),
        ("net_events", c_uint64),
        ("records", c_uint64),
        ("refused", c_uint64),
        ("matched", c_uint64),
        ("omitted", c_uint64),
        ("allowed", c_uint64),
        ("outside", c_uint64),
        ("outside_time", c_uint64),
        ("net_events_from", c_uint64),
        ("net_events_to", c_uint64),
        ("records_from", c_uint64),
        ("records_to", c_uint64),
        ("gaps", c_uint64),
        ("lost", c_uint64),
        ("history_status", c_int32),
        ("log_status", c_int32),
    ]


class Aggregate(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("count", c_uint64),
        ("first", c_uint64),
        ("last", c_uint64),
        ("local_ports", c_void_p),
        ("remote_ports", c_void_p),
        ("local_port_count", c_uint32),
        ("remote_port_count", c_uint32),
    ]


class Guarded(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("target", c_uint32),
        ("targets", c_uint32),
        ("confidence", c_uint32),
        ("signs", c_uint32),
        ("direction", c_uint32),
        ("text", c_void_p),
    ]


class Row(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("code", c_uint32),
        ("level", c_uint32),
        ("os_code", c_uint32),
        ("name", c_void_p),
        ("remedy", c_char_p),
        ("text", c_char * 168),
    ]


class AuditPolicy(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("audited", c_uint32),
        ("os_code", c_uint32),
        ("needed", c_uint32),
        ("decided_by", c_uint32),
        ("decided", c_uint32),
        ("category", c_void_p),
        ("name", c_void_p),
        ("word", c_void_p),
        ("success", c_void_p),
        ("failure", c_void_p),
        ("guid", c_char * 40),
        ("host_category", c_char * 128),
        ("host_name", c_char * 192),
    ]


class AuditRestored(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("set", c_uint32),
        ("same", c_uint32),
        ("kept", c_uint32),
        ("absent", c_uint32),
        ("unread", c_uint32),
        ("users", c_uint32),
        ("options", c_uint32),
        ("sacls", c_uint32),
        ("reserved", c_uint32),
    ]


class Reason(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("code", c_uint32),
        ("name", c_void_p),
        ("text", c_void_p),
        ("remedy", c_char_p),
    ]


class Asked(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("code", c_uint32),
        ("name", c_void_p),
        ("condition", c_void_p),
        ("why", c_void_p),
        ("log_code", c_uint32),
        ("reserved", c_uint32),
        ("log_name", c_void_p),
        ("log_why", c_void_p),
    ]


class ArrowOptions(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("rows", c_uint32),
        ("columns", c_char_p),
        ("wait_ms", c_int32),
        ("reserved", c_uint32),
        ("released", c_void_p),
    ]


class Connection(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("protocol", c_uint32),
        ("state", c_uint32),
        ("process_id", c_uint32),
        ("local", Endpoint),
        ("remote", Endpoint),
        ("created", c_uint64),
        ("device_path", c_void_p),
        ("app_path", c_void_p),
        ("service", c_void_p),
    ]


class IpsecConnection(Struct):
    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("mode", c_uint32),
        ("id", c_uint64),
        ("local", Endpoint),
        ("remote", Endpoint),
        ("created", c_uint64),
        ("bytes_in", c_uint64),
        ("bytes_out", c_uint64),
        ("bytes", c_uint64),
        ("key_module", c_uint32),
        ("auth_method", c_uint32),
        ("second_auth_method", c_uint32),
        ("cipher", c_uint32),
        ("integrity", c_uint32),
        ("dh_group", c_uint32),
        ("max_lifetime_s", c_uint32),
        ("reserved", c_uint32),
        ("provider", c_void_p),
        ("peer", c_void_p),
        ("second_peer", c_void_p),
    ]


class View(Struct):
    _fields_ = [
        ("base", c_void_p),
        ("bytes", c_size_t),
        ("events", c_void_p),
        ("count", c_uint32),
        ("stride", c_uint32),
    ]


class Python(Struct):
    """Addresses: of functions of Python, then of objects."""

    grows = True
    _fields_ = [
        ("size", c_uint32),
        ("reserved", c_uint32),
        ("list_new", c_void_p),
        ("list_set", c_void_p),
        ("list_get", c_void_p),
        ("int_new", c_void_p),
        ("text_new", c_void_p),
        ("bytes_new", c_void_p),
        ("call", c_void_p),
        ("object_new", c_void_p),
        ("slot_set", c_void_p),
        ("hold", c_void_p),
        ("let_go", c_void_p),
        ("none", c_void_p),
        ("datetime", c_void_p),
        ("utc", c_void_p),
        ("endpoint", c_void_p),
        ("ip", c_void_p),
        ("port", c_void_p),
        ("scope_id", c_void_p),
        ("ipv4", c_void_p),
        ("ipv4_slot", c_void_p),
        ("ipv6_of", c_void_p),
    ]


STRUCTS: Dict[str, Type[Struct]] = {
    "wfpw_error": Error,
    "wfpw_options": Options,
    "wfpw_settings": Settings,
    "wfpw_live": Live,
    "wfpw_history": History,
    "wfpw_audit_log": AuditLog,
    "wfpw_stats": Stats,
    "wfpw_health": Health,
    "wfpw_endpoint": Endpoint,
    "wfpw_field": Field,
    "wfpw_audit": Audit,
    "wfpw_ike": Ike,
    "wfpw_ipsec": Ipsec,
    "wfpw_mac": Mac,
    "wfpw_vswitch": VSwitch,
    "wfpw_condition": Condition,
    "wfpw_filter": Filter,
    "wfpw_rule": Rule,
    "wfpw_guarded": Guarded,
    "wfpw_question": Question,
    "wfpw_explained": Explained,
    "wfpw_explained_by": ExplainedBy,
    "wfpw_aggregate": Aggregate,
    "wfpw_names_stats": NamesStats,
    "wfpw_terminating": Terminating,
    "wfpw_event": Event,
    "wfpw_reason": Reason,
    "wfpw_view": View,
    "wfpw_row": Row,
    "wfpw_asked": Asked,
    "wfpw_audit_policy": AuditPolicy,
    "wfpw_audit_restored": AuditRestored,
    "wfpw_connection": Connection,
    "wfpw_ipsec_connection": IpsecConnection,
    "wfpw_arrow_options": ArrowOptions,
}

# Name, result, parameters. Handles and const char * of events are c_void_p, texts that we pass or
# get for ourselves c_char_p.
Prototype = Tuple[str, Any, List[Any]]

LIBRARY: List[Prototype] = [
    # uint32_t wfpw_version(void);
    ("wfpw_version", c_uint32, []),
    # uint32_t wfpw_sizeof(const char *struct_name);
    ("wfpw_sizeof", c_uint32, [c_char_p]),
    # const char *wfpw_strerror(int status);
    ("wfpw_strerror", c_char_p, [c_int]),
    # const char *wfpw_remedy(const wfpw_error *e);
    ("wfpw_remedy", c_char_p, [POINTER(Error)]),
    # const char *wfpw_word(uint32_t list, uint32_t code);
    ("wfpw_word", c_char_p, [c_uint32, c_uint32]),
    # int wfpw_reason_info(uint32_t reason, wfpw_reason *out);
    ("wfpw_reason_info", c_int, [c_uint32, POINTER(Reason)]),
    # const char *wfpw_event_remedy(const wfpw_event *ev);
    ("wfpw_event_remedy", c_char_p, [c_void_p]),
    # const char *wfpw_system_text(uint32_t code);
    ("wfpw_system_text", c_char_p, [c_uint32]),
    # int wfpw_open(const wfpw_options *o, wfpw_session **out, wfpw_error *e);
    ("wfpw_open", c_int, [POINTER(Options), POINTER(c_void_p), POINTER(Error)]),
    # int wfpw_add_live(wfpw_session *s, const wfpw_live *o, wfpw_error *e);
    ("wfpw_add_live", c_int, [c_void_p, POINTER(Live), POINTER(Error)]),
    # int wfpw_add_history(wfpw_session *s, const wfpw_history *o, wfpw_error *e);
    ("wfpw_add_history", c_int, [c_void_p, POINTER(History), POINTER(Error)]),
    # int wfpw_add_audit(wfpw_session *s, const wfpw_audit_log *o, wfpw_error *e);
    ("wfpw_add_audit", c_int, [c_void_p, POINTER(AuditLog), POINTER(Error)]),
    # int wfpw_get_bookmark(const wfpw_session *s, char *buf, size_t cap, size_t *needed);
    ("wfpw_get_bookmark", c_int, [c_void_p, c_char_p, c_size_t, POINTER(c_size_t)]),
    # int wfpw_add_file(wfpw_session *s, const char *path, wfpw_error *e);
    ("wfpw_add_file", c_int, [c_void_p, c_char_p, POINTER(Error)]),
    # int wfpw_add_file_part(wfpw_session *s, const char *path, uint32_t part, uint32_t parts, wfpw_error *e);
    ("wfpw_add_file_part", c_int, [c_void_p, c_char_p, c_uint32, c_uint32, POINTER(Error)]),
    # int wfpw_add_memory(wfpw_session *s, const void *data, size_t size, wfpw_error *e);
    ("wfpw_add_memory", c_int, [c_void_p, c_char_p, c_size_t, POINTER(Error)]),
    # int wfpw_read(wfpw_session *s, wfpw_batch *b, int32_t timeout_ms, wfpw_error *e);
    ("wfpw_read", c_int, [c_void_p, c_void_p, c_int32, POINTER(Error)]),
    # intptr_t wfpw_wait_handle(const wfpw_session *s);
    ("wfpw_wait_handle", c_ssize_t, [c_void_p]),
    # int wfpw_get_health(const wfpw_session *s, wfpw_health *out);
    ("wfpw_get_health", c_int, [c_void_p, POINTER(Health)]),
    # int wfpw_get_stats(const wfpw_session *s, wfpw_stats *out);
    ("wfpw_get_stats", c_int, [c_void_p, POINTER(Stats)]),
    # void wfpw_stop(wfpw_session *s);
    ("wfpw_stop", None, [c_void_p]),
    # int wfpw_set_match(wfpw_session *s, const wfpw_template *match, wfpw_error *e);
    ("wfpw_set_match", c_int, [c_void_p, c_void_p, POINTER(Error)]),
    # int wfpw_set_keywords(wfpw_session *s, uint32_t keywords, wfpw_error *e);
    ("wfpw_set_keywords", c_int, [c_void_p, c_uint32, POINTER(Error)]),
    # int wfpw_options_from_json(const char *json, size_t size, const wfpw_allocator *allocator, wfpw_settings **out, wfpw_error *e);
    (
        "wfpw_options_from_json",
        c_int,
        [c_char_p, c_size_t, c_void_p, POINTER(POINTER(Settings)), POINTER(Error)],
    ),
    # void wfpw_settings_free(wfpw_settings *settings);
    ("wfpw_settings_free", None, [POINTER(Settings)]),
    # void wfpw_close(wfpw_session *s);
    ("wfpw_close", None, [c_void_p]),
    # int wfpw_check(const wfpw_options *o, wfpw_row *rows, uint32_t cap, wfpw_error *e);
    ("wfpw_check", c_int, [POINTER(Options), POINTER(Row), c_uint32, POINTER(Error)]),
    # int wfpw_restore(const wfpw_options *o, wfpw_error *e);
    ("wfpw_restore", c_int, [POINTER(Options), POINTER(Error)]),
    # int wfpw_audit_policy_get(const wfpw_options *o, wfpw_audit_policy *rows, uint32_t cap, wfpw_error *e);
    (
        "wfpw_audit_policy_get",
        c_int,
        [POINTER(Options), POINTER(AuditPolicy), c_uint32, POINTER(Error)],
    ),
    # int wfpw_audit_policy_set(const wfpw_options *o, const char *subcategory, uint32_t audited, wfpw_error *e);
    ("wfpw_audit_policy_set", c_int, [POINTER(Options), c_char_p, c_uint32, POINTER(Error)]),
    # int wfpw_audit_policy_backup(const wfpw_options *o, char *buf, size_t cap, size_t *needed, wfpw_error *e);
    (
        "wfpw_audit_policy_backup",
        c_int,
        [POINTER(Options), c_char_p, c_size_t, POINTER(c_size_t), POINTER(Error)],
    ),
    # int wfpw_audit_policy_restore(const wfpw_options *o, const void *text, size_t size, uint32_t flags, wfpw_audit_restored *out, wfpw_error *e);
    (
        "wfpw_audit_policy_restore",
        c_int,
        [POINTER(Options), c_char_p, c_size_t, c_uint32, POINTER(AuditRestored), POINTER(Error)],
    ),
    # wfpw_batch *wfpw_batch_new(uint32_t max_events, uint32_t bytes);
    ("wfpw_batch_new", c_void_p, [c_uint32, c_uint32]),
    # void wfpw_batch_free(wfpw_batch *b);
    ("wfpw_batch_free", None, [c_void_p]),
    # const wfpw_event *wfpw_batch_get(const wfpw_batch *b, uint32_t i);
    ("wfpw_batch_get", c_void_p, [c_void_p, c_uint32]),
    # void wfpw_batch_view(const wfpw_batch *b, wfpw_view *out);
    ("wfpw_batch_view", None, [c_void_p, POINTER(View)]),
    # const char *wfpw_audit_get(const wfpw_audit *a, const char *name);
    ("wfpw_audit_get", c_char_p, [c_void_p, c_char_p]),
    # int wfpw_to_json(const wfpw_event *ev, uint32_t flags, char *buf, size_t cap, size_t *needed);
    ("wfpw_to_json", c_int, [c_void_p, c_uint32, c_char_p, c_size_t, POINTER(c_size_t)]),
    # int wfpw_batch_to_json(const wfpw_batch *b, uint32_t flags, uint32_t *at, uint32_t end, char *buf, size_t cap, size_t *needed);
    (
        "wfpw_batch_to_json",
        c_int,
        [c_void_p, c_uint32, POINTER(c_uint32), c_uint32, c_char_p, c_size_t, POINTER(c_size_t)],
    ),
    # int wfpw_export(const wfpw_event *ev, uint32_t format, uint32_t flags, char *buf, size_t cap, size_t *needed);
    (
        "wfpw_export",
        c_int,
        [c_void_p, c_uint32, c_uint32, c_char_p, c_size_t, POINTER(c_size_t)],
    ),
    # int wfpw_batch_set_format(wfpw_batch *b, uint32_t format);
    ("wfpw_batch_set_format", c_int, [c_void_p, c_uint32]),
    # int wfpw_batch_export(const wfpw_batch *b, uint32_t format, uint32_t flags, uint32_t *at, uint32_t end, char *buf, size_t cap, size_t *needed);
    (
        "wfpw_batch_export",
        c_int,
        [
            c_void_p,
            c_uint32,
            c_uint32,
            POINTER(c_uint32),
            c_uint32,
            c_char_p,
            c_size_t,
            POINTER(c_size_t),
        ],
    ),
    # const char *wfpw_export_header(uint32_t format);
    ("wfpw_export_header", c_char_p, [c_uint32]),
    # int wfpw_arrow_stream(wfpw_session *s, const wfpw_arrow_options *o, struct ArrowArrayStream *out, wfpw_error *e);
    ("wfpw_arrow_stream", c_int, [c_void_p, POINTER(ArrowOptions), c_void_p, POINTER(Error)]),
    # void wfpw_arrow_capsule_free(void *capsule);
    ("wfpw_arrow_capsule_free", None, [c_void_p]),
    # void *wfpw_python_times(const wfpw_python *p, const wfpw_view *v);
    ("wfpw_python_times", c_void_p, [POINTER(Python), POINTER(View)]),
    # void *wfpw_python_texts(const wfpw_python *p, const wfpw_view *v, uint32_t offset);
    ("wfpw_python_texts", c_void_p, [POINTER(Python), POINTER(View), c_uint32]),
    # void *wfpw_python_endpoints(const wfpw_python *p, const wfpw_view *v, uint32_t remote);
    ("wfpw_python_endpoints", c_void_p, [POINTER(Python), POINTER(View), c_uint32]),
    # void *wfpw_python_objects(const wfpw_python *p, void *type, uint32_t count, void *slots, void *columns, uint32_t width);
    (
        "wfpw_python_objects",
        c_void_p,
        [POINTER(Python), c_void_p, c_uint32, c_void_p, c_void_p, c_uint32],
    ),
    # int wfpw_template_new(const wfpw_allocator *allocator, wfpw_template **out);
    ("wfpw_template_new", c_int, [c_void_p, POINTER(c_void_p)]),
    # int wfpw_template_add(wfpw_template *t, const char *text, wfpw_error *e);
    ("wfpw_template_add", c_int, [c_void_p, c_char_p, POINTER(Error)]),
    # int wfpw_template_match(const wfpw_template *t, const wfpw_event *ev);
    ("wfpw_template_match", c_int, [c_void_p, c_void_p]),
    # int wfpw_template_explain(const wfpw_template *t, uint32_t i, wfpw_asked *out);
    ("wfpw_template_explain", c_int, [c_void_p, c_uint32, POINTER(Asked)]),
    # void wfpw_template_free(wfpw_template *t);
    ("wfpw_template_free", None, [c_void_p]),
    # int wfpw_guard_new(const wfpw_allocator *allocator, wfpw_guard **out);
    ("wfpw_guard_new", c_int, [c_void_p, POINTER(c_void_p)]),
    # int wfpw_guard_add(wfpw_guard *g, const char *text, wfpw_error *e);
    ("wfpw_guard_add", c_int, [c_void_p, c_char_p, POINTER(Error)]),
    # int wfpw_guard_check(const wfpw_guard *g, const wfpw_filter *f, wfpw_guarded *out);
    ("wfpw_guard_check", c_int, [c_void_p, c_void_p, POINTER(Guarded)]),
    # int wfpw_filter_added_by(const wfpw_filter *f, const wfpw_event *ev);
    ("wfpw_filter_added_by", c_int, [c_void_p, c_void_p]),
    # void wfpw_guard_free(wfpw_guard *g);
    ("wfpw_guard_free", None, [c_void_p]),
    # int wfpw_explain(const wfpw_options *o, const wfpw_question *q, wfpw_explanation **out, wfpw_error *e);
    (
        "wfpw_explain",
        c_int,
        [POINTER(Options), POINTER(Question), POINTER(c_void_p), POINTER(Error)],
    ),
    # int wfpw_explanation_new(const wfpw_allocator *allocator, const wfpw_question *q, wfpw_explanation **out, wfpw_error *e);
    (
        "wfpw_explanation_new",
        c_int,
        [c_void_p, POINTER(Question), POINTER(c_void_p), POINTER(Error)],
    ),
    # int wfpw_explanation_read(wfpw_explanation *x, wfpw_session *s, int32_t timeout_ms, wfpw_error *e);
    ("wfpw_explanation_read", c_int, [c_void_p, c_void_p, c_int32, POINTER(Error)]),
    # int wfpw_explanation_get(const wfpw_explanation *x, uint32_t i, wfpw_explained *out);
    ("wfpw_explanation_get", c_int, [c_void_p, c_uint32, POINTER(Explained)]),
    # int wfpw_explanation_conclude(const wfpw_explanation *x, wfpw_explained_by *out);
    ("wfpw_explanation_conclude", c_int, [c_void_p, POINTER(ExplainedBy)]),
    # void wfpw_explanation_free(wfpw_explanation *x);
    ("wfpw_explanation_free", None, [c_void_p]),
    # int wfpw_question_match(const wfpw_question *q, const wfpw_event *ev, wfpw_explained *out);
    ("wfpw_question_match", c_int, [POINTER(Question), c_void_p, POINTER(Explained)]),
    # int wfpw_names_open(const wfpw_options *o, wfpw_names **out, wfpw_error *e);
    ("wfpw_names_open", c_int, [POINTER(Options), POINTER(c_void_p), POINTER(Error)]),
    # int wfpw_names_load(wfpw_names *n, const char *path, wfpw_error *e);
    ("wfpw_names_load", c_int, [c_void_p, c_char_p, POINTER(Error)]),
    # int wfpw_names_load_memory(wfpw_names *n, const void *data, size_t size, wfpw_error *e);
    ("wfpw_names_load_memory", c_int, [c_void_p, c_char_p, c_size_t, POINTER(Error)]),
    # void wfpw_names_stop(wfpw_names *n);
    ("wfpw_names_stop", None, [c_void_p]),
    # int wfpw_names_load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e);
    ("wfpw_names_load_host", c_int, [c_void_p, POINTER(Options), POINTER(Error)]),
    # int wfpw_names_get(wfpw_names *n, uint64_t id, uint64_t time, void *buf, size_t cap, size_t *needed);
    ("wfpw_names_get", c_int, [c_void_p, c_uint64, c_uint64, c_void_p, c_size_t, POINTER(c_size_t)]),
    # int wfpw_names_next(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap, size_t *needed);
    ("wfpw_names_next", c_int, [c_void_p, POINTER(c_uint64), c_void_p, c_size_t, POINTER(c_size_t)]),
    # int wfpw_names_get_stats(wfpw_names *n, wfpw_names_stats *out);
    ("wfpw_names_get_stats", c_int, [c_void_p, POINTER(NamesStats)]),
    # int wfpw_filter_to_json(const wfpw_filter *f, uint32_t flags, char *buf, size_t cap, size_t *needed);
    ("wfpw_filter_to_json", c_int, [c_void_p, c_uint32, c_char_p, c_size_t, POINTER(c_size_t)]),
    # int wfpw_rules_load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e);
    ("wfpw_rules_load_host", c_int, [c_void_p, POINTER(Options), POINTER(Error)]),
    # int wfpw_rules_get(wfpw_names *n, const char *id, uint64_t time, void *buf, size_t cap, size_t *needed);
    ("wfpw_rules_get", c_int, [c_void_p, c_char_p, c_uint64, c_void_p, c_size_t, POINTER(c_size_t)]),
    # int wfpw_rules_next(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap, size_t *needed);
    ("wfpw_rules_next", c_int, [c_void_p, POINTER(c_uint64), c_void_p, c_size_t, POINTER(c_size_t)]),
    # int wfpw_rule_to_json(const wfpw_rule *r, uint32_t flags, char *buf, size_t cap, size_t *needed);
    ("wfpw_rule_to_json", c_int, [c_void_p, c_uint32, c_void_p, c_size_t, POINTER(c_size_t)]),
    # void wfpw_names_close(wfpw_names *n);
    ("wfpw_names_close", None, [c_void_p]),
    # int wfpw_connections_load(const wfpw_options *o, wfpw_connections **out, wfpw_error *e);
    ("wfpw_connections_load", c_int, [POINTER(Options), POINTER(c_void_p), POINTER(Error)]),
    # const wfpw_connection *wfpw_connections_get(const wfpw_connections *c, uint32_t i);
    ("wfpw_connections_get", POINTER(Connection), [c_void_p, c_uint32]),
    # int wfpw_connection_to_json(const wfpw_connection *c, uint32_t flags, char *buf, size_t cap, size_t *needed);
    ("wfpw_connection_to_json", c_int, [c_void_p, c_uint32, c_char_p, c_size_t, POINTER(c_size_t)]),
    # void wfpw_connections_free(wfpw_connections *c);
    ("wfpw_connections_free", None, [c_void_p]),
    # int wfpw_ipsec_connections_load(const wfpw_options *o, wfpw_ipsec_connections **out, wfpw_error *e);
    ("wfpw_ipsec_connections_load", c_int, [POINTER(Options), POINTER(c_void_p), POINTER(Error)]),
    # int wfpw_ipsec_connections_monitored(const wfpw_ipsec_connections *c);
    ("wfpw_ipsec_connections_monitored", c_int, [c_void_p]),
    # const wfpw_ipsec_connection *wfpw_ipsec_connections_get(const wfpw_ipsec_connections *c, uint32_t i);
    ("wfpw_ipsec_connections_get", POINTER(IpsecConnection), [c_void_p, c_uint32]),
    # int wfpw_ipsec_connection_to_json(const wfpw_ipsec_connection *c, uint32_t flags, char *buf, size_t cap, size_t *needed);
    ("wfpw_ipsec_connection_to_json", c_int, [c_void_p, c_uint32, c_char_p, c_size_t, POINTER(c_size_t)]),
    # void wfpw_ipsec_connections_free(wfpw_ipsec_connections *c);
    ("wfpw_ipsec_connections_free", None, [c_void_p]),
]

SIMULATOR: List[Prototype] = [
    # int wfpw_sim_new(uint32_t windows, wfpw_sim **out);
    ("wfpw_sim_new", c_int, [c_uint32, POINTER(c_void_p)]),
    # void wfpw_sim_free(wfpw_sim *sim);
    ("wfpw_sim_free", None, [c_void_p]),
    # const wfpw_system *wfpw_sim_system(wfpw_sim *sim);
    ("wfpw_sim_system", c_void_p, [c_void_p]),
    # int wfpw_sim_play(wfpw_sim *sim, const char *script, wfpw_error *e);
    ("wfpw_sim_play", c_int, [c_void_p, c_char_p, POINTER(Error)]),
    # int wfpw_sim_start(wfpw_sim *sim, const char *script, wfpw_error *e);
    ("wfpw_sim_start", c_int, [c_void_p, c_char_p, POINTER(Error)]),
    # void wfpw_sim_fail_nth(wfpw_sim *sim, uint64_t nth, uint32_t code);
    ("wfpw_sim_fail_nth", None, [c_void_p, c_uint64, c_uint32]),
    # uint64_t wfpw_sim_count(wfpw_sim *sim, uint32_t what);
    ("wfpw_sim_count", c_uint64, [c_void_p, c_uint32]),
]


def bind(dll: Any, prototypes: List[Prototype]) -> List[str]:
    """Declares the functions of a loaded library. Returns the names that it does not have."""
    missing: List[str] = []
    for name, result, parameters in prototypes:
        function = getattr(dll, name, None)
        if function is None:
            missing.append(name)
            continue
        function.restype = result
        function.argtypes = parameters
    return missing
