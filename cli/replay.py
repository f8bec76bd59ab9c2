"""Carry a scenario through the same operations as the pages, on its own dates (docs/scenarios.md).

A scenario's names (people, documents, recordings) are looked up in `Cast`; what a step does is its verb's function
(`cli.verbs`). A refused step is compared with `expect`; anything unexpected stops with file, line and step.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import orm

from access import accounts, agencies, persons
from access.facts import Actor, AgencyFacts
from casework import queries
from casework.operations import devices, parties
from cli.cast import Cast, Played
from cli.scenario import Scenario, Step, load_scenario
from cli.verbs import VERBS
from foundation.clock import ManualClock, legal_date
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput
from generator.press import Press

IN_OFFICE = dt.date(2000, 1, 1)
"""From when people of a scenario hold their roles: before any case, whatever day the machine believes in."""


class Replay:
    """One scenario on one context whose clock it moves."""

    def __init__(
        self, ctx: Context, clock: ManualClock, scenario: Scenario, press: Press | None, *, alone: bool = True
    ) -> None:
        """Prepare to play.

        Args:
            ctx: The floor, on the clock.
            clock: Moved to each step's instant.
            scenario: The case.
            press: Draws and seals papers; None stops issuing after the number is reserved.
            alone: No other case draws from the same series: numbers are compared too.
        """
        self.ctx = ctx
        self.clock = clock
        self.scenario = scenario
        self.press = press if scenario.draws_papers else None
        self.cast = Cast()
        self._ignored: frozenset[str] = frozenset() if alone else frozenset({"number", "case_number"})

    def set_up(self) -> Cast:
        """Make the office, its people, devices and parties, or find those that are there; return the cast."""
        self.clock.move(self.scenario.steps[0].at if self.scenario.steps else self.clock.now())
        if self.scenario.after is not None:
            self._play_before(*self.scenario.after)
        self.cast.agency_id = _agency(self.ctx, self.scenario).id
        self._find_people()
        for name, data in self.scenario.people.items():
            if name not in self.cast.people:
                self._add_person(name, data)
        registrar = self.actor(next(iter(self.scenario.people or self.cast.people)))
        for number, data in self.scenario.devices.items():
            self._register_device(registrar, number, data)
        for name, data in self.scenario.parties.items():
            self.cast.parties[name] = parties.register_party(self.ctx, registrar, **_dates(data, "birth_date")).id
        return self.cast

    def _play_before(self, file: Path, last: str) -> None:
        """Play another scenario up to and with a step, and go on with its cast."""
        base = Replay(self.ctx, self.clock, load_scenario(file), self.press)
        base.set_up()
        for step in base.scenario.steps:
            base.play(step)
            if step.id == last:
                break
        else:
            raise BadInput(f"{file.name} 没有名为“{last}”的步骤。", remedy="检查 after 的步骤名。", path="after")
        self.cast = base.cast

    def _find_people(self) -> None:
        """Take the office's people into the cast by their names."""
        with self.ctx.database.read() as session:
            for person in persons.persons_of(session, self.cast.agency_id, legal_date(self.clock.now())):
                if account := accounts.account_of_person(session, person.id):
                    self.cast.people[account.login], self.cast.accounts[account.login] = person.id, account.id

    def _register_device(self, registrar: Actor, number: str, data: Mapping[str, Any]) -> None:
        with self.ctx.database.read() as session:
            if queries.find_device(session, self.cast.agency_id, number):
                return
        dates = _dates(data, "in_service", "out_of_service")
        devices.register_device(self.ctx, registrar, device_no=number, **dates)

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
        wanted = _codes(step.expect.get("refused"))
        try:
            played = VERBS[step.verb](self, step)
        except AnjuanError as error:
            codes = {f.code for f in error.findings} or {error.code}
            if wanted and wanted <= {*codes, error.code}:
                return Played(step=step, refused="、".join(sorted(codes)))
            raise BadInput(f"{self._where(step)}没有做成：{error}", remedy="修改场景或程序后重放。") from error
        except KeyError as error:
            raise BadInput(
                f"{self._where(step)}提到没有出现过的名称或缺少键：{error}。", remedy="检查名称。"
            ) from error
        if wanted:
            told = "、".join(sorted(wanted))
            raise BadInput(f"{self._where(step)}应被拒绝（{told}），却做成了。", remedy="检查规则。")
        self._compare(step, played)
        return played

    def actor(self, name: str) -> Actor:
        """Return a person of the office as actor at the clock's instant."""
        if name not in self.cast.accounts:
            raise BadInput(f"场景里没有“{name}”这个人。", remedy="在 people 里加上。")
        with self.ctx.database.read() as session:
            return accounts.actor_of(session, self.cast.accounts[name], self.clock.now())

    def _add_person(self, name: str, data: Mapping[str, Any]) -> None:
        given = {"valid_from": IN_OFFICE, **_dates(data, "cert_from", "cert_to")}
        person = accounts.add_person(self.ctx, agency_id=self.cast.agency_id, name=given.pop("name", name), **given)
        account = accounts.add_account(self.ctx, person_id=person.id, login=f"{name}", password=None)
        self.cast.people[name], self.cast.accounts[name] = person.id, account.id

    def _where(self, step: Step) -> str:
        return f"{self.scenario.path.name} 第{step.line}行（第{step.number}步 {step.verb} {step.id}）"

    def _compare(self, step: Step, played: Played) -> None:
        for key, wanted in step.expect.items():
            if key in {*self._ignored, "refused"}:
                continue
            with self.ctx.database.read() as session:
                got = self._got(session, key, wanted, played)
            if got != wanted:
                raise BadInput(f"{self._where(step)}：{key} 应为 {wanted}，实为 {got}。", remedy="检查规则或场景。")

    def _got(self, session: orm.Session, key: str, wanted: Any, played: Played) -> Any:
        if key == "deadline":
            found = [d for d in queries.deadlines_of(session, self.cast.case_id) if d.kind == wanted["kind"]]
            return {"kind": wanted["kind"], "last_day": found[-1].last_day.isoformat() if found else None}
        if key in ("state", "case_number"):
            case = queries.case_facts(session, self.cast.case_id)
            return case.state if key == "state" else case.number
        if played.document is None:
            return None
        document = queries.document_facts(session, played.document.id)
        return document.number if key == "number" else {k: document.data.get(k) for k in wanted}


def _codes(wanted: str | list[str] | None) -> frozenset[str]:
    return frozenset([wanted] if isinstance(wanted, str) else wanted or ())


def _agency(ctx: Context, scenario: Scenario) -> AgencyFacts:
    settings = dict(scenario.settings)
    with ctx.database.read() as session:
        known = agencies.agencies(session, legal_date(ctx.clock.now()))
    if found := next((a for a in known if a.fonds_no == settings.get("fonds_no", a.fonds_no)), None):
        return found
    return agencies.create_agency(
        ctx,
        name=settings.pop("name"),
        short_name=settings.pop("short_name"),
        fonds_no=settings.pop("fonds_no"),
        settings=settings,
    )


def _dates(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {k: dt.date.fromisoformat(v) if k in keys and isinstance(v, str) else v for k, v in data.items()}
