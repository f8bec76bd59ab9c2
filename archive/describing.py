"""Describe a package: XML of both volumes (names in `rules/metadata.yaml`) and the course of the case as data."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from access.rulebook import rulebook
from archive import metadata
from archive.arranging import IN_FILE
from archive.computing import related_titles, stored_recordings
from archive.facts import MAIN, SIDE, VOLUME_TITLES, FileFacts, ItemFacts, VolumeFacts
from archive.layout import MEDIA, media_path, metadata_path, volume_path
from archive.payload import Contents, packed_at, stored_bytes
from casework.facts import DocumentFacts, RecordingFacts, Status
from foundation.clock import legal_date, local
from foundation.context import Context
from foundation.journal import Event


def metadata_files(
    ctx: Context, contents: Contents, files: list[FileFacts], events: list[Event]
) -> Iterator[FileFacts]:
    """Store and yield the metadata XML of both volumes."""
    for volume in contents.package.volumes:
        facts = _volume_facts(contents, volume)
        rows = [_item_facts(contents, item, files) for item in contents.of(volume.name)]
        own = _own_rows(contents, volume, files)
        listed = {**facts, "items": rows, "recordings": own, "others": _others(volume, files)}
        yield _xml(ctx, volume, "案卷.xml", spec="case_file", facts=facts)
        yield _xml(ctx, volume, "件目录.xml", spec="items", facts=listed)
        for item, row in zip(contents.of(volume.name), rows, strict=True):
            if not item.apart:
                eep = {**facts, "item": row, **_eep_facts(contents, item, files, events)}
                yield _xml(ctx, volume, f"eep/{item.seq:04d}.xml", spec="eep", facts=eep)


def _xml(ctx: Context, volume: VolumeFacts, name: str, *, spec: str, facts: Mapping[str, Any]) -> FileFacts:
    what = f"{VOLUME_TITLES[volume.name]}元数据 {name}"
    return stored_bytes(
        ctx.blobs, metadata.write(spec, facts), metadata_path(volume.name, name), what, "application/xml"
    )


def _volume_facts(contents: Contents, volume: VolumeFacts) -> dict[str, Any]:
    package, case, settings = contents.package, contents.file.case, contents.file.settings
    items = contents.of(volume.name)
    others = [v.code for v in package.volumes if v.name != volume.name]
    return {
        "package": {
            "id": package.id,
            "packed_at": local(packed_at(contents)),
            "packed_on": legal_date(packed_at(contents)),
        },
        "agency": {"name": settings.get("name"), "fonds_no": settings.get("fonds_no")},
        "retention": {"title": package.retention, "source": package.retention_source},
        "case": {"number": case.number, "parties": [p.name for p in case.parties], "closed_on": case.closed_on},
        "people": {"filer": package.filer, "checker": package.checker},
        "volume": {
            "code": volume.code,
            "category": volume.code.removeprefix(f"{settings.get('fonds_no', '')}-").rpartition("-")[0],
            "catalogue_number": volume.catalogue_number,
            "file_number": volume.file_number,
            "year": case.closed_on.year if case.closed_on else None,
            "label": VOLUME_TITLES[volume.name],
            "other_code": others if volume.name == SIDE else [],
            "title": volume.title,
            "first_date": min((i.date for i in items), default=None),
            "last_date": max((i.date for i in items), default=None),
            "items": volume.items,
            "pages": volume.pages,
            "secrecy": "内部" if volume.name == SIDE else "",
            "file": volume_path(volume.name),
        },
    }


def _item_facts(contents: Contents, item: ItemFacts, files: list[FileFacts]) -> dict[str, Any]:
    volume = contents.package.volume(item.volume)
    document = contents.document(item.document_id)
    own = [f for f in files if f.document_id == item.document_id and not item.apart]
    first = next((f for f in own if f.media_type == "application/pdf"), None)
    last = item.first + item.pages - 1
    return {
        "document_id": "" if item.apart else item.document_id,
        "seq": item.seq,
        "code": f"{volume.code}-{item.seq:04d}",
        "number": "" if item.apart else item.number,
        "author": item.author,
        "title": item.title,
        "date": item.date,
        "pages": item.pages or None,
        "pages_text": (str(item.first) if item.pages == 1 else f"{item.first}-{last}") if item.pages else "",
        "secrecy": class_word(item.secrecy),
        "type_title": document.title,
        "file": first.path if first else "",
        "sha256": first.sha256 if first else "",
        "content_digest": "" if item.apart else document.content_digest,
        "note": "另行存放" if item.apart else "",
    }


def class_word(secrecy: str) -> str:
    """Return a class in Chinese; nothing for the open one."""
    return "" if secrecy == "normal" else rulebook().classes.get(secrecy, {}).get("title", secrecy)


def _own_rows(contents: Contents, volume: VolumeFacts, files: list[FileFacts]) -> list[dict[str, Any]]:
    """Return the recordings whose cards stand in a volume."""
    inside = {r for item in contents.of(volume.name) for r in item.recordings}
    placed = {f.recording_id: f for f in files if f.path.startswith(f"{MEDIA}/")}
    recordings = [r for r in stored_recordings(contents.file) if r.id in inside or (volume.name == MAIN and not inside)]
    return [_recording_facts(contents, r, placed.get(r.id)) for r in recordings]


def _recording_facts(contents: Contents, recording: RecordingFacts, placed: FileFacts | None) -> dict[str, Any]:
    return {
        "number": recording.number,
        "kind": recording.kind,
        "summary": recording.summary or recording.scene,
        "documents": related_titles(contents.file, recording),
        "started_at": local(recording.started_at),
        "ended_at": local(recording.ended_at) if recording.ended_at else None,
        "place": recording.place,
        "operator": recording.operator,
        "device_no": recording.device_no,
        "duration": recording.duration_s,
        "media_type": recording.media_type,
        "size": recording.size,
        "stored_at": local(recording.stored_at) if recording.stored_at else None,
        "file": placed.path if placed else media_path(recording),
        "original_name": recording.file_name,
        "sha256": recording.blob,
        "sm3": recording.sm3,
        "secrecy": class_word(recording.secrecy),
    }


def _others(volume: VolumeFacts, files: list[FileFacts]) -> list[dict[str, Any]]:
    """Return the further files of a volume's papers: sealed and signed originals, DOCX, data, attachments."""
    start = f"data/文书/{VOLUME_TITLES[volume.name]}/"
    return [
        {"file": f.path, "what": f.what, "original_name": f.original_name, "size": f.size, "sha256": f.sha256}
        for f in files
        if f.path.startswith(start)
    ]


def _eep_facts(contents: Contents, item: ItemFacts, files: list[FileFacts], events: list[Event]) -> dict[str, Any]:
    document = contents.document(item.document_id)
    own = [f for f in files if f.document_id == item.document_id]
    acts = [e for e in events if e.data.get("document") == item.document_id]
    return {
        "files": [
            {
                "id": f"修改0-文档{number}",
                "seq": number,
                "role": "主文档" if number == 1 else "附属文档",
                "what": f.what,
                "media_type": f.media_type,
                "file": f.path,
                "size": f.size,
                "sha256_base64": base64.b64encode(bytes.fromhex(f.sha256)).decode(),
            }
            for number, f in enumerate(own, 1)
        ],
        "acts": [
            {
                "id": f"业务{e.seq}",
                "person": e.actor,
                "document_id": item.document_id,
                "act": e.kind,
                "at": local(e.at),
                "basis": document.title,
            }
            for e in acts
        ],
        "people_list": [
            {"id": fill.person_id or f"{fill.slot}-{n}", "kind": "个人", "name": fill.name, "post": fill.role}
            for n, fill in enumerate(document.slots, 1)
        ],
    }


def case_data(contents: Contents) -> dict[str, Any]:
    """Return the course of the case as data: parties, services, what of it is enclosed."""
    case, apart = contents.file.case, contents.file.apart
    return {
        "id": case.id,
        "number": case.number,
        "title": case.title,
        "procedure": case.procedure,
        "initiated_on": case.initiated_on,
        "closed_on": case.closed_on,
        "result": case.result,
        "parties": [{"id": p.id, "kind": p.kind, "name": p.name} for p in case.parties],
        "members": [{"person_id": m.person_id, "name": m.name, "cert_no": m.cert_no} for m in case.members],
        "services": [
            {
                "document": s.document_id,
                "receipt": s.receipt_id,
                "method": s.method,
                "served_on": s.served_on,
                "received_at": s.received_at,
                "signer": s.signer,
                "refused": s.refused,
            }
            for s in contents.file.services
            if not {s.document_id, s.receipt_id} & apart
        ],
        "documents": [_document_row(d) for d in contents.file.documents if d.id not in apart and _is_told(d)],
    }


def _is_told(document: DocumentFacts) -> bool:
    """Tell whether a paper stands in the course of the case: in effect or void; the transfer list comes after."""
    return document.type != "archive_transfer_list" and (document.status in IN_FILE or document.status is Status.VOID)


def _document_row(document: DocumentFacts) -> dict[str, Any]:
    return {
        "id": document.id,
        "type": document.type,
        "number": document.number,
        "void": document.status is Status.VOID,
        "target": document.target_id,
        "content_digest": document.content_digest,
    }
