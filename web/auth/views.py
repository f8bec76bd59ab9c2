"""Sign in and out, and one's own account: the same answer for an unknown account and a wrong password."""

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from access import accounts
from access.policy import Permission, may_anywhere
from access.rulebook import rulebook
from foundation.errors import BadInput, Forbidden
from web.keeping import kept
from web.security import TOKEN, local_path, signed_in, the_actor, the_context

auth = Blueprint("auth", __name__)


@auth.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the form."""
    return render_template("sign_in.html", next=local_path(request.args.get("next", "/")))


@auth.post("/sign-in")
def sign_in_post() -> ResponseReturnValue:
    """Open a server-side session; what the browser held before is forgotten."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    target = local_path(request.form.get("next", "/"))
    try:
        token = accounts.sign_in(the_context(), login=login, password=password, address=request.remote_addr or "")
    except accounts.TooSoon as error:
        return _again(error, 429, target, login, wait=error.seconds)
    except Forbidden as error:
        return _again(error, 401, target, login)
    session.clear()
    session[TOKEN] = token
    if form := kept(request.form.get("kept", "")):
        g.actor = accounts.actor_of_session(the_context(), str(token))
        return render_template("resume.html", kept=form, path=local_path(form.path))
    return redirect(_landing(str(token)) if target == "/" else target, code=303)


def _landing(token: str) -> str:
    """Return where somebody begins who did not say where: at their work, the office that they keep, or the cases."""
    actor = accounts.actor_of_session(the_context(), token)
    works = actor is not None and may_anywhere(actor, Permission.DOCUMENT_SIGN)
    keeps = actor is not None and may_anywhere(actor, Permission.ACCOUNT_MANAGE)
    return url_for("work.index" if works else "admin.index" if keeps else "cases.index")


def _again(
    error: accounts.TooSoon | Forbidden, status: int, target: str, login: str, *, wait: int = 0
) -> ResponseReturnValue:
    words = {"login": login, "kept": request.form.get("kept", ""), "error": f"{error.message}{error.remedy}"}
    page = render_template("sign_in.html", next=target, **words)
    answer = make_response(page, status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


@auth.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and on the server."""
    if token := session.pop(TOKEN, None):
        accounts.sign_out(the_context(), str(token))
    session.clear()
    return redirect(url_for("auth.sign_in"), code=303)


@auth.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Show who one is here: posts and what they give."""
    return _account_page()


@auth.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; every session ends, and one signs in anew."""
    form = request.form
    try:
        _require_same(form.get("new", ""), form.get("again", ""))
        accounts.change_password(the_context(), the_actor(), old=form.get("old", ""), new=form.get("new", ""))
    except BadInput as error:
        return make_response(_account_page(error=error), 422)
    session.clear()
    flash("口令已更换，所有设备上的登录都已结束。请用新口令登录。", "success")
    return redirect(url_for("auth.sign_in"), code=303)


def _require_same(new: str, again: str) -> None:
    if new != again:
        raise BadInput("两次填写的新口令不一致。", remedy="重新填写。", path="again")


def _account_page(error: BadInput | None = None) -> str:
    actor = the_actor()
    roles = [
        {"title": role.title, "source": role.source} for r in sorted(actor.roles) if (role := rulebook().roles.get(r))
    ]
    return render_template("account.html", roles=roles, departments=sorted(actor.departments), error=error)
