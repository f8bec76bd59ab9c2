"""What a person typed stays when their session has ended meanwhile: it waits in the sign-in form and is sent once more.

The fields travel inside the page alone, signed, so that nobody else can put words into a form; nothing is done before
the person, signed in again, says so. Files cannot be kept by a page: who sent some is told to choose them again.
"""

from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

LARGEST = 400_000
"""Characters of a form that a page keeps."""
LONGEST = 8 * 3600
"""Seconds for which it may be sent again."""
LEFT_OUT = frozenset(["csrf", "password"])


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A form that waits to be sent again."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: bool
    """Files were with it: they must be chosen again."""


def keep() -> str:
    """Return the form of this request as signed text; empty when there is nothing to keep, or too much."""
    fields = [[k, v] for k, values in request.form.lists() for v in values if k not in LEFT_OUT]
    if not fields or sum(len(k) + len(v) for k, v in fields) > LARGEST:
        return ""
    files = any(f.filename for f in request.files.values())
    return str(_signer().dumps([request.full_path.rstrip("?"), fields, files]))


def kept(text: str) -> Kept | None:
    """Return a form that `keep` wrote; None when it was not written here, or is too old."""
    try:
        path, fields, files = _signer().loads(text, max_age=LONGEST)
    except BadData:
        return None
    return Kept(path=path, fields=tuple((k, v) for k, v in fields), files=files)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept")
