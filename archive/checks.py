"""The four-property checks that a machine carries out on a placed payload: rows of `rules/checks.yaml`.

Checks of the finished bag are the store's (`bagging.check_again`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from archive import checks_authenticity, checks_completeness, checks_usability
from archive.checks_api import Check, Payload
from archive.facts import VOLUME_TITLES, CheckFacts
from archive.ruling import read

MOST_NAMED = 5
"""Faults that a row names."""
RESULTS = {"passed": "合格", "failed": "不合格", "manual": "须人工检测", "not_done": "未检测"}
PROPERTIES = ("真实性", "完整性", "可用性", "安全性")


def run_checks(payload: Payload) -> list[CheckFacts]:
    """Carry out every check that a machine can, and list the rest as not done or to be attested."""
    rules = read("checks")
    return [_row(rules, row, payload) for row in rules["checks"]]


def _row(rules: Mapping[str, Any], row: Mapping[str, str], payload: Payload) -> CheckFacts:
    about = {"code": f"{rules['step']}-{row['number']}", "property": row["property"], "title": row["title"]}
    if row["by"] != "machine":
        result = "manual" if row["by"] == "manual" else "not_done"
        return CheckFacts(**about, result=result, detail=row["why"])
    faults = list(check_named(row["run"])(payload))
    named = "；".join(faults[:MOST_NAMED]) + (f"；等{len(faults)}处" if len(faults) > MOST_NAMED else "")
    return CheckFacts(
        **about,
        result=row.get("otherwise", "failed") if faults else "passed",
        detail=named or _told(row["run"], payload),
    )


def _told(name: str, payload: Payload) -> str:
    contents = payload.contents
    counts = "，".join(f"{VOLUME_TITLES[v.name]}{v.items}件{v.pages}页" for v in contents.package.volumes)
    told = {
        "fixed": f"{len(payload.files)}个文件的SHA-256、SM3已核对",
        "codes": "、".join(v.code for v in contents.package.volumes),
        "item_count": counts,
        "byte_count": f"{sum(f.size for f in payload.files)}字节",
        "process": f"办案日志{len(payload.events)}条",
    }
    return told.get(name, "")


def summary(checks: Sequence[CheckFacts]) -> dict[str, str]:
    """Return one word for each of the four properties, as the transfer list prints it."""
    return {
        name: "不合格" if any(c.result == "failed" for c in checks if c.property == name) else "合格"
        for name in PROPERTIES
    }


def check_named(name: str) -> Check:
    """Return the check that a row names."""
    for family in (checks_authenticity, checks_completeness, checks_usability):
        if hasattr(family, name):
            check: Check = getattr(family, name)
            return check
    message = f"no check is called {name}"
    raise LookupError(message)
