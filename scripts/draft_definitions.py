"""Make first drafts of definitions from a catalogue file: `python -m scripts.draft_definitions CATALOGUE TYPE…`.

A developer's script: it writes `templates/<stage>/<type>/definition.yaml` for types that have no folder yet (`--force` writes
again); people finish what it drafts. Rules that hold for every type stand in `scripts/draft_rules.yaml`.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
STAGES = {"启动": "initiation", "调查取证": "investigation", "审查决定": "decision", "送达执行": "execution", "归档": "filing"}
VOLUMES = {"正卷": "main", "副卷": "side", "正卷、副卷各一": "both"}


class Flow(dict[str, Any]):
    """A mapping written on one line."""


yaml.SafeDumper.add_representer(
    Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)
)


def main() -> None:
    """Draft the named types."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--force", action="store_true")
    arguments = parser.parse_args()
    entries = {e["id"]: e for e in yaml.safe_load(arguments.catalogue.read_text())["documents"]}
    rules = yaml.safe_load((ROOT / "scripts/draft_rules.yaml").read_text())
    for name in arguments.types or list(entries):
        folder = ROOT / "templates" / STAGES[entries[name]["stage"]] / name
        target = folder / "definition.yaml"
        if target.exists() and not arguments.force:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(_dump(_draft(entries[name], rules)), encoding="utf-8")


def _dump(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False, width=150, default_flow_style=None)


def _draft(entry: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    own = rules["types"].get(entry["id"], {})
    names = [f["name"] for f in entry["fields"]]
    groups = [g for g, members in rules["groups"].items() if set(members) <= set(names)]
    grouped = {m for g in groups for m in rules["groups"][g]}
    numbered = entry["number_char"]
    out: dict[str, Any] = {
        "id": entry["id"],
        "title": re.sub(r"（(通用|备案)）$", "", entry["title"]),
        "purpose": entry["purpose"],
        "articles": own.get("articles", _articles(entry)),
        "statute": entry["statute"],
        "stage": STAGES[entry["stage"]],
        "tier": entry["tier"],
        "form": entry["form"],
        "visibility": entry["visibility"],
        "volume": VOLUMES.get(entry["volume"], "supervision" if "监督" in entry["volume"] else "ledger"),
        "service": entry["service"],
        "number": Flow(character=numbered) if numbered else None,
        "seal": None if not entry["seal"] else "permit" if "许可" in entry["seal"] else "agency",
        "copies": entry["copies"],
        "copy_rule": _copy_rule(entry),
        "recording": own.get("recording", "none"),
        "prerequisites": entry["prerequisites"],
        "groups": groups,
        "fields": [_field(f, rules, own) for f in entry["fields"] if f["name"] not in grouped],
        "slots": _slots(entry, rules, own),
    }
    if "secrecy" in own:
        out["secrecy"] = own["secrecy"]
    return {k: v for k, v in out.items() if v not in ([], None) or k in ("number", "seal")}


def _articles(entry: dict[str, Any]) -> list[str]:
    return [f"A{n}.1" for n in re.findall(r"\d+", entry["regulation_articles"] or "")]


def _copy_rule(entry: dict[str, Any]) -> Flow:
    if entry["volume"] == "副卷":
        return Flow(release="never")
    return Flow(release="served" if entry["visibility"] == "external" else "owner")


def _field(raw: dict[str, Any], rules: dict[str, Any], own: dict[str, Any]) -> Flow:
    name = raw["name"]
    out = Flow(name=name, label=raw["label"], kind=raw["type"])
    if raw["required"]:
        out["required"] = True
    out.update(rules["fields"].get(name, {}))
    if name in own.get("required", {}):
        out["required"] = own["required"][name]
    if raw.get("options"):
        out["options"] = raw["options"]
    if raw.get("columns"):
        kinds = rules["columns"]
        out["columns"] = [Flow({**c, **kinds.get(c["name"], {})}) for c in raw["columns"]]
    if name in own.get("from", {}):
        out["from"] = own["from"][name]
        out.pop("default", None)
    if name in own.get("default", {}):
        out["default"] = own["default"][name]
    if name in own.get("checks", {}):
        out["checks"] = own["checks"][name]
    return out


def _slots(entry: dict[str, Any], rules: dict[str, Any], own: dict[str, Any]) -> list[Flow]:
    names = {f["name"] for f in entry["fields"]}
    slots = []
    for field in entry["fields"]:
        if field["type"] != "signature" or field["name"] in _group_signed(names, rules):
            continue
        base = {**rules["slots"].get(field["name"], {"part": "sign", "role": "handler"})}
        base.update(own.get("slots", {}).get(field["name"], {}))
        slot = Flow(id=field["name"].removesuffix("_sign"), **{k: v for k, v in base.items() if k != "fills"})
        if filled := [f for f in base.get("fills", []) if f in names]:
            slot["fills"] = filled
        slot["signs"] = field["name"]
        if not field["required"] and "required" not in slot:
            slot["required"] = False
        slots.append(slot)
    return slots


def _group_signed(names: set[str], rules: dict[str, Any]) -> set[str]:
    groups = [members for members in rules["groups"].values() if set(members) <= names]
    return {m for members in groups for m in members if m.endswith("_sign")}


if __name__ == "__main__":
    main()
