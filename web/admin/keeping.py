"""Calendar, settings, numbers, seal and devices of the office."""

from collections.abc import Iterator
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from access import accounts, agencies
from access.policy import Permission
from access.setting_rules import SettingRule, setting_rules
from casework import queries
from casework.operations import calendar_days, devices, keeping
from casework.operations import numbers as holds
from foundation.errors import BadInput, NotFound
from generator.seals import seal_of
from web.admin.blueprint import admin, day_of, day_or_none, show, today
from web.forms import Form
from web.lookup import require
from web.paging import Paging, page_number, page_url
from web.security import signed_in, the_actor, the_context

SIZE = 50
YEARS = (2004, 2099)
KINDS = ("执法记录仪", "照相机", "摄像机", "录音笔", "手机", "固定监控", "无人机")
GROUPS = (
    ("单位", ("name", "short_name", "fonds_no", "contact", "address", "supervision_phone", "county_government")),
    ("告知", ("reconsideration_body", "court", "bank", "head", "head_post", "delegation_basis", "entrusting_agency")),
    ("权限", "powers."),
    ("程序", ("av.", "legal_review.", "collective.", "hearing.", "summary.", "defence.", "complaint.", "supplement.")),
    ("档案", ("volume.", "retention.", "archive.")),
    ("公开和复制", ("copies.", "party.")),
    ("编号", ("numbering.", "case_number.")),
)
"""Headings of the settings page; what begins with none of these words comes last."""


# --- calendar ---


@admin.get("/calendar")
@signed_in
def calendar() -> ResponseReturnValue:
    """Show a year's days that are otherwise than the week has them."""
    return _calendar_page(Form())


def _calendar_page(form: Form) -> str:
    require(Permission.CALENDAR_MANAGE)
    said = request.args.get("year", "")
    year = int(said) if said.isascii() and said.isdigit() and YEARS[0] <= int(said[:4]) <= YEARS[1] else today().year
    found = calendar_days.year_of(the_context(), the_actor(), year)
    return show("admin_calendar.html", "calendar", form=form, year=found, weekdays="一二三四五六日")


@admin.post("/calendar/days")
@signed_in
def set_day() -> ResponseReturnValue:
    """Enter or correct one day."""
    form = Form.posted()
    with form.attempt():
        day, working = day_of(form, "day", "日期"), form.said("working") == "1"
        moved = calendar_days.set_day(the_context(), the_actor(), day=day, working=working, name=form.said("name"))
        flash(f"已保存。{f'有{moved}个正在计算的期限随之变动。' if moved else ''}", "success")
        return form.done(url_for("admin.calendar", year=day.year))
    return _calendar_page(form), form.status


@admin.post("/calendar/years/<int:year>")
@signed_in
def confirm_year(year: int) -> ResponseReturnValue:
    """Say that a year is entered whole."""
    form = Form.posted()
    with form.attempt():
        moved = calendar_days.confirm_year(the_context(), the_actor(), year=year, source=form.said("source"))
        flash(f"{year}年的节假日已确认，{moved}个期限由暂定转为确定。", "success")
        return form.done(url_for("admin.calendar", year=year))
    return _calendar_page(form), form.status


# --- settings ---


@admin.get("/settings")
@signed_in
def settings() -> ResponseReturnValue:
    """Show every setting with its article and the value in force."""
    require(Permission.SETTING_MANAGE)
    ctx, actor = the_context(), the_actor()
    with ctx.database.read() as session:
        values = agencies.settings_on(session, actor.agency_id, today())
    groups: dict[str, list[tuple[SettingRule, str]]] = {title: [] for title, _ in (*GROUPS, ("其他", ""))}
    for rule in setting_rules().values():
        title = next((t for t, words in GROUPS if rule.key.startswith(words)), "其他")
        groups[title].append((rule, shown(rule, values[rule.key])))
    return show("admin_settings.html", "settings", groups=groups)


@admin.get("/settings/<key>")
@signed_in
def setting(key: str) -> ResponseReturnValue:
    """Show one setting with its history, and the form for its next value."""
    return _setting_page(_rule(key), None)


@admin.post("/settings/<key>")
@signed_in
def change_setting(key: str) -> ResponseReturnValue:
    """Let a value hold from a day on."""
    rule, form = _rule(key), Form.posted()
    with form.attempt():
        keeping.change_setting(
            the_context(),
            the_actor(),
            key=key,
            value=_value(rule, form),
            valid_from=day_of(form, "valid_from", "生效日期"),
            basis=form.said("basis"),
        )
        flash("设置已保存。", "success")
        return form.done(url_for("admin.setting", key=key))
    return _setting_page(rule, form), form.status


def _rule(key: str) -> SettingRule:
    require(Permission.SETTING_MANAGE)
    rule = setting_rules().get(key)
    if rule is None:
        raise NotFound("没有这项设置。", remedy="在设置页面选择。")
    return rule


def _setting_page(rule: SettingRule, form: Form | None) -> str:
    ctx, actor = the_context(), the_actor()
    with ctx.database.read() as session:
        value = agencies.settings_on(session, actor.agency_id, today())[rule.key]
        history = agencies.setting_history(session, actor.agency_id, rule.key)
        names = accounts.names_of(session, {h.set_by for h in history if h.set_by})
    fresh = Form(values={"value": _typed(rule, value), "valid_from": today().isoformat()})
    rows = [(h, shown(rule, h.value), names.get(h.set_by, "系统")) for h in history]
    return show("admin_setting.html", "settings", rule=rule, form=form or fresh, now=shown(rule, value), rows=rows)


def shown(rule: SettingRule, value: Any) -> str:
    """Return a value as people read it."""
    if rule.kind == "power":
        return f"已启用（{value['basis']}）" if value else "未启用"
    if rule.kind == "flag":
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{k} → {v}" for k, v in sorted(value.items())) or "（空）"
    return "、".join(value) if isinstance(value, list) else str(value if value not in ("", None) else "（空）")


def _typed(rule: SettingRule, value: Any) -> Any:
    if rule.kind == "map":
        return "\n".join(f"{k}={v}" for k, v in sorted(value.items()))
    if rule.kind in ("power", "flag"):
        return "1" if value else ""
    return value if isinstance(value, list) else str(value)


def _value(rule: SettingRule, form: Form) -> Any:
    """Read what a form says of a setting, by its kind."""
    said = form.said("value")
    if rule.kind in ("power", "flag"):
        return said == "1"
    if rule.kind == "list":
        return form.all("value")
    if rule.kind == "map":
        return dict(_pair(line) for line in said.splitlines() if line.strip())
    if rule.kind in ("number", "days"):
        return int(said) if said.isascii() and said.removeprefix("-").isdigit() and len(said) <= 12 else said  # noqa: PLR2004 - digits
    return said


def _pair(line: str) -> tuple[str, str]:
    name, sign, word = (part.strip() for part in line.partition("="))
    if not sign or not name:
        raise BadInput(f"“{line.strip()[:40]}”不是“名称=选项”。", remedy="每行写一项。", path="value")
    return name, word


# --- numbers and seal ---


@admin.get("/numbers")
@signed_in
def numbers() -> ResponseReturnValue:
    """Show the series of numbers."""
    return _numbers_page(Form())


def _numbers_page(form: Form) -> str:
    rows = keeping.series(the_context(), the_actor())
    held, _ = holds.series_of(the_context(), the_actor())
    return show("admin_numbers.html", "numbers", form=form, rows=rows, held=held, name=keeping.series_name)


@admin.post("/numbers/release")
@signed_in
def release_numbers() -> ResponseReturnValue:
    """Let numbering go on after a restore, from the numbers that were really the last."""
    form = Form.posted()
    with form.attempt():
        told = holds.release(the_context(), the_actor(), dict(_lasts(form)))
        flash(f"编号继续。{''.join(told)}", "success")
        return form.done(url_for("admin.numbers"))
    return _numbers_page(form), form.status


def _lasts(form: Form) -> Iterator[tuple[tuple[str, str], int]]:
    for path in form.values:
        character, _, period = path.partition(":")
        if period:
            said = form.said(path)
            if not (said.isascii() and said.isdigit() and len(said) < 10):  # noqa: PLR2004 - digits
                raise BadInput("最后一号应为整数。", remedy="核对最后一份文书的编号。", path=path)
            yield (character, period), int(said)


@admin.get("/numbers/<character>/<period>")
@signed_in
def ledger(character: str, period: str) -> ResponseReturnValue:
    """Show one series with every number."""
    found, page = keeping.ledger(the_context(), the_actor(), character, period), page_number()
    size = 4 * SIZE
    return show(
        "admin_ledger.html",
        "numbers",
        ledger=found,
        rows=found.numbers[(page - 1) * size : page * size],
        name=keeping.series_name(character),
        paging=Paging(page=page, size=size, total=len(found.numbers)),
        page_url=page_url(),
    )


@admin.get("/seals")
@signed_in
def seals() -> ResponseReturnValue:
    """Show the seal and its uses."""
    page = page_number()
    log = keeping.seal_log(the_context(), the_actor(), number=page, size=SIZE)
    seal = seal_of(the_context(), the_actor())
    paging = Paging(page=page, size=SIZE, total=log.total)
    return show("admin_seals.html", "seals", seal=seal, log=log, paging=paging, page_url=page_url())


# --- devices ---


@admin.get("/devices")
@signed_in
def show_devices() -> ResponseReturnValue:
    """Show the register of devices."""
    return _devices_page(Form(values={"in_service": today().isoformat()}))


def _devices_page(form: Form, doing: str = "register") -> str:
    require(Permission.DEVICE_REGISTER)
    ctx = the_context()
    with ctx.database.read() as session:
        rows = queries.devices(session, the_actor().agency_id)
    return show("admin_devices.html", "devices", form=form, rows=rows, kinds=KINDS, doing=doing)


@admin.post("/devices")
@signed_in
def register_device() -> ResponseReturnValue:
    """Write a device into the register."""
    form = Form.posted()
    with form.attempt():
        devices.register_device(
            the_context(),
            the_actor(),
            device_no=form.said("device_no"),
            kind=form.said("kind"),
            holder=form.said("holder"),
            department=form.said("department"),
            use=form.said("use"),
            in_service=day_of(form, "in_service", "启用日期"),
            out_of_service=day_or_none(form, "out_of_service", "停用日期"),
        )
        flash("设备已登记。", "success")
        return form.done(url_for("admin.show_devices"))
    return _devices_page(form), form.status


@admin.post("/devices/retire")
@signed_in
def retire_device() -> ResponseReturnValue:
    """Take a device out of service."""
    form = Form.posted()
    with form.attempt():
        last = day_of(form, "out_of_service", "停用日期")
        devices.retire_device(the_context(), the_actor(), device_no=form.said("device_no"), out_of_service=last)
        flash("设备已停用。", "success")
        return form.done(url_for("admin.show_devices"))
    return _devices_page(form, "retire"), form.status
