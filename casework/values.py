"""Values of fields as people give them, read by the field's kind into what is stored: text, bool, lists, rows.

Dates become `2026-03-10`, instants `2026-03-11T15:20` (Asia/Shanghai), amounts and numbers decimal text. Unreadable
values are findings, never guessed: lunar dates, amounts of three decimals, choices that are not among the options.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from casework.cleaning import clean, damage
from casework.identity import narrow
from catalogue.definitions import LONG, Field
from foundation.clock import local
from foundation.errors import Finding

LONGEST = {"text": 500, "person": 200, "organisation": 200, "long_text": 20_000, "citations": 20_000, "doc_ref": 500}
MOST_ROWS = 500
LARGEST = Decimal("1e13")
NUMBER_CHECKS = frozenset({"id_no", "credit_code", "phone"})
LUNAR = re.compile(
    "农历|阴历|腊月|正月|冬月|闰.{0,2}月|初[一二三四五六七八九十]|廿|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年"
)
DATE = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$")
INSTANT = re.compile(
    r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?[T\s]*(\d{1,2})\s*[:时]\s*(\d{1,2})?\s*分?(?::(\d{1,2}))?\s*$"
)
DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
YES, NO = ("是", "true", "True", "1"), ("否", "false", "False", "0")


class _Unreadable(Exception):
    """A value cannot be read; says why and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True)
class Read:
    """A value as it is stored, and what was wrong with it."""

    value: Any
    findings: tuple[Finding, ...] = ()


def read_value(field: Field, raw: Any, path: str) -> Read:
    """Read one value by its field's kind; an unreadable one comes back as it was, with a finding."""
    if raw is None or raw == "":
        return Read(value=None)
    if field.kind == "list":
        return _rows(field, raw, path)
    texts = raw if isinstance(raw, list | tuple) else [raw]
    for text in texts:
        if isinstance(text, str) and (fault := damage(text, path, field.label)):
            return Read(value=None, findings=(fault,))
    try:
        return Read(value=_READERS.get(field.kind, _text)(field, raw))
    except _Unreadable as error:
        message = f"“{field.label}”{error.message}。"
        return Read(value=raw, findings=(Finding(code="FIELD", path=path, message=message, remedy=error.remedy),))


def _rows(field: Field, raw: Any, path: str) -> Read:
    if not isinstance(raw, list | tuple):
        raw = [raw]
    findings: list[Finding] = []
    if len(raw) > MOST_ROWS:
        message = f"“{field.label}”有{len(raw)}行，超过{MOST_ROWS}行。"
        findings.append(Finding(code="FIELD", path=path, message=message, remedy="分成几份文书，或作为附件。"))
        raw = raw[:MOST_ROWS]
    out = []
    for at, item in enumerate(raw):
        row = _row(field, item, f"{path}[{at}]")
        findings += row.findings
        if any(v not in (None, "", []) for v in row.value.values()):
            out.append(row.value)
    return Read(value=out, findings=tuple(findings))


def _row(field: Field, item: Any, path: str) -> Read:
    columns = {c.name: c for c in field.columns}
    if not isinstance(item, Mapping):
        item = {next(iter(columns), "text"): item}
    findings: list[Finding] = []
    out: dict[str, Any] = {}
    for name, raw in item.items():
        if name not in columns:
            message = f"“{field.label}”没有“{name}”这一栏。"
            remedy = f"可用：{'、'.join(columns)}。"
            findings.append(Finding(code="FIELD", path=f"{path}.{name}", message=message, remedy=remedy))
            continue
        cell = read_value(columns[name], raw, f"{path}.{name}")
        findings += cell.findings
        out[name] = cell.value
    return Read(value=out, findings=tuple(findings))


def _text(field: Field, raw: Any) -> Any:
    if isinstance(raw, Mapping):
        return _reference(field, raw)
    text = stored(raw)
    if any(name in NUMBER_CHECKS for name, _ in field.checks):
        text = narrow(text)
    text = clean(text, lines=field.kind in LONG)
    longest = LONGEST.get(field.kind, LONGEST["text"])
    if len(text) > longest:
        raise _Unreadable(f"有{len(text)}字，超过{longest}字", "请缩短，或作为附件另附。")
    return text or None


def _reference(field: Field, raw: Mapping[str, Any]) -> dict[str, Any]:
    keys = {"doc_ref": {"document_id", "text"}, "file": {"blob", "name", "size", "pages", "media_type"}}
    allowed = keys.get(field.kind)
    if allowed is None or not set(raw) <= allowed:
        raise _Unreadable("应填文字", "改填文字。")
    return {k: clean(str(v)) if isinstance(v, str) else v for k, v in raw.items()}


def _file(field: Field, raw: Any) -> Any:
    if isinstance(raw, list | tuple):
        return [_text(field, one) for one in raw]
    return _text(field, raw)


def _choice(field: Field, raw: Any) -> str:
    text = clean(stored(raw))
    if field.options and text not in field.options:
        raise _Unreadable(f"没有“{text}”这一项", f"从{'、'.join(field.options)}中选择。")
    return text


def _choices(field: Field, raw: Any) -> list[str]:
    given = raw if isinstance(raw, list | tuple) else re.split("[、,，]", str(raw))
    chosen = [_choice(field, one) for one in given]
    return [o for o in field.options if o in chosen] if field.options else chosen


def _bool(_field: Field, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip()
    if text not in (*YES, *NO):
        raise _Unreadable(f"应填是或否，不是“{text}”", "选择“是”或“否”。")
    return text in YES


def _date(_field: Field, raw: Any) -> str:
    if isinstance(raw, dt.datetime):
        return local(raw).date().isoformat()
    if isinstance(raw, dt.date):
        return raw.isoformat()
    text = str(raw)
    _refuse_lunar(text)
    text = _narrow_date(text)
    found = DATE.match(text) or DATE.match(text.split("T")[0])
    if not found:
        raise _Unreadable(f"“{raw}”不是日期", "写成 2026-03-10 或 2026年3月10日。")
    return _calendar(*(int(n) for n in found.groups())).isoformat()


def _instant(field: Field, raw: Any) -> str:
    if isinstance(raw, dt.datetime):
        return local(raw).strftime("%Y-%m-%dT%H:%M")
    text = str(raw)
    _refuse_lunar(text)
    try:
        given = dt.datetime.fromisoformat(text)
        if given.tzinfo is not None:
            return local(given).strftime("%Y-%m-%dT%H:%M")
    except ValueError:
        pass
    found = INSTANT.match(_narrow_date(text))
    if not found:
        return _date(field, raw)  # a day without a time is what some papers know
    year, month, on, hour, minute, second = (int(n or 0) for n in found.groups())
    try:
        at = dt.datetime.combine(_calendar(year, month, on), dt.time(hour, minute, second))
    except ValueError:
        raise _Unreadable(f"“{raw}”没有这个时刻", "时在0到23、分在0到59之间。") from None
    return at.strftime("%Y-%m-%dT%H:%M")


def _narrow_date(text: str) -> str:
    narrowed = unicodedata.normalize("NFKC", text).strip()
    if not re.search(r"\d", narrowed):
        narrowed = re.sub("十(?=[一二三四五六七八九])", "1", _tens(narrowed)).translate(DIGITS)
    return narrowed


def _tens(text: str) -> str:
    """Write Chinese tens as two digits: 十 → 10, 二十 → 20, 二十一 → 21, 十一 → 11 (years are digit by digit)."""
    text = re.sub("([二三])十([一二三四五六七八九])", r"\1\2", text)
    text = re.sub("([二三])十", r"\g<1>〇", text)
    return re.sub("十(?![一二三四五六七八九])", "一〇", text)


def _refuse_lunar(text: str) -> None:
    if LUNAR.search(text):
        raise _Unreadable(f"“{text}”像是农历日期", "换算成公历，写成 2026-03-10。")


def _calendar(year: int, month: int, on: int) -> dt.date:
    try:
        found = dt.date(year, month, on)
    except ValueError:
        raise _Unreadable(f"没有{year}年{month}月{on}日这一天", "核对年月日。") from None
    if not dt.MINYEAR + 1899 <= year <= 2200:  # noqa: PLR2004 - outside these years it is a slip of the hand
        raise _Unreadable(f"{year}年不在1900到2200年之间", "核对年份。")
    return found


def _money(_field: Field, raw: Any) -> str:
    amount = _decimal(raw, "元")
    if amount != amount.quantize(Decimal("0.01")):
        raise _Unreadable(f"{amount}的小数超过两位", "金额到分为止，如 1.00。")
    if amount < 0:
        raise _Unreadable("不能是负数", "改为正数。")
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.2f}"


def _number(_field: Field, raw: Any) -> str:
    number = _decimal(raw, "")
    return f"{number:.0f}" if number == number.to_integral_value() else f"{number.normalize():f}"


def _decimal(raw: Any, unit: str) -> Decimal:
    text = unicodedata.normalize("NFKC", str(raw)).strip().removesuffix(unit or "\0").replace(",", "").replace(" ", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _Unreadable(f"“{raw}”不是数字", "只写数字，如 50000 或 50,000.00。") from None
    if isinstance(raw, bool) or not number.is_finite() or abs(number) >= LARGEST:
        raise _Unreadable(f"“{raw}”不是可用的数字", "核对数字。")
    return number


def stored(raw: Any) -> str:
    """Return a value of another source as the text that is stored."""
    if isinstance(raw, dt.datetime):
        return local(raw).strftime("%Y-%m-%dT%H:%M")
    if isinstance(raw, dt.date):
        return raw.isoformat()
    if isinstance(raw, bool):
        return "是" if raw else "否"
    return "、".join(str(r) for r in raw) if isinstance(raw, list | tuple) else str(raw)


_READERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "choice": _choice,
    "multi_choice": _choices,
    "bool": _bool,
    "date": _date,
    "datetime": _instant,
    "money": _money,
    "number": _number,
    "file": _file,
}
