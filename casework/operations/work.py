"""My work: everything that waits for one person, ordered by legal risk (`rules/work.yaml`), each with its one next act.

Read in a few statements over all cases that the viewer may see, never a view of each; only those drafts of the viewer's
own cases are looked at closely whose sources changed. Nothing is decided here: the act itself asks everything again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from access.facts import Actor
from access.policy import READING, Viewer, predicate
from access.predicates import to_sql
from casework import deadlines, queries
from casework.approvals import OPEN, Signer, is_outside
from casework.facts import DeadlineFacts, DocumentFacts, Status
from casework.figures import read
from casework.operations import changing, openable
from casework.operations.waiting import is_ready, light_view, turns
from casework.queries import work as rows
from casework.queries.work import CaseHead
from casework.views import Office, office
from catalogue.definitions import Slot
from foundation.context import Context

CLOSELY = 12
"""Cases whose drafts are compared with their sources at most."""
RECEIPT, SHEET = "service_receipt", "av_record_sheet"
SERVED: Mapping[str, str] = {"receipt_required": "serve", "signed_on_document": "hand"}
"""How a type reaches its party → the act."""
READS: Mapping[str, Mapping[str, Any]] = {
    "case": queries.CASE_COLUMNS,
    "document": queries.DOCUMENT_COLUMNS,
    "recording": queries.RECORDING_COLUMNS,
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do."""

    kind: str
    """Of `rules/work.yaml`."""
    what: str
    """What it is about, in Chinese."""
    source: str
    """The article that makes it matter."""
    act: str
    """The next act: draft, edit, sign, issue, serve, hand, store, file, look."""
    case: CaseHead | None = None
    document_id: str = ""
    recording_id: str = ""
    type: str = ""
    """For `draft`: the type of paper."""
    ends_at: dt.datetime | None = None
    last_day: dt.date | None = None
    formula: str = ""

    @property
    def rank(self) -> int:
        """Return its place among the kinds."""
        return int(read("work")["kinds"][self.kind]["rank"])


@dataclass(frozen=True, kw_only=True)
class Work:
    """A person's work, most pressing first, with how many there are of each kind."""

    items: tuple[Item, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class _Desk:
    at: Office
    actor: Actor
    viewer: Viewer
    cases: Mapping[str, CaseHead]
    papers: Sequence[DocumentFacts]
    now: dt.datetime

    def under_way(self, case_id: str, type_id: str) -> DocumentFacts | None:
        """Return an open paper of a type in a case."""
        return next((d for d in self.papers if d.case_id == case_id and d.type == type_id), None)

    @property
    def mine(self) -> frozenset[str]:
        """The cases that the viewer handles."""
        return self.viewer.case_ids


def my_work(ctx: Context, actor: Actor, *, case_id: str = "") -> Work:
    """Return what waits for a person, most pressing first; in one case alone when it is named."""
    with ctx.database.read() as session:
        at = office(ctx, session)
        viewer = queries.viewer_of(session, actor)
        seen = {kind: _seen(actor, viewer, kind, case_id) for kind in READS}
        cases = rows.open_cases(session, seen["case"])
        papers = [d for d in rows.open_papers(session, seen["document"]) if d.case_id is None or d.case_id in cases]
        now = ctx.clock.now()
        desk = _Desk(at=at, actor=actor, viewer=viewer, cases=cases, papers=papers, now=now)
        found = [*_periods(desk, seen), *_recordings(desk, seen), *_papers(desk), *_handed_over(desk, seen)]
        sheets = list(_sheets(desk, seen))
    found += _stale(ctx, desk)
    taken = {i.case.id for i in found if i.case and i.act != "look"}
    with ctx.database.read() as session:
        done = rows.done_types(session, sorted(desk.mine))
    found += [*_to_file(desk, taken), *_next(desk, taken, done), *sheets]
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    found.sort(key=lambda i: (i.rank, i.ends_at or latest, i.case.number if i.case else "", i.what))
    once: dict[Any, Item] = {}
    for item in found:
        once.setdefault((item.document_id, item.act) if item.document_id else item, item)
    return Work(items=tuple(once.values()), counts=Counter(i.kind for i in once.values()))


def _seen(actor: Actor, viewer: Viewer, kind: str, case_id: str) -> sa.ColumnElement[bool]:
    names = READS[kind]
    readable = to_sql(predicate(actor, READING[kind], kind, viewer), names)
    return sa.and_(readable, names["case_id"] == case_id) if case_id else readable


def source_of(kind: str) -> str:
    """Return the articles behind a kind of work."""
    return str(read("work")["kinds"][kind]["source"])


def title_of(kind: str) -> str:
    """Return a kind of work in Chinese."""
    return str(read("work")["kinds"][kind]["title"])


# --- periods and recordings -------------------------------------------------------------------------------------------


def _periods(desk: _Desk, seen: Mapping[str, Any]) -> Iterator[Item]:
    until = desk.now + dt.timedelta(days=int(read("work")["horizon"]))
    for one in rows.unmet_deadlines(desk.at.session, seen["case"], until):
        if one.case_id in desk.cases and _concerns(desk, one):
            yield _period(desk, one)


def _concerns(desk: _Desk, one: DeadlineFacts) -> bool:
    if one.kind == "av_upload":  # told by the recording itself
        return False
    return any(_sees(desk, read("work")["deadlines"].get(role), one) for role in desk.actor.roles)


def _sees(desk: _Desk, rule: Mapping[str, Any] | None, one: DeadlineFacts) -> bool:
    if rule is None or ("kinds" in rule and one.kind not in rule["kinds"]):
        return False
    own = one.case_id in desk.mine or one.case_id in desk.viewer.acted_case_ids
    return (own or rule["of"] == "agency") and (not rule.get("overdue") or one.end < desk.now)


def _period(desk: _Desk, one: DeadlineFacts) -> Item:
    kind = "overdue" if one.end < desk.now else "clock" if one.unit in read("work")["hours"] else "due"
    act, type_id, document_id = _what_meets(desk, one)
    return Item(
        kind=kind,
        what=one.title,
        source=one.source,
        act=act,
        case=desk.cases[one.case_id],
        type=type_id,
        document_id=document_id,
        ends_at=one.end,
        last_day=one.last_day,
        formula=one.formula,
    )


def _what_meets(desk: _Desk, one: DeadlineFacts) -> tuple[str, str, str]:
    """Return the act that meets a period, with type or paper."""
    rule = next((r for r in deadlines.rules() if r.kind == one.kind), None)
    for trigger in rule.met if rule else ():
        what, _, type_id = trigger.event.partition(":")
        if what == "served":
            return "serve", "", one.subject_id
        if what == "archived":
            return "file", "", ""
        if what == "reported":
            type_id = "emergency_initiation_report"
        if what in ("issued", "submitted", "reported"):
            open_one = desk.under_way(one.case_id, type_id)
            return ("edit", "", open_one.id) if open_one else ("draft", type_id, "")
    return "look", "", ""


def _recordings(desk: _Desk, seen: Mapping[str, Any]) -> Iterator[Item]:
    rule = next(r for r in deadlines.rules() if r.kind == "av_upload")
    keeps = "av_custodian" in desk.actor.roles
    for one in rows.unstored(desk.at.session, seen["recording"]):
        ends = one.at + dt.timedelta(hours=rule.n)
        case = desk.cases.get(one.case_id or "")
        if one.case_id is None or one.case_id in desk.mine or (keeps and ends < desk.now):
            yield Item(
                kind="overdue" if ends < desk.now else "clock",
                what=f"音像{one.number}（{one.scene}）",
                source=rule.source,
                act="store",
                case=case,
                recording_id=one.id,
                ends_at=ends,
            )


def _sheets(desk: _Desk, seen: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the stored recordings of the viewer's cases that no sheet registers yet."""
    for one in rows.unregistered(desk.at.session, seen["recording"], SHEET):
        if one.case_id in desk.mine and one.case_id in desk.cases:
            yield Item(
                kind="to_register",
                what=f"音像{one.number}（{one.scene}）",
                source=source_of("to_register"),
                act="draft",
                type=SHEET,
                case=desk.cases[one.case_id],
                recording_id=one.id,
            )


# --- papers -----------------------------------------------------------------------------------------------------------


def _papers(desk: _Desk) -> Iterator[Item]:
    signer = _signer(desk.actor)
    for one in desk.papers:
        view = light_view(one, desk.at.definition_of(one), desk.now)
        own = one.author_id == desk.actor.person_id or (one.case_id or "") in desk.mine
        mine = next(turns(view, signer, is_member=one.case_id is None or one.case_id in desk.mine), None)
        kind, act = _turn(one, own=own, mine=mine, ready=is_ready(view))
        if kind:
            yield _about(desk, kind, one, what=f"《{one.title}》", act=act)


def _about(desk: _Desk, kind: str, one: DocumentFacts, *, what: str, act: str) -> Item:
    case = desk.cases.get(one.case_id or "")
    return Item(kind=kind, what=what, source=source_of(kind), act=act, case=case, document_id=one.id)


def _signer(actor: Actor) -> Signer:
    return Signer(person_id=actor.person_id, name=actor.name, roles=actor.roles, acting=actor.acting)


def _turn(one: DocumentFacts, *, own: bool, mine: Slot | None, ready: bool) -> tuple[str, str]:
    """Return what a paper asks of somebody: kind and act; nothing when it waits for others."""
    if one.status is Status.RETURNED:
        return ("returned", "edit") if own else ("", "")
    if own and (one.status is Status.ISSUING or (ready and one.status in OPEN)):
        return "to_issue", "issue"
    if own and one.status is Status.DRAFT and not one.slots:
        return "draft", "edit"
    return ("to_sign", "sign") if mine is not None else ("", "")


def _handed_over(desk: _Desk, seen: Mapping[str, Any]) -> Iterator[Item]:
    """Yield issued papers that are to reach their party, and those that the viewer still signs after their issue."""
    types = desk.at.catalogue.types.values()
    later = {t.id for t in types if any(s.when == "after_issue" and not is_outside(s.role) for s in t.slots)}
    served = {t.id: SERVED[t.service] for t in types if t.service in SERVED}
    at_work = {d.target_id for d in desk.papers if d.type == RECEIPT}
    for one in rows.issued_papers(desk.at.session, seen["document"], later | set(served)):
        if (one.case_id is not None and one.case_id not in desk.cases) or one.id in at_work:
            continue
        view = light_view(one, desk.at.definition_of(one), desk.now)
        if any(turns(view, _signer(desk.actor), is_member=one.case_id is None or one.case_id in desk.mine)):
            yield _about(desk, "to_sign", one, what=f"《{one.title}》{one.number}", act="sign")
        elif one.case_id in desk.mine and one.type in served:
            yield _about(desk, "to_serve", one, what=f"《{one.title}》{one.number}", act=served[one.type])


def _stale(ctx: Context, desk: _Desk) -> list[Item]:
    """Return the drafts of the viewer's own cases whose sources changed since they were filled."""
    own = [d.id for d in desk.papers if d.case_id in desk.mine]
    with ctx.database.read() as session:
        touched = sorted(rows.touched_since(session, own))
    found = []
    for case_id in touched[-CLOSELY:]:
        for stale in changing.stale_drafts(ctx, desk.actor, case_id=case_id):
            what = f"《{stale.document.title}》（{len(stale.fields)}处来源已变）"
            found.append(_about(desk, "stale", stale.document, what=what, act="edit"))
    return found


# --- cases ------------------------------------------------------------------------------------------------------------


def _to_file(desk: _Desk, taken: set[str]) -> Iterator[Item]:
    if "archivist" not in desk.actor.roles:
        return
    for case in desk.cases.values():
        if case.closed_on is not None and case.id not in taken:
            yield Item(kind="to_file", what="整理、组卷、归档", source=source_of("to_file"), act="file", case=case)


def _next(desk: _Desk, taken: set[str], done: Mapping[str, set[str]]) -> Iterator[Item]:
    busy = taken | {d.case_id for d in desk.papers}
    for case in desk.cases.values():
        if case.id not in desk.mine or case.id in busy or case.closed_on is not None:
            continue
        types = desk.at.catalogue.types
        for type_id in openable.usual(types, case.procedure, case.state, done.get(case.id, set()))[:1]:
            if (known := types.get(type_id)) is not None:
                yield Item(
                    kind="next",
                    what=f"《{known.title}》",
                    source=known.statute or source_of("next"),
                    act="draft",
                    type=type_id,
                    case=case,
                )
