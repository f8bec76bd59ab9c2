"""Signing on one's own phone: a link for one slot of one version, shown as a code, good once and for five minutes.

The link is bound to the content's digest; a new version ends it. The signature is recorded as given before the officer
who showed the code, whose rights are asked again at that moment. Whoever declines is not recorded as refusing: the
officer does that, with a witness or a recording. Journal kinds: `signing.offered`, `signing.declined`.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access import accounts
from access.facts import Actor
from access.policy import Permission
from casework import approvals, validation
from casework.approvals import Signer, Signing
from casework.cleaning import clean
from casework.facts import DocumentFacts
from casework.gates.api import REVISE
from casework.models.links import SigningLinkRow
from casework.operations.common import locked_view, note, require_on
from casework.operations.signing import fill_slot
from casework.views import office
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Forbidden, NotFound, Refused

GOOD_FOR = dt.timedelta(minutes=5)
"""features.md 23: the code stands on a screen before the signer's eyes."""
LONGEST = 500
"""Characters of a reason."""


@dataclass(frozen=True, kw_only=True)
class LinkFacts:
    """One link."""

    id: str
    document_id: str
    slot: str
    name: str
    content_digest: str
    given_by: str
    given_at: dt.datetime
    expires_at: dt.datetime
    opened_at: dt.datetime | None = None
    used_at: dt.datetime | None = None
    declined: str = ""


def offer(ctx: Context, actor: Actor, *, document_id: str, slot: str, name: str) -> tuple[LinkFacts, str]:
    """Make a link for a person outside the office and return it with its token, which is shown as a code once.

    Raises:
        Refused: The slot cannot be signed now, or is signed by the office itself.
        BadInput: No name.
    """
    token, now = secrets.token_urlsafe(24), ctx.clock.now()
    who, findings = validation.read_name(name)
    if findings or not who:
        raise BadInput("没有写明签名人的姓名。", remedy="填写签名人的姓名。", path="name", findings=findings)
    with ctx.database.write() as session:
        at = office(ctx, session)
        view = locked_view(at, document_id, act=REVISE)
        require_on(at, actor, Permission.DOCUMENT_SIGN, case=view.case, document=view.document)
        if not approvals.is_outside(view.definition.slot(slot).role):
            raise Refused("本单位人员请登录后签署。", remedy="在自己的手机上登录，打开这份文书签署。")
        signer = Signer(person_id=actor.person_id, name=actor.name, roles=actor.roles)
        # What the signer writes is asked when it is sent.
        values = dict.fromkeys(view.definition.slot(slot).fills, "／")
        if found := approvals.against(view, Signing(slot=slot, signer=signer, name=who, values=values)):
            raise Refused(found[0].message, remedy=found[0].remedy, findings=found)
        _end_others(session, document_id, slot, who, now)
        row = SigningLinkRow(
            id=ctx.ids.new(),
            agency_id=view.document.agency_id,
            document_id=document_id,
            slot=slot,
            name=who,
            token_digest=_digest(token),
            content_digest=view.document.content_digest,
            given_by=actor.account_id,
            given_at=now,
            expires_at=now + GOOD_FOR,
        )
        session.add(row)
        note(at, actor, view.document, "signing.offered", link=row.id, slot=slot)
        session.flush()
        return _facts(row), token


def _end_others(session: orm.Session, document_id: str, slot: str, name: str, now: dt.datetime) -> None:
    """A new code takes the place of the one before it."""
    row = SigningLinkRow
    mine = (row.document_id == document_id, row.slot == slot, row.name == name, row.used_at.is_(None))
    session.execute(sa.update(row).where(*mine, row.expires_at > now).values(expires_at=now))


def link_of(ctx: Context, token: str) -> LinkFacts:
    """Return a link that still opens something, and keep that it was opened.

    Raises:
        NotFound: There is no such link.
        Refused: It was used, has run out, or the paper has changed.
    """
    with ctx.database.write() as session:
        row = _open(ctx, session, token)
        row.opened_at = row.opened_at or ctx.clock.now()
        session.flush()
        return _facts(row)


def link_facts(ctx: Context, actor: Actor, link_id: str) -> LinkFacts:
    """Return what became of a link, for the officer who gave it.

    Raises:
        NotFound: The actor gave no such link.
    """
    with ctx.database.read() as session:
        row = session.get(SigningLinkRow, link_id)
        if row is None or row.given_by != actor.account_id:
            raise NotFound("没有这个签名二维码。", remedy="返回文书页面重新生成。")
        return _facts(row)


def sign(ctx: Context, token: str, *, image: bytes, values: Mapping[str, Any] | None = None) -> DocumentFacts:
    """Sign by a link: the drawn signature and what the slot fills.

    Raises:
        NotFound: There is no such link.
        Refused: It was used, has run out, or something stands against the signature.
        BadInput: No signature was drawn.
    """
    if not image:
        raise BadInput("还没有签名。", remedy="在签名框内手写姓名后提交。", path="image")
    with ctx.database.write() as session:  # whoever comes second finds it used
        row = _open(ctx, session, token)
        row.used_at = ctx.clock.now()
        session.flush()
        link = _facts(row)
    try:
        return fill_slot(
            ctx,
            _officer(ctx, link),
            document_id=link.document_id,
            slot=link.slot,
            name=link.name,
            image=image,
            values=values,
            content_digest=link.content_digest,
        )
    except (BadInput, Refused, Conflict, Forbidden):
        with ctx.database.write() as session:
            session.get_one(SigningLinkRow, link.id).used_at = None
        raise


def decline(ctx: Context, token: str, *, reason: str) -> None:
    """Say that one does not sign; the link ends, and the officer is told why.

    Raises:
        NotFound: There is no such link.
        Refused: It was used or has run out.
        BadInput: No reason.
    """
    why = clean(reason)[:LONGEST]
    if not why:
        raise BadInput("请写明不签名的原因。", remedy="例如：对数量有异议。", path="reason")
    with ctx.database.write() as session:
        row = _open(ctx, session, token)
        row.used_at, row.declined = ctx.clock.now(), why
        session.flush()
        at, link = office(ctx, session), _facts(row)
        note(at, _officer(ctx, link), at.document(link.document_id), "signing.declined", link=link.id, slot=link.slot)


def _officer(ctx: Context, link: LinkFacts) -> Actor:
    with ctx.database.read() as session:
        return accounts.actor_of(session, link.given_by, ctx.clock.now())


def _open(ctx: Context, session: orm.Session, token: str) -> SigningLinkRow:
    row = session.scalar(
        sa.select(SigningLinkRow).where(SigningLinkRow.token_digest == _digest(token)).with_for_update()
    )
    again = "请执法人员重新出示二维码。"
    if row is None:
        raise NotFound("没有这个签名链接。", remedy=again)
    if row.used_at is not None:
        raise Refused("这个签名链接已经用过。", remedy=again)
    if row.expires_at <= ctx.clock.now():
        raise Refused("这个签名链接已过期（五分钟内有效）。", remedy=again)
    if office(ctx, session).document(row.document_id).content_digest != row.content_digest:
        raise Refused("文书在出示二维码之后有改动，不能再签这一版。", remedy=again)
    return row


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _facts(row: SigningLinkRow) -> LinkFacts:
    return LinkFacts(**{name: getattr(row, name) for name in LinkFacts.__dataclass_fields__})
