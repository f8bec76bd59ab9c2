"""Reads citations in the short form of rules and definitions (罚57(1)(四)、85；许32(1款4项)) for tests.

After an article `(2)` is a paragraph and `(四)` an item; definitions write `(1款4项)`, `(2-5项)` or `(1款1、2项、2款)`.
Words in brackets that are neither (类推, 参照, 没有定期限) say something about the citation and are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.citations import Citation, number
from catalogue.statutes import statutes

MEASURES = "办法"
"""The regulation that the product carries out; no statute that papers are founded on."""
BRACKETS = r"(?:[（(][^）)]*[）)])"
ARTICLE = re.compile(rf"(\d+)({BRACKETS}*)")
SHORT = re.compile(rf"([\u4e00-\u9fff]+)(\d+{BRACKETS}*(?:\s*[、,，—\-–]\s*\d+{BRACKETS}*)*)")
PLAIN = re.compile(r"\d+")
ITEM = re.compile(r"[一二三四五六七八九十]+")
PARTS = re.compile(r"(?:(\d+)款)?((?:\d+[、\-])*\d+)?(款|项)?")


@dataclass(frozen=True, kw_only=True)
class Short:
    """One article as a short citation names it."""

    key: str
    article: int
    places: tuple[tuple[int | None, int | None], ...]
    """Paragraph and item, each None when it names none."""

    def citations(self) -> Iterator[Citation]:
        """Yield it in the form that the catalogue checks."""
        for paragraph, item in self.places or ((None, None),):
            name = statutes()[self.key].name
            yield Citation(statute=self.key, name=name, article=self.article, paragraph=paragraph, item=item)


def shorts(text: str) -> Iterator[Short]:
    """Yield every article that a text cites in the short form, ranges article by article."""
    for found in SHORT.finditer(text):
        if re.match(r"[年月日天元万号件次条款项倍人小分岁个工\d.]", text[found.end() :]):
            continue
        yield from _articles(_key(found[1]), found[2])


def _key(words: str) -> str:
    """Return the short form at the end of words (依罚 → 罚), the words themselves when there is none."""
    known = sorted((*statutes(), MEASURES), key=len, reverse=True)
    return next((key for key in known if words.endswith(key)), words)


def _articles(key: str, text: str) -> Iterator[Short]:
    last = None
    for found in ARTICLE.finditer(text):
        is_range = last is not None and text[last.end() : found.start()].strip() in ("—", "-", "–")
        first = int(last[1]) + 1 if last and is_range else int(found[1])
        for article in range(first, int(found[1]) + 1):
            yield Short(key=key, article=article, places=tuple(_places(found[2])) if article == int(found[1]) else ())
        last = found


def _places(brackets: str) -> Iterator[tuple[int | None, int | None]]:
    inside = re.findall(r"[（(]([^）)]*)[）)]", brackets)
    paragraph = next((int(w) for w in inside if PLAIN.fullmatch(w)), None)
    items = [number(w) for w in inside if ITEM.fullmatch(w)]
    if paragraph or items:
        yield from [(paragraph, i) for i in items] or [(paragraph, None)]
    for words in inside:
        if re.search(r"\d[款项]", words):
            yield from _written(words)


def _written(words: str) -> Iterator[tuple[int | None, int | None]]:
    """Read 1款1、2项、2款 and 7-9项."""
    paragraph = None
    for part in re.findall(r"(?:\d+[、\-])*\d+[款项]", words):
        numbers = list(_spread(part[:-1]))
        if part.endswith("款"):
            paragraph = numbers[-1]
            yield from ((n, None) for n in numbers)
        else:
            yield from ((paragraph, n) for n in numbers)


def _spread(text: str) -> Iterator[int]:
    for one in text.split("、"):
        first, _, last = one.partition("-")
        yield from range(int(first), int(last or first) + 1)
