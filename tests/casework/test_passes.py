"""A party signs in by a number and a PIN, for one case; guessing is slowed, then locked, and tells nothing."""

import datetime as dt
import string

import pytest
import sqlalchemy as sa

from access.attempts import FREE_TRIES, TooSoon
from access.pins import DIGITS, digest, new_pin, read_pin
from access.policy import READING, decide
from casework import queries
from casework.models.passes import PartyPassRow, PartySessionRow
from casework.operations import passes
from casework.passes import passes_of, read_number
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound
from tests.access.records import a_paper, a_service
from tests.casework.offices import Bureau
from tests.conftest import move

ADDRESS = "192.0.2.7"


class Counter:
    """An office with a case and a party that holds a PIN."""

    def __init__(self, ctx: Context) -> None:
        self.ctx, self.bureau = ctx, Bureau(ctx)
        self.party = self.bureau.party()
        self.case = self.bureau.case(party_ids=[self.party.id])
        self.number = self.case.working_number or self.case.number

    def give(self, by: str = "甲一") -> str:
        return passes.give_pass(self.ctx, self.bureau.as_(by), case_id=self.case.id, party_id=self.party.id).pin

    def enter(self, pin: str, number: str = "", address: str = ADDRESS) -> str:
        return passes.sign_in(self.ctx, number=number or self.number, pin=pin, address=address)

    def fails(self, pin: str = "00000000", number: str = "", address: str = ADDRESS) -> tuple[str, str]:
        with pytest.raises(Forbidden) as error:
            self.enter(pin, number, address)
        return error.value.message, error.value.remedy

    def kinds(self, stream: str) -> list[str]:
        with self.ctx.database.read() as session:
            return [e.kind for e in journal.events(session, stream) if e.kind.startswith("party.")]

    def later(self, **span: float) -> None:
        move(self.ctx, self.ctx.clock.now() + dt.timedelta(**span))


@pytest.fixture
def counter(ctx: Context) -> Counter:
    return Counter(ctx)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**DIGITS:0{DIGITS}d}"


def test_a_pin_opens_a_session_of_that_party_in_that_case_alone(counter: Counter) -> None:
    visitor = passes.visitor_of(counter.ctx, counter.enter(counter.give()))
    assert visitor is not None
    assert (visitor.case_id, visitor.party_id) == (counter.case.id, counter.party.id)
    assert visitor.actor.roles == {"party"}
    assert visitor.actor.party_ids == {counter.party.id}


def test_a_pin_is_read_with_spaces_and_full_width_digits(counter: Counter) -> None:
    pin = counter.give()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in pin)
    assert counter.enter(f" {wide[:4]}　{wide[4:]} ")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" 清政罚决（2026）第３号 ", "清政罚决〔2026〕第3号"),
        ("清政罚决[2026]第3号", "清政罚决〔2026〕第3号"),
        ("检2026—001", "检2026-001"),
        ("https://a.example/v/018F0000-0000-7000-8000-000000000000?v=1", "018f0000-0000-7000-8000-000000000000"),
        ("\x00' OR 1=1 --", "\x00'OR1=1--"),
        ("", ""),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert read_number(typed) == read


def test_only_digests_of_pins_and_tokens_are_stored(counter: Counter) -> None:
    pin = counter.give()
    token = counter.enter(pin)
    with counter.ctx.database.read() as session:
        held = [str(vars(r)) for table in (PartyPassRow, PartySessionRow) for r in session.scalars(sa.select(table))]
    assert not [row for row in held if pin in row or token in row]


def test_the_same_pin_of_two_things_has_two_digests(counter: Counter) -> None:
    assert digest(counter.ctx.keys, "pass:a", "12345678") != digest(counter.ctx.keys, "pass:b", "12345678")
    assert all(len(new_pin()) == DIGITS and set(new_pin()) <= set(string.digits) for _ in range(50))
    assert read_pin("1234-5678 ") == "12345678"


def test_unknown_numbers_wrong_pins_and_dead_passes_have_one_answer(counter: Counter) -> None:
    pin = counter.give()
    answers = {counter.fails(wrong(pin)), counter.fails(pin, number="检2026-999")}
    with counter.ctx.database.read() as session:
        (facts,) = passes_of(session, counter.case.id)
    passes.end_pass(counter.ctx, counter.bureau.as_("甲一"), facts.id)
    answers.add(counter.fails(pin))
    counter.later(days=1000)
    answers.add(counter.fails(counter.give(), number="无此编号"))
    assert len(answers) == 1


def test_guessing_is_slowed_for_known_and_unknown_numbers_alike(counter: Counter) -> None:
    pin = counter.give()
    waits = []
    for number in (counter.number, "检2026-999"):
        for _ in range(FREE_TRIES):
            counter.fails(wrong(pin), number)
        with pytest.raises(TooSoon) as error:
            counter.enter(wrong(pin), number)
        waits.append(error.value.seconds)
    assert waits == [1, 1]
    assert counter.enter(pin, address="198.51.100.1"), "a stranger elsewhere makes nobody wait"


def test_guessing_from_many_addresses_locks_the_pass_for_good(counter: Counter) -> None:
    pin = counter.give()
    for n in range(passes.MOST_FAILURES):
        counter.fails(wrong(pin), address=f"192.0.2.{n}")
    said = counter.fails(pin, address="198.51.100.1")
    assert said == counter.fails(pin, number="检2026-999", address="198.51.100.2")
    assert counter.kinds(f"access:{counter.case.id}").count("party.pass_locked") == 1
    assert counter.enter(counter.give(), address="198.51.100.3")


def test_a_good_pin_forgets_earlier_mistakes(counter: Counter) -> None:
    pin = counter.give()
    for n in range(2 * passes.MOST_FAILURES):
        counter.fails(wrong(pin), address=f"192.0.2.{n}")
        counter.enter(pin, address="198.51.100.1")


def test_a_new_pin_takes_the_place_of_the_old_one_and_ends_its_session(counter: Counter) -> None:
    old = counter.give()
    token = counter.enter(old)
    counter.give()
    assert passes.visitor_of(counter.ctx, token) is None
    counter.fails(old)


def test_a_pass_ends_with_its_time_and_its_count(ctx: Context) -> None:
    bureau = Bureau(ctx, **{"party.pass_days": 10, "party.pass_uses": 2})
    counter = Counter.__new__(Counter)
    counter.ctx, counter.bureau, counter.party = ctx, bureau, bureau.party()
    counter.case = bureau.case(party_ids=[counter.party.id])
    counter.number = counter.case.working_number
    pin = counter.give()
    counter.enter(pin)
    counter.enter(pin)
    counter.fails(pin)
    pin = counter.give()
    counter.later(days=10)
    counter.fails(pin)


def test_sessions_are_short_and_end_when_idle_or_signed_out(counter: Counter) -> None:
    pin = counter.give()
    idle, out = counter.enter(pin), counter.enter(pin)
    passes.sign_out(counter.ctx, out)
    passes.sign_out(counter.ctx, "unknown")
    assert passes.visitor_of(counter.ctx, out) is None
    counter.later(minutes=14)
    assert passes.visitor_of(counter.ctx, idle)
    counter.later(minutes=14)
    assert passes.visitor_of(counter.ctx, idle)
    counter.later(minutes=16)
    assert passes.visitor_of(counter.ctx, idle) is None
    assert passes.visitor_of(counter.ctx, "no-such-token") is None


def test_a_session_never_lasts_longer_than_an_hour(counter: Counter) -> None:
    token = counter.enter(counter.give())
    for _ in range(5):
        counter.later(minutes=12)
        seen = passes.visitor_of(counter.ctx, token)
    assert seen is None


def test_acts_stand_in_the_cases_stream_and_sign_ins_beside_it(counter: Counter) -> None:
    pin = counter.give()
    counter.fails(wrong(pin))
    counter.enter(pin)
    counter.fails(pin, number="无此编号")
    assert counter.kinds(f"case:{counter.case.id}") == ["party.pass_given"]
    assert counter.kinds(f"access:{counter.case.id}") == ["party.sign_in_failed", "party.signed_in"]
    assert counter.kinds("access:sign_in") == ["party.sign_in_failed"]


def test_who_may_not_admit_parties_gives_and_ends_none(counter: Counter) -> None:
    with pytest.raises(Forbidden):
        counter.give(by="丁四")
    counter.give(by="壬九")
    other = Bureau(counter.ctx, fonds_no="QH02")
    words = {"case_id": counter.case.id, "party_id": counter.party.id}
    with pytest.raises(NotFound) as hidden:
        passes.give_pass(counter.ctx, other.as_("甲一"), **words)
    with pytest.raises(NotFound) as absent:
        passes.give_pass(counter.ctx, other.as_("甲一"), **{**words, "case_id": "no-such-case"})
    assert str(hidden.value) == str(absent.value)
    with counter.ctx.database.read() as session:
        (facts,) = passes_of(session, counter.case.id)
    with pytest.raises(NotFound):
        passes.end_pass(counter.ctx, other.as_("甲一"), facts.id)


def test_only_a_party_of_the_case_is_given_a_pass(counter: Counter) -> None:
    stranger = counter.bureau.party(name="另一公司（虚构）", id_no="91110101MA0FAKE25K")
    with pytest.raises(BadInput, match="不在本案"):
        passes.give_pass(counter.ctx, counter.bureau.as_("甲一"), case_id=counter.case.id, party_id=stranger.id)


def test_a_number_of_two_parties_lets_each_in_as_itself(counter: Counter) -> None:
    other = counter.bureau.party(kind="公民", name="孙样例（虚构）", id_type="居民身份证", id_no="110101199001019984")
    case = counter.bureau.case(party_ids=[counter.party.id, other.id])
    actor, number = counter.bureau.as_("甲一"), case.working_number
    pin_of = {
        p: passes.give_pass(counter.ctx, actor, case_id=case.id, party_id=p).pin for p in (counter.party.id, other.id)
    }
    for party_id, pin in pin_of.items():
        visitor = passes.visitor_of(counter.ctx, counter.enter(pin, number))
        assert visitor is not None
        assert visitor.party_id == party_id


# --- what a pass opens ------------------------------------------------------------------------------------------------


def served(counter: Counter, case_id: str, party_id: str, *, valid: bool = True, **words: object) -> str:
    """Put a served paper into a case; return its id."""
    agency = counter.bureau.agency_id
    given = {"type": "penalty_decision", "party_id": party_id, "status": "served", **words}
    paper = a_paper(counter.ctx, agency, case_id, "某人", **given)
    a_service(counter.ctx, agency, case_id, paper, valid=valid)
    return paper


def opens(counter: Counter, pin: str) -> set[str]:
    """Return the papers that a PIN opens, as the policy sees them."""
    visitor = passes.visitor_of(counter.ctx, counter.enter(pin))
    assert visitor is not None
    with counter.ctx.database.read() as session:
        viewer = passes.sight_of(session, visitor)
        papers = queries.documents_of(session, visitor.case_id)
    may = [d for d in papers if decide(visitor.actor, READING["document"], queries.document_record(d), viewer).allowed]
    assert viewer.served_ids >= {d.id for d in may}
    return {d.id for d in may}


@pytest.mark.article("A34.1")
def test_i4_a_pass_opens_what_was_served_on_its_party_in_its_case_alone(counter: Counter) -> None:
    other = counter.bureau.party(kind="公民", name="孙样例（虚构）", id_type="居民身份证", id_no="110101199001019984")
    elsewhere = counter.bureau.case(party_ids=[counter.party.id])
    mine = served(counter, counter.case.id, counter.party.id)
    served(counter, counter.case.id, other.id)
    served(counter, elsewhere.id, counter.party.id)
    served(counter, counter.case.id, counter.party.id, valid=False)
    served(counter, counter.case.id, counter.party.id, volume="side")
    served(counter, counter.case.id, counter.party.id, secrecy="informant")
    assert opens(counter, counter.give()) == {mine}


@pytest.mark.article("A33.1")
def test_the_written_answer_alone_is_read_from_the_side_volume(counter: Counter) -> None:
    words = {"volume": "side", "secrecy": "internal"}
    reply = served(counter, counter.case.id, counter.party.id, type="record_copy_reply", **words)
    served(counter, counter.case.id, counter.party.id, type="record_copy_approval", **words)
    assert opens(counter, counter.give()) == {reply}


def test_both_databases_let_in_slow_down_and_lock_alike(any_ctx: Context) -> None:
    counter = Counter(any_ctx)
    pin = counter.give()
    visitor = passes.visitor_of(any_ctx, counter.enter(pin))
    assert visitor is not None
    for n in range(passes.MOST_FAILURES):
        counter.fails(wrong(pin), address=f"192.0.2.{n}")
    counter.fails(pin, address="198.51.100.1")
    assert counter.kinds(f"access:{counter.case.id}")[-2:] == ["party.pass_locked", "party.sign_in_failed"]
