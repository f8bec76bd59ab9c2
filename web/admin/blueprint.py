"""The administrator's area, what its pages share, and how its forms read days."""

import datetime as dt
from typing import Any

from flask import Blueprint, render_template

from foundation.clock import legal_date
from foundation.errors import BadInput
from web.forms import Form
from web.security import the_context

admin = Blueprint("admin", __name__, url_prefix="/admin")

TABS = (
    ("index", "概况"),
    ("people", "人员和账号"),
    ("sessions", "登录"),
    ("calendar", "节假日"),
    ("settings", "单位设置"),
    ("numbers", "编号"),
    ("seals", "印章"),
    ("devices", "设备"),
    ("backups", "备份"),
    ("journal", "管理日志"),
)


def show(template: str, tab: str, **more: Any) -> str:
    """Render a page of the area."""
    return render_template(template, area="admin", tab=tab, tabs=TABS, today=today(), **more)


def today() -> dt.date:
    """Return the clock's legal date."""
    return legal_date(the_context().clock.now())


def day_of(form: Form, name: str, label: str) -> dt.date:
    """Return a day that a form must name.

    Raises:
        BadInput: It is missing or no day.
    """
    found = day_or_none(form, name, label)
    if found is None:
        raise BadInput(f"没有填写{label}。", remedy=f"选择{label}。", path=name)
    return found


def day_or_none(form: Form, name: str, label: str) -> dt.date | None:
    """Return a day that a form may name.

    Raises:
        BadInput: It is no day.
    """
    said = form.said(name)
    if not said:
        return None
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        raise BadInput(f"{label}不是日期。", remedy="写作 2026-01-06。", path=name) from None
