"""Forms: names become rows, faults stay beside fields, a form that comes twice is done once."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import g, make_response, render_template_string

from access import accounts
from foundation import once
from foundation.clock import ManualClock
from foundation.context import Context
from foundation.errors import BadInput, Conflict, Finding, Refused
from tests.web.conftest import Site
from web.forms import Done, Form

PAGE = "{% from 'form.html' import summary, text, hidden %}{{ summary(form) }}{{ text(form, 'rows[0].name', '名称') }}"


@pytest.fixture
def posted(site: Site) -> Callable[..., Form]:
    """Give the form of a made request."""

    def make(data: dict[str, object]) -> Form:
        with site.app.test_request_context("/", method="POST", data=data):
            return Form.posted()

    return make


def test_names_of_fields_become_rows_and_blank_rows_are_left_out(posted: Callable[..., Form]) -> None:
    form = posted({"facts": " 经查 ", "rows[0].name": "甲", "rows[1].name": " ", "rows[7].name": "乙", "csrf": "x"})
    assert form.tree() == {"facts": " 经查 ", "rows": [{"name": "甲"}, {"name": "乙"}]}
    assert form.said("facts") == "经查"


@pytest.mark.parametrize("name", ["", "[", "]", "a[[0]", "a[0][1].b", "a.b.c", "a[99999].b", "a[0]"])
def test_odd_names_of_fields_never_break_a_form(posted: Callable[..., Form], name: str) -> None:
    assert isinstance(posted({name: "x", "a": "y"}).tree(), dict)


def test_a_form_that_comes_back_shows_its_faults_beside_the_field(site: Site) -> None:
    with site.app.test_request_context("/", method="POST", data={"rows[0].name": "甲<b>"}):
        form = Form.posted()
        fault = Finding(
            code="REQUIRED", path="rows[0].name", message="“名称”写错了。", remedy="请更正。", article="A9.1"
        )
        with form.attempt():
            raise Refused("不行。", findings=[fault])
        page = render_template_string(PAGE, form=form)
    assert form.status == 409
    assert 'value="甲&lt;b&gt;"' in page
    assert 'aria-describedby="f-rows-0-name-fault"' in page
    assert 'href="#f-rows-0-name"' in page


def test_an_error_that_nobody_can_mend_goes_on(site: Site) -> None:
    with (
        site.app.test_request_context("/", method="POST", data={}),
        pytest.raises(ZeroDivisionError),
        Form(token="").attempt(),
    ):
        raise ZeroDivisionError


def test_a_request_with_a_key_is_done_once_and_answered_twice(ctx: Context) -> None:
    first = once.claim(ctx, owner="a", key="k", digest="d")
    assert first.answer is None
    with pytest.raises(Conflict):
        once.claim(ctx, owner="a", key="k", digest="d")
    once.settle(ctx, first, {"to": "/x"})
    assert once.claim(ctx, owner="a", key="k", digest="d").answer == {"to": "/x"}
    assert once.claim(ctx, owner="b", key="k", digest="d").answer is None
    with pytest.raises(BadInput):
        once.claim(ctx, owner="a", key="k", digest="other")


def test_a_key_is_free_again_after_a_failure_or_a_killed_server(ctx: Context) -> None:
    held = once.claim(ctx, owner="a", key="k", digest="d")
    once.release(ctx, held)
    once.claim(ctx, owner="a", key="k", digest="d")
    clock = ctx.clock
    assert isinstance(clock, ManualClock)
    clock.move(clock.now() + once.STALE + dt.timedelta(seconds=1))
    assert once.claim(ctx, owner="a", key="k", digest="d").answer is None


def test_a_form_sent_twice_makes_one_thing(site: Site) -> None:
    made: list[str] = []
    with site.ctx.database.read() as session:
        actor = accounts.actor_of(session, accounts.account_of(session, "甲一").id, site.ctx.clock.now())

    def send(token: str) -> str | None:
        with site.app.test_request_context("/x", method="POST", data={"once": token, "title": "某事"}):
            g.actor = actor
            form = Form.posted()
            with form.attempt():
                made.append("thing")
                return make_response(form.done("/things/1")).location
        return None

    assert send("one") == "/things/1"
    with pytest.raises(Done) as again:
        send("one")
    assert again.value.get_response().location == "/things/1"
    assert made == ["thing"]
