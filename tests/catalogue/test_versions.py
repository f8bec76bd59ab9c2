"""A definition is kept by its digest for ever, once; a changed text in the table is found."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from catalogue import versions
from catalogue.loading import load_catalogue, parse_definition
from foundation.context import Context
from foundation.errors import Broken, NotFound
from tests.catalogue.folders import GOOD, write


def test_a_paper_keeps_its_own_version_after_the_folder_changed(ctx: Context, tmp_path: Path) -> None:
    old = load_catalogue(write(tmp_path))
    new = load_catalogue(write(tmp_path, GOOD.replace("title: 说明", "title: 情况说明")))
    with ctx.database.write() as session:
        assert versions.store(session, old) == 1
        assert versions.store(session, new) == 1
        assert versions.store(session, new) == 0
    with ctx.database.read() as session:
        digest = old.get("note").digest
        assert versions.load(session, "note", digest).title == "说明"
        assert set(versions.stored(session, "note")) == {digest, new.get("note").digest}
        assert '"title":"说明"' in versions.canonical_text(session, digest)


def test_an_unknown_version_is_not_found(ctx: Context) -> None:
    with ctx.database.read() as session, pytest.raises(NotFound):
        versions.load(session, "note", "0" * 64)


def test_a_changed_row_is_found_by_its_digest(ctx: Context, tmp_path: Path) -> None:
    note = load_catalogue(write(tmp_path)).get("note")
    table = versions.DefinitionVersionRow
    with ctx.database.write() as session:
        versions.store(session, load_catalogue(tmp_path / "templates"))
        session.execute(sa.update(table).values(canonical=sa.func.replace(table.canonical, "说明", "声明")))
    with ctx.database.read() as session, pytest.raises(Broken, match="摘要不符"):
        versions.load(session, "note", note.digest)


def test_the_kept_form_gives_the_same_type(tmp_path: Path) -> None:
    note = load_catalogue(write(tmp_path)).get("note")
    assert parse_definition(note.canonical) == note
