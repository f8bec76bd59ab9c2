"""What the administrator keeps besides accounts: settings with their patterns, the ledger of numbers, the seal's uses.

Ledger and log name papers by type and number alone: an administrator sees no case.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from access import agencies
from access.accounts import person
from access.agencies import require_in_agency
from access.facts import Actor
from access.policy import Permission
from casework import numbering
from casework.figures import read
from casework.numbering import NumberFacts
from casework.queries import ledgers
from casework.queries.ledgers import SealUse, Series
from casework.views import office
from foundation.context import Context
from foundation.errors import NotFound

PATTERNS = ("case_number.pattern", "numbering.")
"""Settings that say how numbers are written."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A series with its numbers."""

    series: Series
    numbers: Sequence[NumberFacts]


@dataclass(frozen=True, kw_only=True)
class SealLog:
    """One page of the seal's uses."""

    uses: Sequence[tuple[SealUse, str]]
    """Each with the name of who drew the paper up."""
    total: int


def change_setting(ctx: Context, actor: Actor, *, key: str, value: Any, valid_from: dt.date, basis: str = "") -> None:
    """Let a value of the actor's agency hold from a day on; a pattern of numbers is looked at before.

    Raises:
        BadInput: The setting is unknown, the value wrong, or the pattern would not tell numbers apart.
        Forbidden: The policy says no.
    """
    require_in_agency(actor, Permission.SETTING_MANAGE, actor.agency_id)
    if key.startswith(PATTERNS) and value:
        numbering.check_pattern(str(value))
    agencies.set_setting(
        ctx, actor, agency_id=actor.agency_id, key=key, value=value, valid_from=valid_from, basis=basis
    )


def series(ctx: Context, actor: Actor) -> Sequence[Series]:
    """Return the agency's series of numbers.

    Raises:
        Forbidden: The actor keeps no settings.
    """
    require_in_agency(actor, Permission.SETTING_MANAGE, actor.agency_id)
    with ctx.database.read() as session:
        return ledgers.series_of(session, actor.agency_id)


def ledger(ctx: Context, actor: Actor, character: str, period: str) -> Ledger:
    """Return one series with every number: used, on its way, or void with the reason.

    Raises:
        NotFound: There is no such series.
        Forbidden: The actor keeps no settings.
    """
    known = next((s for s in series(ctx, actor) if (s.character, s.period) == (character, period)), None)
    if known is None:
        raise NotFound("没有这个编号序列。", remedy="在编号页面选择。")
    with ctx.database.read() as session:
        return Ledger(series=known, numbers=numbering.ledger(session, actor.agency_id, character, period))


def series_name(character: str) -> str:
    """Return what a series numbers, in Chinese."""
    known = read("numbers")["series"].get(character)
    return str(known.get("title", character)) if known else f"文书（{character}）"


def seal_log(ctx: Context, actor: Actor, *, number: int, size: int) -> SealLog:
    """Return one page of the uses of the agency's seal, the latest first.

    Raises:
        Forbidden: The actor keeps no settings.
    """
    require_in_agency(actor, Permission.SETTING_MANAGE, actor.agency_id)
    with ctx.database.read() as session:
        at = office(ctx, session)
        uses, total = ledgers.seal_uses(session, actor.agency_id, number=number, size=size)
        names = {u.person_id: person(session, u.person_id, at.today).name for u in uses if u.person_id}
        return SealLog(uses=[(u, names.get(u.person_id, "")) for u in uses], total=total)
