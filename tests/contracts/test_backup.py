"""A backup holds everything and can be restored, on both columns and from one to the other."""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from foundation import ledger, outbox
from foundation.backup import back_up, restore
from foundation.backup_drill import drill
from foundation.backup_keys import read_keys, write_keys
from foundation.context import Context
from foundation.database import Base, UtcDateTime
from foundation.errors import BadInput, Broken, Conflict, Unavailable
from foundation.jobs import ask
from foundation.journal import append, verify_chain
from foundation.keys import Keys
from tests.conftest import floor_of, settings_for

PASSPHRASE = "correct horse battery"  # noqa: S105 - of the test


def fill(ctx: Context) -> str:
    """Put rows of several kinds and a blob into an installation; return the blob's digest."""
    blob = ctx.blobs.put("案卷".encode() * 1000).sha256
    with ctx.database.write() as session:
        for number in range(3):
            append(session, ctx.clock, stream="case:1", kind="k", actor="a", data={"n": number, "blob": blob})
        ask(session, ctx, kind="three", subject="s", by="b", given={"深": [1, None, {"x": True}]})
    ledger.anchor(ctx, "a1", ["case:1"])
    return blob


def rows(ctx: Context) -> dict[str, list[str]]:
    with ctx.database.read() as session:
        tables = Base.metadata.sorted_tables
        return {t.name: sorted(str(dict(r)) for r in session.execute(sa.select(t)).mappings()) for t in tables}


@pytest.fixture
def second(tmp_path: Path, sqlite_template: Path) -> Iterator[Context]:
    """Give a second, empty, embedded installation."""
    (tmp_path / "second").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "second" / "anjuan.sqlite")
    ctx = floor_of(settings_for(tmp_path / "second"))
    yield ctx
    ctx.database.close()


@pytest.fixture
def other(request: pytest.FixtureRequest, any_ctx: Context) -> Context:
    """Give an empty installation of the other column."""
    found: Context = request.getfixturevalue("second" if any_ctx.database.is_postgresql else "scaled_ctx")
    return found


def test_everything_comes_back_on_the_other_column(any_ctx: Context, other: Context, tmp_path: Path) -> None:
    blob = fill(any_ctx)
    made = back_up(any_ctx, tmp_path / "backup")
    assert (made.blobs, made.missing, made.streams) == (1, (), 1)
    found = restore(other, tmp_path / "backup")
    assert (found.tables, found.blobs, found.lost) == (made.tables, 1, ())
    assert rows(other) == rows(any_ctx)
    assert other.blobs.verify(blob).size == 6000
    with other.database.write() as session:
        assert verify_chain(session, "case:1") == 3
        assert ledger.verify(session, "a1") == []
        outbox.add(session, topic="index", kind="k", subject="new", at=other.clock.now())


def test_a_backup_taken_while_others_write_is_of_one_moment(any_ctx: Context, tmp_path: Path) -> None:
    fill(any_ctx)

    def go_on(*_: object) -> None:
        with any_ctx.database.write() as session:
            append(session, any_ctx.clock, stream="case:1", kind="later", actor="a")

    made = back_up(any_ctx, tmp_path / "backup", progress=go_on)
    assert made.tables["journal_event"] == 3
    assert drill(tmp_path / "backup", tmp_path / "scratch").faults == ()


def test_a_drill_restores_beside_and_reads_everything(ctx: Context, tmp_path: Path) -> None:
    fill(ctx)
    back_up(ctx, tmp_path / "backup")
    before = rows(ctx)
    found = drill(tmp_path / "backup", tmp_path / "scratch")
    assert (found.blobs, found.backup.streams, found.faults) == (1, 1, ())
    assert rows(ctx) == before


def change_table(folder: Path) -> None:
    path = folder / "tables" / "job.jsonl"
    path.write_text(path.read_text().replace('"three"', '"seven"'))


def change_blob(folder: Path) -> None:
    path = next(p for p in (folder / "blobs").rglob("*") if p.is_file())
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-1] + b"!")


def lose_blob(folder: Path) -> None:
    next(p for p in (folder / "blobs").rglob("*") if p.is_file()).unlink()


def change_chain(folder: Path) -> None:
    path = folder / "tables" / "journal_event.jsonl"
    path.write_text(path.read_text().replace('"n": 1', '"n": 9'))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sha256"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("fault", [change_table, change_blob, lose_blob, change_chain])
def test_a_damaged_backup_is_refused_and_changes_nothing(ctx: Context, tmp_path: Path, fault: object) -> None:
    fill(ctx)
    back_up(ctx, tmp_path / "backup")
    assert callable(fault)
    fault(tmp_path / "backup")
    with pytest.raises(Broken):
        drill(tmp_path / "backup", tmp_path / "scratch")
    with ctx.database.write() as session:
        append(session, ctx.clock, stream="case:1", kind="later", actor="a")
    before = rows(ctx)
    shutil.rmtree(ctx.settings.data_dir / "blobs")
    ctx.blobs.__init__(ctx.settings.data_dir / "blobs")  # type: ignore[misc] # an empty store
    with pytest.raises(Broken):
        restore(ctx, tmp_path / "backup", replace=True)
    assert rows(ctx) == before


def test_an_older_backup_says_which_chains_lose_events(ctx: Context, tmp_path: Path) -> None:
    fill(ctx)
    back_up(ctx, tmp_path / "backup")
    with ctx.database.write() as session:
        append(session, ctx.clock, stream="case:1", kind="later", actor="a")
        append(session, ctx.clock, stream="case:2", kind="later", actor="a")
    with pytest.raises(Conflict, match="已有数据"):
        restore(ctx, tmp_path / "backup")
    found = restore(ctx, tmp_path / "backup", replace=True)
    assert [line[:11] for line in found.lost] == ["日志“case:1”少", "日志“case:2”少"]
    assert "少1条（备份时3条，现有4条）" in found.lost[0]


def test_roots_kept_elsewhere_show_that_a_backup_is_old(ctx: Context, tmp_path: Path) -> None:
    fill(ctx)
    back_up(ctx, tmp_path / "backup")
    with ctx.database.write() as session:
        session.execute(sa.delete(ledger.AnchorRow))
        session.execute(sa.delete(ledger.AnchoredHeadRow))
        append(session, ctx.clock, stream="case:1", kind="later", actor="a")
    later = ledger.anchor(ctx, "a1", ["case:1"])
    restore(ctx, tmp_path / "backup", replace=True)
    with ctx.database.read() as session:
        assert ledger.verify(session, "a1") == []
        assert [f.message for f in ledger.verify(session, "a1", {later.day: later.root})] == [
            "总账根与外部保存的不一致。"
        ]


def test_a_row_whose_file_is_gone_is_named_and_the_rest_is_kept(ctx: Context, tmp_path: Path) -> None:
    kept, gone = fill(ctx), "ab" * 32
    table = Base.metadata.tables["document_blob"]
    words = [
        {c.name: value_of(c) for c in table.columns} | {"document_id": str(n), "blob": b}
        for n, b in enumerate((kept, gone))
    ]
    plain = sa.create_engine(ctx.settings.database)  # does not ask whether the papers of these files exist
    with plain.begin() as connection:
        connection.execute(sa.insert(table), words)
    plain.dispose()
    made = back_up(ctx, tmp_path / "backup")
    assert (made.missing, made.blobs) == ((gone,), 1)


def value_of(column: sa.Column[object]) -> object:
    """Return some value of a column's type."""
    if isinstance(column.type, UtcDateTime):
        return dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    return {int: 1, str: "x", bool: True}.get(column.type.python_type)


def test_a_spoilt_file_is_mended_from_a_backup(ctx: Context, tmp_path: Path) -> None:
    blob = fill(ctx)
    back_up(ctx, tmp_path / "backup")
    shutil.copytree(tmp_path / "backup", tmp_path / "elsewhere")
    path = ctx.settings.data_dir / "blobs" / blob[:2] / blob[2:4] / blob
    path.chmod(0o644)
    path.write_bytes(b"spoilt")
    restore(ctx, tmp_path / "elsewhere", replace=True)
    assert ctx.blobs.verify(blob).size == 6000


def test_a_table_that_the_program_does_not_know_stops_the_backup(ctx: Context, tmp_path: Path) -> None:
    with ctx.database.write() as session:
        session.execute(sa.text("CREATE TABLE from_tomorrow (a INTEGER)"))
    with pytest.raises(Broken, match="from_tomorrow"):
        back_up(ctx, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_what_is_no_backup_or_no_empty_folder_is_refused(ctx: Context, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(Conflict, match="不是空的"):
        back_up(ctx, tmp_path / "full")
    with pytest.raises(BadInput, match="不是备份目录"):
        restore(ctx, tmp_path / "full")
    (tmp_path / "full" / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(BadInput, match="版本"):
        restore(ctx, tmp_path / "full")


def test_keys_come_back_with_their_passphrase_alone(ctx: Context, tmp_path: Path) -> None:
    secret = ctx.keys.encrypt("举报人".encode(), "party:1:name")
    ctx.keys.secret("session")
    file = tmp_path / "backup.keys"
    assert write_keys(ctx.keys.folder, file, PASSPHRASE) == 2
    assert "举报人".encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="口令短语不对"):
        read_keys(file, tmp_path / "wrong", PASSPHRASE + "!")
    with pytest.raises(Unavailable, match="缺少密钥"):
        Keys(tmp_path / "new").decrypt(secret, "party:1:name")
    assert read_keys(file, tmp_path / "restored", PASSPHRASE) == 2
    assert Keys(tmp_path / "restored").decrypt(secret, "party:1:name").decode() == "举报人"
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "restored").iterdir()} == {0o600}
