"""A party's copy: only what the policy allows, without what is not the party's, marked, certified, expiring."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from PIL import Image

from archive import queries
from archive.clips import Clip
from archive.copies import make_copy
from archive.copy_delivery import download, revoke
from archive.copy_drawing import Wish, without_place
from archive.facts import CopyFacts
from archive.foreign import Cover, as_pages
from archive.releasing import applicant_of, masked_values, release_of
from casework import queries as casework
from casework.operations import documents
from foundation import journal
from foundation.database import Base
from foundation.errors import BadInput, NotFound, Refused
from generator import issuing
from generator.seal_checking import seals_of
from tests.archive.conftest import Office
from tests.archive.facts import PARTY, case_file, definitions, fill, paper
from tests.conftest import move

PURPOSE = "申请行政复议"


def approved(office: Office, decision: str = "同意") -> str:
    """Let the party ask and the legal head consent; return the approval's id."""
    archivist, ctx = office.actor("壬九"), office.ctx
    words = {
        "case_id": office.case_id,
        "data": {"items": [{"doc": "当场行政处罚决定书", "range": "全部"}], "purpose": PURPOSE, "form": "拷贝"},
    }
    asked = documents.draft(ctx, archivist, type="record_copy_application", **words)
    documents.fill_slot(ctx, office.actor("甲一"), document_id=asked.id, slot="applicant", name="孙样例")
    issuing.issue(ctx, archivist, asked.id, office.press)
    rows = [{"doc": "当场行政处罚决定书", "volume": "正卷", "result": "提供", "basis": "送达给申请人的文书"}]
    data = {"screening": rows, "watermark": "见复制件编号"}
    consent = documents.draft(
        ctx, archivist, type="record_copy_approval", case_id=office.case_id, target_id=asked.id, data=data
    )
    documents.fill_slot(ctx, archivist, document_id=consent.id, slot="handler")
    opinion = {"legal_decision": decision, "legal_opinion": "属送达给申请人的文书。"}
    documents.fill_slot(ctx, office.actor("丁四"), document_id=consent.id, slot="legal", values=opinion)
    issuing.issue(ctx, archivist, consent.id, office.press)
    return consent.id


def decision(office: Office) -> str:
    with office.ctx.database.read() as session:
        papers = casework.documents_of(session, office.case_id)
    return next(d.id for d in papers if d.type == "summary_penalty_decision")


def copied(office: Office, **wish: Any) -> CopyFacts:
    """Make a copy; of the decision alone when nothing else is asked."""
    party = next(iter(office.parties.values()))
    own = {"party_id": party, "purpose": PURPOSE, "document_ids": [decision(office)]}
    asked = Wish(**{**own, "approval_id": wish.get("approval_id") or approved(office), **wish})
    return make_copy(office.ctx, office.actor("壬九"), case_id=office.case_id, wish=asked, pool=office.pool)


def text_of(data: bytes) -> str:
    with pdfium.PdfDocument(data) as document:
        return "".join("".join(document[n].get_textpage().get_text_bounded() for n in range(len(document))).split())


@pytest.mark.article("A33.1")
def test_a_copy_holds_what_was_served_certified_marked_and_sealed(
    closed_office: Office, tmp_path: Path, verapdf: Callable[..., Any]
) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    copy = copied(closed_office)
    data = closed_office.ctx.blobs.read(copy.blob)
    (tmp_path / "copy.pdf").write_bytes(data)
    (verdict,) = verapdf([tmp_path / "copy.pdf"], "3u").values()
    assert verdict.compliant, verdict.faults
    assert [s.is_intact for s in seals_of(data)] == [True]
    text = text_of(data)
    assert "执法记录复制件证明" in text
    assert text.count(copy.number) >= copy.pages
    assert PURPOSE in text
    assert "当场行政处罚决定书" in {i["title"] for i in copy.items}


@pytest.mark.article("A34.1")
def test_a_copy_never_holds_internal_papers_or_registers(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    copy = copied(closed_office, document_ids=None)
    titles = {i["title"] for i in copy.items}
    with closed_office.ctx.database.read() as session:
        inside = {d.title for d in casework.documents_of(session, closed_office.case_id) if d.volume != "main"}
    assert not titles & inside
    assert not [t for t in inside if t in text_of(closed_office.ctx.blobs.read(copy.blob))]


def test_an_internal_paper_that_is_asked_for_is_refused_with_its_reason(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    with closed_office.ctx.database.read() as session:
        papers = casework.documents_of(session, closed_office.case_id)
    inside = next(d for d in papers if d.type == "summary_process_record")
    with pytest.raises(Refused, match="没有可以提供的") as error:
        copied(closed_office, document_ids=[inside.id])
    assert "内部材料" in str(error.value)


def test_without_the_legal_heads_consent_there_is_no_copy(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    with pytest.raises(Refused, match="法制机构负责人同意"):
        copied(closed_office, approval_id=approved(closed_office, decision="不同意"))
    with pytest.raises(Refused, match="法制机构负责人同意"):
        copied(closed_office, approval_id="no-such-paper")


def test_a_purpose_and_a_party_of_the_case_are_asked(closed_office: Office) -> None:
    with pytest.raises(BadInput, match="用途"):
        make_copy(
            closed_office.ctx,
            closed_office.actor("壬九"),
            case_id=closed_office.case_id,
            wish=Wish(party_id="x", purpose=" ", approval_id=""),
            pool=closed_office.pool,
        )


@pytest.mark.article("A36.2")
def test_each_download_is_journalled_and_ends_with_its_time(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    copy = copied(closed_office)
    archivist = closed_office.actor("壬九")
    assert b"".join(download(closed_office.ctx, archivist, copy.id)).startswith(b"%PDF")
    with closed_office.ctx.database.read() as session:
        events = [e for e in journal.events(session, f"access:{closed_office.case_id}") if e.kind == "case.copied"]
        (row,) = queries.copies_of(session, closed_office.case_id)
    assert [e.data["digest"] for e in events] == [copy.blob]
    assert row.downloads == 1
    move(closed_office.ctx, copy.expires_at + dt.timedelta(seconds=1))
    with pytest.raises(NotFound):
        download(closed_office.ctx, archivist, copy.id)


def test_a_copy_that_was_taken_back_cannot_be_fetched(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    copy = copied(closed_office)
    archivist = closed_office.actor("壬九")
    with pytest.raises(BadInput):
        revoke(closed_office.ctx, archivist, copy.id, reason=" ")
    revoke(closed_office.ctx, archivist, copy.id, reason="申请人撤回")
    with pytest.raises(NotFound):
        download(closed_office.ctx, archivist, copy.id)


def test_a_clip_is_the_approved_span_alone(closed_office: Office, tmp_path: Path) -> None:
    from casework.media import look_at  # noqa: PLC0415 - the product's own look at media

    move(closed_office.ctx, "2026-05-19T09:00")
    with closed_office.ctx.database.read() as session:
        video = next(r for r in casework.recordings_of(session, closed_office.case_id) if r.kind == "录像")
    copy = copied(closed_office, clips=[Clip(recording_id=video.id, start_s=1, end_s=3)])
    (clip,) = copy.clips
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"".join(download(closed_office.ctx, closed_office.actor("壬九"), copy.id, clip=0)))
    assert 1.5 < (look_at(path, "录像", path.name).duration_s or 0) < 2.6
    assert clip["blob"] != video.blob


@pytest.mark.parametrize("span", [(3, 1), (-1, 2)])
def test_a_clip_without_a_sensible_span_is_refused(closed_office: Office, span: tuple[int, int]) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    with closed_office.ctx.database.read() as session:
        video = next(r for r in casework.recordings_of(session, closed_office.case_id) if r.kind == "录像")
    with pytest.raises(BadInput, match="起止时间"):
        copied(closed_office, clips=[Clip(recording_id=video.id, start_s=span[0], end_s=span[1])])


# --- what is released, and what is covered ---------------------------------------------------------------------------


def test_another_partys_privacy_is_covered_and_the_own_stays() -> None:
    definition = definitions()["summary_penalty_decision"]
    mine = paper(definition.id)
    file = case_file(mine)
    values = {"id_no": PARTY.id_no, "party_name": PARTY.name}
    own, covered = masked_values(definition, values, mine, applicant_of(file, PARTY))
    assert own["id_no"] == PARTY.id_no
    assert not covered
    theirs = paper(definition.id, party_id="p2")
    other, covered = masked_values(definition, {"id_no": "110101198001019998"}, theirs, applicant_of(file, PARTY))
    assert "110101198001019998" not in str(other)
    assert covered == ("id_no",)


def test_a_paper_that_was_not_served_is_not_released() -> None:
    decision = paper("penalty_decision")
    file = case_file(decision)
    assert not release_of(file, decision, applicant_of(file, PARTY)).allowed


def test_a_party_gets_what_it_signed_itself() -> None:
    record = paper("inquiry_record", slots=(fill("party", "party", PARTY.name),))
    file = case_file(record)
    assert release_of(file, record, applicant_of(file, PARTY)).allowed


@pytest.mark.article("A10.2")
def test_nothing_of_an_informant_is_released() -> None:
    register = paper("complaint_report_register", secrecy="informant", volume="main")
    reply = paper("informant_notice", volume="main", target_id=register.id, secrecy="informant")
    file = case_file(register, reply)
    assert not any(release_of(file, d, applicant_of(file, PARTY)).allowed for d in (register, reply))


def test_names_of_witnesses_are_shortened() -> None:
    definition = definitions()["leaving_service_record"]
    signs = next(str(s.signs) for s in definition.slots if s.role == "witness")
    values = {signs: [{"name": "寅三", "date": "2026-03-11", "image": "x"}]}
    found, _covered = masked_values(definition, values, paper(definition.id), applicant_of(case_file(), PARTY))
    assert found[signs] == [{"name": "寅*", "date": "2026-03-11", "image": ""}]


# --- pictures --------------------------------------------------------------------------------------------------------


def photo(**save: Any) -> bytes:
    image = Image.new("RGB", (400, 300), (200, 30, 30))
    out = io.BytesIO()
    image.save(out, "JPEG", **save)
    return out.getvalue()


def located() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 20.0)
    exif[0x010F] = "执法记录仪"
    return photo(exif=exif.tobytes())


@pytest.mark.article("A34.1")
def test_a_released_picture_keeps_no_place_or_device() -> None:
    with Image.open(io.BytesIO(located())) as before:
        assert before.getexif().get_ifd(0x8825)
    with Image.open(io.BytesIO(without_place(located()))) as after:
        assert not dict(after.getexif())
        assert not after.info.get("exif")


def test_a_covered_area_is_painted_before_encoding() -> None:
    half = Cover(page=0, box=(0.0, 0.0, 0.5, 1.0))
    with Image.open(io.BytesIO(without_place(photo(), [half]))) as image:
        assert max(image.getpixel((100, 150))) < 20
        assert image.getpixel((300, 150))[0] > 150


def test_a_scan_becomes_page_images_with_painted_areas_and_no_text(tmp_path: Path) -> None:
    from tests.archive.papers import paper as drawn  # noqa: PLC0415 - draws with the product's fonts

    scan = as_pages(drawn("询问笔录", "<p>身份证号110101198001019998</p>"), "application/pdf", "笔录", [])
    covered = as_pages(scan, "application/pdf", "笔录", [Cover(page=0, box=(0, 0, 1, 1))])
    assert "110101198001019998" not in text_of(scan)
    with pdfium.PdfDocument(covered) as document:
        assert max(document[0].render().to_pil().convert("L").getextrema()) < 20
    with pikepdf.open(io.BytesIO(covered)) as pdf:
        assert len(pdf.pages[0].get_images()) == 1


def test_an_unreadable_scan_is_refused() -> None:
    for data, kind in ((b"%PDF-1.4 nothing", "application/pdf"), (b"no picture", "image/jpeg")):
        with pytest.raises(BadInput, match="扫描"):
            as_pages(data, kind, "扫描件")


def test_copies_are_numbered_without_gaps(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    numbers = [copied(closed_office).number for _n in range(2)]
    assert numbers == ["复2026-001", "复2026-002"]
    table = Base.metadata.tables["archive_copy"]
    with closed_office.ctx.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 2
