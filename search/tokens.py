"""One way from text to search tokens, for both engines, for what is indexed and for what is asked.

A **unit** is one Han character (kana, rare and private-use characters too) or one whole word, number or code, with its
inner hyphens, dots, slashes and underscores (`qh01-2026-003`, `3.5`). A **run** is a row of units with nothing between
them; it breaks at anything else. Two texts come of it:

- `grams`: overlapping pairs of units (`清政 政罚 罚_2026`), a `_` where a run ends; terms of two or more units are
  phrases over it;
- `singles`: the units themselves, a `_` where a line ends; terms of one unit look here.

What does not matter when people search does not break a run: full and half width (NFKC), large and small letters,
traditional and variant characters (`data/variants.txt`), dots and spaces inside names, blanks beside Chinese, brackets
round a number: 清政罚〔2026〕第3号, 清政罚(2026)第 3 号 and 清政罚2026第3号 are the same units. Tokens hold letters,
digits, Han and `-./_` only, so nothing in them means anything to an engine.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

VERSION = 1
"""Raised when the same text gives other tokens than before: indexes of an older version are built anew."""
BREAK = "_"
"""Token where a run or line ends: no phrase reaches over it, and no unit is ever this alone."""
LONGEST = 60
"""Characters of one unit; a longer code is cut (Elasticsearch cuts tokens at 255 by itself, SQLite never)."""

_VARIANTS = Path(__file__).resolve().parent / "data/variants.txt"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\u2043"), "-")
_HAN = (
    "\u2e80-\u2fdf\u2ff0-\u2fff\u3005\u3007\u3021-\u3029\u3038-\u303b\u3041-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00016fe0-\U00018cff\U0001aff0-\U0001b2ff\U00020000-\U0003fffd\U000f0000-\U0010fffd"
)
_LETTER = f"(?:(?![{_HAN}])[^\\W_])"
_SEGMENT = re.compile(rf"(?P<han>[{_HAN}]+)|\d{{1,3}}(?:,\d{{3}})+(?![,\d])(?:\.\d+)?|{_LETTER}+(?:[-./_]+{_LETTER}+)*")
_IS_HAN = re.compile(f"[{_HAN}]")
_LINE = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_DOTS = re.compile(r" {0,2}[·•・‧∙⋅᛫] {0,2}")
_DOT_OR_BLANK = re.compile(r"\.| {1,2}")
_OPEN, _CLOSE = frozenset("〔[(【〖"), frozenset("〕])】〗")


@dataclass(frozen=True, slots=True)
class Segment:
    """Han characters in a row, each a unit, or one word, number or code."""

    text: str
    is_han: bool
    is_joined: bool
    """Nothing that matters stands between it and the segment before."""
    is_new_line: bool
    """A line ended before it."""

    @property
    def units(self) -> list[str]:
        """Return its units; a code that is too long is several."""
        if self.is_han:
            return list(self.text)
        return [self.text[at : at + LONGEST] for at in range(0, len(self.text), LONGEST)]


def normal(text: str) -> str:
    """Return the form in which texts are compared: NFKC, small letters, no invisible marks, one form of variants."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    return _INVISIBLE.sub("", folded).translate(_variants())


def segments(text: str) -> list[Segment]:
    """Return the segments of a text in order."""
    form = normal(text)
    found = [(m.start(), m.end(), m.lastgroup is not None) for m in _SEGMENT.finditer(form)]
    wrapped = _wrapped(form, found)
    out: list[Segment] = []
    last = 0
    for at, (start, end, han) in enumerate(found):
        gap = form[last:start]
        joined = at > 0 and (_joins(form, found[at - 1], found[at], gap) or _is_bracket(gap, at, wrapped))
        word = form[start:end] if han else form[start:end].replace(",", "")
        out.append(Segment(word, han, joined, at > 0 and _LINE.search(gap) is not None))
        last = end
    return out


def units(text: str) -> list[str]:
    """Return the units of a text in order."""
    return [unit for segment in segments(text) for unit in segment.units]


def runs(known: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Yield segments run by run."""
    run: list[Segment] = []
    for segment in known:
        if run and not segment.is_joined:
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


def units_by_run(text: str) -> list[list[str]]:
    """Return the units of a text, run by run."""
    return [[unit for segment in run for unit in segment.units] for run in runs(segments(text))]


def indexed(text: str, *, parts: bool = False) -> tuple[str, str]:
    """Return grams and singles of a text.

    Args:
        text: Any text.
        parts: Add the parts of composite codes after the singles, so that `20260106` finds `av-20260106-01`.
    """
    known = segments(text)
    return _grams(known), _singles(known, parts=parts)


def pairs(run: Sequence[str]) -> list[str]:
    """Return the pairs of a run of two or more units; a code is set off from its neighbour."""
    return [a + b if is_han(a) and is_han(b) else f"{a}{BREAK}{b}" for a, b in itertools.pairwise(run)]


def key(text: str) -> str:
    """Return what two spellings of one name or number have in common (dots, blanks, width, case, brackets)."""
    return "".join(units(text))


def is_han(text: str) -> bool:
    """Tell whether a unit, or the character that a text begins with, is Han."""
    return bool(_IS_HAN.match(text))


def _grams(known: Sequence[Segment]) -> str:
    found = (tokens for run in runs(known) if (tokens := _pairs_of(run)))
    return f" {BREAK} ".join(" ".join(tokens) for tokens in found)


def _pairs_of(run: Sequence[Segment]) -> list[str]:
    """Return what `pairs` returns of the run's units, without taking Han apart one by one."""
    tokens: list[str] = []
    before = ""
    for segment in run:
        if not segment.is_han:
            tokens += pairs([before, *segment.units] if before else segment.units)
            before = segment.units[-1]
            continue
        tokens += pairs([before, segment.text[0]]) if before else []
        tokens += map("".join, itertools.pairwise(segment.text))
        before = segment.text[-1]
    return tokens


def _singles(known: Sequence[Segment], *, parts: bool) -> str:
    tokens: list[str] = []
    for segment in known:
        tokens += (BREAK, *segment.units) if segment.is_new_line else segment.units
    if parts:
        pieces = [p for s in known if not s.is_han for p in re.split("[-./_]+", s.text) if p != s.text]
        tokens += [token for piece in pieces for token in (BREAK, piece)]
    return " ".join(tokens)


Found = tuple[int, int, bool]
"""Begin, end, and whether it is Han."""


def _joins(form: str, left: Found, right: Found, gap: str) -> bool:
    """Tell whether what stands between two segments does not matter."""
    if not gap:
        return True
    if _DOTS.fullmatch(gap):
        return not (form[left[1] - 1].isdigit() and form[right[0]].isdigit())
    if not _DOT_OR_BLANK.fullmatch(gap):
        return False
    return left[2] and right[2] if gap == "." else left[2] or right[2]


def _is_bracket(gap: str, at: int, wrapped: set[int]) -> bool:
    """Tell whether all that stands before a segment is the bracket of a code."""
    sign = gap.strip(" ")
    return (at in wrapped and sign in _OPEN) or (at - 1 in wrapped and sign in _CLOSE)


def _wrapped(form: str, found: Sequence[Found]) -> set[int]:
    """Return the segments, by place, that are a code in brackets of its own."""
    inside = form + " "
    return {
        at
        for at, (start, end, han) in enumerate(found)
        if not han and start > 0 and inside[start - 1] in _OPEN and inside[end] in _CLOSE
    }


@functools.cache
def _variants() -> dict[int, str]:
    lines = _VARIANTS.read_text(encoding="utf-8").splitlines()
    return {ord(line[0]): line[1] for line in lines if line and not line.startswith("#")} | _HYPHENS
