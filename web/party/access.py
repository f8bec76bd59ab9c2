"""Who a party's browser stands for, and what it may see: its pass is asked at every request, never a staff session."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flask import g, redirect, render_template, request, session, url_for

from archive.copy_requests import requests_of
from casework.operations import passes
from casework.operations.passes import Visitor
from web.forms import NOT_DATA
from web.lookup import Sight
from web.security import SAFE, local_path, the_context

PARTY_TOKEN = "p"  # noqa: S105 - a name, not a secret
"""Where the cookie keeps the token of a party's session."""


OVER = "登录已过期，所填内容已经保留。请重新登录后核对提交；已选的文件需要重新选择。"
OVER_PLAIN = "登录已过期，未作任何改动。请重新登录。"
KEPT = "kept."
"""Before the names of fields that the sign-in page carries over."""


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
        if visitor is None and request.method not in SAFE:
            return sign_in_again(), 401
        if visitor is None:
            return redirect(url_for("own.sign_in", next=local_path(request.full_path.rstrip("?"))))
        g.visitor, g.actor = visitor, visitor.actor
        return view(*args, **kwargs)

    return guarded


def sign_in_again() -> str:
    """Return the sign-in page for a form whose session was over: it keeps what was typed, to be shown again."""
    back = request.path if request.endpoint == "asking.ask" else url_for("own.home")
    typed = [(k, v) for k, values in request.form.lists() for v in values if k not in NOT_DATA]
    kept = typed if request.endpoint == "asking.ask" else []
    return render_template("own_sign_in.html", next=back, kept=kept, error=OVER if kept else OVER_PLAIN)


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
