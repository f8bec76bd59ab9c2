"""Fields are shown by the same policy as records: a class that may not be read is covered."""

import functools
from dataclasses import dataclass

import pytest

from access.masking import COVER, covered_value, masked, sees, short_address, short_name, short_number
from access.policy import Record, Viewer
from tests.access.office import an_actor

VIEWER = Viewer(case_ids=frozenset(["一案"]), served_ids=frozenset(["文书"]))
PAPER = Record(
    kind="document", agency_id="清河", id="文书", case_id="一案", secrecy="normal", volume="main", party_id="孙"
)
CLASSES = ["normal", "internal", "privacy", "business_secret", "work_secret", "informant"]


@dataclass(frozen=True)
class Field:
    name: str
    mask: str = "normal"
    columns: tuple["Field", ...] = ()


def seen(*roles: str, record: Record = PAPER, owner_id: str | None = None, **more: object) -> set[str]:
    """Return the classes of fields that somebody sees in a paper."""
    actor = an_actor(*roles, **more)
    return {c for c in CLASSES if sees(actor, c, record, VIEWER, owner_id=owner_id)}


@pytest.mark.article("A34.1")
@pytest.mark.parametrize(
    ("role", "classes"),
    [
        ("handler", set(CLASSES)),
        ("unit_head", set(CLASSES)),
        ("legal_head", set(CLASSES) - {"informant"}),
        ("agency_head", set(CLASSES) - {"informant"}),
        ("archivist", set(CLASSES) - {"informant"}),
        ("supervisor", set(CLASSES) - {"informant"}),
        ("sysadmin", set()),
    ],
)
def test_a_role_sees_the_fields_of_the_classes_that_it_may_read(role: str, classes: set[str]) -> None:
    assert seen(role) == classes


def test_a_field_of_a_paper_that_may_not_be_read_is_covered_whatever_its_class() -> None:
    other = Record(kind="document", agency_id="清河", id="别的", case_id="别案", secrecy="normal", volume="main")
    assert seen("handler", record=other) == set()


def test_an_ordinary_field_of_a_secret_paper_is_not_seen_by_those_who_may_not_read_the_paper() -> None:
    letter = Record(kind="document", agency_id="清河", id="举报信", case_id="一案", secrecy="informant", volume="side")
    assert seen("legal_head", record=letter) == set()


@pytest.mark.article("A10.2")
def test_fields_of_a_case_ask_what_a_paper_of_that_case_would() -> None:
    case = Record(kind="case", agency_id="清河", id="一案", case_id="一案")
    assert "informant" in seen("handler", record=case)
    assert "informant" not in seen("agency_head", record=case)


@pytest.mark.article("A33.1")
def test_a_party_sees_its_own_private_data_and_nobody_elses() -> None:
    own = {"party_ids": frozenset(["孙"])}
    assert seen("party", **own) == {"normal", "privacy", "business_secret"}
    assert seen("party", owner_id="别人", **own) == {"normal"}
    assert seen("party", party_ids=frozenset(["别人"])) == {"normal"}


def test_masked_values_are_gone_and_named() -> None:
    fields = (Field("name"), Field("id_no", "privacy"), Field("empty", "privacy"))
    values = {"name": "孙样例", "id_no": "110101199001019984", "empty": ""}
    may_see = functools.partial(
        sees,
        an_actor("finance"),
        record=Record(kind="document", agency_id="清河", secrecy="normal", type="onsite_fine_record"),
    )
    shown, covered = masked(fields, values, may_see)
    assert shown == {"name": "孙样例", "id_no": COVER, "empty": ""}
    assert covered == ("id_no",)
    assert values["id_no"] == "110101199001019984", "the values handed in stay as they were"


def test_columns_of_a_list_are_masked_one_by_one() -> None:
    fields = (Field("people", columns=(Field("name"), Field("id_no", "privacy"))), Field("photos", "privacy"))
    values = {"people": [{"name": "甲", "id_no": "1"}, {"name": "乙", "id_no": "22"}], "photos": ["a", {"b": "c"}]}
    shown, covered = masked(fields, values, lambda field_class: field_class == "normal")
    assert shown["people"] == [{"name": "甲", "id_no": COVER}, {"name": "乙", "id_no": COVER}]
    assert shown["photos"] == [COVER, {"b": COVER}]
    assert covered == ("people.id_no", "photos")


@pytest.mark.parametrize("value", ["一", "一二三四五六七八", "110101199001019984"])
def test_a_cover_does_not_tell_how_long_the_value_was(value: str) -> None:
    assert covered_value(value) == COVER


@pytest.mark.parametrize(
    ("number", "short"),
    [
        ("110101199001019984", "110***********9984"),
        ("１１０１０１１９９００１０１９９８Ｘ", "110***********998X"),
        ("91110101MA0FAKE17Q", "911***********E17Q"),
        ("13800005678", "138****5678"),
        ("12345678", "********"),
        ("", ""),
    ],
)
def test_lists_show_numbers_shortened(number: str, short: str) -> None:
    assert short_number(number) == short


def test_lists_show_other_peoples_names_and_addresses_shortened() -> None:
    assert [short_name(n) for n in ("孙样例", "孙", "")] == ["孙**", "孙*", ""]
    assert short_address("清河镇样例村3组") == f"清河镇{COVER}"
    assert short_address("示范县清河镇样例街道1号") == f"示范县清河镇{COVER}"
    assert short_address("某处1号") == COVER
