"""A paper's versions: what its digest covers, and what two editors of one draft are shown.

The content digest is taken over type, definition, document id, version and data, without slot fields, number, date
and seal: signatures stand for it, so an approval is void when what was approved changes. Nothing issued is edited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.facts import DocumentFacts
from casework.sealing import INFORMANT, names_informant
from catalogue.definitions import BY_ISSUING, DocumentType
from foundation.canonical import digest, plain
from foundation.errors import Conflict, Finding


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that two versions hold differently."""

    field: str
    label: str
    base: Any
    """In the version that both editors began with."""
    theirs: Any
    """In the present version, saved by somebody else."""
    mine: Any
    """As it was about to be saved."""


class VersionConflict(Conflict):
    """Somebody saved the draft meanwhile; carries both versions, field by field."""

    code = "version_conflict"

    def __init__(self, document: DocumentFacts, differences: tuple[Difference, ...]) -> None:
        self.document = document
        self.differences = differences
        findings = [
            Finding(
                code="VERSION",
                path=d.field,
                message=f"“{d.label}”：对方改为“{_text(d.theirs)}”，您改为“{_text(d.mine)}”。",
                remedy="选择保留哪一个。",
            )
            for d in differences
        ]
        super().__init__(
            f"《{document.title}》已被他人保存为第{document.version}版，您的修改没有保存。",
            remedy="对照两个版本，选择后再保存。",
            findings=findings,
        )


def content_digest(definition: DocumentType, document_id: str, version: int, data: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) that signatures of this version stand for."""
    left_out = definition.slot_owned | {f.name for f in definition.fields if f.kind == "seal" or f.source in BY_ISSUING}
    return digest(
        {
            "type": definition.id,
            "definition": definition.digest,
            "document": document_id,
            "version": version,
            "data": {k: v for k, v in data.items() if k not in left_out},
        }
    )


def differences(
    definition: DocumentType, base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Return the fields that `mine` would change and that differ from `theirs`."""
    found = []
    for name in sorted(set(base) | set(theirs) | set(mine)):
        values = [plain(v.get(name)) for v in (base, theirs, mine)]
        if values[2] != values[1]:
            known = definition.find_field(name)
            label = known.label if known else name
            found.append(Difference(field=name, label=label, base=values[0], theirs=values[1], mine=values[2]))
    return tuple(found)


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of fields whose values changed (journals name them, never their values)."""
    return sorted(n for n in set(before) | set(after) if plain(before.get(n)) != plain(after.get(n)))


def class_of(definition: DocumentType, data: Mapping[str, Any], present: str | None = None) -> str:
    """Return a paper's secrecy class: its type's, or `informant` once a field names one (A10.2).

    Whoever sees a page sees all of it, and earlier versions stay; so the class never goes down again.
    """
    named = names_informant(definition, data)
    return INFORMANT if named or present == INFORMANT else present or definition.secrecy


def _text(value: Any) -> str:
    if value in (None, "", []):
        return "（空）"
    text = "、".join(str(v) for v in value) if isinstance(value, list) else str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - a message stays readable
