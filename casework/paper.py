"""Puts together all that a paper needs to be drawn: data, slot fields, number, date, printed references, pictures.

Only primitives leave: references to papers become their printed form (number, else date and title), files become asset
ids with their blobs beside. The same function serves previews and issuing, so nothing else can differ.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from casework import sealing
from casework.approvals import slot_values
from casework.facts import DocumentFacts, Paper
from casework.gates.api import CaseView
from casework.prefill import reference
from casework.sums import ARCHIVE_DAYS
from catalogue.definitions import BY_ISSUING, DocumentType, Field


def paper_of(view: CaseView) -> Paper:
    """Return the drawable form of the paper in question."""
    document, definition = view.document, view.definition
    images: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field in definition.fields:
        if field.kind in ("signature", "seal"):
            continue
        values[field.name] = _drawn(field, _value(field, view), view, images)
    signed = _with_images(slot_values(definition, document), images)
    values.update(signed)
    bound = {asset: about for asset, blob in images.items() if (about := _about(view, blob))}
    return Paper(document=document, agency=dict(view.settings), values=values, images=images, bound=bound)


def _about(view: CaseView, blob: str) -> str:
    """Return what an encrypted picture is bound to: a recording of the case, or a signature of the paper."""
    recording = next((r for r in view.recordings if r.blob == blob), None)
    return sealing.about_recording(recording) if recording else sealing.about_file(view.document, sealing.IMAGE)


def values_of(definition: DocumentType, document: DocumentFacts) -> dict[str, Any]:
    """Return data and slot fields together: what conditions and gates look at."""
    return {**document.data, **slot_values(definition, document)}


def numbered(document: DocumentFacts, number: str) -> DocumentFacts:
    """Return a paper with its number, for drawing before it is committed."""
    return replace(document, number=number)


def _value(field: Field, view: CaseView) -> Any:
    if field.source in BY_ISSUING:
        return _BY_ISSUING[field.source](view)
    return view.document.data.get(field.name)


def _issue_date(view: CaseView) -> str | None:
    on = view.document.issue_date
    return on.isoformat() if on else None


def _archive_due(view: CaseView) -> str | None:
    on = view.document.issue_date
    return (on + dt.timedelta(days=ARCHIVE_DAYS)).isoformat() if on else None


_BY_ISSUING: Mapping[str, Callable[[CaseView], str | None]] = {
    "document.number": lambda view: view.document.number or None,
    "document.issue_date": _issue_date,
    "document.archive_due": _archive_due,
    "document.case_number": lambda view: (view.case.number if view.case else "") or None,
}
"""Values that issuing gives a paper."""


def _drawn(field: Field, value: Any, view: CaseView, images: dict[str, str]) -> Any:
    if field.kind == "list":
        columns = {c.name: c for c in field.columns}
        return [{k: _drawn(columns[k], v, view, images) for k, v in row.items() if k in columns} for row in value or ()]
    if isinstance(value, list | tuple):
        return [_drawn(field, v, view, images) for v in value]
    if isinstance(value, Mapping):
        return _linked(value, view, images)
    return value


def _linked(value: Mapping[str, Any], view: CaseView, images: dict[str, str]) -> Any:
    if "document_id" in value:
        found = view.find(str(value["document_id"]))
        return reference(found) if found else value.get("text", "")
    if "blob" in value:
        blob = str(value["blob"])
        if str(value.get("media_type", "")).startswith("image/"):
            images[blob] = blob
            return blob
        return value.get("name", "")
    return str(value.get("text", ""))


def _with_images(values: dict[str, Any], images: dict[str, str]) -> dict[str, Any]:
    for rows in values.values():
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, Mapping) and row.get("image"):
                images[row["image"]] = row["image"]
    return values
