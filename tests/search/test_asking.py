"""Search under the policy: what a viewer finds, what stays hidden, what is written down."""

import dataclasses

import pytest
import sqlalchemy as sa

from access.facts import Actor
from casework.models import CaseMemberRow, DocumentRow
from foundation import journal
from foundation.context import Context
from foundation.errors import Forbidden, Unavailable
from foundation.outbox import OutboxRow
from search import indexing
from search.asking import find, suggest
from search.backend import engine_of
from search.facts import Results
from tests.access.office import an_actor
from tests.access.records import a_case, leave
from tests.search.office import Town, a_town


@pytest.fixture
def town(found_ctx: Context) -> Town:
    return a_town(found_ctx)


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


def ask(town: Town, actor: Actor, text: str, **more: object) -> Results:
    indexing.catch_up(town.ctx)
    return find(town.ctx, actor, text, **more)  # type: ignore[arg-type]


def facet(results: Results, name: str) -> dict[str, int]:
    return {value: count for f in results.facets if f.name == name for value, _, count in f.counts}


def test_a_drawn_paper_a_draft_a_case_and_a_recording_are_found(town: Town) -> None:
    drawn = town.paper("执法人员检查发现露天堆放砂料。", status="issued", number="清政罚〔2026〕第3号")
    draft = town.paper(data={"facts": "砂料未覆盖"})
    recording = town.recording(summary="砂料堆场全景")
    assert set(ids(ask(town, town.handler, "砂料"))) == {drawn, draft, recording}
    assert ids(ask(town, town.handler, "清政罚2026第3号")) == [drawn]
    assert ids(ask(town, town.handler, "砂石料场扬尘案")) == [town.case_id]
    assert len(ids(ask(town, town.handler, "阿依古丽 买买提"))) == 4


def test_a_hit_tells_what_and_where(town: Town) -> None:
    paper = town.paper("检查<发现>露天堆放砂料。", status="issued", number="清政罚〔2026〕第3号")
    hit = ask(town, town.handler, "露天堆放").hits[0]
    assert (hit.id, hit.thing, hit.case_id) == (paper, "document", town.case_id)
    assert (hit.title, hit.number, hit.party) == ("询问笔录", "清政罚〔2026〕第3号", "阿依古丽·买买提")
    assert (hit.date, hit.secrecy, hit.facets["status"]) == ("2026-01-05", "normal", "issued")
    assert hit.snippet == "检查&lt;发现&gt;<mark>露天堆放</mark>砂料。"


@pytest.mark.article("A34.1")
def test_another_handler_finds_nothing_and_counts_nothing(town: Town) -> None:
    town.paper("砂料", case_id=a_case(town.ctx, town.agency_id, town.handler.person_id))
    found = ask(town, town.other, "砂料")
    assert (found.total, found.hits, found.pages) == (0, (), 0)
    assert all(not f.counts for f in found.facets)
    assert suggest(town.ctx, town.other, "砂") == ()


@pytest.mark.article("A34.1")
def test_nothing_of_another_agency_is_found(town: Town) -> None:
    town.paper("砂料")
    neighbour = a_town(town.ctx, "邻镇人民政府（虚构）")
    assert ask(town, neighbour.head, "砂料").total == 0
    assert ask(town, town.head, "砂料").total == 1


def test_who_may_not_search_is_told_so(town: Town) -> None:
    with pytest.raises(Forbidden):
        ask(town, an_actor("sysadmin", agency=town.agency_id), "砂料")


@pytest.mark.article("A34.1")
def test_a_revocation_holds_at_once(town: Town) -> None:
    town.paper("砂料")
    assert ask(town, town.handler, "砂料").total == 1
    leave(town.ctx, town.case_id, town.handler.person_id)
    with town.ctx.database.write() as session:
        session.execute(sa.update(DocumentRow).values(author_id=town.other.person_id))
    assert find(town.ctx, town.handler, "砂料").total == 0


@pytest.mark.article("A34.1")
def test_a_paper_whose_class_changed_is_left_out_until_it_is_indexed_again(town: Town) -> None:
    paper, kept = town.paper("砂料一"), town.paper("砂料二")
    assert ask(town, town.head, "砂料").total == 2
    town.change(paper, secrecy="informant")
    found = find(town.ctx, town.head, "砂料")
    assert (ids(found), found.total, facet(found, "class")) == ([kept], 1, {"normal": 1})
    assert found.notice
    assert not ask(town, town.head, "砂料").notice


@pytest.mark.article("A34.1")
def test_what_the_database_does_not_confirm_is_not_shown_nor_counted(town: Town) -> None:
    paper, kept = town.paper("砂料一", type="payment_voucher"), town.paper("砂料二", type="payment_voucher")
    finance = an_actor("finance", agency=town.agency_id)
    assert ask(town, finance, "砂料").total == 2
    with town.ctx.database.write() as session:  # changed behind the index's back: no row in the outbox
        session.get_one(DocumentRow, paper).secrecy = "privacy"
    found = find(town.ctx, finance, "砂料")
    assert (ids(found), found.total, facet(found, "class")) == ([kept], 1, {"normal": 1})
    with town.ctx.database.read() as session:
        assert session.scalars(sa.select(OutboxRow.subject).where(OutboxRow.topic == "index")).all() == [paper]
    assert ask(town, finance, "砂料").total == 1


@pytest.mark.article("A34.1")
def test_a_masked_value_is_found_and_shown_only_to_those_who_may_see_its_class(town: Town) -> None:
    data = {"facts": "砂料", "address": "河东路8号", "birth_date": "1990-02-03"}
    text = "砂料。住址：河东路8号，生于1990年2月3日。"
    paper = town.paper(text, data=data, status="issued", type="payment_voucher")
    own = ask(town, town.handler, "河东路8号")
    assert (ids(own), own.hits[0].snippet) == ([paper], "<mark>河东路8号</mark> 1990年2月3日")
    clerk = an_actor("finance", agency=town.agency_id)
    assert ask(town, clerk, "砂料").hits[0].snippet == "<mark>砂料</mark>。住址：＊＊＊，生于＊＊＊。"
    for part in ("河东路8号", "东", "1990年2月3日", "1990", "砂料 河东"):
        assert ask(town, clerk, part).total == 0, part
        assert suggest(town.ctx, clerk, part) == ()


@pytest.mark.article("A10.2")
def test_an_informants_values_are_found_by_nobody(town: Town) -> None:
    data = {"facts": "反映扬尘", "informant": "寅三"}
    town.paper("举报人：寅三。反映扬尘。", data=data, status="issued")
    secret = town.paper("举报人：寅三。", data=data, secrecy="informant", title="投诉举报登记表")
    town.recording(summary="寅三的声音", secrecy="informant", number="AV-20260105-99")
    for actor in (town.handler, town.head):
        assert ask(town, actor, "寅三").total == 0
        assert ask(town, actor, "寅").total == 0
        assert ask(town, actor, "反映扬尘").total == 1
        assert ids(ask(town, actor, "投诉举报登记表")) == [secret]
        assert ask(town, actor, "AV-20260105-99").total == 1


def test_facets_count_and_narrow(town: Town) -> None:
    town.paper("砂料一", status="draft")
    issued = town.paper("砂料二", status="issued")
    found = ask(town, town.head, "砂料")
    assert facet(found, "status") == {"draft": 1, "issued": 1}
    assert facet(found, "year") == {"2026": 2}
    assert facet(found, "unit") == {"综合执法办公室": 2}
    narrowed = ask(town, town.head, "砂料", facets={"status": ["issued"], "nonsense": ["x"]})
    assert (ids(narrowed), narrowed.chosen) == ([issued], {"status": ("issued",)})
    assert ids(ask(town, town.head, "砂料 状态:已印发")) == [issued]


def test_page_999_is_empty_with_the_same_total(town: Town) -> None:
    for n in range(3):
        town.paper(f"砂料{n}")
    first, far = ask(town, town.head, "砂料", size=2), ask(town, town.head, "砂料", page=999, size=2)
    assert (len(first.hits), first.total, first.pages) == (2, 3, 2)
    assert (far.hits, far.total, far.page) == ((), 3, 999)


def test_a_search_is_written_into_the_access_journal_without_its_words(town: Town) -> None:
    ask(town, town.head, "阿依古丽")
    with town.ctx.database.read() as session:
        events = [e for e in journal.events(session, f"access:{town.agency_id}") if e.kind == "search.asked"]
    assert [(e.actor, e.data["total"]) for e in events] == [(town.head.account_id, 1)]
    assert "阿依古丽" not in str(events)


@pytest.mark.parametrize(
    "text", ["", '"', "a OR b*", "NEAR(", "砂料)", "\x00", "𠮷", "x" * 500, "阶段:没有", "日期:2026-99"]
)
def test_anything_may_be_typed(town: Town, text: str) -> None:
    assert ask(town, town.head, text).total >= 0


def test_suggestions_are_numbers_names_and_titles_of_permitted_things(town: Town) -> None:
    town.paper("砂料", status="issued", number="清政罚〔2026〕第3号")
    indexing.catch_up(town.ctx)
    assert suggest(town.ctx, town.head, "清政罚") == ("清政罚〔2026〕第3号",)
    assert suggest(town.ctx, town.head, "买买提") == ("阿依古丽·买买提",)
    assert suggest(town.ctx, town.head, "砂") == ("砂石料场扬尘案",)
    assert suggest(town.ctx, town.head, "") == ()
    assert suggest(town.ctx, town.other, "清政罚") == ()


def test_a_member_who_joins_finds_at_once(town: Town) -> None:
    paper = town.paper("砂料")
    assert ask(town, town.other, "砂料").total == 0
    facts = {"person_id": town.other.person_id, "agency_id": town.agency_id, "seq": 1}
    with town.ctx.database.write() as session:
        session.add(CaseMemberRow(case_id=town.case_id, added_at=town.ctx.clock.now(), **facts))
    assert ids(find(town.ctx, town.other, "砂料")) == [paper]


def test_without_an_index_search_says_so_and_nothing_else_stops(plain_ctx: Context) -> None:
    town = a_town(plain_ctx)
    with pytest.raises(Unavailable, match="尚未建立"):
        find(plain_ctx, town.head, "砂料")
    town.paper("砂料")
    assert ask(town, town.head, "砂料").total == 1


def test_a_damaged_index_says_so_and_is_built_anew(plain_ctx: Context) -> None:
    town = a_town(plain_ctx)
    town.paper("砂料")
    assert ask(town, town.head, "砂料").total == 1
    path = plain_ctx.settings.data_dir / "search.sqlite"
    path.with_name("search.sqlite-wal").unlink(missing_ok=True)
    path.unlink()
    path.write_bytes(b"no index at all" * 1000)
    with pytest.raises(Unavailable):
        find(plain_ctx, town.head, "砂料")
    indexing.rebuild(plain_ctx)
    assert find(plain_ctx, town.head, "砂料").total == 1


def test_an_engine_that_is_down_says_so_in_chinese_and_rows_wait(plain_ctx: Context) -> None:
    given = {"search_url": "http://127.0.0.1:1", "search_prefix": "test-down"}
    ctx = dataclasses.replace(plain_ctx, settings=plain_ctx.settings.model_copy(update=given))
    town = a_town(ctx)
    town.paper("砂料")
    for act in (lambda: find(ctx, town.head, "砂料"), lambda: indexing.catch_up(ctx), lambda: engine_of(ctx).alive()):
        with pytest.raises(Unavailable, match="其他工作不受影响"):
            act()
    with ctx.database.read() as session:
        assert len(session.scalars(sa.select(OutboxRow).where(OutboxRow.topic == "index")).all()) == 2
    back = Town(**{**vars(town), "ctx": plain_ctx})
    assert ask(back, back.head, "砂料").total == 1


def test_a_kept_package_is_found_by_its_code_by_those_who_may_read_it(town: Town) -> None:
    arranged = town.package(code="QH01-XZ·2026-D30-002", state="arranged")
    kept = town.package(code="QH01-XZ·2026-D30-001", state="kept")
    assert ids(ask(town, town.head, "QH01-XZ·2026-D30-001")) == [kept]
    assert ids(ask(town, town.head, "类别:档案包")) == [kept]
    assert ask(town, an_actor("finance", agency=town.agency_id), "QH01-XZ·2026-D30-001").total == 0
    assert not indexing.reconcile(town.ctx).wrong
    assert arranged not in ids(find(town.ctx, town.head, ""))


def test_a_recording_is_found_by_number_device_place_and_summary(town: Town) -> None:
    recording = town.recording(number="AV-20260105-07", summary="堆场全景", place="河东路8号")
    for text in ("AV-20260105-07", "20260105", "JLY-03", "河东路8号", "堆场全景", "录像 现场检查"):
        assert ids(ask(town, town.handler, text)) == [recording], text
