"""Attempts to serve: which methods are open, proof beside the receipt, what failed, what it proves."""

import io
from pathlib import Path

import pytest
from PIL import Image

from casework import queries
from casework.facts import CaseFacts, DocumentFacts, ServiceMethod, Status
from casework.operations import attempts, documents, recordings, service_proofs
from casework.operations.services import serve
from casework.services import ways, written_by_hand
from catalogue.loading import load_catalogue
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound, Refused
from foundation.settings import ROOT
from tests.casework.offices import Bureau, small
from tests.conftest import move


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


class Hall:
    """An office with one issued order."""

    def __init__(self, ctx: Context, folder: Path) -> None:
        self.ctx = small(ctx, folder)
        self.bureau = Bureau(self.ctx)
        move(self.ctx, "2026-03-11T09:00")
        self.case: CaseFacts = self.bureau.case("general", party_ids=[self.bureau.party().id])
        self.order = self.bureau.issue(self.bureau.draft("stop_order", self.case))

    def begin(self, method: str = "direct", **given: object) -> DocumentFacts:
        actor = self.bureau.as_("甲一")
        return serve(self.ctx, actor, document_ids=[self.order.id], method=method, **given)  # type: ignore[arg-type]

    def kinds(self) -> list[str]:
        with self.ctx.database.read() as session:
            return [e.kind for e in journal.events(session, f"case:{self.case.id}")]


@pytest.fixture
def hall(ctx: Context, tmp_path: Path) -> Hall:
    return Hall(ctx, tmp_path / "templates")


def test_the_methods_stand_in_the_laws_order_with_what_stands_against_each(hall: Hall) -> None:
    found = attempts.options(hall.ctx, hall.bureau.as_("甲一"), hall.order.id)
    assert found[0].way.method.value == "direct"
    assert [o.way.method for o in found if o.advised] == [ServiceMethod.DIRECT]
    closed = {o.way.method: [f.code for f in o.against] for o in found if o.against}
    assert closed == {ServiceMethod.ELECTRONIC: ["G12"], ServiceMethod.ANNOUNCEMENT: ["G13"]}


def test_a_paper_that_is_not_issued_opens_no_method(hall: Hall) -> None:
    draft = hall.bureau.draft("letter", hall.case, data={"text": "一"})
    found = attempts.options(hall.ctx, hall.bureau.as_("甲一"), draft.id)
    assert all("还没有制发" in o.against[0].message for o in found)
    assert not any(o.advised for o in found)


def test_one_who_may_look_but_not_serve_is_told_so(hall: Hall) -> None:
    found = attempts.options(hall.ctx, hall.bureau.as_("丁四"), hall.order.id)
    assert all(o.against[0].remedy == "由本案承办人送达。" for o in found)
    with pytest.raises(NotFound):
        attempts.options(hall.ctx, Bureau(hall.ctx, fonds_no="QH02").as_("甲一"), hall.order.id)


def test_a_failed_attempt_stays_on_record_and_the_next_method_is_advised(hall: Hall) -> None:
    actor, receipt = hall.bureau.as_("甲一"), hall.begin()
    move(hall.ctx, "2026-03-11T15:00")
    done = attempts.fail(hall.ctx, actor, receipt.id, why="无人在场", more="邻居称已外出务工")
    assert done.failed
    assert done.receipt.status is Status.VOID
    assert done.services[0].failed_why == "无人在场：邻居称已外出务工"
    found = attempts.options(hall.ctx, actor, hall.order.id)
    assert [(o.way.method.value, o.tried) for o in found if o.tried or o.advised] == [("direct", 1), ("ems", 0)]
    assert "service.failed" in hall.kinds()
    with pytest.raises(Refused, match="已记为未果"):
        attempts.fail(hall.ctx, actor, receipt.id, why="其他")
    with pytest.raises(Refused):
        service_proofs.add_proof(hall.ctx, actor, receipt.id, what="其他凭证", data=photo(), name="a.jpg")


@pytest.mark.parametrize(("why", "more"), [("", "经过"), ("无人在场", "长" * 600), ("无人在场", "a\x00b")])
def test_a_failure_needs_words_that_can_be_kept(hall: Hall, why: str, more: str) -> None:
    receipt = hall.begin()
    with pytest.raises(BadInput):
        attempts.fail(hall.ctx, hall.bureau.as_("甲一"), receipt.id, why=why, more=more)
    assert not attempts.attempt(hall.ctx, hall.bureau.as_("甲一"), receipt.id).failed


def test_proof_is_kept_once_beside_the_receipt_as_it_came(hall: Hall) -> None:
    actor, receipt, data = hall.bureau.as_("甲一"), hall.begin("ems", ems_no="EA1"), photo()
    words = {"what": "付邮凭证", "data": data, "name": "凭证·1.jpg"}
    for _ in range(2):
        found = service_proofs.add_proof(hall.ctx, actor, receipt.id, **words)  # type: ignore[arg-type]
    assert [(f["what"], f["kind"], f["media_type"]) for f in found.files] == [("付邮凭证", "proof_1", "image/jpeg")]
    assert hall.ctx.blobs.read(found.receipt.blobs["proof_1"]) == data
    again = service_proofs.add_proof(hall.ctx, actor, receipt.id, what="邮件回执", data=photo("PNG"), name="回执")
    assert [f["kind"] for f in again.files] == ["proof_1", "proof_2"]
    assert hall.kinds().count("service.proof_added") == 2


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (b"", "a.jpg", "0 字节"),
        (b"MZ\x90", "a.jpg", "不是PDF或图片"),
        (photo("PNG"), "a.jpg", "结尾"),
        (photo(size=(400, 300))[:500], "a.jpg", "不完整"),
        (b"%PDF-1.7 nothing", "a.pdf", "不完整"),
    ],
)
def test_files_that_are_no_proof_are_refused_in_plain_words(hall: Hall, data: bytes, name: str, word: str) -> None:
    receipt = hall.begin("ems")
    with pytest.raises(BadInput, match=word):
        service_proofs.add_proof(hall.ctx, hall.bureau.as_("甲一"), receipt.id, what="付邮凭证", data=data, name=name)


def test_who_may_not_serve_adds_no_proof(hall: Hall) -> None:
    receipt = hall.begin("ems")
    words = {"what": "付邮凭证", "data": photo(), "name": "a.jpg"}
    with pytest.raises(Forbidden):
        service_proofs.add_proof(hall.ctx, hall.bureau.as_("丁四"), receipt.id, **words)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="凭证是什么"):
        service_proofs.add_proof(hall.ctx, hall.bureau.as_("甲一"), receipt.id, **{**words, "what": "别的"})  # type: ignore[arg-type]


def test_an_attempt_says_what_its_receipt_proves_so_far(hall: Hall) -> None:
    actor, receipt = hall.bureau.as_("甲一"), hall.begin("ems")
    assert attempts.attempt(hall.ctx, actor, receipt.id).effect.why == "没有邮政特快专递单号。"
    move(hall.ctx, "2026-03-11T15:00")
    changes = {"received_at": "2026-03-11T14:00", "ems_no": "EA000000000CN"}
    documents.revise(hall.ctx, actor, document_id=receipt.id, base_version=1, data=changes)
    for name in ("甲一", "乙二"):
        hall.bureau.sign(receipt, "server", by=name)
    assert attempts.attempt(hall.ctx, actor, receipt.id).effect.served_on is not None
    hall.bureau.issue(receipt)
    found = attempts.attempt(hall.ctx, actor, receipt.id)
    assert (found.effect.valid, found.is_over, str(found.effect.served_on)) == (True, True, "2026-03-11")


def test_a_paper_that_is_no_receipt_is_no_attempt(hall: Hall) -> None:
    with pytest.raises(NotFound):
        attempts.attempt(hall.ctx, hall.bureau.as_("甲一"), hall.order.id)


def test_every_method_is_described_by_fields_and_papers_that_exist() -> None:
    types = load_catalogue(ROOT / "templates").types
    fields = {f.name for f in types["service_receipt"].fields}
    assert set(ways()) == set(ServiceMethod)
    for way in ways().values():
        assert {*way.first, *way.after} <= fields, way.method
        assert set(way.papers) <= set(types), way.method
        assert way.source
        assert way.proofs
        assert way.failed
    assert written_by_hand() <= fields


def test_a_recording_of_the_service_is_linked_to_its_receipt(hall: Hall) -> None:
    actor, receipt = hall.bureau.as_("甲一"), hall.begin()
    hall.bureau.device()
    words = {"case_id": hall.case.id, "kind": "录像", "scene": "直接送达", "device_no": "JLY-03", "place": "村口"}
    words |= {"operator_id": hall.bureau.ids["乙二"], "started_at": hall.ctx.clock.now(), "party_informed": True}
    film = recordings.announce_recording(hall.ctx, hall.bureau.as_("乙二"), **words)
    attempts.link(hall.ctx, actor, receipt.id, recording_id=film.id)
    with hall.ctx.database.read() as session:
        assert receipt.id in queries.recording_facts(session, film.id).document_ids
    with pytest.raises(NotFound):
        attempts.link(hall.ctx, actor, hall.order.id, recording_id=film.id)


def test_a_receipt_names_the_registered_address_when_nobody_gave_another(hall: Hall) -> None:
    assert hall.begin().data["address"] == "工业路0号（虚构）"
    assert hall.begin(address="镇政府一楼").data["address"] == "镇政府一楼"


def test_one_who_refuses_on_the_spot_is_served_by_leaving_with_the_same_receipt(hall: Hall) -> None:
    actor, receipt = hall.bureau.as_("甲一"), hall.begin()
    attempts.leave(hall.ctx, actor, receipt.id, base_version=1)
    found = attempts.attempt(hall.ctx, actor, receipt.id)
    assert found.way.method is ServiceMethod.LEAVING
    assert found.effect.why == "没有拒收事由。"
    with pytest.raises(Refused, match="不能改为留置"):
        attempts.leave(hall.ctx, actor, receipt.id, base_version=2)


def test_a_receipt_takes_effect_by_the_method_that_it_names_at_last(hall: Hall) -> None:
    actor, receipt = hall.bureau.as_("甲一"), hall.begin("direct")
    changes = {"method": "邮寄", "received_at": "2026-03-11T09:00", "ems_no": "EA1"}
    documents.revise(hall.ctx, actor, document_id=receipt.id, base_version=1, data=changes)
    for name in ("甲一", "乙二"):
        hall.bureau.sign(receipt, "server", by=name)
    hall.bureau.issue(receipt)
    with hall.ctx.database.read() as session:
        (service,) = queries.services_by_receipt(session, receipt.id)
    assert (service.method, service.valid) == (ServiceMethod.EMS, True)


def test_a_receipt_that_was_drafted_like_any_paper_is_an_attempt_too(hall: Hall) -> None:
    actor = hall.bureau.as_("甲一")
    receipt = hall.bureau.draft("service_receipt", hall.case, target_id=hall.order.id, data={"method": "邮寄"})
    words = {"what": "付邮凭证", "data": photo(), "name": "a.jpg"}
    found = service_proofs.add_proof(hall.ctx, actor, receipt.id, **words)  # type: ignore[arg-type]
    assert [f["what"] for f in found.files] == ["付邮凭证"]
    assert attempts.fail(hall.ctx, actor, receipt.id, why="原址查无此人").services[0].document_id == hall.order.id
