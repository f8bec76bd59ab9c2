"""Values of a paper as a template sees them: cleaned, typed by kind, with marks for what is empty or open.

Only primitives, `Row`s of primitives, and the two marks reach a template. An empty value prints ／; what is still
open in a preview (number, date, signatures) prints a full-width space, so that nothing else moves.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import SimpleNamespace
from typing import Any

from catalogue.definitions import BY_ISSUING, DocumentType, Field, Slot
from foundation.errors import BadInput
from generator import wording

MOST_CHARACTERS = 200_000
"""A single value longer than this is refused: it would take longer to draw than a job may run."""

CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters, lone surrogates, zero-width and direction marks: never drawn, so never kept in a paper."""

NEW_PARAGRAPH = "\a"
"""docxtpl turns it into a new paragraph with the same properties."""


class Row(SimpleNamespace):
    """One row of a list: attributes only, so that a column may be called `items`."""


@dataclass(frozen=True)
class Mark:
    """Stands where no value is; false, so conditions see nothing."""

    text: str

    def __bool__(self) -> bool:
        """Return False: nothing is filled in."""
        return False

    def __str__(self) -> str:
        """Return what is printed."""
        return self.text


BOX, TICKED = "□", "□√"
"""A choice that was not made, and one that was."""
EMPTY = Mark("／")
OPEN = Mark("　")


def clean(text: str) -> str:
    """Take away what cannot be drawn; line ends become new paragraphs, tabs full-width spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "　")
    text = text.replace("☐", BOX).replace("☑", TICKED).replace("☒", TICKED)  # no font has them
    return CONTROL.sub("", text).strip("\n").replace("\n", NEW_PARAGRAPH)


def typed_values(definition: DocumentType, values: Mapping[str, Any], *, draft: bool) -> dict[str, Any]:
    """Return every field of a definition as the template sees it; fields without a value are marked."""
    out: dict[str, Any] = {}
    for field in definition.fields:
        if field.kind in ("signature", "seal"):
            out[field.name] = OPEN if draft or field.kind == "seal" else _names(values.get(field.name))
            continue
        out[field.name] = typed(field, values.get(field.name), field.name)
        if draft and field.source in BY_ISSUING:
            out[field.name] = OPEN
    for slot in definition.slots:
        for name in slot.fills:
            if out.get(name) is EMPTY and (draft or slot.when == "after_issue"):
                out[name] = OPEN
    return out


def typed(field: Field, value: Any, path: str) -> Any:
    """Turn one stored value into a date, number, text, list or mark by its field's kind.

    Raises:
        BadInput: The value is not of the field's kind, or too long.
    """
    if value is None or value in ("", [], ()):
        return EMPTY
    try:
        return READERS.get(field.kind, _text)(field, value, path)
    except (ValueError, TypeError, InvalidOperation, AttributeError) as error:
        raise BadInput(f"“{field.label}”的值不是{field.kind}。", remedy="请更正后重试。", path=path) from error


def _text(field: Field, value: Any, path: str) -> Any:
    text = clean(str(value))
    if len(text) > MOST_CHARACTERS:
        raise BadInput(f"“{field.label}”超过{MOST_CHARACTERS}字。", remedy="请缩短，或作为附件另附。", path=path)
    return text or EMPTY


def _date(_field: Field, value: Any, _path: str) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def _instant(_field: Field, value: Any, _path: str) -> dt.datetime | dt.date:
    if isinstance(value, dt.date):
        return value
    text = str(value)
    return dt.date.fromisoformat(text) if len(text) == len("2026-01-06") else dt.datetime.fromisoformat(text)


def _money(_field: Field, value: Any, _path: str) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError(value)
    return amount


def _bool(_field: Field, value: Any, _path: str) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _choices(_field: Field, value: Any, _path: str) -> list[str]:
    return [clean(str(v)) for v in ([value] if isinstance(value, str) else value)]


def _rows(field: Field, value: Any, path: str) -> list[Any]:
    if isinstance(value, str):
        return [Row(no=1, text=clean(value))]
    out: list[Any] = []
    for i, item in enumerate(value):
        where = f"{path}[{i}]"
        if isinstance(item, Mapping):
            cells = {c.name: typed(c, item.get(c.name), f"{where}.{c.name}") for c in field.columns}
            out.append(Row(**{"no": i + 1, **cells}))
        else:
            out.append(clean(str(item)))
    return out


READERS: Mapping[str, Callable[[Field, Any, str], Any]] = {
    "date": _date,
    "datetime": _instant,
    "money": _money,
    "bool": _bool,
    "multi_choice": _choices,
    "list": _rows,
}


def signature_rows(slot: Slot, value: Any, *, draft: bool) -> list[Row]:
    """Return one row for each signer of a slot; empty lines while they are still to sign.

    Args:
        slot: The slot.
        value: List of name, date, image, refused, witness; a bare text is a name.
        draft: A preview shows the lines without names and dates, as wide as those that are known.
    """
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else [value] if value else []
    people = [e if isinstance(e, Mapping) else {"name": str(e)} for e in entries]
    if draft:
        people += [{}] * (slot.count - len(people))
        return [_open_signature(str(person.get("name") or "")) for person in people]
    if not people and slot.when == "after_issue":
        return [_open_signature("")] * slot.count
    return [_signature(person) for person in people]


def _names(value: Any) -> Any:
    """Return the names of those who signed, for texts and conditions."""
    if isinstance(value, str) or not value:
        return clean(value) if value else EMPTY
    return [clean(str(e.get("name") or "")) if isinstance(e, Mapping) else clean(str(e)) for e in value]


def _open_signature(name: str) -> Row:
    return Row(name="　" * max(2, len(clean(name))), image="", date="　年　月　日", refused="", open=True)


def _signature(person: Mapping[str, Any]) -> Row:
    text = {k: clean(str(person.get(k) or "")) for k in ("name", "date", "image", "refused", "witness")}
    note = f"（拒绝签名：{text['refused']}）" if text["refused"] else ""
    note += f"　见证人：{text['witness']}" if text["refused"] and text["witness"] else ""
    name = "" if text["refused"] or text["image"] else text["name"]
    return Row(name=name, image=text["image"], date=_printed_date(text["date"]), refused=note, open=False)


def _printed_date(text: str) -> str:
    if not text:
        return ""
    if len(text) > len("2026-01-06"):
        return str(wording.time(dt.datetime.fromisoformat(text)))
    return str(wording.date(dt.date.fromisoformat(text)))
