"""Samples: values that render a type for previews and tests, three a type (docs/definitions.md, "Samples").

`sample.yaml` holds `ordinary`: every field that the paper needs, slot fields included, signatures as `甲一 2026-01-06`.
`minimal` is drawn from it by leaving out whatever is not required, `hard` by stretching it: long facts, 60 rows, a long
company name, rare characters, a name with “·”, a refusal with a witness. What a type needs else stands in the file.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from catalogue.body import Photos
from catalogue.checking import Fault
from catalogue.conditions import names_in
from catalogue.definitions import BY_ISSUING, LONG, Catalogue, DocumentType, Field, Slot
from catalogue.positions import read_placed
from foundation.canonical import plain

SAMPLE = "sample.yaml"
PICTURE = "_samples/picture.jpg"
"""Stands for every photograph of a sample (drawn, nobody's)."""
KINDS = ("ordinary", "minimal", "hard")
SIGNED = re.compile(r"^(?P<name>.+?)(?: (?P<date>\d{4}-\d{2}-\d{2}))?$")
EMPTY: tuple[Any, ...] = (None, "", [], (), {})

LONG_TEXT = 3000
MOST_ROWS, FEW_ROWS = 60, 6
SHORT_LISTS = ("av_ids", "docs", "witness", "witnesses", "attendees", "members", "reviewers", "experts")
"""Lists that no paper holds many rows of."""
LONG_NAME = (
    "清河镇示例砂石骨料开采加工销售及现代仓储物流与建筑废弃物资源化综合利用产业发展集团股份有限公司"
    "清河镇样例村第一分公司（虚构）"
)
RARE_NAME = "买买提·艾则孜·𬎆㛃（虚构）"
REFUSAL = {"name": "", "refused": "不认可记录内容，拒绝签名", "witness": "寅三（样例村村民委员会委员，虚构）"}


def sample(catalogue: Catalogue, type_id: str, kind: str = "ordinary") -> dict[str, Any]:
    """Return the values of a sample, slot fields included, as `generator` draws them.

    Args:
        catalogue: Where the type stands.
        type_id: The type.
        kind: `ordinary`, `minimal` or `hard`.

    Raises:
        NotFound: There is no such type.
    """
    definition = catalogue.get(type_id)
    content = _read(catalogue.samples[type_id], catalogue.samples[type_id].stat().st_mtime_ns)
    ordinary = drawable(definition, content["ordinary"])
    if kind == "ordinary":
        return ordinary
    own = drawable(definition, content.get(kind) or {})
    return {**(_minimal(definition, ordinary) if kind == "minimal" else _hard(definition, ordinary)), **own}


def pictures(catalogue: Catalogue, type_id: str, values: Mapping[str, Any]) -> dict[str, bytes]:
    """Return a picture for each file that a sample's photographs name."""
    blocks = [b for b in catalogue.get(type_id).body.blocks if isinstance(b, Photos)]
    names = [row.get(block.file) for block in blocks for row in values.get(block.name) or ()]
    picture = (catalogue.root / PICTURE).read_bytes() if names else b""
    return {str(name): picture for name in names if name}


def drawable(definition: DocumentType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with signatures as rows of name and date."""
    out: dict[str, Any] = {}
    for name, value in plain(dict(values)).items():
        known = definition.find_field(name)
        out[name] = _signatures(value) if known and known.kind == "signature" else value
    return out


def faults_of_sample(definition: DocumentType, content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong in a sample file: unknown kinds, fields and columns, required values that are missing."""
    for kind in sorted(str(k) for k in set(content) - set(KINDS)):
        yield Fault(where=content, key=kind, message=f"“{kind}”不是样例的种类", remedy=f"可用：{'、'.join(KINDS)}")
    for kind in KINDS:
        values = content.get(kind)
        if isinstance(values, Mapping):
            yield from _faults(definition, values)
    ordinary = content.get("ordinary")
    if not isinstance(ordinary, Mapping):
        yield Fault(where=content, key="ordinary", message="样例没有 ordinary", remedy="写出普通样例的各字段")
        return
    for field in definition.fields:
        missing = ordinary.get(field.name) in EMPTY and field.kind != "seal" and field.is_required(ordinary)
        if missing and field.source not in BY_ISSUING:
            yield Fault(where=ordinary, message=f"样例缺少“{field.name}”（{field.label}）", remedy="补上该值")


def _faults(definition: DocumentType, values: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in values.items():
        field = definition.find_field(str(name))
        if field is None or field.kind == "seal":
            message = f"样例的“{name}”不是《{definition.title}》的字段，或是印章"
            yield Fault(where=values, key=str(name), message=message, remedy="删去或改正")
        elif field.kind == "list":
            yield from _row_faults(field, value)
        elif field.options and not set(value if isinstance(value, list) else [value]) <= {*field.options, None}:
            message = f"样例的“{name}”没有“{value}”这一项"
            yield Fault(where=values, key=str(name), message=message, remedy=f"可用：{'、'.join(field.options)}")


def _row_faults(field: Field, value: Any) -> Iterator[Fault]:
    known = {c.name for c in field.columns}
    for row in value or ():
        if extra := sorted(set(row) - known) if isinstance(row, Mapping) else ["（不是一行）"]:
            message = f"样例的“{field.name}”没有{'、'.join(map(str, extra))}这一栏"
            yield Fault(where=row, message=message, remedy=f"可用：{'、'.join(known)}")


@functools.lru_cache(maxsize=300)
def _read(path: Path, _changed: int) -> Mapping[str, Any]:
    content: Mapping[str, Any] = read_placed(path, path.read_text(encoding="utf-8"))
    return content


def _signatures(value: Any) -> list[dict[str, str]]:
    rows = value if isinstance(value, list) else [value]
    return [_signature(row) for row in rows if row not in EMPTY]


def _signature(row: Any) -> dict[str, str]:
    blank = {"name": "", "date": "", "image": "", "refused": "", "witness": ""}
    if isinstance(row, Mapping):
        return {**blank, **{str(k): str(v) for k, v in row.items()}}
    found = SIGNED.match(str(row))
    assert found is not None  # noqa: S101 - the pattern matches every text that is not empty
    return {**blank, "name": found["name"], "date": found["date"] or ""}


# --- minimal: what is not required is empty -------------------------------------------------------------------------


def _minimal(definition: DocumentType, ordinary: Mapping[str, Any]) -> dict[str, Any]:
    needed = {f.name for f in definition.fields if f.is_required(ordinary)}
    signed = {n for s in definition.slots if s.is_required(ordinary) for n in (*s.fills, s.signs) if n}
    optional = {n for n in definition.slot_owned if n not in signed}
    kept = {k: v for k, v in ordinary.items() if k in (needed | signed) - optional}
    for field in definition.fields:  # what is asked only because something was left out brings that back
        if not isinstance(field.required, bool) and field.is_required(kept) and not field.is_required(ordinary):
            kept.update({k: ordinary[k] for k in names_in(field.required) if k in ordinary})
    for field in definition.fields:
        if field.kind == "list" and field.name in kept:
            kept[field.name] = [_needed_cells(field, row) for row in kept[field.name]]
    return kept


def _needed_cells(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    first = field.columns[0].name
    asked = {c.name for c in field.columns if c.required is True or c.name in (first, "name", "q", "a")}
    return {k: v for k, v in row.items() if k in asked}


# --- hard: everything is long ---------------------------------------------------------------------------------------


def _hard(definition: DocumentType, ordinary: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(ordinary)
    for field in definition.fields:
        if field.name in ordinary and field.name not in definition.slot_owned:
            out[field.name] = _stretched(field, ordinary[field.name])
    if facts := _main_text(definition, ordinary):
        out[facts] = _lengthened(str(ordinary[facts]), LONG_TEXT)
    refusable = next((s for s in definition.slots if s.refusable and s.signs), None)
    if refusable is not None:
        out.update(_refused(definition, refusable))
    return out


def _main_text(definition: DocumentType, ordinary: Mapping[str, Any]) -> str | None:
    texts = [f.name for f in definition.data_fields if f.kind in LONG and ordinary.get(f.name)]
    return next((n for n in ("facts", "findings", "course", "statement") if n in texts), texts[0] if texts else None)


def _stretched(field: Field, value: Any) -> Any:
    if field.name in ("party_name", "object", "addressee", "applicant_name"):
        return LONG_NAME
    if field.name in ("legal_rep", "speaker", "person_name", "recipient"):
        return RARE_NAME
    if field.kind in LONG:
        return _lengthened(str(value), 160)
    if field.kind == "list" and value and not any(name == "distinct_names" for name, _ in field.checks):
        count = FEW_ROWS if field.name in SHORT_LISTS else MOST_ROWS
        return [_numbered(value[i % len(value)], i + 1) for i in range(count)]
    return value


def _numbered(row: Mapping[str, Any], n: int) -> dict[str, Any]:
    return {k: str(n) if k in ("item_no", "seq") else v for k, v in row.items()}


def _lengthened(text: str, length: int) -> str:
    sentence = text.rstrip("。") + "。"
    return (sentence * (length // len(sentence) + 1))[: length - 1].rstrip("。，；") + "。"


def _refused(definition: DocumentType, slot: Slot) -> dict[str, Any]:
    today = dt.date(2026, 1, 6).isoformat()
    out: dict[str, Any] = {str(slot.signs): [_signature({**REFUSAL, "date": today})]}
    if definition.find_field("refuse_sign") is not None:
        out["refuse_sign"] = REFUSAL["refused"]
    witness = next((s for s in definition.slots if s.role == "witness" and s.signs), None)
    if witness is not None:
        out[str(witness.signs)] = [_signature({"name": "寅三（虚构）", "date": today})]
    return out
