"""Decide how long a case file is kept, and say why: first row of `rules/retention.yaml` that holds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from archive.facts import Retention
from archive.ruling import read, setting
from casework.facts import CaseFacts, DocumentFacts
from casework.gates.api import DONE
from foundation.errors import BadInput

TABLE = "retention.local_table"


def decide(
    case: CaseFacts, documents: Sequence[DocumentFacts], settings: Mapping[str, Any], closed_on: dt.date
) -> Retention:
    """Return the retention of a case file.

    Args:
        case: The case.
        documents: Its papers.
        settings: The agency's settings; `retention.local_table` is its approved table.
        closed_on: Day of closing.

    Raises:
        BadInput: The agency's table names a period that does not exist.
    """
    rules = read("retention")
    issued = {d.type for d in documents if d.status in DONE}
    for row in rules["case"]:
        needed = set(row.get("issued", ()))
        if case.procedure not in row["procedures"] or (needed and not needed & issued):
            continue
        period = str(setting(settings.get(TABLE) or {}, row["id"], row["period"]))
        if period not in rules["periods"]:
            known = "、".join(rules["periods"])
            raise BadInput(f"没有“{period}”这种保管期限。", remedy=f"设置 {TABLE} 可填：{known}。", path=TABLE)
        return _decided(row, period, closed_on)
    raise BadInput(f"程序“{case.procedure}”没有保管期限规则。", remedy="补充 archive/rules/retention.yaml。")


def _decided(row: Mapping[str, Any], period: str, closed_on: dt.date) -> Retention:
    found = read("retention")["periods"][period]
    years = found.get("years")
    return Retention(
        rule=row["id"],
        period=period,
        title=found["title"],
        code=found["code"],
        years=years,
        why=row["why"],
        source=row["source"] if period == row["period"] else f"本机关保管期限表（设置 {TABLE}）",
        until=dt.date(closed_on.year + years, 12, 31) if years else None,
    )
