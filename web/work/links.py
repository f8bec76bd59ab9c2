"""Where the next act of a piece of work is done, and how long there is left; nothing is decided here."""

import datetime as dt
from dataclasses import dataclass

from flask import url_for

from casework.operations.work import Item, title_of
from foundation.clock import legal_date, local

ACTS = {
    "draft": "起草",
    "edit": "填写",
    "sign": "签署",
    "issue": "制发",
    "serve": "送达",
    "hand": "请当事人签收",
    "store": "上传",
    "file": "整理归档",
    "look": "查看",
}
KIND_ACTS = {"stale": "更新", "to_register": "登记"}
"""Kinds whose act has a word of its own."""
LOOKS = {"overdue": "bad", "clock": "bad", "returned": "bad", "to_sign": "wait", "due": "wait", "to_serve": "wait"}
DAY = dt.timedelta(days=1)
HOUR, MINUTE = 3600, 60


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the list."""

    item: Item
    title: str
    """Name of its kind."""
    look: str
    label: str
    url: str
    left: str
    """How long there is left; empty when nothing runs."""


def row_of(item: Item, now: dt.datetime) -> Row:
    """Return a piece of work as a line with one next act."""
    return Row(
        item=item,
        title=title_of(item.kind),
        look=LOOKS.get(item.kind, "mute"),
        label=label_of(item),
        url=url_of(item),
        left=left_of(item, now),
    )


PAGES = {
    "edit": ("drafting.edit", "document_id"),
    "sign": ("signing.page", "document_id"),
    "issue": ("signing.issue_form", "document_id"),
    "serve": ("serving.begin", "document_id"),
    "hand": ("signing.page", "document_id"),
    "store": ("recordings.recording", "recording_id"),
}
"""Act → page and the name of its id; the others are done on the case's page."""


def label_of(item: Item) -> str:
    """Return the verb of the next act."""
    return KIND_ACTS.get(item.kind, ACTS[item.act])


def url_of(item: Item) -> str:
    """Return the address of the next act."""
    case_id = item.case.id if item.case else ""
    if item.act == "draft":
        recording = item.recording_id or None
        return url_for("drafting.begin", case_id=case_id, type=item.type, recording_id=recording)
    if item.act in PAGES:
        page, name = PAGES[item.act]
        return url_for(page, **{name: getattr(item, name)})
    return url_for("filing.case" if item.act == "file" else "cases.case", case_id=case_id)


def left_of(item: Item, now: dt.datetime) -> str:
    """Return in words how long there is left, or for how long it is over."""
    if item.ends_at is None:
        return ""
    span = abs(item.ends_at - now)
    words = _span(span)
    if item.ends_at < now:
        return f"已超过{words}"
    if item.last_day is not None and span >= DAY:
        days = (item.last_day - legal_date(now)).days
        return f"还有{days}天（{item.last_day}止）"
    return f"还剩{words}（{local(item.ends_at):%m-%d %H:%M}止）"


def _span(span: dt.timedelta) -> str:
    if span >= DAY:
        return f"{span.days}天"
    hours, rest = divmod(int(span.total_seconds()), HOUR)
    return f"{hours}小时{rest // MINUTE}分" if hours else f"{max(1, rest // MINUTE)}分钟"
