"""Whatever was changed in a package or in the database is found and named."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from archive.verifying import Fault, Report, verify
from archive.verifying_records import verify_agency, verify_case
from foundation import ledger
from foundation.clock import SHANGHAI
from foundation.database import Base
from foundation.errors import BadInput
from foundation.journal import event_hash
from tests.archive.conftest import Office, package_root
from tests.archive.test_bagging import change, forge


def named(report: Report) -> set[str]:
    return {fault.path for fault in report.faults}


def fields(report: Report) -> set[str]:
    return {fault.field for fault in report.faults if fault.field}


def poke(office: Office, table: str, where: str, **values: Any) -> None:
    """Change rows as somebody with access to the database would."""
    changed = sa.update(Base.metadata.tables[table]).where(sa.text(where)).values(**values)
    with office.ctx.database.write() as session:
        assert session.execute(changed).rowcount  # type: ignore[attr-defined]


def checked(office: Office) -> Report:
    return verify_case(office.ctx, office.case_id)


def test_an_untouched_package_passes_alone_and_against_the_database(kept_office: Office) -> None:
    root = package_root(kept_office)
    assert verify(root).ok
    report = verify(root, ctx=kept_office.ctx)
    assert (report.ok, report.registered, report.seals) == (True, True, 1)


def test_an_untouched_case_passes(kept_office: Office) -> None:
    assert checked(kept_office).faults == ()
    assert all(r.ok for r in verify_agency(kept_office.ctx, kept_office.actor("壬九").agency_id))


@pytest.mark.article("A36.3")
def test_one_changed_byte_is_named_with_what_it_is(kept_office: Office) -> None:
    root = package_root(kept_office)
    path = next((root / "data/文书/正卷").glob("0002_*.pdf"))
    change(path, 500)
    report = verify(root, ctx=kept_office.ctx)
    assert named(report) == {path.relative_to(root).as_posix()}
    assert any("正卷第2件《现场照片（视听资料）证据单》" in str(f) for f in report.faults)


def test_a_package_forged_with_both_manifests_differs_from_what_was_registered(kept_office: Office) -> None:
    root = package_root(kept_office)
    target = root / "data/元数据/说明.txt"
    text = target.read_bytes().replace("清河镇".encode(), "浊河镇".encode())
    target.unlink()
    target.write_bytes(text)
    _remanifest(root, target)
    assert verify(root).ok
    assert "data/元数据/说明.txt" in named(verify(root, ctx=kept_office.ctx))


def _remanifest(root: Path, target: Path) -> None:
    import hashlib  # noqa: PLC0415 - the forger's tool

    name = target.relative_to(root).as_posix()
    for kind in ("sha256", "sm3"):
        manifest = root / f"manifest-{kind}.txt"
        fresh = hashlib.new(kind, target.read_bytes()).hexdigest()
        lines = manifest.read_text(encoding="utf-8").splitlines()
        lines = [f"{fresh}  {name}" if line.endswith(f"  {name}") else line for line in lines]
        forge(root, manifest.name, ("\n".join(lines) + "\n").encode())


def test_a_broken_seal_is_named(kept_office: Office, tmp_path: Path) -> None:
    root = package_root(kept_office)
    sealed = next((root / "data/文书/正卷").glob("*_签章.pdf"))
    copy = tmp_path / "签章.pdf"
    data = bytearray(sealed.read_bytes())
    data[2000] ^= 1
    copy.write_bytes(bytes(data))
    assert verify(sealed).ok
    assert not verify(copy).ok


def test_what_is_neither_package_nor_pdf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"bagit\.txt"):
        verify(tmp_path)


@pytest.mark.article("A36.3")
@pytest.mark.parametrize(
    ("table", "where", "values", "field"),
    [
        ("document", "type = 'summary_penalty_decision'", {"number": "清政当罚〔2026〕第9号"}, "number"),
        ("document", "type = 'summary_penalty_decision'", {"content_digest": "0" * 64}, "data"),
        ("case_", "number <> ''", {"number": "清案〔2026〕009号"}, "number"),
        ("case_", "number <> ''", {"closed_on": dt.date(2026, 6, 1)}, "closed_on"),
        ("recording", "kind = '录像'", {"sm3": "0" * 64}, "sm3"),
    ],
)
def test_a_changed_row_is_named_with_its_field(
    kept_office: Office, table: str, where: str, values: dict[str, Any], field: str
) -> None:
    poke(kept_office, table, where, **values)
    report = checked(kept_office)
    assert field in fields(report), report.faults
    assert all("清案" in str(f) or "音像" in str(f) for f in report.faults if f.field == field)


@pytest.mark.article("A36.3")
def test_a_changed_value_of_an_issued_paper_is_named_by_its_field(kept_office: Office) -> None:
    """G1: update of a database row names case and field."""
    table = Base.metadata.tables["document_version"]
    papers = Base.metadata.tables["document"]
    with kept_office.ctx.database.write() as session:
        found = sa.select(table).join(papers, papers.c.id == table.c.document_id)
        row = session.execute(found.where(papers.c.type == "summary_penalty_decision")).mappings().one()
        data = {**row["data"], "amount": "10"}
        session.execute(sa.update(table).where(table.c.document_id == row["document_id"]).values(data=data))
    faults = [f for f in checked(kept_office).faults if f.field == "amount"]
    assert faults
    assert "当场行政处罚决定书" in str(faults[0])


def test_swapped_files_of_a_paper_are_named(kept_office: Office) -> None:
    """G4: swapped blobs."""
    table = Base.metadata.tables["document_blob"]
    with kept_office.ctx.database.write() as session:
        rows = session.execute(sa.select(table).where(table.c.kind == "pdf").limit(2)).mappings().all()
        for one, other in ((rows[0], rows[1]), (rows[1], rows[0])):
            key = (table.c.document_id == one["document_id"]) & (table.c.kind == "pdf")
            session.execute(sa.update(table).where(key).values(blob=other["blob"]))
    report = checked(kept_office)
    assert {f.path for f in report.faults if f.field == "blobs.pdf"} == {r["document_id"] for r in rows}


def test_stored_bytes_that_changed_are_named(kept_office: Office) -> None:
    with kept_office.ctx.database.read() as session:
        blob = session.scalars(sa.select(Base.metadata.tables["recording"].c.blob).limit(1)).one()
    change(kept_office.ctx.blobs.path(blob), 100)  # type: ignore[attr-defined]
    assert any("音像" in f.what and f.field == "blob" for f in checked(kept_office).faults)


def test_a_changed_event_is_named(kept_office: Office) -> None:
    poke(kept_office, "journal_event", f"stream = 'case:{kept_office.case_id}' and seq = 5", actor="somebody")
    assert any("第5条" in f.message for f in checked(kept_office).faults)


def recomputed(office: Office) -> None:
    """Change an event and compute the whole chain after it anew, head included."""
    table, head = Base.metadata.tables["journal_event"], Base.metadata.tables["journal_head"]
    stream = f"case:{office.case_id}"
    with office.ctx.database.write() as session:
        rows = session.execute(sa.select(table).where(table.c.stream == stream).order_by(table.c.seq)).mappings().all()
        previous = rows[3]["previous"]
        for row in rows[3:]:
            event = {**row, "previous": previous, "actor": "somebody" if row["seq"] == 4 else row["actor"]}
            previous = event_hash(event)
            where = (table.c.stream == stream) & (table.c.seq == row["seq"])
            session.execute(
                sa.update(table).where(where).values(previous=event["previous"], actor=event["actor"], hash=previous)
            )
        session.execute(sa.update(head).where(head.c.stream == stream).values(hash=previous))


def test_a_chain_that_was_computed_anew_differs_from_the_packages_copy(kept_office: Office) -> None:
    """G3: whole chain recomputed."""
    recomputed(kept_office)
    assert any("日志链已被重写" in f.message for f in checked(kept_office).faults)


def test_a_chain_that_was_computed_anew_differs_from_the_anchored_root(kept_office: Office) -> None:
    agency = kept_office.actor("壬九").agency_id
    ledger.anchor(kept_office.ctx, agency, [f"case:{kept_office.case_id}"])
    recomputed(kept_office)
    assert any(f.what == "总账" for f in checked(kept_office).faults)


def test_an_event_written_in_later_with_an_earlier_time_is_named(kept_office: Office) -> None:
    """G6: an administrator backdates."""
    where = f"stream = 'case:{kept_office.case_id}' and seq = 20"
    poke(kept_office, "journal_event", where, recorded_at=dt.datetime(2020, 1, 1, tzinfo=SHANGHAI))
    assert any("倒填日期" in f.message for f in checked(kept_office).faults)


def test_a_fault_is_one_sentence() -> None:
    assert str(Fault(path="a.pdf", message="不符", what="第1件")) == "第1件（a.pdf）：不符"
