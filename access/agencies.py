"""Agencies and their settings: dated rows over defaults that cite their article.

Journal kinds in `agency:<id>`: `agency.created`, `setting.changed`, `oversight.given`; events name keys, never values.
"""

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.facts import Actor, AgencyFacts, SettingFacts
from access.models import AgencyOversightRow, AgencyRow, AgencySettingRow
from access.policy import Permission, Record, absent, decide, refusal
from access.setting_rules import checked_value, setting_rules
from foundation import journal
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput

SYSTEM = "system"
"""Actor of the journal when an installation is set up by command."""

BEGINNING = dt.date(1949, 10, 1)
"""From when the settings hold that an agency is made with: earlier than any paper."""


def create_agency(
    ctx: Context, *, name: str, short_name: str, fonds_no: str, settings: Mapping[str, Any] | None = None
) -> AgencyFacts:
    """Make an agency with its first settings; they hold from the beginning.

    Raises:
        BadInput: A setting is unknown or wrong.
    """
    first = {"name": name, "short_name": short_name, "fonds_no": fonds_no, **(settings or {})}
    checked = {key: checked_value(key, value) for key, value in first.items()}
    now = ctx.clock.now()
    row = AgencyRow(id=ctx.ids.new(), fonds_no=fonds_no, created_at=now)
    with ctx.database.write() as session:
        session.add(row)
        session.flush()
        for key, value in checked.items():
            session.add(_setting(ctx, row.id, key, value, BEGINNING))
        data = {"agency": row.id, "settings": sorted(checked)}
        journal.append(session, ctx.clock, stream=f"agency:{row.id}", kind="agency.created", actor=SYSTEM, data=data)
    return AgencyFacts(id=row.id, name=name, short_name=short_name, fonds_no=fonds_no)


def _setting(ctx: Context, agency_id: str, key: str, value: Any, valid_from: dt.date, **more: Any) -> AgencySettingRow:
    return AgencySettingRow(
        id=ctx.ids.new(),
        agency_id=agency_id,
        key=key,
        valid_from=valid_from,
        value=value,
        set_at=ctx.clock.now(),
        **{"seq": 1, **more},
    )


def set_setting(
    ctx: Context,
    actor: Actor,
    *,
    agency_id: str,
    key: str,
    value: Any,
    valid_from: dt.date,
    basis: str = "",
) -> None:
    """Let a value hold from a day on; what held before stays in force for earlier days.

    Args:
        ctx: The floor.
        actor: A system administrator of the agency.
        agency_id: Whose setting.
        key: Its key.
        value: The new value; for a power true or false.
        valid_from: First day.
        basis: Legal basis; must stand when a power is switched on.

    Raises:
        Forbidden: The policy says no.
        BadInput: The setting is unknown or the value wrong.
    """
    with ctx.database.write() as session:
        require_in_agency(actor, Permission.SETTING_MANAGE, agency_id)
        stored = checked_value(key, value, basis=basis)
        event = {"key": key, "valid_from": valid_from}
        note(session, ctx, agency_id, "setting.changed", actor, **event)
        own = (AgencySettingRow.agency_id == agency_id) & (AgencySettingRow.key == key)
        last = session.scalar(sa.select(sa.func.max(AgencySettingRow.seq)).where(own)) or 0
        more = {"seq": last + 1, "basis": basis, "set_by": actor.account_id}
        session.add(_setting(ctx, agency_id, key, stored, valid_from, **more))


def settings_on(session: orm.Session, agency_id: str, day: dt.date) -> dict[str, Any]:
    """Return an agency's settings in force on a day, every key of `agency_defaults.yaml`."""
    values = {key: copy.copy(rule.default) for key, rule in setting_rules().items()}
    query = (
        sa.select(AgencySettingRow)
        .where(AgencySettingRow.agency_id == agency_id, AgencySettingRow.valid_from <= day)
        .order_by(AgencySettingRow.valid_from, AgencySettingRow.seq)
    )
    values.update({row.key: row.value for row in session.scalars(query)})
    return values


def setting_history(session: orm.Session, agency_id: str, key: str) -> list[SettingFacts]:
    """Return every value that an agency gave a setting, the latest first: by first day, then order of recording."""
    row = AgencySettingRow
    query = sa.select(row).where(row.agency_id == agency_id, row.key == key)
    names = SettingFacts.__dataclass_fields__
    found = session.scalars(query.order_by(row.valid_from.desc(), row.seq.desc()))
    return [SettingFacts(**{name: getattr(one, name) for name in names}) for one in found]


def agency_facts(session: orm.Session, agency_id: str, day: dt.date) -> AgencyFacts:
    """Return an agency as it is called on a day.

    Raises:
        NotFound: There is no such agency.
    """
    if session.get(AgencyRow, agency_id) is None:
        raise absent("agency")
    values = settings_on(session, agency_id, day)
    return AgencyFacts(id=agency_id, **{k: values[k] for k in ("name", "short_name", "fonds_no")})


def agencies(session: orm.Session, day: dt.date) -> list[AgencyFacts]:
    """Return all agencies of the installation in the order of their making."""
    return [agency_facts(session, one, day) for one in ids(session)]


def ids(session: orm.Session) -> Sequence[str]:
    """Return the ids of all agencies in the order of their making."""
    return session.scalars(sa.select(AgencyRow.id).order_by(AgencyRow.created_at, AgencyRow.id)).all()


def give_oversight(
    ctx: Context,
    actor: Actor | None,
    *,
    agency_id: str,
    given_id: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
) -> None:
    """Give an agency to a supervising body to read; None as actor is the installation's own command.

    Raises:
        Forbidden: The actor does not administer the agency that is given.
        BadInput: The period ends before it begins, or both are one.
    """
    if agency_id == given_id or (valid_to is not None and valid_to < valid_from):
        raise BadInput("监督关系的单位或期间不对。", remedy="选择另一个单位，并核对起止日期。", path="given_id")
    if actor is not None:
        require_in_agency(actor, Permission.ACCOUNT_MANAGE, given_id)
    with ctx.database.write() as session:
        event = {"body": agency_id, "valid_from": valid_from, "valid_to": valid_to}
        note(session, ctx, given_id, "oversight.given", actor, **event)
        session.add(
            AgencyOversightRow(
                id=ctx.ids.new(), agency_id=agency_id, given_id=given_id, valid_from=valid_from, valid_to=valid_to
            )
        )


def given_to(session: orm.Session, agency_id: str, day: dt.date) -> frozenset[str]:
    """Return the agencies that a supervising body may read on a day."""
    row = AgencyOversightRow
    still = sa.or_(row.valid_to.is_(None), row.valid_to >= day)
    return frozenset(
        session.scalars(sa.select(row.given_id).where(row.agency_id == agency_id, row.valid_from <= day, still))
    )


def require_in_agency(actor: Actor, permission: Permission, agency_id: str) -> None:
    """Ask the policy about something of an agency as a whole.

    Raises:
        NotFound: The actor may not know of the agency.
        Forbidden: The policy says no.
    """
    verdict = decide(actor, permission, Record(kind="agency", agency_id=agency_id))
    if verdict.hidden:
        raise absent("agency")
    if not verdict.allowed:
        raise refusal(verdict, permission)


def note(session: orm.Session, ctx: Context, agency_id: str, kind: str, by: Actor | None, **data: Any) -> None:
    """Write an event to the agency's stream; locks the stream, so it comes before the change it tells of.

    Args:
        session: The change's own session.
        ctx: The floor.
        agency_id: Whose stream.
        kind: `<thing>.<act>`.
        by: Who; None for the installation's own commands.
        data: Ids and names of changed fields, no personal values.
    """
    actor = by.account_id if by else SYSTEM
    journal.append(session, ctx.clock, stream=f"agency:{agency_id}", kind=kind, actor=actor, data=data)


def today(ctx: Context) -> dt.date:
    """Return the clock's legal date."""
    return legal_date(ctx.clock.now())
