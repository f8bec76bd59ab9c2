"""Article by article: which documents, gates and deadlines carry out a requirement, and which tests show it.

Requirement ids come from docs/regulation.md; tests are found by reading `@pytest.mark.article(…)` in the test files, so
nothing has to run.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from casework.deadlines import rules
from casework.figures import read
from casework.gates.registry import GATES
from catalogue.articles import documents_by_article
from catalogue.loading import load_catalogue
from cli.common import Result, command, the_context
from foundation.settings import ROOT

ROW = re.compile(r"^\| (A\d+\.\d+) \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One requirement of the regulation and what stands behind it."""

    id: str
    text: str
    documents: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    deadlines: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@command("逐条列出办法各项要求对应的文书、规则和期限。")
@click.option("--tests", is_flag=True, help="同时列出引用该条的测试。")
@click.argument("ids", nargs=-1)
def articles(ids: tuple[str, ...], tests: bool) -> Result:
    """List the requirements, or those of the given ids and articles (`A24`, `A9.1`)."""
    known = requirements(the_context().settings.templates_dir)
    found = [r for r in known if not ids or r.id in ids or r.id.partition(".")[0] in ids]
    return Result(data=found, lines=[*_lines(found, with_tests=tests), _summary(found, with_tests=tests)])


def requirements(templates: Path) -> list[Requirement]:
    """Return every requirement of docs/regulation.md in its order."""
    text = (ROOT / "docs/regulation.md").read_text(encoding="utf-8")
    documents, gates = _documents(templates), _gates()
    deadlines, tests = _deadlines(), citations(ROOT / "tests")
    return [
        Requirement(
            id=key,
            text=words,
            documents=tuple(documents.get(key, ())),
            gates=tuple(gates[key]),
            deadlines=tuple(deadlines[key]),
            tests=tuple(tests[key]),
        )
        for key, words in ROW.findall(text)
    ]


def citations(folder: Path) -> Mapping[str, list[str]]:
    """Return `file::test` by the requirement id that it cites."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, cited in _marked(tree, ()):
            found[cited].append(f"{path.relative_to(folder.parent)}::{name}")
    return found


def _marked(node: ast.Module | ast.ClassDef, inherited: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for item in node.body:
        if isinstance(item, ast.ClassDef):
            yield from _marked(item, (*inherited, *_cited(item.decorator_list)))
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name.startswith("test_"):
            for cited in (*inherited, *_cited(item.decorator_list)):
                yield item.name, cited


def _cited(decorators: Iterable[ast.expr]) -> Iterator[str]:
    for one in decorators:
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "article":
            yield from (a.value for a in one.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def _documents(templates: Path) -> Mapping[str, list[str]]:
    found = documents_by_article(load_catalogue(templates))
    return {article: [f"{d.id} {d.title}" for d in types] for article, types in found.items()}


def _gates() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for gate in GATES:
        for article in gate.articles:
            found[article].append(f"{gate.code} {gate.title}")
    for row in read("recordings")["duties"]:
        found[row["article"]].append(f"音像 {row['type']} {row['level']}")
    return found


def _deadlines() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for rule in rules():
        found[rule.article].append(f"{rule.kind} {rule.title}")
    return found


def _lines(found: Iterable[Requirement], *, with_tests: bool) -> Iterator[str]:
    for one in found:
        yield f"{one.id}  {one.text}"
        yield from _part("文书", one.documents)
        yield from _part("规则", one.gates)
        yield from _part("期限", one.deadlines)
        if with_tests:
            yield from _part("测试", one.tests or ("（还没有测试引用）",))


def _part(label: str, items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        yield f"    {label if number == 0 else '　　'}  {item}"


def _summary(found: list[Requirement], *, with_tests: bool) -> str:
    carried = sum(bool(r.documents or r.gates or r.deadlines) for r in found)
    shown = f"，{sum(bool(r.tests) for r in found)} 项有测试" if with_tests else ""
    return f"共 {len(found)} 项要求，{carried} 项有文书、规则或期限{shown}。"
