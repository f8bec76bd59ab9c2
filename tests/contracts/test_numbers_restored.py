"""F16: a number that was given out is never given again, whichever backup is put back."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

import casework.carrying  # noqa: F401 - numbers outlive a restore
import migrations.tables  # noqa: F401 - rows of every floor
from access.facts import Actor
from casework import numbering
from casework.operations import numbers
from foundation import journal
from foundation.backup import back_up, restore
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, Refused
from tests.conftest import floor_of, settings_for

AGENCY = "g1"
DAY = dt.date(2026, 3, 2)


def give(ctx: Context, holder: str) -> str:
    with ctx.database.write() as session:
        given = {"short_name": "清政"}
        number = numbering.reserve(
            session, AGENCY, character="罚", day=DAY, holder_id=holder, settings=given, at=ctx.clock.now()
        )
        numbering.confirm(session, AGENCY, holder)
        return number


def keeper(role: str = "sysadmin") -> Actor:
    roles, agencies = frozenset({role}), frozenset({AGENCY})
    return Actor(account_id="a", person_id="p", agency_id=AGENCY, name="管理员", roles=roles, agencies=agencies)


def gaps(ctx: Context) -> dict[int, str]:
    with ctx.database.read() as session:
        return {n.n: n.reason for n in numbering.ledger(session, AGENCY, "罚", "2026") if n.status == "void"}


def test_f16_restore_older_backup_numbers_not_reused(any_ctx: Context, tmp_path: Path) -> None:
    give(any_ctx, "d1")
    back_up(any_ctx, tmp_path / "backup")
    lost = [give(any_ctx, "d2"), give(any_ctx, "d3")]
    told = restore(any_ctx, tmp_path / "backup", replace=True)
    assert give(any_ctx, "d4") == "清政罚〔2026〕第4号"
    assert list(gaps(any_ctx)) == [2, 3]
    assert all("恢复" in why for why in gaps(any_ctx).values())
    assert "第2至3号" in told.carried[0]
    with any_ctx.database.read() as session:
        assert set(lost) <= {n.text for n in numbering.ledger(session, AGENCY, "罚", "2026")}
        assert journal.verify_chain(session, f"agency:{AGENCY}")


def test_restored_twice_nothing_more_is_void(any_ctx: Context, tmp_path: Path) -> None:
    give(any_ctx, "d1")
    back_up(any_ctx, tmp_path / "backup")
    give(any_ctx, "d2")
    for _twice in range(2):
        restore(any_ctx, tmp_path / "backup", replace=True)
    assert list(gaps(any_ctx)) == [2]


@pytest.fixture
def elsewhere(any_ctx: Context, tmp_path: Path) -> Iterator[Context]:
    """Give an installation that was put back on another machine: what came after the backup is known to nobody."""
    give(any_ctx, "d1")
    back_up(any_ctx, tmp_path / "backup")
    give(any_ctx, "d2")
    (tmp_path / "second").mkdir()
    ctx = floor_of(settings_for(tmp_path / "second"))
    ctx.database.create_all()
    assert "编号暂停" in restore(ctx, tmp_path / "backup").carried[0]
    yield ctx
    ctx.database.close()


def test_where_the_ledger_is_lost_numbering_waits_until_somebody_says_how_far_it_went(elsewhere: Context) -> None:
    with pytest.raises(Refused, match="暂停编号"):
        give(elsewhere, "d9")
    assert give(elsewhere, "d1") == "清政罚〔2026〕第1号"  # its own number
    assert numbers.series_of(elsewhere, keeper())[0]
    told = numbers.release(elsewhere, keeper(), {("罚", "2026"): 2})
    assert "第2至2号记为作废，下一号为第3号" in told[0]
    assert give(elsewhere, "d9") == "清政罚〔2026〕第3号"
    with pytest.raises(Refused, match="没有暂停"):
        numbers.release(elsewhere, keeper(), {})


def test_slips_of_the_key_are_told_and_change_nothing(elsewhere: Context) -> None:
    for slip in (0, 99_999):
        with pytest.raises(BadInput):
            numbers.release(elsewhere, keeper(), {("罚", "2026"): slip})
    assert gaps(elsewhere) == {}
    with pytest.raises(Forbidden):
        numbers.release(elsewhere, keeper("handler"), {})
