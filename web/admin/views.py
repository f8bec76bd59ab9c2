"""What stands well and what waits; backups; the administrator's journal."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from access import accounts, agencies, backups, certificates, watching
from access.policy import Permission
from access.rulebook import rulebook
from access.setting_rules import setting_rules
from casework.operations import calendar_days
from foundation import journal as journals
from foundation.job_kinds import KINDS as JOBS
from foundation.journal import Event
from web.admin import keeping, people
from web.admin.blueprint import admin, show, today
from web.lookup import require
from web.paging import Paging, page_number, page_url
from web.security import signed_in, the_actor, the_context

__all__ = ["PARTS", "SENTENCES", "admin"]

PARTS = (keeping, people)
"""Modules whose pages belong to the area once they are imported."""
SIZE = 100
SENTENCES: Mapping[str, str] = {
    "account.added": "新建账号",
    "account.disabled": "停用账号",
    "account.enabled": "恢复账号",
    "account.password_set": "设置口令",
    "agency.created": "建立单位",
    "appointment.ended": "终止任职",
    "appointment.made": "任职",
    "backup.asked": "备份任务",
    "calendar.day_set": "修改节假日",
    "calendar.year_confirmed": "确认年度节假日",
    "certificate.renewed": "换发执法证",
    "delegation.ended": "终止授权代签",
    "delegation.given": "授权代签",
    "device.registered": "登记设备",
    "device.retired": "停用设备",
    "number.freed": "编号退回",
    "number.reserved": "编号取用",
    "number.voided": "编号作废",
    "numbers.carried": "编号越过",
    "numbers.released": "恢复编号",
    "oversight.given": "纳入监督",
    "person.added": "登记人员",
    "session.ended": "退出登录",
    "sessions.ended": "结束登录",
    "setting.changed": "修改设置",
    "sign_in.failed": "登录失败",
    "sign_in.succeeded": "登录",
    "token.made": "建立访问令牌",
    "token.revoked": "撤销访问令牌",
}
"""What happened, by kind of event; kinds that are not named here belong to others and are left out."""


@admin.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show what waits for the administrator."""
    ctx, actor = the_context(), the_actor()
    found = watching.members(ctx, actor)
    with ctx.database.read() as session:
        soon = certificates.expiring(session, actor.agency_id, today())
        values = agencies.settings_on(session, actor.agency_id, today())
    years = [calendar_days.year_of(ctx, actor, today().year + n) for n in (0, 1)]
    kept = backups.kept(ctx, actor)
    return show(
        "admin_index.html",
        "index",
        members=found,
        expiring=soon,
        years=years,
        sessions=watching.open_sessions(ctx, actor),
        empty=[r for r in setting_rules().values() if r.kind == "text" and r.required and not values[r.key]],
        backup=kept[0] if kept else None,
        age=(ctx.clock.now() - kept[0].made_at).days if kept else None,
    )


@admin.get("/backups")
@signed_in
def show_backups() -> ResponseReturnValue:
    """Show the backups and the work on them."""
    ctx, actor = the_context(), the_actor()
    jobs, rows = backups.asked(ctx, actor), backups.kept(ctx, actor)
    return show("admin_backups.html", "backups", rows=rows, jobs=jobs, is_busy=any(not j.is_over for j in jobs))


@admin.post("/backups")
@signed_in
def ask_backup() -> ResponseReturnValue:
    """Ask for a backup, a check or a drill."""
    kind = request.form.get("kind", "")
    backups.ask(the_context(), the_actor(), kind, request.form.get("name", ""))
    flash(f"已交给后台：{JOBS[kind].title}。", "success")
    return redirect(url_for("admin.show_backups"), code=303)


@admin.post("/backups/jobs/<job_id>/retry")
@signed_in
def retry_backup(job_id: str) -> ResponseReturnValue:
    """Ask for a parked job again."""
    backups.retry(the_context(), the_actor(), job_id)
    return redirect(url_for("admin.show_backups"), code=303)


@admin.get("/journal")
@signed_in
def journal() -> ResponseReturnValue:
    """Show what was changed in the office, by whom, with its place in the chain."""
    require(Permission.JOURNAL_READ)
    ctx, actor, page = the_context(), the_actor(), page_number()
    with ctx.database.read() as session:
        events = [e for e in journals.events(session, f"agency:{actor.agency_id}") if e.kind in SENTENCES]
        shown = events[::-1][(page - 1) * SIZE : page * SIZE]
        names = accounts.names_of(session, {e.actor for e in shown} | {str(e.data.get("account", "")) for e in shown})
        meant = {str(e.data["person"]) for e in shown if "person" in e.data}
        people = {one: accounts.person(session, one, today()).name for one in meant}
    rows = [(e, SENTENCES[e.kind], names.get(e.actor, "系统"), _about(e, {**names, **people})) for e in shown]
    paging = Paging(page=page, size=SIZE, total=len(events))
    return show("admin_journal.html", "journal", rows=rows, paging=paging, page_url=page_url())


def _about(event: Event, names: Mapping[str, str]) -> str:
    """Return what an event says: of whom, names of settings, roles, days, numbers of a series."""
    told: Mapping[str, Any] = event.data
    whom = [names[str(told[n])] for n in ("person", "account") if str(told.get(n)) in names]
    words = [str(told[n]) for n in ("key", "day", "year", "name", "device_no", "character", "n", "backup") if n in told]
    roles = [rulebook().title(r) for r in [*told.get("roles", []), *([told["role"]] if "role" in told else [])]]
    return " ".join(dict.fromkeys([*whom, *roles, *words]))
