"""Where a case stands and what moves it: the rows of `rules/procedures.yaml`, read by pure functions.

A state tells people where a case is; it forbids nothing: that is what gates do. Procedure and state change by events
of the one case; there is never a second case for one matter.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.facts import Happening, Procedure
from casework.figures import read
from catalogue.conditions import Condition, parse_condition
from foundation.errors import BadInput

ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """How a case of a procedure begins."""

    state: str
    series: str
    """Series of the number that its papers carry at first."""
    numbered: bool
    """The law starts the case with it: the case number is drawn at once."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """What an event does to a case."""

    to: str
    procedure: Procedure
    starts: bool = False
    """The law starts the case: it gets number and start date."""
    closes: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the file."""

    event: str
    states: tuple[str, ...]
    when: Condition | None
    to: str
    becomes: str
    starts: bool
    closes: bool

    def holds(self, state: str, values: Mapping[str, Any]) -> bool:
        """Tell whether the row is meant for a case in this state and a paper with these values."""
        in_state = state in self.states or (ANY in self.states and not has_ended(state))
        return in_state and (self.when is None or self.when.holds(values))


def beginning(procedure: Procedure) -> Beginning:
    """Return how a case of a procedure begins."""
    row = read("procedures")["begin"][procedure]
    return Beginning(state=row["state"], series=row["series"], numbered=bool(row.get("number")))


def procedure_of(word: str) -> Procedure:
    """Read a procedure's name.

    Raises:
        BadInput: There is no such procedure.
    """
    try:
        return Procedure(word)
    except ValueError:
        known = "、".join(f"{p.value}（{title_of(p)}）" for p in Procedure)
        raise BadInput(f"没有“{word}”这种程序。", remedy=f"可用：{known}。", path="procedure") from None


def title_of(procedure: Procedure) -> str:
    """Return a procedure in Chinese."""
    return str(read("procedures")["begin"][procedure]["title"])


def state_title(state: str) -> str:
    """Return a state in Chinese."""
    return str(read("procedures")["states"][state]["title"])


def has_ended(state: str) -> bool:
    """Tell whether nothing more is expected in this state but filing."""
    return bool(read("procedures")["states"][state].get("ends"))


def move(procedure: Procedure, state: str, event: Happening) -> Move:
    """Return what an event does: the first row that holds, else the case stays as it is."""
    for row in _rows().get(event.kind, ()):
        if row.holds(state, event.values):
            becomes = Procedure(row.becomes) if row.becomes else procedure
            return Move(to=row.to or state, procedure=becomes, starts=row.starts, closes=row.closes)
    return Move(to=state, procedure=procedure)


def changed(procedure: Procedure, wanted: Procedure, state: str) -> Move:
    """Return how a case goes on in another procedure.

    Raises:
        BadInput: The procedure cannot become the other, or the case has ended.
    """
    to = read("procedures")["changes"].get(procedure, {}).get(wanted)
    if to is None or has_ended(state):
        raise BadInput(
            f"{title_of(procedure)}（{state_title(state)}）不能转为{title_of(wanted)}。",
            remedy="简易程序、行政检查和依申请事项在结案之前可以转为普通程序。",
            path="procedure",
        )
    return Move(to=to, procedure=wanted)


def changes_of(procedure: Procedure, state: str) -> tuple[Procedure, ...]:
    """Return the procedures in which a case may go on from a state."""
    known = read("procedures")["changes"].get(procedure, {})
    return () if has_ended(state) else tuple(Procedure(one) for one in known)


@functools.lru_cache
def _rows() -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for raw in read("procedures")["events"]:
        found.setdefault(raw["event"], []).append(_row(raw))
    return {event: tuple(rows) for event, rows in found.items()}


def _row(raw: Mapping[str, Any]) -> Row:
    states = raw["from"]
    return Row(
        event=raw["event"],
        states=(states,) if isinstance(states, str) else tuple(states),
        when=parse_condition(raw["when"]) if "when" in raw else None,
        to=raw.get("to", ""),
        becomes=raw.get("becomes", ""),
        starts=bool(raw.get("number")),
        closes=bool(raw.get("closes")),
    )
