"""Rules of arrangement, retention, codes and checks: `archive/rules/*.yaml`, read once; each row cites its source."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "rules"


@functools.cache
def read(name: str) -> Mapping[str, Any]:
    """Return a file of rules, such as `order` or `retention`."""
    content: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def setting(settings: Mapping[str, Any], key: str, default: Any) -> Any:
    """Return an agency's setting, or the rule's own value."""
    value = settings.get(key)
    return default if value in (None, "") else value
