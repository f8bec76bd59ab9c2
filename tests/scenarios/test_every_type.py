"""Every type goes from draft through its slots to issue by the operations, with the values of its ordinary sample."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from casework.facts import Status
from casework.gates.api import DONE
from catalogue.loading import load_catalogue
from foundation.errors import AnjuanError
from foundation.settings import ROOT
from tests.conftest import move
from tests.saved import SCENARIOS, Saved, beginning
from tests.scenarios.walking import Walk

TYPES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/*/definition.yaml"))
PLANS: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "every_type.yml").read_text(encoding="utf-8")
)
BASE = "case_general#法院结果"


@pytest.mark.parametrize("type_id", TYPES)
def test_a_type_is_drafted_signed_and_issued(type_id: str, saved: Saved, tmp_path: Path) -> None:
    plan = PLANS.get(type_id, {})
    name, _, step = plan.get("base", BASE).partition("#")
    file = SCENARIOS / f"{name}.yaml"
    ctx, cast = saved.state((file, step), tmp_path)
    move(ctx, beginning(file, step))
    settings, by = plan.get("settings", {}), plan.get("by", "甲一")
    walk = Walk(ctx=ctx, catalogue=load_catalogue(ROOT / "templates"), cast=cast, by=by, settings=settings)
    try:
        if plan.get("refused"):
            with pytest.raises(AnjuanError) as caught:
                walk.walk(type_id)
            assert {f.code for f in caught.value.findings} == set(plan["refused"])
            return
        issued = walk.walk(type_id, **plan.get("values", {}))
    finally:
        ctx.database.close()
    assert issued.status is Status.ISSUED or issued.status in DONE
    assert bool(issued.number) is (walk.catalogue.get(type_id).number_character is not None)


def test_plans_name_types_that_are_there() -> None:
    assert set(PLANS) <= set(TYPES)
