"""The only place that decides: may this actor do that to this record, and which records may it find.

Both questions are one predicate (`access.predicates`), built from `access/rules/roles.yaml` for an actor, a permission
and a kind of record. What no grant gives is refused; a record that its reader may not even know of is `hidden`, and
then is answered exactly like one that does not exist (`absent`). Every verdict has a reason in Chinese.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from access.facts import Actor
from access.permissions import KINDS, Permission, kinds_of
from access.predicates import Never, Predicate, all_of, any_of, holds, one_of
from access.rulebook import Grant, Role, rulebook, variables
from foundation.errors import Forbidden, NotFound

__all__ = [
    "ABSENT",
    "KINDS",
    "NOBODY",
    "READING",
    "Permission",
    "Record",
    "Verdict",
    "Viewer",
    "absent",
    "asks_for",
    "decide",
    "is_hidden",
    "may_anywhere",
    "policy_version",
    "predicate",
    "refusal",
]


READING: Mapping[str, Permission] = {
    "case": Permission.CASE_READ,
    "document": Permission.DOCUMENT_READ,
    "recording": Permission.RECORDING_READ,
    "package": Permission.PACKAGE_READ,
}
"""Who may not read a record of a kind may not know that it exists."""

ABSENT: Mapping[str, tuple[str, str]] = {
    "case": ("没有这个案件。", "检查案件编号。"),
    "document": ("没有这份文书。", "检查文书编号。"),
    "recording": ("没有这条音像记录。", "检查音像编号。"),
    "package": ("没有这个档案包。", "检查档案包编号。"),
    "agency": ("没有这个单位。", "检查单位编号。"),
}


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the policy may know of one thing; None is an attribute that it lacks."""

    kind: str
    agency_id: str
    id: str | None = None
    case_id: str | None = None
    type: str | None = None
    stage: str | None = None
    secrecy: str | None = None
    volume: str | None = None
    status: str | None = None
    party_id: str | None = None
    author_id: str | None = None
    operator_id: str | None = None

    @property
    def facts(self) -> dict[str, str | None]:
        """Return the attributes that records of this kind have."""
        return {name: getattr(self, name) for name in KINDS[self.kind]}


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """What an actor has to do with which things, read at query time (`casework.queries.viewer_of`)."""

    case_ids: frozenset[str] = frozenset()
    """Cases that the person handles now."""
    acted_case_ids: frozenset[str] = frozenset()
    """Cases in which the person opened or signed a paper."""
    served_ids: frozenset[str] = frozenset()
    """Papers that were served on the parties for whom the account stands."""


NOBODY = Viewer()

DELEGATED = frozenset([Permission.DOCUMENT_READ, Permission.DOCUMENT_SIGN, Permission.DOCUMENT_RETURN])
"""What a delegate may do for the principal."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer, with its reason."""

    allowed: bool
    reason: str
    hidden: bool = False
    """The actor may not know that the record exists."""


def predicate(actor: Actor, permission: Permission, kind: str, viewer: Viewer = NOBODY) -> Predicate:
    """Return which records of a kind an actor may do something with; `Never` when no grant gives it.

    Raises:
        ValueError: The permission is not asked on this kind.
    """
    _check_kind(permission, kind)
    found = [_bound(grant, actor, viewer) for _, grant in _grants(actor, permission, kind)]
    return any_of(*found) if found else Never()


def decide(actor: Actor, permission: Permission, record: Record, viewer: Viewer = NOBODY) -> Verdict:
    """Answer whether an actor may do something to one record, and why."""
    _check_kind(permission, record.kind)
    for role, grant in _grants(actor, permission, record.kind):
        if holds(_bound(grant, actor, viewer), record.facts):
            return Verdict(allowed=True, reason=f"{role.title}（{role.source}）")
    return Verdict(allowed=False, reason=_why_not(actor, permission, record), hidden=is_hidden(actor, record, viewer))


def is_hidden(actor: Actor, record: Record, viewer: Viewer = NOBODY) -> bool:
    """Tell whether an actor may not know that a record exists."""
    reading = READING.get(record.kind)
    if reading is None:
        return record.agency_id not in actor.agencies
    return not holds(predicate(actor, reading, record.kind, viewer), record.facts)


def absent(kind: str) -> NotFound:
    """Return the one error for a record that is not there and for one that the viewer may not know of."""
    message, remedy = ABSENT[kind]
    return NotFound(message, remedy=remedy)


def refusal(verdict: Verdict, permission: Permission) -> Forbidden:
    """Return the error for an act that is not allowed on a thing that may be known of: why, and who can help."""
    who = "、".join(role.title for role in rulebook().roles.values() if any(permission in g.may for g in role.grants))
    return Forbidden(verdict.reason, remedy=f"由{who or '有此权限的人员'}办理；职务有变的，请系统管理员更新任职。")


def may_anywhere(actor: Actor, permission: Permission) -> bool:
    """Tell whether an actor holds a permission on any record at all (menus; never a decision)."""
    return any(list(_grants(actor, permission, kind)) for kind in kinds_of(permission))


def asks_for(actor: Actor) -> frozenset[str]:
    """Return the variables (`$cases`, `$acted`, `$served`) that the actor's grants look at: only these need be read."""
    return frozenset[str]().union(*(_asked(role) for role in (*actor.roles, *(a.role for a in actor.acting))))


def policy_version() -> str:
    """Return a mark of the whole policy: it stands in every cache key beside the viewer's epoch."""
    return rulebook().digest


def _check_kind(permission: Permission, kind: str) -> None:
    if kind not in kinds_of(permission):
        message = f"{permission.value} is not asked on a {kind}"
        raise ValueError(message)


def _grants(actor: Actor, permission: Permission, kind: str) -> list[tuple[Role, Grant]]:
    if _is_out_of_scope(actor, permission):
        return []
    own = [pair for role in sorted(actor.roles) for pair in _granted(role, permission, kind)]
    return own if permission not in DELEGATED else own + _delegated(actor, permission, kind)


def _is_out_of_scope(actor: Actor, permission: Permission) -> bool:
    """Tell whether the actor comes by a token that is not for this permission, whatever the roles give."""
    return actor.scopes is not None and permission.value not in actor.scopes


def _delegated(actor: Actor, permission: Permission, kind: str) -> list[tuple[Role, Grant]]:
    """Return what the actor may do for others: papers of the named types, as the role could; informants' never."""
    open_classes = sorted(set(rulebook().classes) - {"informant"})
    found = []
    for one in actor.acting:
        narrow = {"type": sorted(one.types), "secrecy": open_classes}
        found += [(r, replace(g, where=(*g.where, narrow))) for r, g in _granted(one.role, permission, kind)]
    return found


@functools.lru_cache(maxsize=4096)
def _granted(role_id: str, permission: Permission, kind: str) -> tuple[tuple[Role, Grant], ...]:
    role = rulebook().roles.get(role_id)
    if role is None:
        return ()
    return tuple((role, g) for g in role.grants if permission in g.may and (not g.kinds or kind in g.kinds))


@functools.lru_cache
def _asked(role_id: str) -> frozenset[str]:
    role = rulebook().roles.get(role_id)
    return (
        frozenset(v for grant in role.grants for part in grant.where for v in variables(part)) if role else frozenset()
    )


def _bound(grant: Grant, actor: Actor, viewer: Viewer) -> Predicate:
    variables: Mapping[str, frozenset[str]] = {
        "$agency": frozenset({actor.agency_id} - {""}),
        "$agencies": actor.agencies,
        "$person": frozenset({actor.person_id} - {""}),
        "$cases": viewer.case_ids,
        "$acted": viewer.acted_case_ids,
        "$served": viewer.served_ids,
    }
    return all_of(*(bind(part, variables) for part in grant.where))


def bind(part: Any, variables: Mapping[str, frozenset[str]]) -> Predicate:
    """Turn a predicate of the rule file into a tree, with the viewer's variables put in."""
    return all_of(*(_bound_entry(key, value, variables) for key, value in part.items()))


def _bound_entry(key: str, value: Any, variables: Mapping[str, frozenset[str]]) -> Predicate:
    if key == "any":
        return any_of(*(bind(one, variables) for one in value))
    if isinstance(value, str) and value.startswith("$"):
        return one_of(key, variables[value])
    return one_of(key, frozenset([value] if isinstance(value, str) else value))


def _why_not(actor: Actor, permission: Permission, record: Record) -> str:
    if _is_out_of_scope(actor, permission):
        return f"访问令牌的权限不含“{permission.value}”。"
    held = "、".join(rulebook().title(r) for r in sorted(actor.roles)) or "没有任何有效职务"
    if _grants(actor, permission, record.kind):
        return f"您的职务（{held}）不及于这条记录。"
    return f"您的职务（{held}）没有这项权限。"
