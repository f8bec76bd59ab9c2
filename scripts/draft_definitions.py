"""Make first drafts of definitions from a catalogue file: `python -m scripts.draft_definitions CATALOGUE [TYPE…]`.

A developer's script: it writes `templates/<stage>/<type>/definition.yaml` for types that have no folder yet (`--force`
writes again, keeping a finished `body`); people finish what it drafts. Rules that hold for every type, and what single
types need else, stand in `scripts/draft_rules.yaml`.
"""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
STAGES = {
    "启动": "initiation",
    "调查取证": "investigation",
    "审查决定": "decision",
    "送达执行": "execution",
    "归档": "filing",
}
VOLUMES = {"正卷": "main", "副卷": "side", "正卷、副卷各一": "both"}
SEALS = {"行政审批（许可）专用章": "permit", "鉴定机构印章": None, "监督机关印章": None, None: None}
ITEMS = re.compile(r"(\d+)(?:\((\d+)款?(?:\)|,))?")
NOT_LABEL = re.compile(r"（(?:[^（）]*(?:必填|默认|系统计算|系统判定|不印入)[^（）]*)）$")

Rules = Mapping[str, Any]
Entry = Mapping[str, Any]


class Flow(dict[str, Any]):
    """A mapping written on one line."""


class FlowList(list[Any]):
    """A list written on one line."""


class Dumper(yaml.SafeDumper):
    """Writes block style, with the two above on one line each."""


Dumper.add_representer(
    Flow, lambda d, data: d.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)
)
Dumper.add_representer(FlowList, lambda d, data: d.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True))


def main() -> None:
    """Draft the named types, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--force", action="store_true")
    arguments = parser.parse_args()
    entries = {e["id"]: e for e in yaml.safe_load(arguments.catalogue.read_text())["documents"]}
    rules = yaml.safe_load((ROOT / "scripts/draft_rules.yaml").read_text())
    for name in arguments.types or list(entries):
        target = ROOT / "templates" / STAGES[entries[name]["stage"]] / name / "definition.yaml"
        if target.exists() and not arguments.force:
            continue
        body = _body_of(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_dump(draft(entries[name], rules)) + body, encoding="utf-8")


def _body_of(target: Path) -> str:
    """Return the text of a finished body, to be kept."""
    text = target.read_text(encoding="utf-8") if target.exists() else ""
    at = text.find("\nbody:")
    return text[at + 1 :] if at >= 0 else ""


def _dump(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=4096)


def draft(entry: Entry, rules: Rules) -> dict[str, Any]:
    """Return the definition that the rules make of an entry of the catalogue."""
    own: dict[str, Any] = rules["types"].get(entry["id"]) or {}
    groups = _groups(entry, rules, own)
    grouped = {m for g in groups for m in rules["groups"][g]}
    added = {f["name"] for f in own.get("add") or ()}
    numbered = own.get("number", entry["number_char"])
    fields = [_field(f, rules, own) for f in entry["fields"] if f["name"] not in grouped | added]
    whole: dict[str, Any] = {
        "id": entry["id"],
        "title": re.sub(r"（(通用|备案|执法监督)）$", "", entry["title"]),
        "purpose": entry["purpose"],
        "articles": FlowList(own.get("articles") or _articles(entry)),
        "statute": entry["statute"],
        "stage": STAGES[entry["stage"]],
        "tier": entry["tier"],
        "form": entry["form"],
        "visibility": entry["visibility"],
        "volume": VOLUMES.get(entry["volume"], "supervision" if "监督" in entry["volume"] else "ledger"),
        "service": entry["service"],
        "number": Flow(character=numbered) if numbered else None,
        "seal": SEALS.get(entry["seal"], "agency"),
        "copies": entry["copies"],
        "copy_rule": Flow(own.get("copy_rule") or _copy_rule(entry)),
        "recording": own.get("recording", "none"),
        "secrecy": own.get("secrecy"),
        "powers": FlowList(own.get("powers") or ()),
        "prerequisites": FlowList(entry["prerequisites"]),
        "groups": FlowList(groups),
        "fields": [*fields, *(_flow(f) for f in own.get("add") or ())],
        "slots": [*_slots(entry, rules, own, grouped), *(_flow(s) for s in own.get("add_slots") or ())],
    }
    always = ("number", "seal", "fields", "slots")
    return {k: v for k, v in whole.items() if v not in ([], None) or k in always}


def _groups(entry: Entry, rules: Rules, own: Rules) -> list[str]:
    names = {f["name"] for f in entry["fields"]}
    left = own.get("without") or ()
    return [g for g, members in rules["groups"].items() if set(members) <= names and g not in left]


def _articles(entry: Entry) -> list[str]:
    found = ITEMS.findall(entry["regulation_articles"] or "")
    return [f"A{article}.{item or 1}" for article, item in found]


def _copy_rule(entry: Entry) -> dict[str, Any]:
    if entry["volume"] == "副卷" or VOLUMES.get(entry["volume"]) is None:
        return {"release": "never"}
    return {"release": "served" if entry["visibility"] == "external" else "owner"}


def _field(raw: Entry, rules: Rules, own: Rules) -> Flow:
    name = raw["name"]
    out: dict[str, Any] = {"name": name, "label": NOT_LABEL.sub("", raw["label"]), "kind": raw["type"]}
    required = own.get("required", {}).get(name, raw["required"])
    if required:
        out["required"] = required
    if options := raw.get("options"):
        out["options"] = options
    if raw.get("columns"):
        out["columns"] = [*_columns(raw, rules, own), *own.get("add_columns", {}).get(name, ())]
    out.update(_rule(rules, own, name, raw["type"]))
    return _flow(out)


def _rule(rules: Rules, own: Rules, name: str, kind: str) -> dict[str, Any]:
    """Return sources, checks and masks: the type's own before what holds for the name."""
    out = dict(rules["fields"].get(name) or {})
    if kind not in ("money", "list") and name in ("amount", "principal", "total", "cost", "budget", "refund"):
        out.pop("checks", None)
    for key in ("from", "default", "checks", "mask"):
        if name in own.get(key, {}):
            out[key] = own[key][name]
    if "default" in out and name in own.get("default", {}):
        out.pop("from", None) if name not in own.get("from", {}) else None
    return out


def _columns(raw: Entry, rules: Rules, own: Rules) -> list[dict[str, Any]]:
    mine = own.get("columns", {}).get(raw["name"], {})
    return [{**c, **rules["columns"].get(c["name"], {}), **mine.get(c["name"], {})} for c in raw["columns"]]


def _slots(entry: Entry, rules: Rules, own: Rules, grouped: set[str]) -> list[Flow]:
    names = {f["name"] for f in entry["fields"]}
    signed = [f for f in entry["fields"] if f["type"] == "signature" and f["name"] not in grouped]
    inbound = entry["visibility"] == "inbound"
    return [_slot(f, names, rules, own, inbound=inbound) for f in signed]


def _slot(field: Entry, names: set[str], rules: Rules, own: Rules, *, inbound: bool) -> Flow:
    name = field["name"]
    base = {**rules["slots"][name], **(own.get("slots", {}).get(name) or {})}
    slot: dict[str, Any] = {"id": name.removesuffix("_sign"), **{k: v for k, v in base.items() if k != "fills"}}
    if filled := [f for f in base.get("fills", ()) if f in names]:
        slot["fills"] = filled
    slot["signs"] = name
    if not field["required"] and "required" not in slot:
        slot["required"] = False
    if slot.get("refusable") is False or inbound:
        slot.pop("refusable", None)
    if slot.get("required") is True:
        slot.pop("required")
    return Flow(slot)


def _flow(value: Any) -> Any:
    """Return a value whose mappings and lists are written on one line."""
    if isinstance(value, dict):
        return Flow({k: _flow(v) for k, v in value.items()})
    return FlowList([_flow(v) for v in value]) if isinstance(value, list) else value


if __name__ == "__main__":
    main()
