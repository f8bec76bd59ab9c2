"""Reads the present state of cases, papers, recordings and packages into entries; nothing is changed here.

Everything comes as frozen facts of the floors below; the text of a drawn paper is its blob of kind `text`, that of a
draft its values. What a thing of class `informant` says is never read: only its number and title are indexed.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import orm

from archive import queries as packages
from archive.facts import PackageFacts
from casework import queries
from casework.facts import CaseFacts, DocumentFacts, PartyFacts, RecordingFacts
from casework.paper import values_of
from casework.queries import TranscriptFacts
from casework.subtitles import clock
from casework.views import Office, office
from foundation.canonical import digest
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import NotFound
from search import values
from search.entries import Change, Entry, Gone, described

FOREVER = 1 << 53
"""Version of a thing that is in no table: nothing brings its entry back."""
INFORMANT = "informant"
TEXT = "text"
THINGS = ("case", "document", "recording", "package")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One session with what entries of one batch share."""

    at: Office
    cases: dict[str, CaseFacts] = field(default_factory=dict)

    @property
    def session(self) -> orm.Session:
        """Return the open session."""
        return self.at.session

    def changes(self, thing: str, ids: Sequence[str]) -> list[Change]:
        """Return the entries of things as they are now; of things that are no more, that they are gone."""
        found = _READERS[thing](self, ids)
        known = {change.id for change in found}
        return [*found, *(Gone(id=i, version=FOREVER) for i in dict.fromkeys(ids) if i not in known)]

    def case_of(self, case_id: str | None) -> CaseFacts | None:
        """Return a case that `load_cases` has read."""
        return self.cases.get(case_id or "")

    def load_cases(self, ids: Iterable[str | None]) -> None:
        """Read cases that are not known yet, in one query for all."""
        wanted = [i for i in dict.fromkeys(ids) if i and i not in self.cases]
        if wanted:
            condition = queries.CASE_COLUMNS["id"].in_(wanted)
            self.cases.update((case.id, case) for case in queries.find_cases(self.session, condition))


def reader(ctx: Context, session: orm.Session) -> Reader:
    """Return a reader of an open session."""
    return Reader(at=office(ctx, session))


def ids_in(session: orm.Session, case_id: str) -> dict[str, list[str]]:
    """Return what stands in a case: kind → ids."""
    return {
        "document": [d.id for d in queries.documents_of(session, case_id)],
        "recording": [r.id for r in queries.recordings_of(session, case_id)],
        "package": [p.id for p in packages.packages_of(session, case_id)],
    }


def _cases(read: Reader, ids: Sequence[str]) -> list[Change]:
    read.load_cases(ids)
    return [_case(read.cases[i]) for i in dict.fromkeys(ids) if i in read.cases]


def _documents(read: Reader, ids: Sequence[str]) -> list[Change]:
    found = queries.find_documents(read.session, queries.DOCUMENT_COLUMNS["id"].in_(list(ids)))
    read.load_cases(d.case_id for d in found)
    return [_document(read, d) for d in found]


def _recordings(read: Reader, ids: Sequence[str]) -> list[Change]:
    found = queries.find_recordings(read.session, queries.RECORDING_COLUMNS["id"].in_(list(ids)))
    read.load_cases(r.case_id for r in found)
    said = queries.transcripts_of(read.session, [r.id for r in found])
    return [_recording(r, read.case_of(r.case_id), said.get(r.id)) for r in found]


def _packages(read: Reader, ids: Sequence[str]) -> list[Change]:
    kept = packages.find_packages(read.session, packages.PACKAGE_COLUMNS["id"].in_(list(ids)))
    read.load_cases(p.case_id for p in kept)
    found: list[Change] = [_package(p, read.case_of(p.case_id)) for p in kept]
    return found + [_unkept(read.session, i) for i in dict.fromkeys(ids) if i not in {p.id for p in kept}]


def _unkept(session: orm.Session, package_id: str) -> Gone:
    """Return what stands for a package that is still being made: not to be found, until it is kept."""
    try:
        return Gone(id=package_id, version=packages.package_facts(session, package_id).index_version)
    except NotFound:
        return Gone(id=package_id, version=FOREVER)


_READERS: Mapping[str, Callable[[Reader, Sequence[str]], list[Change]]] = {
    "case": _cases,
    "document": _documents,
    "recording": _recordings,
    "package": _packages,
}


def _case(case: CaseFacts) -> Entry:
    return described(
        Entry(
            id=case.id,
            thing="case",
            version=case.index_version,
            date=(case.initiated_on or legal_date(case.opened_at)).isoformat(),
            facts={**queries.case_record(case).facts, **_of_case(case), "status": _state(case)},
            texts={
                "number": _lines(dict.fromkeys([case.number, case.working_number])),
                "party": _names(case.parties),
                "title": case.title,
                "text": case.result,
            },
            mark=_mark(case),
        )
    )


def _state(case: CaseFacts) -> str:
    return "archived" if case.archived_on else "closed" if case.closed_on else "open"


def _mark(case: CaseFacts) -> str:
    """Return a digest of what other entries take from a case."""
    return digest([case.procedure, _unit(case), [[p.id, p.name] for p in case.parties]])


def _of_case(case: CaseFacts | None) -> dict[str, str | None]:
    return {"procedure": str(case.procedure), "unit": _unit(case)} if case else {}


def _unit(case: CaseFacts) -> str:
    return next((m.department for m in case.members if m.department), "")


def _names(parties: Iterable[PartyFacts]) -> str:
    return _lines(p.name for p in parties)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(t for t in texts if t)


def _document(read: Reader, document: DocumentFacts) -> Entry:
    case = read.case_of(document.case_id)
    texts = {"number": document.number, "title": document.title}
    if document.secrecy != INFORMANT:
        texts |= {"party": _party(read, document, case), **_text(read.at, document)}
    of_case = _of_case(case)
    department = next((o.department for o in document.officers if o.department), "")
    return described(
        Entry(
            id=document.id,
            thing="document",
            version=document.index_version + (case.index_version if case else 0),
            date=_day(document),
            facts={**queries.document_record(document).facts, **of_case, "unit": department or of_case.get("unit")},
            texts=texts,
        )
    )


def _day(document: DocumentFacts) -> str:
    day = document.issue_date or (legal_date(document.opened_at) if document.opened_at else dt.date.min)
    return day.isoformat()


def _party(read: Reader, document: DocumentFacts, case: CaseFacts | None) -> str:
    """Return the name of the paper's own party, else of all parties of the case."""
    if document.party_id is None:
        return _names(case.parties) if case else ""
    known = {p.id: p for p in case.parties} if case else {}
    party = known.get(document.party_id) or queries.party_facts(read.session, document.party_id)
    return party.name


def _text(at: Office, document: DocumentFacts) -> dict[str, str]:
    """Return the text of a paper without masked values, and these by class."""
    definition = at.definition_of(document)
    known = values_of(definition, document)
    masked = values.by_class(definition.fields, known)
    informant = masked.pop(INFORMANT, ())
    texts = {name: _lines(some) for name, some in masked.items() if name != values.OPEN}
    drawn = "" if informant else _drawn(at.ctx, document)
    covered = values.covered(drawn, [v for name, some in masked.items() if name != values.OPEN for v in some])
    return {**texts, TEXT: covered if covered is not None and drawn else _lines(masked.get(values.OPEN, ()))}


def _drawn(ctx: Context, document: DocumentFacts) -> str:
    """Return the text of the paper as it was drawn; empty for one that was not, or whose file is lost."""
    blob = document.blobs.get(TEXT)
    if blob is None:
        return ""
    try:
        return ctx.blobs.read(blob).decode("utf-8", "replace")
    except NotFound:
        return ""


def _recording(recording: RecordingFacts, case: CaseFacts | None, said: TranscriptFacts | None) -> Entry:
    texts = {"number": recording.number, "title": recording.kind}
    if recording.secrecy != INFORMANT:
        told = [recording.scene, recording.place, recording.operator, recording.device_no, recording.file_name]
        texts |= {
            "party": _names(case.parties) if case else "",
            "title": f"{recording.kind}：{recording.summary or recording.scene}",
            TEXT: _lines([*told, *_shown(recording, said)]),
        }
    return described(
        Entry(
            id=recording.id,
            thing="recording",
            version=recording.index_version + (case.index_version if case else 0),
            date=legal_date(recording.started_at).isoformat(),
            facts={
                **queries.recording_record(recording).facts,
                **_of_case(case),
                "status": "stored" if recording.stored_at else "announced",
            },
            texts=texts,
        )
    )


def _shown(recording: RecordingFacts, said: TranscriptFacts | None) -> list[str]:
    """Return what is marked and said in a recording, each with its time, so that a snippet tells where."""
    marked = [f"{clock(m.at_s)} {m.text}" for m in recording.marks]
    return [*marked, *(f"{clock(c.start_s)} {c.text}".strip() for c in (said.lines if said else ()))]


def _package(package: PackageFacts, case: CaseFacts | None) -> Entry:
    facts = {name: getattr(package, name) for name in ("id", "agency_id", "case_id", "secrecy")}
    codes = dict.fromkeys([package.code, *(v.code for v in package.volumes)])
    return described(
        Entry(
            id=package.id,
            thing="package",
            version=package.index_version + (case.index_version if case else 0),
            date=legal_date(package.kept_at or package.created_at).isoformat(),
            facts={**facts, **_of_case(case), "status": "archived"},
            texts={
                "number": _lines(codes),
                "party": _names(case.parties) if case else "",
                "title": package.title,
                TEXT: _lines(dict.fromkeys(v.title for v in package.volumes)),
            },
        )
    )
