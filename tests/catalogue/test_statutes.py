"""Statutes are known by their short form and the day of the act; articles lead to their papers."""

import datetime as dt

import pytest

from catalogue.articles import documents_by_article
from catalogue.loading import load_catalogue
from catalogue.statutes import statute, statutes
from foundation.errors import NotFound
from foundation.settings import ROOT


def test_the_version_of_a_day_is_the_latest_in_force() -> None:
    law = statute("罚")
    assert law.name == "中华人民共和国行政处罚法"
    assert law.on(dt.date(2021, 7, 15)).name == "2021年修订"
    assert law.on(dt.date(2021, 7, 14)).name == "2017年修正"


def test_a_day_before_every_known_version_is_refused() -> None:
    with pytest.raises(NotFound, match="没有已登记"):
        statute("罚").on(dt.date(1990, 1, 1))


def test_an_unknown_short_form_is_refused() -> None:
    with pytest.raises(NotFound, match="简称"):
        statute("宪")


def test_versions_stand_latest_first_and_ranks_are_known() -> None:
    for known in statutes().values():
        days = [v.first_day for v in known.versions]
        assert days == sorted(days, reverse=True)
        assert known.rank in ("law", "regulation", "rule", "interpretation", "document")


@pytest.mark.article("A13.3")
def test_an_article_leads_to_the_papers_that_carry_it_out() -> None:
    found = documents_by_article(load_catalogue(ROOT / "templates"))
    assert {d.id for d in found["A13.3"]} == {"site_inspection_record", "photo_evidence_sheet"}
    assert list(found) == sorted(found, key=lambda a: tuple(int(n) for n in a[1:].split(".")))
