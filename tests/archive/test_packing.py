"""A closed case becomes one package: whole or not at all, the same bytes, judged by strangers."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bagit
import pikepdf
import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa

from archive import packing, queries
from archive.facts import MAIN, SIDE
from archive.packing_view import contents_of, work_folder
from archive.payload import stored_files
from archive.portable.verify import check
from archive.verifying_records import verify_case
from casework import queries as casework
from foundation import workflows
from foundation.database import Base
from foundation.errors import Refused
from foundation.settings import ROOT
from tests.archive import killed
from tests.archive.conftest import Office, package_root
from tests.conftest import move


def text_of(pdf: Path) -> str:
    with pdfium.PdfDocument(pdf) as document:
        pages = [document[n].get_textpage().get_text_bounded() for n in range(len(document))]
    return "".join("".join(pages).split())


def every_byte(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.mark.article("A31.1")
def test_both_volumes_are_pdf_a_3u_and_the_report_2a(kept_office: Office, verapdf: Callable[..., Any]) -> None:
    root = package_root(kept_office)
    for flavour, paths in (("3u", ["正卷/正卷.pdf", "副卷/副卷.pdf"]), ("2a", ["检测/GD报告.pdf"])):
        for path, verdict in verapdf([root / "data" / p for p in paths], flavour).items():
            assert verdict.compliant, (path, verdict.faults)


def test_strangers_accept_the_package(kept_office: Office) -> None:
    root = package_root(kept_office)
    assert bagit.Bag(str(root)).validate(processes=1)
    assert check(str(root))["passed"]


def test_the_case_is_archived_and_its_papers_filed(kept_office: Office) -> None:
    with kept_office.ctx.database.read() as session:
        case = casework.case_facts(session, kept_office.case_id)
        papers = casework.documents_of(session, kept_office.case_id)
        (package,) = queries.packages_of(session, kept_office.case_id)
    assert case.archived_on is not None
    assert {p.status for p in papers} <= {"filed", "served"}
    assert (package.state, package.passed, package.filer, package.checker) == ("kept", True, "甲一", "壬九")
    assert package.folder == package_root(kept_office).relative_to(kept_office.folder).as_posix()


def test_volumes_items_and_codes_are_those_of_the_worked_example(kept_office: Office) -> None:
    with kept_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
    assert [package.volume(v).items for v in (MAIN, SIDE)] == [7, 3]
    assert [package.volume(v).code for v in (MAIN, SIDE)] == ["QH01-ZY·CF·2026-D30-001", "QH01-ZY·CF·2026-D30-002"]


def test_an_own_word_template_that_drew_a_paper_lies_beside_its_definition(kept_office: Office) -> None:
    with kept_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
    contents = contents_of(kept_office.ctx, package.id)
    assert not [
        f
        for f in stored_files(kept_office.ctx, contents)
        if f.path.startswith("data/定义/") and f.path.endswith(".docx")
    ]
    template = kept_office.ctx.blobs.put(b"PK of Word").sha256
    drawn = contents.document(contents.items[0].document_id)
    papers = tuple(replace(d, template=template) if d.id == drawn.id else d for d in contents.file.documents)
    contents = replace(contents, file=replace(contents.file, documents=papers))
    found = [f for f in stored_files(kept_office.ctx, contents) if f.sha256 == template]
    assert [f.path for f in found] == [f"data/定义/{drawn.type}_{template[:12]}.docx"]


def test_pages_of_the_lists_are_those_of_the_volumes(kept_office: Office) -> None:
    root = package_root(kept_office)
    with kept_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
        items = queries.items_of(session, package.id)
    for volume, name in ((MAIN, "正卷"), (SIDE, "副卷")):
        with pdfium.PdfDocument(root / f"data/{name}/{name}.pdf") as document:
            labels = [document.get_page_label(n) for n in range(len(document))]
            for item in (i for i in items if i.volume == volume):
                page = document[labels.index(str(item.first))].get_textpage().get_text_bounded()
                assert item.title.partition("（")[0][:4] in "".join(page.split())
            assert labels.count(str(package.volume(volume).pages)) == 1


@pytest.mark.article("A34.1")
def test_nothing_of_the_side_volume_is_in_the_main_one(kept_office: Office) -> None:
    root = package_root(kept_office)
    with kept_office.ctx.database.read() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
        inside = [i for i in queries.items_of(session, package.id) if i.volume == SIDE]
    main = text_of(root / "data/正卷/正卷.pdf")
    assert not [i.title for i in inside if i.title in main]
    with pikepdf.open(root / "data/正卷/正卷.pdf") as pdf:
        files = {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
    assert not [name for name in files if any(i.title in name for i in inside)]
    assert not [name for name, data in files.items() if package.volume(SIDE).code.encode() in data]


def test_no_media_are_inside_the_volumes(kept_office: Office) -> None:
    root = package_root(kept_office)
    media = list((root / "data/媒体/原件").iterdir())
    assert {p.suffix for p in media} == {".mp4", ".jpg"}
    for name in ("正卷", "副卷"):
        data = (root / f"data/{name}/{name}.pdf").read_bytes()
        with pikepdf.open(root / f"data/{name}/{name}.pdf") as pdf:
            kinds = {str(pdf.attachments[n].get_file().mime_type) for n in pdf.attachments}
        assert kinds <= {"application/pdf", "application/json", "application/xml"}
        # a photo that an evidence sheet prints is part of that paper; sound and video never are
        assert not any(p.read_bytes()[100:400] in data for p in media if p.suffix == ".mp4")


def test_signed_originals_are_associated_and_never_joined(kept_office: Office) -> None:
    root = package_root(kept_office)
    sealed = next((root / "data/文书/正卷").glob("0001_*_签章.pdf"))
    with pikepdf.open(root / "data/正卷/正卷.pdf") as pdf:
        spec = pdf.attachments[sealed.name]
        assert spec.obj.AFRelationship == "/Source"
        assert spec.get_file().read_bytes() == sealed.read_bytes()
        assert "/AcroForm" not in pdf.Root


def test_the_recordings_list_names_what_lies_in_the_package(kept_office: Office) -> None:
    root = package_root(kept_office)
    path = next((root / "data/文书/正卷").glob("*音像（电子）档案目录.json"))
    rows = json.loads(path.read_text(encoding="utf-8"))["data"]["items"]
    assert [(root / "data" / r["storage"]).stat().st_size for r in rows] == [int(r["size"]) for r in rows]


def test_metadata_name_every_item_with_its_digest(kept_office: Office) -> None:
    root = package_root(kept_office)
    tree = packing.reporting.read("checks")  # rules are readable beside the package
    assert tree["step"] == "GD"
    listed = (root / "data/元数据/正卷/件目录.xml").read_text(encoding="utf-8")
    manifest = dict(
        reversed(line.split("  ", 1))
        for line in (root / "manifest-sha256.txt").read_text(encoding="utf-8").splitlines()
    )
    for path in (root / "data/文书/正卷").glob("0*_*.pdf"):
        name = path.relative_to(root).as_posix()
        assert name in listed
        assert manifest[name] in listed


def test_packing_twice_gives_the_same_bytes(kept_office: Office) -> None:
    root = package_root(kept_office)
    before = every_byte(root)
    with kept_office.ctx.database.write() as session:
        (package,) = queries.packages_of(session, kept_office.case_id)
        packing.shelving.change(session, package.id, state="packing")
        packing.shelving.remember(session, package.id, made=False, placed=False)
    shutil.rmtree(root)
    move(kept_office.ctx, "2026-06-30T10:00")
    actor = kept_office.actor("壬九")
    for _name, step in packing.STEPS[1:4]:
        step(kept_office.ctx, actor, package.id, kept_office.press, lambda *_: None)
    assert every_byte(root) == before


def test_a_kept_package_is_returned_and_not_made_again(kept_office: Office) -> None:
    root = package_root(kept_office)
    made = root.stat().st_mtime_ns
    again = packing.pack(kept_office.ctx, kept_office.actor("壬九"), kept_office.case_id, kept_office.pool)
    assert again.state == "kept"
    assert root.stat().st_mtime_ns == made


def test_the_archivist_alone_may_do_both_halves(closed_office: Office) -> None:
    package = closed_office.pack()
    assert (package.filer, package.checker) == ("壬九", "壬九")


def test_an_open_case_is_refused(closed_office: Office) -> None:
    from casework import casebook  # noqa: PLC0415 - puts the case back to before its closing

    with closed_office.ctx.database.write() as session:
        casebook.change(session, closed_office.case_id, closed_on=None)
    with pytest.raises(Refused, match="没有结案"):
        closed_office.hand_over()


@pytest.mark.article("A10.2")
def test_a_recording_of_an_informant_enters_no_package(closed_office: Office) -> None:
    table = Base.metadata.tables["recording"]
    with closed_office.ctx.database.write() as session:
        session.execute(sa.update(table).where(table.c.kind == "录像").values(secrecy="informant"))
        voice = session.execute(sa.select(table).where(table.c.kind == "录像")).mappings().one()
    closed_office.hand_over()
    closed_office.pack()
    root = package_root(closed_office)
    data = closed_office.ctx.blobs.read(voice["blob"])
    assert not [name for name, found in every_byte(root).items() if found == data]
    texts = [text_of(root / f"data/{v}/{v}.pdf") for v in ("正卷", "副卷")]
    assert not any(voice["summary"] in text or voice["file_name"] in text for text in texts)
    assert texts[0].count("音像证据卡") == 1  # of the photo
    assert "另行存放" in texts[1]
    assert verify_case(closed_office.ctx, closed_office.case_id).ok


def test_packing_is_long_work_with_visible_steps(handed_office: Office) -> None:
    ctx = handed_office.ctx
    archivist = handed_office.actor("壬九")
    with ctx.database.write() as session:
        words = {"kind": "pack", "subject": handed_office.case_id, "by": archivist.account_id}
        job_id = workflows.ask(session, ctx, agency_id=archivist.agency_id, **words)
    facts = workflows.run_in_process(ctx, job_id)
    assert facts.state == "done", facts.error
    assert [s.name for s in facts.steps] == ["整理移交", *(name for name, _step in packing.STEPS)]
    assert facts.result["code"] == "QH01-ZY·CF·2026-D30-001"


@pytest.mark.slow
@pytest.mark.parametrize("point", killed.POINTS)
def test_killed_anywhere_there_is_no_package_or_a_whole_one(handed_office: Office, point: str) -> None:
    data = handed_office.ctx.settings.data_dir
    arguments = [str(data), handed_office.case_id, handed_office.accounts["壬九"], point]
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.archive.killed", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    whole = [p.parent for p in handed_office.folder.rglob("bagit.txt") if ".incoming" not in p.parts]
    assert all(check(str(p))["passed"] for p in whole)
    package = handed_office.pack(at="2026-05-20T09:30")
    assert package.state == "kept"
    assert check(str(package_root(handed_office)))["passed"]
    assert not work_folder(handed_office.ctx, package.id).exists()
