"""Requirements: every one of the regulation is listed, with what carries it out and the tests that cite it."""

import re
from pathlib import Path

import pytest

from cli.articles import citations, requirements
from foundation.settings import ROOT


def test_every_requirement_of_the_regulation_is_listed_once_and_in_order() -> None:
    found = [r.id for r in requirements(ROOT / "templates")]
    stated = re.findall(r"^\| (A\d+\.\d+) \|", (ROOT / "docs/regulation.md").read_text(), re.MULTILINE)
    assert found == stated
    assert len(found) == len(set(found))


def test_a_requirement_names_its_documents_gates_deadlines_and_tests() -> None:
    by_id = {r.id: r for r in requirements(ROOT / "templates")}
    assert any("催告" in d for d in by_id["A29.1"].documents)
    assert any(g.startswith("G16") for g in by_id["A29.1"].gates)
    assert any("音像存入系统" in d for d in by_id["A31.2"].deadlines)
    assert any("test_gates" in t for t in by_id["A6.1"].tests)


def test_tests_are_found_by_their_mark_without_running_them(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_one.py").write_text(
        "import pytest\nraise SystemExit  # never run\n"
        "@pytest.mark.article('A1.1', 'A2.2')\ndef test_a(): ...\n"
        "@pytest.mark.article('A3.3')\nclass TestB:\n    def test_c(self): ...\n"
        "@pytest.mark.slow\ndef test_d(): ...\n"
    )
    assert dict(citations(folder)) == {
        "A1.1": ["tests/test_one.py::test_a"],
        "A2.2": ["tests/test_one.py::test_a"],
        "A3.3": ["tests/test_one.py::test_c"],
    }


def test_every_article_that_a_test_a_gate_or_a_document_cites_exists() -> None:
    known = {r.id for r in requirements(ROOT / "templates")}
    assert set(citations(ROOT / "tests")) <= known


@pytest.mark.parametrize("wanted", ["A29", "A29.1"])
def test_one_article_can_be_asked_for(wanted: str) -> None:
    found = [r.id for r in requirements(ROOT / "templates") if r.id == wanted or r.id.startswith(f"{wanted}.")]
    assert "A29.1" in found
    assert all(r.startswith("A29.") for r in found)
