"""Periods as a calendar that other programs read (RFC 5545): whole days, no person's name, lines of 75 octets at most.

What an entry says is the kind of period and the number of its case; how the day was reached stands in its description.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from casework.queries.periods import Period

OCTETS = 75
"""Of a line at most, without its end."""


def calendar(periods: Iterable[Period], *, now: dt.datetime, url: str, host: str) -> str:
    """Return a calendar.

    Args:
        periods: What stands in it.
        now: When it is made.
        url: Address of a case's page, with `{}` for its id.
        host: Name that makes ids worldwide ones.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//anjuan//deadlines//ZH", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", "X-WR-CALNAME:案卷期限", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for one in periods:
        lines += _event(one, now=now, url=url, host=host)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in folded(line))


def _event(one: Period, *, now: dt.datetime, url: str, host: str) -> Iterator[str]:
    facts = one.facts
    yield "BEGIN:VEVENT"
    yield f"UID:{facts.id}@{escaped(host)}"
    yield f"DTSTAMP:{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{facts.last_day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{facts.last_day + dt.timedelta(days=1):%Y%m%d}"
    mark = "（中止）" if facts.paused_on else "（暂定）" if facts.provisional else ""
    yield f"SUMMARY:{escaped(f'{facts.title}期限届满{mark} {one.number}')}"
    yield f"DESCRIPTION:{escaped(f'{facts.formula}依据：{facts.source}')}"
    yield f"URL:{url.format(facts.case_id)}"
    yield "TRANSP:TRANSPARENT"
    if facts.duty_of == "agency":
        words = escaped(f"{facts.title}期限明日届满 {one.number}")
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P1D", f"DESCRIPTION:{words}", "END:VALARM")
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """Return a text value: backslash, semicolon, comma and line breaks escaped, other control characters left out."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable())
    for raw, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        kept = kept.replace(raw, written)
    return kept


def folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of 75 octets at most, the later ones after a space; no character is cut in two."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece
