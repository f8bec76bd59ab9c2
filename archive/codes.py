"""Archival codes 档号 (DA/T 13-2022): drawn from the one ledger of numbers, unique, never used again."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import orm

from archive.facts import Retention
from archive.ruling import read, setting
from casework import numbering
from foundation.errors import BadInput

NAMES = frozenset({"fonds", "category", "sub", "year", "retention", "n"})
SERIES = "档"


@dataclass(frozen=True, kw_only=True)
class Code:
    """One archival code and its parts."""

    text: str
    fonds: str
    year: int
    catalogue_number: str
    file_number: str


def reserve_code(
    session: orm.Session,
    agency_id: str,
    *,
    holder_id: str,
    procedure: str,
    retention: Retention,
    closed_on: dt.date,
    settings: Mapping[str, Any],
    at: dt.datetime,
    actor: str,
) -> Code:
    """Give a volume its code; asked again, the same one.

    Args:
        session: A writing session.
        agency_id: The agency.
        holder_id: The volume.
        procedure: Of the case: decides the sub-category.
        retention: Decided retention.
        closed_on: Its year is the year of the file.
        settings: Agency settings.
        at: The clock's instant.
        actor: Account, for the journal.

    Raises:
        BadInput: The agency's pattern names something unknown.
        Conflict: The pattern gives a code that is already used.
    """
    rules = read("codes")
    words = {
        "fonds": str(settings.get("fonds_no", "")),
        "category": str(setting(settings, rules["category"]["setting"], rules["category"]["value"])),
        "sub": str(setting(settings, rules["sub"]["setting"], rules["sub"][procedure])),
        "retention": retention.code,
        "year": str(closed_on.year),
    }
    pattern = str(setting(settings, rules["setting"], rules["pattern"]))
    check_pattern(pattern)
    series = f"{SERIES}{words['category']}·{words['sub']}-{retention.code}"
    text = numbering.reserve(
        session,
        agency_id,
        character=series,
        day=closed_on,
        holder_id=holder_id,
        settings=settings,
        at=at,
        actor=actor,
        written=numbering.Written(pattern=pattern, words=words),
    )
    return Code(
        text=text,
        fonds=words["fonds"],
        year=closed_on.year,
        catalogue_number=str(
            setting(settings, rules["catalogue_number"]["setting"], rules["catalogue_number"]["value"])
        ),
        file_number=text.rpartition("-")[2],
    )


def check_pattern(pattern: str) -> None:
    """Refuse a pattern of codes that would not tell volumes apart.

    Raises:
        BadInput: It lacks a part or names something unknown.
    """
    names = {name.partition(":")[0] for name in numbering.PLACEHOLDER.findall(pattern)}
    if unknown := sorted(names - NAMES):
        what = f"不认识 {{{unknown[0]}}}"
    elif missing := sorted({"fonds", "year", "retention", "n"} - names):
        what = f"缺少 {{{missing[0]}}}"
    else:
        return
    known = " ".join(f"{{{n}}}" for n in sorted(NAMES))
    raise BadInput(f"档号格式“{pattern}”{what}。", remedy=f"可用 {known}，{{n:3}} 补零。", path="archive.code_pattern")
