"""What may be said of a paper or copy to whoever holds it: its kind, whose it is, from which day, how it stands."""

import datetime as dt
import hmac
import re
from typing import Any

from sqlalchemy import orm

from access import agencies
from archive.facts import CopyFacts
from archive.queries import copy_with_file, find_copy
from casework import queries
from casework.approvals import STATUS_NAMES
from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE
from casework.queries.files import paper_with_file
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import NotFound

LEAST_DIGITS = 12
"""Digits of the digest that must be given: 48 bits cannot be guessed at the page's pace."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DIGEST = re.compile(rf"[0-9a-f]{{{LEAST_DIGITS},64}}")
GENUINE = DONE | {Status.REPLACED}
"""States of papers that were issued."""


def by_code(ctx: Context, code: str, digest: str, version: str) -> dict[str, Any] | None:
    """Return what may be said of the paper or copy with this code; None for every miss alike."""
    if not ID.fullmatch(code) or not DIGEST.fullmatch(digest):
        return None
    with ctx.database.read() as session:
        copy = find_copy(session, code)
        if copy is not None:
            return _copy(session, copy) if _same(copy.code_digest, digest) and version in ("", "1") else None
        try:
            document = queries.document_facts(session, code)
        except NotFound:
            return None
        agrees = _same(document.content_digest, digest) and version in ("", str(document.version))
        return _paper(session, document) if agrees and document.status in GENUINE else None


def by_file(ctx: Context, sha256: str) -> dict[str, Any] | None:
    """Return what may be said of the paper or copy whose file has these bytes; None when it is none."""
    with ctx.database.read() as session:
        if (copy := copy_with_file(session, sha256)) is not None:
            return _copy(session, copy)
        document = paper_with_file(session, sha256)
        return _paper(session, document) if document and document.status in GENUINE else None


def _same(stored: str, digest: str) -> bool:
    return bool(stored) and hmac.compare_digest(stored[: len(digest)], digest)


def _paper(session: orm.Session, document: DocumentFacts) -> dict[str, Any]:
    day = document.issue_date or document.issued_at.date()  # type: ignore[union-attr]  # issued papers have an instant
    return {
        "title": document.title,
        "agency": _agency(session, document.agency_id, day),
        "issue_date": document.issue_date,
        "status": STATUS_NAMES[Status.REPLACED] if document.status is Status.REPLACED else "有效",
        "version": document.version,
        "digest": document.content_digest,
        "id": document.id,
        "replaced": document.status is Status.REPLACED,
        "own": True,
    }


def _copy(session: orm.Session, copy: CopyFacts) -> dict[str, Any]:
    day = legal_date(copy.made_at)
    return {
        "title": f"执法记录复制件 {copy.number}",
        "agency": _agency(session, copy.agency_id, day),
        "issue_date": day,
        "status": "已收回" if copy.revoked_at else "有效",
        "version": 1,
        "digest": copy.code_digest,
        "id": copy.id,
        "replaced": bool(copy.revoked_at),
        "own": False,
    }


def _agency(session: orm.Session, agency_id: str, day: dt.date) -> str:
    return str(agencies.settings_on(session, agency_id, day)["name"])
