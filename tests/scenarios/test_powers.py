"""Optional types stand behind their power switch: refused while it is off, walked when it is on, from its first day."""

import datetime as dt
from pathlib import Path

import pytest

from access import agencies
from casework.facts import Status
from casework.gates.api import DONE
from catalogue.loading import load_catalogue
from foundation.errors import Refused
from foundation.settings import ROOT
from tests.conftest import move
from tests.saved import SCENARIOS, Saved, beginning
from tests.scenarios.test_every_type import BASE, PLANS
from tests.scenarios.walking import POWERS, Walk

CATALOGUE = load_catalogue(ROOT / "templates")
OPTIONAL = sorted(t.id for t in CATALOGUE.types.values() if t.tier == "optional")
BEHIND = sorted(t.id for t in CATALOGUE.types.values() if t.powers)
FREE = sorted(set(OPTIONAL) - set(BEHIND))


def walk(saved: Saved, folder: Path, type_id: str, powers: list[str]) -> Walk:
    """Return a walk with only some powers switched on."""
    plan = PLANS.get(type_id, {})
    name, _, step = plan.get("base", BASE).partition("#")
    file = SCENARIOS / f"{name}.yaml"
    ctx, cast = saved.state((file, step), folder)
    move(ctx, beginning(file, step))
    given = {"by": plan.get("by", "甲一"), "settings": plan.get("settings", {}), "powers": powers}
    return Walk(ctx=ctx, catalogue=CATALOGUE, cast=cast, **given)


def test_there_are_as_many_optional_types_as_the_catalogue_says() -> None:
    assert len(OPTIONAL) == 23
    assert set(BEHIND) <= set(OPTIONAL)
    assert {p for t in BEHIND for p in CATALOGUE.get(t).powers} <= set(POWERS)


@pytest.mark.article("A2.1")
@pytest.mark.parametrize("type_id", BEHIND)
def test_a_type_is_refused_while_its_power_is_off(type_id: str, saved: Saved, tmp_path: Path) -> None:
    others = [p for p in POWERS if p not in CATALOGUE.get(type_id).powers]
    walked = walk(saved, tmp_path, type_id, others)
    try:
        with pytest.raises(Refused) as told:
            walked.draft_only(type_id, **PLANS.get(type_id, {}).get("values", {}))
        (finding,) = told.value.findings
        assert (finding.code, finding.article, finding.who) == ("POWER", "A2.1", "系统管理员")
        assert finding.remedy
    finally:
        walked.ctx.database.close()


@pytest.mark.parametrize("type_id", BEHIND)
def test_a_type_walks_once_its_power_is_on(type_id: str, saved: Saved, tmp_path: Path) -> None:
    walked = walk(saved, tmp_path, type_id, list(CATALOGUE.get(type_id).powers))
    try:
        assert walked.walk(type_id, **PLANS.get(type_id, {}).get("values", {})).status in DONE
    finally:
        walked.ctx.database.close()


def test_a_power_holds_from_its_first_day(saved: Saved, tmp_path: Path) -> None:
    walked = walk(saved, tmp_path, "coercive_list", [])
    try:
        first = walked.ctx.clock.now().date() + dt.timedelta(days=2)
        given = {"key": "powers.coercive_measures", "value": True, "basis": "某省人民政府决定（虚构）"}
        admin = walked.as_("管理员")
        agencies.set_setting(walked.ctx, admin, agency_id=walked.cast.agency_id, valid_from=first, **given)
        with pytest.raises(Refused, match="没有登记"):
            walked.draft_only("coercive_list")
        move(walked.ctx, walked.ctx.clock.now() + dt.timedelta(days=2))
        assert walked.draft_only("coercive_list").status is Status.DRAFT
    finally:
        walked.ctx.database.close()


@pytest.mark.parametrize("type_id", FREE)
def test_an_optional_type_that_needs_no_power_walks_with_all_of_them_off(
    type_id: str, saved: Saved, tmp_path: Path
) -> None:
    walked = walk(saved, tmp_path, type_id, [])
    try:
        assert walked.walk(type_id, **PLANS.get(type_id, {}).get("values", {})).status in DONE
    finally:
        walked.ctx.database.close()
