"""The four-property report: each machine check finds its fault, the rest is listed as what it is."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive import queries
from archive.checks import check_named, run_checks, summary
from archive.checks_api import Payload
from archive.facts import CheckFacts
from archive.layout import NOTE
from archive.packing_view import contents_of, payload_of
from archive.ruling import read
from tests.archive.conftest import Office, package_root


@pytest.fixture
def payload(kept_office: Office) -> Payload:
    """Return the payload of a kept package, as it was checked."""
    ctx = kept_office.ctx
    with ctx.database.read() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
        files = queries.files_of(session, package.id)
    return payload_of(ctx, contents_of(ctx, package.id), files, package_root(kept_office))


def test_forty_rows_are_listed_each_carried_out_attested_or_said_not_to_be(payload: Payload) -> None:
    rows = run_checks(payload)
    assert len(rows) == 40
    assert len({r.code for r in rows}) == 40
    assert {r.result for r in rows} == {"passed", "manual", "not_done"}
    assert all(r.detail for r in rows if r.result in ("manual", "not_done"))
    assert [r.code for r in rows if r.result == "not_done"] == ["GD-1-9", "GD-4-2"]


def test_every_row_of_the_rules_names_a_check_or_a_reason() -> None:
    for row in read("checks")["checks"]:
        assert callable(check_named(row["run"])) if row["by"] == "machine" else row["why"]


def test_the_report_in_the_package_is_that_of_the_database(kept_office: Office) -> None:
    root = package_root(kept_office)
    stored = json.loads((root / "data/检测/GD报告.json").read_text(encoding="utf-8"))
    with kept_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
        rows = queries.checks_of(session, package.id)
    assert [(c["code"], c["result"]) for c in stored["checks"]] == [(c.code, c.result) for c in rows]
    assert stored["conclusion"] == "合格"


def without(payload: Payload, ending: str) -> Payload:
    return replace(payload, files=[f for f in payload.files if not f.path.endswith(ending)])


def cut(payload: Payload, path: str, data: bytes) -> Payload:
    target = payload.root / path
    target.unlink()
    target.write_bytes(data)
    return payload


def first(payload: Payload, ending: str) -> str:
    return next(f.path for f in payload.files if f.path.endswith(ending) and f.path.startswith("data/文书"))


FAULTS: dict[str, Callable[[Payload], Payload]] = {
    "fixed": lambda p: replace(p, broken_seals=["决定书"]),
    "duplicates": lambda p: replace(p, codes_in_use=["QH01-ZY·CF·2026-D30-001"]),
    "attributes": lambda p: cut(p, first(p, ".docx"), b"no word file"),
    "linked": lambda p: without(p, ".docx"),
    "listings": lambda p: without(p, "说明.txt"),
    "folders": lambda p: replace(p, files=[*p.files, replace(p.files[0], path="data/别的/x")]),
    "consistent": lambda p: replace(p, files=[*p.files, replace(p.files[0], path="data/正卷/没有.pdf")]),
    "byte_count": lambda p: cut(p, first(p, ".docx"), b"short"),
    "elements": lambda p: without(p, "0001.xml"),
    "process": lambda p: replace(p, events=[]),
    "content": lambda p: without(p, ".docx"),
    "enclosed": lambda p: without(p, ".mp4"),
    "package_metadata": lambda p: without(p, "events.jsonl"),
    "readable_metadata": lambda p: without(p, ".xml"),
    "environment": lambda p: cut(p, NOTE, "移交单位：某镇\n".encode()),
    "surplus": lambda p: without(p, ".docx"),
    "lasting": lambda p: replace(p, files=[replace(p.files[0], media_type="application/x-secret")]),
    "open_formats": lambda p: replace(p, files=[replace(p.files[0], path="data/文书/x.7z", media_type="")]),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_check_finds_its_fault_and_names_it(payload: Payload, name: str) -> None:
    assert not list(check_named(name)(payload))
    assert list(check_named(name)(FAULTS[name](payload)))


def test_a_changed_contents_row_breaks_counts_and_order(payload: Payload) -> None:
    items = payload.contents.items
    moved = replace(payload, contents=replace(payload.contents, items=items[1:]))
    for name in ("item_count", "continuous"):
        assert list(check_named(name)(moved)), name


def test_one_failed_check_makes_its_property_fail() -> None:
    rows = [
        CheckFacts(code="GD-1-1", property="真实性", title="", result="passed"),
        CheckFacts(code="GD-2-1", property="完整性", title="", result="failed"),
    ]
    assert summary(rows) == {"真实性": "合格", "完整性": "不合格", "可用性": "合格", "安全性": "合格"}


def test_the_note_of_the_package_says_how_to_read_it(kept_office: Office) -> None:
    text = (Path(package_root(kept_office)) / NOTE).read_text(encoding="utf-8")
    assert all(word in text for word in ("移交单位：", "起止档号：", "软硬件环境："))
