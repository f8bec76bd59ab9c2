"""What a definition may say: closed lists of keys, kinds, parts, masks, checks and sources, asked of the raw mapping.

Every check yields a `Fault` with the mapping it stands in, so that the reader names file and line. Nothing stops at the
first fault: whoever mends a folder sees all of them at once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.body import LAYOUTS, BlockFault, parse_blocks
from catalogue.conditions import names_in, parse_condition
from catalogue.definitions import KINDS, STAGES
from catalogue.positions import Placed

KEYS = frozenset(
    {"id", "title", "purpose", "articles", "statute", "stage", "tier", "form", "visibility", "volume", "service"}
    | {"number", "seal", "copies", "copy_rule", "recording", "secrecy", "powers", "prerequisites", "groups"}
    | {"fields", "slots", "body"}
)
FIELD_KEYS = frozenset(
    {"name", "label", "kind", "required", "options", "columns", "from", "default", "mask", "checks", "note"}
)
SLOT_KEYS = frozenset({"id", "part", "role", "label", "count", "when", "fills", "signs", "required", "refusable"})
BODY_KEYS = frozenset(["layout", "columns", "blocks"])
ASKED = ("id", "title", "stage", "volume", "form")
PARTS = frozenset(["propose", "review", "approve", "opinion", "sign", "receive", "witness"])
MASKS = frozenset(["normal", "privacy", "business_secret", "informant", "internal"])
WORDS: Mapping[str, frozenset[Any]] = {
    "stage": frozenset(STAGES),
    "volume": frozenset(["main", "side", "both", "ledger", "supervision"]),
    "tier": frozenset(["core", "implied", "optional", "computed"]),
    "visibility": frozenset(["internal", "external", "inbound"]),
    "service": frozenset(["receipt_required", "signed_on_document", "none"]),
    "recording": frozenset(["none", "optional", "required"]),
    "secrecy": frozenset(["normal", "internal", "privacy", "business_secret", "informant"]),
    "seal": frozenset(["agency", "permit", None]),
}
"""Keys with a closed list of values."""
SOURCES = re.compile(
    r"^(case|party|agency|document|person|doc\.\w+|target|recording|deadline|service\.\w+|sum|archive|batch)\.\w+(\.\w+)*$"
    r"|^officers$|^recordings(\.\w+)?$"
)
CHECKS = frozenset(
    {"id_no", "credit_code", "phone", "amount", "not_before", "not_future", "equals", "capital_of"}
    | {"min_items", "distinct_names"}
)
ARTICLE = re.compile(r"^A\d+\.\d+$")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something wrong in a definition: the mapping and the key it stands at, what is wrong, and what to do."""

    where: Any
    key: str = ""
    message: str
    remedy: str


def check(raw: Placed, folder: str) -> Iterator[Fault]:
    """Yield the faults of a definition whose groups are not put in yet."""
    yield from _check_keys(raw, KEYS, "定义")
    for key in ASKED:
        if key not in raw:
            yield Fault(where=raw, message=f"定义缺少 {key}", remedy="补上该键")
    if raw.get("id", folder) != folder:
        yield Fault(where=raw, key="id", message=f"id “{raw['id']}”应与文件夹同名", remedy=f"改为 {folder}")
    for key, words in WORDS.items():
        if key in raw and raw[key] not in words:
            known = "、".join(sorted(str(w) for w in words if w))
            yield Fault(where=raw, key=key, message=f"{key} 的值“{raw[key]}”不认识", remedy=f"可用：{known}")
    for article in raw.get("articles") or []:
        if not ARTICLE.match(str(article)):
            message = f"“{article}”不是办法要求的编号"
            yield Fault(where=raw, key="articles", message=message, remedy="写成 A9.1，编号见 docs/regulation.md")
    yield from _check_prerequisites(raw)


def check_groups(raw: Placed, known: Iterable[str]) -> Iterator[Fault]:
    """Yield the groups that do not exist."""
    names = sorted(known)
    for group in raw.get("groups") or []:
        if group not in names:
            message = f"“{group}”不是 templates/_groups 里的字段组"
            yield Fault(where=raw, key="groups", message=message, remedy=f"可用：{'、'.join(names)}")


def check_expanded(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults of fields, slots and body, groups put in."""
    fields = [f for f in raw["fields"] if isinstance(f, Mapping)]
    names = {str(f.get("name")): str(f.get("kind", "text")) for f in fields}
    yield from _check_twice(fields, "name", "字段")
    yield from _check_twice([s for s in raw["slots"] if isinstance(s, Mapping)], "id", "签批位")
    for one in fields:
        yield from _check_field(one, names)
    yield from _check_slots(raw["slots"], fields, names)
    if raw.get("body") is not None:
        yield from _check_body(raw["body"])


def _check_keys(raw: Mapping[Any, Any], known: frozenset[str], what: str) -> Iterator[Fault]:
    for key in sorted(str(k) for k in set(raw) - known):
        remedy = f"可用：{'、'.join(sorted(known))}"
        yield Fault(where=raw, key=key, message=f"“{key}”不是{what}的键", remedy=remedy)
    for key in getattr(raw, "twice", ()):
        yield Fault(where=raw, key=key, message=f"“{key}”写了两次", remedy="删去一处")


def _check_prerequisites(raw: Placed) -> Iterator[Fault]:
    wanted = raw.get("prerequisites") or []
    if not all(isinstance(any_of, list) and any_of for any_of in wanted):
        message = "prerequisites 应为列表的列表（全部 / 其一）"
        yield Fault(where=raw, key="prerequisites", message=message, remedy="写成 [[甲], [乙, 丙]]")


def _check_twice(items: list[Any], key: str, what: str) -> Iterator[Fault]:
    seen: set[Any] = set()
    for item in items:
        if item.get(key) in seen:
            yield Fault(where=item, key=key, message=f"{what}“{item.get(key)}”写了两次", remedy="删去一处")
        seen.add(item.get(key))


def _check_field(one: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Fault]:
    name = f"字段“{one.get('name')}”"
    yield from _check_keys(one, FIELD_KEYS, "字段")
    for key in ("name", "label"):
        if not one.get(key):
            yield Fault(where=one, message=f"{name}缺少 {key}", remedy=f"补上 {key}")
    for key, words in (("kind", KINDS), ("mask", MASKS)):
        if key in one and one[key] not in words:
            message = f"{name}的 {key}“{one[key]}”不认识"
            yield Fault(where=one, key=key, message=message, remedy=f"可用：{'、'.join(sorted(words))}")
    if one.get("from") and not SOURCES.match(str(one["from"])):
        message = f"{name}的来源“{one['from']}”不认识"
        yield Fault(where=one, key="from", message=message, remedy="参照 docs/definitions.md 的路径表")
    yield from _check_checks(one, name)
    yield from _check_condition(one, "required", name, names)
    if one.get("kind") == "list" and not one.get("columns"):
        yield Fault(where=one, message=f"{name}是列表，却没有 columns", remedy="列出各栏")
    columns = [c for c in one.get("columns") or [] if isinstance(c, Mapping)]
    yield from _check_twice(columns, "name", "栏")
    for column in columns:
        yield from _check_field(column, {**names, **{str(c.get("name")): "" for c in columns}})


def _check_checks(one: Mapping[str, Any], name: str) -> Iterator[Fault]:
    for each in one.get("checks") or []:
        word = each if isinstance(each, str) else next(iter(each), "") if isinstance(each, Mapping) else ""
        if word not in CHECKS:
            message = f"{name}的检查“{word}”不认识"
            yield Fault(where=one, key="checks", message=message, remedy=f"可用：{'、'.join(sorted(CHECKS))}")


def _check_condition(one: Mapping[str, Any], key: str, name: str, names: Mapping[str, str]) -> Iterator[Fault]:
    raw = one.get(key)
    if raw is None or isinstance(raw, bool):
        return
    try:
        missing = names_in(parse_condition(raw)) - set(names)
    except ValueError as error:
        yield Fault(where=one, key=key, message=f"{name}的条件读不懂：{error}", remedy="改正条件")
        return
    if missing:
        message = f"{name}的条件提到没有的字段 {'、'.join(sorted(missing))}"
        yield Fault(where=one, key=key, message=message, remedy="改正字段名")


def _check_slots(slots: list[Any], fields: list[Any], names: Mapping[str, str]) -> Iterator[Fault]:
    owner: dict[str, str] = {}
    for slot in slots:
        if not isinstance(slot, Mapping):
            yield Fault(
                where=slot, message=f"签批位 {slot} 应写作 {{id: …, part: …}}", remedy="参照 docs/definitions.md"
            )
            continue
        yield from _check_slot(slot, names)
        for name in _owned(slot):
            if name in owner:
                message = f"字段“{name}”归两个签批位（{owner[name]}、{slot.get('id')}）"
                yield Fault(where=slot, message=message, remedy="只留一个")
            owner[name] = str(slot.get("id"))
    for one in fields:
        if one.get("kind") == "signature" and one.get("name") not in owner:
            message = f"“{one.get('name')}”是签名，却不归任何签批位"
            yield Fault(where=one, message=message, remedy="加一个 signs 它的签批位")


def _check_slot(slot: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Fault]:
    name = f"签批位“{slot.get('id')}”"
    yield from _check_keys(slot, SLOT_KEYS, "签批位")
    for key in ("id", "part", "role"):
        if not slot.get(key):
            yield Fault(where=slot, message=f"{name}缺少 {key}", remedy=f"补上 {key}")
    for key, words in (("part", PARTS), ("when", ("before_issue", "after_issue"))):
        if key in slot and slot[key] not in words:
            message = f"{name}的 {key}“{slot[key]}”不认识"
            yield Fault(where=slot, key=key, message=message, remedy=f"可用：{'、'.join(sorted(words))}")
    for field_name in _owned(slot):
        if field_name not in names:
            message = f"{name}要填的“{field_name}”不是字段"
            yield Fault(where=slot, message=message, remedy="加上字段或改签批位")
    if slot.get("signs") and names.get(slot["signs"], "signature") != "signature":
        yield Fault(where=slot, key="signs", message=f"{name}签的“{slot['signs']}”不是签名", remedy="改为签名字段")
    yield from _check_condition(slot, "required", name, names)


def _owned(slot: Mapping[str, Any]) -> list[str]:
    return [*(slot.get("fills") or []), *([slot["signs"]] if slot.get("signs") else [])]


def _check_body(body: Any) -> Iterator[Fault]:
    if not isinstance(body, Mapping):
        yield Fault(where=body, message="body 应写作 {layout: …, blocks: […]}", remedy="参照 docs/definitions.md")
        return
    yield from _check_keys(body, BODY_KEYS, "版面")
    if body.get("layout") not in LAYOUTS:
        message = f"版式“{body.get('layout')}”不认识"
        yield Fault(where=body, key="layout", message=message, remedy=f"可用：{'、'.join(LAYOUTS)}")
    blocks = body.get("blocks")
    for block in blocks if isinstance(blocks, list) else [blocks]:
        try:
            parse_blocks([block])
        except BlockFault as error:
            remedy = "参照 docs/definitions.md 的“Body”"
            yield Fault(where=error.where, message=f"版面块读不懂：{error}", remedy=remedy)
