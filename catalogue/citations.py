"""Citations of the law in a paper's words: read down to 条, 款, 项 and 目, and written in the official form.

What a paper holds is its text; what it cites is read from that text, so that the two can never say different things.
Reading is generous (short names, figures, 、 between articles of one statute), writing is strict. Statutes that nobody
registered are read with an empty key: local rules may be cited all the same.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalogue.statutes import statutes

DIGITS = "零一二三四五六七八九"
UNITS = ((1000, "千"), (100, "百"), (10, "十"))
NUMBER = r"[0-9０-９零〇一二三四五六七八九十百千]+"
ARTICLE = rf"第(?P<article>{NUMBER})条(?:之(?P<sub>{NUMBER}))?"
REST = rf"(?:第(?P<paragraph>{NUMBER})款)?(?:第[（(]?(?P<item>{NUMBER})[）)]?项)?(?:第(?P<point>{NUMBER})目)?"
NAMED = re.compile(
    rf"(?:《(?P<full>[^《》]{{2,80}})》|(?P<short>[\u4e00-\u9fff]{{2,40}}?(?:法|条例|规定|办法|规则|决定))){ARTICLE}{REST}"
)
NEXT = re.compile(
    rf"\s*(?:、|和|及|以及|，)\s*(?:{ARTICLE}{REST}|第(?P<p2>{NUMBER})款(?:第[（(]?(?P<i2>{NUMBER})[）)]?项)?|第[（(]?(?P<i3>{NUMBER})[）)]?项)"
)
STATE = "中华人民共和国"
SAME = ("该法", "该条例", "该规定", "该办法")
"""How a text names the statute that it cited last."""


@dataclass(frozen=True, kw_only=True)
class Citation:
    """One provision that a text cites."""

    statute: str
    """Short form of `catalogue/statutes.yaml`; empty when nobody registered it."""
    name: str
    """Full name without 《》."""
    article: int
    sub: int | None = None
    """第一百三十三条之一: 1."""
    paragraph: int | None = None
    item: int | None = None
    point: int | None = None

    def __str__(self) -> str:
        """Write it in the official form."""
        return f"《{self.name}》{self.place}"

    @property
    def place(self) -> str:
        """Return 条, 款, 项 and 目 without the statute's name."""
        parts = [f"第{in_words(self.article)}条"]
        parts += [f"之{in_words(self.sub)}"] if self.sub else []
        parts += [f"第{in_words(self.paragraph)}款"] if self.paragraph else []
        parts += [f"第（{in_words(self.item)}）项"] if self.item else []
        parts += [f"第{in_words(self.point)}目"] if self.point else []
        return "".join(parts)


def citations(text: str) -> tuple[Citation, ...]:
    """Return every provision that a text cites, in order, each once."""
    return tuple(dict.fromkeys(_read(text)))


def _read(text: str) -> Iterator[Citation]:
    at, known = 0, None
    while found := NAMED.search(text, at):
        key, name = _statute(found["full"] or found["short"], before=known)
        known = Citation(statute=key, name=name, **_numbers(found.groupdict()))
        yield known
        at = found.end()
        while following := NEXT.match(text, at):
            known = _following(known, following.groupdict())
            yield known
            at = following.end()


def _numbers(groups: dict[str, str | None]) -> dict[str, int]:
    return {n: number(groups[n] or "") for n in ("article", "sub", "paragraph", "item", "point") if groups.get(n)}


def _following(before: Citation, groups: dict[str, str | None]) -> Citation:
    """Return what stands after 、: another article, or a paragraph or item of the same one."""
    if groups["article"]:
        return Citation(statute=before.statute, name=before.name, **_numbers(groups))
    if groups["p2"]:
        item = number(groups["i2"]) if groups["i2"] else None
        return replace(before, paragraph=number(groups["p2"]), item=item, point=None)
    return replace(before, item=number(groups["i3"] or ""), point=None)


def _statute(words: str, *, before: Citation | None) -> tuple[str, str]:
    if before and words.endswith(SAME):
        return before.statute, before.name
    names = _names()
    for start in range(len(words) - 1):  # a short name may have words of the sentence before it: 依据大气污染防治法
        if key := names.get(words[start:]):
            return key, statutes()[key].name
    return "", words


@functools.cache
def _names() -> dict[str, str]:
    full = {s.name: s.key for s in statutes().values()}
    return full | {name.removeprefix(STATE): key for name, key in full.items()}


def in_words(n: int) -> str:
    """Write a number as statutes do: 117 → 一百一十七, 10 → 十, 105 → 一百零五."""
    out, rest, gap = "", n, False
    for size, unit in UNITS:
        digit, rest = divmod(rest, size)
        if digit:
            out += ("零" if gap else "") + DIGITS[digit] + unit
            gap = False
        elif out:
            gap = bool(rest)
    if rest:
        out += ("零" if gap else "") + DIGITS[rest]
    return out.removeprefix("一") if out.startswith("一十") else out


def number(words: str) -> int:
    """Read a number of a citation, in figures or words; 0 when it is none."""
    plain = words.translate(str.maketrans("０１２３４５６７８９〇", "0123456789零"))
    if plain.isdigit() and plain.isascii():
        return int(plain)
    total = digit = 0
    sizes = {unit: size for size, unit in UNITS}
    for character in plain:
        if character in sizes:
            total += (digit or 1) * sizes[character]
            digit = 0
        else:
            digit = max(DIGITS.find(character), 0)
    return total + digit
