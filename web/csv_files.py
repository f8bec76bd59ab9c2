"""Tables as CSV that Excel opens in Chinese, and in which no cell is a formula, whatever somebody typed."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from web.blobs import disposition

DANGER = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would run; full-width signs are read as narrow ones by some."""
MARK = "\ufeff"
"""By this Excel knows the encoding."""


def safe(value: object) -> str:
    """Return a cell that is only text: one that looks like a formula gets an apostrophe in front.

    >>> safe("=1+1"), safe(-5), safe("-5%"), safe("甲")
    ("'=1+1", '-5', "'-5%", '甲')
    """
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"'{text}" if not is_number and text.lstrip(" ").startswith(DANGER) else text


def answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with a table as a file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(cell) for cell in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    response = Response(MARK + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = disposition(f"{name}.csv", as_file=True)
    return response
