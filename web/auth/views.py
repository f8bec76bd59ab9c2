"""Sign in and out: the same answer for an unknown account and a wrong password."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from access import accounts
from foundation.errors import AnjuanError
from web.security import TOKEN, local_path, the_context

auth = Blueprint("auth", __name__)


@auth.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the form."""
    return render_template("sign_in.html", next=local_path(request.args.get("next", "/")))


@auth.post("/sign-in")
def sign_in_post() -> ResponseReturnValue:
    """Open a server-side session."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    target = local_path(request.form.get("next", "/"))
    try:
        token = accounts.sign_in(the_context(), login=login, password=password, address=request.remote_addr or "")
    except AnjuanError as error:
        return render_template("sign_in.html", next=target, login=login, error=error.message), 401
    session.clear()
    session[TOKEN] = token
    return redirect(target)


@auth.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and on the server."""
    if token := session.pop(TOKEN, None):
        accounts.sign_out(the_context(), token)
    session.clear()
    return redirect(url_for("auth.sign_in"))
