"""Runs measurements and keeps their figures."""

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

from bench import machine

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"


def names() -> list[str]:
    """Return the modules that measure something."""
    found = (m.name for m in pkgutil.iter_modules([str(HERE)]) if not m.name.startswith("_"))
    return sorted(name for name in found if "\ndef run(" in (HERE / f"{name}.py").read_text(encoding="utf-8"))


def measure(name: str) -> dict[str, Any]:
    """Run one measurement, keep its figures and return them."""
    module = importlib.import_module(f"bench.{name}")
    figures = {"machine": machine.facts(), "figures": module.run()}
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return figures


def beyond(name: str, figures: dict[str, Any]) -> list[str]:
    """Return the figures that are beyond their limits (`limits` of the module: path in the figures → most)."""
    limits = getattr(importlib.import_module(f"bench.{name}"), "limits", {})
    found = []
    for path, most in limits.items():
        value: Any = figures["figures"]
        for key in path.split("/"):
            value = value[key]
        if value > most:
            found.append(f"{name}: {path} = {value}, at most {most}")
    return found


def main(chosen: list[str]) -> int:
    """Measure what was chosen, or everything; return 1 when a figure is beyond its limit."""
    known = names()
    if unknown := [name for name in chosen if name not in known]:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    faults = []
    for name in chosen or known:
        print(f"== {name}", flush=True)
        figures = measure(name)
        print(json.dumps(figures["figures"], ensure_ascii=False, indent=1, sort_keys=True), flush=True)
        faults += beyond(name, figures)
    print("\n".join(faults or ["all figures are within their limits"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
