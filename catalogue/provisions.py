"""What stands in the law, provision by provision (`catalogue/outlines/`): for choosing and checking citations.

`find` answers the picker; `fault_of` says why a citation cannot be right; `fines_of` gives the law's limits of a fine.
A statute is looked at in the version in force on the day of the act (罚37); one that ended may still be cited for what
was done before, so `ended_of` tells that apart. Each file of the folder maps short forms to:

    version    the version that the outline was read from (docs/laws.md)
    articles   how many it has: a citation beyond is refused; articles that are not listed may be cited by number
    outline    article → list of paragraphs; a paragraph is a text, or {text, items: [text or {text, points: […]}]}
    fines      article → list of {paragraph, items, of: organisation | citizen | any, least, most}: the law's own limits
               in yuan, both included; without `items` for the whole paragraph. What another paragraph of the article
               says of an act is listed at the act.
"""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from catalogue.citations import Citation
from catalogue.statutes import Statute, statute, statutes
from foundation.errors import NotFound

FOLDER = Path(__file__).resolve().parent / "outlines"
MOST_FOUND = 40
"""Provisions that one search answers with."""
CITIZEN, ORGANISATION, ANY = "citizen", "organisation", "any"


@dataclass(frozen=True, kw_only=True)
class Fine:
    """The law's limits of a fine for one kind of party."""

    of: str
    """citizen, organisation or any."""
    least: Decimal
    most: Decimal


@dataclass(frozen=True, kw_only=True)
class Provision:
    """One provision that may be cited."""

    citation: Citation
    version: str
    first_day: dt.date
    """Since when the version is in force."""
    text: str
    fines: tuple[Fine, ...] = ()

    @property
    def words(self) -> str:
        """Return the citation as papers print it."""
        return str(self.citation)


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What is known of one statute's articles."""

    key: str
    version: str
    articles: int
    tree: Mapping[int, Sequence[Any]]
    fines: Mapping[int, Sequence[Mapping[str, Any]]]


@functools.cache
def outlines() -> Mapping[str, Outline]:
    """Return the outlines by the statute's short form."""
    files = [yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted(FOLDER.glob("*.yaml"))]
    content = {key: raw for file in files for key, raw in file.items()}
    return {
        key: Outline(
            key=key,
            version=str(raw["version"]),
            articles=int(raw["articles"]),
            tree=raw.get("outline", {}),
            fines=raw.get("fines", {}),
        )
        for key, raw in content.items()
    }


def in_force(day: dt.date) -> list[Statute]:
    """Return the statutes that have a version in force on a day, those with an outline first."""
    known = [s for s in statutes().values() if s.is_in_force(day)]
    return sorted(known, key=lambda s: (s.key not in outlines(), not outlines().get(s.key, _NOTHING).tree))


_NOTHING = Outline(key="", version="", articles=0, tree={}, fines={})


def find(words: str, day: dt.date, *, only: str = "", limit: int = MOST_FOUND) -> list[Provision]:
    """Return provisions in force on a day that hold every word, in their name, place or text.

    Args:
        words: What is looked for, words apart by spaces; empty finds all.
        day: Day of the act.
        only: Short form of the one statute that is looked at.
        limit: At most so many.
    """
    wanted = words.split()
    found = []
    for law in in_force(day):
        if only not in ("", law.key):
            continue
        for one in provisions(law.key, day):
            text = f"{one.words}{one.text}"
            if all(w in text for w in wanted):
                found.append(one)
    return found[:limit]


def provisions(key: str, day: dt.date) -> list[Provision]:
    """Return every provision of a statute's outline in the version of a day; none when another version was in force."""
    outline, version = outlines().get(key), statute(key).on(day)
    if outline is None or outline.version != version.name:
        return []
    return [
        Provision(
            citation=citation, version=version.name, first_day=version.first_day, text=text, fines=fines_of(citation)
        )
        for citation, text in _walk(outline)
    ]


def _walk(outline: Outline) -> Iterator[tuple[Citation, str]]:
    name = statute(outline.key).name
    for article, paragraphs in outline.tree.items():
        several = len(paragraphs) > 1
        for p, paragraph in enumerate(paragraphs, 1):
            base = Citation(statute=outline.key, name=name, article=article, paragraph=p if several else None)
            yield base, _text(paragraph)
            yield from _items(base, paragraph)


def _items(base: Citation, paragraph: Any) -> Iterator[tuple[Citation, str]]:
    for i, item in enumerate(_inner(paragraph, "items"), 1):
        at = Citation(**{**vars(base), "item": i})
        yield at, _text(item)
        for q, point in enumerate(_inner(item, "points"), 1):
            yield Citation(**{**vars(at), "point": q}), _text(point)


def _text(node: Any) -> str:
    return str(node["text"]) if isinstance(node, Mapping) else str(node)


def _inner(node: Any, name: str) -> Sequence[Any]:
    found: Sequence[Any] = node.get(name, ()) if isinstance(node, Mapping) else ()
    return found


def fault_of(citation: Citation, day: dt.date) -> str:
    """Return why a citation cannot be right on a day, empty when nothing is known against it."""
    if not citation.statute:
        return ""
    try:
        version = statute(citation.statute).on(day)
    except NotFound:
        first = min(v.first_day for v in statute(citation.statute).versions)
        return f"《{citation.name}》{first:%Y-%m-%d}起施行，{day:%Y-%m-%d}的行为不适用（罚37）"
    outline = outlines().get(citation.statute)
    if outline is None or outline.version != version.name:
        return ""
    if not 1 <= citation.article <= outline.articles:
        return f"《{citation.name}》（{version.name}）只有{outline.articles}条，没有{citation.place}"
    return _fault_inside(citation, outline)


def ended_of(citation: Citation, day: dt.date) -> str:
    """Return that a cited statute had ended on a day, empty when not: earlier acts may still cite it (罚37)."""
    law = statutes().get(citation.statute)
    return _end_of(law) if law is not None and law.has_ended(day) else ""


def begun_after(citation: Citation, day: dt.date) -> str:
    """Return that a cited statute began only after a day, empty when it did not: it is applied where milder (罚37)."""
    law = statutes().get(citation.statute)
    first = min(v.first_day for v in law.versions) if law else day
    return f"《{citation.name}》{first:%Y-%m-%d}起才施行" if first > day else ""


def ended(day: dt.date) -> list[str]:
    """Return what is to be told of the statutes that were no longer in force on a day."""
    return [_end_of(law) for law in statutes().values() if law.has_ended(day)]


def _end_of(law: Statute) -> str:
    return f"《{law.name}》施行到{law.last_day:%Y-%m-%d}为止（{law.ended_by}）"


def _fault_inside(citation: Citation, outline: Outline) -> str:
    paragraphs = outline.tree.get(citation.article)
    if paragraphs is None:
        return ""
    if citation.paragraph and citation.paragraph > len(paragraphs):
        return f"《{citation.name}》第{citation.article}条只有{len(paragraphs)}款，没有{citation.place}"
    chosen = paragraphs if citation.paragraph is None else [paragraphs[citation.paragraph - 1]]
    items = max((len(_inner(p, "items")) for p in chosen), default=0)
    if citation.item and citation.item > items:
        return f"《{citation.name}》第{citation.article}条该款只有{items}项，没有{citation.place}"
    return ""


def fines_of(citation: Citation) -> tuple[Fine, ...]:
    """Return the law's limits of a fine for what a citation names; of several acts every one's."""
    outline = outlines().get(citation.statute, _NOTHING)
    rows = [r for r in outline.fines.get(citation.article, ()) if _concerns(r, citation)]
    return tuple(Fine(of=r["of"], least=Decimal(r["least"]), most=Decimal(r["most"])) for r in rows)


def _concerns(row: Mapping[str, Any], citation: Citation) -> bool:
    paragraph_fits = citation.paragraph is None or row.get("paragraph", citation.paragraph) == citation.paragraph
    return paragraph_fits and (citation.item is None or citation.item in row.get("items", [citation.item]))
