"""Archival codes."""

import datetime as dt
import re

import pytest

from archive.codes import check_pattern, reserve_code
from archive.facts import Retention
from archive.ruling import read
from casework import numbering
from foundation.context import Context
from foundation.errors import BadInput, Conflict

SETTINGS = {"fonds_no": "QH01", "short_name": "清政"}
FOR_EVER = Retention(rule="r", period="permanent", title="永久", code="Y", years=None, why="", source="", until=None)


def code(ctx: Context, holder: str, **changes: object) -> str:
    facts: dict[str, object] = {
        "holder_id": holder,
        "procedure": "general",
        "retention": FOR_EVER,
        "closed_on": dt.date(2026, 11, 18),
        "settings": SETTINGS,
        "at": ctx.clock.now(),
        "actor": "a",
    }
    with ctx.database.write() as session:
        return reserve_code(session, "g1", **{**facts, **changes}).text  # type: ignore[arg-type]


def test_main_and_side_volume_have_a_number_each(ctx: Context) -> None:
    assert [code(ctx, "v1"), code(ctx, "v2")] == ["QH01-ZY·CF·2026-Y-001", "QH01-ZY·CF·2026-Y-002"]


def test_a_volume_asked_again_keeps_its_code(ctx: Context) -> None:
    assert code(ctx, "v1") == code(ctx, "v1")


def test_a_code_is_never_used_again(ctx: Context) -> None:
    first = code(ctx, "v1")
    code(ctx, "v2")
    with ctx.database.write() as session:
        numbering.void(session, "g1", "v1", reason="撤销归档", at=ctx.clock.now())
    assert code(ctx, "v3") not in {first, "QH01-ZY·CF·2026-Y-002"}


def test_each_retention_period_counts_by_itself(ctx: Context) -> None:
    thirty = Retention(rule="r", period="30y", title="30年", code="D30", years=30, why="", source="", until=None)
    assert [code(ctx, "v1"), code(ctx, "v2", retention=thirty)] == ["QH01-ZY·CF·2026-Y-001", "QH01-ZY·CF·2026-D30-001"]


def test_the_agencys_own_pattern_is_used(ctx: Context) -> None:
    settings = {
        **SETTINGS,
        "archive.code_pattern": "{fonds}-{category}-{year}-{retention}-{n:4}",
        "archive.category": "WS",
    }
    assert code(ctx, "v1", settings=settings) == "QH01-WS-2026-Y-0001"


@pytest.mark.parametrize("pattern", ["{fonds}-{year}-{n}", "{fonds}-{year}-{retention}-{n}-{name}", "{n}"])
def test_a_pattern_that_does_not_tell_volumes_apart_is_refused(pattern: str) -> None:
    with pytest.raises(BadInput, match="档号格式"):
        check_pattern(pattern)


def test_two_series_that_write_the_same_code_are_refused(ctx: Context) -> None:
    pattern = "{fonds}-{year}-{retention}-{n:3}"
    code(ctx, "v1", settings={**SETTINGS, "archive.code_pattern": pattern})
    with pytest.raises(Conflict):
        code(ctx, "v2", procedure="inspection", settings={**SETTINGS, "archive.code_pattern": pattern})


def test_the_standard_pattern_passes_its_own_check(ctx: Context) -> None:
    assert re.match(str(read("checks")["code"]), code(ctx, "v1"))
