"""Which paper a file is, by the digest of its bytes: whoever has the file asks; nothing is told to who has not."""

import sqlalchemy as sa
from sqlalchemy import orm

from casework.facts import DocumentFacts
from casework.models import DocumentBlobRow
from casework.queries.documents import document_facts

HANDED_OVER = ("sealed", "pdf", "signed_copy")
"""Kinds of files that leave the office."""


def paper_with_file(session: orm.Session, sha256: str) -> DocumentFacts | None:
    """Return the paper that a file is of, None when it is none that left the office so."""
    row = DocumentBlobRow
    query = sa.select(row.document_id).where(row.blob == sha256, row.kind.in_(HANDED_OVER)).order_by(row.document_id)
    found = session.scalars(query).first()
    return document_facts(session, found) if found else None
