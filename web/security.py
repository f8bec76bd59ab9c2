"""Who is asking, and what a browser may do: sessions, CSRF, content policy. The policy itself is `access.policy`.

Every request that may change something carries the session's CSRF token, as form field `csrf` or header `X-CSRF-Token`;
the token ends with the epoch of the rights that the page was made for, so a tab that was opened before a transfer is
told so (409) instead of acting with rights that are gone or new. A program comes with an access token (`access.tokens`)
instead of a session; it is no browser that another site could make send it, so it needs no CSRF token.
"""

import functools
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.middleware.proxy_fix import ProxyFix

from access import tokens
from access.accounts import actor_of_session
from access.facts import Actor
from foundation.context import Context
from web import keeping

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Strict content policy: nothing but our own server, no inline script or style."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
}
"""What every answer carries."""

TOKEN = "t"  # noqa: S105 - a name, not a secret
"""Where the cookie keeps the server-side session's token."""

PROGRAMS = ("/api/", "/uploads")
"""Where a program may come with an access token instead of a session."""
BEARER = "bearer "

SAFE = frozenset(["GET", "HEAD", "OPTIONS"])
"""Methods that change nothing."""

ENDED = "登录已到期。请重新登录，刚才填写的内容会带过来，不会丢失。"
STRANGER = "页面已过期或请求来历不明，未作任何改动。请返回上一页刷新后重试。"
MOVED = "您的职务或部门在打开这个页面之后有变动，未作任何改动。请刷新页面，核对后再办理。"


def install(app: Flask) -> None:
    """Check CSRF before every change and send the policy with every answer."""
    if layers := app.extensions["anjuan"].settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=layers, x_proto=layers, x_host=layers)  # type: ignore[method-assign]
    app.before_request(_load_actor)
    app.before_request(_check_csrf)
    app.after_request(_headers)
    app.context_processor(lambda: {"csrf": csrf_token(), "actor": g.get("actor"), "visitor": g.get("visitor")})


def the_context() -> Context:
    """Return the application's context."""
    context: Context = current_app.extensions["anjuan"]
    return context


def the_actor() -> Actor:
    """Return who is signed in; pages that call it are behind `signed_in`."""
    actor: Actor = g.actor
    return actor


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Send a visitor without a session to the sign-in page, and back afterwards; programs get 401."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if g.get("actor") is None:
            return _to_sign_in()
        return view(*args, **kwargs)

    return guarded


def _to_sign_in() -> Any:
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        abort(401, description="没有登录或登录已过期。请重新登录后再试。")
    # After signing in a change is not repeated by itself: what was typed waits until its person sends it once more.
    back = request.full_path.rstrip("?") if request.method in SAFE else "/"
    target = url_for("auth.sign_in", next=local_path(back))
    if request.method == "POST" and (text := keeping.keep()):
        return make_response(render_template("sign_in.html", next="/", kept=text, error=ENDED), 401)
    if request.headers.get("HX-Request"):
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = target
        return answer
    return redirect(target)


def csrf_token() -> str:
    """Return the session's CSRF token with the epoch of the rights at hand; made at first use."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return f"{session['csrf']}.{_epoch()}"


def _epoch() -> str:
    actor: Actor | None = g.get("actor")
    return actor.epoch if actor else ""


def local_path(target: str) -> str:
    r"""Return a path of this server, or `/`: `?next=//evil`, `/\evil` and `/<tab>/evil` lead nowhere else."""
    parts = urlsplit(target)
    odd = any(c.isspace() or not c.isprintable() or c == "\\" for c in target)
    safe = target.startswith("/") and not target.startswith("//") and not odd and not parts.netloc and not parts.scheme
    return target if safe else "/"


def _load_actor() -> None:
    if (secret := _bearer()) is not None:
        g.bearer = tokens.bearer_of(the_context(), secret, request.remote_addr or "")
        g.actor = g.bearer.actor if g.bearer else None
        if g.actor is None:
            abort(401, description="访问令牌不对，或已过期、已撤销。")
        return
    token = session.get(TOKEN) if request.endpoint != "static" else None
    g.actor = actor_of_session(the_context(), str(token)) if token else None


def _bearer() -> str | None:
    """Return the token that a program came with, None without one; it says nothing but at programs' doors."""
    sent = request.headers.get("Authorization", "")
    named = request.path.startswith(PROGRAMS) and sent[: len(BEARER)].lower() == BEARER
    return sent[len(BEARER) :].strip() if named else None


def _check_csrf() -> None:
    if request.method in SAFE or g.get("bearer"):
        return
    if request.path.startswith("/api/"):  # a browser's session changes nothing here, whatever token its page has
        abort(403 if TOKEN in session else 401, description="改动须以访问令牌提出（Authorization: Bearer …）。")
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf") or ""
    token, _, epoch = sent.rpartition(".")
    if not token or not secrets.compare_digest(token.encode("utf-8", "replace"), str(session.get("csrf", "")).encode()):
        abort(403, description=STRANGER)
    if g.actor is not None and epoch != g.actor.epoch:
        abort(409, description=MOVED)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.status_code == 401 and request.path.startswith(PROGRAMS):  # noqa: PLR2004 - the status itself
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    elif request.args.get("v") and response.status_code in (200, 304):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
