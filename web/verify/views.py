"""The public page that says whether a paper is genuine: the page's code, version and digest must agree.

No personal data. Every miss is answered alike, whether the id is unknown, the paper not issued or the digest another:
nothing can be enumerated (I1).
"""

import hmac
import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import agencies
from casework import queries
from casework.approvals import STATUS_NAMES
from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE
from foundation.errors import NotFound
from web.limits import within
from web.security import the_context

verify = Blueprint("verify", __name__)

LEAST_DIGITS = 12
"""Digits of the digest that must be given: 48 bits cannot be guessed at this page's pace."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GENUINE = DONE | {Status.REPLACED}
"""States of papers that were issued."""


@verify.get("/verify")
def page() -> ResponseReturnValue:
    """Show the form, or go on to the answer."""
    code = request.args.get("code", "").strip().lower()
    digest = request.args.get("digest", "").strip().lower()
    if not code and not digest:
        return render_template("verify.html")
    found = ID.search(code)
    return redirect(url_for("verify.answer", document_id=found[0] if found else "0", d=digest, v=_version(code)))


@verify.get("/v/<document_id>")
def answer(document_id: str) -> ResponseReturnValue:
    """Say whether the paper with this code, version and digest is genuine."""
    if not within("verify", request.remote_addr or ""):
        return render_template("verify.html", answer="slow"), 429
    digest, version = request.args.get("d", "").lower(), request.args.get("v", "")
    facts = _facts(document_id.lower(), digest, version)
    words = {"code": document_id if len(document_id) > 1 else "", "digest": digest}
    if facts is None:
        return render_template("verify.html", answer="unknown", **words), 404
    return render_template("verify.html", answer="genuine", facts=facts, host=request.host, **words)


def _facts(document_id: str, digest: str, version: str) -> dict[str, Any] | None:
    if not ID.fullmatch(document_id) or not re.fullmatch(rf"[0-9a-f]{{{LEAST_DIGITS},64}}", digest):
        return None
    with the_context().database.read() as session:
        try:
            document = queries.document_facts(session, document_id)
        except NotFound:
            return None
        if not _agrees(document, digest, version):
            return None
        day = document.issue_date or document.issued_at.date()  # type: ignore[union-attr]  # issued papers have an instant
        agency = agencies.settings_on(session, document.agency_id, day)["name"]
    return {
        "title": document.title,
        "agency": agency,
        "issue_date": document.issue_date,
        "status": STATUS_NAMES[document.status],
        "version": document.version,
        "digest": document.content_digest,
    }


def _agrees(document: DocumentFacts, digest: str, version: str) -> bool:
    same = hmac.compare_digest(document.content_digest[: len(digest)], digest)
    return same and document.status in GENUINE and version in ("", str(document.version))


def _version(code: str) -> str | None:
    """Return the version that stands in a pasted address."""
    found = re.search(r"[?&]v=(\d+)", code)
    return found[1] if found else None
