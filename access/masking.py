"""What of a value a viewer may see: by the class of its field, the record it stands in, and whose it is.

One question decides: could this viewer read the record if the whole of it had the field's class? So there is no second
policy for fields. Lists show identity numbers and telephones shortened to everybody. A covered value is replaced, never
hidden by style: what is masked does not reach the page.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from access.facts import Actor
from access.policy import KINDS, NOBODY, READING, Record, Viewer, decide

COVER = "＊＊＊"
"""What stands for a value that may not be seen."""

OWNED = frozenset(["privacy", "business_secret"])
"""Classes that a party may see of itself, never of others (个28；公15)."""

PARTY = "party"
"""The role of an account that stands for a party."""

HEAD, TAIL = 3, 4
"""Signs of a number that lists show; a number without at least as many between them is covered whole."""


class Maskable(Protocol):
    """A field as far as masking goes (`catalogue.definitions.Field`)."""

    @property
    def name(self) -> str:
        """Its key in the values."""
        ...

    @property
    def mask(self) -> str:
        """Its class."""
        ...

    @property
    def columns(self) -> Sequence["Maskable"]:
        """Columns, for a list."""
        ...


def sees(
    actor: Actor, field_class: str, record: Record, viewer: Viewer = NOBODY, *, owner_id: str | None = None
) -> bool:
    """Tell whether a viewer may see fields of a class in a record.

    Args:
        actor: Who looks.
        field_class: Class of the field.
        record: The record that the field stands in.
        viewer: The actor's cases and served papers.
        owner_id: Party whose value it is; the record's party when left out.
    """
    if record.kind in READING and not decide(actor, READING[record.kind], record, viewer).allowed:
        return False
    if field_class == "normal":
        return record.agency_id in actor.agencies
    if not decide(actor, READING[_asked(record).kind], replace(_asked(record), secrecy=field_class), viewer).allowed:
        return False
    own = (owner_id or record.party_id) in actor.party_ids
    return field_class not in OWNED or own or bool(actor.roles - {PARTY})


def _asked(record: Record) -> Record:
    """Return the record, or what a paper in its place would be when records of its kind have no class."""
    if "secrecy" in KINDS[record.kind]:
        return record
    return Record(kind="document", agency_id=record.agency_id, case_id=record.case_id, party_id=record.party_id)


def masked(
    fields: Iterable[Maskable], values: Mapping[str, Any], may_see: Callable[[str], bool]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return values with everything covered that may not be seen, and the names of what was covered.

    Args:
        fields: The definition's fields.
        values: Values by field name; rows of lists by column.
        may_see: Answers for a class (`functools.partial` of `sees`).
    """
    out, covered = dict(values), []
    for one in fields:
        value = values.get(one.name)
        if value in (None, "", [], {}):
            continue
        if not may_see(one.mask):
            out[one.name] = covered_value(value)
            covered.append(one.name)
        elif one.columns and isinstance(value, list | tuple):
            rows = [masked(one.columns, row, may_see) if isinstance(row, Mapping) else (row, ()) for row in value]
            out[one.name] = [row for row, _ in rows]
            covered += sorted({f"{one.name}.{name}" for _, names in rows for name in names})
    return out, tuple(covered)


def covered_value(value: Any) -> Any:
    """Return what stands for a value: as many rows as before for a list, never its length in characters."""
    if isinstance(value, list | tuple):
        return [covered_value(v) for v in value]
    if isinstance(value, Mapping):
        return {k: covered_value(v) for k, v in value.items()}
    return COVER


def short_number(value: str) -> str:
    """Return an identity, licence, account or telephone number as lists show it: three signs, stars, four signs.

    >>> short_number("110101199001019984")
    '110***********9984'
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if len(text) < 2 * HEAD + TAIL:
        return "*" * len(text)
    return f"{text[:HEAD]}{'*' * (len(text) - HEAD - TAIL)}{text[-TAIL:]}"


def short_name(value: str) -> str:
    """Return another person's name in a party's copy: the first sign and stars (`孙**`)."""
    text = value.strip()
    return text[:1] + "*" * max(len(text) - 1, 1) if text else ""


def short_address(value: str) -> str:
    """Return an address down to the township or street, without village, road number and house."""
    text = value.strip()
    ends = [text.find(word) + len(word) for word in ("街道", "镇", "乡") if word in text]
    return f"{text[: min(ends)]}{COVER}" if ends else COVER if text else ""
