"""The names of a scenario and what they stand for in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.facts import DocumentFacts, RecordingFacts
from cli.scenario import Step


@dataclass(kw_only=True)
class Cast:
    """Names of a scenario and what they stand for in the database."""

    agency_id: str = ""
    people: dict[str, str] = field(default_factory=dict)
    """Name → person id."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Name → account id."""
    parties: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    recordings: dict[str, str] = field(default_factory=dict)
    case_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What became of one step."""

    step: Step
    document: DocumentFacts | None = None
    recording: RecordingFacts | None = None
    refused: str = ""


def linked(cast: Cast, value: Any) -> Any:
    """Replace `{ref: name}` by the document it names, everywhere in a value."""
    if isinstance(value, Mapping):
        if set(value) == {"ref"}:
            return {"document_id": cast.documents[value["ref"]]}
        return {k: linked(cast, v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [linked(cast, v) for v in value]
    return value
