"""The demo's cases beside both whole ones: parts of scenarios with other parties, moved to where they are due now.

`tests/scenarios/demo.yaml` names scenario, last step and how long ago that was; all dates of the part move with it.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from cli.scenario import Scenario, read_scenario, scenario_of
from foundation.canonical import plain
from foundation.clock import SHANGHAI, local, parse_local
from foundation.errors import BadInput

ISO = re.compile(r"\b20\d\d-\d\d-\d\d(T\d\d:\d\d)?\b")
WRITTEN = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
LAST = re.compile(r"(\d+)([hd])")


def demo_cases(path: Path, now: dt.datetime) -> list[Scenario]:
    """Return the cases of a demo file as scenarios whose last steps fall shortly before `now` (aware).

    Raises:
        BadInput: The file names a scenario or step that is not there.
    """
    rows = plain(yaml.safe_load(path.read_text(encoding="utf-8")))
    return [_case(path.parent, row, now) for row in rows]


def _case(folder: Path, row: Mapping[str, Any], now: dt.datetime) -> Scenario:
    base = folder / row["of"]
    raw, lines = read_scenario(base)
    steps = _until(raw["steps"], row["until"], base)
    move = _move(steps, str(row["last"]), local(now))
    words = {str(k): str(v) for k, v in (row.get("words") or {}).items()}
    moved = [_changed(step, lambda text: _worded(_moved(text, move), words)) for step in steps]
    at = parse_local(moved[-1].get("issue") or _latest(moved[-1]))
    added = list(_added(row.get("then") or [], at))
    for step in (*moved, *added):
        step.pop("expect", None)
    devices = _changed(raw.get("devices") or {}, lambda text: _worded(text, words))
    raw = {**raw, "title": row["title"], "devices": devices, "parties": row["parties"], "papers": "all"}
    raw["steps"] = [*moved, *added]
    return scenario_of(base, raw, [*lines[: len(moved)], *([0] * len(added))])


def _until(steps: list[Any], last: str, base: Path) -> list[dict[str, Any]]:
    """Return the steps up to and with the last one that has a name, or acts on it."""
    found = [at for at, step in enumerate(steps) if last in (step.get("id"), step.get("of"))]
    if not found:
        raise BadInput(f"{base.name} 没有名为“{last}”的步骤。", remedy="检查 until 的步骤名。", path="until")
    end = found[0] if steps[found[0]]["do"] != "announce" else found[-1]
    return [dict(step) for step in steps[: end + 1]]


def _latest(step: Mapping[str, Any]) -> str:
    times = [str(step["at"]), *(str(s["at"]) for s in step.get("sign") or [] if "at" in s)]
    return max(times)


def _move(steps: list[dict[str, Any]], last: str, now: dt.datetime) -> dt.timedelta:
    """Return how far the part moves: whole days, or to the minute when `last` counts hours."""
    found = LAST.fullmatch(last)
    if found is None:
        raise BadInput(f"“{last}”不是时间间隔。", remedy="写作 22h 或 2d。", path="last")
    number, end = int(found[1]), local(parse_local(steps[-1].get("issue") or _latest(steps[-1])))
    if found[2] == "h":
        return (now - dt.timedelta(hours=number) - end) // dt.timedelta(minutes=1) * dt.timedelta(minutes=1)
    return dt.timedelta(days=(now.date() - end.date()).days - number)


def _moved(text: str, move: dt.timedelta) -> str:
    def iso(found: re.Match[str]) -> str:
        at = dt.datetime.fromisoformat(found[0])
        if found[1]:
            return (at + move).strftime("%Y-%m-%dT%H:%M")
        return (at + dt.timedelta(days=round(move / dt.timedelta(days=1)))).date().isoformat()

    def written(found: re.Match[str]) -> str:
        day = dt.date(*(int(n) for n in found.groups())) + dt.timedelta(days=round(move / dt.timedelta(days=1)))
        return f"{day.year}年{day.month}月{day.day}日"

    return WRITTEN.sub(written, ISO.sub(iso, text))


def _worded(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {_changed(k, change): _changed(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return [_changed(v, change) for v in value]
    return change(value) if isinstance(value, str) else value


def _added(steps: list[Any], last: dt.datetime) -> Iterator[dict[str, Any]]:
    """Yield further steps, a minute apart."""
    for number, step in enumerate(steps, 1):
        at = (last + dt.timedelta(minutes=number)).astimezone(SHANGHAI)
        yield {**step, "at": at.strftime("%Y-%m-%dT%H:%M")}
