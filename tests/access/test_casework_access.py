"""Rows of cases and papers under the policy: hidden is absent, totals count what is seen (hostile.md A1, A4, A22)."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from access import accounts
from access.facts import Actor
from access.policy import Permission, predicate
from access.predicates import to_sql
from casework import queries
from casework.documents import class_of
from casework.operations.common import require_on
from casework.views import Office
from catalogue.definitions import Catalogue, DocumentType, Field
from foundation.context import Context
from foundation.errors import AnjuanError, Forbidden, NotFound
from tests.access.office import a_person, actor, an_account, an_agency
from tests.access.records import a_case, a_paper, a_party, a_service, leave

NO_TYPES = Catalogue(types={}, root=Path(), samples={})
Asked = Callable[[Office], object]


def ask(ctx: Context, question: Asked) -> object:
    """Ask in an office that needs no templates."""
    with ctx.database.read() as session:
        return question(Office(ctx=ctx, session=session, catalogue=NO_TYPES))


def standing_for(ctx: Context, agency_id: str, party_id: str) -> Actor:
    """Return the actor of an account that stands for a party."""
    person_id = a_person(ctx, agency_id, "party", party_id=party_id)
    return actor(ctx, accounts.add_account(ctx, person_id=person_id, login="sun", password=None).id)


def reads(who: Actor, document_id: str) -> Asked:
    return lambda at: require_on(at, who, Permission.DOCUMENT_READ, document=at.document(document_id))


def opens(who: Actor, case_id: str) -> Asked:
    def asked(at: Office) -> None:
        require_on(at, who, Permission.CASE_READ, case=queries.case_facts(at.session, case_id))

    return asked


def refusal(ctx: Context, question: Asked) -> tuple[type[AnjuanError], str]:
    """Return which error an act meets, in all its words."""
    with pytest.raises(AnjuanError) as error:
        ask(ctx, question)
    return type(error.value), str(error.value)


@pytest.mark.article("A34.1")
def test_a1_a_hidden_case_is_answered_like_one_that_does_not_exist(ctx: Context) -> None:
    agency = an_agency(ctx)
    case_id = a_case(ctx, agency.id)
    handler = actor(ctx, an_account(ctx, agency.id, "handler", password=None))
    absent = "0192ffff-0000-7000-8000-000000000000"
    assert refusal(ctx, opens(handler, case_id)) == refusal(ctx, opens(handler, absent))
    assert refusal(ctx, opens(handler, case_id))[0] is NotFound


@pytest.mark.article("A34.1")
def test_a1_a_hidden_paper_is_answered_like_one_that_does_not_exist(ctx: Context) -> None:
    agency, other = an_agency(ctx), an_agency(ctx, "邻镇人民政府（虚构）")
    head = actor(ctx, an_account(ctx, other.id, "unit_head", password=None))
    paper = a_paper(ctx, agency.id, a_case(ctx, agency.id), "某人")
    assert refusal(ctx, reads(head, paper)) == refusal(ctx, reads(head, "没有的编号"))


def test_an_act_on_a_hidden_case_does_not_tell_that_it_exists(ctx: Context) -> None:
    agency = an_agency(ctx)
    case_id = a_case(ctx, agency.id)
    handler = actor(ctx, an_account(ctx, agency.id, "handler", password=None))

    def closes(at: Office) -> None:
        require_on(at, handler, Permission.CASE_CLOSE, case=queries.case_facts(at.session, case_id))

    assert refusal(ctx, closes) == refusal(ctx, opens(handler, "没有的编号"))


def test_a_refused_act_on_a_thing_that_may_be_read_says_why(ctx: Context) -> None:
    agency = an_agency(ctx)
    paper = a_paper(ctx, agency.id, a_case(ctx, agency.id), "某人")
    archivist = actor(ctx, an_account(ctx, agency.id, "archivist", password=None))

    def revises(at: Office) -> None:
        require_on(at, archivist, Permission.DOCUMENT_REVISE, document=at.document(paper))

    kind, words = refusal(ctx, revises)
    assert kind is Forbidden
    assert "档案管理员" in words


def count(session: orm.Session, who: Actor, permission: Permission, kind: str) -> int:
    """Return the total of a list under the policy."""
    columns = {"case": queries.CASE_COLUMNS, "document": queries.DOCUMENT_COLUMNS}[kind]
    where = to_sql(predicate(who, permission, kind, queries.viewer_of(session, who)), columns)
    return session.scalar(sa.select(sa.func.count()).select_from(columns["id"].class_).where(where)) or 0


@pytest.mark.article("A34.1")
def test_a4_totals_count_what_the_viewer_may_see_and_nothing_else(any_ctx: Context) -> None:
    ctx, agency = any_ctx, an_agency(any_ctx)
    handler = actor(ctx, an_account(ctx, agency.id, "handler", password=None))
    for members in ([handler.person_id], [], []):
        case_id = a_case(ctx, agency.id, *members)
        for secrecy in ("normal", "informant"):
            a_paper(ctx, agency.id, case_id, "别人", secrecy=secrecy)
    people = {"unit_head": (3, 6), "agency_head": (3, 3), "sysadmin": (0, 0), "finance": (0, 0)}
    with ctx.database.read() as session:
        totals = [
            count(session, handler, p, k)
            for p, k in ((Permission.CASE_READ, "case"), (Permission.DOCUMENT_READ, "document"))
        ]
    assert totals == [1, 2]
    for role, wanted in people.items():
        who = actor(ctx, an_account(ctx, agency.id, role, login=role, password=None))
        with ctx.database.read() as session:
            found = (
                count(session, who, Permission.CASE_READ, "case"),
                count(session, who, Permission.DOCUMENT_READ, "document"),
            )
        assert found == wanted, role


def test_the_list_of_cases_is_filtered_in_the_query(ctx: Context) -> None:
    agency = an_agency(ctx)
    handler = actor(ctx, an_account(ctx, agency.id, "handler", password=None))
    a_case(ctx, agency.id)
    own = a_case(ctx, agency.id, handler.person_id)
    with ctx.database.read() as session:
        tree = predicate(handler, Permission.CASE_READ, "case", queries.viewer_of(session, handler))
        assert [c.id for c in queries.find_cases(session, to_sql(tree, queries.CASE_COLUMNS))] == [own]


@pytest.mark.article("A34.1")
def test_a_handler_taken_off_a_case_does_not_find_it_any_more(ctx: Context) -> None:
    agency = an_agency(ctx)
    handler = actor(ctx, an_account(ctx, agency.id, "handler", password=None))
    case_id = a_case(ctx, agency.id, handler.person_id)
    ask(ctx, opens(handler, case_id))
    leave(ctx, case_id, handler.person_id)
    assert refusal(ctx, opens(handler, case_id))[0] is NotFound


@pytest.mark.article("A33.1")
def test_a22_a_party_finds_served_papers_of_the_main_volume_alone(ctx: Context) -> None:
    agency = an_agency(ctx)
    case_id = a_case(ctx, agency.id)
    sun, li = a_party(ctx, agency.id), a_party(ctx, agency.id, "李样例（虚构）")
    person = {"type": "penalty_decision", "party_id": sun, "status": "served"}
    served = a_paper(ctx, agency.id, case_id, "某人", **person)
    drafted = a_paper(ctx, agency.id, case_id, "某人", **{**person, "status": "draft"})
    side = a_paper(ctx, agency.id, case_id, "某人", **{**person, "volume": "side", "secrecy": "internal"})
    others = a_paper(ctx, agency.id, case_id, "某人", **{**person, "party_id": li})
    for document_id, valid in ((served, True), (drafted, False), (side, True), (others, True)):
        a_service(ctx, agency.id, case_id, document_id, valid=valid)
    party = standing_for(ctx, agency.id, sun)
    with ctx.database.read() as session:
        tree = predicate(party, Permission.DOCUMENT_READ, "document", queries.viewer_of(session, party))
        found = [d.id for d in queries.find_documents(session, to_sql(tree, queries.DOCUMENT_COLUMNS))]
        assert found == [served]
        assert count(session, party, Permission.DOCUMENT_READ, "document") == 1
    assert refusal(ctx, opens(party, case_id))[0] is NotFound


@pytest.mark.article("A10.2")
def test_a22_a_party_never_meets_the_informant(ctx: Context) -> None:
    agency = an_agency(ctx)
    case_id = a_case(ctx, agency.id)
    sun = a_party(ctx, agency.id)
    letter = a_paper(ctx, agency.id, case_id, "某人", secrecy="informant", volume="main", party_id=sun)
    a_service(ctx, agency.id, case_id, letter, valid=True)
    party = Actor(
        **{**vars(actor(ctx, an_account(ctx, agency.id, "party", password=None))), "party_ids": frozenset(["孙"])}
    )
    assert refusal(ctx, reads(party, letter)) == refusal(ctx, reads(party, "没有的编号"))


def test_a_presider_reads_the_cases_in_which_something_was_opened_or_signed(ctx: Context) -> None:
    agency = an_agency(ctx)
    presider = actor(ctx, an_account(ctx, agency.id, "presider", password=None))
    heard, other = a_case(ctx, agency.id), a_case(ctx, agency.id)
    a_paper(ctx, agency.id, heard, presider.person_id, type="hearing_report", volume="side", secrecy="internal")
    ask(ctx, opens(presider, heard))
    assert refusal(ctx, opens(presider, other))[0] is NotFound


def test_opening_a_paper_of_no_case_that_a_role_may_not_open_says_why(ctx: Context) -> None:
    agency = an_agency(ctx)
    finance = actor(ctx, an_account(ctx, agency.id, "finance", password=None))
    empty: dict[str, Any] = dict.fromkeys((f.name for f in dataclasses.fields(DocumentType)), ())
    words_of = {"id": "av_device_register", "stage": "filing", "secrecy": "normal", "volume": "ledger"}
    register = DocumentType(**{**empty, **words_of})
    kind, words = refusal(ctx, lambda at: require_on(at, finance, Permission.DOCUMENT_DRAFT, definition=register))
    assert kind is Forbidden
    assert "财务人员" in words


@pytest.mark.article("A10.2")
def test_a_paper_that_names_an_informant_has_the_informants_class_and_keeps_it() -> None:
    fields = (Field(name="content", label="内容"), Field(name="informant_name", label="举报人", mask="informant"))
    empty: dict[str, Any] = dict.fromkeys((f.name for f in dataclasses.fields(DocumentType)), ())
    register = DocumentType(**{**empty, "secrecy": "internal", "fields": fields})
    assert class_of(register, {"content": "扬尘", "informant_name": ""}) == "internal"
    assert class_of(register, {"informant_name": "某人"}) == "informant"
    assert class_of(register, {}, present="informant") == "informant", "earlier versions still name the person"
    assert class_of(register, {}, present="work_secret") == "work_secret", "a marking stays"
