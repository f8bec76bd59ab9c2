"""The official forms of dates, times, money and persons."""

import datetime as dt
from decimal import Decimal, InvalidOperation

import cn2an
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator import wording

CENTS = st.integers(min_value=0, max_value=10**14)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dt.date(2026, 3, 10), "2026年3月10日"),
        ("2026-01-06", "2026年1月6日"),
        (dt.datetime(2026, 1, 5, 17, 0, tzinfo=dt.UTC), "2026年1月6日"),
        ("2026-01-05T23:30:00+08:00", "2026年1月5日"),
    ],
)
def test_dates_are_legal_dates_in_shanghai(value: object, written: str) -> None:
    assert wording.date(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dt.datetime(2026, 3, 11, 7, 20, tzinfo=dt.UTC), "2026年3月11日15时20分"),
        (dt.datetime(2026, 3, 11, 9, 5), "2026年3月11日9时05分"),  # noqa: DTZ001 - as typed, in local time
        (dt.date(2026, 3, 11), "2026年3月11日"),
    ],
)
def test_instants_are_written_in_local_time(value: object, written: str) -> None:
    assert wording.time(value) == written


@pytest.mark.parametrize(
    ("amount", "money", "figures", "capital"),
    [
        ("50000", "50,000元", "50,000.00", "人民币伍万元整"),
        ("1005.20", "1,005.20元", "1,005.20", "人民币壹仟零伍元贰角"),
        ("0.05", "0.05元", "0.05", "人民币伍分"),
        ("0", "0元", "0.00", "人民币零元整"),
        ("100000000.01", "100,000,000.01元", "100,000,000.01", "人民币壹亿元零壹分"),
        ("-3", "-3元", "-3.00", "人民币负叁元整"),
    ],
)
def test_money_is_written_in_figures_and_capitals(amount: str, money: str, figures: str, capital: str) -> None:
    assert wording.money(amount) == money
    assert wording.figures(Decimal(amount)) == figures
    assert wording.capital(amount) == capital


@given(CENTS)
@example(10**13)
@example(100_000_001)
@example(1_000_005)
@example(10)
def test_capitals_say_the_same_amount_as_figures(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    said = wording.capital(amount).removeprefix("人民币")
    assert Decimal(str(cn2an.cn2an(said.replace("元整", ""), "smart"))) == amount if said.endswith("元整") else said
    assert wording.figures(amount).replace(",", "") == f"{amount:.2f}"


@pytest.mark.parametrize("value", ["1.005", "NaN", "Infinity", "五万", ""])
def test_money_that_is_no_amount_in_cents_is_refused(value: str) -> None:
    with pytest.raises((ValueError, InvalidOperation)):
        wording.capital(value)


def test_officers_are_named_with_their_certificates() -> None:
    people = [{"name": "甲一", "cert_no": "SF-QH-0001"}, {"name": "乙二"}]
    assert wording.officers(people) == "甲一（执法证号SF-QH-0001）、乙二"
    assert wording.names(["甲一", "乙二"]) == "甲一、乙二"
