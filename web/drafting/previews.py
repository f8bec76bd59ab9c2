"""The paper beside its form: the same pipeline's pages with 草稿 on them, made when they are asked for."""

import functools
import threading
from collections import OrderedDict
from typing import Any

from casework.facts import DocumentFacts
from foundation.clock import legal_date
from foundation.errors import AnjuanError, Finding
from generator import drawing, preview
from web.lookup import Sight
from web.press import the_press

DPI = 110
KEPT = 24
"""Previews that a process keeps; papers of a class are made anew each time."""

_made: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
_lock = threading.Lock()


def key_of(see: Sight, facts: DocumentFacts) -> str:
    """Return what a preview's address carries: other content, state or day, other address."""
    slots = "".join(f.slot + f.person_id for f in facts.slots)
    return f"{facts.version}-{facts.content_digest[:12]}-{len(slots)}-{legal_date(see.ctx.clock.now()):%m%d}"


def pdf_of(see: Sight, facts: DocumentFacts) -> bytes:
    """Return a paper's preview as it stands.

    Raises:
        BadInput: A value cannot be drawn; the message names which.
    """
    key = key_of(see, facts)
    if (kept := _kept(facts, key)) is not None:
        return kept
    pdf = drawing.preview(see.ctx, see.session, facts.id, the_press().pool).pdf
    if facts.secrecy == "normal":
        with _lock:
            _made[facts.id, key] = pdf
            while len(_made) > KEPT:
                _made.popitem(last=False)
    return pdf


def page_count(see: Sight, facts: DocumentFacts) -> int:
    """Return how many pages the preview has."""
    return preview.count(pdf_of(see, facts))


def page(see: Sight, facts: DocumentFacts, number: int) -> bytes:
    """Return one page as PNG, counted from 1."""
    return _drawn(pdf_of(see, facts), number - 1)


@functools.lru_cache(maxsize=64)
def _drawn(pdf: bytes, number: int) -> bytes:
    return preview.pages(pdf, DPI, only=number)[0]


def shown(see: Sight, facts: DocumentFacts, *, wait: bool = True) -> dict[str, Any]:
    """Return what a page needs to show the preview: how many pages, or what keeps it from being drawn.

    Without `wait` a preview that is not kept is not made: the page comes at once, and its script asks for the pages.
    """
    if not wait and _kept(facts, key_of(see, facts)) is None:
        return {"pages": 0, "key": "", "undrawn": None, "waiting": True}
    try:
        return {"pages": page_count(see, facts), "key": key_of(see, facts), "undrawn": None, "waiting": False}
    except AnjuanError as error:
        fault = Finding(code=error.code, message=error.message, remedy=error.remedy, path=error.path)
        return {"pages": 0, "key": "", "undrawn": fault, "waiting": False}


def _kept(facts: DocumentFacts, key: str) -> bytes | None:
    with _lock:
        if (facts.id, key) in _made:
            _made.move_to_end((facts.id, key))
        return _made.get((facts.id, key))
