"""What archive computes for the papers of a file (`archive.<fact>` in definitions): nothing of it is ever typed.

Sources of cover, contents list, recordings list, file note and transfer list; the values are handed to
`documents.draft(given=…)`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from archive.arranging import INSIDE, CaseFile, volumes_of
from archive.codes import Code
from archive.facts import MAIN, VOLUME_TITLES, Item, Retention
from archive.layout import media_path
from casework.facts import DeadlineFacts, DocumentFacts, FlagFacts, RecordingFacts, Status
from casework.gates.api import DONE

DECISIONS = (
    "penalty_decision",
    "summary_penalty_decision",
    "no_penalty_decision",
    "permit_decision",
    "permit_refusal_decision",
    "non_acceptance_decision",
    "inspection_result_notice",
)
"""Papers whose number stands on the cover, the first that was issued."""
ARCHIVE_PERIOD = "archive_case"
"""Kind of the deadline for filing."""
CLASS_WORDS = {"privacy": "个人隐私", "business_secret": "商业秘密", "work_secret": "工作秘密"}
SHORT_GROUNDS = {"法院执行完毕或裁定终结": "法院执行完毕", "简易程序执行完毕": ""}
"""How the cover words the ground of closing."""


@dataclass(frozen=True, kw_only=True)
class Filing:
    """All that computed papers of one case are drawn from."""

    file: CaseFile
    retention: Retention
    codes: Mapping[str, Code]
    """By volume."""
    items: Mapping[str, Sequence[Item]]
    """By volume; empty before pages are counted."""
    filer: str
    filed_on: dt.date
    deadlines: Sequence[DeadlineFacts] = ()
    flags: Sequence[FlagFacts] = ()
    transfer_no: str = ""


def case_title(file: CaseFile) -> str:
    """Return how the file is called: the parties' names and what they did."""
    title = file.case.title
    return "、".join(p.name for p in file.case.parties) + (title if title.endswith("案") else f"{title}案")


def decision_of(file: CaseFile) -> DocumentFacts | None:
    """Return the paper that decided the case."""
    done = [d for d in file.documents if d.status in DONE]
    return next((d for kind in DECISIONS for d in done if d.type == kind), None)


def result_text(file: CaseFile) -> str:
    """Return what became of the case, for the cover."""
    done = [d for d in file.documents if d.status in DONE]
    decision = decision_of(file)
    parts = [_fine(decision)] if decision is not None else []
    parts += [
        f"加处罚款{_money(d.data['late_fine'])}元"
        for d in done
        if d.type == "late_fine_notice" and d.data.get("late_fine")
    ]
    ground = SHORT_GROUNDS.get(file.case.result, file.case.result)
    return "，".join(p for p in [*parts, ground] if p) or (decision.title if decision else "见结案审批表")


def _fine(decision: DocumentFacts) -> str:
    rows = decision.data.get("penalty") or []
    words = [_penalty(r) for r in rows if isinstance(r, Mapping)]
    if not words and decision.data.get("amount"):
        words = [f"{decision.data.get('kind') or '罚款'}{_money(decision.data['amount'])}元"]
    return "，".join(w for w in words if w) or decision.title


def _penalty(row: Mapping[str, Any]) -> str:
    amount = row.get("amount")
    return f"{row.get('kind') or ''}{_money(amount)}元" if amount else str(row.get("kind") or row.get("content") or "")


def _money(value: Any) -> str:
    number = Decimal(str(value))
    return str(int(number)) if number == int(number) else format(number, "f")


def cover_facts(filing: Filing, volume: str) -> dict[str, Any]:
    """Return what the cover of a volume prints."""
    code, decision = filing.codes[volume], decision_of(filing.file)
    items = filing.items.get(volume, ())
    classes = sorted({CLASS_WORDS[i.entry.secrecy] for i in items if i.entry.secrecy in CLASS_WORDS})
    return _given(
        {
            **_volume_facts(filing, volume),
            "fonds_no": code.fonds,
            "year": code.year,
            "catalog_no": code.catalogue_number,
            "file_no": code.file_number,
            "title": case_title(filing.file),
            "decision_no": decision.number if decision else None,
            "party": "、".join(p.name for p in filing.file.case.parties),
            "result": result_text(filing.file),
            "retention": filing.retention.title,
            "secrecy": "、".join(classes) or None,
            "items_count": len(items),
            "filed_at": filing.filed_on,
            "filer": filing.filer,
        }
    )


def contents_facts(filing: Filing, volume: str) -> dict[str, Any]:
    """Return what the contents list of a volume prints."""
    return _given({**_volume_facts(filing, volume), "contents": [_row(i) for i in filing.items[volume]]})


def _row(item: Item) -> dict[str, Any]:
    entry = item.entry
    row = {
        "seq": item.seq,
        "doc_no": entry.number,
        "author": entry.author,
        "title": entry.title,
        "date": entry.date,
        "page": item.page_text,
        "secrecy": CLASS_WORDS.get(entry.secrecy, ""),
        "note": item.note,
    }
    return {k: v for k, v in row.items() if v not in ("", None)}


def note_facts(filing: Filing, volume: str) -> dict[str, Any]:
    """Return what the file note of a volume prints."""
    items = filing.items[volume]
    pages = sum(i.pages for i in items)
    recordings = stored_recordings(filing.file)
    text = f"{VOLUME_TITLES[volume]}{len(items)}件{pages}页，齐全。"
    if volume == MAIN and recordings:
        text += f"音像记录{len(recordings)}件，卷内附证据卡，原件另存档案包“媒体”文件夹。"
    apart = [i for i in items if i.entry.apart]
    if apart:
        text += f"第{'、'.join(str(i.seq) for i in apart)}件涉及举报人信息，另行存放，不入本包。"
    text += _void_numbers(filing.file, volume)
    missing = "；".join(f.message for f in filing.flags) if volume == MAIN else ""
    return _given({**_volume_facts(filing, volume), "note": text, "missing": missing or None})


def _void_numbers(file: CaseFile, volume: str) -> str:
    void = [d for d in file.documents if d.status is Status.VOID and d.number and d.volume == volume]
    return f"作废文号：{'、'.join(d.number for d in void)}（文号保留，理由见台账）。" if void else ""


def _volume_facts(filing: Filing, volume: str) -> dict[str, Any]:
    return {
        "code": filing.codes[volume].text,
        "volume": VOLUME_TITLES[volume],
        "pages": sum(i.pages for i in filing.items.get(volume, ())),
    }


def stored_recordings(file: CaseFile) -> list[RecordingFacts]:
    """Return the recordings that the package encloses."""
    return [r for r in file.recordings if r.blob and r.id not in file.apart]


def recordings_facts(filing: Filing) -> dict[str, Any]:
    """Return what the list of recordings prints."""
    recordings = stored_recordings(filing.file)
    facts: dict[str, Any] = {"code": filing.codes[MAIN].text}
    if recordings:
        facts["recordings"] = [_recording_row(filing.file, n, r) for n, r in enumerate(recordings, 1)]
    else:
        facts["no_av"] = f"无音像：{_why_none(filing.file)}"
    return _given(facts)


def _recording_row(file: CaseFile, number: int, recording: RecordingFacts) -> dict[str, Any]:
    row = {
        "item_no": str(number),
        "title": recording.summary or recording.scene,
        "related": "、".join(related_titles(file, recording)),
        "start": recording.started_at,
        "end": recording.ended_at,
        "format": PurePosixPath(recording.file_name).suffix.lstrip(".").lower() or recording.media_type,
        "size": recording.size,
        "hash": recording.blob,
        "storage": media_path(recording).removeprefix("data/"),
    }
    return {k: v for k, v in row.items() if v not in ("", None)}


def related_titles(file: CaseFile, recording: RecordingFacts) -> list[str]:
    """Return the papers of a recording by their titles, without its own registration sheet.

    What stands in the main volume names no paper of the side volume.
    """
    linked = [d for d in map(file.document, recording.document_ids) if d is not None]
    own = [d for d in linked if d.type not in ("av_record_sheet", "av_storage_register")]
    if recording.secrecy not in INSIDE:
        own = [d for d in own if MAIN in volumes_of(file, d)]
    return list(dict.fromkeys(f"{d.title}{f'（{d.number}）' if d.number else ''}" for d in own))


def _why_none(file: CaseFile) -> str:
    notes = [d for d in file.documents if d.type == "av_unsuitable_note" and d.status in DONE]
    reasons = [str(d.data.get("reason") or "") for d in notes]
    return "；".join(r for r in reasons if r) or "本案没有须同步音像记录的环节，也未制作音像记录。"


def transfer_facts(filing: Filing) -> dict[str, Any]:
    """Return what the transfer list prints; the archivist's checks come with the archivist's signature."""
    case, count = filing.file.case, len(stored_recordings(filing.file))
    due = max((d.last_day for d in filing.deadlines if d.kind == ARCHIVE_PERIOD), default=None)
    rows = [
        {
            "archive_code": code.text,
            "title": f"{case_title(filing.file)}（{VOLUME_TITLES[volume]}）",
            "volumes": 1,
            "pages": sum(i.pages for i in filing.items[volume]),
            "av_count": count if volume == MAIN else 0,
            "closed_at": case.closed_on,
            "due": due,
            "overdue": bool(due and filing.filed_on > due),
        }
        for volume, code in filing.codes.items()
    ]
    return _given({"transfer_no": filing.transfer_no, "transfer_items": rows})


def _given(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"archive.{name}": value for name, value in facts.items() if value is not None}
