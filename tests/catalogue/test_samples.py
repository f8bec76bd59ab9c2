"""Every type has three samples that hold what the paper needs; validation of the case floor passes all of them."""

import datetime as dt

import pytest

from casework import validation
from catalogue.loading import load_catalogue
from catalogue.samples import KINDS, LONG_NAME, sample
from foundation.settings import ROOT

CATALOGUE = load_catalogue(ROOT / "templates")
FRAME_DAY = dt.date(2030, 1, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("type_id", sorted(CATALOGUE.types))
def test_a_sample_passes_validation(type_id: str, kind: str) -> None:
    definition = CATALOGUE.get(type_id)
    values = sample(CATALOGUE, type_id, kind)
    data, findings = validation.normalise(
        definition, {k: v for k, v in values.items() if k not in definition.slot_owned}
    )
    frame = validation.Frame(values={**values, **data}, today=FRAME_DAY, resolve=lambda _path: None)
    assert [f.message for f in [*findings, *validation.faults(definition, frame)]] == []


@pytest.mark.parametrize("type_id", sorted(CATALOGUE.types))
def test_every_slot_that_is_needed_is_signed_in_the_ordinary_sample(type_id: str) -> None:
    definition = CATALOGUE.get(type_id)
    values = sample(CATALOGUE, type_id)
    unsigned = [s.id for s in definition.slots if s.is_required(values) and s.signs and not values.get(s.signs)]
    assert unsigned == []


def test_the_minimal_sample_leaves_out_what_is_not_required() -> None:
    values = sample(CATALOGUE, "penalty_decision", "minimal")
    assert "phone" not in values
    assert values["facts"]


def test_the_hard_sample_is_long_everywhere() -> None:
    values = sample(CATALOGUE, "preservation_list", "hard")
    assert len(values["items"]) == 60
    assert values["items"][59]["item_no"] == "60"
    assert sample(CATALOGUE, "penalty_decision", "hard")["party_name"] == LONG_NAME
    assert len(sample(CATALOGUE, "penalty_decision", "hard")["facts"]) > 2900


def test_a_refusal_stands_in_the_hard_sample_with_its_witness() -> None:
    signed = sample(CATALOGUE, "inquiry_record", "hard")["party_sign"]
    assert signed[0]["refused"]
    assert signed[0]["witness"]
