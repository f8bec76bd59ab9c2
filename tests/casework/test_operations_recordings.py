"""Recordings: a number at the start, a file within 24 hours, nothing replaced; late is told, never refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from casework import queries
from casework.facts import CaseFacts, RecordingFacts
from casework.operations import recordings
from cli.media import make_media
from foundation import journal
from foundation.clock import parse_local
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Conflict, NotFound, Refused
from tests.casework.offices import Bureau, small
from tests.conftest import move


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("media")
    made = {
        "video": make_media({"video": "2s"}, folder, "video"),
        "photo": make_media({"photo": "320x240"}, folder, "p"),
    }
    return {**made, "other": make_media({"video": "2s"}, folder, "other", seed=3)}


@pytest.fixture
def floor(ctx: Context, tmp_path: Path) -> Context:
    return small(ctx, tmp_path / "types")


@pytest.fixture
def bureau(floor: Context) -> Bureau:
    bureau = Bureau(floor)
    bureau.device()
    return bureau


@pytest.fixture
def case(bureau: Bureau) -> CaseFacts:
    return bureau.case(party_ids=[bureau.party().id])


def announce(bureau: Bureau, case: CaseFacts | None, **changes: Any) -> RecordingFacts:
    given = {"kind": "录像", "scene": "现场检查", "place": "料场", "operator_id": bureau.ids["乙二"], **changes}
    started = parse_local(given.pop("start", "2026-01-05T08:00"))
    case_id = case.id if case else None
    return recordings.announce_recording(bureau.ctx, bureau.as_("乙二"), case_id=case_id, started_at=started, **given)


def store(bureau: Bureau, known: RecordingFacts, file: Path, **changes: Any) -> RecordingFacts:
    given = {"file_name": file.name, "ended_at": parse_local("2026-01-05T09:00"), **changes}
    return recordings.store_recording(bureau.ctx, bureau.as_("乙二"), recording_id=known.id, file=file, **given)


@pytest.mark.article("A4.1")
def test_a_number_is_drawn_when_the_device_starts(bureau: Bureau, case: CaseFacts) -> None:
    first, second = announce(bureau, case), announce(bureau, case, kind="照相")
    assert [first.number, second.number] == ["AV-20260105-01", "AV-20260105-02"]
    assert (first.device_no, first.stored_at, first.operator) == ("JLY-03", None, "乙二")


@pytest.mark.article("A31.2")
def test_a_stored_file_has_its_digests_type_and_length(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    move(bureau.ctx, "2026-01-05T17:00")
    kept = store(bureau, announce(bureau, case), files["video"], summary="检查全过程")
    assert (kept.media_type, kept.late, kept.size) == ("video/mp4", False, files["video"].stat().st_size)
    assert kept.duration_s == pytest.approx(2.0, abs=0.1)
    assert bureau.ctx.blobs.verify(kept.blob).sm3 == kept.sm3
    with bureau.ctx.database.read() as session:
        (period,) = queries.deadlines_of(session, case.id)
    assert (period.end, period.met_on) == (parse_local("2026-01-06T09:00"), parse_local("2026-01-05T17:00").date())


@pytest.mark.article("A31.2")
def test_a_late_file_needs_a_reason_and_is_flagged_for_ever(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    known = announce(bureau, case)
    move(bureau.ctx, "2026-01-06T09:01")
    with pytest.raises(BadInput, match="超过24小时") as caught:
        store(bureau, known, files["video"])
    assert caught.value.path == "late_reason"
    assert store(bureau, known, files["video"], late_reason="采集站断网").late
    with bureau.ctx.database.read() as session:
        (flag,) = queries.flags_of(session, case.id)
    assert (flag.kind, flag.reason) == ("late:av_upload", "采集站断网")


def test_twenty_four_hours_to_the_minute_are_in_time(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    known = announce(bureau, case)
    move(bureau.ctx, "2026-01-06T09:00")
    assert not store(bureau, known, files["video"]).late


@pytest.mark.article("A4.2")
@pytest.mark.parametrize(
    ("device", "words"), [("没有的设备", "设备台账没有"), ("旧设备", "不在使用期内"), ("别处的", "设备台账没有")]
)
def test_devices_out_of_service_or_of_another_agency_are_refused(
    bureau: Bureau, case: CaseFacts, device: str, words: str
) -> None:
    bureau.device("旧设备", holder="甲一", out_of_service=parse_local("2025-12-31").date())
    Bureau(bureau.ctx, "QH02").device("别处的")
    with pytest.raises(Refused, match=words) as caught:
        announce(bureau, case, device_no=device)
    assert caught.value.findings[0].code == "DEVICE"


def test_without_a_device_of_their_own_the_operator_must_name_one(bureau: Bureau, case: CaseFacts) -> None:
    with pytest.raises(BadInput, match="甲一名下没有在用的设备"):
        announce(bureau, case, operator_id=bureau.ids["甲一"])


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": "素描"}, "kind"),
        ({"scene": " "}, "scene"),
        ({"place": ""}, "place"),
        ({"secrecy": "top"}, "secrecy"),
        ({"start": "2026-01-05T23:00"}, "started_at"),
    ],
)
def test_a_recording_says_how_where_and_when(
    bureau: Bureau, case: CaseFacts, changes: dict[str, str], path: str
) -> None:
    with pytest.raises(BadInput) as caught:
        announce(bureau, case, **changes)
    assert caught.value.path == path


def test_a_photo_ends_when_it_begins_and_other_files_must_say(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    photo = announce(bureau, case, kind="照相")
    assert store(bureau, photo, files["photo"], ended_at=None).ended_at == photo.started_at
    with pytest.raises(BadInput, match="没有写明结束时间"):
        store(bureau, announce(bureau, case), files["video"], ended_at=None)


def test_an_end_that_was_told_starts_the_clock(bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]) -> None:
    known = announce(bureau, case)
    move(bureau.ctx, "2026-01-05T10:00")
    ended = recordings.end_recording(
        bureau.ctx, bureau.as_("乙二"), recording_id=known.id, ended_at=parse_local("2026-01-05T08:40")
    )
    assert store(bureau, ended, files["video"], ended_at=None).ended_at == parse_local("2026-01-05T08:40")


@pytest.mark.article("A36.3")
def test_a_stored_file_is_never_replaced_but_storing_it_again_is_no_fault(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    known = announce(bureau, case)
    move(bureau.ctx, "2026-01-05T17:00")
    first = store(bureau, known, files["video"])
    assert store(bureau, known, files["video"]) == first
    with pytest.raises(Conflict, match="不得替换"):
        store(bureau, known, files["other"])


def test_a_refused_file_leaves_the_recording_waiting(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path], tmp_path: Path
) -> None:
    known = announce(bureau, case)
    empty = tmp_path / "空.mp4"
    empty.touch()
    for file in (empty, files["photo"]):
        with pytest.raises(BadInput):
            store(bureau, known, file)
    with bureau.ctx.database.read() as session:
        assert queries.recording_facts(session, known.id).stored_at is None


@pytest.mark.article("A10.2")
def test_a_recording_that_tells_an_informant_lies_encrypted(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    move(bureau.ctx, "2026-01-05T17:00")
    kept = store(bureau, announce(bureau, case, secrecy="informant"), files["video"])
    assert files["video"].read_bytes()[:64] not in bureau.ctx.blobs.read(kept.blob)
    assert kept.media_type == "video/mp4"


def test_what_belongs_to_no_case_stands_in_the_stream_of_the_agency(bureau: Bureau, files: Mapping[str, Path]) -> None:
    move(bureau.ctx, "2026-01-05T17:00")
    known = announce(bureau, None, scene="受理", kind="视频监控")
    store(bureau, known, files["video"])
    with bureau.ctx.database.read() as session:
        kinds = [e.kind for e in journal.events(session, f"agency:{bureau.agency_id}")]
    assert {"recording.announced", "recording.stored"} <= set(kinds)


def test_recordings_and_papers_of_two_cases_are_never_linked(bureau: Bureau, case: CaseFacts) -> None:
    other = bureau.case("summary")
    paper = bureau.draft("letter", other, data={"text": "函"})
    with pytest.raises(NotFound, match="没有这份文书"):
        recordings.link_recording(
            bureau.ctx, bureau.as_("乙二"), recording_id=announce(bureau, case).id, document_ids=[paper.id]
        )


def test_a_name_with_folders_and_marks_is_cleaned_for_display(
    bureau: Bureau, case: CaseFacts, files: Mapping[str, Path]
) -> None:
    move(bureau.ctx, "2026-01-05T17:00")
    kept = store(bureau, announce(bureau, case), files["video"], file_name="C:\\DCIM\\现\u200b场" + "长" * 200 + ".mp4")
    assert kept.file_name.startswith("现场长")
    assert kept.file_name.endswith(".mp4")
    assert len(kept.file_name.encode()) <= 200


def test_who_does_not_handle_the_case_adds_no_recording(bureau: Bureau, case: CaseFacts) -> None:
    bureau.join("外人", roles=["handler"], cert_no="SF-9")
    with pytest.raises(AnjuanError):
        recordings.announce_recording(
            bureau.ctx, bureau.as_("外人"), case_id=case.id, kind="录像", scene="检查", place="料场",
            operator_id=bureau.ids["乙二"], started_at=parse_local("2026-01-05T08:00"),
        )  # fmt: skip
