"""Hostile files and wishes around packages and copies: each by the test named after it."""

import datetime as dt
import hashlib
import io
import zlib

import pikepdf
import pytest
from PIL import Image

from access.accounts import actor_of
from access.facts import Actor
from access.persons import appointments, end_appointment
from access.policy import Permission
from access.rulebook import rulebook
from archive import filing, queries
from archive.copy_delivery import download, revoke
from archive.copy_drawing import without_place
from archive.facts import MAIN, SIDE, Entry, Item
from archive.foreign import MOST_PAGES, as_pages, is_drawable
from archive.releasing import applicant_of, masked_values
from casework.facts import DocumentFacts
from casework.operations import documents
from casework.operations.issuing import reserve
from foundation import workflows
from foundation.errors import BadInput, NotFound, Refused
from tests.access.office import administrator
from tests.archive.conftest import Office
from tests.archive.facts import PARTY, case_file, definitions, paper
from tests.archive.test_copies import approved, copied, text_of
from tests.conftest import move

ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/GoToR", b"/OpenAction", b"/AA")


def pdf(*, pages: int = 1, active: bool = False, locked: bool = False) -> bytes:
    """Return a PDF, with everything that acts by itself when asked."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    if active:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.Root.OpenAction = script
        made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xdp/>"))
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
        made.pages[0].AA = pikepdf.Dictionary(O=launch)
        made.attachments["x.exe"] = b"MZ"
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(user="x", owner="x") if locked else False)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 8)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(50_000, 50_000), (100_000, 2_000)])
def test_b12_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(BadInput) as caught:
        as_pages(png_of(*size), "image/png", "大图.png")
    assert caught.value.remedy


def test_b12_moving_pictures_are_no_pages() -> None:
    assert not is_drawable("image/gif")
    assert not is_drawable("image/svg+xml")


def test_b13_a_pdf_that_acts_is_released_as_its_looks_alone() -> None:
    source = pdf(active=True)
    assert any(word in source for word in ACTIVE)
    made = as_pages(source, "application/pdf", "外来.pdf")
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert len(opened.attachments) == 0
        assert "/OpenAction" not in opened.Root
        assert "/AcroForm" not in opened.Root
        plain = b"".join(opened.get_object(n, 0).unparse() for n in range(1, len(opened.objects) + 1))
    assert [word for word in ACTIVE if word in plain] == []


@pytest.mark.parametrize(
    "source",
    [pdf(locked=True), pdf()[:200], b"%PDF-1.7\n%%EOF", b"<html>%PDF</html>", b""],
    ids=["encrypted", "cut", "empty", "html", "nothing"],
)
def test_b13_a_pdf_that_cannot_be_opened_is_refused_in_words(source: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        as_pages(source, "application/pdf", "外来.pdf")
    assert "外来.pdf" in caught.value.message


def test_b13_a_pdf_of_too_many_pages_is_refused() -> None:
    with pytest.raises(BadInput, match="超过"):
        as_pages(pdf(pages=MOST_PAGES + 1), "application/pdf", "长.pdf")


def test_b16_the_place_in_a_picture_stays_in_the_original_and_leaves_the_copy() -> None:
    exif = Image.Exif()
    exif[0x010F] = "某厂执法记录仪"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 0.0)
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(out, "JPEG", exif=exif)
    original = out.getvalue()
    released = without_place(original)
    assert Image.open(io.BytesIO(original)).getexif()
    assert not Image.open(io.BytesIO(released)).getexif()
    assert "某厂".encode() not in released


@pytest.mark.article("A36.2")
def test_a12_a_copys_link_dies_with_its_time_its_taking_back_and_in_other_hands(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    ctx, archivist = closed_office.ctx, closed_office.actor("壬九")
    copy, other = copied(closed_office), copied(closed_office)
    stranger = Actor(
        account_id="外", person_id="外", agency_id=archivist.agency_id, name="外", roles=frozenset(["party"]),
        agencies=archivist.agencies, party_ids=frozenset(["另一当事人"]),
    )  # fmt: skip
    revoke(ctx, archivist, other.id, reason="撤回")
    said = []
    for who, copy_id in ((stranger, copy.id), (archivist, other.id), (archivist, "nowhere")):
        with pytest.raises(NotFound) as caught:
            download(ctx, who, copy_id)
        said.append(str(caught.value))
    move(ctx, copy.expires_at + dt.timedelta(seconds=1))
    with pytest.raises(NotFound) as caught:
        download(ctx, archivist, copy.id)
    assert len({*said, str(caught.value)}) == 1, "no oracle: one answer for all"


@pytest.mark.article("A34.1")
def test_a24_a_job_asked_for_by_somebody_runs_with_the_rights_of_that_moment(handed_office: Office) -> None:
    ctx, archivist = handed_office.ctx, handed_office.actor("壬九")
    with ctx.database.write() as session:
        words = {"kind": "pack", "subject": handed_office.case_id, "by": archivist.account_id}
        job_id = workflows.ask(session, ctx, agency_id=archivist.agency_id, **words)
    with ctx.database.read() as session:
        held = appointments(session, archivist.person_id)
    admin = administrator(ctx, archivist.agency_id)
    for one in held:
        end_appointment(ctx, admin, one.id)
    with ctx.database.read() as session:
        assert not actor_of(session, archivist.account_id, ctx.clock.now()).roles
    facts = workflows.run_in_process(ctx, job_id)
    assert facts.state != "done"
    with ctx.database.read() as session:
        assert queries.packages_of(session, handed_office.case_id) == []


@pytest.mark.article("A34.1")
def test_a16_a_package_has_the_highest_class_of_what_is_in_it() -> None:
    """And each volume that of its own papers: a side volume is internal by its nature, informants are not inside."""

    def class_of(volume: str, *inside: str) -> str:
        kept = [paged_item(paper("inquiry_record", secrecy=one), one) for one in inside]
        return filing.class_of(volume, [*kept, paged_item(paper("informant_notice"), "informant", apart=True)])

    assert class_of(MAIN, "normal", "privacy", "work_secret", "business_secret") == "work_secret"
    assert (class_of(MAIN, "normal", "privacy"), class_of(MAIN)) == ("privacy", "normal")
    assert (class_of(SIDE, "normal"), class_of(SIDE, "normal", "privacy")) == ("internal", "privacy")
    readers = [g for r in rulebook().roles.values() for g in r.grants if Permission.PACKAGE_READ in g.may]
    for grant in readers:
        classes = next(part["secrecy"] for part in grant.where if "secrecy" in part)
        assert "internal" in classes


def paged_item(document: DocumentFacts, secrecy: str, *, apart: bool = False) -> Item:
    entry = Entry(
        document_id=document.id,
        type=document.type,
        title=document.title,
        number="",
        author="",
        date=dt.date(2026, 1, 5),
        secrecy=secrecy,
        group="rest",
        recording_ids=(),
        apart=apart,
    )
    return Item(entry=entry, seq=1, first=1, pages=1)


@pytest.mark.article("A33.1")
def test_i3_an_agent_without_a_letter_of_authorisation_gets_nothing(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    ctx, archivist = closed_office.ctx, closed_office.actor("壬九")
    words = {"items": [{"doc": "当场行政处罚决定书", "range": "全部"}], "purpose": "申请行政复议", "form": "拷贝"}
    data = {**words, "agent": "午七，授权委托书"}
    asked = documents.draft(ctx, archivist, type="record_copy_application", case_id=closed_office.case_id, data=data)
    documents.fill_slot(ctx, closed_office.actor("甲一"), document_id=asked.id, slot="applicant", name="午七")
    with pytest.raises(Refused, match="没有授权委托书") as caught:
        reserve(ctx, archivist, document_id=asked.id)
    assert [f.code for f in caught.value.findings] == ["P"]


@pytest.mark.article("A33.1")
def test_i4_a_copy_of_a_joint_case_covers_the_other_party() -> None:
    definition = definitions()["summary_penalty_decision"]
    theirs = paper(definition.id, party_id="p2")
    values = {"id_no": "110101198001019998", "party_name": "另一当事人"}
    shown, covered = masked_values(definition, values, theirs, applicant_of(case_file(theirs), PARTY))
    assert "110101198001019998" not in str(shown)
    assert "id_no" in covered


@pytest.mark.article("A33.1")
def test_i6_a_file_without_its_mark_still_tells_whose_copy_it_is(closed_office: Office) -> None:
    move(closed_office.ctx, "2026-05-19T09:00")
    consent = approved(closed_office)
    first = copied(closed_office, approval_id=consent)
    second = copied(closed_office, approval_id=consent)
    data = closed_office.ctx.blobs.read(first.blob)
    assert first.blob != second.blob, "the same papers, and each copy its own bytes"
    assert first.number in text_of(data)
    with closed_office.ctx.database.read() as session:
        agency = closed_office.actor("壬九").agency_id
        found = queries.copy_with_digest(session, agency, hashlib.sha256(data).hexdigest())
        assert queries.copy_with_digest(session, "邻镇", first.blob) is None
    assert found is not None
    assert (found.number, found.applicant) == (first.number, first.applicant)
