"""Whether the values of a paper may be kept (`normalise`) and whether they are complete (`faults`); all faults at once.

`normalise` runs at every save: kinds, lengths, characters, unknown names. `faults` runs before issuing: what is
required, its conditions, and the checks of docs/definitions.md by name. Each finding names field and remedy.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casework import identity
from casework.capital import capital
from casework.sealing import Sealed
from casework.values import read_value, stored
from catalogue.citations import citations
from catalogue.definitions import BY_ISSUING, DocumentType, Field
from catalogue.provisions import fault_of
from foundation.errors import Finding

EMPTY: tuple[Any, ...] = (None, "", [], (), {})


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a check may look at besides the value."""

    values: Mapping[str, Any]
    today: dt.date
    resolve: Callable[[str], Any]
    """Gives the value of a source path."""


def normalise(definition: DocumentType, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """Return data as it is stored, and what could not be read; empty values are left out."""
    known = {f.name: f for f in definition.data_fields}
    out: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, raw in data.items():
        if name not in known:
            findings.append(_unknown(definition, name))
            continue
        read = read_value(known[name], raw, name)
        findings += read.findings
        if read.value not in EMPTY and not read.findings:
            out[name] = read.value
    return out, findings


def normalise_slot(
    definition: DocumentType, names: Sequence[str], values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Finding]]:
    """Return what a slot fills as it is stored; other fields than its own are refused."""
    out: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, raw in values.items():
        if name not in names:
            message = f"这个签批位不填写“{name}”。"
            findings.append(
                Finding(code="SLOT", path=name, message=message, remedy=f"可填：{'、'.join(names) or '无'}。")
            )
            continue
        read = read_value(definition.field(name), raw, name)
        findings += read.findings
        out[name] = read.value
    return out, findings


def read_name(name: str) -> tuple[str, list[Finding]]:
    """Return a person's name as it is stored, and what is wrong with it."""
    read = read_value(Field(name="name", label="姓名", kind="person"), name, "name")
    return str(read.value or ""), list(read.findings)


def _unknown(definition: DocumentType, name: str) -> Finding:
    field = definition.find_field(name)
    if field is None:
        return Finding(
            code="FIELD", path=name, message=f"《{definition.title}》没有“{name}”这个字段。", remedy="删去该字段。"
        )
    where = "签批位签署时填写" if name in definition.slot_owned else "制发时自动加盖"
    message = f"“{field.label}”由{where}，不能在正文里填写。"
    return Finding(code="FIELD", path=name, message=message, remedy="由有权签署的人在签批位填写。")


def faults(definition: DocumentType, frame: Frame) -> list[Finding]:
    """Return everything that is missing or wrong; slot fields and what issuing fills are others' care."""
    found: list[Finding] = []
    for field in definition.data_fields:
        value = frame.values.get(field.name)
        if value in EMPTY:
            if field.is_required(frame.values) and field.source not in BY_ISSUING:
                found.append(_missing(field, field.name))
            continue
        found += _checked(field, value, field.name, frame)
    return found


def _missing(field: Field, path: str) -> Finding:
    remedy = f"填写“{field.label}”。" + ("（一般由前面的文书或案件信息自动带出）" if field.source else "")
    return Finding(code="REQUIRED", path=path, message=f"“{field.label}”没有填写。", remedy=remedy, who="承办人")


def _checked(field: Field, value: Any, path: str, frame: Frame) -> Iterator[Finding]:
    if field.kind == "citations":
        yield from _cited(field, str(value), path, frame)
    for name, argument in field.checks:
        if message := CHECKS[name](value, argument, frame):
            yield Finding(
                code="CHECK", path=path, message=f"“{field.label}”{message}。", remedy="请更正。", who="承办人"
            )
    if field.kind == "list":
        for at, row in enumerate(value):
            yield from _checked_row(field, row, f"{path}[{at}]", frame)


def _cited(field: Field, text: str, path: str, frame: Frame) -> Iterator[Finding]:
    """Refuse provisions that neither the law of the time of the act has nor today's, which may be milder (罚37)."""
    for citation in citations(text):
        if (fault := fault_of(citation, _act_day(frame))) and fault_of(citation, frame.today):
            message, remedy = f"“{field.label}”引用有误：{fault}。", "用条款选择器选行为发生时有效的条款。"
            yield Finding(code="CITE", article="罚37", path=path, message=message, remedy=remedy, who="承办人")


def _act_day(frame: Frame) -> dt.date:
    """Return the day whose law is applied: when the case began, else today."""
    began = str(frame.resolve("case.initiated_on") or "")[:10]
    try:
        return dt.date.fromisoformat(began)
    except ValueError:
        return frame.today


def _checked_row(field: Field, row: Mapping[str, Any], path: str, frame: Frame) -> Iterator[Finding]:
    for column in field.columns:
        cell = row.get(column.name)
        if cell in EMPTY:
            if column.is_required({**frame.values, **row}):
                yield _missing(column, f"{path}.{column.name}")
        else:
            yield from _checked(column, cell, f"{path}.{column.name}", frame)


# --- checks: value, argument, frame → what is wrong, empty when nothing is --------------------------------------------


def _id_no(value: Any, _argument: Any, _frame: Frame) -> str:
    return identity.id_number_fault(identity.narrow(str(value)))


def _credit_code(value: Any, _argument: Any, _frame: Frame) -> str:
    return identity.credit_code_fault(identity.narrow(str(value)))


def _phone(value: Any, _argument: Any, _frame: Frame) -> str:
    return identity.phone_fault(identity.narrow(str(value)))


def _amount(value: Any, _argument: Any, _frame: Frame) -> str:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return "不是金额"
    return "的小数超过两位" if number != number.quantize(Decimal("0.01")) else ""


def _not_before(value: Any, argument: Any, frame: Frame) -> str:
    other = frame.values.get(str(argument))
    length = min(len(str(value)), len(str(other)))
    if other in EMPTY or str(value)[:length] >= str(other)[:length]:
        return ""
    return f"（{value}）早于{other}"


def _not_future(value: Any, _argument: Any, frame: Frame) -> str:
    return f"（{value}）晚于今天" if str(value)[:10] > frame.today.isoformat() else ""


def _equals(value: Any, argument: Any, frame: Frame) -> str:
    wanted = frame.values[argument] if argument in frame.values else frame.resolve(str(argument))
    if wanted in EMPTY or isinstance(wanted, Sealed) or stored(wanted) == stored(value):
        return ""
    return f"应为“{stored(wanted)}”，现为“{stored(value)}”"


def _capital_of(value: Any, argument: Any, frame: Frame) -> str:
    amount = frame.values.get(str(argument))
    if amount in EMPTY:
        return ""
    wanted = capital(Decimal(str(amount)))
    return "" if str(value).removeprefix("人民币") == wanted else f"与数字不符，应为“{wanted}”"


def _min_items(value: Any, argument: Any, _frame: Frame) -> str:
    return f"不得少于{argument}项，现有{len(value)}项" if len(value) < int(argument) else ""


def _distinct_names(value: Any, _argument: Any, _frame: Frame) -> str:
    names = [str(row.get("name", row)) if isinstance(row, Mapping) else str(row) for row in value]
    twice = next((n for n in names if names.count(n) > 1), "")
    return f"里“{twice}”写了两次" if twice else ""


CHECKS: Mapping[str, Callable[[Any, Any, Frame], str]] = {
    "id_no": _id_no,
    "credit_code": _credit_code,
    "phone": _phone,
    "amount": _amount,
    "not_before": _not_before,
    "not_future": _not_future,
    "equals": _equals,
    "capital_of": _capital_of,
    "min_items": _min_items,
    "distinct_names": _distinct_names,
}
