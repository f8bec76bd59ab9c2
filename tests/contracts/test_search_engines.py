"""One behaviour of search on SQLite FTS5 and on Elasticsearch: the same corpus, the same answers as a plain oracle."""

import itertools
import random
import uuid
from collections.abc import Callable, Sequence

import pytest

from access.policy import Viewer
from access.predicates import All, Always, AnyOf, Eq, In, Never, Not, Predicate
from foundation.errors import Conflict, Unavailable
from search.backend import engine_at
from search.engine import Answer, Ask, Engine, Guard, Held
from search.entries import Entry, Gone, described
from search.query import parse
from search.rights import rights_of
from tests import servers
from tests.access.office import an_actor
from tests.search.corpus import PARTIES, RARE, SENTENCES, a_corpus, an_entry, expected

CORPUS = a_corpus()
ALL = Always()


@pytest.fixture(params=["fts5", "elastic"], scope="module")
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Engine]:
    """Give a maker of engines that hold nothing yet."""
    if request.param == "fts5":
        return lambda: engine_at(path=tmp_path_factory.mktemp("search") / "search.sqlite")
    return lambda: engine_at(url=servers.running("elastic")["url"], prefix=f"test-{uuid.uuid4().hex}")


@pytest.fixture(scope="module")
def full(make: Callable[[], Engine]) -> Engine:
    """Give an engine with the corpus in it; nobody writes to it."""
    return filled(make(), CORPUS)


@pytest.fixture
def engine(make: Callable[[], Engine]) -> Engine:
    """Give an engine with an empty index."""
    return filled(make(), [])


def filled(engine: Engine, entries: Sequence[Entry]) -> Engine:
    name = engine.begin()
    engine.add(name, entries)
    engine.switch(name)
    return engine


def asked(text: str, where: Predicate = ALL, **more: object) -> Ask:
    query = parse(text)
    given = {"spans": query.spans, "chosen": query.chosen, **more}
    return Ask(where=where, terms=query.terms, **given)  # type: ignore[arg-type]


def ids(answer: Answer) -> list[str]:
    return [entry.id for entry in answer.entries]


def agree(engine: Engine, question: Ask, corpus: Sequence[Entry] = CORPUS) -> Answer:
    """Ask and compare everything with the oracle."""
    found, right = engine.ask(question), expected(corpus, question)
    assert (found.total, ids(found), dict(found.counts)) == (right.total, ids(right), dict(right.counts))
    assert found.entries == right.entries
    return found


QUERIES = [
    "案",
    "罚款",
    "未采取有效覆盖措施",
    "砂",
    "清政罚〔2026〕第3号",
    "清政罚2026第3号",
    "清政罚(2026)第3号",
    "清政罚［２０２６］第３号",
    "AV-20260106-01",
    "av-20260106-01",
    "20260106",
    "JLY-03",
    "QH01-2026-003",
    "5000.00",
    "5,000.00元",
    "1200立方米",
    "阿依古丽买买提",
    "阿依古丽 买买提",
    "阿依古丽‧买买提",
    "阿依古丽•买买提",
    RARE,
    RARE[0],
    f"李{RARE}",
    "ABC",
    "ａｂｃ",
    "里面的货物与诉状",
    "裏面的貨物與訴狀",
    "罚款 警告",
    "处罚决定 孙样例",
    "“执法人员检查发现露天堆放”",
    "“砂料约1200立方米，未采取”",
    "“无异议 愿意立即改正”",
    "第七十二条第一款",
    "GB/T 9704-2012",
    "2026年1月6日",
    "2026",
    "日期:2026-03",
    "日期:2026-01..2026-03 罚款",
    "日期:2026-03-04",
    "日期:2026",
    "阶段:decision",
    "",
]


@pytest.mark.parametrize("text", QUERIES)
def test_hits_totals_facets_and_order_are_those_of_the_oracle(full: Engine, text: str) -> None:
    agree(full, asked(text, size=100))


@pytest.mark.parametrize(
    "text",
    [
        "清政罚〔2026〕第3号",
        "阿依古丽 买买提",
        RARE,
        "ａｂｃ",
        "裏面的貨物",
        "20260106",
        "1200立方米",
        "“无异议，愿意”",
    ],
)
def test_what_people_type_is_found_at_all(full: Engine, text: str) -> None:
    assert full.ask(asked(text)).total > 0


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        "a OR b*",
        "NEAR(a b)",
        "title: 罚款",
        "{text_g}:x",
        "-罚款",
        "NOT",
        "*",
        "^罚",
        "罚款)",
        "';DROP TABLE",
        "\x00罚款",
    ],
)
def test_syntax_of_an_engine_is_looked_for_as_it_stands(full: Engine, text: str) -> None:
    agree(full, asked(text))


def test_a_query_operator_in_a_text_is_found_literally(full: Engine) -> None:
    assert ids(full.ask(asked("NEAR(a b)", size=100))) == [
        e.id for e in expected(CORPUS, asked("near", size=100)).entries
    ]


def test_300_random_phrases_find_the_same_as_the_oracle(full: Engine) -> None:
    chance = random.Random(4)  # noqa: S311 - the same phrases every time
    texts = [*SENTENCES, *PARTIES, "行政处罚决定书", "清政罚〔2026〕第17号"]
    for _ in range(300):
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        agree(full, asked(text[start : start + chance.randint(1, 12)].replace('"', ""), size=100))


def test_better_fields_come_first_then_later_dates_then_ids(full: Engine) -> None:
    found = full.ask(asked("罚", size=100))
    kinds = [next(f for f in ("number", "party", "title", "text") if "罚" in e.texts.get(f, "")) for e in found.entries]
    assert kinds == sorted(kinds, key=["number", "party", "title", "text"].index)
    for _, group in itertools.groupby(zip(kinds, found.entries, strict=True), key=lambda pair: pair[0]):
        order = [(e.date, e.id) for _, e in group]
        assert order == sorted(order, reverse=True)


def test_pages_together_are_all_hits_once(full: Engine) -> None:
    whole = ids(full.ask(asked("罚款", size=100)))
    pages = [ids(full.ask(asked("罚款", size=7, offset=at))) for at in range(0, len(whole), 7)]
    assert [i for page in pages for i in page] == whole


def test_page_999_is_empty_with_the_same_total(full: Engine) -> None:
    first, far = full.ask(asked("罚款")), full.ask(asked("罚款", offset=998 * 20))
    assert (far.entries, far.total, far.counts) == ((), first.total, first.counts)


def test_a_page_behind_the_result_window_is_reached(full: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.elastic_asking.WINDOW", 10)
    whole = ids(full.ask(asked("罚款", size=9)))
    assert len(whole) == 9
    agree(full, asked("罚款", offset=12, size=9))


def test_chosen_facet_values_narrow_hits_and_counts(full: Engine) -> None:
    chosen = {"type": frozenset({"inquiry_record", "service_receipt"}), "class": frozenset({"normal"})}
    found = agree(full, asked("罚款", chosen=chosen))
    assert set(found.counts["type"]) <= chosen["type"]
    assert set(found.counts["class"]) == {"normal"}


def test_an_empty_choice_finds_nothing(full: Engine) -> None:
    assert agree(full, asked("罚款", chosen={"type": frozenset()})).total == 0


def test_entries_left_out_by_id_count_nowhere(full: Engine) -> None:
    gone = ids(full.ask(asked("罚款", size=100)))[::2]
    found = agree(full, asked("罚款", size=100, without=gone))
    assert not set(gone) & set(ids(found))


VIEWERS = {
    "handler of two cases": (an_actor("handler"), Viewer(case_ids=frozenset({"案1", "案3"}))),
    "handler of none": (an_actor("handler"), Viewer()),
    "unit head": (an_actor("unit_head"), Viewer()),
    "finance": (an_actor("finance"), Viewer()),
    "archivist": (an_actor("archivist"), Viewer()),
    "presider who acted": (an_actor("presider"), Viewer(acted_case_ids=frozenset({"案2"}))),
    "supervisor of both": (an_actor("supervisor", agencies=frozenset({"清河", "邻镇"})), Viewer()),
    "party": (
        an_actor("party", party_ids=frozenset({"当事人1"})),
        Viewer(served_ids=frozenset({"00000001", "00000004", "00000005"})),
    ),
    "handler and archivist": (an_actor("handler", "archivist"), Viewer(case_ids=frozenset({"案1"}))),
    "administrator": (an_actor("sysadmin"), Viewer()),
    "nobody": (an_actor(), Viewer()),
}


@pytest.mark.article("A34.1")
@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("text", ["罚款", "河东路8号", "清河镇 河东", "13800000008", "", "清政罚 孙样例"])
def test_totals_and_counts_are_of_what_the_viewer_may_see(full: Engine, name: str, text: str) -> None:
    actor, viewer = VIEWERS[name]
    rights = rights_of(actor, viewer)
    agree(full, asked(text, rights.where, guards=rights.guards, size=100))


@pytest.mark.article("A34.1")
def test_masked_values_are_found_only_where_their_class_may_be_seen(full: Engine) -> None:
    head, viewer = VIEWERS["finance"]
    clerk, cases = VIEWERS["handler of two cases"]
    phone = asked("13800000008")
    for_finance = rights_of(head, viewer)
    for_clerk = rights_of(clerk, cases)
    own = [e.id for e in CORPUS if e.thing == "document" and e.facts["case_id"] in cases.case_ids]
    assert full.ask(Ask(where=for_finance.where, guards=for_finance.guards, terms=phone.terms)).total == 0
    found = full.ask(Ask(where=for_clerk.where, guards=for_clerk.guards, terms=phone.terms))
    assert set(ids(found)) <= set(own)


def test_several_guards_open_their_fields_each_for_its_own_entries(full: Engine) -> None:
    guards = (
        Guard(fields=frozenset({"privacy"}), where=Eq("case_id", "案1")),
        Guard(fields=frozenset({"internal"}), where=In("case_id", frozenset({"案1", "案2"}))),
        Guard(fields=frozenset({"work_secret"}), where=Always()),
    )
    for text in ("河东路8号", "河东", "罚款 河东"):
        agree(full, asked(text, guards=guards, size=100))


@pytest.mark.parametrize(
    "where",
    [
        Never(),
        Not(Eq("secrecy", "normal")),
        Not(In("operator_id", frozenset({"甲"}))),
        All(()),
        AnyOf(()),
        All((Eq("thing", "document"), Not(AnyOf((Eq("case_id", "案1"), Eq("volume", "side")))))),
        In("case_id", frozenset(f"案{n}" for n in range(3000))),
        Eq("thing", "case"),
    ],
    ids=["never", "not", "not of a lack", "all of none", "any of none", "nested", "many values", "a kind"],
)
def test_every_node_of_a_predicate_means_the_same(full: Engine, where: Predicate) -> None:
    agree(full, asked("", where, size=100))
    agree(full, asked("罚款", where, size=100))


def test_an_attribute_that_is_not_indexed_is_no_filter(full: Engine) -> None:
    with pytest.raises(ValueError, match="unheard_of"):
        full.ask(asked("罚款", Eq("unheard_of", "x")))


def test_what_is_found_does_not_depend_on_hidden_entries(make: Callable[[], Engine]) -> None:
    visible = [e for e in CORPUS if e.facts.get("agency_id") == "清河"]
    alone, beside = filled(make(), visible), filled(make(), CORPUS)
    for text in ("罚款", "砂料", "案", "5000.00"):
        question = asked(text, Eq("agency_id", "清河"), size=100)
        assert alone.ask(question) == beside.ask(question)


def test_a_lower_version_is_refused_and_the_same_one_taken(engine: Engine) -> None:
    def texts() -> str:
        return engine.ask(asked("")).entries[0].texts["title"]

    engine.write([an_entry(1, version=5, texts={"title": "五"})])
    engine.write([an_entry(1, version=4, texts={"title": "四"})])
    assert texts() == "五"
    engine.write([an_entry(1, version=5, texts={"title": "又五"})])
    assert texts() == "又五"
    assert engine.ask(asked("又五")).total == 1
    engine.write([an_entry(1, version=6, texts={"title": "六"})])
    assert (texts(), engine.ask(asked("五")).total) == ("六", 0)


def test_what_is_gone_does_not_come_back_with_a_lower_version(engine: Engine) -> None:
    engine.write([an_entry(1, version=5)])
    engine.write([Gone(id=an_entry(1).id, version=6)])
    engine.write([an_entry(1, version=5)])
    assert engine.ask(asked("")).total == 0
    engine.write([an_entry(1, version=7)])
    assert engine.ask(asked("")).total == 1


def test_many_changes_at_once_leave_only_the_last_states(engine: Engine) -> None:
    engine.write([an_entry(n, version=v) for v in (1, 2) for n in range(1, 31)])
    engine.write([an_entry(n, version=3, texts={"text": f"改过{n}"}) for n in range(1, 11)])
    engine.write([Gone(id=an_entry(n).id, version=9) for n in range(1, 6)])
    now = [an_entry(n, version=3, texts={"text": f"改过{n}"}) for n in range(6, 11)]
    now += [an_entry(n, version=2) for n in range(11, 31)]
    for text in ("", "改过", "改过7", "罚款", "孙样例"):
        agree(engine, asked(text, size=100), now)


def test_an_index_that_was_never_built_says_so(make: Callable[[], Engine]) -> None:
    nothing = make()
    assert not nothing.is_ready()
    for act in (lambda: nothing.ask(asked("罚款")), lambda: nothing.write([an_entry(1)]), lambda: list(nothing.held())):
        with pytest.raises(Unavailable, match="尚未建立"):
            act()


def test_writes_go_to_both_indexes_while_one_is_being_built(engine: Engine) -> None:
    engine.write([an_entry(1, version=1)])
    name = engine.begin()
    engine.write([an_entry(1, version=3, texts={"title": "新"}), an_entry(2, version=1)])
    engine.add(name, [an_entry(1, version=2)])
    assert ids(engine.ask(asked("新"))) == [an_entry(1).id]
    engine.switch(name)
    assert (ids(engine.ask(asked("新"))), engine.ask(asked("")).total) == ([an_entry(1).id], 2)


def test_a_second_rebuild_ends_the_first(engine: Engine) -> None:
    first = engine.begin()
    second = engine.begin()
    with pytest.raises(Conflict):
        engine.add(first, [an_entry(1)])
    with pytest.raises(Conflict):
        engine.switch(first)
    engine.add(second, [an_entry(2)])
    engine.switch(second)
    assert ids(engine.ask(asked(""))) == [an_entry(2).id]


def test_an_index_of_another_form_is_built_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.is_ready()
    for module in ("fts5", "elastic"):
        monkeypatch.setattr(f"search.{module}.SCHEMA", "0" * 64)
    assert not engine.is_ready()
    with pytest.raises(Unavailable):
        engine.ask(asked("罚款"))
    filled(engine, [an_entry(1)])
    engine.sweep()
    assert engine.is_ready()
    assert engine.ask(asked("")).total == 1


def test_the_index_tells_what_it_holds(engine: Engine) -> None:
    entries = [an_entry(n, mark=f"记{n}") for n in range(1, 25)]
    engine.write(entries)
    right = {e.id: Held(id=e.id, thing=e.thing, mark=e.mark, digest=e.digest) for e in entries}
    assert {h.id: h for h in engine.held()} == right
    some = [entries[3].id, entries[5].id, "没有的"]
    assert {h.id for h in engine.held(some)} == set(some[:2])


def test_the_engine_gives_a_sign_of_life(engine: Engine) -> None:
    assert engine.alive()


def test_facet_values_with_quotes_and_blanks_are_counted_and_chosen(engine: Engine) -> None:
    odd = "办'公\"室 [一]$.x"
    engine.write([described(an_entry(1, facts={"unit": odd})), an_entry(2)])
    found = engine.ask(asked("", chosen={"unit": frozenset({odd})}))
    assert (found.total, found.counts["unit"]) == (1, {odd: 1})
