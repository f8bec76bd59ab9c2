"""Words of made-up papers, from `words.yaml`."""

from pathlib import Path
from typing import Any

import yaml

_DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))

SURNAMES: str = _DATA["surnames"]
GIVEN: str = _DATA["given"]
PLACES: list[str] = _DATA["places"]
FIRMS: list[str] = _DATA["firms"]
OBJECTS: list[str] = _DATA["objects"]
ACTS: list[str] = _DATA["acts"]
STATES: list[str] = _DATA["states"]
MEASURES: list[str] = _DATA["measures"]
SOURCES: list[str] = _DATA["sources"]
TYPES: list[tuple[str, str, str, str]] = [tuple(t) for t in _DATA["types"]]
"""Id, title, stage and class."""
STANDING: dict[str, str] = _DATA["standing"]
"""What every paper of a type says."""
FACTS: list[str] = _DATA["facts"]
