"""Existence and permission in one place: every page's loader. What a viewer may not know of is not found.

A view opens `sight()` once: one session, the viewer's rights read from the database at that moment (a revocation holds
at once), and loaders that ask the policy. Lists take `where`, so that totals and page numbers come from the same
predicate as the rows.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from access.agencies import require_in_agency
from access.facts import Actor
from access.policy import READING, Permission, Record, Viewer, absent, decide, predicate, refusal
from access.predicates import to_sql
from archive import queries as packages
from archive.facts import PackageFacts, VolumeFacts
from casework import queries, sealing
from casework.facts import CaseFacts, DocumentFacts, RecordingFacts
from foundation.context import Context
from foundation.errors import NotFound
from web.blobs import Held, note_look
from web.security import the_actor, the_context
from web.words import DOWNLOADS

Thing = TypeVar("Thing", CaseFacts, DocumentFacts, RecordingFacts, PackageFacts)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one viewer may see, in one session."""

    ctx: Context
    session: orm.Session
    actor: Actor
    viewer: Viewer

    def case(self, case_id: str) -> CaseFacts:
        """Return a case that the viewer may read.

        Raises:
            NotFound: There is none for this viewer.
        """
        with _absent_as("case"):
            return self._allowed(queries.case_facts(self.session, case_id))

    def document(self, document_id: str) -> DocumentFacts:
        """Return a paper that the viewer may read.

        Raises:
            NotFound: There is none for this viewer.
        """
        with _absent_as("document"):
            return self._opened(queries.document_facts(self.session, document_id))

    def recording(self, recording_id: str) -> RecordingFacts:
        """Return a recording that the viewer may read.

        Raises:
            NotFound: There is none for this viewer.
        """
        with _absent_as("recording"):
            return self._opened(queries.recording_facts(self.session, recording_id))

    def package(self, package_id: str) -> PackageFacts:
        """Return a package that the viewer may read.

        Raises:
            NotFound: There is none for this viewer.
        """
        with _absent_as("package"):
            return self._allowed(packages.package_facts(self.session, package_id))

    def volume(self, package: PackageFacts, name: str) -> VolumeFacts:
        """Return a volume of a package that was looked up; each volume has a class of its own.

        Raises:
            NotFound: There is none for this viewer.
        """
        found = next((v for v in package.volumes if v.name == name), None)
        if found is None or not self.may_open(package, found):
            raise absent("package")
        return found

    def may_open(self, package: PackageFacts, volume: VolumeFacts) -> bool:
        """Tell whether the viewer may read a volume of a package."""
        record = packages.package_record(package, volume)
        return decide(self.actor, READING["package"], record, self.viewer).allowed

    def where(self, kind: str, columns: Mapping[str, Any]) -> sa.ColumnElement[bool]:
        """Return the SQL condition of the records of a kind that the viewer may read."""
        return to_sql(predicate(self.actor, READING[kind], kind, self.viewer), columns)

    def may_read(self, thing: Thing) -> bool:
        """Tell whether the viewer may read a thing."""
        record = record_of(thing)
        return decide(self.actor, READING[record.kind], record, self.viewer).allowed

    def may(self, permission: Permission, thing: Thing) -> bool:
        """Tell whether the viewer holds a permission on a thing that was looked up."""
        return decide(self.actor, permission, record_of(thing), self.viewer).allowed

    def require(self, permission: Permission, thing: Thing) -> None:
        """Ask a permission on a thing that was looked up.

        Raises:
            Forbidden: The policy says no; says why, and who can help.
        """
        verdict = decide(self.actor, permission, record_of(thing), self.viewer)
        if not verdict.allowed:
            raise refusal(verdict, permission)

    def seen(self, things: Iterable[Thing]) -> list[Thing]:
        """Return the things that the viewer may read, in their order."""
        return [t for t in things if self.may_read(t)]

    def case_of(self, case_id: str | None) -> CaseFacts | None:
        """Return the case of a paper or recording when the viewer may read that too."""
        if case_id is None:
            return None
        with contextlib.suppress(NotFound):
            return self.case(case_id)
        return None

    def _opened(self, thing: Thing) -> Thing:
        """Return a thing that may be read, opened; the look is written down when its class asks for that."""
        thing = sealing.opened(self.ctx.keys, self._allowed(thing))
        note_look(record_of(thing))
        return thing

    def _allowed(self, thing: Thing) -> Thing:
        record = record_of(thing)
        verdict = decide(self.actor, READING[record.kind], record, self.viewer)
        if not verdict.allowed:
            raise absent(record.kind) if verdict.hidden else refusal(verdict, READING[record.kind])
        return thing


@contextlib.contextmanager
def sight(actor: Actor | None = None) -> Iterator[Sight]:
    """Open one session with the rights of this moment, of who is signed in or of whom a phone was let in by."""
    ctx, actor = the_context(), actor or the_actor()
    with ctx.database.read() as session:
        yield Sight(ctx=ctx, session=session, actor=actor, viewer=queries.viewer_of(session, actor))


def require(permission: Permission) -> None:
    """Ask a permission on the viewer's own agency.

    Raises:
        Forbidden: The policy says no.
    """
    require_in_agency(the_actor(), permission, the_actor().agency_id)


def record_of(thing: CaseFacts | DocumentFacts | RecordingFacts | PackageFacts) -> Record:
    """Return what the policy may know of a thing."""
    match thing:
        case CaseFacts():
            return queries.case_record(thing)
        case DocumentFacts():
            return queries.document_record(thing)
        case RecordingFacts():
            return queries.recording_record(thing)
        case PackageFacts():
            return packages.package_record(thing)


def file_of(document: DocumentFacts, kind: str, size: int) -> Held:
    """Return a file of a paper that was looked up."""
    media_type = DOCX if kind == "docx" else "application/pdf"
    number = f" {document.number}" if document.number else ""
    return Held(
        record=queries.document_record(document),
        name=f"{document.title}{number}.{'docx' if kind == 'docx' else 'pdf'}",
        media_type=media_type,
        size=size,
        blob=document.blobs[kind],
        about=sealing.about_file(document, kind),
    )


def files_of(document: DocumentFacts) -> list[str]:
    """Return the kinds of files of a paper that people may take: the sealed PDF stands for the bare one."""
    kinds = [k for k in DOWNLOADS if k in document.blobs]
    return [k for k in kinds if not (k == "pdf" and "sealed" in kinds)]


@contextlib.contextmanager
def _absent_as(kind: str) -> Iterator[None]:
    """Answer a record that is not there in the same words as one that the viewer may not know of."""
    try:
        yield
    except NotFound:
        raise absent(kind) from None
