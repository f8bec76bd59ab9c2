"""docs/access.md names every role, permission, class, setting and node (design part 8; style habit 15)."""

import pytest

from access import predicates
from access.permissions import Permission
from access.rulebook import rulebook
from access.setting_rules import setting_rules
from foundation.settings import ROOT

TEXT = (ROOT / "docs/access.md").read_text(encoding="utf-8")
NODES = [
    n
    for n in vars(predicates)
    if isinstance(getattr(predicates, n), type) and n[0].isupper() and n not in ("Any", "Mapping")
]


@pytest.mark.parametrize(
    "words", [list(rulebook().roles), list(Permission), list(rulebook().classes), list(setting_rules())]
)
def test_every_word_of_the_policy_is_in_the_docs(words: list[str]) -> None:
    assert [w for w in words if f"| `{w}` |" not in TEXT] == []


def test_every_node_is_in_the_docs() -> None:
    assert len(NODES) == 7
    assert [n for n in NODES if f"| `{n}" not in TEXT] == []


def test_the_docs_show_the_present_defaults() -> None:
    rows = {line.split("|")[1].strip(" `"): line for line in TEXT.splitlines() if line.startswith("| `")}
    shown = {key: rule for key, rule in setting_rules().items() if rule.kind in ("number", "days", "choice")}
    assert [k for k, rule in shown.items() if f"| {rule.default} | {rule.source} |" not in rows[k]] == []
