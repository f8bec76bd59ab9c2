"""Make first samples from worked examples: `python -m scripts.draft_samples EXAMPLES [TYPE…] [--force]`.

A developer's script: an ordinary sample takes the values of the first example of its type, then what all papers of the
case share (`scripts/draft_samples.yaml`), then a marked placeholder of the field's kind, which people replace.
"""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from catalogue.building import build
from catalogue.definitions import DocumentType, Field
from catalogue.expanding import expanded
from catalogue.positions import read_placed
from foundation.canonical import plain
from scripts.draft_definitions import ROOT, Dumper, Flow, FlowList

DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
SIGNATURE_SEPARATOR = re.compile("[、，]")
SHOWN = frozenset(["agency_contact", "agency_address", "legal_rep", "phone", "av_ids", "av_informed", "party_sign"])
"""Fields that most papers show although the law does not ask for them."""
INVENTED: Mapping[str, Any] = {
    "date": "2026-03-10",
    "datetime": "2026-03-10T10:00",
    "number": "1",
    "money": "1000",
    "bool": True,
    "person": "甲一",
    "organisation": "示范县示例局（虚构）",
    "file": "示例附件.pdf",
}


def main() -> None:
    """Draft the named samples, or all that are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=Path)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--force", action="store_true")
    arguments = parser.parse_args()
    examples = _examples(yaml.safe_load(arguments.examples.read_text()))
    shared = yaml.safe_load((ROOT / "scripts/draft_samples.yaml").read_text())
    for path in sorted((ROOT / "templates").glob("*/*/definition.yaml")):
        name, target = path.parent.name, path.parent / "sample.yaml"
        wanted = name in arguments.types or not arguments.types
        if not wanted or (target.exists() and not arguments.force):
            continue
        values = draft(_definition(path), examples.get(name, {}), shared)
        target.write_text(
            yaml.dump({"ordinary": values}, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=4096)
        )


def _examples(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    out: dict[str, dict[str, Any]] = {}
    for case in ("case_general", "case_summary"):
        for document in content[case]["documents"]:
            data = {**document["data"], **({"doc_no": document["doc_no"]} if "doc_no" in document else {})}
            out.setdefault(document["doc"], plain(data))
    return out


def _definition(path: Path) -> DocumentType:
    groups = {p.stem: read_placed(p, p.read_text()) for p in (ROOT / "templates/_groups").glob("*.yaml")}
    raw = read_placed(path, path.read_text())
    return build(plain({k: v for k, v in expanded(raw, groups).items() if k != "body"}))


def draft(definition: DocumentType, example: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an ordinary sample, in the order of the definition's fields."""
    own = {**(shared["types"].get(definition.id) or {})}
    out: dict[str, Any] = {}
    for field in definition.fields:
        value = _value(field, own, example, shared)
        if field.kind == "seal" or value in (None, "", []):
            continue
        out[field.name] = value
    wanted = {k: v for k, v in out.items() if _is_wanted(definition.field(k), own, example, out)}
    return _dated(definition, wanted)


def _dated(definition: DocumentType, values: dict[str, Any]) -> dict[str, Any]:
    """Give signatures without a date the day of another signature, of issue or of the act."""
    signed = [f.name for f in definition.fields if f.kind == "signature" and f.name in values]
    days = [n[-10:] for s in signed for n in values[s] if isinstance(n, str) and DAY.search(n)]
    day = (days or [str(values.get("issue_date") or values.get("start_time") or "2026-03-10")[:10]])[0]
    for name in signed:
        values[name] = FlowList([n if DAY.search(n) else f"{n} {day}" for n in values[name]])
    return values


def _is_wanted(field: Field, own: Mapping[str, Any], example: Mapping[str, Any], out: Mapping[str, Any]) -> bool:
    return field.name in own or field.name in example or field.name in SHOWN or field.is_required(out)


def _value(field: Field, own: Mapping[str, Any], example: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
    standing = {field.name: field.default} if field.kind == "long_text" and field.default is not None else {}
    for source in (own, standing, example, shared["fields"]):
        if field.name in source:
            return _written(field, source[field.name])
    if field.default is not None:
        return field.default
    if field.kind == "signature":
        return FlowList(["甲一 2026-03-10"])
    if field.kind == "list":
        return [_row(field)]
    return _invented(field)


def _written(field: Field, value: Any) -> Any:
    if field.kind == "doc_ref" and re.fullmatch("[a-z_]+|R-.+|K-.+", str(value)):
        return _title(str(value))
    if field.kind == "signature" and isinstance(value, str):
        return FlowList(_signers(value))
    if field.kind == "list" and isinstance(value, list):
        value = [_named(row) for row in value]
        return [Flow(row) if isinstance(row, dict) else row for row in value]
    if field.options and field.kind == "choice" and value not in field.options:
        return field.options[0]
    return FlowList(value) if isinstance(value, list) else value


def _named(row: Any) -> Any:
    if isinstance(row, dict) and re.fullmatch("[a-z_]+|R-.+|K-.+", str(row.get("related", ""))):
        return {**row, "related": _title(str(row["related"]))}
    return row


def _title(reference: str) -> str:
    """Return what an example calls a paper by its type, or by a name that only the example knows."""
    found = sorted((ROOT / "templates").glob(f"*/{reference}/definition.yaml"))
    if not found:
        return "送达回证" if reference.startswith("R-") else "责令改正复查（核查）记录"
    return f"《{yaml.safe_load(found[0].read_text(encoding='utf-8'))['title']}》"


def _signers(text: str) -> list[str]:
    """Return `甲一、乙二 2026-01-06` as one signer a row, each with the date."""
    found = re.match(r"^(.*?)(?: (\d{4}-\d{2}-\d{2}).*)?$", text)
    names = SIGNATURE_SEPARATOR.split(found[1] if found else text)
    date = f" {found[2]}" if found and found[2] else ""
    return [f"{name}{date}" for name in names]


def _row(field: Field) -> Flow:
    return Flow({c.name: _invented(c) if c.name not in ("item_no", "seq") else 1 for c in field.columns})


def _invented(field: Field) -> Any:
    if field.options:
        return FlowList([field.options[0]]) if field.kind == "multi_choice" else field.options[0]
    return INVENTED.get(field.kind, f"（虚构）{field.label}")


if __name__ == "__main__":
    main()
