"""The words of tus 1.0 (core, creation, termination, expiration, checksum): headers in, headers out, nothing else."""

import base64
import binascii
import re
from typing import IO

from werkzeug.datastructures import Headers
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from foundation.errors import BadInput
from foundation.upload_parts import ALGORITHMS
from foundation.uploads import UploadFacts

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
PIECE = "application/offset+octet-stream"
MISMATCH = 460
"""Checksum Mismatch."""
NAMES = re.compile(r"[\w-]{1,60}")
OWN = frozenset(["filename", "filetype", "purpose", "subject", "sha256"])
"""Names of metadata that are not words of the purpose."""


class Line:
    """A body that may break off: what came counts, and a broken line ends it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        """Return some bytes, none at the end or when the line broke."""
        try:
            return self._stream.read(size)
        except (OSError, EOFError, ClientDisconnected):
            return b""


def offered(most: int) -> dict[str, str]:
    """Return what the server can do (OPTIONS)."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(most),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def facts(upload: UploadFacts, offset: int) -> dict[str, str]:
    """Return how far an upload is, as headers."""
    told = {"Upload-Offset": str(offset), "Upload-Length": str(upload.length)}
    return told if upload.finished_at else {**told, "Upload-Expires": http_date(upload.expires_at)}


def number(headers: Headers, name: str) -> int:
    """Return a header that must be a whole number.

    Raises:
        BadInput: It is missing or none.
    """
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004 - far beyond any file
        raise BadInput(f"上传请求缺少 {name}。", remedy="更新页面后重试。", path=name)
    return int(text)


def metadata(header: str) -> dict[str, str]:
    """Return `Upload-Metadata` as names and texts.

    Raises:
        BadInput: A name or value cannot be read.
    """
    found: dict[str, str] = {}
    for pair in filter(None, (p.strip() for p in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            text = "\0"
        if not NAMES.fullmatch(name) or name in found or "\0" in text:
            raise BadInput("上传请求的说明读不懂。", remedy="更新页面后重试。", path="Upload-Metadata")
        found[name] = text
    return found
