"""`flask audit` and `flask copy`, as people run them."""

import json
from pathlib import Path

import sqlalchemy as sa

from foundation.context import Context
from foundation.database import Base
from tests.cli.conftest import Run
from tests.web.conftest import Site


def number_of(site: Site) -> str:
    with site.ctx.database.read() as session:
        return session.scalars(sa.select(Base.metadata.tables["case_"].c.number)).first() or ""


def test_an_untouched_case_passes_the_audit(flask: Run, site: Site) -> None:
    result = flask("audit", number_of(site), "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["faults"] == []


def test_a_case_that_is_not_there_is_said(empty: tuple[Run, Context]) -> None:
    result = empty[0]("audit", "清案〔2026〕999号")
    assert result.exit_code == 1
    assert "没有这个案件" in result.output


def test_a_copy_without_consent_is_refused(flask: Run, site: Site, tmp_path: Path) -> None:
    with site.ctx.database.read() as session:
        party = session.scalars(sa.select(Base.metadata.tables["party"].c.name)).first()
    result = flask("copy", number_of(site), "--party", party, "--purpose", "申请行政复议", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "法制机构负责人同意" in result.output


def test_a_copy_for_a_stranger_names_the_parties(flask: Run, site: Site, tmp_path: Path) -> None:
    result = flask("copy", number_of(site), "--party", "某甲", "--purpose", "x", "--out", tmp_path)
    assert result.exit_code == 1
    assert "本案当事人：" in result.output
