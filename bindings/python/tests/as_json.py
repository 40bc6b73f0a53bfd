# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""An event's values in the shape of the library's JSON, to be compared with it."""

from __future__ import annotations

from typing import Any, Dict, Optional

from wfpwatch import Direction, Endpoint, Event, Kind, Orientation, ProductFrom, WordList, load
from wfpwatch.events import text_of_time

Object = Dict[str, Any]


def without_none(**members: Any) -> Object:
    return {name: value for name, value in members.items() if value is not None}


def given(**members: Any) -> Optional[Object]:
    """None when nothing is in it."""
    return without_none(**members) or None


def endpoint(e: Optional[Endpoint]) -> Optional[Object]:
    if e is None:
        return None
    return without_none(ip=e.ip and str(e.ip), port=e.port, scope_id=e.scope_id)


def unsided_icmp(e: Event) -> bool:
    return e.protocol in (1, 58) and e.orientation == Orientation.UNKNOWN


def side(e: Event, end: Optional[Endpoint]) -> Optional[Object]:
    members = end and endpoint(end)
    if members and unsided_icmp(e):
        members.pop("port", None)
    return members or None


def icmp(e: Event) -> Optional[Object]:
    if unsided_icmp(e):
        return given(**{"from": e.local and e.local.port, "to": e.remote and e.remote.port})
    return e.icmp and given(type=e.icmp.type, code=e.icmp.code)


def sides(e: Event, local: Any, remote: Any) -> Object:
    names = ("from", "to") if e.orientation == Orientation.UNKNOWN else ("local", "remote")
    return dict(zip(names, (local, remote)))


def audit(e: Event) -> Optional[Object]:
    if e.audit is None:
        return None
    a = e.audit
    data = {k: list(v) if isinstance(v, tuple) else v for k, v in a.data.items()}
    return without_none(
        event_id=a.event_id,
        version=a.version,
        record_id=a.record_id,
        computer=a.computer,
        keywords=f"0x{a.keywords:x}",
        task=a.task,
        data=data,
    )


def ike(e: Event) -> Optional[Object]:
    if e.ike is None:
        return None
    members = dict(vars(e.ike))
    for name in ("local_groups", "remote_groups"):
        members[name] = " ".join(members[name]) or None
    members["text"] = (e.ike.error is not None and load().system_text(e.ike.error)) or None
    members["cert_hash"] = e.ike.cert_hash and e.ike.cert_hash.hex().upper()
    return without_none(**members)


def ipsec(e: Event) -> Optional[Object]:
    if e.ipsec is None:
        return None
    i = e.ipsec
    return without_none(
        status=None if i.status is None else f"0x{i.status:x}",
        text=(i.status is not None and load().system_text(i.status)) or None,
        spi=i.spi,
        public_host=i.public_host and {"ip": str(i.public_host)},
        internal_host=i.internal_host and {"ip": str(i.internal_host)},
    )


def mac(e: Event) -> Optional[Object]:
    if e.mac is None:
        return None
    members = dict(vars(e.mac))
    local, remote = members.pop("local").hex(":"), members.pop("remote").hex(":")
    return {**members, **sides(e, local.upper(), remote.upper())}


def capability(e: Event) -> Optional[Object]:
    if e.capability is None:
        return None
    word = load().word(WordList.CAPABILITY, e.capability)
    return without_none(id=e.capability, name=word or None)


def vswitch(e: Event) -> Optional[Object]:
    return None if e.vswitch is None else without_none(**vars(e.vswitch))


def names(e: Event) -> Optional[Object]:
    """The filter."""
    f = e.filter
    if f is None:
        return given(id=e.filter_id, origin=e.filter_origin)
    return without_none(
        id=e.filter_id,
        key=f.key,
        name=f.name,
        action=f.action_name,
        provider=f.provider,
        provider_name=f.provider_name,
        provider_product=f.provider_product,
        product_from=(
            f.product_from.word if f.product_from not in (None, ProductFrom.KEY) else None
        ),
        sublayer=f.sublayer,
        callout=f.callout,
        callout_name=f.callout_name,
        origin=e.filter_origin if e.filter_origin is not None else f.origin,
        own=f.own or None,
        state=f.state.word,
        deleted=f.deleted_filetime and text_of_time(f.deleted_filetime),
        **{"from": f.source},
        from_time=f.source_filetime and text_of_time(f.source_filetime),
    )


def guarded(e: Event) -> Optional[Object]:
    """What a guard found in the filter."""
    g = e.guarded
    return g and given(
        target=g.target,
        targets=g.targets,
        confidence=g.confidence.word,
        direction=g.direction and g.direction.word,
        signs=[s.word for s in g.signs],
    )


def rule(e: Event) -> Optional[Object]:
    """The firewall's rule."""
    r = e.rule
    if r is None:
        return None
    ways = {Direction.INBOUND: "in", Direction.OUTBOUND: "out"}
    told = {
        "id": r.id,
        "name": r.name,
        "action": r.action and r.action.word,
        "direction": ways[r.direction] if r.direction else None,
        "enabled": r.enabled,
        "origin": r.origin and r.origin.word,
        "from": r.source,
    }
    change = given(
        what=r.change and r.change.word,
        time=r.change_filetime and text_of_time(r.change_filetime),
        by=r.changed_by,
        user=r.changed_user,
    )
    return told | without_none(
        title=r.title if r.title != r.name else None,
        state=r.state.word,
        change=change,
        from_time=r.source_filetime and text_of_time(r.source_filetime),
    )


def joined(e: Event) -> Object:
    if not e.merged:
        return {}
    lag = (abs(e.join_lag) + 5000) // 10000
    words = {"audit_evidence": e.audit_evidence, "differs": e.differs}
    told = {key: [code.word for code in codes] for key, codes in words.items() if codes}
    join = {"lag_ms": -lag if e.join_lag < 0 else lag, "window_ms": e.join_window_ms, **told}
    return {"merged": True, "join": join}


def aggregate(e: Event) -> Optional[Object]:
    a = e.aggregate
    return a and without_none(
        count=a.count,
        first=text_of_time(a.first_filetime),
        last=text_of_time(a.last_filetime),
        local_ports=list(a.local_ports) or None,
        more_local_ports=a.more_local_ports or None,
        remote_ports=list(a.remote_ports) or None,
        more_remote_ports=a.more_remote_ports or None,
    )


def terminating(e: Event) -> Optional[Any]:
    def action(code: Optional[int]) -> Any:
        return None if code is None else load().word(WordList.ACTION, code) or code

    return [
        without_none(filter_id=t.filter_id, sublayer=t.sublayer, action=action(t.action))
        for t in e.terminating
    ] or None


def capabilities(e: Event) -> Optional[Any]:
    if e.capabilities is None:
        return None
    bits = [i for i in range(32) if e.capabilities >> i & 1]
    return [load().word(WordList.CAPABILITY, i) or i for i in bits]


def profile(e: Event) -> Optional[Object]:
    return given(original=e.original_profile, current=e.current_profile)


def as_json(e: Event) -> Object:
    members = without_none(
        seq=e.seq,
        time=e.time_text,
        source=e.source.word or None,
        kind=e.kind.word or None,
        type_raw=e.type_raw if e.kind == Kind.NET_EVENT else None,
        verdict=e.verdict and e.verdict.word,
        reason=e.reason and e.reason.word,
        confidence=e.confidence and e.confidence.word,
        evidence=[bit.word for bit in e.evidence] if e.verdict else None,
        direction=e.direction and e.direction.word,
        direction_raw=e.direction_raw,
        direction_from=e.direction_from and e.direction_from.word,
        protocol=e.protocol,
        file=e.file,
        icmp=icmp(e),
        orientation=e.orientation and e.orientation.word,
        loopback=e.loopback,
        app=given(
            path=e.app_path,
            device_path=e.device_path,
            package_sid=e.package_sid,
            packaged=False if e.packaged is False else None,
            fqbn=e.fqbn,
        ),
        user=given(sid=e.user_sid, name=e.user_name),
        process=given(
            pid=e.process_id,
            pid_from=e.pid_from and e.pid_from.word,
            pid_confidence=e.pid_confidence and e.pid_confidence.word,
            service=e.process_service,
        ),
        own=[w for w, yes in (("filter", e.own_filter), ("process", e.own_process)) if yes] or None,
        filter=names(e),
        rule=rule(e),
        layer=given(id=e.layer_id, key=e.layer_key, name=e.layer_name),
        profile=profile(e),
        reauth_reason=e.reauth_reason,
        interface_index=e.interface_index,
        policy_flags=e.policy_flags,
        enterprise_id=e.enterprise_id,
        effective_name=e.effective_name,
        terminating=terminating(e),
        guard=guarded(e),
        capabilities=capabilities(e),
        vswitch=vswitch(e),
        ipsec=ipsec(e),
        ike=ike(e),
        capability=capability(e),
        mac=mac(e),
        audit=audit(e),
        lost_where=e.lost_where and e.lost_where.word,
        lost_from=e.lost_from_filetime and text_of_time(e.lost_from_filetime),
        aggregate=aggregate(e),
        attempt=given(first=e.attempt, event=e.attempt_event),
        **joined(e),
        truncated=True if e.truncated else None,
        partial=True if e.partial else None,
        after_damage=True if e.after_damage else None,
        local_time=True if e.local_time else None,
        **sides(e, side(e, e.local), side(e, e.remote)),
    )
    return {**members, "lost": e.lost} if e.kind == Kind.GAP else members
