"""Packages and files are checked as long work: by pieces; what was brought is compared and thrown away."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive import queries, rechecking
from archive.rechecking import ask_brought, ask_check, brought_folder
from foundation import jobs, workflows
from foundation.errors import Forbidden
from tests.archive.conftest import Office, package_root
from tests.archive.test_bagging import change

NAME = "送来的文件"


def package_id(office: Office) -> str:
    with office.ctx.database.read() as session:
        return queries.packages_of(session, office.case_id)[0].id


def done(office: Office, job_id: str) -> jobs.JobFacts:
    return workflows.run_in_process(office.ctx, job_id)


def brought(office: Office, file: Path, who: str = "壬九") -> jobs.JobFacts:
    folder = brought_folder(office.ctx, "s1")
    folder.mkdir(parents=True)
    shutil.copy(file, folder / "file")
    return done(office, ask_brought(office.ctx, office.actor(who), "s1", NAME))


def zipped(office: Office, target: Path) -> Path:
    root = package_root(office)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            packed.write(path, f"p/{path.relative_to(root).as_posix()}")
    return target


@pytest.mark.article("A36.4")
def test_a_kept_package_is_read_by_pieces_and_compared_with_what_was_registered(
    kept_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecking, "PIECE_FILES", 20)
    facts = done(kept_office, ask_check(kept_office.ctx, kept_office.actor("壬九"), package_id(kept_office)))
    assert (facts.result["ok"], facts.result["registered"]) == (True, True)
    assert (facts.result["seals"], facts.result["events"] > 20) == (1, True)
    assert [s.name for s in facts.steps][:3] == ["取得档案包", "读取清单", f"核对文件 1/{len(facts.steps) - 3}"]
    assert len(facts.steps) > 5


@pytest.mark.article("A36.3")
def test_a_changed_byte_is_named_with_what_it_is(kept_office: Office) -> None:
    path = next((package_root(kept_office) / "data/文书/正卷").glob("0002_*.pdf"))
    change(path, 500)
    facts = done(kept_office, ask_check(kept_office.ctx, kept_office.actor("壬九"), package_id(kept_office)))
    (fault,) = {f["path"]: f for f in facts.result["faults"]}.values()
    assert "第2件" in fault["what"]
    assert (facts.state, facts.result["ok"]) == ("done", False)


def test_a_check_that_is_under_way_is_not_asked_for_twice(kept_office: Office) -> None:
    ctx, archivist, package = kept_office.ctx, kept_office.actor("壬九"), package_id(kept_office)
    assert ask_check(ctx, archivist, package) == ask_check(ctx, archivist, package)


@pytest.mark.article("A34.1")
def test_who_may_not_check_a_package_asks_in_vain(kept_office: Office) -> None:
    with pytest.raises(Forbidden):
        ask_check(kept_office.ctx, kept_office.actor("甲一"), package_id(kept_office))


def test_a_package_that_is_brought_is_checked_and_thrown_away(kept_office: Office, tmp_path: Path) -> None:
    facts = brought(kept_office, zipped(kept_office, tmp_path / "a.zip"))
    assert (facts.result["ok"], facts.result["registered"]) == (True, True)
    assert not brought_folder(kept_office.ctx, "s1").exists()


@pytest.mark.article("A36.3")
def test_one_broken_byte_of_a_package_that_is_brought_is_named(kept_office: Office, tmp_path: Path) -> None:
    path = zipped(kept_office, tmp_path / "a.zip")
    victim = next((package_root(kept_office) / "data/文书/正卷").glob("0003_*.docx"))
    data = bytearray(path.read_bytes())
    at = data.index(victim.read_bytes())
    data[at + victim.stat().st_size // 2] ^= 1
    path.write_bytes(data)
    facts = brought(kept_office, path)
    named = {Path(f["path"]).name: f["what"] for f in facts.result["faults"]}
    assert set(named) - {"bag-info.txt"} == {victim.name}
    assert "第3件" in named[victim.name]


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-3000])
    return path


def test_a_cut_or_lying_file_is_refused_with_what_to_do(kept_office: Office, tmp_path: Path) -> None:
    cut = brought(kept_office, _cut(zipped(kept_office, tmp_path / "a.zip")))
    assert (cut.state, bool(cut.remedy)) == ("parked", True)
    lie = tmp_path / "b.pdf"
    lie.write_bytes(b"MZ no pdf")
    other = brought(kept_office, lie)
    assert "不是 ZIP 档案包，也不是 PDF" in other.error


def told(facts: jobs.JobFacts) -> tuple[bool, bool, Any]:
    return facts.result["ok"], facts.result["registered"], facts.result["notes"]


def test_a_pdf_that_is_kept_here_is_recognised_and_a_changed_one_is_not(kept_office: Office, tmp_path: Path) -> None:
    root = package_root(kept_office)
    ok, registered, notes = told(brought(kept_office, root / "data/正卷/正卷.pdf"))
    assert (ok, registered) == (True, True)
    assert "逐字节相同" in notes[0]
    sealed = shutil.copy(next((root / "data/文书/正卷").glob("0001_*_签章.pdf")), tmp_path / "c.pdf")
    assert told(brought(kept_office, Path(sealed)))[:2] == (True, True)
    data = bytearray(Path(sealed).read_bytes())
    data[len(data) // 3] ^= 1
    (tmp_path / "d.pdf").write_bytes(data)
    assert told(brought(kept_office, tmp_path / "d.pdf"))[:2] == (False, False)


@pytest.mark.article("A34.1")
def test_what_the_viewer_may_not_read_is_not_recognised(kept_office: Office) -> None:
    facts = brought(kept_office, package_root(kept_office) / "data/副卷/副卷.pdf", who="癸十")
    assert facts.state == "parked" or not facts.result["registered"]
