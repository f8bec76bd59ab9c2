"""Put the papers of a case into main and side volume, in the order of its rule pack: a pure function of facts.

Promises: every paper that has its effect stands in exactly one place (papers for both volumes in both); internal papers
never stand in the main volume unless the agency moved their type; what reveals an informant (`CaseFile.apart`) is named
in the side volume as kept elsewhere and never enclosed.
"""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive.facts import MAIN, SIDE, Arrangement, Entry, Move
from archive.ruling import read, setting
from casework.facts import CaseFacts, DocumentFacts, RecordingFacts, ServiceFacts, Status
from casework.sealing import INFORMANT, names_informant
from catalogue.conditions import parse_condition
from catalogue.definitions import DocumentType
from foundation.clock import legal_date

IN_FILE = frozenset({Status.ISSUED, Status.SERVED, Status.FILED, Status.REPLACED})
"""States of papers that belong to the case file; void papers are named in the file note."""
OWN = frozenset({"file_cover", "file_catalogue", "file_note", "archive_transfer_list"})
"""Papers of the file itself: no items."""
PRESIDER = "presider"
INSIDE = frozenset({"internal", "work_secret"})
EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """All that arrangement looks at."""

    case: CaseFacts
    documents: Sequence[DocumentFacts]
    definitions: Mapping[str, DocumentType]
    """The definition of each paper, by document id."""
    recordings: Sequence[RecordingFacts] = ()
    services: Sequence[ServiceFacts] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    filer: str = ""
    """Who arranges."""
    moves: Sequence[Move] = ()
    """Changes by hand, in order."""

    def document(self, document_id: str | None) -> DocumentFacts | None:
        """Return a paper of the case."""
        return next((d for d in self.documents if d.id == document_id), None)

    def recording(self, recording_id: str | None) -> RecordingFacts | None:
        """Return a recording of the case."""
        return next((r for r in self.recordings if r.id == recording_id), None)

    @functools.cached_property
    def apart(self) -> frozenset[str]:
        """Ids of papers and recordings that are kept elsewhere.

        Those of class `informant` or with an informant's field filled, and then whatever serves, registers or records
        such a one: what is derived has the highest class of its sources.
        """
        found = {d.id for d in self.documents if d.secrecy == INFORMANT or _names_informant(self, d)}
        found |= {r.id for r in self.recordings if r.secrecy == INFORMANT}
        while True:
            more = {d.id for d in self.documents if {_served(self, d), d.recording_id} & found}
            more |= {r.id for r in self.recordings if set(r.document_ids) & found}
            if more <= found:
                return frozenset(found)
            found |= more


def arrange(file: CaseFile) -> Arrangement:
    """Return the papers of both volumes in order."""
    name = str(setting(file.settings, "archive.order", read("order")["procedures"][file.case.procedure]))
    pack = read("order")["packs"][name]
    papers = [d for d in file.documents if d.status in IN_FILE and d.type not in OWN]
    volumes = {d.id: volumes_of(file, d) for d in papers}
    main = [d for d in papers if MAIN in volumes[d.id]]
    side = [d for d in papers if SIDE in volumes[d.id]]
    by_rule = {MAIN: list(_ordered(file, main, pack["main"])), SIDE: list(_ordered(file, side, pack["side"]))}
    order = moved(by_rule, file.moves)
    return Arrangement(
        main=_with_loose(order[MAIN], _loose(file, papers, inside=False)),
        side=_with_loose(order[SIDE], _loose(file, papers, inside=True)),
        pack=name,
    )


def moved(order: Mapping[str, Sequence[Entry]], moves: Sequence[Move]) -> dict[str, list[Entry]]:
    """Return the order by rule with what was moved by hand; a move whose paper is not there any more does nothing."""
    found = {volume: list(entries) for volume, entries in order.items()}
    resets = [at for at, move in enumerate(moves) if not move.document_id]
    for move in moves[resets[-1] + 1 :] if resets else moves:
        entry = next((e for e in found[move.origin] if e.document_id == move.document_id), None)
        if entry is None:
            continue
        found[move.origin].remove(entry)
        places = [e.document_id for e in found[move.volume]]
        at = places.index(move.before_id) if move.before_id in places else len(places)
        found[move.volume].insert(at, entry)
    return found


def _names_informant(file: CaseFile, document: DocumentFacts) -> bool:
    definition = file.definitions[document.id]
    filled = {**document.data, **{k: v for fill in document.slots for k, v in fill.values.items()}}
    return names_informant(definition, filled)


def volumes_of(file: CaseFile, document: DocumentFacts) -> frozenset[str]:
    """Return the volumes in which a paper stands."""
    if document.id in file.apart:
        return frozenset({SIDE})
    override = setting(file.settings, f"volume.override.{document.type}", "")
    table = file.settings.get("volume.override")
    if not override and isinstance(table, Mapping):
        override = str(table.get(document.type, ""))
    word = override or document.volume
    if word == "both":
        return frozenset({MAIN, SIDE})
    recording = file.recording(document.recording_id)
    if word == MAIN and not override and recording is not None and recording.secrecy in INSIDE:
        return frozenset({SIDE})
    return frozenset({word}) & {MAIN, SIDE}


def _ordered(file: CaseFile, papers: Sequence[DocumentFacts], groups: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    followers = read("order")["followers"]
    leaders = {d.id for d in papers if d.type not in followers}
    leading, behind = list[DocumentFacts](), dict[str, list[DocumentFacts]]()
    for one in papers:
        served = _served(file, one)
        if one.id in leaders or served not in leaders:
            leading.append(one)
        else:
            behind.setdefault(served, []).append(one)
    for group in groups:
        for leader in sorted(_of_group(leading, groups, group), key=lambda d: _place(d, group)):
            yield _entry(file, leader, str(group["group"]))
            for one in sorted(behind.get(leader.id, ()), key=lambda d: (followers.index(d.type), *_when(d))):
                yield _entry(file, one, str(group["group"]))


def _of_group(
    papers: Sequence[DocumentFacts], groups: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any]
) -> Iterator[DocumentFacts]:
    for document in papers:
        taking = next((g for g in groups if _takes(g, document)), None)
        if taking is None:
            taking = next(g for g in groups if g["group"] == "rest")
        if taking is wanted:
            yield document


def _takes(group: Mapping[str, Any], document: DocumentFacts) -> bool:
    for row in group["types"]:
        if row == document.type:
            return True
        if isinstance(row, Mapping) and row["type"] == document.type:
            values = {**document.data, **{k: v for fill in document.slots for k, v in fill.values.items()}}
            if parse_condition(row["when"]).holds(values):
                return True
    return False


def _place(document: DocumentFacts, group: Mapping[str, Any]) -> tuple[Any, ...]:
    first = list(group.get("first", ()))
    return (first.index(document.type) if document.type in first else len(first), *_when(document))


def _when(document: DocumentFacts) -> tuple[Any, ...]:
    return (item_date(document), document.issued_at or EARLIEST, document.id)


def item_date(document: DocumentFacts) -> dt.date:
    """Return the day under which a paper stands in its file."""
    if document.issue_date is not None:
        return document.issue_date
    return legal_date(document.issued_at or EARLIEST)


def _served(file: CaseFile, document: DocumentFacts) -> str:
    """Return the paper that a chain of service papers is about."""
    followers, seen = read("order")["followers"], {document.id}
    current = document
    while current.type in followers:
        by_service = next((s.document_id for s in file.services if s.receipt_id == current.id), None)
        following = file.document(by_service or current.target_id)
        if following is None or following.id in seen:
            break
        seen.add(following.id)
        current = following
    return current.id


def _entry(file: CaseFile, document: DocumentFacts, group: str) -> Entry:
    apart = document.id in file.apart
    recording = file.recording(document.recording_id)
    cards = (recording.id,) if recording is not None and recording.blob and not apart else ()
    return Entry(
        document_id=document.id,
        type=document.type,
        title=document.title if apart else _title(file, document),
        number=document.number,
        author="" if apart else _author(file, document),
        date=item_date(document),
        secrecy=INFORMANT if apart else document.secrecy,
        group=group,
        recording_ids=cards,
        apart=apart,
    )


def _title(file: CaseFile, document: DocumentFacts) -> str:
    pattern = str(read("order")["titles"].get(document.type, "{title}"))
    target = file.document(_served(file, document))
    recording = file.recording(document.recording_id)
    words = {
        **{k: str(v) for k, v in document.data.items() if isinstance(v, str)},
        "title": document.title,
        "target": target.title if target is not None and target.id != document.id else "",
        "recording": recording.number if recording else "",
    }
    written = pattern
    for name, word in words.items():
        written = written.replace(f"{{{name}}}", word)
    written = written.replace("（）", "")
    return document.title if "{" in written else written


def _author(file: CaseFile, document: DocumentFacts) -> str:
    rules = read("order")["authors"]
    kinds = ("officers", "department", "signer", "operator", "filer")
    visibility = file.definitions[document.id].visibility
    kind = next((k for k in kinds if document.type in rules[k]), rules["visibility"].get(visibility, "agency"))
    agency = str(file.settings.get("name", ""))
    recording = file.recording(document.recording_id)
    people = document.officers or file.case.members
    found = {
        "officers": "、".join(o.name for o in people),
        "department": next((o.department for o in people if o.department), ""),
        "signer": _signer(document),
        "operator": recording.operator if recording else "",
        "filer": file.filer,
        "party": "、".join(p.name for p in file.case.parties if document.party_id in (None, p.id)),
    }
    return found.get(str(kind)) or agency


def _signer(document: DocumentFacts) -> str:
    """Return who answers for a paper by signing it: the presider, else the first person of the office."""
    inside = [fill for fill in document.slots if fill.person_id]
    presiding = [fill for fill in inside if fill.role == PRESIDER]
    return next((fill.name for fill in (*presiding, *inside, *document.slots)), "")


def _loose(file: CaseFile, papers: Sequence[DocumentFacts], *, inside: bool) -> tuple[str, ...]:
    """Return the recordings without a registration sheet, of the internal classes or of the others."""
    registered = {d.recording_id for d in papers}
    kept = [r for r in file.recordings if r.blob and r.id not in registered and r.id not in file.apart]
    return tuple(r.id for r in kept if (r.secrecy in INSIDE) == inside)


def _with_loose(entries: list[Entry], loose: tuple[str, ...]) -> tuple[Entry, ...]:
    """Put the cards of recordings without a sheet behind the last paper (in the main volume the recordings list)."""
    if entries and loose:
        entries[-1] = replace(entries[-1], recording_ids=(*entries[-1].recording_ids, *loose))
    return tuple(entries)
