"""The list of all operations of the interface: routes and document are both made from it.

    @get("/cases/{case_id}", Case, tag="案件", title="一个案件", scopes=[Permission.CASE_READ])
    def case(case_id: str) -> Case: …

A view takes the words of its address, `query` and `body` as it declared models for them, and returns its answer's
model; one that makes something returns `Made`, which names where it can be read again.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from access.permissions import Permission
from web.api.kinds import Answered, Asked, Given, Nothing

View = TypeVar("View", bound=Callable[..., Any])

ROOT = "/api/v1"
WORDS = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One operation."""

    name: str
    method: str
    path: str
    """Under the root, names of ids in braces."""
    title: str
    tag: str
    scopes: tuple[Permission, ...]
    query: type[Asked]
    body: type[Given] | None
    answer: type[Answered] | None
    """None for stored bytes."""
    status: int
    view: Callable[..., Any]

    @property
    def changes(self) -> bool:
        """Tell whether it changes something."""
        return self.method != "GET"

    @property
    def rule(self) -> str:
        """Return the path as Flask writes it."""
        return WORDS.sub(r"<\1>", self.path)

    @property
    def ids(self) -> list[str]:
        """Return the names in the path."""
        return WORDS.findall(self.path)


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a change made, and by which reading operation it is read again."""

    answer: Answered
    by: str
    """Name of a reading operation."""
    ids: Mapping[str, str] = field(default_factory=dict)


ENDPOINTS: dict[str, Endpoint] = {}


def get(
    path: str,
    answer: type[Answered] | None,
    *,
    tag: str,
    title: str,
    scopes: Sequence[Permission] = (),
    query: type[Asked] = Nothing,
) -> Callable[[View], View]:
    """Register a reading operation."""
    known = {"tag": tag, "title": title, "body": None, "answer": answer, "status": 200}
    return _register("GET", path, scopes=scopes, query=query, **known)


def change(
    method: str,
    path: str,
    answer: type[Answered],
    *,
    tag: str,
    title: str,
    scopes: Sequence[Permission],
    body: type[Given] | None,
    status: int = 200,
) -> Callable[[View], View]:
    """Register a changing operation."""
    known = {"tag": tag, "title": title, "body": body, "answer": answer, "status": status}
    return _register(method, path, scopes=scopes, query=Nothing, **known)


def _register(method: str, path: str, *, scopes: Sequence[Permission], **known: Any) -> Callable[[View], View]:
    def register(view: View) -> View:
        name = view.__name__
        ENDPOINTS[name] = Endpoint(name=name, method=method, path=path, scopes=tuple(scopes), view=view, **known)
        return view

    return register
