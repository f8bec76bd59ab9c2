"""A link to a copy opens by its PIN, for a time and a number of times; guessing ends it; strangers learn nothing."""

import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa

from access.attempts import TooSoon
from access.pins import DIGITS
from archive import copy_links, queries
from archive.copy_delivery import revoke
from archive.copy_links import GivenLink, end_link, give_link, links_of, opened, take, token_of
from archive.models import CopyLinkRow, CopyRow
from archive.ruling import read
from foundation import journal
from foundation.errors import Forbidden, NotFound, Refused
from tests.archive.conftest import Office
from tests.conftest import move

BYTES = b"%PDF-1.7 copy"
MOST = int(read("copying")["link"]["most_failures"])


class Desk:
    """A copy of the closed case, and who gives links to it."""

    def __init__(self, office: Office) -> None:
        self.office, self.ctx = office, office.ctx
        move(self.ctx, "2026-05-20T09:00")
        (party_id,) = office.parties.values()
        now, archivist = self.ctx.clock.now(), office.actor("壬九")
        blob, clip = self.ctx.blobs.put(BYTES), self.ctx.blobs.put(b"clip")
        with self.ctx.database.write() as session:
            row = CopyRow(
                id=self.ctx.ids.new(),
                agency_id=archivist.agency_id,
                case_id=office.case_id,
                number="复2026-001",
                party_id=party_id,
                applicant="孙样例（虚构）",
                purpose="申请行政复议",
                made_at=now,
                expires_at=now + dt.timedelta(days=7),
                made_by=archivist.account_id,
                blob=blob.sha256,
                size=blob.size,
                pages=1,
                items=[],
                refused=[],
                clips=[{"blob": clip.sha256, "size": clip.size, "title": "录像"}],
            )
            session.add(row)
        self.copy_id = row.id

    def give(self) -> tuple[GivenLink, str]:
        given = give_link(self.ctx, self.office.actor("壬九"), self.copy_id)
        return given, token_of(self.ctx.keys, given.facts.id)

    def take(self, token: str, pin: str, address: str = "192.0.2.1", clip: int | None = None) -> bytes:
        return b"".join(take(self.ctx, token, pin=pin, address=address, clip=clip)[2])

    def kinds(self, stream: str) -> list[str]:
        with self.ctx.database.read() as session:
            found = [e.kind for e in journal.events(session, f"{stream}:{self.office.case_id}")]
        return [k for k in found if k.startswith("copy.link") or k == "case.copied"]

    def later(self, **span: float) -> None:
        move(self.ctx, self.ctx.clock.now() + dt.timedelta(**span))


@pytest.fixture
def desk(closed_office: Office) -> Desk:
    return Desk(closed_office)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**DIGITS:0{DIGITS}d}"


@pytest.mark.article("A36.2")
def test_a_pin_gives_the_bytes_and_each_use_is_counted_and_journalled(desk: Desk) -> None:
    given, token = desk.give()
    assert desk.take(token, given.pin) == BYTES
    assert desk.take(token, f" {given.pin[:4]} {given.pin[4:]}", clip=0) == b"clip"
    with desk.ctx.database.read() as session:
        (facts,) = links_of(session, desk.copy_id)
        copy = queries.find_copy(session, desk.copy_id)
        events = [e for e in journal.events(session, f"access:{desk.office.case_id}") if e.kind == "case.copied"]
    assert copy is not None
    assert (facts.uses, copy.downloads) == (2, 2)
    assert [e.data["digest"] for e in events] == [copy.blob, copy.clips[0]["blob"]]
    assert {e.actor for e in events} == {f"l:{given.facts.id}"}
    assert desk.kinds("case") == ["copy.link_given"]


def test_neither_the_address_nor_the_pin_is_stored(desk: Desk) -> None:
    given, token = desk.give()
    with desk.ctx.database.read() as session:
        (row,) = session.scalars(sa.select(CopyLinkRow))
        held = str(vars(row))
    assert token not in held
    assert given.pin not in held
    assert hashlib.sha256(token.encode()).hexdigest() in held


def test_a_link_used_beyond_its_count_says_so(desk: Desk) -> None:
    given, token = desk.give()
    for _ in range(given.facts.most_uses):
        desk.take(token, given.pin)
    with pytest.raises(Refused, match="次数已用完"):
        desk.take(token, given.pin)
    assert "次数已用完" in opened(desk.ctx, token).why_not


def test_an_expired_a_revoked_and_a_withdrawn_copy_say_so(desk: Desk) -> None:
    given, token = desk.give()
    desk.later(days=7)
    with pytest.raises(Refused, match="已过有效期"):
        desk.take(token, given.pin)
    given, token = desk.give()
    end_link(desk.ctx, desk.office.actor("壬九"), given.facts.id)
    with pytest.raises(Refused, match="已被收回"):
        desk.take(token, given.pin)
    given, token = desk.give()
    revoke(desk.ctx, desk.office.actor("壬九"), desk.copy_id, reason="发错")
    with pytest.raises(Refused, match="复制件已被制发机关收回"):
        desk.take(token, given.pin)
    with pytest.raises(Refused, match="已经收回"):
        desk.give()


def test_a_new_link_takes_the_place_of_the_old_one(desk: Desk) -> None:
    old, token = desk.give()
    desk.give()
    with pytest.raises(Refused, match="已被收回"):
        desk.take(token, old.pin)


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "A" * 43, "密" * 20, "\x00", "\ud800"])
def test_an_address_that_is_none_is_not_found(desk: Desk, token: str) -> None:
    desk.give()
    with pytest.raises(NotFound):
        take(desk.ctx, token, pin="12345678", address="192.0.2.1")


def test_a12_wrong_pins_are_slowed_and_then_end_the_link(desk: Desk) -> None:
    given, token = desk.give()
    other, other_token = desk.office, token
    for n in range(MOST):
        with pytest.raises(Forbidden, match="取件密码不对"):
            desk.take(token, wrong(given.pin), address=f"192.0.2.{n}")
    with pytest.raises(Refused, match="输错次数过多"):
        desk.take(other_token, given.pin, address="198.51.100.1")
    assert desk.kinds("access") == ["copy.link_failed"] * MOST + ["copy.link_locked"]
    assert other.case_id


def test_guesses_from_one_address_must_wait(desk: Desk) -> None:
    given, token = desk.give()
    for _ in range(4):
        with pytest.raises(Forbidden):
            desk.take(token, wrong(given.pin))
    with pytest.raises(TooSoon) as error:
        desk.take(token, given.pin)
    assert error.value.seconds == 1
    desk.later(seconds=2)
    assert desk.take(token, given.pin) == BYTES


def test_a12_the_pin_of_another_link_opens_nothing(desk: Desk) -> None:
    first, _token = desk.give()
    _second, token = desk.give()
    with pytest.raises(Forbidden):
        desk.take(token, first.pin)


def test_a_clip_that_is_none_is_not_found_and_costs_no_use(desk: Desk) -> None:
    given, token = desk.give()
    for clip in (1, -1):
        with pytest.raises(NotFound):
            desk.take(token, given.pin, clip=clip)
    with desk.ctx.database.read() as session:
        assert links_of(session, desk.copy_id)[0].uses == 0


def test_only_who_makes_copies_gives_and_ends_links(desk: Desk) -> None:
    given, _token = desk.give()
    for name in ("甲一", "丁四"):
        with pytest.raises(Forbidden):
            give_link(desk.ctx, desk.office.actor(name), desk.copy_id)
        with pytest.raises(Forbidden):
            end_link(desk.ctx, desk.office.actor(name), given.facts.id)
    with pytest.raises(NotFound):
        give_link(desk.ctx, desk.office.actor("壬九"), "no-such-copy")
    with pytest.raises(NotFound):
        end_link(desk.ctx, desk.office.actor("壬九"), "no-such-link")


def test_the_address_is_the_same_each_time_it_is_made(desk: Desk) -> None:
    given, token = desk.give()
    assert copy_links.token_of(desk.ctx.keys, given.facts.id) == token
    assert len(token) == 43
