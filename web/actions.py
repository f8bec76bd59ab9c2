"""What a person may do next with a thing: a button, or why it is not possible, by which article, and who can help."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.errors import Finding


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do; drawn by `actions` of `form.html`."""

    label: str
    url: str
    method: str = "get"
    """`post` is a form with one button; `get` leads to a page."""
    look: str = "outline-secondary"
    """Bootstrap's button: `primary` for the one next step, `outline-danger` for what cannot be undone."""
    ask: str = ""
    """Question before it is done, empty when none is needed."""
    against: Sequence[Finding] = ()
    """What stands against it; then it is no button but the answer to “为什么不能？”."""
