"""Passwords: argon2id, and what one may be. Nothing here reads the database."""

import functools
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from foundation.errors import BadInput

SHORTEST, LONGEST = 10, 200
"""Characters of a password; one outside ASCII counts double, there are so many more of them."""

COMMON = (
    "1234567890",
    "0123456789",
    "qwertyuiop",
    "password",
    "abcdefghij",
    "11111",
    "00000",
    "88888",
    "66666",
    "12345678",
)
"""Beginnings of passwords that everybody tries first."""

_HASHER = PasswordHasher()
"""The library's own figures (RFC 9106, low memory); `needs_new_hash` follows when they grow."""


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _HASHER.hash(_normal(password))


def is_password(stored: str, password: str) -> bool:
    """Compare a password with a stored hash; an account without one costs the same time and never fits."""
    try:
        return _HASHER.verify(stored or _decoy(), _normal(password)) and bool(stored)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def needs_new_hash(stored: str) -> bool:
    """Tell whether a hash was made with weaker figures than today's."""
    return _HASHER.check_needs_rehash(stored)


def checked_password(password: str, login: str) -> str:
    """Return a password that may be used.

    Raises:
        BadInput: It is too short or long, contains the login, or is among the commonest.
    """
    normal = _normal(password)
    fault = ""
    counted = len(normal) + sum(not c.isascii() for c in normal)
    if counted < SHORTEST or len(normal) > LONGEST:
        fault = f"口令应为{SHORTEST}到{LONGEST}个字符（一个汉字算两个）"
    elif login and login_key(login) in normal.casefold():
        fault = "口令不能包含账号"
    elif normal.casefold().startswith(COMMON) or len(set(normal)) < 4:  # noqa: PLR2004 - fewer different signs are no password
        fault = "口令太常见"
    if fault:
        raise BadInput(f"{fault}。", remedy="换一句自己记得住、别人猜不到的话。", path="password")
    return normal


def login_key(login: str) -> str:
    """Return the form in which logins are compared: NFKC, case folded, no spaces around."""
    return unicodedata.normalize("NFKC", login).casefold().strip()[:80]


def _normal(password: str) -> str:
    # Lone surrogates cannot be encoded; replaced, they simply do not fit.
    return unicodedata.normalize("NFKC", password)[: LONGEST + 1].encode("utf-8", "replace").decode()


@functools.lru_cache
def _decoy() -> str:
    return _HASHER.hash("没有口令的账号")
