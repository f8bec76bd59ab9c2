"""The public page that says whether a paper or a party's copy is genuine: its code, version and digest must agree.

No personal data. Every miss is answered alike, whether the id is unknown, the paper not issued or the digest another:
nothing can be enumerated (I1). A file can be asked about as well: its bytes must be those that were given out.
"""

import hashlib
import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from foundation.paces import Pace, within
from web.security import the_context
from web.verify.answers import ID, by_code, by_file

verify = Blueprint("verify", __name__)

PACE = Pace(burst=30, refill_s=2.0)
"""A stack of papers scanned one after another; then one in two seconds."""
PIECE = 1 << 20


@verify.get("/verify")
def page() -> ResponseReturnValue:
    """Show the form, or go on to the answer."""
    code = request.args.get("code", "").strip().lower()
    digest = request.args.get("digest", "").strip().lower()
    if not code and not digest:
        return render_template("verify.html")
    found, inside = ID.search(code), re.search(r"[?&]d=([0-9a-f]+)", code)
    shown = digest or (inside[1] if inside else "")
    return redirect(url_for("verify.answer", document_id=found[0] if found else "0", d=shown, v=_version(code)))


@verify.get("/v/<document_id>")
def answer(document_id: str) -> ResponseReturnValue:
    """Say whether the paper with this code, version and digest is genuine."""
    if not _may_ask():
        return _slow()
    digest, version = request.args.get("d", "").lower(), request.args.get("v", "")
    words = {"code": document_id if len(document_id) > 1 else "", "digest": digest}
    return _said(by_code(the_context(), document_id.lower(), digest, version), **words)


@verify.post("/verify")
def file() -> ResponseReturnValue:
    """Say whether a file is one that was given out, byte for byte."""
    if not _may_ask():
        return _slow()
    sent, seen = request.files.get("file"), hashlib.sha256()
    size = 0
    while sent and (piece := sent.stream.read(PIECE)):
        seen.update(piece)
        size += len(piece)
    return _said(by_file(the_context(), seen.hexdigest()) if size else None, is_file=True)


def _may_ask() -> bool:
    return within(the_context(), "verify", request.remote_addr or "", PACE)


def _slow() -> ResponseReturnValue:
    return render_template("verify.html", answer="slow"), 429


def _said(facts: dict[str, Any] | None, **words: Any) -> ResponseReturnValue:
    if facts is None:
        return render_template("verify.html", answer="unknown", **words), 404
    return render_template("verify.html", answer="genuine", facts=facts, host=request.host, **words)


def _version(code: str) -> str | None:
    """Return the version that stands in a pasted address."""
    found = re.search(r"[?&]v=(\d+)", code)
    return found[1] if found else None
