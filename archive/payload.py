"""What a package encloses: every file that is stored already, with its place and what it is for people.

Order is that of the volumes. What reveals an informant is not here. Nothing is read but small files; media stay where
they lie until they are placed (`archive.bagging.place`).
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.arranging import CaseFile
from archive.computing import stored_recordings
from archive.enclosures import attachments, proof_type, proofs
from archive.facts import VOLUME_TITLES, FileFacts, ItemFacts, PackageFacts
from archive.layout import beside_path, definition_path, derived_path, media_path, paper_path, template_path
from casework.facts import DocumentFacts
from casework.proofs import SUFFIXES
from foundation.blobs import Blob, BlobStore
from foundation.canonical import canonical
from foundation.context import Context

KINDS: Mapping[str, tuple[str, str, str]] = {
    "pdf": (".pdf", "application/pdf", "文书"),
    "sealed": ("_签章.pdf", "application/pdf", "签章原件"),
    "docx": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "文书的 DOCX"),
    "signed_copy": ("_签署件", "", "签署件"),
    "signed_rendering": ("_电子签署件.pdf", "application/pdf", "电子签署件"),
}
"""Files of a paper: ending, media type, what it is."""
MAGIC = {
    b"%PDF": (".pdf", "application/pdf"),
    b"\x89PNG": (".png", "image/png"),
    b"\xff\xd8\xff": (".jpg", "image/jpeg"),
}
COVERS = {"file_cover": "案卷封面", "file_catalogue": "卷内文件目录", "file_note": "卷内备考表"}


@dataclass(frozen=True, kw_only=True)
class Contents:
    """All that a package is made of, read at one instant."""

    package: PackageFacts
    file: CaseFile
    items: tuple[ItemFacts, ...]

    def of(self, volume: str) -> tuple[ItemFacts, ...]:
        """Return a volume's items."""
        return tuple(i for i in self.items if i.volume == volume)

    def document(self, document_id: str) -> DocumentFacts:
        """Return a paper of the case."""
        return next(d for d in self.file.documents if d.id == document_id)


def packed_at(contents: Contents) -> dt.datetime:
    """Return the instant that a package carries."""
    at = contents.package.packed_at
    assert at is not None  # noqa: S101 - set before anything is made
    return at


def stored_files(ctx: Context, contents: Contents) -> list[FileFacts]:
    """Return papers with their attachments, definitions and recordings, by path; each place once."""
    found: dict[str, FileFacts] = {}
    for one in (
        *_papers(ctx.blobs, contents),
        *_computed(ctx.blobs, contents),
        *_definitions(ctx.blobs, contents),
        *_recordings(contents),
    ):
        found.setdefault(one.path, one)
    return sorted(found.values(), key=lambda f: f.path)


def _papers(blobs: BlobStore, contents: Contents) -> Iterator[FileFacts]:
    for item in contents.items:
        if not item.apart:
            document = contents.document(item.document_id)
            yield from _files_of(blobs, document, item.volume, item.seq, item.title)
            yield from _beside(blobs, document, item)
            yield from _proofs(blobs, document, item)


def _files_of(blobs: BlobStore, document: DocumentFacts, volume: str, seq: int, title: str) -> Iterator[FileFacts]:
    for kind, (ending, media_type, word) in KINDS.items():
        if blob := document.blobs.get(kind):
            if not media_type:
                more, media_type = _kind_of(blobs, blob)  # noqa: PLW2901 - only a signed copy says by its bytes what it is
                ending += more  # noqa: PLW2901
            yield FileFacts(
                path=paper_path(volume, seq, title, ending),
                sha256=blob,
                sm3="",
                size=blobs.size(blob),
                what=f"{VOLUME_TITLES[volume]}第{seq}件《{title}》（{word}）" if seq else f"{title}（{word}）",
                media_type=media_type,
                document_id=document.id,
            )
    data = blobs.put(canonical(paper_data(document)))
    what = f"{VOLUME_TITLES[volume]}第{seq}件《{title}》（数据）" if seq else f"{title}（数据）"
    yield _stored(data, paper_path(volume, seq, title, ".json"), what, "application/json", document_id=document.id)


def _kind_of(blobs: BlobStore, blob: str) -> tuple[str, str]:
    head = blobs.read(blob, 0, 8)
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), (".bin", "application/octet-stream"))


def _beside(blobs: BlobStore, document: DocumentFacts, item: ItemFacts) -> Iterator[FileFacts]:
    for number, one in enumerate(attachments(document.data), 1):
        yield FileFacts(
            path=beside_path(item.volume, item.seq, number, one.name),
            sha256=one.blob,
            sm3="",
            size=blobs.size(one.blob),
            what=f"{VOLUME_TITLES[item.volume]}第{item.seq}件《{item.title}》的附件“{one.name}”",
            original_name=one.name,
            media_type=one.media_type,
            document_id=document.id,
        )


def _proofs(blobs: BlobStore, document: DocumentFacts, item: ItemFacts) -> Iterator[FileFacts]:
    first = sum(1 for _ in attachments(document.data)) + 1
    for number, (name, blob) in enumerate(proofs(document).items(), first):
        media_type = proof_type(blobs.read(blob, 0, 8))
        ending = SUFFIXES.get(media_type, (".bin",))[0]
        yield FileFacts(
            path=beside_path(item.volume, item.seq, number, f"{name}{ending}"),
            sha256=blob,
            sm3="",
            size=blobs.size(blob),
            what=f"{VOLUME_TITLES[item.volume]}第{item.seq}件《{item.title}》的{name}",
            media_type=media_type,
            document_id=document.id,
        )


def _computed(blobs: BlobStore, contents: Contents) -> Iterator[FileFacts]:
    for volume in contents.package.volumes:
        for kind, document_id in volume.papers.items():
            title = f"{VOLUME_TITLES[volume.name]}{COVERS[kind]}"
            yield from _files_of(blobs, contents.document(document_id), volume.name, 0, title)


def _definitions(blobs: BlobStore, contents: Contents) -> Iterator[FileFacts]:
    inside = {i.document_id for i in contents.items if not i.apart}
    inside |= {d for v in contents.package.volumes for d in v.papers.values()}
    for document_id in sorted(inside):
        definition = contents.file.definitions[document_id]
        blob = blobs.put(canonical(definition.canonical))
        path = definition_path(definition.id, definition.digest)
        yield _stored(blob, path, f"《{definition.title}》的定义", "application/json")
        if template := contents.document(document_id).template:
            yield FileFacts(
                path=template_path(definition.id, template),
                sha256=template,
                sm3="",
                size=blobs.size(template),
                what=f"《{definition.title}》的本单位 Word 模板",
                media_type=KINDS["docx"][1],
            )


def _recordings(contents: Contents) -> Iterator[FileFacts]:
    for recording in stored_recordings(contents.file):
        name = f"音像 {recording.number}"
        yield FileFacts(
            path=media_path(recording),
            sha256=recording.blob,
            sm3=recording.sm3,
            size=recording.size,
            what=f"{name} 原件",
            original_name=recording.file_name,
            media_type=recording.media_type,
            recording_id=recording.id,
        )
        for kind, blob in sorted(recording.derivatives.items()):
            yield FileFacts(
                path=derived_path(recording, kind, blob),
                sha256=blob,
                sm3="",
                size=0,
                what=f"{name} 的{kind}",
                recording_id=recording.id,
            )


def _stored(blob: Blob, path: str, what: str, media_type: str, *, document_id: str = "") -> FileFacts:
    return FileFacts(
        path=path,
        sha256=blob.sha256,
        sm3=blob.sm3,
        size=blob.size,
        what=what,
        media_type=media_type,
        document_id=document_id,
    )


def stored_bytes(blobs: BlobStore, data: bytes, path: str, what: str, media_type: str) -> FileFacts:
    """Store bytes that were just made and return them as a file of a package."""
    return _stored(blobs.put(data), path, what, media_type)


def paper_data(document: DocumentFacts) -> dict[str, Any]:
    """Return a paper's data as the package carries them: what was filled in, by whom signed, under which digest."""
    return {
        "id": document.id,
        "type": document.type,
        "title": document.title,
        "version": document.version,
        "definition_digest": document.definition_digest,
        "content_digest": document.content_digest,
        "number": document.number,
        "issue_date": document.issue_date,
        "issued_at": document.issued_at,
        "data": dict(document.data),
        "signatures": [
            {
                "slot": fill.slot,
                "part": fill.part,
                "role": fill.role,
                "person_id": fill.person_id,
                "name": fill.name,
                "at": fill.at,
                "values": dict(fill.values),
                "method": fill.method,
                "refused": fill.refused,
                "witness": fill.witness,
                "content_digest": fill.content_digest,
            }
            for fill in document.slots
        ],
    }
