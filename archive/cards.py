"""Evidence cards: one page in the volume for each recording, which itself stays beside (no media inside PDFs).

A card shows key frames, waveform or the photo, span, place, device, operator, digests and marks, and where the original
lies in the package. It is drawn once, when the case is arranged; the same bytes and facts give the same card.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.arranging import CaseFile
from archive.bagging import Progress
from archive.computing import related_titles
from archive.drawing import computed_job
from archive.layout import media_path
from archive.pictures import clock_text, picture_of
from casework.facts import MarkFacts, RecordingFacts
from foundation.blobs import BlobStore, LocalBlobs
from foundation.clock import local
from foundation.context import Context
from generator.job import Job
from generator.pool import Pool

PICTURE = "picture"
KIB = 1024
WITHIN = "24小时内"


def draw_cards(
    ctx: Context,
    file: CaseFile,
    recordings: Sequence[RecordingFacts],
    pool: Pool,
    progress: Progress = lambda *_: None,
) -> dict[str, dict[str, Any]]:
    """Draw and store the cards of recordings; return blob and page count by recording id."""
    cards: dict[str, dict[str, Any]] = {}
    jobs = [_job(ctx, file, r) for r in recordings]
    for number, (recording, made) in enumerate(zip(recordings, pool.stream(jobs), strict=True), 1):
        cards[recording.id] = {"blob": ctx.blobs.put(made.pdf).sha256, "pages": made.pages}
        progress(number, len(recordings), f"证据卡 {recording.number}")
    return cards


def _job(ctx: Context, file: CaseFile, recording: RecordingFacts) -> Job:
    with local_file(ctx.blobs, recording.blob) as path:
        picture = picture_of(path, recording.media_type, recording.duration_s)
    values = card_values(file, recording)
    images = {}
    if picture is not None:
        values["pictures"] = [{"file": PICTURE, "caption": picture.caption}]
        images[PICTURE] = picture.data
    return computed_job(
        ctx,
        "evidence_card",
        values,
        subject_id=recording.id,
        agency_name=str(file.settings.get("name", "")),
        created_at=recording.stored_at or recording.started_at,
        images=images,
    )


def card_values(file: CaseFile, recording: RecordingFacts) -> dict[str, Any]:
    """Return the fields of a card."""
    values: Mapping[str, Any] = {
        "av_no": recording.number,
        "kind": recording.kind,
        "case_no": file.case.number or file.case.working_number,
        "scene": recording.scene,
        "summary": recording.summary,
        "related": "、".join(related_titles(file, recording)),
        "start_at": _moment(recording.started_at),
        "end_at": _moment(recording.ended_at),
        "duration": _duration(recording),
        "place": recording.place,
        "device": recording.device_no,
        "operator": recording.operator,
        "informed": recording.party_informed,
        "stored_at": _moment(recording.stored_at),
        "within": _within(recording),
        "format": recording.media_type,
        "size": size_text(recording.size),
        "original_name": recording.file_name,
        "file": media_path(recording),
        "sha256": recording.blob,
        "sm3": recording.sm3,
        "marks": [_mark(m) for m in recording.marks],
    }
    return {k: v for k, v in values.items() if v not in (None, "", [])}


def _moment(at: Any) -> str | None:
    return local(at).replace(tzinfo=None).isoformat(timespec="minutes") if at else None


def _duration(recording: RecordingFacts) -> str:
    return clock_text(recording.duration_s) if recording.duration_s else ""


def _within(recording: RecordingFacts) -> str:
    if recording.stored_at is None or recording.ended_at is None:
        return ""
    hours = (recording.stored_at - recording.ended_at).total_seconds() / 3600
    text = f"{hours:.1f}小时"
    if not recording.late:
        return f"{WITHIN}（{text}）"
    return f"超过24小时（{text}）：{recording.late_reason}"


def _mark(mark: MarkFacts) -> dict[str, str]:
    return {"at": clock_text(mark.at_s), "text": mark.text}


def size_text(size: int) -> str:
    """Return a size for people and to the byte: `1.7 MiB（1834000字节）`."""
    amount, unit = float(size), "字节"
    for name in ("KiB", "MiB", "GiB"):
        if amount < KIB:
            break
        amount, unit = amount / KIB, name
    return f"{size}字节" if unit == "字节" else f"{amount:.1f} {unit}（{size}字节）"


@contextmanager
def local_file(blobs: BlobStore, sha256: str) -> Iterator[Path]:
    """Give a path at which stored bytes can be read by another program."""
    if isinstance(blobs, LocalBlobs):
        blobs.size(sha256)
        yield blobs.path(sha256)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / sha256
        blobs.export(sha256, path)
        yield path
