"""What could tell who an informant is lies encrypted in rows and blobs, and is opened only for who may read it (A10.2).

A field with mask `informant` is sealed wherever it is filled; in a paper of class `informant` every free text is, for a
receipt or a register says as much as the letter. Facts come from the database closed: a `Sealed` value prints as
`access.masking.COVER`, so a forgotten place shows stars and never a name. Operations open the paper that they act on,
after the policy was asked; pages open what `web.lookup` let through; nothing else does. Digests, checks and drawings
work on opened values.
"""

import base64
import functools
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from access.masking import COVER
from casework.facts import DocumentFacts, RecordingFacts
from catalogue.definitions import DocumentType, Field
from foundation.canonical import canonical
from foundation.context import Context
from foundation.digests import Blob
from foundation.keys import Keys, plain_size

INFORMANT = "informant"
EMPTY: tuple[Any, ...] = (None, "", [], (), {})
CODED = frozenset(["choice", "multi_choice", "bool", "date", "datetime", "money", "number", "doc_ref"])
"""Kinds of field that gates count with and that name nobody."""
IMAGE = "image"
"""Kind of a drawn signature."""
TOKEN = "sealed"  # noqa: S105 - a key of stored JSON

Thing = TypeVar("Thing")


class Sealed(str):
    """A value that lies encrypted; as text it is a cover."""

    token: str
    about: str

    def __new__(cls, token: str, about: str) -> "Sealed":
        """Wrap what is stored; `about` is what it is bound to."""
        made = super().__new__(cls, COVER)
        made.token, made.about = token, about
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Travel to other processes closed."""
        return self.token, self.about

    def open(self, keys: Keys) -> Any:
        """Return the value.

        Raises:
            Broken: It was changed, or moved from another row.
            Unavailable: Its key is lost.
        """
        return json.loads(keys.decrypt(base64.b64decode(self.token), self.about))


@dataclass(frozen=True, kw_only=True)
class Lock:
    """What rows of one paper are closed with."""

    keys: Keys
    definition: DocumentType

    def close(self, values: Mapping[str, Any], secrecy: str, about: str) -> dict[str, Any]:
        """Return values as they are stored: what is secret as `{"sealed": …}`."""
        secret = secret_fields(self.definition, secrecy)
        return {k: _stored(self.keys, v, f"{about}.{k}") if k in secret else v for k, v in values.items()}


def secret_fields(definition: DocumentType, secrecy: str) -> frozenset[str]:
    """Return the fields of a paper of a class that are stored encrypted."""
    whole = secrecy == INFORMANT
    return frozenset(f.name for f in definition.fields if is_secret(f) or (whole and f.kind not in CODED))


def is_secret(field: Field) -> bool:
    """Tell whether a field, or a column of it, could tell who an informant is."""
    return field.mask == INFORMANT or any(c.mask == INFORMANT for c in field.columns)


def names_informant(definition: DocumentType, values: Mapping[str, Any]) -> bool:
    """Tell whether values fill a field that could tell who an informant is."""
    return any(is_secret(f) and values.get(f.name) not in EMPTY for f in definition.fields)


def _stored(keys: Keys, value: Any, about: str) -> Any:
    if value in EMPTY:
        return value
    return {TOKEN: _token(keys, value, about)}


def _token(keys: Keys, value: Any, about: str) -> str:
    return base64.b64encode(keys.encrypt(canonical(value), about)).decode()


def closed(values: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Return stored values with closed ones as `Sealed`."""
    return {
        k: Sealed(v[TOKEN], f"{about}.{k}") if isinstance(v, dict) and v.keys() == {TOKEN} else v
        for k, v in values.items()
    }


def close_columns(keys: Keys, about: str, columns: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return columns of a row with some emptied, and the closed values of these for its column `sealed`."""
    secret = {n: columns[n] for n in names if columns.get(n) not in EMPTY}
    tokens = {n: _token(keys, v, f"{about}.{n}") for n, v in secret.items()}
    return {**columns, **{n: type(v)() for n, v in secret.items()}, TOKEN: tokens}


def column(row: Any, name: str, about: str) -> Any:
    """Return a column of a row that may be closed."""
    token = (row.sealed or {}).get(name)
    return Sealed(token, f"{about}.{name}") if token else getattr(row, name)


def columns(row: Any, names: Iterable[str], about: str) -> dict[str, Any]:
    """Return columns of a row, each of which may be closed."""
    if not row.sealed:
        return {name: getattr(row, name) for name in names}
    return {name: column(row, name, about) for name in names}


def opened(keys: Keys, thing: Thing) -> Thing:
    """Return a thing's facts with every closed value opened; facts without any come back as they are.

    Raises:
        Broken: A value was changed, or moved from another row.
        Unavailable: Its key is lost.
    """
    return cast("Thing", _opened(keys, thing))


def _opened(keys: Keys, value: Any) -> Any:
    if isinstance(value, Sealed):
        return value.open(keys)
    if isinstance(value, Mapping) and any(isinstance(v, Sealed) for v in value.values()):
        return {k: _opened(keys, v) for k, v in value.items()}
    if isinstance(value, tuple):
        items = tuple(_opened(keys, v) for v in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    if is_dataclass(value) and not isinstance(value, type):
        known = {f.name: getattr(value, f.name) for f in fields(value)}
        changed = {n: new for n, old in known.items() if (new := _opened(keys, old)) is not old}
        return replace(value, **changed) if changed else value
    return value


# --- blobs ------------------------------------------------------------------------------------------------------------


def about_file(document: DocumentFacts, kind: str) -> str:
    """Return what a file of a paper is bound to, empty when it lies plain; kind `IMAGE` are drawn signatures."""
    return f"document_blob:{document.id}:{kind}" if document.secrecy == INFORMANT else ""


def about_recording(recording: RecordingFacts, kind: str = "blob") -> str:
    """Return what a recording, or something made from it, is bound to; empty when it lies plain."""
    return f"recording:{recording.id}:{kind}" if recording.secrecy == INFORMANT else ""


def put(ctx: Context, source: bytes | Path, about: str) -> Blob:
    """Store bytes, encrypted when `about` says what they are bound to; the address is that of what lies there."""
    if not about:
        return ctx.blobs.put(source)
    with tempfile.TemporaryFile(dir=ctx.settings.data_dir) as sealed, _reader(source) as plain:
        ctx.keys.encrypt_stream(plain, sealed, about)
        sealed.seek(0)
        return ctx.blobs.put(sealed)


def _reader(source: bytes | Path) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def stream(ctx: Context, blob: str, about: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Yield a range of the plain bytes in pieces of at most 1 MiB; nothing plain touches the disk.

    Raises:
        NotFound: No such blob.
        Broken: It was changed, or is another thing's.
        Unavailable: The store is down, or the key is lost.
    """
    if not about:
        return ctx.blobs.stream(blob, start, length)
    read = functools.partial(ctx.blobs.read, blob)
    return ctx.keys.decrypt_range(read, ctx.blobs.size(blob), about, start, length)


def read(ctx: Context, blob: str, about: str) -> bytes:
    """Return all plain bytes of something small (`stream` says what may go wrong)."""
    return b"".join(stream(ctx, blob, about))


def size(ctx: Context, blob: str, about: str) -> int:
    """Return how many plain bytes a blob holds.

    Raises:
        NotFound: No such blob.
    """
    stored = ctx.blobs.size(blob)
    return plain_size(stored) if about else stored
