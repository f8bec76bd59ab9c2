"""The one outlet through which stored bytes leave: nothing else in `web` opens a blob or a package's file (tests grep).

What leaves was looked up by `web.lookup`, which asked the policy. Downloads, and every look at a record of a traced
class, are written down by `access.reading` before the first byte goes (A34.1, A36.2). Ranges are answered, so that
players can seek; nothing is cached outside the viewer's own session.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, g, request
from werkzeug.datastructures import ContentRange

from access import reading
from access.policy import Record
from casework import sealing
from foundation.context import Context
from generator import preview
from web.security import the_actor, the_context

DPI = 110
"""A4 becomes 910 pixels wide: sharp on a screen, about 150 KB."""

SHOWN = "image/jpeg image/png image/webp video/mp4 video/webm audio/mp4 audio/mpeg audio/wav audio/x-wav audio/ogg"
INLINE = frozenset([*SHOWN.split(), "audio/vnd.wave", "application/pdf"])
"""What a browser may show in place; everything else is handed over as a file (an SVG may hold a script)."""

SANDBOX = "default-src 'none'; sandbox"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The browser's own PDF viewer draws itself with inline styles; a sandbox would keep it from starting."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """Stored bytes that the viewer may have; `web.lookup` makes them after asking the policy."""

    record: Record
    """What the policy knows of the thing whose bytes they are."""
    name: str
    """Under which name it is saved."""
    media_type: str
    size: int
    blob: str = ""
    """Where the bytes are; empty for a package that is put together while it is sent."""
    about: str = ""
    """What encrypted bytes are bound to; empty for bytes that lie as they are."""

    @property
    def tag(self) -> str:
        """Return a mark of these bytes."""
        return self.blob or f"{self.record.id}-{self.name}-{self.size}"


def deliver(held: Held, *, as_file: bool) -> Response:
    """Answer with the bytes, or with the range that was asked for."""
    wanted = request.range if request.headers.get("If-Range", held_tag(held)) == held_tag(held) else None
    span = wanted.range_for_length(held.size) if wanted else (0, held.size)
    if span is None:
        response = Response(status=416)
        response.content_range = ContentRange("bytes", None, None, held.size)
        return response
    start, stop = span[0], held.size if span[1] is None else span[1]
    if start == 0 or held.about:
        _note(held, as_file=as_file)
    pieces = _pieces(the_context(), held, start, stop - start)
    response = Response(pieces, status=206 if wanted else 200, mimetype=held.media_type)
    if wanted:
        response.content_range = ContentRange("bytes", start, stop, held.size)
    response.content_length = stop - start
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = held_tag(held)
    as_file = as_file or held.media_type not in INLINE
    response.headers["Content-Disposition"] = disposition(held.name, as_file=as_file)
    response.headers["Content-Security-Policy"] = PDF_POLICY if held.media_type == "application/pdf" else SANDBOX
    return response


def deliver_stream(held: Held, pieces: Iterator[bytes]) -> Response:
    """Answer with bytes that are put together on the way (a package as one file)."""
    _note(held, as_file=True)
    response = Response(pieces, mimetype=held.media_type)
    response.headers["Content-Disposition"] = disposition(held.name, as_file=True)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def page_image(held: Held, number: int) -> Response:
    """Answer with one page of a PDF as PNG, counted from 1."""
    _note(held, as_file=False)
    image = _page_of(read(held), number) if held.about else _page(held.blob, number)
    response = Response(image, mimetype="image/png")
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def deliver_pieces(held: Held, pieces: Iterator[bytes], *, as_file: bool = False) -> Response:
    """Answer with bytes whose taking the operation that gives them has written down already."""
    response = Response(pieces, mimetype=held.media_type)
    response.content_length = held.size
    response.headers["Content-Disposition"] = disposition(held.name, as_file=as_file)
    response.headers["Content-Security-Policy"] = PDF_POLICY if held.media_type == "application/pdf" else SANDBOX
    return response


@functools.lru_cache(maxsize=512)
def _count(blob: str) -> int:
    return preview.count(the_context().blobs.read(blob))


def page_count(held: Held) -> int:
    """Return how many pages a PDF has."""
    return preview.count(read(held)) if held.about else _count(held.blob)


def read(held: Held) -> bytes:
    """Return all bytes of something small."""
    return b"".join(_pieces(the_context(), held, 0, held.size))


def disposition(name: str, *, as_file: bool) -> str:
    """Return the header that names a file, in Chinese too; a name cannot break out of it."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    way = "attachment" if as_file else "inline"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def held_tag(held: Held) -> str:
    """Return the entity tag."""
    return f'"{quote(held.tag, safe="-_.")}"'


@functools.lru_cache(maxsize=64)
def _page(blob: str, number: int) -> bytes:
    """Draw a page once; kept by what was drawn, after the policy was asked for this viewer; never of sealed bytes."""
    return _page_of(the_context().blobs.read(blob), number)


def _page_of(pdf: bytes, number: int) -> bytes:
    return preview.pages(pdf, DPI, only=number - 1)[0]


def _pieces(ctx: Context, held: Held, start: int, length: int) -> Iterator[bytes]:
    return sealing.stream(ctx, held.blob, held.about, start, length)


def note_look(record: Record) -> None:
    """Write that the viewer looked at a thing, when its class asks for that; once a request."""
    noted: set[str | None] = g.setdefault("noted_looks", set())
    if reading.is_traced(record.secrecy) and record.id not in noted:
        noted.add(record.id)
        with the_context().database.write() as session:
            reading.note_read(session, the_context(), the_actor(), record)


def _note(held: Held, *, as_file: bool) -> None:
    if not as_file:
        note_look(held.record)
        return
    with the_context().database.write() as session:
        act = reading.DOWNLOADED
        reading.note_read(session, the_context(), the_actor(), held.record, act=act, digest=held.blob)


def size_of(blob: str, about: str = "") -> int:
    """Return the size of stored bytes as they are handed out.

    Raises:
        NotFound: They are not in the store.
    """
    return sealing.size(the_context(), blob, about)
