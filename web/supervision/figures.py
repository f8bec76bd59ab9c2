"""Figures by year: bars drawn by the server with a table beside, the list behind each bar, both as CSV."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casework.operations import figures as operations
from casework.operations.figures import Bar, Figure
from foundation.clock import legal_date
from web import csv_files
from web.security import signed_in, the_actor, the_context

figures = Blueprint("figures", __name__)

YEARS = (2000, 2099)
WIDTH, ROW, LABEL = 400, 30, 142
"""Pixels of a drawing, of a bar's row, and for its label."""
FIGURE = 96
"""Pixels for the figure behind a bar."""
FULL = 100
MOST_LABEL = 10
"""Signs of a label that are drawn; the table has all."""
COVERED = "少于5"


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A bar as it is drawn."""

    bar: Bar
    label: str
    y: int
    width: int
    told: str


@figures.get("/figures")
@signed_in
def index() -> ResponseReturnValue:
    """Show the figures of a year."""
    year = _year()
    sheet = operations.sheet(the_context(), the_actor(), year)
    drawn = [(f, draw(f), ROW * len(f.bars) + 4) for f in sheet.figures]
    return render_template(
        "figures.html",
        area="figures",
        sheet=sheet,
        drawn=drawn,
        this_year=_today_year(),
        WIDTH=WIDTH,
        LABEL=LABEL,
        told=told,
    )


@figures.get("/figures/<figure>/<path:key>")
@signed_in
def behind(figure: str, key: str) -> ResponseReturnValue:
    """Show the list behind a bar."""
    year = _year()
    shown, bar, entries = operations.behind(the_context(), the_actor(), year, figure, key)
    if request.args.get("as") == "csv":
        rows = [(e.case, e.told, e.note) for e in entries]
        return csv_files.answer(f"{year}年 {shown.title} {bar.label}", ("案件", "内容", "说明"), rows)
    return render_template(
        "figure.html", area="figures", figure=shown, bar=bar, entries=entries, year=year, told=told(bar)
    )


@figures.get("/figures.csv")
@signed_in
def table() -> ResponseReturnValue:
    """Answer with all figures of a year as one table."""
    year = _year()
    sheet = operations.sheet(the_context(), the_actor(), year)
    rows = [
        (f.title, b.label, _cell(b.count), _cell(b.of) if f.is_share else "", f.note)
        for f in sheet.figures
        for b in f.bars
    ]
    return csv_files.answer(f"{year}年办案统计", ("统计", "项目", "数量", "总数", "说明"), rows)


def _cell(count: int | None) -> object:
    return COVERED if count is None else count


def draw(figure: Figure) -> Sequence[Drawn]:
    """Return where the bars of a figure stand and how long they are."""
    most = max((b.count or 0 for b in figure.bars), default=0) or 1
    return [
        Drawn(
            bar=bar,
            label=bar.label if len(bar.label) <= MOST_LABEL else f"{bar.label[: MOST_LABEL - 1]}…",
            y=ROW * at,
            width=_length(bar, most, is_share=figure.is_share),
            told=told(bar),
        )
        for at, bar in enumerate(figure.bars)
    ]


def _length(bar: Bar, most: int, *, is_share: bool) -> int:
    room = WIDTH - LABEL - FIGURE
    part = (bar.share or 0) / FULL if is_share else (bar.count or 0) / most
    return max(round(room * part), 2) if bar.count else 0


def told(bar: Bar) -> str:
    """Return a bar's figure in words."""
    if bar.count is None:
        return COVERED
    return f"{bar.share}%（{bar.count}/{bar.of}）" if bar.of else str(bar.count)


def _today_year() -> int:
    return legal_date(the_context().clock.now()).year


def _year() -> int:
    said = request.args.get("year", "")
    fits = said.isascii() and said.isdigit() and len(said) == 4 and YEARS[0] <= int(said) <= YEARS[1]  # noqa: PLR2004 - digits of a year
    return int(said) if fits else _today_year()
