"""Files that are handed in as proof or as a scan: what they are by their bytes, whole and readable, else refused."""

import io

import pikepdf
from PIL import Image, UnidentifiedImageError

from foundation.blobs import refuse_empty
from foundation.errors import BadInput

PROOF = "proof_"
"""Kinds of file of a receipt that are its proofs: `proof_1`, `proof_2`, …"""
MOST_PROOF = 200 << 20
"""Bytes of one proof at most."""
MOST_PIXELS = 120_000_000
"""Pixels of one picture at most: A3 at 600 dpi has 70 million."""
MAGIC = {
    b"%PDF": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
}


def look_at(data: bytes, name: str, *, most: int = MOST_PROOF) -> str:
    """Return the media type of a file that may be kept.

    Args:
        data: The file.
        name: Its name; an ending that says something else is refused.
        most: Bytes at most.

    Raises:
        BadInput: It is empty, too large, of another type, cut, locked, or not what its name says.
    """
    refuse_empty(len(data), "file")
    if len(data) > most:
        raise _bad(f"文件超过{most >> 20}MB。", "降低扫描分辨率，或分几次上传。")
    kind = next((k for magic, k in MAGIC.items() if data.startswith(magic)), "")
    if not kind:
        raise _bad("文件不是PDF或图片（JPEG、PNG、TIFF）。", "另存为PDF或JPEG后上传。")
    suffix = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if suffix in {s for known in SUFFIXES.values() for s in known} and suffix not in SUFFIXES[kind]:
        raise _bad(f"文件名以“{suffix}”结尾，内容却是{kind}。", "重新从设备导出，不要改文件名的结尾。")
    _open_pdf(data) if kind == "application/pdf" else _open_image(data)
    return kind


def _open_pdf(data: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError as error:
        raise _bad("PDF有打开口令。", "去掉口令后上传。") from error
    except (pikepdf.PdfError, ValueError) as error:
        raise _bad("PDF不完整或已损坏。", "重新扫描或导出后上传。") from error
    if pages == 0:
        raise _bad("PDF没有页。", "重新扫描后上传。")


def _open_image(data: bytes) -> None:
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _bad("图片过大。", "按300dpi重新扫描。")
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _bad("图片不完整或已损坏。", "重新拍摄或扫描后上传。") from error


def _bad(message: str, remedy: str) -> BadInput:
    return BadInput(message, remedy=remedy, path="file")
