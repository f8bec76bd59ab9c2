"""Two versions of a draft are shown side by side to whoever may read it, and to nobody else."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from access import accounts
from casework.operations import documents
from tests.web.conftest import Site


@pytest.fixture(scope="session")
def draft(site: Site) -> str:
    """Give a draft of the agency in three versions."""
    with site.ctx.database.read() as session:
        actor = accounts.actor_of(session, accounts.account_of(session, "壬九").id, site.ctx.clock.now())
    paper = documents.draft(
        site.ctx, actor, type="integrity_incident_report", case_id=None, data={"facts": "第一段\n第二段"}
    )
    for data in ({"facts": "第一段\n第二段<b>改</b>"}, {"kind": "损毁丢失"}):
        paper = documents.revise(site.ctx, actor, document_id=paper.id, base_version=paper.version, data=data)
    return paper.id


def test_without_a_choice_the_last_two_versions_are_compared(as_: Callable[[str], FlaskClient], draft: str) -> None:
    page = as_("壬九").get(f"/documents/{draft}/compare").text
    assert "第 2 版与第 3 版对照" in page
    assert "第一段" not in page


def test_a_text_is_compared_by_paragraph_and_shown_as_text(as_: Callable[[str], FlaskClient], draft: str) -> None:
    page = as_("壬九").get(f"/documents/{draft}/compare?before=1&after=2").text
    assert "删去：</span>第二段</del>" in page
    assert "新增：</span>第二段&lt;b&gt;改&lt;/b&gt;</ins>" in page
    assert 'text-secondary">第一段</p>' in page


@pytest.mark.parametrize("query", ["before=9&after=x", "before=&after=", "after=3&before=3"])
def test_a_nonsense_choice_is_answered(as_: Callable[[str], FlaskClient], draft: str, query: str) -> None:
    assert as_("壬九").get(f"/documents/{draft}/compare?{query}").status_code == 200


def test_the_paper_leads_to_the_comparison(as_: Callable[[str], FlaskClient], draft: str) -> None:
    assert f"/documents/{draft}/compare" in as_("壬九").get(f"/documents/{draft}").text


def test_who_may_not_read_the_paper_sees_no_version(as_: Callable[[str], FlaskClient], draft: str) -> None:
    assert as_("外人").get(f"/documents/{draft}/compare").status_code == 404
