"""Saved searches, for oneself or a role; what was typed can be taken back; slips are told."""

import pytest

from access.facts import Actor
from foundation.context import Context
from foundation.errors import BadInput, Conflict, NotFound
from search import saved
from search.query import parse, without

WORDS = {"stage": {"filing": "归档管理", "decision": "审查决定"}}


def person(name: str, *roles: str, agency: str = "g1") -> Actor:
    return Actor(
        account_id=name,
        person_id=name,
        agency_id=agency,
        name=name,
        roles=frozenset(roles),
        agencies=frozenset({agency}),
    )


HANDLER, OTHER, HEAD = person("甲", "handler"), person("乙", "handler"), person("丙", "unit_head")


def names(ctx: Context, actor: Actor) -> list[str]:
    with ctx.database.read() as session:
        return [s.name for s in saved.saved_for(session, actor)]


def keep(ctx: Context, actor: Actor, name: str, role: str = "") -> str:
    return saved.save(ctx, actor, name=name, query="砂料", facets={"stage": ["decision"], "nonsense": ["x"]}, role=role)


def test_a_search_is_kept_for_oneself_or_for_those_who_hold_a_role(any_ctx: Context) -> None:
    keep(any_ctx, HANDLER, "我的")
    keep(any_ctx, HANDLER, "大家的", role="handler")
    assert names(any_ctx, HANDLER) == ["我的", "大家的"]
    assert names(any_ctx, OTHER) == ["大家的"]
    assert names(any_ctx, HEAD) == []
    assert names(any_ctx, person("丁", "handler", agency="g2")) == []
    with any_ctx.database.read() as session:
        assert saved.saved_for(session, OTHER)[0].facets == {"stage": ["decision"]}


def test_its_owner_alone_takes_it_away(any_ctx: Context) -> None:
    own = keep(any_ctx, HANDLER, "大家的", role="handler")
    with pytest.raises(NotFound):
        saved.remove(any_ctx, OTHER, own)
    saved.remove(any_ctx, HANDLER, own)
    assert names(any_ctx, OTHER) == []


def test_bad_names_roles_and_doubles_are_told(ctx: Context) -> None:
    keep(ctx, HANDLER, "我的")
    for name, role, error in (("我的", "", Conflict), (" ", "", BadInput), ("长" * 61, "", BadInput)):
        with pytest.raises(error):
            keep(ctx, HANDLER, name, role)
    with pytest.raises(BadInput, match="没有“承办机构负责人”的职务"):
        keep(ctx, HANDLER, "给领导", role="unit_head")
    with pytest.raises(BadInput, match="没有检索条件"):
        saved.save(ctx, HANDLER, name="空", query=" ", facets={})


def test_a_facet_that_was_typed_knows_its_word_so_that_it_can_be_taken_back() -> None:
    asked = parse("砂料 阶段:归档管理 “整句 话”", WORDS)
    assert asked.typed == {("stage", "filing"): "阶段:归档管理"}
    assert without(asked.text, asked.typed["stage", "filing"]) == "砂料 “整句 话”"


@pytest.mark.parametrize("typed", ["日期:2026-13", "日期：2026-02-30", "日期:二月", "日期:2026-03..2026-01"])
def test_a_date_that_is_none_is_told_and_looked_for_as_it_stands(typed: str) -> None:
    asked = parse(typed, WORDS)
    assert "不是日期" in asked.hints[0]
    assert "日期:2026-03" in asked.hints[0]
    assert not asked.spans
    assert asked.terms


def test_a_value_that_a_facet_does_not_have_is_told_with_those_it_has() -> None:
    (hint,) = parse("阶段:归挡", WORDS).hints
    assert "没有“归挡”这个阶段" in hint
    assert "归档管理" in hint
    assert parse("阶段:归档管理 日期:2026-03 砂料", WORDS).hints == ()
