"""Where values come from (`from` in definitions): paths are resolved against what is known, so nothing is typed twice.

`Sources.get` reads one path of docs/definitions.md; `opening_values` fills a new draft. How that and what people type
become one is `casework.merging`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.facts import DocumentFacts, PartyFacts, RecordingFacts
from casework.gates import duties
from casework.gates.api import CaseView
from casework.sealing import INFORMANT, Sealed, is_secret
from casework.values import read_value
from catalogue.definitions import DocumentType, Field

EMPTY: tuple[Any, ...] = (None, "", [], (), {})
CASE_FACTS = frozenset(
    ["id", "title", "working_number", "procedure", "state", "initiated_on", "closed_on", "archived_on"]
) | {"result", "dispute_prone", "opened_at", "emergency_started_at", "emergency_place", "emergency_reason"}
REGISTERS = ("av_record_sheet", "av_storage_register", "av_unsuitable_note")
CLOSES_FIRST = frozenset({"court_window"})
"""Periods of which the first to end is what a paper must name: a window that closes."""
RECORDING_NAMES = {"hash": "blob", "start_at": "started_at", "end_at": "ended_at", "uploaded_at": "stored_at"}
"""Words of papers for facts of a recording."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """All that a path may lead to, at one instant."""

    view: CaseView
    sums: Callable[[str], Any] = lambda _name: None
    """Figures computed from the case's papers."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """What archive or another part hands in, by whole path (`archive.pages`)."""

    def get(self, path: str, row: int | None = None) -> Any:
        """Return the value of a path, None when nothing is known.

        Args:
            path: A path of docs/definitions.md.
            row: For columns of a list: which linked recording `recording.…` means.
        """
        if path in self.given:
            return self.given[path]
        head, _, rest = path.partition(".")
        reader = _HEADS.get(head)
        return reader(self, rest, row) if reader else None


def _case(sources: Sources, rest: str, _row: int | None) -> Any:
    case = sources.view.case
    if case is None:
        return None
    if rest == "number":
        return case.number or case.working_number
    if rest == "working_title":
        return case.title
    if rest == "members":
        return "、".join(m.name for m in case.members)
    return getattr(case, rest) if rest in CASE_FACTS else None


def _party(sources: Sources, rest: str, _row: int | None) -> Any:
    party = party_of(sources.view)
    if rest == "signatory":
        return (party.representative or party.name) if party else None
    return getattr(party, rest, None) if party else None


def party_of(view: CaseView) -> PartyFacts | None:
    """Return the paper's party, or the case's only one."""
    parties = view.case.parties if view.case else ()
    own = [p for p in parties if p.id == view.document.party_id]
    return own[0] if own else parties[0] if len(parties) == 1 and view.document.party_id is None else None


def _agency(sources: Sources, rest: str, _row: int | None) -> Any:
    return sources.view.settings.get(rest)


def _officers(sources: Sources, _rest: str, _row: int | None) -> Any:
    return [{"name": o.name, "cert_no": o.cert_no, "cert_shown": True} for o in sources.view.document.officers]


def _document(sources: Sources, rest: str, _row: int | None) -> Any:
    view = sources.view
    linked = duties.linked(view)
    computed: Mapping[str, Callable[[], Any]] = {
        "av_required": lambda: duties.recording_duty(view).level or duties.OPTIONAL,
        "av_done": lambda: bool(linked),
        "av_informed": lambda: all(r.party_informed for r in linked) if linked else None,
        "number": lambda: view.document.number or None,
        "issue_date": lambda: view.document.issue_date,
        "title": lambda: view.document.title,
        "author": lambda: _author(view),
        "authors": lambda: [{"name": _author(view), "qualification": view.author.qualification if view.author else ""}],
        "today": lambda: view.today,
        "now": lambda: view.now,
    }
    return computed[rest]() if rest in computed else None


def _author(view: CaseView) -> str | None:
    if view.author is not None:
        return view.author.name
    return next((o.name for o in _people(view) if o.person_id == view.document.author_id), None)


def _people(view: CaseView) -> tuple[Any, ...]:
    return (*view.document.officers, *(view.case.members if view.case else ()))


def _earlier(sources: Sources, rest: str, _row: int | None) -> Any:
    type_id, _, name = rest.partition(".")
    found = sources.view.latest(type_id)
    return fact_of(found, name) if found else None


def _target(sources: Sources, rest: str, _row: int | None) -> Any:
    found = sources.view.target()
    return fact_of(found, rest) if found else None


def fact_of(document: DocumentFacts, name: str) -> Any:
    """Return a fact of an earlier paper: number, issue_date, title, a field, or what a slot filled."""
    if name in ("number", "issue_date", "issued_at", "title", "type"):
        return getattr(document, name)
    if name == "reference":
        return reference(document)
    for fill in reversed(document.slots):
        if name in fill.values:
            return fill.values[name]
        if name == f"{fill.slot}_signed_at":
            return fill.at
    if "." in name:
        return _column(document, *name.split(".", 1))
    signers = [f.name for f in document.slots if f"{f.slot}_sign" == name]
    known = "" if any(isinstance(s, Sealed) for s in signers) else "、".join(signers)
    return document.data.get(name, known or None)


def _column(document: DocumentFacts, name: str, column: str) -> str | None:
    """Return the different values of a list's column, joined."""
    rows = document.data.get(name)
    found = [str(r[column]) for r in rows if isinstance(r, Mapping) and r.get(column)] if isinstance(rows, list) else []
    return "、".join(dict.fromkeys(found)) or None


def reference(document: DocumentFacts) -> str:
    """Return how another paper calls this one: its number, else its title and date."""
    if document.number:
        return document.number
    on = document.issue_date
    return f"{on.year}年{on.month}月{on.day}日《{document.title}》" if on else document.title


def _recording(sources: Sources, rest: str, row: int | None) -> Any:
    view = sources.view
    own = [r for r in view.recordings if r.id == view.document.recording_id]
    linked = own or list(duties.linked(view))
    at = row or 0
    if at >= len(linked):
        return None
    return _related(view, linked[at]) if rest == "related_doc" else recording_fact(linked[at], rest)


def _related(view: CaseView, recording: RecordingFacts) -> Any:
    """Return the paper of the act that a recording shows; what registers the recording is none."""
    papers = [d for d in view.documents if d.id in recording.document_ids and d.id != view.document.id]
    acts = [d for d in papers if d.type not in REGISTERS]
    return {"document_id": acts[0].id} if acts else None


def recording_fact(recording: RecordingFacts, name: str) -> Any:
    """Return a fact of a recording by its own name or the papers' word for it."""
    if name in COMPUTED:
        return COMPUTED[name](recording)
    return getattr(recording, RECORDING_NAMES.get(name, name), None)


def _hours(recording: RecordingFacts) -> float | None:
    ended, stored = recording.ended_at, recording.stored_at
    return round((stored - ended).total_seconds() / 3600, 1) if ended and stored else None


def _picture(recording: RecordingFacts) -> dict[str, Any] | None:
    if not recording.blob or not recording.media_type.startswith("image/"):
        return None
    return {"blob": recording.blob, "name": recording.file_name, "media_type": recording.media_type}


COMPUTED: Mapping[str, Callable[[RecordingFacts], Any]] = {
    "within_24h": lambda r: not r.late if r.stored_at else None,
    "hours": _hours,
    "storage": lambda r: f"系统/{r.started_at:%Y/%m}" if r.stored_at else None,
    "uploader": lambda r: r.operator,
    "secrecy": lambda r: "无" if r.secrecy == "normal" else r.secrecy,
    "picture": _picture,
}


def _recordings(sources: Sources, rest: str, _row: int | None) -> Any:
    linked = duties.linked(sources.view)
    if rest:
        return [recording_fact(r, rest) for r in linked]
    return [{"av_no": r.number} for r in linked]


def _deadline(sources: Sources, rest: str, _row: int | None) -> Any:
    found = sources.view.deadlines_of(rest)
    if rest in CLOSES_FIRST:
        return min((d.last_day for d in found if d.met_on is None), default=None)
    return max((d.last_day for d in found), default=None)


def _service(sources: Sources, rest: str, _row: int | None) -> Any:
    type_id, _, name = rest.partition(".")
    days = [sources.view.served_on(d) for d in sources.view.done(type_id)]
    known = [d for d in days if d]
    return known[-1] if known and name == "served_on" else None


def _sum(sources: Sources, rest: str, _row: int | None) -> Any:
    return sources.sums(rest)


_HEADS: Mapping[str, Callable[[Sources, str, int | None], Any]] = {
    "case": _case,
    "party": _party,
    "agency": _agency,
    "officers": _officers,
    "document": _document,
    "doc": _earlier,
    "target": _target,
    "recording": _recording,
    "recordings": _recordings,
    "deadline": _deadline,
    "service": _service,
    "sum": _sum,
}


def opening_values(definition: DocumentType, sources: Sources) -> dict[str, Any]:
    """Return what the sources and defaults give for a new draft, stored as `normalise` would store it."""
    out: dict[str, Any] = {}
    for one in definition.data_fields:
        value = _given(one, sources)
        if value not in EMPTY:
            out[one.name] = value
    return out


def _given(one: Field, sources: Sources) -> Any:
    raw = _let_in(one, sources, sources.get(one.source)) if one.source else None
    if raw in EMPTY:
        raw = one.default
    if one.kind == "list":
        return _list_given(one, raw, sources)
    if raw in EMPTY:
        return None
    read = read_value(one, raw, one.name)
    return None if read.findings else read.value


def _let_in(one: Field, sources: Sources, raw: Any) -> Any:
    """Return a source's value; what could tell who an informant is goes into fields and papers of that class alone."""
    if not isinstance(raw, Sealed):
        return raw
    view = sources.view
    if view.keys is None or not (is_secret(one) or INFORMANT in (view.definition.secrecy, view.document.secrecy)):
        return None
    return raw.open(view.keys)


def _list_given(one: Field, raw: Any, sources: Sources) -> list[dict[str, Any]]:
    """Return the rows of a source, without unknown columns; columns with sources of their own are added."""
    columns = {c.name: c for c in one.columns}
    rows = [r if isinstance(r, Mapping) else {next(iter(columns)): r} for r in raw or ()]
    own = [c for c in one.columns if c.source]
    count = max(len(rows), _own_rows(own, sources))
    out = []
    for at in range(count):
        row = {k: v for k, v in (rows[at] if at < len(rows) else {}).items() if k in columns}
        row.update({c.name: _let_in(c, sources, sources.get(str(c.source), at)) for c in own if c.name not in row})
        row.update({c.name: c.default for c in one.columns if c.name not in row and c.default is not None})
        read = {k: read_value(columns[k], v, f"{one.name}[{at}].{k}") for k, v in row.items() if v not in EMPTY}
        out.append({k: r.value for k, r in read.items() if not r.findings})
    return [row for row in out if row]


def _own_rows(own: list[Field], sources: Sources) -> int:
    by_recording = any(str(c.source).startswith("recording.") for c in own)
    return len(duties.linked(sources.view)) if by_recording else 0
