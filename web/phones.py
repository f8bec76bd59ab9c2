"""Who sends recordings: somebody who is signed in, or a phone that somebody let into one case (`access.phones`).

A phone has no session: every page but those of its case answers it like a stranger. What it does is done in the name
and with the rights of whoever let it in, as they are at that moment.
"""

from flask import abort, flash, g, redirect, request, session, url_for

from access import phones
from access.facts import Actor
from access.phones import Guest
from access.policy import absent
from web.security import the_context

KEY = "phone"
"""Where the cookie keeps a phone's token."""
ENDED = "没有登录，或手机的连接已结束。请重新登录，或在电脑上重新打开二维码；已传的部分都在。"


def the_guest() -> Guest | None:
    """Return the phone that asks, None when somebody is signed in or nobody let it in."""
    if g.get("actor") is not None or not session.get(KEY):
        return None
    if "guest" not in g:
        g.guest = phones.guest_of(the_context(), str(session[KEY]))
    guest: Guest | None = g.guest
    return guest


def the_sender(case_id: str = "") -> Actor:
    """Return in whose name something is sent; a phone sends to its own case alone.

    Raises:
        HTTPException: Nobody is signed in and no phone is let in: people are led to sign in, programs get 401.
        NotFound: The phone is let into another case.
    """
    if g.get("actor") is not None:
        actor: Actor = g.actor
        return actor
    guest = the_guest()
    if guest is None:
        if request.method == "GET" and request.accept_mimetypes.best != "application/json":
            if session.pop(KEY, None):
                flash(ENDED, "warning")
            abort(redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?"))))
        abort(401, description=ENDED)
    if case_id and case_id != guest.case_id:
        raise absent("case")
    return guest.actor
