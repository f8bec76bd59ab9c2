"""Import every module of a floor that maps rows (`__tablename__`), so that `create_all` makes all tables."""

import importlib
import re

from foundation.settings import ROOT

FLOORS = ("foundation", "catalogue", "access", "casework", "generator", "archive", "search", "web")

for path in sorted(p for floor in FLOORS for p in (ROOT / floor).rglob("*.py")):
    if re.search(r"^    __tablename__ = ", path.read_text(), re.MULTILINE):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
