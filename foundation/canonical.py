"""Canonical JSON (RFC 8785) and digests of data: the same facts give the same bytes everywhere."""

import datetime as dt
import decimal
import hashlib
from typing import Any

import rfc8785


def plain(value: Any) -> Any:
    """Turn dates, instants and decimals into text, tuples into lists; the rest stays."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return value


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of `plain(value)`."""
    return rfc8785.dumps(plain(value))


def digest(value: Any) -> str:
    """Return the SHA-256 (64 hex digits) of the canonical bytes."""
    return hashlib.sha256(canonical(value)).hexdigest()
