"""What a four-property check is given: the plan of a package, what was placed, and where."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from archive.facts import FileFacts
from archive.metadata import parse
from archive.payload import Contents
from foundation.journal import Event


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What is checked: the plan, what was placed, and where."""

    contents: Contents
    files: Sequence[FileFacts]
    root: Path
    events: Sequence[Event]
    codes_in_use: Sequence[str]
    """Archival codes of other packages of the agency."""
    broken_seals: Sequence[str]
    """Sealed papers whose signature does not hold."""

    @functools.cached_property
    def trees(self) -> Mapping[str, etree._Element]:
        """Return the metadata files, parsed."""
        return {f.path: parse((self.root / f.path).read_bytes()) for f in self.files if f.path.endswith(".xml")}

    @functools.cached_property
    def texts(self) -> Sequence[tuple[str, str, str]]:
        """Return path, element and text of all metadata values."""
        return [
            (path, etree.QName(element).localname, element.text)
            for path, tree in self.trees.items()
            for element in tree.iter(etree.Element)
            if element.text and element.text.strip()
        ]


Check = Callable[[Payload], Iterator[str]]
"""Yields what is wrong; nothing means that it passed."""
