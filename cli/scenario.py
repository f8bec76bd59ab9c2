"""Read a scenario file into typed steps; refuse a broken one with file, line and step (docs/scenarios.md)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from foundation.canonical import plain
from foundation.clock import parse_local
from foundation.errors import BadInput

HEADER_KEYS = frozenset({"title", "papers", "after", "settings", "people", "devices", "parties", "steps"})
STEP_KEYS = frozenset(
    {"at", "as", "do", "id", "doc", "of", "data", "party", "officers", "target", "recordings", "recording", "sign"}
    | {"issue", "media", "expect", "slot", "remarks", "reason"}
)
SIGN_KEYS = frozenset({"at", "slot", "as", "name", "data", "refused", "witness", "method"})
VERBS = frozenset(
    {"open_case", "paper", "draft", "revise", "sign", "return", "issue", "void", "announce", "store", "serve"}
    | {"emergency", "end", "hand_over", "archive"}
)


@dataclass(frozen=True, kw_only=True)
class Signing:
    """Who signs which slot, when."""

    slot: str
    at: dt.datetime | None = None
    """Aware; None takes the step's time."""
    people: tuple[str, ...] = ()
    """Persons of the office, by their scenario name."""
    name: str = ""
    """A person outside the office."""
    data: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    witness: str = ""
    method: str = "screen"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act of the case."""

    number: int
    """Counted from 1."""
    line: int
    verb: str
    at: dt.datetime
    actor: str
    id: str
    keys: Mapping[str, Any]
    """Everything the step gives but `at`, `as`, `do`, `id`, `sign`."""
    signs: tuple[Signing, ...]
    expect: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A whole case."""

    path: Path
    title: str
    draws_papers: bool
    after: tuple[Path, str] | None
    """File and step id whose state this one starts from."""
    settings: Mapping[str, Any]
    people: Mapping[str, Mapping[str, Any]]
    devices: Mapping[str, Mapping[str, Any]]
    parties: Mapping[str, Mapping[str, Any]]
    steps: tuple[Step, ...]


def load_scenario(path: Path) -> Scenario:
    """Parse a scenario.

    Raises:
        BadInput: The file cannot be read; the message names file, line and step.
    """
    raw, lines = read_scenario(path)
    return scenario_of(path, raw, lines)


def read_scenario(path: Path) -> tuple[dict[str, Any], list[int]]:
    """Return what a scenario file says, dates as text, and the line of each step.

    Raises:
        BadInput: The file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = plain(yaml.safe_load(text))
    except OSError as error:
        raise BadInput(f"打不开场景文件 {path.name}。", remedy="检查文件名。") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInput(
            f"{path.name} 第{line}行不是有效的 YAML：{error.problem}。", remedy="检查缩进、冒号和引号。"
        ) from error
    if not isinstance(raw, dict) or not isinstance(node, yaml.MappingNode):
        raise BadInput(f"{path.name} 不是场景：顶层应为键和值。", remedy="参照 docs/scenarios.md。")
    return raw, _step_lines(node)


def scenario_of(path: Path, raw: Mapping[str, Any], lines: Sequence[int]) -> Scenario:
    """Return the scenario that a file says.

    Raises:
        BadInput: Something in it is unknown or missing; the message names file, line and step.
    """
    _refuse_unknown(raw, HEADER_KEYS, f"{path.name} 第1行")
    steps = raw.get("steps") or []
    return Scenario(
        path=path,
        title=str(raw.get("title", path.stem)),
        draws_papers=raw.get("papers", "all") == "all",
        after=_after(path, raw.get("after")),
        settings=raw.get("settings") or {},
        people=raw.get("people") or {},
        devices=raw.get("devices") or {},
        parties=raw.get("parties") or {},
        steps=tuple(_step(path, i, lines[i - 1], s) for i, s in enumerate(steps, 1)),
    )


def _after(path: Path, value: str | None) -> tuple[Path, str] | None:
    if not value:
        return None
    file, _, step = value.partition("#")
    return path.parent / file, step


def _step_lines(node: yaml.MappingNode) -> list[int]:
    for key, value in node.value:
        if key.value == "steps" and isinstance(value, yaml.SequenceNode):
            return [item.start_mark.line + 1 for item in value.value]
    return []


def _step(path: Path, number: int, line: int, raw: object) -> Step:
    where = f"{path.name} 第{line}行（第{number}步）"
    if not isinstance(raw, dict):
        raise BadInput(f"{where}不是一个步骤。", remedy="每步写作 {at: …, as: …, do: …}。")
    _refuse_unknown(raw, STEP_KEYS, where)
    for key in ("at", "as", "do"):
        if key not in raw:
            raise BadInput(f"{where}缺少 {key}。", remedy="补上该键。")
    if raw["do"] not in VERBS:
        raise BadInput(f"{where}：没有“{raw['do']}”这种动作。", remedy="可用：" + "、".join(sorted(VERBS)))
    at = _instant(raw["at"], where)
    rest = {k: v for k, v in raw.items() if k not in {"at", "as", "do", "id", "sign", "expect"}}
    if "issue" in rest:
        rest["issue"] = _instant(rest["issue"], where)
    return Step(
        number=number,
        line=line,
        verb=raw["do"],
        at=at,
        actor=str(raw["as"]),
        id=str(raw.get("id", "")),
        keys=rest,
        signs=tuple(_signing(s, where) for s in raw.get("sign") or []),
        expect=raw.get("expect") or {},
    )


def _signing(raw: object, where: str) -> Signing:
    if not isinstance(raw, dict) or "slot" not in raw:
        raise BadInput(f"{where}的签名没有写明 slot。", remedy="写作 {slot: …, as: …} 或 {slot: …, name: …}。")
    _refuse_unknown(raw, SIGN_KEYS, where)
    people = raw.get("as") or ()
    return Signing(
        slot=raw["slot"],
        at=_instant(raw["at"], where) if "at" in raw else None,
        people=(people,) if isinstance(people, str) else tuple(people),
        name=raw.get("name", ""),
        data=raw.get("data") or {},
        refused=raw.get("refused", ""),
        witness=raw.get("witness", ""),
        method=raw.get("method", "screen"),
    )


def _instant(value: object, where: str) -> dt.datetime:
    try:
        return parse_local(str(value))
    except ValueError as error:
        raise BadInput(f"{where}的时间“{value}”读不懂。", remedy="写作 2026-01-05T09:30。") from error


def _refuse_unknown(raw: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(raw) - known)
    if unknown:
        raise BadInput(f"{where}：不认识的键 {'、'.join(unknown)}。", remedy="可用：" + "、".join(sorted(known)))
