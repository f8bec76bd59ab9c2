"""Article by article: which types carry out a requirement of the regulation (their `articles`)."""

import re
from collections import defaultdict
from collections.abc import Mapping

from catalogue.definitions import Catalogue, DocumentType

NUMBER = re.compile(r"\d+")


def documents_by_article(catalogue: Catalogue) -> Mapping[str, tuple[DocumentType, ...]]:
    """Return the types that name each requirement id, in the order of articles; types by stage and id."""
    found: dict[str, list[DocumentType]] = defaultdict(list)
    for definition in catalogue.types.values():
        for article in definition.articles:
            found[article].append(definition)
    return {article: tuple(found[article]) for article in sorted(found, key=_order)}


def _order(article: str) -> tuple[int, ...]:
    return tuple(int(n) for n in NUMBER.findall(article))
