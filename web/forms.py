"""Forms: what was typed, what is wrong with it, and the page again with both; a form that comes twice is done once.

A view that changes something reads:

    form = Form.posted()
    with form.attempt():
        case = cases.open_case(..., title=form.said("title"))
        return form.done(url_for("cases.case", case_id=case.id))
    return render_template("begin.html", form=form), form.status

Errors that a person can mend stay in the form (`KEPT`); others go on to the one handler. The macros of `form.html`
draw fields with their faults beside them.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from foundation import once
from foundation.errors import AnjuanError, BadInput, Conflict, Finding, Forbidden, Refused, Unavailable
from web.errors import status_of
from web.security import the_actor, the_context

KEPT = (BadInput, Refused, Conflict, Forbidden, Unavailable)
"""Errors that the form shows; the rest is the handler's."""

PART = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]")
"""One step of a name such as `items[2].amount`."""

ONCE = "once"
NOT_DATA = frozenset(["csrf", ONCE])


@dataclass(kw_only=True)
class Form:
    """What a person typed, and what became of it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """Posted texts by name; for a fresh form what it opens with."""
    error: AnjuanError | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    """A form that is sent twice with one token is done once."""
    _claim: once.Claim | None = None
    _settled: bool = False

    @classmethod
    def posted(cls) -> "Form":
        """Return the form of this request."""
        values = {k: v[0] if len(v) == 1 else v for k, v in request.form.lists() if k not in NOT_DATA}
        return cls(values=values, token=request.form.get(ONCE, "")[: once.LONGEST])

    def said(self, name: str) -> str:
        """Return the text of a field without spaces around it; the first one where several were sent."""
        value = self.values.get(name, "")
        return str(value[0] if isinstance(value, list) else value).strip()

    def all(self, name: str) -> list[str]:
        """Return all texts of a field (check boxes, lists)."""
        value = self.values.get(name, [])
        return [v.strip() for v in (value if isinstance(value, list) else [value]) if str(v).strip()]

    def tree(self, prefix: str = "") -> dict[str, Any]:
        """Return the texts as the operations want them: `items[0].amount` becomes a row of `items`."""
        out: dict[str, Any] = {}
        for name, value in self.values.items():
            if name.startswith(prefix):
                _place(out, name.removeprefix(prefix), value)
        return {k: _rows(v) for k, v in out.items()}

    def faults(self, name: str) -> list[Finding]:
        """Return what is wrong with a field."""
        return [f for f in self.findings if f.path == name]

    def loose(self, names: Sequence[str] = ()) -> list[Finding]:
        """Return the findings that no drawn field shows."""
        known = set(names) | set(self.values)
        return [f for f in self.findings if f.path not in known]

    @property
    def findings(self) -> Sequence[Finding]:
        """All faults."""
        return self.error.told() if self.error else ()

    @property
    def status(self) -> int:
        """HTTP status of the page that shows this form again."""
        return status_of(self.error) if self.error else 200

    def attempt(self) -> "Form":
        """Guard an operation: `with form.attempt(): …; return form.done(url)`; after it the form holds the error."""
        return self

    def __enter__(self) -> "Form":
        """Claim the form's token; one that was answered before is answered so again (`Done`)."""
        if self.token:
            self._claim = _claimed(self.token)
        if self._claim and self._claim.answer:
            raise Done(str(self._claim.answer["to"]))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None
    ) -> bool:
        """Keep an error that a person can mend."""
        if self._claim and not self._settled:
            once.release(the_context(), self._claim)
        if isinstance(error, KEPT):
            self.error = error
            return True
        return False

    def done(self, target: str) -> ResponseReturnValue:
        """Answer with the page to go to, and keep it for a second sending of this form."""
        if self._claim:
            once.settle(the_context(), self._claim, {"to": target})
            self._settled = True
        return redirect(target, code=303)


class Done(HTTPException):
    """A form that was sent before: its answer again."""

    def __init__(self, target: str) -> None:
        super().__init__(response=redirect(target, code=303))


def _claimed(token: str) -> once.Claim:
    said = "\n".join(f"{k}={v}" for k, values in sorted(request.form.lists()) for v in values if k not in NOT_DATA)
    digest = hashlib.sha256(f"{request.path}\n{said}".encode("utf-8", "replace")).hexdigest()
    try:
        return once.claim(the_context(), owner=the_actor().account_id, key=token, digest=digest)
    except BadInput as error:
        remedy = "已办的结果在列表中；如要再办一次，请打开新的表单填写。"
        raise Conflict("这份表单已经提交过，内容又有改动，未作任何改动。", remedy=remedy) from error


def _place(tree: dict[str, Any], name: str, value: Any) -> None:
    steps = list(_steps(name))
    if not steps:
        return
    at: dict[Any, Any] = tree
    for step in steps[:-1]:
        inner = at.setdefault(step, {})
        at = inner if isinstance(inner, dict) else {}
    at[steps[-1]] = value


def _steps(name: str) -> Iterator[str | int]:
    for word, number in PART.findall(name):
        yield int(number) if number else word


def _rows(value: Any) -> Any:
    """Turn `{0: …, 3: …}` into a list; rows in which nothing was typed are left out."""
    if not isinstance(value, dict):
        return value
    inner = {k: _rows(v) for k, v in value.items()}
    if inner and all(isinstance(k, int) for k in inner):
        return [inner[k] for k in sorted(inner) if not _is_blank(inner[k])]
    return inner


def _is_blank(row: Any) -> bool:
    return not any(str(v).strip() for v in row.values()) if isinstance(row, dict) else not str(row).strip()
