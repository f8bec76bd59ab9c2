"""My work, what may be opened next, and the register of parties answer alike on both databases."""

import datetime as dt

from casework.operations import beginning, openable, parties, work
from casework.operations.beginning import Emergency, Matter
from casework.queries import lists
from casework.queries.cases import CASE_COLUMNS
from foundation.context import Context
from tests.casework.offices import Bureau
from tests.conftest import move


def test_work_steps_and_register_are_the_same_on_both_databases(any_ctx: Context) -> None:
    bureau = Bureau(any_ctx)
    actor, party = bureau.as_("甲一"), bureau.party(aliases="旧样例料场")
    told = {"party_id": party.id, "member_ids": [bureau.ids["甲一"], bureau.ids["乙二"]]}
    case = beginning.begin(any_ctx, actor, Matter(source="patrol", title="涉嫌扬尘", **told)).case
    urgent = Emergency(at=any_ctx.clock.now() - dt.timedelta(hours=1), place="河边", reason="废液入河")
    beginning.begin(any_ctx, actor, Matter(source="media", title="涉嫌倾倒", emergency=urgent, **told))
    assert [i.kind for i in work.my_work(any_ctx, actor).items] == ["clock", "draft"]

    move(any_ctx, "2026-01-05T12:00")
    data = {**parties.plain(party), "name": "示例新料场有限公司（虚构）"}
    parties.change_party(any_ctx, actor, party_id=party.id, base_version=1, reason="更名", **data)
    assert {i.kind for i in work.my_work(any_ctx, actor, case_id=case.id).items} == {"stale"}
    assert openable.openable(any_ctx, actor, case.id)[0].type == "case_source_register"

    assert [p.id for p in parties.alike(any_ctx, actor, name="旧样例料场")] == [party.id]
    assert [p.id for p in parties.alike(any_ctx, actor, name="某某示例新料场有限公司（虚构）分公司")] == [party.id]
    for words, count in (("新料场", 1), ("ＭＡ０ＦＡＫＥ", 1), ("%", 0), ("", 1)):
        assert parties.party_page(any_ctx, actor, words, number=1, size=5).total == count
    with any_ctx.database.read() as session:
        everything = CASE_COLUMNS["agency_id"] == bureau.agency_id
        assert set(lists.earlier_titles(session, everything)) == {"涉嫌扬尘", "涉嫌倾倒"}
        assert len(lists.cases_with_party(session, everything, party.id)) == 2
        assert lists.last_partners(session, bureau.agency_id, bureau.ids["乙二"]) == told["member_ids"]
