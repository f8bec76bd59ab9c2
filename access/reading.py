"""Looks at confidential things, searches and downloads leave a trace that names the person (A34.1, A36.2).

Events stand in `access:<case id>`, or `access:<agency id>` for things of no case; they never enter a package. Kinds:
`<kind>.read` (classes marked `traced` in roles.yaml), `<kind>.downloaded`, `<kind>.copied` (always), `search.asked`.
"""

import hashlib
import hmac

from sqlalchemy import orm

from access.facts import Actor
from access.policy import Record
from access.rulebook import rulebook
from foundation import journal
from foundation.context import Context

READ, DOWNLOADED, COPIED = "read", "downloaded", "copied"


def is_traced(secrecy: str | None) -> bool:
    """Tell whether looking at a thing of this class is written down; an unknown class is."""
    return rulebook().classes.get(secrecy or "normal", {}).get("traced", True) is not False


def note_read(
    session: orm.Session,
    ctx: Context,
    actor: Actor,
    record: Record,
    *,
    act: str = READ,
    digest: str = "",
    fields: tuple[str, ...] = (),
) -> bool:
    """Write down that somebody looked at or took a thing, in the caller's transaction; return whether it was written.

    Args:
        session: A writing session.
        ctx: The floor.
        actor: Who.
        record: What the policy knows of the thing.
        act: `READ`, `DOWNLOADED` or `COPIED`.
        digest: Of the bytes that were given out.
        fields: Names of confidential fields that were shown; naming one makes a look traced.
    """
    if act == READ and not fields and not is_traced(record.secrecy):
        return False
    data = {record.kind: record.id, "class": record.secrecy or "normal"}
    data |= {"digest": digest} if digest else {}
    journal.append(
        session,
        ctx.clock,
        stream=f"access:{record.case_id or record.agency_id}",
        kind=f"{record.kind}.{act}",
        actor=actor.account_id,
        data={**data, **({"fields": sorted(fields)} if fields else {})},
    )
    return True


def note_search(session: orm.Session, ctx: Context, actor: Actor, *, query: str, total: int) -> None:
    """Write down a search: who, how many hits, and a keyed digest of the words (they may name a person)."""
    mark = hmac.new(ctx.keys.key("search_log"), query.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    stream = f"access:{actor.agency_id or actor.account_id}"
    data = {"query": mark, "total": total}
    journal.append(session, ctx.clock, stream=stream, kind="search.asked", actor=actor.account_id, data=data)
