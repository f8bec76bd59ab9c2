"""Who is asking, and what a browser may do: sessions, CSRF, content policy. The policy itself is `access.policy`."""

import functools
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for

from access.accounts import actor_of_session
from access.facts import Actor
from foundation.context import Context

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Strict content policy: nothing but our own server, no inline script or style."""

TOKEN = "t"  # noqa: S105 - a name, not a secret
"""Where the cookie keeps the server-side session's token."""


def install(app: Flask) -> None:
    """Check CSRF before every change and send the policy with every answer."""
    app.before_request(_load_actor)
    app.before_request(_check_csrf)
    app.after_request(_headers)
    app.context_processor(lambda: {"csrf": csrf_token(), "actor": g.get("actor")})


def the_context() -> Context:
    """Return the application's context."""
    context: Context = current_app.extensions["anjuan"]
    return context


def the_actor() -> Actor:
    """Return who is signed in; pages that call it are behind `signed_in`."""
    actor: Actor = g.actor
    return actor


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Send a visitor without a session to the sign-in page, and back afterwards."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if g.get("actor") is None:
            return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
        return view(*args, **kwargs)

    return guarded


def csrf_token() -> str:
    """Return the session's CSRF token, made at first use."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def local_path(target: str) -> str:
    """Return a path of this server, or `/`: `?next=//evil` leads nowhere else."""
    parts = urlsplit(target.replace("\\", "/"))
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if safe else "/"


def _load_actor() -> None:
    token = session.get(TOKEN)
    g.actor = actor_of_session(the_context(), token) if token else None


def _check_csrf() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    sent = request.form.get("csrf") or request.headers.get("X-CSRF-Token") or ""
    if not secrets.compare_digest(sent.encode(), str(session.get("csrf", "")).encode()) or not sent:
        abort(403, description="页面已过期或请求来历不明，未作任何改动。请返回上一页刷新后重试。")


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response
