"""Keys and secrets of an installation: files readable by their owner alone; encryption of confidential data.

A key is made at its first use and never leaves its folder: not in database, blobs, package or log. `flask backup`
writes the folder to a second file under a passphrase. Confidential fields and blobs are AES-256-GCM; the key's id
stands in front, so keys may be added (`add_field_key`) while old data stay readable, and what the data are about
(table, row, field) is bound in as associated data: a ciphertext moved to another row does not open.
"""

import contextlib
import hashlib
import os
import secrets
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foundation.errors import Broken, Unavailable

PIECE = 1 << 20
"""Bytes of plain text in one encrypted piece of a stream."""

_VALUE, _STREAM = b"\x01", b"\x02"
"""First byte of a ciphertext: one value, or pieces."""
_ID, _NONCE, _SALT, _TAG = 8, 12, 16, 16
"""Lengths of key id, nonce, salt of a stream's own key, and tag."""
_HEAD = 1 + _ID + _SALT
"""Bytes in front of the pieces of a stream."""


class Keys:
    """The keys in one folder; safe to use from many processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secret(self, name: str) -> str:
        """Return a secret text (43 characters), made at first use."""
        return self.stored(name, lambda: secrets.token_urlsafe(32).encode()).decode()

    def key(self, name: str, length: int = 32) -> bytes:
        """Return a secret key of `length` bytes, made at first use."""
        return bytes.fromhex(self.stored(f"{name}.key", lambda: secrets.token_hex(length).encode()).decode())

    def stored(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return a file of the folder, made (0600, whole or not at all) at first use; the first maker wins.

        Raises:
            Unavailable: The folder cannot be read or written.
        """
        path = self.folder / name
        try:
            if not path.exists():
                _create_once(path, make())
            return path.read_bytes()
        except OSError as error:
            raise Unavailable(
                f"密钥目录中的“{name}”无法读写。", remedy="检查密钥目录（ANJUAN_KEYS_DIR）的位置和权限后重试。"
            ) from error

    def encrypt(self, plain: bytes, about: str) -> bytes:
        """Encrypt one value; `about` says which (`table:row:field`) and must be given again to read it."""
        key_id, key = self._newest()
        nonce = secrets.token_bytes(_NONCE)
        return _VALUE + key_id + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())

    def decrypt(self, data: bytes, about: str) -> bytes:
        """Return the plain value.

        Raises:
            Broken: The bytes were changed, or belong to something else.
            Unavailable: The key is not in this folder.
        """
        head, nonce, body = data[: 1 + _ID], data[1 + _ID : 1 + _ID + _NONCE], data[1 + _ID + _NONCE :]
        if head[:1] != _VALUE:
            raise _changed(about)
        return _opened(AESGCM(self._by_id(head[1:])), nonce, body, about)

    def encrypt_stream(self, source: BinaryIO, out: BinaryIO, about: str) -> None:
        """Encrypt a stream in 1 MiB pieces under a key of its own; cutting or reordering pieces is detected."""
        key_id, key = self._newest()
        salt = secrets.token_bytes(_SALT)
        cipher = AESGCM(_own_key(key, salt))
        out.write(_STREAM + key_id + salt)
        for number, (piece, last) in enumerate(_with_last(source, PIECE)):
            out.write(cipher.encrypt(_piece_nonce(number, last=last), piece, about.encode()))

    def decrypt_stream(self, source: BinaryIO, out: BinaryIO, about: str) -> None:
        """Write the plain bytes of an encrypted stream.

        Raises:
            Broken: The bytes were changed or cut, or belong to something else; `out` then holds nothing to be used.
            Unavailable: The key is not in this folder.
        """
        head = source.read(_HEAD)
        if head[:1] != _STREAM or len(head) != _HEAD:
            raise _changed(about)
        cipher = AESGCM(_own_key(self._by_id(head[1 : 1 + _ID]), head[1 + _ID :]))
        for number, (piece, last) in enumerate(_with_last(source, PIECE + _TAG)):
            out.write(_opened(cipher, _piece_nonce(number, last=last), piece, about))

    def decrypt_range(
        self, read: Callable[[int, int], bytes], size: int, about: str, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """Yield a range of the plain bytes of an encrypted stream; only the pieces that it touches are read.

        Args:
            read: Returns bytes of the encrypted stream by start and length.
            size: Bytes of the encrypted stream.
            about: What it is bound to.
            start: First plain byte.
            length: Plain bytes at most; all that follow when left out.

        Raises:
            Broken: The bytes were changed or cut, or belong to something else.
            Unavailable: The key is not in this folder.
        """
        head = read(0, _HEAD)
        if head[:1] != _STREAM or len(head) != _HEAD:
            raise _changed(about)
        cipher = AESGCM(_own_key(self._by_id(head[1 : 1 + _ID]), head[1 + _ID :]))
        whole, last = plain_size(size), (size - _HEAD - 1) // (PIECE + _TAG)
        end = whole if length is None else min(whole, start + length)
        for number in range(start // PIECE, -(-end // PIECE)):
            sealed = read(_HEAD + number * (PIECE + _TAG), PIECE + _TAG)
            plain = _opened(cipher, _piece_nonce(number, last=number == last), sealed, about)
            yield plain[max(0, start - number * PIECE) : end - number * PIECE]

    def add_field_key(self) -> str:
        """Add a key that encrypts from now on; older ones stay to read what they wrote. Return its id."""
        number = len(self._field_keys()) + 1
        return _id(self.key(f"field-{number:04d}")).hex()

    def _field_keys(self) -> list[Path]:
        return sorted(self.folder.glob("field-*.key"))

    def _newest(self) -> tuple[bytes, bytes]:
        names = self._field_keys()
        key = self.key(names[-1].stem if names else "field-0001")
        return _id(key), key

    def _by_id(self, key_id: bytes) -> bytes:
        for path in self._field_keys():
            if _id(key := self.key(path.stem)) == key_id:
                return key
        raise Unavailable(f"缺少密钥 {key_id.hex()}，无法读取加密内容。", remedy="用密钥备份恢复密钥目录后重试。")


def plain_size(encrypted: int) -> int:
    """Return how many plain bytes an encrypted stream of this size holds."""
    body = encrypted - _HEAD
    return body - _TAG * -(-body // (PIECE + _TAG))


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"anjuan key id" + key).digest()[:_ID]


def _own_key(key: bytes, salt: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, b"anjuan stream").derive(key)


def _piece_nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, int(last))


def _opened(cipher: AESGCM, nonce: bytes, data: bytes, about: str) -> bytes:
    try:
        return cipher.decrypt(nonce, data, about.encode())
    except (InvalidTag, ValueError):
        raise _changed(about) from None


def _changed(about: str) -> Broken:
    return Broken(f"加密内容“{about}”已被改动或不属于该记录。", remedy="用备份恢复并上报记录毁损情况。")


def _with_last(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield full pieces and say which is the last (an empty stream is one empty piece)."""
    piece = _filled(source, size)
    while following := _filled(source, size):
        yield piece, False
        piece = following
    yield piece, True


def _filled(source: BinaryIO, size: int) -> bytes:
    """Read exactly `size` bytes unless the source ends (sockets and pipes give less at a time)."""
    parts, left = [], size
    while left and (part := source.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _create_once(path: Path, content: bytes) -> None:
    """Create a file whole and 0600; when another process was first, keep its file."""
    handle, name = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
