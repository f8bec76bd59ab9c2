"""Links to copies: opened by a PIN that goes another way, for a time and a number of times, taken back at any moment.

The address of a link is made from its id by a key that lies outside the database; its PIN is shown once, when it is
given. An address that is none is not found. Whoever has a true address is told plainly why it opens nothing any more.
Wrong PINs are slowed and, after a few, end the link. Each use is journalled before the first byte goes.

Journal kinds in `case:<id>`: `copy.link_given`, `copy.link_ended`; in `access:<case>`: `case.copied` for each use,
`copy.link_failed`, `copy.link_locked`.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access import attempts, pins, reading
from access.facts import Actor
from access.policy import Permission, Record
from archive.casefile import office_of
from archive.copy_facts import CopyLinkFacts
from archive.facts import CopyFacts
from archive.models import CopyLinkRow, CopyRow
from archive.queries import copy_facts
from archive.ruling import read, setting
from casework import queries
from casework.operations.common import require_on
from foundation import journal
from foundation.context import Context
from foundation.database import lock_row
from foundation.errors import Forbidden, NotFound, Refused
from foundation.keys import Keys

WRONG = "取件密码不对。"
REMEDY = "核对制发机关告知的8位取件密码；多次输错后链接会失效，需要重新领取。"
GONE = ("没有这个下载链接。", "核对链接是否完整；需要时向制发机关重新领取。")


@dataclass(frozen=True, kw_only=True)
class GivenLink:
    """A link with its PIN, which is nowhere else."""

    facts: CopyLinkFacts
    pin: str


@dataclass(frozen=True, kw_only=True)
class OpenedLink:
    """What somebody who has a link's address may know before the PIN: nothing of the case or its persons."""

    facts: CopyLinkFacts
    copy: CopyFacts
    why_not: str
    """Why it opens nothing any more, empty when it does."""


def token_of(keys: Keys, link_id: str) -> str:
    """Return the address of a link, the same each time."""
    return base64.urlsafe_b64encode(bytes.fromhex(pins.digest(keys, f"link:{link_id}", "address"))).decode().rstrip("=")


def _about(link_id: str) -> str:
    return f"link-pin:{link_id}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def give_link(ctx: Context, actor: Actor, copy_id: str) -> GivenLink:
    """Give a copy a new link and PIN; earlier links to it open nothing any more.

    Raises:
        NotFound: There is no such copy.
        Refused: The copy expired or was taken back.
    """
    with ctx.database.write() as session:
        copy = _to_give(ctx, session, actor, copy_id)
        now, link_id, pin = ctx.clock.now(), ctx.ids.new(), pins.new_pin()
        settings = office_of(ctx, session).settings_today(copy.agency_id)
        for row in _open(session, copy_id):
            row.ended_at = now
        row = CopyLinkRow(
            id=link_id,
            agency_id=copy.agency_id,
            copy_id=copy_id,
            token_digest=_digest(token_of(ctx.keys, link_id)),
            pin_digest=pins.digest(ctx.keys, _about(link_id), pin),
            given_by=actor.account_id,
            given_at=now,
            expires_at=now
            + dt.timedelta(days=int(setting(settings, "copies.link_days", read("copying")["link"]["days"]))),
            uses=0,
            most_uses=int(setting(settings, "copies.link_uses", read("copying")["link"]["uses"])),
            failures=0,
        )
        session.add(row)
        copy.expires_at = max(copy.expires_at, row.expires_at)
        session.flush()
        _note(ctx, session, row, "copy.link_given", copy=copy, by=actor.account_id)
        return GivenLink(facts=link_of(row), pin=pin)


def _to_give(ctx: Context, session: orm.Session, actor: Actor, copy_id: str) -> CopyRow:
    copy: CopyRow | None = lock_row(session, CopyRow, copy_id)
    if copy is None:
        raise NotFound("没有这份复制件。", remedy="刷新页面查看。")
    require_on(office_of(ctx, session), actor, Permission.COPY_MAKE, case=queries.case_facts(session, copy.case_id))
    if copy.revoked_at is not None:
        raise Refused("这份复制件已经收回，不能再发放链接。", remedy="需要时由当事人重新申请。")
    return copy


def end_link(ctx: Context, actor: Actor, link_id: str) -> CopyLinkFacts:
    """Take a link back.

    Raises:
        NotFound: There is no such link.
    """
    with ctx.database.write() as session:
        found = session.get(CopyLinkRow, link_id)
        if found is None:
            raise NotFound(GONE[0], remedy=GONE[1])
        copy = session.get_one(CopyRow, found.copy_id)
        require_on(office_of(ctx, session), actor, Permission.COPY_MAKE, case=queries.case_facts(session, copy.case_id))
        row: CopyLinkRow = lock_row(session, CopyLinkRow, link_id)
        if row.ended_at is None:
            row.ended_at = ctx.clock.now()
            _note(ctx, session, row, "copy.link_ended", copy=copy, by=actor.account_id)
        session.flush()
        return link_of(row)


def links_of(session: orm.Session, copy_id: str) -> list[CopyLinkFacts]:
    """Return the links to a copy, the latest first."""
    query = sa.select(CopyLinkRow).where(CopyLinkRow.copy_id == copy_id)
    return [link_of(r) for r in session.scalars(query.order_by(CopyLinkRow.given_at.desc(), CopyLinkRow.id.desc()))]


def link_of(row: CopyLinkRow) -> CopyLinkFacts:
    """Return the facts of a row."""
    return CopyLinkFacts(**{n: getattr(row, n) for n in CopyLinkFacts.__dataclass_fields__})


def _open(session: orm.Session, copy_id: str) -> list[CopyLinkRow]:
    own = (CopyLinkRow.copy_id == copy_id, CopyLinkRow.ended_at.is_(None))
    return list(session.scalars(sa.select(CopyLinkRow).where(*own).with_for_update()))


def _note(ctx: Context, session: orm.Session, row: CopyLinkRow, kind: str, *, copy: CopyRow, by: str) -> None:
    acts = ("copy.link_given", "copy.link_ended")
    stream = f"case:{copy.case_id}" if kind in acts else f"access:{copy.case_id}"
    data = {"copy": copy.id, "link": row.id}
    journal.append(session, ctx.clock, stream=stream, kind=kind, actor=by, data=data)


# --- using one --------------------------------------------------------------------------------------------------------


def opened(ctx: Context, token: str) -> OpenedLink:
    """Return what a link's address leads to.

    Raises:
        NotFound: It is none.
    """
    with ctx.database.read() as session:
        row = session.scalar(sa.select(CopyLinkRow).where(CopyLinkRow.token_digest == _digest(token)))
        if row is None:
            raise NotFound(GONE[0], remedy=GONE[1])
        copy = session.get_one(CopyRow, row.copy_id)
        return OpenedLink(facts=link_of(row), copy=copy_facts(copy), why_not=_why_not(ctx, row, copy))


def _why_not(ctx: Context, row: CopyLinkRow, copy: CopyRow) -> str:
    return "这份复制件已被制发机关收回" if copy.revoked_at is not None else link_of(row).why_not(ctx.clock.now())


def take(
    ctx: Context, token: str, *, pin: str, address: str, clip: int | None = None
) -> tuple[CopyFacts, int, Iterator[bytes]]:
    """Give out a copy, or one of its clips, for a link's PIN; counted and journalled.

    Args:
        ctx: The floor.
        token: The link's address.
        pin: As typed.
        address: Where it comes from.
        clip: Which clip; None for the copy itself.

    Returns:
        The copy, the size of what is given, its bytes.

    Raises:
        NotFound: The address is none, or the copy has no such clip.
        Refused: The link opens nothing any more; says why.
        Forbidden: Wrong PIN.
        TooSoon: Wrong PINs came too fast.
    """
    known = opened(ctx, token)
    if known.why_not:
        raise Refused(f"{known.why_not}。", remedy=GONE[1])
    if clip is not None and not 0 <= clip < len(known.copy.clips):
        raise NotFound(GONE[0], remedy=GONE[1])
    with ctx.database.write() as session:
        attempt = attempts.written_down(ctx, session, _about(known.facts.id), address, remedy=REMEDY)
        copy: CopyRow = lock_row(session, CopyRow, known.copy.id)
        row: CopyLinkRow = lock_row(session, CopyLinkRow, known.facts.id)
        why_not = _why_not(ctx, row, copy)
        fits = not why_not and pins.fits(ctx.keys, _about(row.id), pins.read_pin(pin), row.pin_digest)
        if fits:
            attempts.succeeded(session, attempt)
            blob, size = _used(ctx, session, copy, row, clip)
        elif not why_not:
            _failed(ctx, session, copy, row)
        facts = copy_facts(copy)
    if why_not:
        raise Refused(f"{why_not}。", remedy=GONE[1])
    if not fits:
        raise Forbidden(WRONG, remedy=REMEDY)
    return facts, size, ctx.blobs.stream(blob)


def _used(ctx: Context, session: orm.Session, copy: CopyRow, row: CopyLinkRow, clip: int | None) -> tuple[str, int]:
    row.uses, row.failures, copy.downloads = row.uses + 1, 0, copy.downloads + 1
    one: Mapping[str, Any] = copy.clips[clip] if clip is not None else {"blob": copy.blob, "size": copy.size}
    holder = Actor(
        account_id=f"l:{row.id}",
        person_id="",
        agency_id=row.agency_id,
        name="",
        roles=frozenset(),
        agencies=frozenset(),
    )
    record = Record(kind="case", agency_id=copy.agency_id, id=copy.case_id, case_id=copy.case_id)
    reading.note_read(session, ctx, holder, record, act=reading.COPIED, digest=str(one["blob"]))
    return str(one["blob"]), int(one["size"])


def _failed(ctx: Context, session: orm.Session, copy: CopyRow, row: CopyLinkRow) -> None:
    row.failures += 1
    _note(ctx, session, row, "copy.link_failed", copy=copy, by="unknown")
    if row.failures >= int(read("copying")["link"]["most_failures"]):
        row.locked_at = ctx.clock.now()
        _note(ctx, session, row, "copy.link_locked", copy=copy, by="unknown")
