"""The short form in which definitions name their statutes (罚54(2款),60;公14-16) written out for people to read."""

import re

from catalogue.citations import STATE
from catalogue.statutes import statutes

ARTICLES = re.compile(r"(\d+(?:-\d+)?)(?:\(([^)]*)\))?")
PARTS = re.compile(r"(\d+(?:[、-]\d+)*)([款项])")


def in_full(short: str) -> str:
    """Write a short form out: 《行政处罚法》第54条第2款、第60条；《档案法》第14条. What is none stays as it is."""
    return "；".join(_group(group) for group in short.split(";"))


def _group(group: str) -> str:
    key = max((k for k in statutes() if group.startswith(k)), key=len, default="")
    found = ARTICLES.findall(group.removeprefix(key))
    if not key or (group != key and not found):
        return group
    known = statutes()[key]
    name = key if known.rank == "document" else f"《{known.name.removeprefix(STATE)}》"
    return name + "、".join(f"第{article.replace('-', '至')}条{_part(inside)}" for article, inside in found)


def _part(inside: str) -> str:
    """Write what stands in the brackets: 款 and 项, or a word such as 类推."""
    said = PARTS.sub(lambda part: f"第{part[1].replace('-', '至')}{part[2]}", inside)
    return said if said != inside or not inside else f"（{inside}）"
