"""Read definition folders: every fault of every folder at once, each with file, line and remedy.

`load_catalogue` reads a templates folder again only when a file in it changed, `recent_catalogue` looks only once a
second whether one did; `parse_definition` builds a type from a canonical form that was kept (`catalogue.versions`).
What a definition may say stands in docs/definitions.md.
"""

import functools
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from catalogue.building import build
from catalogue.checking import Fault, check, check_expanded, check_groups
from catalogue.definitions import Catalogue, DocumentType
from catalogue.expanding import Groups, expanded
from catalogue.lint import lint_body
from catalogue.positions import Placed, read_placed
from catalogue.samples import SAMPLE, faults_of_sample
from foundation.canonical import plain
from foundation.errors import BadInput, Finding

DEFINITION = "definition.yaml"
READABLE = "检查缩进、冒号和引号"
DEPTH = 2
"""`<stage>/<type>`"""
FRESH_S = 1.0
"""How old the catalogue of an operation may be: looking at every file takes as long as a save."""


def load_catalogue(root: Path) -> Catalogue:
    """Read every definition under a templates folder.

    Raises:
        BadInput: Some folder is bad; the findings name file, line and remedy, all at once.
    """
    return _load(root, _state(root))


def recent_catalogue(root: Path) -> Catalogue:
    """Return the catalogue as it stood at most `FRESH_S` ago.

    Raises:
        BadInput: Some folder is bad (`load_catalogue`).
    """
    return _recent(root, int(time.monotonic() / FRESH_S))


@functools.lru_cache(maxsize=4)
def _recent(root: Path, _period: int) -> Catalogue:
    return load_catalogue(root)


def parse_definition(canonical: Mapping[str, Any]) -> DocumentType:
    """Build a type from its canonical form (groups already put in)."""
    return build(canonical)


def _state(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what tells one state of the folder from another: names, times and sizes of its files.

    Plain `scandir`: 2 ms for 141 types; patterns of `pathlib` take 9.
    """
    return tuple(sorted(_files(str(root), 0))) if root.is_dir() else ()


def _files(folder: str, depth: int) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if depth < DEPTH:
                    yield from _files(entry.path, depth + 1)
            elif entry.name.endswith(".yaml"):
                found = entry.stat()
                yield entry.path, found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=4)
def _load(root: Path, _of: tuple[tuple[str, int, int], ...]) -> Catalogue:
    findings: list[Finding] = []
    groups = _groups(root, findings)
    types: dict[str, DocumentType] = {}
    samples: dict[str, Path] = {}
    for path in sorted(root.glob(f"*/*/{DEFINITION}")):
        folder = _Folder(root=root, path=path)
        definition = folder.read(groups)
        findings += folder.findings
        if definition is None:
            continue
        if definition.id in types:
            findings.append(folder.finding("id", f"id “{definition.id}”与另一个文件夹重复", "换一个 id"))
        types[definition.id] = definition
        samples[definition.id] = path.parent / SAMPLE
    if findings:
        message = f"文书定义有 {len(findings)} 处错误。"
        raise BadInput(message, remedy="按下列文件和行修改。", path=findings[0].path, findings=findings)
    return Catalogue(root=root, types=types, samples=samples)


def _groups(root: Path, findings: list[Finding]) -> Groups:
    out = {}
    for path in sorted(root.glob("_groups/*.yaml")):
        reader = _File(root=root, path=path)
        content = reader.content()
        findings += reader.findings
        if isinstance(content, Placed):
            out[path.stem] = content
    return out


@dataclass(kw_only=True)
class _File:
    """One YAML file and the faults found in it."""

    root: Path
    path: Path
    findings: list[Finding] = field(default_factory=list)

    def content(self) -> Placed | None:
        """Return its mapping, None when it is no readable YAML mapping."""
        try:
            content = read_placed(self.path, self.path.read_text(encoding="utf-8"))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.add(line, f"不是有效的 YAML：{error.problem}", READABLE)
            return None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.add(1, f"不可读：{error}", "存为 UTF-8 编码的 YAML")
            return None
        if not isinstance(content, Placed):
            self.add(1, "文件应为键和值", "参照 docs/definitions.md")
            return None
        return content

    def add(self, line: int, message: str, remedy: str, path: Path | None = None) -> None:
        """Keep a fault at a line of this file, or of another."""
        name = (path or self.path).relative_to(self.root)
        where = f"{name} 第{line}行"
        self.findings.append(Finding(code="DEFINITION", path=where, message=f"{message}。", remedy=f"{remedy}。"))


class _Folder(_File):
    """Reads one folder: definition and sample."""

    def read(self, groups: Groups) -> DocumentType | None:
        """Return the type, or None when faults make it unusable."""
        raw = self.content()
        if raw is None:
            return None
        faults = [*check(raw, self.path.parent.name), *check_groups(raw, groups)]
        whole = expanded(raw, groups)
        faults += list(check_expanded(whole))
        for fault in faults:
            self._keep(fault, raw)
        if not (self.path.parent / SAMPLE).exists():
            self.add(1, "文件夹里没有 sample.yaml", "补一份样例")
        if self.findings:
            return None
        return self._built(raw, whole)

    def finding(self, word: str, message: str, remedy: str) -> Finding:
        """Return a fault at the line where a key stands."""
        self.add(self._line_of_text(word), message, remedy)
        return self.findings.pop()

    def _keep(self, fault: Fault, raw: Placed) -> None:
        where = fault.where if isinstance(fault.where, Placed) else raw
        path = where.path if where.path.name else self.path
        self.add(where.line_of(fault.key), fault.message, fault.remedy, path)

    def _built(self, raw: Placed, whole: Mapping[str, Any]) -> DocumentType | None:
        try:
            definition = build(plain(dict(whole)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.add(raw.line_of("fields"), f"读不懂：{error}", "参照 docs/definitions.md")
            return None
        for word, message, remedy in lint_body(definition):
            self.add(self._line_of_text(word, after="body"), f"“{word}”{message}", remedy)
        self._check_sample(definition)
        return definition

    def _check_sample(self, definition: DocumentType) -> None:
        sample = _File(root=self.root, path=self.path.parent / SAMPLE)
        content = sample.content()
        for fault in faults_of_sample(definition, content) if content is not None else ():
            where = fault.where if isinstance(fault.where, Placed) else content
            sample.add(where.line_of(fault.key) if where is not None else 1, fault.message, fault.remedy)
        self.findings += sample.findings

    def _line_of_text(self, word: str, after: str = "") -> int:
        """Return the first line that holds a word, searched from the key `after` on."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        start = next(_lines_from(lines, f"{after}:"), 0) if after else 0
        return next((i for i, text in enumerate(lines[start:], start + 1) if word and word in text), start + 1)


def _lines_from(lines: list[str], beginning: str) -> Iterator[int]:
    return (i for i, text in enumerate(lines) if text.startswith(beginning))
