"""Reads what a person typed into terms, days and facets; nothing of it ever reaches an engine as syntax.

Words apart are terms, all of which must be met; a term is a phrase of units (`search.tokens`). In “” or "" stands one
exact wording: its units in this order, whatever punctuation is between. `日期:2026-03` (or a day, a year) and
`日期:2026-01..2026-03` are days from and to; `阶段:归档` and the other facets by their Chinese names narrow. All else,
`AND`, `*`, `NEAR(` and brackets included, is looked for as it stands (B7).
"""

import calendar
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from search import facets, tokens
from search.engine import GRAMS, SINGLES, Span, Term

LONGEST = 200
"""Characters of a query that are read."""
MOST_TERMS = 12
"""Terms that are asked; more narrow nothing any more and cost time."""
MONTHS = 12
MOST_TOLD = 8
"""Values of a facet that a hint names."""
_QUOTED = re.compile('“([^“”]*)”|"([^"]*)"|＂([^＂]*)＂|「([^」]*)」')
_KEYED = re.compile(r"^([^\s:：]{1,8})[:：](\S+)$")
_DAY = re.compile(r"^(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2}))?)?[年月日]?$")
_TO = re.compile(r"\.\.|…|~|～|至")
DATE_WORDS = frozenset(["日期", "date"])


@dataclass(frozen=True, kw_only=True)
class Query:
    """What was asked."""

    text: str
    terms: tuple[Term, ...] = ()
    spans: tuple[Span, ...] = ()
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    typed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Facet and value → the word that was typed for it: without the word the choice is gone."""
    hints: tuple[str, ...] = ()
    """What was typed like a date or a facet and is none, and how to write it."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all was asked."""
        return not (self.terms or self.spans or self.chosen)


def parse(text: str, words: Mapping[str, Mapping[str, str]] | None = None) -> Query:
    """Read a query.

    Args:
        text: As typed.
        words: Chinese of facet values (`facets.words`), so that `阶段:归档` finds its value.
    """
    text = text[:LONGEST]
    plain, quoted = (
        _QUOTED.sub(" ", text),
        [next(g for g in m.groups() if g is not None) for m in _QUOTED.finditer(text)],
    )
    terms: list[Term] = [t for wording in quoted for t in exact(wording)]
    spans: list[Span] = []
    chosen: dict[str, set[str]] = {}
    typed: dict[tuple[str, str], str] = {}
    hints: list[str] = []
    for word in plain.split():
        span, narrowed = _span(word), _narrowing(word, words or {})
        if span is not None:
            spans.append(span)
        elif narrowed is not None:
            chosen.setdefault(narrowed[0], set()).update(narrowed[1])
            typed |= {(narrowed[0], value): word for value in narrowed[1]}
        else:
            terms += loose(word)
            hints += _hints(word, words or {})
    kept = tuple(dict.fromkeys(terms))[:MOST_TERMS]
    narrowing = {k: frozenset(v) for k, v in chosen.items()}
    return Query(text=text, terms=kept, spans=tuple(spans), chosen=narrowing, typed=typed, hints=tuple(hints))


def without(text: str, word: str) -> str:
    """Return a question without one of its words."""
    return " ".join(w for w in text.split() if w != word)


def _hints(word: str, words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Say what a word that looks like a date or a facet should be."""
    keyed = _KEYED.match(unicodedata.normalize("NFKC", word))
    if keyed is None:
        return
    label, asked = keyed.groups()
    if label.lower() in DATE_WORDS:
        yield f"“{asked}”不是日期，已按文字查找。写作 日期:2026-03-05、日期:2026-03 或 日期:2026-01..2026-03。"
    elif label in facets.LABELS:
        known = list(words.get(facets.LABELS[label], {}).values())
        told = f"可用：{'、'.join(known[:MOST_TOLD])}{'等' if len(known) > MOST_TOLD else ''}。" if known else ""
        yield f"没有“{asked}”这个{label}，已按文字查找。{told}"


def loose(text: str) -> Iterator[Term]:
    """Yield one term for each run."""
    for run in tokens.units_by_run(text):
        yield _term(run)


def exact(text: str) -> Iterator[Term]:
    """Yield the terms of an exact wording: each run, and all units in order when punctuation divides them."""
    found = tokens.units_by_run(text)
    yield from (_term(run) for run in found)
    if len(found) > 1:
        yield Term(form=SINGLES, units=tuple(unit for run in found for unit in run))


def _term(run: list[str]) -> Term:
    if len(run) == 1:
        return Term(form=SINGLES, units=(run[0],))
    return Term(form=GRAMS, units=tuple(run))


def _span(word: str) -> Span | None:
    """Read `日期:…`; None when it is something else, or no date."""
    keyed = _KEYED.match(unicodedata.normalize("NFKC", word))
    if keyed is None or keyed.group(1).lower() not in DATE_WORDS:
        return None
    ends = _TO.split(keyed.group(2), maxsplit=1)
    first, last = _days(ends[0]), _days(ends[-1])
    if first is None or last is None or first.first > last.last:
        return None
    return Span(first=first.first, last=last.last)


def _days(text: str) -> Span | None:
    """Return the days of a year, a month or a day."""
    found = _DAY.match(text)
    if found is None:
        return None
    year, month, day = (int(n) if n else 0 for n in found.groups())
    if year == 0 or month > MONTHS:
        return None
    if not month:
        return Span(first=f"{year:04}-01-01", last=f"{year:04}-12-31")
    end = calendar.monthrange(year, month)[1]
    if day > end:
        return None
    return Span(first=f"{year:04}-{month:02}-{day or 1:02}", last=f"{year:04}-{month:02}-{day or end:02}")


def _narrowing(word: str, words: Mapping[str, Mapping[str, str]]) -> tuple[str, set[str]] | None:
    """Read `阶段:归档`; None when there is no such facet or value."""
    keyed = _KEYED.match(unicodedata.normalize("NFKC", word))
    name = facets.LABELS.get(keyed.group(1)) if keyed else None
    if keyed is None or name is None:
        return None
    asked = tokens.key(keyed.group(2))
    known = {value for value, title in words.get(name, {}).items() if asked in (tokens.key(title), tokens.key(value))}
    if not known and words.get(name):
        return None
    return name, known or {keyed.group(2)}
