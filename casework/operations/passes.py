"""Passes of parties 查阅密码: given with a served paper, shown once, taken back; signing in by number and PIN.

A pass stands for one party in one case and opens what was served on it there, nothing else. An unknown number, a wrong
PIN and a pass that opens nothing any more have one answer and one cost. Guessing is slowed by `access.attempts`; after
`MOST_FAILURES` wrong PINs a pass is locked for good, and the office gives a new one.

Journal kinds in `case:<id>`: `party.pass_given`, `party.pass_ended`; in `access:<case>`: `party.signed_in`,
`party.sign_in_failed`, `party.pass_locked`, `party.signed_out`. Failures for unknown numbers stand in `access:sign_in`.
"""

import contextlib
import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from access import attempts, pins
from access.facts import Actor
from access.policy import Permission, Viewer
from casework import passes, queries, shelf
from casework.facts import CaseFacts
from casework.models.passes import PartyPassRow, PartySessionRow
from casework.operations.common import require_on
from casework.passes import PassFacts
from casework.views import Office, office
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound, Unavailable

DAYS, USES = 200, 100
GIVEN, ENDED, FAILED = "party.pass_given", "party.pass_ended", "party.sign_in_failed"
ACTS = (GIVEN, ENDED)
MOST_FAILURES = 10
"""Wrong PINs in a row after which a pass is locked."""
IDLE = dt.timedelta(minutes=15)
"""A session ends when nothing was asked for so long: the telephone may be somebody else's."""
LONGEST = dt.timedelta(hours=1)
SEEN_EVERY = dt.timedelta(minutes=1)
REFUSED = "编号或查阅密码不对，或密码已失效。"
REMEDY = "核对文书上的编号和密码单；多次输错、过期的密码会失效，请向制发机关领取新的密码单。"


@dataclass(frozen=True, kw_only=True)
class Given:
    """A pass with its PIN, which is nowhere else."""

    facts: PassFacts
    pin: str


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A party that is signed in, for one case."""

    actor: Actor
    case_id: str
    party_id: str


def give_pass(ctx: Context, actor: Actor, *, case_id: str, party_id: str) -> Given:
    """Give a party of a case a new PIN; an earlier one opens nothing any more.

    Raises:
        BadInput: The party is not in the case.
    """
    with ctx.database.write() as session:
        at, case = _admitting(ctx, session, actor, case_id)
        if party_id not in {p.id for p in case.parties}:
            raise BadInput("所选当事人不在本案。", remedy="选择本案的当事人。", path="party_id")
        now, settings = ctx.clock.now(), at.settings_today(case.agency_id)
        for row in _open(session, case_id, party_id):
            _end(ctx, session, row)
        pass_id, pin = ctx.ids.new(), pins.new_pin()
        row = PartyPassRow(
            id=pass_id,
            agency_id=case.agency_id,
            case_id=case_id,
            party_id=party_id,
            pin_digest=pins.digest(ctx.keys, _about(pass_id), pin),
            given_by=actor.account_id,
            given_at=now,
            expires_at=now + dt.timedelta(days=int(settings.get("party.pass_days") or DAYS)),
            uses=0,
            most_uses=int(settings.get("party.pass_uses") or USES),
            failures=0,
        )
        session.add(row)
        session.flush()
        _note(ctx, session, row, GIVEN, by=actor.account_id)
        return Given(facts=passes.pass_of(row), pin=pin)


def end_pass(ctx: Context, actor: Actor, pass_id: str) -> PassFacts:
    """Take a pass back; its sessions end at once.

    Raises:
        NotFound: There is none that the actor may know of.
    """
    with ctx.database.write() as session:
        found = session.get(PartyPassRow, pass_id)
        if found is None:
            raise NotFound("没有这个查阅密码。", remedy="刷新页面查看。")
        _admitting(ctx, session, actor, found.case_id)
        row = session.get_one(PartyPassRow, pass_id, with_for_update=True, populate_existing=True)
        if row.ended_at is None:
            _end(ctx, session, row)
            _note(ctx, session, row, ENDED, by=actor.account_id)
        return passes.pass_of(row)


def _admitting(ctx: Context, session: orm.Session, actor: Actor, case_id: str) -> tuple[Office, CaseFacts]:
    at = office(ctx, session)
    shelf.lock_case(session, case_id)
    case = queries.case_facts(session, case_id, at.today)
    require_on(at, actor, Permission.PARTY_ADMIT, case=case)
    return at, case


def _open(session: orm.Session, case_id: str, party_id: str) -> list[PartyPassRow]:
    own = (PartyPassRow.case_id == case_id, PartyPassRow.party_id == party_id, PartyPassRow.ended_at.is_(None))
    return list(session.scalars(sa.select(PartyPassRow).where(*own).with_for_update()))


def _end(ctx: Context, session: orm.Session, row: PartyPassRow) -> None:
    now = ctx.clock.now()
    row.ended_at = now
    running = (PartySessionRow.pass_id == row.id) & PartySessionRow.ended_at.is_(None)
    session.execute(sa.update(PartySessionRow).where(running).values(ended_at=now))
    session.flush()


def _about(pass_id: str) -> str:
    return f"pass:{pass_id}"


def _note(ctx: Context, session: orm.Session, row: PartyPassRow, kind: str, *, by: str, **data: str) -> None:
    """Write what befell a pass: acts of the office in the case's stream, the rest in that of its looks."""
    stream = f"case:{row.case_id}" if kind in ACTS else f"access:{row.case_id}"
    event = {"pass": row.id, "party": row.party_id, **data}
    journal.append(session, ctx.clock, stream=stream, kind=kind, actor=by, data=event)


# --- signing in -------------------------------------------------------------------------------------------------------


def sign_in(ctx: Context, *, number: str, pin: str, address: str) -> str:
    """Open a party's session and return its token, which is nowhere else.

    Args:
        ctx: The floor.
        number: Number of a paper or of the case, or a paper's code.
        pin: As typed.
        address: Where it comes from.

    Raises:
        Forbidden: Unknown number, wrong PIN, or a pass that opens nothing any more: one answer.
        TooSoon: Too many failures; says how long to wait.
    """
    name, typed = passes.read_number(number), pins.read_pin(pin)
    with ctx.database.write() as session:
        attempt = attempts.written_down(ctx, session, f"party:{name}", address, remedy=REMEDY)
        rows = passes.rows_for(session, name)
        good = _fitting(ctx, rows, typed)
        if good is None:
            _failed(ctx, session, rows, attempt, address)
        else:
            attempts.succeeded(session, attempt)
            token = _opened(ctx, session, good, address)
    if good is None:
        raise Forbidden(REFUSED, remedy=REMEDY)
    return token


def _fitting(ctx: Context, rows: list[PartyPassRow], pin: str) -> PartyPassRow | None:
    pins.fits(ctx.keys, _about("none"), pin, "")  # an unknown number costs as much as a known one
    fits = [r for r in rows if pins.fits(ctx.keys, _about(r.id), pin, r.pin_digest)]
    return next((r for r in fits if not passes.pass_of(r).why_not(ctx.clock.now())), None)


def _failed(ctx: Context, session: orm.Session, rows: list[PartyPassRow], attempt: str, address: str) -> None:
    data = {"attempt": attempt, "address": address[:60]}
    if not rows:
        stream = attempts.UNKNOWN_STREAM
        journal.append(session, ctx.clock, stream=stream, kind=FAILED, actor="unknown", data=data)
    for row in rows:
        row.failures += 1
        _note(ctx, session, row, FAILED, by="unknown", **data)
        if row.failures >= MOST_FAILURES and row.locked_at is None:
            row.locked_at = ctx.clock.now()
            _note(ctx, session, row, "party.pass_locked", by="unknown", **data)


def _opened(ctx: Context, session: orm.Session, row: PartyPassRow, address: str) -> str:
    token, now = secrets.token_urlsafe(32), ctx.clock.now()
    row.failures, row.uses = 0, row.uses + 1
    session.add(
        PartySessionRow(
            id=ctx.ids.new(),
            agency_id=row.agency_id,
            pass_id=row.id,
            token_digest=_digest(token),
            address=address[:60],
            opened_at=now,
            seen_at=now,
            expires_at=min(now + LONGEST, row.expires_at),
        )
    )
    _note(ctx, session, row, "party.signed_in", by=account_of(row.id), address=address[:60])
    return token


def visitor_of(ctx: Context, token: str) -> Visitor | None:
    """Return who a token stands for now; None when the session is unknown, over, idle too long, or its pass ended."""
    now = ctx.clock.now()
    with ctx.database.read() as session:
        row = session.scalar(sa.select(PartySessionRow).where(PartySessionRow.token_digest == _digest(token)))
        if row is None or row.ended_at is not None or now >= min(row.expires_at, row.seen_at + IDLE):
            return None
        held = session.get_one(PartyPassRow, row.pass_id)
        if held.ended_at is not None:
            return None
        visitor = _visitor(session, held)
        stale, session_id = now >= row.seen_at + SEEN_EVERY, row.id
    if stale:
        open_one = (PartySessionRow.id == session_id) & PartySessionRow.ended_at.is_(None)
        with contextlib.suppress(Unavailable), ctx.database.write() as session:
            session.execute(sa.update(PartySessionRow).where(open_one).values(seen_at=now))
    return visitor


def _visitor(session: orm.Session, row: PartyPassRow) -> Visitor:
    own = frozenset({row.agency_id})
    actor = Actor(
        account_id=account_of(row.id),
        person_id="",
        agency_id=row.agency_id,
        name=queries.party_facts(session, row.party_id).name,
        roles=frozenset({"party"}),
        agencies=own,
        party_ids=frozenset({row.party_id}),
    )
    return Visitor(actor=actor, case_id=row.case_id, party_id=row.party_id)


def account_of(pass_id: str) -> str:
    """Return what stands for a pass where accounts are named."""
    return f"p:{pass_id}"


def sight_of(session: orm.Session, visitor: Visitor) -> Viewer:
    """Return what was served on a party in the one case of its pass, read at this moment."""
    served = queries.viewer_of(session, visitor.actor).served_ids
    own = {d.id for d in queries.documents_of(session, visitor.case_id)}
    return Viewer(served_ids=served & own)


def sign_out(ctx: Context, token: str) -> None:
    """End a session; an unknown token changes nothing."""
    with ctx.database.write() as session:
        row = session.scalar(sa.select(PartySessionRow).where(PartySessionRow.token_digest == _digest(token)))
        if row is None or row.ended_at is not None:
            return
        row.ended_at = ctx.clock.now()
        held = session.get_one(PartyPassRow, row.pass_id)
        _note(ctx, session, held, "party.signed_out", by=account_of(held.id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
