"""Subtitles of a recording: read from VTT, SRT or plain text, written as VTT; nothing of a file but times and words.

A cue has a beginning and an end in seconds; a line of plain text that names no time has neither, and is shown and found
but not played along. Marks of style are dropped; what is no subtitle says in which line and why.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casework.cleaning import clean
from foundation.errors import BadInput

MOST_CUES = 20_000
MOST_TEXT = 2_000
"""Characters of one cue."""
MOST_BYTES = 4 << 20
LAST_S = 4.0
"""How long a cue of plain text stays when the next one begins later."""
TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
SPAN = re.compile(rf"^\s*{TIME}\s*-->\s*{TIME}")
STAMP = re.compile(rf"^\s*[\[（(]?{TIME}[\]）)]?[\s:：]*")
TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,100}>|<\d[\d:.]{0,20}>|\{\\[^{}]{0,100}\}")
SPOKEN = re.compile(r"^<v(?:\.[\w.]+)?\s+([^<>]{1,60})>")


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One line that is said."""

    start_s: float | None
    end_s: float | None
    text: str


def parse(data: bytes, file_name: str = "") -> list[Cue]:
    """Read a file of subtitles.

    Args:
        data: Its bytes; UTF-8, UTF-16 with a mark, or GB 18030.
        file_name: Its name: `.txt` is read as text even when it looks like another.

    Raises:
        BadInput: It is empty, too large, binary, or has a span that cannot be.
    """
    if len(data) > MOST_BYTES:
        raise BadInput("字幕文件超过4MiB。", remedy="核对所选的文件。", path="subtitles")
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text.strip():
        raise BadInput("字幕文件是空的。", remedy="重新选择文件。", path="subtitles")
    timed = SPAN.search(text) or any(SPAN.match(line) for line in text.split("\n"))
    cues = list(_timed(text) if timed and not file_name.lower().endswith(".txt") else _plain(text))
    return checked(cues)


def checked(cues: Sequence[Cue]) -> list[Cue]:
    """Return cues in their order when they may be kept.

    Raises:
        BadInput: None, too many, or one too long.
    """
    found = [c for c in cues if c.text]
    if not found:
        raise BadInput("文件中没有字幕。", remedy="选择 VTT、SRT 或 TXT 字幕文件。", path="subtitles")
    if len(found) > MOST_CUES:
        raise BadInput(f"字幕超过{MOST_CUES}条。", remedy="分段导入。", path="subtitles")
    if long := next((c for c in found if len(c.text) > MOST_TEXT), None):
        raise BadInput(f"一条字幕超过{MOST_TEXT}字：{long.text[:20]}…", remedy="把它分成几条。", path="subtitles")
    return found


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadInput("这不是字幕文件。", remedy="选择 VTT、SRT 或 TXT 字幕文件。", path="subtitles")


def _timed(text: str) -> Iterator[Cue]:
    """Yield the cues of VTT or SRT: blocks with a line of times; notes, styles and numbers are passed over."""
    for block in re.split(r"\n\s*\n", text):
        lines = block.split("\n")
        at = next((i for i, line in enumerate(lines) if SPAN.match(line)), None)
        if at is None:
            continue
        found = SPAN.match(lines[at])
        if found is None:
            continue
        start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
        if end < start:
            raise BadInput(f"字幕的结束早于开始：{lines[at].strip()}", remedy="改正时间后重新导入。", path="subtitles")
        yield Cue(start_s=start, end_s=end, text=_words(lines[at + 1 :]))


def _plain(text: str) -> Iterator[Cue]:
    """Yield the lines of plain text; a time at the beginning of a line (`[00:01:12] …`) is its beginning."""
    found: list[tuple[float | None, str]] = []
    for line in text.split("\n"):
        stamp = STAMP.match(line)
        start = _seconds(*stamp.groups()) if stamp else None
        found.append((start, _words([line[stamp.end() :] if stamp else line])))
    said = [f for f in found if f[1]]
    for (start, words), following in zip(said, [*said[1:], (None, "")], strict=True):
        after = following[0]
        end = None if start is None else start + LAST_S
        if start is not None and after is not None and after > start:
            end = min(after, start + LAST_S) if after - start < LAST_S else after
        yield Cue(start_s=start, end_s=end, text=words)


def _words(lines: Sequence[str]) -> str:
    said = "\n".join(lines).strip()
    voice = SPOKEN.match(said)
    plain = html.unescape(TAGS.sub("", said))
    return clean(f"{voice[1].strip()}：{plain}" if voice else plain, lines=True)


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str | None) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int((thousandths or "0").ljust(3, "0"))) / 1000


def clock(seconds: float | None, *, exact: bool = False) -> str:
    """Return seconds as `00:01:12`, exact as `00:01:12.340`; empty without a time."""
    if seconds is None:
        return ""
    whole, rest = divmod(round(seconds * 1000), 1000)
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{text}.{rest:03d}" if exact else text


def vtt(cues: Sequence[Cue]) -> str:
    """Return the cues that have times as WebVTT; words are escaped."""
    said = (c for c in cues if c.start_s is not None and c.end_s is not None)
    blocks = (f"{clock(c.start_s, exact=True)} --> {clock(c.end_s, exact=True)}\n{_escaped(c.text)}" for c in said)
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _escaped(text: str) -> str:
    lines = html.escape(text, quote=False).split("\n")
    return "\n".join(line for line in lines if line.strip())


def as_text(cues: Sequence[Cue]) -> str:
    """Return the cues as lines that people edit and `from_text` reads again: `00:01:12.340-00:01:15.000 words`."""
    return "\n".join(_line(c) for c in cues)


def _line(cue: Cue) -> str:
    words = cue.text.replace("\n", " / ")
    if cue.start_s is None:
        return words
    return f"{clock(cue.start_s, exact=True)}-{clock(cue.end_s or cue.start_s, exact=True)} {words}"


EDITED = re.compile(rf"^\s*{TIME}\s*(?:-|–|—|~|至|-->)\s*{TIME}\s+")


def from_text(text: str) -> list[Cue]:
    """Read what `as_text` wrote, as people changed it.

    Raises:
        BadInput: A line ends before it begins; says which.
    """
    cues = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        found = EDITED.match(line)
        if found is None:
            cues += list(_plain(line)) if line.strip() else []
            continue
        start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
        if end < start:
            raise BadInput(f"第{number}行的结束早于开始。", remedy="改正这一行的时间。", path="text")
        words = clean(line[found.end() :].replace(" / ", "\n"), lines=True)
        cues.append(Cue(start_s=start, end_s=end, text=words))
    return checked(cues)
