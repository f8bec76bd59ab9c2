"""YAML read with places: every mapping knows its file and the line of each key, so a fault can say where it stands."""

from pathlib import Path
from typing import Any

import yaml

LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where there is one: ten times as fast."""


class Placed(dict[Any, Any]):
    """A mapping that knows its file and lines."""

    path: Path = Path()
    line: int = 1
    lines: dict[Any, int]
    twice: tuple[str, ...] = ()
    """Keys that stand more than once."""

    def line_of(self, key: object) -> int:
        """Return the line of a key, else of the mapping."""
        return self.lines.get(key, self.line)


def moved(place: Placed, content: dict[Any, Any]) -> Placed:
    """Return other content that stands where a mapping stood."""
    out = Placed(content)
    vars(out).update(vars(place))
    return out


class _Loader(LOADER):  # type: ignore[misc]  # chosen at run time
    """Builds `Placed` mappings."""


def _mapping(loader: Any, node: yaml.MappingNode) -> Placed:
    keys = [k.value for k, _ in node.value if k.tag != "tag:yaml.org,2002:merge"]
    lines = {k.value: k.start_mark.line + 1 for k, _ in node.value}
    loader.flatten_mapping(node)
    out = Placed((loader.construct_object(k, deep=True), loader.construct_object(v, deep=True)) for k, v in node.value)
    out.line = node.start_mark.line + 1
    out.lines = lines
    out.twice = tuple(sorted({k for k in keys if keys.count(k) > 1}))
    return out


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_placed(path: Path, text: str) -> Any:
    """Return a file's content; mappings are `Placed`.

    Raises:
        yaml.MarkedYAMLError: It is no YAML; the mark says where.
    """
    content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with another mapping type
    for mapping in _mappings(content):
        mapping.path = path
    return content


def _mappings(value: Any) -> list[Placed]:
    if isinstance(value, Placed):
        return [value, *(m for v in value.values() for m in _mappings(v))]
    if isinstance(value, list):
        return [m for v in value for m in _mappings(v)]
    return []
