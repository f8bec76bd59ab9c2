"""PINs and links for people without an account: made here, shown once, kept as keyed digests alone.

A PIN of eight digits cannot be protected by a slow hash (a machine tries them all); its digest is made with a key that
lies in `var/keys`, outside the database, and guessing is stopped where it is asked (slowed, then locked).
"""

import hashlib
import hmac
import secrets
import unicodedata

from foundation.keys import Keys

DIGITS = 8
SPACES = "- \t\u3000·"
"""What people put between digits."""


def new_pin() -> str:
    """Return a new PIN."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def shown(pin: str) -> str:
    """Return a PIN as it is written on paper.

    >>> shown("12345678")
    '1234 5678'
    """
    return f"{pin[:4]} {pin[4:]}"


def read_pin(text: str) -> str:
    """Return a typed PIN in the form that is compared: full-width digits and spaces do not matter.

    >>> read_pin("１２３４ 5678")
    '12345678'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text)[:40] if c not in SPACES)


def digest(keys: Keys, about: str, secret: str) -> str:
    """Return what is stored of a PIN or token.

    Args:
        keys: The installation's keys.
        about: What it opens, by kind and id: the same PIN of two things has two digests.
        secret: PIN or token.
    """
    message = f"{about}\n{secret}".encode("utf-8", "replace")
    return hmac.new(keys.key("pin"), message, hashlib.sha256).hexdigest()


def fits(keys: Keys, about: str, secret: str, stored: str) -> bool:
    """Tell whether a typed secret is the stored one; takes as long for any."""
    return hmac.compare_digest(digest(keys, about, secret), stored)
