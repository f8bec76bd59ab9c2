"""Health of the calendar: are the holidays of this year and the next known? (probe, see `foundation.health`)."""

from casework.calendar import national
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
