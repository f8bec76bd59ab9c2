"""Read and check definition folders; all faults at once, each with file, line and remedy."""

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from catalogue.body import parse_body
from catalogue.conditions import Condition, names_in, parse_condition
from catalogue.definitions import KINDS, STAGES, Catalogue, DocumentType, Field, Slot
from catalogue.drawing import draft_body
from catalogue.lint import lint_body
from foundation.canonical import digest, plain
from foundation.errors import BadInput, Finding

KEYS = frozenset(
    ["id", "title", "purpose", "articles", "statute", "stage", "tier", "form", "visibility", "volume", "service", "number", "seal", "copies", "copy_rule", "recording", "secrecy", "powers", "prerequisites", "groups", "fields", "slots", "body"]
)
FIELD_KEYS = frozenset(["name", "label", "kind", "required", "options", "columns", "from", "default", "mask", "checks", "note"])
SLOT_KEYS = frozenset(["id", "part", "role", "label", "count", "when", "fills", "signs", "required", "refusable"])
PARTS = frozenset(["propose", "review", "approve", "opinion", "sign", "receive", "witness"])
MASKS = frozenset(["normal", "privacy", "business_secret", "informant", "internal"])
VOLUMES = frozenset(["main", "side", "both", "ledger", "supervision"])
SOURCES = re.compile(
    r"^(case|party|agency|document|doc\.\w+|target|recording|deadline|service\.\w+|sum|archive|batch)\.\w+(\.\w+)*$"
    r"|^officers$|^recordings$"
)
CHECKS = frozenset(
    ["id_no", "credit_code", "phone", "amount", "not_before", "not_future", "equals", "capital_of", "min_items", "distinct_names"]
)


@functools.lru_cache(maxsize=8)
def load_catalogue(root: Path) -> Catalogue:
    """Read every definition under a templates folder; the same folder is read once a process.

    Raises:
        BadInput: Some folder is bad; the findings name file, line and remedy, all at once.
    """
    groups = {p.stem: _yaml(p) for p in sorted((root / "_groups").glob("*.yaml"))}
    types, samples, findings = {}, {}, list[Finding]()
    for path in sorted(root.glob("*/*/definition.yaml")):
        reader = _Reader(path, groups)
        definition = reader.read()
        findings += reader.findings
        if definition is not None:
            if definition.id in types:
                findings.append(reader.fault("id", "与另一个文件夹的 id 重复", "换一个 id"))
            types[definition.id] = definition
            samples[definition.id] = path.parent / "sample.yaml"
    if findings:
        raise BadInput(f"文书定义有 {len(findings)} 处错误。", remedy="按下列文件和行修改。", findings=findings)
    return Catalogue(root=root, types=types, samples=samples)


def parse_definition(canonical: Mapping[str, Any]) -> DocumentType:
    """Build a type from its stored canonical form (groups already expanded)."""
    return _build(canonical)


class _Reader:
    """Reads one folder and collects its faults."""

    def __init__(self, path: Path, groups: Mapping[str, Any]) -> None:
        self.path = path
        self.groups = groups
        self.findings: list[Finding] = []
        self._text = path.read_text(encoding="utf-8")

    def fault(self, word: str, message: str, remedy: str) -> Finding:
        """Return a finding at the line where a word stands first."""
        lines = self._text.splitlines()
        line = next((i for i, text in enumerate(lines, 1) if word and word in text), 1)
        where = f"{self.path.parent.parent.name}/{self.path.parent.name}/{self.path.name} 第{line}行"
        return Finding(code="DEFINITION", path=where, message=f"“{word}”{message}。", remedy=f"{remedy}。")

    def read(self) -> DocumentType | None:
        """Return the type, or None when faults make it unusable."""
        try:
            raw = plain(yaml.safe_load(self._text))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            message = f"不是有效的 YAML：{error.problem}"
            where = f"{self.path.parent.name}/{self.path.name} 第{line}行"
            self.findings.append(Finding(code="DEFINITION", path=where, message=message, remedy="检查缩进和引号。"))
            return None
        if not isinstance(raw, dict):
            self.findings.append(self.fault("", "文件不是键和值", "参照 docs/definitions.md"))
            return None
        self.findings += list(self._check(raw))
        if self.findings:
            return None
        return self._built(raw)

    def _built(self, raw: dict[str, Any]) -> DocumentType | None:
        try:
            definition = _build(self._expanded(raw))
        except (ValueError, KeyError, TypeError) as error:
            self.findings.append(self.fault("body", f"读不懂：{error}", "参照 docs/definitions.md"))
            return None
        for word, message, remedy in lint_body(definition):
            self.findings.append(self.fault(word, message, remedy))
        return definition

    def _expanded(self, raw: dict[str, Any]) -> dict[str, Any]:
        fields = [f for g in raw.get("groups") or [] for f in self.groups[g]["fields"]]
        slots = [s for g in raw.get("groups") or [] for s in self.groups[g].get("slots", [])]
        own = {f["name"] for f in raw.get("fields") or []}
        own_slots = {s["id"] for s in raw.get("slots") or []}
        merged = {k: v for k, v in raw.items() if k != "groups"}
        merged["fields"] = [f for f in fields if f["name"] not in own] + list(raw.get("fields") or [])
        merged["slots"] = [s for s in slots if s["id"] not in own_slots] + list(raw.get("slots") or [])
        return merged

    def _check(self, raw: dict[str, Any]) -> Iterator[Finding]:
        for key in sorted(set(raw) - KEYS):
            yield self.fault(key, "不是定义的键", f"可用：{'、'.join(sorted(KEYS))}")
        for key in ("id", "title", "stage", "volume", "form"):
            if key not in raw:
                yield self.fault("id", f"所在定义缺少 {key}", "补上该键")
        if raw.get("id") != self.path.parent.name:
            yield self.fault("id", "应与文件夹同名", f"改为 {self.path.parent.name}")
        if raw.get("stage") not in STAGES:
            yield self.fault("stage", "不是五个阶段之一", f"可用：{'、'.join(STAGES)}")
        if raw.get("volume") not in VOLUMES:
            yield self.fault("volume", "的值不认识", f"可用：{'、'.join(sorted(VOLUMES))}")
        for group in raw.get("groups") or []:
            if group not in self.groups:
                yield self.fault(group, "不是 templates/_groups 里的字段组", f"可用：{'、'.join(self.groups)}")
                return
        if not (self.path.parent / "sample.yaml").exists():
            yield self.fault("id", "所在文件夹没有 sample.yaml", "补一份样例")
        expanded = self._expanded(raw)
        yield from self._check_fields(expanded["fields"])
        yield from self._check_slots(expanded)

    def _check_fields(self, fields: list[dict[str, Any]]) -> Iterator[Finding]:
        seen: set[str] = set()
        for item in fields:
            name = str(item.get("name", ""))
            if name in seen:
                yield self.fault(name, "这个字段写了两次", "删去一处")
            seen.add(name)
            yield from self._check_field(item, name)

    def _check_field(self, item: dict[str, Any], name: str) -> Iterator[Finding]:
        for key in sorted(set(item) - FIELD_KEYS):
            yield self.fault(name, f"的 {key} 不是字段的键", f"可用：{'、'.join(sorted(FIELD_KEYS))}")
        if item.get("kind", "text") not in KINDS:
            yield self.fault(name, f"的类型“{item.get('kind')}”不认识", f"可用：{'、'.join(sorted(KINDS))}")
        if item.get("mask", "normal") not in MASKS:
            yield self.fault(name, "的 mask 不认识", f"可用：{'、'.join(sorted(MASKS))}")
        if item.get("from") and not SOURCES.match(item["from"]):
            yield self.fault(name, f"的来源“{item['from']}”不认识", "参照 docs/definitions.md 的路径表")
        for check in item.get("checks") or []:
            word = check if isinstance(check, str) else next(iter(check))
            if word not in CHECKS:
                yield self.fault(name, f"的检查“{word}”不认识", f"可用：{'、'.join(sorted(CHECKS))}")
        if isinstance(item.get("required"), dict):
            yield from self._check_condition(item["required"], name)

    def _check_condition(self, raw: object, name: str) -> Iterator[Finding]:
        try:
            parse_condition(raw)
        except ValueError as error:
            yield self.fault(name, f"的条件读不懂：{error}", "改正条件")

    def _check_slots(self, raw: dict[str, Any]) -> Iterator[Finding]:
        names = {f["name"]: f.get("kind", "text") for f in raw["fields"]}
        owner: dict[str, str] = {}
        for slot in raw["slots"]:
            for key in sorted(set(slot) - SLOT_KEYS):
                yield self.fault(str(slot.get("id")), f"的 {key} 不是签批位的键", "参照 docs/definitions.md")
            if slot.get("part") not in PARTS:
                yield self.fault(str(slot.get("id")), "的 part 不认识", f"可用：{'、'.join(sorted(PARTS))}")
            for name in [*slot.get("fills", []), *([slot["signs"]] if slot.get("signs") else [])]:
                if name not in names:
                    yield self.fault(name, f"不是字段，签批位 {slot['id']} 却要填它", "加上字段或改签批位")
                if name in owner:
                    yield self.fault(name, f"归两个签批位（{owner[name]}、{slot['id']}）", "只留一个")
                owner[name] = slot["id"]
        for name, kind in names.items():
            if kind == "signature" and name not in owner:
                yield self.fault(name, "是签名，却不归任何签批位", "加一个 signs 它的签批位")


def _yaml(path: Path) -> Any:
    return plain(yaml.safe_load(path.read_text(encoding="utf-8")))


def _build(raw: Mapping[str, Any]) -> DocumentType:
    fields = tuple(_field(f) for f in raw["fields"])
    slots = tuple(_slot(s) for s in raw["slots"])
    _known(fields, slots)
    body = parse_body(raw["body"]) if raw.get("body") else draft_body(raw["form"], fields, slots)
    return DocumentType(
        id=raw["id"],
        title=raw["title"],
        purpose=raw.get("purpose", ""),
        articles=tuple(raw.get("articles") or ()),
        statute=raw.get("statute") or "",
        stage=raw["stage"],
        tier=raw.get("tier", "core"),
        form=raw["form"],
        visibility=raw.get("visibility", "internal"),
        volume=raw["volume"],
        service=raw.get("service", "none"),
        number_character=(raw.get("number") or {}).get("character"),
        seal=raw.get("seal"),
        copies=raw.get("copies") or "",
        copy_rule=raw.get("copy_rule") or {"release": "never"},
        recording=raw.get("recording", "none"),
        secrecy=raw.get("secrecy", "internal" if raw["volume"] == "side" else "normal"),
        powers=tuple(raw.get("powers") or ()),
        prerequisites=tuple(tuple(p) for p in raw.get("prerequisites") or ()),
        fields=fields,
        slots=slots,
        body=body,
        digest=digest(raw),
        canonical=raw,
    )


def _known(fields: tuple[Field, ...], slots: tuple[Slot, ...]) -> None:
    names = {f.name for f in fields}
    conditions = [c.required for c in (*fields, *slots) if not isinstance(c.required, bool)]
    for condition in conditions:
        if missing := names_in(condition) - names:
            raise ValueError(f"条件提到没有的字段 {'、'.join(sorted(missing))}")


def _field(raw: Mapping[str, Any]) -> Field:
    return Field(
        name=raw["name"],
        label=raw["label"],
        kind=raw.get("kind", "text"),
        required=_required(raw.get("required", False)),
        options=tuple(raw.get("options") or ()),
        columns=tuple(_field(c) for c in raw.get("columns") or ()),
        source=raw.get("from"),
        default=raw.get("default"),
        mask=raw.get("mask", "normal"),
        checks=tuple((c, None) if isinstance(c, str) else next(iter(c.items())) for c in raw.get("checks") or ()),
        note=raw.get("note", ""),
    )


def _slot(raw: Mapping[str, Any]) -> Slot:
    return Slot(
        id=raw["id"],
        part=raw["part"],
        role=raw["role"],
        label=raw.get("label", ""),
        count=int(raw.get("count", 1)),
        when=raw.get("when", "before_issue"),
        fills=tuple(raw.get("fills") or ()),
        signs=raw.get("signs"),
        required=_required(raw.get("required", True)),
        refusable=bool(raw.get("refusable", False)),
    )


def _required(raw: object) -> bool | Condition:
    return raw if isinstance(raw, bool) else parse_condition(raw)
