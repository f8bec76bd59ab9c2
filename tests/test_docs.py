"""Docs are tested: every setting, permission, error code, command, route and glossary word appears in them."""

import re
from pathlib import Path

import pytest
from flask import Flask

from access.permissions import KINDS, Permission
from cli.registry import all_commands, register
from foundation import errors
from foundation.settings import ROOT, Settings
from tests.conftest import floor_of, settings_for
from web.app import create_app

DOCS = sorted((ROOT / "docs").glob("**/*.md"))
TEXT = "\n".join(p.read_text(encoding="utf-8") for p in DOCS)


def app_of(tmp_path: Path) -> Flask:
    app = create_app(floor_of(settings_for(tmp_path / "var")))
    register(app)
    return app


def test_every_setting_stands_in_the_docs() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert [n for n in Settings.model_fields if f"ANJUAN_{n.upper()}" not in text] == []


def test_every_permission_stands_in_the_docs() -> None:
    assert [p.value for p in Permission if f"`{p.value}`" not in TEXT] == []


def test_every_error_code_stands_in_the_docs() -> None:
    text = (ROOT / "docs/pages.md").read_text(encoding="utf-8")
    kinds = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.AnjuanError)]
    assert [k.code for k in kinds if f"`{k.code}`" not in text] == []


def test_every_route_stands_in_the_docs(tmp_path: Path) -> None:
    text = (ROOT / "docs/pages.md").read_text(encoding="utf-8")
    app = app_of(tmp_path)
    routes = {re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    app.extensions["anjuan"].database.close()
    assert sorted(r for r in routes if f"`{r}`" not in text) == []


def test_every_command_stands_in_the_docs() -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert [name for name in all_commands() if f"`flask {name}" not in text] == []


def test_every_option_of_every_command_stands_in_the_docs() -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    options = {o for c in all_commands().values() for p in c.params for o in p.opts if o.startswith("--")}
    assert sorted(o for o in options if f"`{o}" not in text) == []


def test_every_kind_of_thing_in_code_has_its_word_in_the_glossary() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


def test_a_word_of_the_glossary_stands_for_one_term() -> None:
    rows = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    words = [w for row in rows if row.startswith("|") for w in re.findall(r"`([a-z_]+)`", row)]
    assert sorted(w for w in set(words) if words.count(w) > 1) == []


def test_every_place_that_the_map_names_exists() -> None:
    text = (ROOT / "docs/map.md").read_text(encoding="utf-8") + (ROOT / "README.md").read_text(encoding="utf-8")
    named = {m for m in re.findall(r"`((?:[a-z_]+/)+[\w.*<>-]*)`", text) if "<" not in m}
    assert sorted(n for n in named if not list(ROOT.glob(n.rstrip("/")))) == []


@pytest.mark.parametrize("path", [*DOCS, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_every_link_in_a_document_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_make_target_has_its_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"\.PHONY: (.+)", text)
    assert phony
    assert [t for t in phony[1].split() if not re.search(rf"^{t}:.*## ", text, re.MULTILINE)] == []


def test_every_decision_has_context_choice_and_cost() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.match(r"\d{4}-[a-z0-9-]+\.md", page.name), page.name
        assert text.startswith("# "), page.name
        assert all(f"**{word}.**" in text for word in ("Context", "Choice", "Cost")), page.name


def test_no_document_names_a_machine() -> None:
    assert re.findall(r"/(?:home|root|work)/[^\s`)]*", TEXT) == []
