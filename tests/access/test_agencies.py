"""Settings of an agency are dated, checked and journalled; each default names its article."""

import datetime as dt

import pytest

from access import agencies
from access.agencies import give_oversight, given_to, set_setting, settings_on
from access.setting_rules import setting_rules
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound
from tests.access.office import actor, administrator, an_account, an_agency

DAY = dt.date(2026, 1, 5)


def value(ctx: Context, agency_id: str, key: str, day: dt.date = DAY) -> object:
    with ctx.database.read() as session:
        return settings_on(session, agency_id, day)[key]


def test_an_agency_has_its_name_and_every_default(ctx: Context) -> None:
    agency = an_agency(ctx, "清河镇人民政府（虚构）", contact="000-00000000")
    with ctx.database.read() as session:
        held = settings_on(session, agency.id, DAY)
        assert agencies.agency_facts(session, agency.id, DAY) == agency
    assert (held["name"], held["contact"]) == ("清河镇人民政府（虚构）", "000-00000000")
    assert set(held) == set(setting_rules())


@pytest.mark.parametrize(
    ("key", "default"),
    [
        ("av.article11", "soft"),
        ("legal_review.all", True),
        ("hearing.threshold.citizen", 5000),
        ("hearing.threshold.organisation", 50000),
        ("defence.days", 5),
        ("volume.override", {}),
        ("complaint.decide_days", 15),
        ("complaint.tell_days", 5),
        ("powers.coercive_measures", False),
        ("powers.self_enforcement", False),
        ("copies.days", 7),
        ("supplement.second", "soft"),
        ("signing.methods", ["screen", "paper", "certificate"]),
        ("locale", "zh-CN"),
    ],
)
def test_the_settled_answers_are_the_defaults(ctx: Context, key: str, default: object) -> None:
    assert value(ctx, an_agency(ctx).id, key) == default


def test_every_setting_names_its_source_and_has_a_valid_default() -> None:
    for rule in setting_rules().values():
        assert rule.title, rule.key
        assert rule.source, rule.key
        assert rule.kind in ("text", "number", "days", "flag", "choice", "list", "map", "power"), rule.key
        assert rule.default is not None, rule.key


def test_a_setting_holds_from_its_day_on_and_not_before(ctx: Context) -> None:
    agency = an_agency(ctx)
    change = {"agency_id": agency.id, "key": "defence.days", "valid_from": dt.date(2026, 2, 1)}
    set_setting(ctx, administrator(ctx, agency.id), value=7, **change)  # type: ignore[arg-type]
    assert value(ctx, agency.id, "defence.days", dt.date(2026, 1, 31)) == 5
    assert value(ctx, agency.id, "defence.days", dt.date(2026, 2, 1)) == 7


def test_of_two_values_for_one_day_the_later_one_holds(ctx: Context) -> None:
    agency = an_agency(ctx)
    by = administrator(ctx, agency.id)
    for days in (9, 6):
        set_setting(ctx, by, agency_id=agency.id, key="defence.days", value=days, valid_from=DAY)
    assert value(ctx, agency.id, "defence.days") == 6


def test_a_table_that_the_archives_bureau_approved_goes_in_as_data(ctx: Context) -> None:
    agency = an_agency(ctx)
    change = {"agency_id": agency.id, "key": "retention.local_table", "value": {"summary": "10y"}, "valid_from": DAY}
    set_setting(ctx, administrator(ctx, agency.id), **change)  # type: ignore[arg-type]
    assert value(ctx, agency.id, "retention.local_table") == {"summary": "10y"}


def test_a_change_is_journalled_by_key_and_not_by_value(ctx: Context) -> None:
    agency = an_agency(ctx)
    by = administrator(ctx, agency.id)
    set_setting(ctx, by, agency_id=agency.id, key="contact", value="000-11112222", valid_from=DAY)
    with ctx.database.read() as session:
        last = list(journal.events(session, f"agency:{agency.id}"))[-1]
        assert journal.verify_chain(session, f"agency:{agency.id}") == last.seq
    assert (last.kind, last.actor) == ("setting.changed", by.account_id)
    assert last.data == {"key": "contact", "valid_from": "2026-01-05"}


@pytest.mark.parametrize(
    ("key", "wrong", "words"),
    [
        ("hearing.treshold.citizen", 1, "hearing.threshold.citizen"),
        ("summary.ceiling.citizen", 201, "罚51"),
        ("defence.days", 0, "不能小于1"),
        ("defence.days", "5", "应为整数"),
        ("defence.days", True, "应为整数"),
        ("legal_review.all", "yes", "是或否"),
        ("av.article11", "off", "soft、hard"),
        ("signing.methods", [], "至少选一项"),
        ("volume.override", {"inquiry_record": "bin"}, "main、side"),
        ("retention.local_table", {"summary": "10年"}, "逐项"),
        ("name", "  ", "不能为空"),
        ("contact", 5, "文字"),
    ],
)
def test_a_wrong_value_is_refused_with_its_remedy(ctx: Context, key: str, wrong: object, words: str) -> None:
    agency = an_agency(ctx)
    with pytest.raises(BadInput) as error:
        set_setting(ctx, administrator(ctx, agency.id), agency_id=agency.id, key=key, value=wrong, valid_from=DAY)
    assert words in str(error.value)
    assert error.value.path == key
    assert error.value.remedy


@pytest.mark.article("A2.1")
def test_a_delegated_power_is_switched_on_with_its_legal_basis_only(ctx: Context) -> None:
    agency = an_agency(ctx)
    by = administrator(ctx, agency.id)
    change = {"agency_id": agency.id, "key": "powers.coercive_measures", "valid_from": DAY}
    with pytest.raises(BadInput, match="赋权依据"):
        set_setting(ctx, by, value=True, **change)  # type: ignore[arg-type]
    set_setting(ctx, by, value=True, basis="某省决定第3条（虚构）", **change)  # type: ignore[arg-type]
    assert value(ctx, agency.id, "powers.coercive_measures") == {"basis": "某省决定第3条（虚构）"}
    assert value(ctx, agency.id, "powers.coercive_measures", dt.date(2026, 1, 4)) is False


def test_only_the_agencys_own_administrator_changes_settings(ctx: Context) -> None:
    agency, other = an_agency(ctx), an_agency(ctx, "邻镇人民政府（虚构）")
    change = {"key": "contact", "value": "000", "valid_from": DAY}
    handler = actor(ctx, an_account(ctx, agency.id, "handler"))
    with pytest.raises(Forbidden, match="承办人"):
        set_setting(ctx, handler, agency_id=agency.id, **change)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        set_setting(ctx, administrator(ctx, other.id), agency_id=agency.id, **change)  # type: ignore[arg-type]


def test_a_wrong_first_setting_makes_no_agency(ctx: Context) -> None:
    with pytest.raises(BadInput):
        an_agency(ctx, **{"defence.days": "五"})
    with ctx.database.read() as session:
        assert agencies.agencies(session, DAY) == []


@pytest.mark.article("A36.1")
def test_a_supervising_body_reads_the_agencies_given_to_it_while_they_are(ctx: Context) -> None:
    county, town = an_agency(ctx, "示范县司法局（虚构）"), an_agency(ctx)
    by = administrator(ctx, town.id)
    last = dt.date(2026, 1, 31)
    give_oversight(ctx, by, agency_id=county.id, given_id=town.id, valid_from=DAY, valid_to=last)
    account = an_account(ctx, county.id, "supervisor")
    assert actor(ctx, account).agencies == {county.id, town.id}
    with ctx.database.read() as session:
        assert given_to(session, county.id, dt.date(2026, 2, 1)) == frozenset()


def test_a_handler_of_a_supervising_body_does_not_read_the_agencies_given_to_it(ctx: Context) -> None:
    county, town = an_agency(ctx, "示范县司法局（虚构）"), an_agency(ctx)
    give_oversight(ctx, None, agency_id=county.id, given_id=town.id, valid_from=DAY)
    assert actor(ctx, an_account(ctx, county.id, "handler")).agencies == {county.id}


def test_only_the_agency_itself_gives_itself_to_be_read(ctx: Context) -> None:
    county, town = an_agency(ctx, "示范县司法局（虚构）"), an_agency(ctx)
    with pytest.raises(NotFound):
        give_oversight(ctx, administrator(ctx, county.id), agency_id=county.id, given_id=town.id, valid_from=DAY)
    with pytest.raises(BadInput):
        give_oversight(ctx, None, agency_id=town.id, given_id=town.id, valid_from=DAY)
