"""Carry a scenario through the same operations as the pages, on its own dates (docs/scenarios.md).

Each verb is one small function from a step to operation calls; the scenario's names (people, documents, recordings) are
looked up in `Cast`. A refused step is compared with `expect`; anything unexpected stops with file, line and step.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from access.facts import Actor
from generator.press import Press

from access import accounts, agencies
from archive import packing
from casework import queries
from casework.facts import DocumentFacts, RecordingFacts
from casework.operations import cases, devices, documents, issuing, parties, recordings, services
from cli.media import make_media
from cli.scenario import Scenario, Signing, Step
from foundation.clock import ManualClock, parse_local
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput
from generator import issuing as making


@dataclass(kw_only=True)
class Cast:
    """Names of a scenario and what they stand for in the database."""

    agency_id: str
    people: dict[str, str] = field(default_factory=dict)
    """Name → person id."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Name → account id."""
    parties: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    recordings: dict[str, str] = field(default_factory=dict)
    case_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What became of one step."""

    step: Step
    document: DocumentFacts | None = None
    recording: RecordingFacts | None = None
    refused: str = ""


class Replay:
    """One scenario on one context whose clock it moves."""

    def __init__(self, ctx: Context, clock: ManualClock, scenario: Scenario, press: Press | None) -> None:
        self.ctx = ctx
        self.clock = clock
        self.scenario = scenario
        self.press = press if scenario.draws_papers else None
        self._folder = tempfile.TemporaryDirectory()
        self.cast = Cast(agency_id="")

    def set_up(self) -> Cast:
        """Make the office, its people, devices and parties; return the cast."""
        first = self.scenario.steps[0].at if self.scenario.steps else self.clock.now()
        self.clock.move(first)
        self.cast = Cast(agency_id=_agency(self.ctx, self.scenario).id)
        for name, data in self.scenario.people.items():
            self._add_person(name, data)
        registrar = self.actor(next(iter(self.scenario.people)))
        for number, data in self.scenario.devices.items():
            devices.register_device(
                self.ctx, registrar, device_no=number, **_dates(data, "in_service", "out_of_service")
            )
        for name, data in self.scenario.parties.items():
            self.cast.parties[name] = parties.register_party(self.ctx, registrar, **_dates(data, "birth_date")).id
        return self.cast

    def steps(self) -> Iterator[Played]:
        """Play every step in order.

        Raises:
            BadInput: A step was refused unexpectedly, or not refused as expected; names file, line and step.
        """
        for step in self.scenario.steps:
            yield self.play(step)

    def play(self, step: Step) -> Played:
        """Play one step and compare it with what it expects."""
        self.clock.move(step.at)
        wanted = step.expect.get("refused")
        try:
            played = VERBS[step.verb](self, step)
        except AnjuanError as error:
            codes = {error.code, *(f.code for f in error.findings)}
            if wanted in codes:
                return Played(step=step, refused=str(wanted))
            raise BadInput(f"{self._where(step)}没有做成：{error}", remedy="修改场景或程序后重放。") from error
        except KeyError as error:
            raise BadInput(
                f"{self._where(step)}提到没有出现过的名称或缺少键：{error}。", remedy="检查名称。"
            ) from error
        if wanted:
            raise BadInput(f"{self._where(step)}应被拒绝（{wanted}），却做成了。", remedy="检查规则。")
        self._compare(step, played)
        return played

    def actor(self, name: str) -> Actor:
        """Return a person of the office as actor at the clock's instant."""
        if name not in self.cast.accounts:
            raise BadInput(f"场景里没有“{name}”这个人。", remedy="在 people 里加上。")
        with self.ctx.database.read() as session:
            return accounts.actor_of(session, self.cast.accounts[name], self.clock.now())

    def _add_person(self, name: str, data: Mapping[str, Any]) -> None:
        given = _dates(data, "cert_from", "cert_to")
        person = accounts.add_person(self.ctx, agency_id=self.cast.agency_id, name=given.pop("name", name), **given)
        account = accounts.add_account(self.ctx, person_id=person.id, login=f"{name}", password=None)
        self.cast.people[name], self.cast.accounts[name] = person.id, account.id

    def _where(self, step: Step) -> str:
        return f"{self.scenario.path.name} 第{step.line}行（第{step.number}步 {step.verb} {step.id}）"

    def _compare(self, step: Step, played: Played) -> None:
        document = played.document
        for key, wanted in step.expect.items():
            got: Any = None
            with self.ctx.database.read() as session:
                if key == "number" and document:
                    got = queries.document_facts(session, document.id).number
                elif key == "state":
                    got = queries.case_facts(session, self.cast.case_id).state
                elif key == "case_number":
                    got = queries.case_facts(session, self.cast.case_id).number
                elif key == "values" and document:
                    data = queries.document_facts(session, document.id).data
                    got = {k: data.get(k) for k in wanted}
                elif key == "deadline":
                    found = [d for d in queries.deadlines_of(session, self.cast.case_id) if d.kind == wanted["kind"]]
                    got = {"kind": wanted["kind"], "last_day": found[-1].last_day.isoformat() if found else None}
            if got != wanted:
                raise BadInput(f"{self._where(step)}：{key} 应为 {wanted}，实为 {got}。", remedy="检查规则或场景。")


def _agency(ctx: Context, scenario: Scenario) -> agencies.AgencyFacts:
    settings = dict(scenario.settings)
    return agencies.create_agency(
        ctx,
        name=settings.pop("name"),
        short_name=settings.pop("short_name"),
        fonds_no=settings.pop("fonds_no"),
        settings=settings,
    )


def _dates(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {k: dt.date.fromisoformat(v) if k in keys and isinstance(v, str) else v for k, v in data.items()}


# --- verbs ---------------------------------------------------------------------------------------------------------


def _open_case(play: Replay, step: Step) -> Played:
    data = step.keys["data"]
    case = cases.open_case(
        play.ctx,
        play.actor(step.actor),
        procedure=data["procedure"],
        title=data["title"],
        party_ids=[play.cast.parties[p] for p in data.get("parties", ())],
        member_ids=[play.cast.people[p] for p in data.get("members", ())],
        dispute_prone=data.get("dispute_prone", False),
    )
    play.cast.case_id = case.id
    return Played(step=step)


def _paper(play: Replay, step: Step) -> Played:
    document = _draft(play, step).document
    assert document is not None  # noqa: S101 - _draft always gives one
    for signing in step.signs:
        document = _sign_slot(play, step, signing, document.id)
    return _issue_at(play, step, document)


def _draft(play: Replay, step: Step) -> Played:
    keys, cast = step.keys, play.cast
    of = [cast.recordings[r] for r in keys.get("recordings", ())]
    document = documents.draft(
        play.ctx,
        play.actor(step.actor),
        type=keys["doc"],
        case_id=cast.case_id or None,
        data=_linked(cast, keys.get("data") or {}),
        party_id=cast.parties[keys["party"]] if "party" in keys else None,
        officer_ids=[cast.people[o] for o in keys["officers"]] if "officers" in keys else None,
        target_id=cast.documents[keys["target"]] if "target" in keys else None,
        recording_id=cast.recordings[keys["recording"]] if "recording" in keys else None,
        recording_ids=of,
        reference=step.id or keys["doc"],
    )
    cast.documents[step.id or keys["doc"]] = document.id
    return Played(step=step, document=document)


def _revise(play: Replay, step: Step) -> Played:
    document = _document(play, step)
    revised = documents.revise(
        play.ctx,
        play.actor(step.actor),
        document_id=document.id,
        base_version=document.version,
        data=_linked(play.cast, step.keys["data"]),
    )
    return Played(step=step, document=revised)


def _sign(play: Replay, step: Step) -> Played:
    document = _document(play, step)
    for signing in step.signs:
        document = _sign_slot(play, step, signing, document.id)
    return Played(step=step, document=document)


def _sign_slot(play: Replay, step: Step, signing: Signing, document_id: str) -> DocumentFacts:
    play.clock.move(signing.at or play.clock.now())
    document: DocumentFacts | None = None
    for person in signing.people or ("",):
        document = documents.fill_slot(
            play.ctx,
            play.actor(person or step.actor),
            document_id=document_id,
            slot=signing.slot,
            values=_linked(play.cast, signing.data) if document is None else {},
            name=signing.name,
            method=signing.method,
            refused=signing.refused,
            witness=signing.witness,
        )
    assert document is not None  # noqa: S101 - the loop runs at least once
    return document


def _return(play: Replay, step: Step) -> Played:
    document = _document(play, step)
    remarks = step.keys.get("remarks") or {}
    returned = documents.return_document(play.ctx, play.actor(step.actor), document_id=document.id, remarks=remarks)
    return Played(step=step, document=returned)


def _issue(play: Replay, step: Step) -> Played:
    return Played(step=step, document=_make(play, step, _document(play, step).id))


def _issue_at(play: Replay, step: Step, document: DocumentFacts) -> Played:
    if "issue" not in step.keys:
        return Played(step=step, document=document)
    play.clock.move(step.keys["issue"])
    return Played(step=step, document=_make(play, step, document.id))


def _make(play: Replay, step: Step, document_id: str) -> DocumentFacts:
    actor = play.actor(step.actor)
    if play.press is not None:
        return making.issue(play.ctx, actor, document_id, play.press)
    issuing.reserve(play.ctx, actor, document_id=document_id)
    return issuing.commit(play.ctx, actor, document_id=document_id, blobs={})


def _void(play: Replay, step: Step) -> Played:
    document = documents.void(
        play.ctx, play.actor(step.actor), document_id=_document(play, step).id, reason=step.keys["reason"]
    )
    return Played(step=step, document=document)


def _announce(play: Replay, step: Step) -> Played:
    recording = recordings.announce_recording(
        play.ctx,
        play.actor(step.actor),
        case_id=play.cast.case_id or None,
        started_at=parse_local(step.keys["data"]["start"]),
        document_ids=_of(play, step),
        **_recording_words(play, step),
    )
    play.cast.recordings[step.id] = recording.id
    return Played(step=step, recording=recording)


def _store(play: Replay, step: Step) -> Played:
    data = step.keys["data"]
    seed = len(play.cast.recordings) + step.number
    file = make_media(step.keys["media"], Path(play._folder.name), f"{seed}", seed=seed)
    known = play.cast.recordings.get(step.id)
    words: dict[str, Any] = (
        {"recording_id": known} if known else {"case_id": play.cast.case_id, **_recording_words(play, step)}
    )
    recording = recordings.store_recording(
        play.ctx,
        play.actor(step.actor),
        **words,
        **({} if known else {"started_at": parse_local(data["start"])}),
        ended_at=parse_local(data["end"]),
        file=file,
        file_name=data.get("file_name", file.name),
        late_reason=data.get("late_reason", ""),
        document_ids=_of(play, step),
        **({"summary": data["summary"]} if known and "summary" in data else {}),
    )
    file.unlink(missing_ok=True)
    play.cast.recordings[step.id] = recording.id
    return Played(step=step, recording=recording)


def _recording_words(play: Replay, step: Step) -> dict[str, Any]:
    data = step.keys["data"]
    return {
        "kind": data.get("kind", "录像"),
        "scene": data["scene"],
        "device_no": data["device"],
        "operator_id": play.cast.people[data.get("operator", step.actor)],
        "place": data["place"],
        "party_informed": data.get("informed", True),
        "summary": data.get("summary", ""),
    }


def _of(play: Replay, step: Step) -> list[str]:
    of = step.keys.get("of", ())
    return [play.cast.documents[d] for d in ([of] if isinstance(of, str) else of)]


def _serve(play: Replay, step: Step) -> Played:
    data = dict(step.keys["data"])
    for key in ("received_at", "sent_at"):
        if key in data:
            data[key] = parse_local(data[key])
    if "refuse_date" in data:
        data["refuse_date"] = dt.date.fromisoformat(data["refuse_date"])
    receipt = services.serve(
        play.ctx,
        play.actor(step.actor),
        document_ids=_of(play, step),
        recording_ids=[play.cast.recordings[r] for r in step.keys.get("recordings", ())],
        reference=step.id,
        **data,
    )
    play.cast.documents[step.id] = receipt.id
    for signing in step.signs:
        receipt = _sign_slot(play, step, signing, receipt.id)
    return _issue_at(play, step, receipt)


def _emergency(play: Replay, step: Step) -> Played:
    data = step.keys["data"]
    cases.start_emergency(
        play.ctx,
        play.actor(step.actor),
        case_id=play.cast.case_id,
        at=play.clock.now(),
        place=data["place"],
        reason=data["reason"],
    )
    return Played(step=step)


def _archive(play: Replay, step: Step) -> Played:
    if play.press is not None:
        packing.pack(play.ctx, play.actor(step.actor), play.cast.case_id, play.press.pool)
    return Played(step=step)


def _document(play: Replay, step: Step) -> DocumentFacts:
    with play.ctx.database.read() as session:
        return queries.document_facts(session, play.cast.documents[step.keys["of"]])


def _linked(cast: Cast, value: Any) -> Any:
    """Replace `{ref: name}` by the document it names, everywhere in a value."""
    if isinstance(value, Mapping):
        if set(value) == {"ref"}:
            return {"document_id": cast.documents[value["ref"]]}
        return {k: _linked(cast, v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_linked(cast, v) for v in value]
    return value


VERBS: Mapping[str, Callable[[Replay, Step], Played]] = {
    "open_case": _open_case,
    "paper": _paper,
    "draft": _draft,
    "revise": _revise,
    "sign": _sign,
    "return": _return,
    "issue": _issue,
    "void": _void,
    "announce": _announce,
    "store": _store,
    "serve": _serve,
    "emergency": _emergency,
    "archive": _archive,
}
