"""Health of calendar and numbering: are the holidays known, are numbers given? (probes, see `foundation.health`)."""

import sqlalchemy as sa

from casework.calendar import national
from casework.models import NumberHoldRow
from foundation.clock import legal_date
from foundation.context import Context
from foundation.health import Found, good, probe, warn

NOVEMBER = 11
"""The State Council gives notice of the next year's holidays in November."""


@probe("calendar", "节假日安排")
def calendar(ctx: Context) -> Found:
    """Look whether working days can be counted this year, and from November on in the next one too."""
    today = legal_date(ctx.clock.now())
    known = national().national_years
    wanted = {today.year} | ({today.year + 1} if today.month >= NOVEMBER else set())
    if missing := sorted(wanted - known):
        years = "、".join(f"{y}年" for y in missing)
        remedy = "国务院办公厅通知发布后由系统管理员录入该年的放假和调休日。"
        return warn(f"{years}的节假日安排尚未载入，该年的工作日期限为暂定。", remedy)
    return good(f"已载入至 {max(known)} 年")


@probe("numbers", "编号")
def numbers(ctx: Context) -> Found:
    """Look whether numbering stands still after a restore."""
    with ctx.database.read() as session:
        held = session.scalar(sa.select(sa.func.count()).select_from(NumberHoldRow))
    if held:
        remedy = "由系统管理员核对各序列的最后一号：flask numbers --as 账号 --last 罚:2026=17 --confirm。"
        return warn("恢复备份后暂停编号，等待核对。", remedy)
    return good("正常")
