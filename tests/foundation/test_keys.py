"""Keys: made once, private, and what they encrypt opens only unchanged and in its own place."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import Broken, Unavailable
from foundation.keys import PIECE, Keys


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys")


def sealed(keys: Keys, plain: bytes, about: str = "x") -> bytes:
    out = io.BytesIO()
    keys.encrypt_stream(io.BytesIO(plain), out, about)
    return out.getvalue()


def opened(keys: Keys, data: bytes, about: str = "x") -> bytes:
    out = io.BytesIO()
    keys.decrypt_stream(io.BytesIO(data), out, about)
    return out.getvalue()


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(keys: Keys) -> None:
    assert keys.secret("session") == keys.secret("session") == Keys(keys.folder).secret("session")
    assert keys.secret("session") != keys.secret("other")
    assert len(keys.key("seal", 16)) == 16
    assert {(keys.folder / n).stat().st_mode & 0o777 for n in os.listdir(keys.folder)} == {0o600}  # noqa: PTH208
    assert keys.folder.stat().st_mode & 0o777 == 0o700


def test_many_who_ask_first_get_the_same_secret(keys: Keys) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: Keys(keys.folder).secret("session"), range(64)))) == 1


def test_a_value_opens_in_its_own_place_only(keys: Keys) -> None:
    data = keys.encrypt("举报人".encode(), "party:1:name")
    assert "举报人".encode() not in data
    assert keys.decrypt(data, "party:1:name").decode() == "举报人"
    with pytest.raises(Broken, match="party:2:name"):
        keys.decrypt(data, "party:2:name")


@given(at=st.integers(min_value=0, max_value=60), bit=st.integers(min_value=0, max_value=7))
@settings(max_examples=60)
def test_no_bit_of_a_value_can_change(at: int, bit: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = Keys(tmp_path_factory.mktemp("keys"))
    data = bytearray(keys.encrypt(b"0123456789abcdefghijklmnopqrstuvwxyz", "a"))
    data[at % len(data)] ^= 1 << bit
    with pytest.raises((Broken, Unavailable)):
        keys.decrypt(bytes(data), "a")


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
def test_a_stream_comes_back_whole(keys: Keys, size: int) -> None:
    plain = os.urandom(size)
    assert opened(keys, sealed(keys, plain)) == plain


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 2 * PIECE + 7])
@pytest.mark.parametrize(
    ("start", "length"), [(0, None), (0, 1), (PIECE - 1, 2), (PIECE, PIECE), (5, 2 * PIECE), (9, 0)]
)
def test_a_range_of_a_stream_opens_without_the_rest(keys: Keys, size: int, start: int, length: int | None) -> None:
    plain = os.urandom(size)
    data = sealed(keys, plain)
    asked: list[int] = []

    def read(at: int, count: int) -> bytes:
        asked.append(count)
        return data[at : at + count]

    found = b"".join(keys.decrypt_range(read, len(data), "x", start, length))
    assert found == plain[start : None if length is None else start + length]
    assert len(asked) - 1 <= (len(found) + PIECE - 1) // PIECE + 1, "only pieces that the range touches are read"


def test_a_range_of_a_stream_that_was_cut_by_a_whole_piece_does_not_open(keys: Keys) -> None:
    data = sealed(keys, os.urandom(2 * PIECE + 9))[: 25 + 2 * (PIECE + 16)]
    with pytest.raises(Broken):
        b"".join(keys.decrypt_range(lambda at, count: data[at : at + count], len(data), "x"))


def test_a_stream_that_was_cut_reordered_or_prolonged_does_not_open(keys: Keys) -> None:
    data = sealed(keys, os.urandom(2 * PIECE + 9))
    head, one, two, rest = (
        data[:25],
        data[25 : 25 + PIECE + 16],
        data[25 + PIECE + 16 : 25 + 2 * PIECE + 32],
        data[-25:],
    )
    for forged in (head + one + two, head + two + one + rest, data + rest, head, data[:10], b""):
        with pytest.raises(Broken):
            opened(keys, forged)


def test_a_new_key_encrypts_and_old_values_still_open(keys: Keys) -> None:
    before = keys.encrypt(b"old", "a")
    added = keys.add_field_key()
    after = keys.encrypt(b"new", "a")
    assert before[1:9] != after[1:9] == bytes.fromhex(added)
    assert (keys.decrypt(before, "a"), keys.decrypt(after, "a")) == (b"old", b"new")


def test_without_its_key_a_value_says_which_key_is_missing(keys: Keys, tmp_path: Path) -> None:
    data = keys.encrypt(b"x", "a")
    with pytest.raises(Unavailable, match=data[1:9].hex()):
        Keys(tmp_path / "others").decrypt(data, "a")
