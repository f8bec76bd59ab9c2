"""What an index holds of one thing: texts by field, attributes that rights and facets look at, a date, a version.

Fields are never put together: `number`, `party`, `title`, `text`, and one field for each class of masked values. A
masked value (`mask: privacy` and the like in a definition) stands in the field of its class and nowhere else; that
field is looked at only for viewers who may read things of that class. Values of class `informant` are in no field.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from access.permissions import KINDS
from foundation.canonical import digest
from search import facets, tokens

FIELDS = ("number", "party", "title", "text")
"""In the order in which they rank."""
GUARDED = ("internal", "privacy", "business_secret", "work_secret")
"""Classes of masked values, one field each."""
ALL_FIELDS = (*FIELDS, *GUARDED)
ATTRIBUTES = ("thing", *sorted(frozenset[str]().union(*KINDS.values())))
"""What a policy predicate may look at; `thing` is case, document, recording or package."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing as it is indexed."""

    id: str
    thing: str
    version: int
    """Grows with every change of what the entry was made of; an engine refuses a lower one."""
    date: str
    """ISO date: printed on the paper, else when it was opened or taken."""
    facts: Mapping[str, str | None]
    """Attributes of the policy, and what facets look at."""
    texts: Mapping[str, str]
    """Field → text, as written; fields without text are left out."""
    mark: str = ""
    """Of a case: digest of what entries of its papers take from it."""
    facets: Mapping[str, str] = field(default_factory=dict)
    """Facet → value; filled by `described`."""

    @property
    def digest(self) -> str:
        """Return a digest of everything but the version (comparing an index with the records)."""
        return digest([self.id, self.thing, self.date, self.facts, self.texts, self.mark, self.facets])

    def attribute(self, name: str) -> str | None:
        """Return the value of an attribute of the policy."""
        own = {"thing": self.thing, "id": self.id}
        return own.get(name) or self.facts.get(name)


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A thing that is not to be found (any more)."""

    id: str
    version: int
    """An engine refuses to bring it back with a lower one."""


Change = Entry | Gone


def described(entry: Entry) -> Entry:
    """Return an entry with its facets, and without empty texts."""
    texts = {name: text for name, text in entry.texts.items() if text.strip()}
    values = {"facets": facets.values_of(entry), "texts": texts}
    return Entry(**{**{n: getattr(entry, n) for n in Entry.__dataclass_fields__}, **values})


def stored(entry: Entry) -> str:
    """Return an entry as JSON, for an engine to keep."""
    return json.dumps(asdict(entry), ensure_ascii=False)


def loaded(text: str) -> Entry:
    """Return an entry from what an engine kept."""
    return Entry(**json.loads(text))


def columns_of(entry: Entry) -> dict[str, str]:
    """Return what both engines index: `<field>_g` and `<field>_s` with the tokens of each field."""
    columns: dict[str, str] = {}
    for name, text in entry.texts.items():
        grams, singles = tokens.indexed(text, parts=name == "number")
        columns |= {f"{name}_g": grams, f"{name}_s": singles}
    return columns


LAYOUT = 3
"""Raised when an engine keeps the same entries in another way."""
SCHEMA = digest([LAYOUT, tokens.VERSION, list(ALL_FIELDS), list(ATTRIBUTES), sorted(facets.NAMES)])
"""Mark of everything that decides how an index looks; one made under another mark is built anew."""
