"""Correction orders from the problem to the last answer: what the unit sees, who may say what, and in which order."""

import re

import pytest
from flask.testing import FlaskClient

from access import accounts, agencies
from access.facts import Actor
from casework import orders, queries
from casework.facts import Status
from casework.operations import correcting
from casework.orders import OrderFacts
from foundation import journal
from foundation.clock import legal_date
from foundation.errors import BadInput, Forbidden, NotFound, Refused
from tests.web.conftest import PASSWORD, Site, csrf_of

PROBLEMS = [{"problem": "现场检查没有同步录像", "clause": "办法14"}, {"problem": "送达回证没有时间", "clause": ""}]


def person_in(site: Site, agency_id: str, login: str, role: str) -> Actor:
    person = accounts.add_person(site.ctx, agency_id=agency_id, name=login, roles=[role])
    account = accounts.add_account(site.ctx, person_id=person.id, login=login, password=PASSWORD)
    with site.ctx.database.read() as session:
        return accounts.actor_of(session, account.id, site.ctx.clock.now())


@pytest.fixture(scope="module")
def unit_id(site: Site) -> str:
    with site.ctx.database.read() as session:
        return queries.case_facts(session, site.case_id).agency_id


@pytest.fixture(scope="module")
def watcher(site: Site, unit_id: str) -> Actor:
    """Give a supervisor of another body, to which the unit is given."""
    body = agencies.create_agency(site.ctx, name="样例县司法局（虚构）", short_name="样司", fonds_no="YL99")
    today = legal_date(site.ctx.clock.now())
    agencies.give_oversight(site.ctx, None, agency_id=body.id, given_id=unit_id, valid_from=today)
    return person_in(site, body.id, "督二", "supervisor")


@pytest.fixture(scope="module")
def head(site: Site, unit_id: str) -> Actor:
    return person_in(site, unit_id, "整改负责人", "legal_head")


def browser_of(site: Site, login: str) -> FlaskClient:
    client = site.app.test_client()
    form = {"login": login, "password": PASSWORD, "csrf": csrf_of(client.get("/sign-in").text)}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def send(browser: FlaskClient, path: str, at: str, **form: object) -> tuple[int, str]:
    page = browser.get(at).text
    once = re.search(r'name="once" value="([^"]+)"', page)
    answer = browser.post(path, data={"csrf": csrf_of(page), "once": once[1] if once else "", **form})
    return answer.status_code, answer.location or answer.text


def opened(site: Site, watcher: Actor, unit_id: str, **more: object) -> OrderFacts:
    today = legal_date(site.ctx.clock.now())
    given: dict[str, object] = {"problems": PROBLEMS, "requirement": "补录并说明", "due_on": today.replace(month=12)}
    return correcting.order(site.ctx, watcher, agency_id=unit_id, **{**given, **more})  # type: ignore[arg-type]


def let_out(site: Site, order_id: str) -> None:
    """Let an order stand as sent, without drawing its notice."""
    from casework.models import CorrectionOrderRow  # noqa: PLC0415 - only a test writes a row by hand

    with site.ctx.database.write() as session:
        session.get_one(CorrectionOrderRow, order_id).sent_at = site.ctx.clock.now()


# --- the whole way, by pages ---


def test_an_order_goes_from_its_notice_to_the_accepted_answer(
    site: Site, watcher: Actor, head: Actor, unit_id: str
) -> None:
    body, unit = browser_of(site, "督二"), browser_of(site, "整改负责人")
    at = f"/corrections/new?agency={unit_id}&case={site.case_id}"
    form = {"agency_id": unit_id, "case_id": site.case_id, "requirement": "补录并说明", "due_on": "2026-12-31"}
    form |= {
        "problems[0].problem": "现场检查没有同步录像",
        "problems[0].clause": "办法14",
        "problems[2].problem": "送达回证没有时间",
    }
    status, place = send(body, "/corrections/new", at, **form)
    assert status == 303, place
    assert unit.get(place).status_code == 404, "the unit knows nothing of a draft"
    assert send(body, f"{place}/send", place)[0] == 303
    order = orders_of(site, head)[0]
    with site.ctx.database.read() as session:
        notice = queries.document_facts(session, order.document_id)
    assert notice.status is Status.ISSUED
    assert "样司" in notice.number
    assert "sealed" in notice.blobs or "pdf" in notice.blobs
    page = unit.get(place).text
    assert "送达回证没有时间" in page
    assert send(unit, f"{place}/answer", place, text="已补录")[0] == 303
    assert send(body, f"{place}/judge", place, accepted="0", remark="")[0] == 422
    assert send(body, f"{place}/judge", place, accepted="0", remark="没有说明原因")[0] == 303
    assert "没有说明原因" in unit.get(place).text
    assert send(unit, f"{place}/answer", place, text="已补录，并说明了原因")[0] == 303
    assert send(body, f"{place}/judge", place, accepted="1")[0] == 303
    assert "已办结" in unit.get("/corrections").text
    with site.ctx.database.read() as session:
        kinds = [e.kind for e in journal.events(session, f"case:{site.case_id}") if e.kind.startswith("correction.")]
        journal.verify_chain(session, f"case:{site.case_id}")
    acts = ["ordered", "sent", "answered", "sent_back", "answered", "accepted"]
    assert kinds == [f"correction.{act}" for act in acts]


def orders_of(site: Site, actor: Actor) -> list[OrderFacts]:
    return list(correcting.orders_for(site.ctx, actor))


def test_a_form_that_comes_back_keeps_its_problems(site: Site, watcher: Actor, unit_id: str) -> None:
    body = browser_of(site, "督二")
    form = {"agency_id": unit_id, "requirement": "", "due_on": "2026-12-31", "problems[0].problem": "样例问题一"}
    status, page = send(body, "/corrections/new", "/corrections/new", **form)
    assert status == 422
    assert 'value="样例问题一"' in page


# --- who and when ---


def test_only_a_body_that_oversees_the_unit_orders(site: Site, head: Actor, unit_id: str) -> None:
    with pytest.raises(Forbidden):
        opened(site, head, unit_id)


def test_a_unit_that_is_not_given_is_not_there(site: Site, watcher: Actor) -> None:
    with pytest.raises(NotFound):
        opened(site, watcher, "nobody")


def test_an_order_of_another_body_is_not_there(site: Site, watcher: Actor, unit_id: str) -> None:
    order = opened(site, watcher, unit_id)
    other = agencies.create_agency(site.ctx, name="另一司法局（虚构）", short_name="另司", fonds_no="YL98")
    stranger = person_in(site, other.id, f"督{order.id[-6:]}", "supervisor")
    for act in (
        lambda: correcting.order_facts(site.ctx, stranger, order.id),
        lambda: correcting.judge(site.ctx, stranger, order.id, accepted=True),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_order_is_not_sent_before_its_notice_is_issued(site: Site, watcher: Actor, unit_id: str) -> None:
    order = opened(site, watcher, unit_id)
    with pytest.raises(Refused):
        correcting.sent(site.ctx, watcher, order.id)


def test_the_unit_answers_once_until_it_is_judged(site: Site, watcher: Actor, head: Actor, unit_id: str) -> None:
    order = opened(site, watcher, unit_id)
    with pytest.raises(NotFound):
        correcting.answer(site.ctx, head, order.id, "不知道的事")
    let_out(site, order.id)
    with pytest.raises(Refused):
        correcting.judge(site.ctx, watcher, order.id, accepted=True)
    correcting.answer(site.ctx, head, order.id, "已整改")
    with pytest.raises(Refused):
        correcting.answer(site.ctx, head, order.id, "又一次")
    assert correcting.judge(site.ctx, watcher, order.id, accepted=True).state == "closed"
    with pytest.raises(Refused):
        correcting.answer(site.ctx, head, order.id, "办结以后")


def test_an_order_is_late_while_the_unit_owes_an_answer(site: Site, watcher: Actor, head: Actor, unit_id: str) -> None:
    order = opened(site, watcher, unit_id)
    after = order.due_on.replace(year=order.due_on.year + 1)
    assert not order.is_late_on(after), "not sent yet"
    let_out(site, order.id)
    with site.ctx.database.read() as session:
        known = orders.find(session, order.id)
    assert known is not None
    assert known.is_late_on(after)
    assert not known.is_late_on(order.due_on)
    assert not correcting.answer(site.ctx, head, order.id, "已整改").is_late_on(after)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"problems": []}, "problems[0].problem"),
        ({"problems": [{"problem": " ", "clause": "办法14"}]}, "problems[0].problem"),
        ({"requirement": " "}, "requirement"),
        ({"due_on": "today"}, "due_on"),
    ],
)
def test_what_is_missing_is_named(
    site: Site, watcher: Actor, unit_id: str, change: dict[str, object], path: str
) -> None:
    given = {k: legal_date(site.ctx.clock.now()) if v == "today" else v for k, v in change.items()}
    with pytest.raises(BadInput) as caught:
        opened(site, watcher, unit_id, **given)
    assert caught.value.path == path
