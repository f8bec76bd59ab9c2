"""Building blocks of the models: strict JSON in, frozen facts out, days and instants that the calendar can count."""

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

FIRST, LAST = 1900, 2199
"""Years that papers and periods may name; farther days could not be counted from."""
DEEPEST = 20
"""Levels of a paper's values."""
WRITTEN = "应写作 2026-01-06T09:30:00+08:00"
GREATEST = 10**15
"""No figure of a paper is larger."""
MOST = 100
"""Rows of one answer."""


class Given(BaseModel):
    """What a program sends: exact types, no unknown names."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Asked(BaseModel):
    """What stands in an address: texts, no unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answered(BaseModel):
    """What is answered: copied from frozen facts."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def _countable(value: dt.date) -> dt.date:
    if not FIRST < value.year < LAST:
        message = f"年份应在{FIRST}至{LAST}之间"
        raise ValueError(message)
    return value


def _plain(value: Any, level: int = 0) -> Any:
    """Refuse what JSON cannot say again, what is too deep, and figures beyond all measure."""
    if level > DEEPEST:
        message = "层次过深"
        raise ValueError(message)
    if isinstance(value, float) and not math.isfinite(value):
        message = "不是数"
        raise ValueError(message)
    if isinstance(value, int | float) and abs(value) > GREATEST:
        message = "数值过大"
        raise ValueError(message)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _plain(inner, level + 1)
    return value


def _written_as(pattern: str, told: str, read: Callable[[str], Any] = str) -> Callable[[Any], Any]:
    """Return a reader of texts written in one way: the library would take numbers for seconds since 1970."""

    def reader(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(told)
        return read(value)

    return reader


Id = Annotated[str, StringConstraints(min_length=1, max_length=36)]
Word = Annotated[str, StringConstraints(max_length=80)]
Line = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=5000)]
Day = Annotated[
    dt.date,
    BeforeValidator(_written_as(r"\d{4}-\d{2}-\d{2}", "应写作 2026-01-06", dt.date.fromisoformat)),
    AfterValidator(_countable),
]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_as(r"\d{4}-\d{2}-\d{2}[Tt].+", WRITTEN, dt.datetime.fromisoformat)),
    AfterValidator(_countable),
]
Values = Annotated[dict[str, Any], AfterValidator(_plain), Field(description="字段名 → 值；日期、金额用文字写")]
Whole = Annotated[int, BeforeValidator(_written_as("[0-9]{1,9}", "应为整数"))]
Flag = Annotated[bool, BeforeValidator(_written_as("true|false", "应为 true 或 false"))]


class Paged(Asked):
    """Which part of a list is asked for."""

    after: Annotated[str, StringConstraints(max_length=400)] = Field(default="", description="上一页答复中的 next")
    limit: Annotated[Whole, Field(ge=1, le=MOST)] = Field(default=50, description="每页条数")


class Nothing(Asked):
    """An address without parameters."""
