"""The policy is data; a rule file that says something unknown is refused before it can widen anything."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from access.rulebook import FOLDER, read_rulebook, rulebook

RAW: dict[str, Any] = yaml.safe_load((FOLDER / "roles.yaml").read_text(encoding="utf-8"))
ROLES_OF_REFERENCE = {
    *(
        "handler",
        "unit_head",
        "drafting_reviewer",
        "legal_reviewer",
        "legal_head",
        "agency_head",
        "presider",
        "assessor",
    ),
    *("hearing_clerk", "reception", "finance", "archivist", "av_custodian", "supervisor", "party", "sysadmin"),
}


def changed(**grant: object) -> dict[str, Any]:
    """Return the policy with one more grant of the archivist."""
    raw = deepcopy(RAW)
    raw["roles"]["archivist"]["grants"].append(grant)
    return raw


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        ({"may": ["document:burn"], "scope": "agency"}, "document:burn"),
        ({"may": ["document:read"], "scope": "agency"}, "names no classes"),
        ({"may": ["document:read"], "scope": "agency", "classes": ["top"]}, "unknown classes"),
        ({"may": ["recording:read"], "scope": "agency", "classes": ["normal"], "types": ["x"]}, "has no"),
        ({"may": ["case:read"], "scope": "agency", "kind": ["case"]}, "unknown keys"),
        ({"may": ["case:read"], "scope": "agency", True: ["case"]}, "unknown keys"),
    ],
)
def test_a_grant_that_says_something_unknown_is_refused(grant: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_rulebook(changed(**{str(k): v for k, v in grant.items()}))


def test_an_unknown_variable_is_refused() -> None:
    raw = changed(may=["case:read"], scope="mine")
    raw["scopes"]["mine"] = {"agency_id": "$agency", "any": [{"case_id": "$everything"}]}
    with pytest.raises(ValueError, match=r"\$everything"):
        read_rulebook(raw)


def test_the_roles_are_those_of_the_reference() -> None:
    assert set(rulebook().roles) == ROLES_OF_REFERENCE


def test_every_role_and_class_names_its_source() -> None:
    assert all(r.title and r.source for r in rulebook().roles.values())
    assert all(c["title"] and c["source"] for c in rulebook().classes.values())
