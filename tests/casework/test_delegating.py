"""Delegation of approval: named, dated, never one's own check; printed 甲代乙; asked when it counts (hostile.md E9)."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from access import delegations
from access.facts import Acting, Actor, DelegationFacts
from access.persons import appointments, end_appointment
from access.policy import Permission, Record, decide, predicate
from access.predicates import holds
from casework import queries
from casework.approvals import Signer, for_whom
from casework.facts import DocumentFacts, Status
from casework.operations import documents, issuing
from casework.operations.delegating import delegate
from catalogue.loading import load_catalogue
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound, Refused
from foundation.settings import ROOT
from tests.access.office import an_actor
from tests.casework.offices import Bureau, small
from tests.conftest import move

DAY = dt.date(2026, 1, 5)
TERMS: dict[str, Any] = {"valid_from": DAY, "valid_to": dt.date(2026, 1, 9), "basis": "2026年1月4日授权书，存办公室"}


@pytest.fixture
def bureau(ctx: Context, tmp_path: Path) -> Bureau:
    bureau = Bureau(small(ctx, tmp_path / "types"))
    bureau.join("辛八", roles=["archivist"])
    bureau.join("管理员", roles=["sysadmin"])
    return bureau


def let(
    bureau: Bureau, who: str = "丁四", to: str = "辛八", role: str = "legal_head", **changes: Any
) -> DelegationFacts:
    given = {"types": ["approval"], **TERMS, **changes}
    return delegate(bureau.ctx, bureau.as_(who), delegate_id=bureau.ids[to], role=role, **given)


def proposed(bureau: Bureau) -> DocumentFacts:
    """Return an approval form that waits for its review."""
    paper = bureau.draft("approval", bureau.case("summary"), data={"text": "试"})
    return bureau.sign(paper, "handler", values={})


@pytest.mark.article("A37.1")
def test_a_delegate_signs_and_is_printed_as_one_for_the_other(bureau: Bureau) -> None:
    given = let(bureau)
    paper = bureau.sign(proposed(bureau), "legal", "辛八")
    fill = paper.slots[-1]
    assert (fill.name, fill.person_id, fill.for_id) == ("辛八代丁四", bureau.ids["辛八"], bureau.ids["丁四"])
    with bureau.ctx.database.read() as session:
        printed = issuing.build_paper(session, bureau.ctx, load_catalogue(bureau.ctx.settings.templates_dir), paper.id)
        told = [e for e in journal.events(session, f"case:{paper.case_id}") if e.kind == "document.signed"][-1]
        kept = [e for e in journal.events(session, f"agency:{bureau.agency_id}") if e.kind == "delegation.given"]
    assert printed.values["legal_sign"][0]["name"] == "辛八代丁四"
    assert (told.data["for"], told.data["delegation"]) == (bureau.ids["丁四"], given.id)
    assert [e.data["delegation"] for e in kept] == [given.id]
    assert "授权书" not in str(kept[0].data), "journals hold no words"
    bureau.sign(paper, "head", "己六")
    assert bureau.issue(paper).status is Status.ISSUED


def test_without_a_delegation_a_colleague_does_not_even_know_the_paper(bureau: Bureau) -> None:
    bureau.join("子一", roles=["finance"])
    with pytest.raises(NotFound):
        bureau.sign(proposed(bureau), "legal", "子一")


def test_a_delegate_gives_a_paper_back_as_the_principal_could(bureau: Bureau) -> None:
    let(bureau)
    paper = documents.return_document(
        bureau.ctx, bureau.as_("辛八"), document_id=proposed(bureau).id, remarks={"text": "写明事项。"}
    )
    assert paper.status is Status.RETURNED


@pytest.mark.article("A37.1")
def test_e9_a_delegation_that_ended_while_the_page_was_open_is_refused_at_commit(bureau: Bureau) -> None:
    given = let(bureau)
    paper, stale = proposed(bureau), bureau.as_("辛八")
    delegations.end(bureau.ctx, bureau.as_("丁四"), given.id)
    assert stale.acting, "the page was opened while it ran"
    with pytest.raises((Forbidden, Refused)):
        documents.fill_slot(bureau.ctx, stale, document_id=paper.id, slot="legal")


@pytest.mark.article("A37.1")
def test_e9_a_delegation_gives_nothing_before_its_first_and_after_its_last_day(bureau: Bureau) -> None:
    let(bureau, valid_from=dt.date(2026, 1, 6))
    seen = []
    for day in ("2026-01-05T12:00", "2026-01-06T00:00", "2026-01-09T23:59", "2026-01-10T00:00"):
        move(bureau.ctx, day)
        seen.append(bool(bureau.as_("辛八").acting))
    assert seen == [False, True, True, False]


def test_e9_it_ends_with_the_principals_own_role(bureau: Bureau) -> None:
    let(bureau)
    assert bureau.as_("辛八").acting
    end_roles(bureau, "丁四")
    assert not bureau.as_("辛八").acting


def end_roles(bureau: Bureau, name: str) -> None:
    with bureau.ctx.database.read() as session:
        held = appointments(session, bureau.ids[name])
    for one in held:
        end_appointment(bureau.ctx, bureau.as_("管理员"), one.id)


def test_e9_what_was_signed_while_it_ran_stays_when_it_ends(bureau: Bureau) -> None:
    let(bureau)
    paper = bureau.sign(proposed(bureau), "legal", "辛八")
    bureau.sign(paper, "head", "己六")
    move(bureau.ctx, "2026-01-12T09:00")
    assert bureau.issue(paper).status is Status.ISSUED


def test_e9_a_signature_that_no_delegation_covers_does_not_count_at_issuing(bureau: Bureau) -> None:
    given = let(bureau)
    paper = bureau.sign(proposed(bureau), "legal", "辛八")
    bureau.sign(paper, "head", "己六")
    backdate(bureau, given.id)
    with pytest.raises(Refused) as caught:
        bureau.issue(paper)
    assert [f.code for f in caught.value.findings] == ["DELEGATION"]


def backdate(bureau: Bureau, delegation_id: str) -> None:
    """Let a delegation have ended before the signature, as somebody with the database could."""
    with bureau.ctx.database.write() as session:
        session.execute(
            sa.text("UPDATE delegation SET valid_to = :day, valid_from = :day WHERE id = :id"),
            {"day": "2025-12-31", "id": delegation_id},
        )


@pytest.mark.article("A37.1")
def test_article_37_compares_the_persons_who_really_sign(bureau: Bureau) -> None:
    """One person in two hands: 辛八 reviews for 丁四 and approves for 己六."""
    let(bureau)
    let(bureau, who="己六", role="agency_head")
    paper = bureau.sign(proposed(bureau), "legal", "辛八")
    with pytest.raises(Refused, match="审核人与批准人是同一人"):
        bureau.sign(paper, "head", "辛八")


@pytest.mark.article("A37.1")
def test_article_37_nobody_approves_their_own_proposal_by_the_hand_of_another(bureau: Bureau) -> None:
    bureau.join("甲头", roles=["handler", "agency_head"])
    case = bureau.case("summary", member_ids=[bureau.ids["甲头"], bureau.ids["乙二"]])
    paper = bureau.draft("approval", case, by="甲头", data={"text": "试"})
    paper = bureau.sign(paper, "handler", "甲头")
    paper = bureau.sign(paper, "legal", "丁四")
    let(bureau, who="甲头", role="agency_head")
    with pytest.raises(Refused, match="承办人批准了自己的承办意见"):
        bureau.sign(paper, "head", "辛八")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"types": []}, "概括授权"),
        ({"types": ["nothing"]}, "没有“nothing”"),
        ({"types": ["letter"]}, "不由法制科负责人签署"),
        ({"role": "archivist"}, "不由|不能授权"),
        ({"role": "unit_head"}, "不由|没有"),
        ({"basis": " "}, "授权依据"),
        ({"valid_to": dt.date(2026, 1, 4)}, "早于起始"),
        ({"valid_from": dt.date(2026, 1, 4)}, "过去的日期"),
        ({"valid_to": dt.date(2027, 2, 1)}, "超过一年"),
        ({"to": "丁四"}, "授权给自己"),
        ({"to": "管理员"}, "不是本机关现任人员"),
    ],
)
def test_a_delegation_in_blank_for_good_or_to_nobody_is_refused(
    bureau: Bureau, changes: dict[str, Any], word: str
) -> None:
    with pytest.raises(BadInput, match=word):
        let(bureau, **changes)


def test_nobody_gives_away_what_another_holds_but_the_administrator_enters_a_written_one(bureau: Bureau) -> None:
    with pytest.raises(Forbidden):
        let(bureau, who="己六", principal_id=bureau.ids["丁四"])
    let(bureau, who="管理员", principal_id=bureau.ids["丁四"])
    assert bureau.as_("辛八").acting
    outsider = Bureau(bureau.ctx, "QH02")
    with bureau.ctx.database.read() as session:
        given = delegations.delegations(session, bureau.agency_id)
        assert delegations.delegations(session, outsider.agency_id) == []
    with pytest.raises(NotFound):
        delegations.end(bureau.ctx, outsider.as_("丁四"), given[0].id)
    with pytest.raises(Forbidden):
        delegations.end(bureau.ctx, bureau.as_("己六"), given[0].id)


def test_a_new_delegation_changes_the_epoch_of_rights(bureau: Bureau) -> None:
    before = bureau.as_("辛八").epoch
    let(bureau)
    assert bureau.as_("辛八").epoch != before


def standing_in(role: str, *types: str) -> Actor:
    own = Acting(delegation_id="授权", role=role, types=frozenset(types), principal_id="乙", principal="乙")
    return an_actor("finance", acting=(own,))


@pytest.mark.article("A34.1")
@pytest.mark.parametrize("permission", list(Permission))
def test_a_delegate_gains_reading_signing_and_giving_back_of_the_named_types_alone(permission: Permission) -> None:
    plain, more = an_actor("finance"), standing_in("unit_head", "approval")
    for secrecy in ("normal", "internal", "privacy", "informant"):
        for type_id in ("approval", "inquiry_record"):
            record = Record(kind="document", agency_id="清河", id="一", case_id="案", type=type_id, secrecy=secrecy)
            if permission.value.partition(":")[0] != "document":
                continue
            gained = decide(more, permission, record).allowed and not decide(plain, permission, record).allowed
            wanted = permission.value.split(":")[1] in ("read", "sign", "return")
            assert gained == (wanted and type_id == "approval" and secrecy != "informant")
            assert (
                holds(predicate(more, permission, "document"), record.facts) == decide(more, permission, record).allowed
            )


def test_papers_of_other_offices_stay_unknown_to_a_delegate() -> None:
    record = Record(kind="document", agency_id="邻镇", id="一", case_id="案", type="approval", secrecy="normal")
    assert not decide(standing_in("unit_head", "approval"), Permission.DOCUMENT_READ, record).allowed


@pytest.mark.article("A17.1")
def test_what_the_law_asks_of_a_person_is_signed_by_nobody_else() -> None:
    """Members of a collective discussion (罚57(2)) and legal reviewers (罚58) sign themselves."""
    types = load_catalogue(ROOT / "templates").types
    slots = [(t.id, s) for t in types.values() for s in t.slots if s.role in ("member", "legal_reviewer")]
    assert slots
    for type_id, slot in slots:
        own = Acting(
            delegation_id="授权", role="agency_head", types=frozenset([type_id]), principal_id="乙", principal="乙"
        )
        law = Acting(
            delegation_id="授权", role="legal_head", types=frozenset([type_id]), principal_id="乙", principal="乙"
        )
        signer = Signer(person_id="甲", name="甲", roles=frozenset(["handler"]), acting=(own, law))
        assert for_whom(signer, slot, type_id) is None


def test_the_first_delegation_that_covers_the_type_counts(bureau: Bureau) -> None:
    first, _second = let(bureau), let(bureau)
    paper = bureau.sign(proposed(bureau), "legal", "辛八")
    assert paper.slots[-1].delegation_id == first.id
    with bureau.ctx.database.read() as session:
        assert queries.document_facts(session, paper.id).slots[-1].name == "辛八代丁四"
