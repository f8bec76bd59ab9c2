"""One's own access tokens: made, shown once, ended. What a token may do is chosen of what its owner may do."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from access import tokens as operations
from access.facts import TokenFacts
from access.permissions import Permission
from foundation.errors import BadInput
from web.forms import Form
from web.security import signed_in, the_actor, the_context

tokens = Blueprint("tokens", __name__)

SCOPES: Mapping[Permission, str] = {
    Permission.CASE_READ: "查看案件、期限",
    Permission.CASE_OPEN: "开始案件",
    Permission.CASE_CHANGE: "案件增加当事人",
    Permission.PARTY_READ: "查看当事人名册",
    Permission.PARTY_REGISTER: "登记、变更当事人",
    Permission.DOCUMENT_READ: "查看文书、取走文件",
    Permission.DOCUMENT_DRAFT: "起草文书",
    Permission.DOCUMENT_REVISE: "修改草稿",
    Permission.DOCUMENT_SIGN: "签署",
    Permission.DOCUMENT_RETURN: "退回文书",
    Permission.DOCUMENT_ISSUE: "制发文书",
    Permission.RECORDING_READ: "查看音像、取走原件",
    Permission.RECORDING_ADD: "上传音像",
    Permission.SERVICE_RECORD: "办理送达",
    Permission.SEARCH: "检索",
    Permission.PACKAGE_READ: "查看档案包",
}
"""What a token can be for: the permissions that the interface asks (tests compare)."""
DAYS = (("7", "7天"), ("30", "30天"), ("90", "90天"), ("365", "一年"))


@tokens.get("/account/tokens")
@signed_in
def index() -> ResponseReturnValue:
    """Show one's tokens, and the form for a new one."""
    return _page(Form())


@tokens.post("/account/tokens")
@signed_in
def make() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    form = Form.posted()
    with form.attempt():
        days, scopes = _days(form), form.all("scopes")
        _, secret = operations.make(the_context(), the_actor(), name=form.said("name"), scopes=scopes, days=days)
        form.done(url_for("tokens.index"))
        return _page(Form(), secret)
    return _page(form), form.status


@tokens.post("/account/tokens/<token_id>/revoke")
@signed_in
def revoke(token_id: str) -> ResponseReturnValue:
    """End a token."""
    operations.revoke(the_context(), the_actor(), token_id)
    flash("访问令牌已撤销。", "success")
    return redirect(url_for("tokens.index"), code=303)


def _days(form: Form) -> int:
    said = form.said("days")
    if said not in dict(DAYS):
        raise BadInput("没有选择有效期。", remedy="选择一个有效期。", path="days")
    return int(said)


def _page(form: Form, secret: str = "") -> str:
    ctx, actor = the_context(), the_actor()
    with ctx.database.read() as session:
        found = operations.tokens_of(session, actor.account_id)
    held = operations.offered(actor)
    return render_template(
        "tokens.html",
        form=form,
        secret=secret,
        rows=[(t, _state(t)) for t in found],
        scopes=[(p.value, name) for p, name in SCOPES.items() if p in held],
        words={p.value: name for p, name in SCOPES.items()},
        days=DAYS,
    )


def _state(token: TokenFacts) -> str:
    if token.revoked_at is not None:
        return "已撤销"
    return "有效" if token.is_valid_at(the_context().clock.now()) else "已过期"
