"""The official forms in which papers write dates, times, money, and lists of persons.

Figures follow GB/T 15835: 2026年3月10日, 15时20分, 50,000元. Legal times are those of Asia/Shanghai, whatever zone a
value carries.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from casework.capital import capital as in_capitals
from foundation.clock import SHANGHAI

CENT = Decimal("0.01")


def date(value: Any) -> str:
    """Write a date: `2026年3月10日`; an instant gives its legal date."""
    day = _legal_date(value)
    return f"{day.year}年{day.month}月{day.day}日"


def time(value: Any) -> str:
    """Write an instant: `2026年3月11日15时20分`; a date alone stays a date."""
    if not isinstance(value, dt.datetime):
        return date(value)
    at = _legal_time(value)
    return f"{date(at)}{at.hour}时{at.minute:02d}分"


def day(value: Any) -> str:
    """Write the legal date of an instant."""
    return date(value)


def money(value: Any) -> str:
    """Write an amount with separators: `50,000元`, `1,005.20元`."""
    amount = _amount(value)
    return f"{amount:,.0f}元" if amount == amount.to_integral_value() else f"{amount:,.2f}元"


def figures(value: Any) -> str:
    """Write an amount in figures with two decimals: `50,000.00`."""
    return f"{_amount(value):,.2f}"


def capital(value: Any) -> str:
    """Write an amount in capitals: `人民币伍万元整`; a negative one begins with 负."""
    amount = _amount(value)
    return f"人民币{'负' if amount < 0 else ''}{in_capitals(abs(amount))}"


def names(values: Sequence[str]) -> str:
    """Join names by 、."""
    return "、".join(values)


def officers(people: Sequence[Mapping[str, Any]]) -> str:
    """Write officers with their certificates: `甲一（执法证号SF-QH-0001）、乙二（执法证号…）`."""
    return "、".join(_officer(person) for person in people)


def _officer(person: Mapping[str, Any]) -> str:
    number = person.get("cert_no")
    return f"{person['name']}（执法证号{number}）" if number else str(person["name"])


def _legal_date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return _legal_time(value).date()
    if isinstance(value, dt.date):
        return value
    text = str(value)
    whole = len(text) == len("2026-01-06")
    return dt.date.fromisoformat(text) if whole else _legal_time(dt.datetime.fromisoformat(text)).date()


def _legal_time(value: dt.datetime) -> dt.datetime:
    return value.astimezone(SHANGHAI) if value.tzinfo else value


def _amount(value: Any) -> Decimal:
    """Return an amount in whole cents.

    Raises:
        InvalidOperation: It is no number.
        ValueError: It has more than two decimals: rounding money is nobody's to decide here.
    """
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise InvalidOperation(value)
    if amount != amount.quantize(CENT):
        raise ValueError(value)
    return amount
