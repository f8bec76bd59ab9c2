"""Give out a party's copy: until it expires or is taken back, each time journalled (A36.2)."""

from collections.abc import Iterator

from access import reading
from access.facts import Actor
from access.policy import Permission, Record
from archive.casefile import office_of
from archive.facts import CopyFacts
from archive.models import CopyRow
from archive.queries import copy_facts
from casework import queries
from casework.operations.common import require_on
from foundation import journal
from foundation.context import Context
from foundation.database import lock_row
from foundation.errors import BadInput, NotFound


def download(ctx: Context, actor: Actor, copy_id: str, *, clip: int | None = None) -> Iterator[bytes]:
    """Give out a copy, or one of its clips: journalled each time.

    Raises:
        NotFound: There is no such copy, it expired or was taken back (one answer for all).
    """
    with ctx.database.write() as session:
        row = lock_row(session, CopyRow, copy_id)
        if row is None or row.revoked_at is not None or row.expires_at <= ctx.clock.now():
            raise NotFound("没有这份复制件，或已过下载期限。", remedy="需要时重新申请。")
        facts = copy_facts(row)
        if actor.party_ids and row.party_id not in actor.party_ids:
            raise NotFound("没有这份复制件，或已过下载期限。", remedy="需要时重新申请。")
        if not actor.party_ids:
            case = queries.case_facts(session, row.case_id)
            require_on(office_of(ctx, session), actor, Permission.COPY_MAKE, case=case)
        row.downloads += 1
        blob = facts.blob if clip is None else str(facts.clips[clip]["blob"])
        record = Record(kind="case", agency_id=row.agency_id, id=row.case_id, case_id=row.case_id)
        reading.note_read(session, ctx, actor, record, act=reading.COPIED, digest=blob)
    return ctx.blobs.stream(blob)


def revoke(ctx: Context, actor: Actor, copy_id: str, *, reason: str) -> CopyFacts:
    """Take back a copy: it cannot be fetched any more.

    Raises:
        BadInput: No reason.
        NotFound: There is no such copy.
    """
    if not reason.strip():
        raise BadInput("收回复制件须写明理由。", remedy="填写理由。", path="reason")
    with ctx.database.write() as session:
        row = lock_row(session, CopyRow, copy_id)
        if row is None:
            raise NotFound("没有这份复制件，或已过下载期限。", remedy="需要时重新申请。")
        case = queries.case_facts(session, row.case_id)
        require_on(office_of(ctx, session), actor, Permission.COPY_MAKE, case=case)
        row.revoked_at = ctx.clock.now()
        stream, data = f"case:{row.case_id}", {"copy": copy_id}
        journal.append(session, ctx.clock, stream=stream, kind="copy.revoked", actor=actor.account_id, data=data)
        session.flush()
        return copy_facts(row)
