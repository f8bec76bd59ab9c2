"""`flask batch`, as people run it: a trial keeps nothing, a start makes every paper and writes one print job."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework import queries
from foundation.context import Context
from foundation.migrating import upgrade
from foundation.settings import ROOT
from tests.casework.offices import Bureau
from tests.cli.conftest import Run, runner
from tests.conftest import floor_of, settings_for
from tests.generator.offices import with_notice
from tests.generator.test_batches import good, table
from web.app import create_app


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Run, Context, str]]:
    settings = settings_for(tmp_path / "var", fonts_dir=ROOT / "var/fonts", render_workers=1)
    upgrade(settings)
    ctx = with_notice(floor_of(settings), tmp_path / "types")
    bureau = Bureau(ctx)
    draft = bureau.draft("batch_notice", bureau.case("summary"), data={"text": "请勿占道经营", "party_name": "样本"})
    yield runner(create_app(ctx)), ctx, draft.id
    ctx.database.close()


def papers(ctx: Context, draft: str) -> int:
    with ctx.database.read() as session:
        case_id = queries.document_facts(session, draft).case_id
        return sum(bool(d.number) for d in queries.documents_of(session, str(case_id)))


def test_a_trial_names_row_and_column_and_keeps_nothing(office: tuple[Run, Context, str], tmp_path: Path) -> None:
    run, ctx, draft = office
    (tmp_path / "bad.csv").write_bytes(table("甲,123,村1号,一号"))
    result = run("batch", draft, tmp_path / "bad.csv")
    assert result.exit_code == 1
    assert "✗ 第2行 甲" in result.output
    assert "证件号码：" in result.output
    assert papers(ctx, draft) == 0


@pytest.mark.slow
def test_a_start_makes_the_papers_and_one_print_job(office: tuple[Run, Context, str], tmp_path: Path) -> None:
    run, ctx, draft = office
    (tmp_path / "名单.csv").write_bytes(good(2))
    assert run("batch", draft, tmp_path / "名单.csv").exit_code == 0
    assert papers(ctx, draft) == 0
    result = run("batch", draft, tmp_path / "名单.csv", "--start", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "已制发 2 份，未成功 0 份" in result.output
    assert (tmp_path / "out/名单.pdf").read_bytes().startswith(b"%PDF")
    assert papers(ctx, draft) == 2
