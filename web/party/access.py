"""Who a party's browser stands for, and what it may see: its pass is asked at every request, never a staff session."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flask import g, redirect, request, session, url_for

from archive.copy_requests import requests_of
from casework.operations import passes
from casework.operations.passes import Visitor
from web.lookup import Sight
from web.security import SAFE, local_path, the_context

PARTY_TOKEN = "p"  # noqa: S105 - a name, not a secret
"""Where the cookie keeps the token of a party's session."""


def the_visitor() -> Visitor:
    """Return the party that is signed in; pages that call it are behind `party_signed_in`."""
    visitor: Visitor = g.visitor
    return visitor


def party_signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Send a visitor without a party's session to the party's sign-in page, and back afterwards."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        token = session.get(PARTY_TOKEN)
        visitor = passes.visitor_of(the_context(), str(token)) if token else None
        if visitor is None:
            back = request.full_path.rstrip("?") if request.method in SAFE else url_for("own.home")
            return redirect(url_for("own.sign_in", next=local_path(back)))
        g.visitor, g.actor = visitor, visitor.actor
        return view(*args, **kwargs)

    return guarded


@contextlib.contextmanager
def own_sight() -> Iterator[Sight]:
    """Open one session with what was served on the party in its case, and the answers to its own requests."""
    ctx, visitor = the_context(), the_visitor()
    with ctx.database.read() as session_:
        seen = passes.sight_of(session_, visitor)
        asked = requests_of(session_, visitor.case_id, visitor.party_id)
        replies = {r.reply_id for r in asked if r.reply_id}
        viewer = replace(seen, served_ids=seen.served_ids | replies)
        yield Sight(ctx=ctx, session=session_, actor=visitor.actor, viewer=viewer)
