"""Document types, read from `templates/<stage>/<type>/definition.yaml` into frozen facts; a bad folder is refused.

Everything is parsed once, at the edge: `catalogue.loading.load_catalogue` collects every fault of every folder, with
file, line and remedy; docs/definitions.md is the reference of the format.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalogue.body import Body
from catalogue.conditions import Condition
from foundation.errors import NotFound

STAGES = {
    "initiation": "启动",
    "investigation": "调查取证",
    "decision": "审查决定",
    "execution": "送达执行",
    "filing": "归档",
}
KINDS = frozenset(
    {"text", "long_text", "choice", "multi_choice", "bool", "date", "datetime", "number", "money", "person"}
    | {"organisation", "doc_ref", "list", "file", "signature", "seal", "citations"}
)
LONG = frozenset({"long_text", "citations"})
"""Kinds of running text; `citations` names provisions of the law (`catalogue.citations`)."""


BY_ISSUING = frozenset({"document.number", "document.issue_date", "document.case_number", "document.archive_due"})
"""Sources that issuing fills: no draft holds them, and they are never missing from one."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a type, or one column of a list."""

    name: str
    label: str
    kind: str = "text"
    required: bool | Condition = False
    options: tuple[str, ...] = ()
    columns: tuple["Field", ...] = ()
    source: str | None = None
    """Path that prefills it (`from`)."""
    default: Any = None
    """Standing text or value of a fresh draft, when no source gives one."""
    mask: str = "normal"
    checks: tuple[tuple[str, Any], ...] = ()
    """Name and argument (None when it takes none)."""
    note: str = ""

    def is_required(self, values: Mapping[str, Any]) -> bool:
        """Tell whether it must be filled for these values."""
        return self.required if isinstance(self.required, bool) else self.required.holds(values)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place that persons in a role fill and sign; it owns its fields."""

    id: str
    part: str
    """propose, review, approve, opinion, sign, receive or witness."""
    role: str
    label: str = ""
    count: int = 1
    when: str = "before_issue"
    fills: tuple[str, ...] = ()
    signs: str | None = None
    required: bool | Condition = True
    refusable: bool = False

    def is_required(self, values: Mapping[str, Any]) -> bool:
        """Tell whether it must be complete for these values."""
        return self.required if isinstance(self.required, bool) else self.required.holds(values)


@dataclass(frozen=True, kw_only=True)
class DocumentType:
    """One type of paper with everything that the product knows of it."""

    id: str
    title: str
    purpose: str
    articles: tuple[str, ...]
    statute: str
    stage: str
    tier: str
    form: str
    visibility: str
    volume: str
    service: str
    number_character: str | None
    seal: str | None
    copies: str
    copy_rule: Mapping[str, Any]
    recording: str
    secrecy: str
    powers: tuple[str, ...]
    prerequisites: tuple[tuple[str, ...], ...]
    fields: tuple[Field, ...]
    slots: tuple[Slot, ...]
    body: Body
    digest: str
    canonical: Mapping[str, Any] = field(repr=False)

    def find_field(self, name: str) -> Field | None:
        """Return a field, or None."""
        return self._by_name.get(name)

    def field(self, name: str) -> Field:
        """Return a field that is known to exist."""
        return self._by_name[name]

    def slot(self, slot_id: str) -> Slot:
        """Return a slot.

        Raises:
            NotFound: The type has no such slot.
        """
        for slot in self.slots:
            if slot.id == slot_id:
                return slot
        known = "、".join(s.id for s in self.slots) or "无"
        raise NotFound(f"“{self.title}”没有签批位“{slot_id}”。", remedy=f"可用：{known}")

    @functools.cached_property
    def slot_owned(self) -> frozenset[str]:
        """Fields that slots fill, and nothing else."""
        return frozenset(n for s in self.slots for n in (*s.fills, s.signs) if n)

    @functools.cached_property
    def data_fields(self) -> tuple[Field, ...]:
        """Fields that a draft holds: neither slot-owned nor seals."""
        return tuple(f for f in self.fields if f.name not in self.slot_owned and f.kind != "seal")

    @functools.cached_property
    def _by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All types of one templates folder."""

    root: Path
    types: Mapping[str, DocumentType]
    samples: Mapping[str, Path]

    def get(self, type_id: str) -> DocumentType:
        """Return a type.

        Raises:
            NotFound: There is no such type.
        """
        try:
            return self.types[type_id]
        except KeyError:
            raise NotFound(f"没有“{type_id}”这种文书。", remedy="检查文书类型。") from None
