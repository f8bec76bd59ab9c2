"""Hostile questions and viewers at search, on both engines (hostile.md A, B, H): rows by the tests named after them."""

import dataclasses

import pytest

from foundation.context import Context
from search import indexing
from search.asking import find, suggest
from search.facts import Results
from tests.access.records import a_case
from tests.search.office import Town, a_town

HIDDEN = 40


@pytest.fixture
def town(found_ctx: Context) -> Town:
    return a_town(found_ctx)


def ask(town: Town, text: str, **more: object) -> Results:
    indexing.catch_up(town.ctx)
    return find(town.ctx, town.handler, text, **more)  # type: ignore[arg-type]


def shown(results: Results) -> list[tuple[str, str]]:
    return [(hit.id, str(hit)) for hit in results.hits]


def elsewhere(town: Town) -> Town:
    """Return the same town from the other handler's desk, with a case of theirs."""
    case_id = a_case(town.ctx, town.agency_id, town.other.person_id)
    return dataclasses.replace(town, handler=town.other, case_id=case_id)


@pytest.mark.article("A34.1")
def test_a9_hidden_papers_move_nothing_in_what_is_found(town: Town) -> None:
    """No corpus statistics: total, order, facets, snippets and suggestions are those of a town without the others."""
    for n in range(5):
        town.paper(f"砂料堆场第{n}处" + "砂料" * n, number=f"清政罚〔2026〕第{n}号", status="issued")
    before = ask(town, "砂料", size=3)
    guessed = suggest(town.ctx, town.handler, "清政罚")
    other = elsewhere(town)
    for n in range(HIDDEN):
        secret = "informant" if n % 2 else "normal"
        other.paper("砂料" * 20, number=f"清政罚〔2026〕第9{n}号", status="issued", secrecy=secret)
    after = ask(town, "砂料", size=3)
    assert shown(after) == shown(before)
    assert (after.total, after.pages, after.facets) == (before.total, before.pages, before.facets)
    assert suggest(town.ctx, town.handler, "清政罚") == guessed


@pytest.mark.article("A34.1")
def test_a6_nothing_is_suggested_from_what_may_not_be_seen(town: Town) -> None:
    other = elsewhere(town)
    other.paper("砂料", number="清政密〔2026〕第7号", status="issued")
    indexing.catch_up(town.ctx)
    assert suggest(town.ctx, town.handler, "清政密") == ()
    assert suggest(town.ctx, town.other, "清政密") == ("清政密〔2026〕第7号",)


@pytest.mark.parametrize("page", [1, 2, 999, 10**9])
def test_a4_pages_count_under_the_viewers_rights(town: Town, page: int) -> None:
    town.paper("砂料")
    other = elsewhere(town)
    for _ in range(30):
        other.paper("砂料")
    found = ask(town, "砂料", page=page, size=10)
    assert (found.total, len(found.hits)) == (1, 1 if page == 1 else 0)


@pytest.mark.parametrize(
    "text",
    [
        '"砂料" OR "机密"',
        "砂料* NOT x",
        "NEAR(砂料 堆场)",
        "text_g:砂料",
        "{砂料}",
        "^砂料",
        "砂料'; DROP TABLE entry;--",
        "*",
        "a" * 60,
    ],
)
def test_b7_words_of_an_engine_are_words(town: Town, text: str) -> None:
    paper = town.paper(f"现场写着：{text}")
    secret = elsewhere(town).paper("机密")
    found = [hit.id for hit in ask(town, text).hits]
    assert secret not in found
    assert paper in found or not any(c.isalnum() for c in text)


@pytest.mark.parametrize("rare", ["\U00020bb7", "\U00030000", "\ue000"])
def test_h1_a_rare_character_is_searched(town: Town, rare: str) -> None:
    paper = town.paper(f"当事人{rare}某到场")
    assert [hit.id for hit in ask(town, rare).hits] == [paper]


@pytest.mark.parametrize(("written", "asked"), [("訴訟", "诉讼"), ("裏面", "里面"), ("诉讼", "訴訟")])
def test_h6_variants_are_found_by_each_other(town: Town, written: str, asked: str) -> None:
    paper = town.paper(f"当事人说{written}两字")
    assert paper in [hit.id for hit in ask(town, asked).hits]


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", " "])
def test_h3_a_dotted_name_is_one_search_key(town: Town, dot: str) -> None:
    assert ask(town, f"阿依古丽{dot}买买提").total == 1
