"""Make the two volumes of a package from its contents: parts in order, associated files up to the limit."""

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from archive.enclosures import enclosures, own_pages
from archive.facts import VOLUME_TITLES, FileFacts, ItemFacts, VolumeFacts
from archive.layout import volume_path
from archive.payload import Contents, packed_at
from archive.volume_files import Attachment, within_limit
from archive.volumes import Bound, Part, Sheet, bind
from foundation.context import Context
from generator.fonts import FACES, faces

MIB = 1 << 20
SIGNED, SEALED = "_电子签署件.pdf", "_签章.pdf"
"""Endings of a paper's files."""
RELATED = {"_签章": "Source", "_签署件": "Source"}
"""Files that a volume carries beside its pages: the sealed original, and the scan of what was signed by hand."""


def make_volume(
    ctx: Context, contents: Contents, volume: VolumeFacts, files: list[FileFacts]
) -> tuple[FileFacts, Bound, list[str]]:
    """Make and store one volume.

    Args:
        ctx: The floor.
        contents: Of the package.
        volume: Which one.
        files: All files of the package; those of this volume may become associated files.

    Returns:
        The volume's file, what was bound, and the paths of associated files that did not fit.
    """
    limit = int(contents.file.settings.get("archive.attach_mib", 16)) * MIB
    taken, beside = within_limit(list(_attachments(ctx, volume, files)), limit)
    title = VOLUME_TITLES[volume.name]
    sheet = Sheet(
        title=f"{volume.title} {title}",
        author=str(contents.file.settings.get("name", "")),
        subject=volume.code,
        created_at=packed_at(contents),
        stamp_face=_stamp_face(ctx),
    )
    with tempfile.TemporaryDirectory(dir=_scratch(ctx)) as folder:
        path = Path(folder) / "volume.pdf"
        bound = bind(list(_parts(ctx, contents, volume)), sheet, taken, path)
        blob = ctx.blobs.put(path)
    file = FileFacts(
        path=volume_path(volume.name),
        sha256=blob.sha256,
        sm3=blob.sm3,
        size=blob.size,
        what=f"{title}（PDF/A-3u）",
        media_type="application/pdf",
    )
    return file, bound, [a.name for a in beside]


def _scratch(ctx: Context) -> Path:
    folder = ctx.settings.data_dir / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _stamp_face(ctx: Context) -> Path:
    found = next(f for f in faces(ctx.settings.fonts_dir) if f.family == FACES["latin"])
    return ctx.settings.fonts_dir / "ready" / found.file


def _parts(ctx: Context, contents: Contents, volume: VolumeFacts) -> Iterator[Part]:
    papers = {kind: contents.document(d) for kind, d in volume.papers.items()}
    yield Part(kind="cover", title="案卷封面", pdf=own_pages(ctx.blobs, papers["file_cover"]))
    yield Part(kind="contents", title="卷内文件目录", pdf=own_pages(ctx.blobs, papers["file_catalogue"]))
    for item in contents.of(volume.name):
        if not item.apart:
            yield from _item_parts(ctx, contents, item)
    yield Part(kind="note", title="卷内备考表", pdf=own_pages(ctx.blobs, papers["file_note"]))


def _item_parts(ctx: Context, contents: Contents, item: ItemFacts) -> Iterator[Part]:
    document = contents.document(item.document_id)
    for number, one in enumerate(enclosures(ctx.blobs, document, contents.file.definitions[document.id])):
        yield Part(kind="annex" if number else "item", title=one.title if number else item.title, pdf=one.pdf)
    cards = contents.package.data["cards"]
    for recording_id in item.recordings:
        recording = contents.file.recording(recording_id)
        if recording is not None and recording_id in cards:
            yield Part(
                kind="annex", title=f"证据卡 {recording.number}", pdf=ctx.blobs.read(cards[recording_id]["blob"])
            )


def _attachments(ctx: Context, volume: VolumeFacts, files: list[FileFacts]) -> Iterator[Attachment]:
    title = VOLUME_TITLES[volume.name]
    issued = _unsealed_originals(files)
    for file in files:
        in_volume = file.path.startswith((f"data/文书/{title}/", f"data/元数据/{title}/"))
        stem = PurePosixPath(file.path).stem
        relationship = next((r for end, r in RELATED.items() if stem.endswith(end)), "")
        if file.media_type in ("application/json", "application/xml"):
            relationship = "Data"
        if file.path in issued:
            relationship = "Source"
        if in_volume and relationship and "/eep/" not in file.path:
            yield Attachment(
                name=PurePosixPath(file.path).name,
                data=ctx.blobs.read(file.sha256),
                media_type=file.media_type,
                relationship=relationship,
                about=file.what,
            )


def _unsealed_originals(files: list[FileFacts]) -> frozenset[str]:
    """Return the issued files of papers without a seal whose signed copies are bound instead of them."""
    names = {f.path for f in files}
    stems = {f.path.removesuffix(SIGNED) for f in files if f.path.endswith(SIGNED)}
    return frozenset(f"{s}.pdf" for s in stems if f"{s}.pdf" in names and f"{s}{SEALED}" not in names)
