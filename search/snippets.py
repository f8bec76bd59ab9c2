"""The lines of a text around what was asked, made here from text that the viewer may see; escaped, with `<mark>`.

Engines are never asked for highlights: they would be made from what they hold, before anybody's rights were looked at.
"""

import functools
import html
import re
from collections.abc import Sequence

from markupsafe import Markup

from search import tokens
from search.engine import GRAMS, Term

BEFORE, LENGTH = 24, 110
"""Characters before the first find, and in all."""
MOST_FRAGMENTS = 2
LONGEST = 40_000
"""Characters of a text that are looked through."""
_BETWEEN = "[ ]{0,2}[·•・‧∙⋅᛫.〔\\[(【〖〕\\])】〗]?[ ]{0,2}"
_ANYTHING = "[^0-9a-z\\u3400-\\u9fff\\n]{0,8}"
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_BREAK = re.compile(r"\s*\n\s*")

Spans = list[tuple[int, int]]


def snippet(texts: Sequence[str], terms: Sequence[Term]) -> Markup:
    """Return up to two fragments of the first text in which something is found; else how the first text begins."""
    for text in (t[:LONGEST] for t in texts):
        if spans := found(text, terms):
            return _fragments(text, spans)
    start = next((t for t in texts if t.strip()), "")
    return Markup(_marked(start, 0, min(len(start), LENGTH), []))  # noqa: S704 - escaped by `_line`


def found(text: str, terms: Sequence[Term]) -> Spans:
    """Return where terms stand in a text, in order, without overlaps."""
    form, origin = _normal(text)
    spans = [m.span() for term in terms for m in _pattern(term).finditer(form)]
    out: Spans = []
    for start, end in sorted(spans):
        first, last = (start, end) if origin is None else (origin[start], origin[end - 1] + 1)
        if out and first < out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def _normal(text: str) -> tuple[str, list[int] | None]:
    """Return the normal form and, where characters came or went, the place in the text that each of it came from."""
    form = tokens.normal(text)
    if len(form) == len(text):
        return form, None
    parts = [_normal_sign(sign) for sign in text]
    return "".join(parts), [at for at, part in enumerate(parts) for _ in part]


@functools.lru_cache(maxsize=1 << 16)
def _normal_sign(sign: str) -> str:
    return tokens.normal(sign)


@functools.lru_cache(maxsize=1024)
def _pattern(term: Term) -> re.Pattern[str]:
    between = _BETWEEN if term.form == GRAMS else _ANYTHING
    return re.compile(between.join(_unit(u) for u in term.units))


def _unit(unit: str) -> str:
    """Return what one unit looks like: a word or number whole, with or without commas in thousands."""
    if tokens.is_han(unit):
        return re.escape(unit)
    whole, dot, rest = unit.partition(".")
    body = ",?".join(whole) + re.escape(dot + rest) if _AMOUNT.fullmatch(unit) else re.escape(unit)
    return f"(?<![0-9a-z]){body}(?![0-9a-z])"


def _fragments(text: str, spans: Spans) -> Markup:
    windows: Spans = []
    for start, _ in spans:
        if len(windows) == MOST_FRAGMENTS:
            break
        if not windows or start >= windows[-1][1]:
            first = max(start - BEFORE, windows[-1][1] if windows else 0)
            windows.append((first, min(len(text), first + LENGTH // MOST_FRAGMENTS + BEFORE)))
    return Markup("".join(_marked(text, first, last, spans) for first, last in windows))  # noqa: S704 - escaped


def _marked(text: str, first: int, last: int, spans: Spans) -> str:
    """Return a part of a text as markup: escaped, with marks."""
    out = ["…" if first else ""]
    at = first
    for start, end in spans:
        if end > last:
            break
        if start >= first:
            out += [_line(text[at:start]), "<mark>", _line(text[start:end]), "</mark>"]
            at = end
    out += [_line(text[at:last]), "…" if last < len(text) else ""]
    return "".join(out)


def _line(text: str) -> str:
    return html.escape(_BREAK.sub(" ", text))
