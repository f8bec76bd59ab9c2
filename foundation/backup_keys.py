"""The keys of an installation in one file under a passphrase (scrypt, AES-256-GCM): the other half of a backup.

Without this file a restored installation works, but what was encrypted (informants) cannot be read any more, and seal,
demo authority and sessions are new. It is kept apart from the backup itself: whoever has both has everything.
"""

import io
import os
import tarfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from foundation.errors import BadInput, Conflict

MAGIC = b"anjuan-keys-1\n"
SALT, NONCE = 16, 12
COST = 2**15
"""Scrypt's n: 32 MiB and about 0.1 s a guess."""
SHORTEST = 12
"""Characters of a passphrase."""

LOST = "没有密钥文件：加密内容（举报人信息等）无法读取，电子印章和登录会话将重新生成。"


def write_keys(folder: Path, target: Path, passphrase: str) -> int:
    """Write all keys into one file; return how many.

    Raises:
        BadInput: The passphrase is too short.
        Conflict: The file exists.
    """
    if len(passphrase) < SHORTEST:
        raise BadInput(f"口令短语至少 {SHORTEST} 个字符。", remedy="换一个更长的短语。", path="passphrase")
    if target.exists():
        raise Conflict(f"{target} 已存在，未覆盖。", remedy="换一个文件名。")
    names = sorted(p for p in folder.rglob("*") if p.is_file())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in names:
            tar.add(path, arcname=str(path.relative_to(folder)))
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, packed.getvalue(), MAGIC)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(MAGIC + salt + nonce + sealed)
    return len(names)


def read_keys(source: Path, folder: Path, passphrase: str) -> int:
    """Put keys back; a key that is there already and differs is refused before anything is written.

    Raises:
        BadInput: The file is no key file, or the passphrase is another.
        Conflict: The installation has other keys already.
    """
    data = source.read_bytes()
    head = len(MAGIC)
    if not data.startswith(MAGIC):
        raise BadInput(f"{source} 不是密钥备份文件。", remedy="指定 flask backup 写出的 .keys 文件。", path="keys")
    salt, nonce, sealed = data[head : head + SALT], data[head + SALT : head + SALT + NONCE], data[head + SALT + NONCE :]
    try:
        packed = AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, MAGIC)
    except InvalidTag:
        raise BadInput("口令短语不对，或密钥文件已损坏。", remedy="核对后重试。", path="passphrase") from None
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}  # type: ignore[union-attr]  # files only
    other = [n for n, content in files.items() if (folder / n).exists() and (folder / n).read_bytes() != content]
    if other:
        raise Conflict(f"本机已有不同的密钥：{'、'.join(sorted(other))}。", remedy="在新装的环境恢复。")
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not target.exists():
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(content)
    return len(files)


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode())
