"""Writes rows of packages; the caller holds the case's lock and commits. Nothing here decides anything."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from archive.codes import Code
from archive.facts import CheckFacts, FileFacts, Item, Move, Retention
from archive.models import (
    ArrangementMoveRow,
    PackageCheckRow,
    PackageFileRow,
    PackageItemRow,
    PackageRow,
    PackageVolumeRow,
)
from archive.names import slug

ARRANGED, PACKING, KEPT = "arranged", "packing", "kept"


def open_package(session: orm.Session, case_id: str) -> PackageRow | None:
    """Return the package of a case that is still being made."""
    query = sa.select(PackageRow).where(PackageRow.case_id == case_id, PackageRow.state != KEPT)
    return session.scalars(query).one_or_none()


def next_generation(session: orm.Session, case_id: str) -> int:
    """Return the number of a case's next generation."""
    last = session.scalar(sa.select(sa.func.max(PackageRow.generation)).where(PackageRow.case_id == case_id))
    return (last or 0) + 1


def insert_package(
    session: orm.Session,
    *,
    id: str,  # noqa: A002 - the row's own word
    agency_id: str,
    case_id: str,
    generation: int,
    title: str,
    retention: Retention,
    codes: Mapping[str, tuple[str, Code]],
    filer: tuple[str, str],
    at: dt.datetime,
) -> PackageRow:
    """Add a package and its volumes.

    Args:
        session: A writing session.
        id: Its id.
        agency_id: The agency.
        case_id: The case.
        generation: From 1.
        title: Name of the case file.
        retention: Decided retention.
        codes: Volume id and code by volume.
        filer: Person id and name of who arranges.
        at: The clock's instant.
    """
    first = next(iter(codes.values()))[1]
    row = PackageRow(
        id=id,
        agency_id=agency_id,
        case_id=case_id,
        generation=generation,
        code=first.text,
        slug=slug(first.text),
        title=title,
        retention=retention.title,
        retention_code=retention.code,
        retention_rule=retention.rule,
        retention_source=retention.source,
        kept_until=retention.until,
        state=ARRANGED,
        secrecy="normal",
        filer_id=filer[0],
        filer=filer[1],
        created_at=at,
        packed_at=None,
        kept_at=None,
        data={},
    )
    session.add(row)
    session.flush()
    for name, (volume_id, code) in codes.items():
        session.add(
            PackageVolumeRow(
                id=volume_id,
                agency_id=agency_id,
                package_id=id,
                name=name,
                code=code.text,
                catalogue_number=code.catalogue_number,
                file_number=code.file_number,
                title=title,
                papers={},
            )
        )
    session.flush()
    return row


def add_move(session: orm.Session, new_id: str, move: Move, *, agency_id: str, case_id: str, person_id: str) -> None:
    """Add a change by hand of a case's order."""
    last = session.scalar(sa.select(sa.func.max(ArrangementMoveRow.seq)).where(ArrangementMoveRow.case_id == case_id))
    fields = {name: getattr(move, name) for name in Move.__dataclass_fields__}
    own = {"id": new_id, "agency_id": agency_id, "case_id": case_id, "person_id": person_id}
    session.add(ArrangementMoveRow(**own, seq=(last or 0) + 1, **fields))
    session.flush()


def change(session: orm.Session, package_id: str, **fields: Any) -> PackageRow:
    """Change fields of a package that is not kept yet."""
    row = session.get_one(PackageRow, package_id, populate_existing=True)
    for name, value in fields.items():
        setattr(row, name, value)
    row.index_version += 1
    session.flush()
    return row


def remember(session: orm.Session, package_id: str, **data: Any) -> None:
    """Keep what a step hands on."""
    row = session.get_one(PackageRow, package_id, populate_existing=True)
    row.data = {**row.data, **data}
    session.flush()


def change_volume(session: orm.Session, package_id: str, name: str, **fields: Any) -> None:
    """Change fields of a volume."""
    query = sa.select(PackageVolumeRow).where(PackageVolumeRow.package_id == package_id, PackageVolumeRow.name == name)
    row = session.scalars(query).one()
    for key, value in fields.items():
        setattr(row, key, value)
    session.flush()


def set_items(session: orm.Session, agency_id: str, package_id: str, volume: str, items: Sequence[Item]) -> None:
    """Put the rows of a contents list, instead of those that were there."""
    session.execute(
        sa.delete(PackageItemRow).where(PackageItemRow.package_id == package_id, PackageItemRow.volume == volume)
    )
    for item in items:
        entry = item.entry
        session.add(
            PackageItemRow(
                package_id=package_id,
                volume=volume,
                seq=item.seq,
                agency_id=agency_id,
                document_id=entry.document_id,
                type=entry.type,
                title=entry.title,
                number=entry.number,
                author=entry.author,
                date=entry.date,
                secrecy=entry.secrecy,
                first=item.first,
                pages=item.pages,
                apart=entry.apart,
                recordings=list(entry.recording_ids),
            )
        )
    session.flush()


def set_files(session: orm.Session, agency_id: str, package_id: str, files: Iterable[FileFacts]) -> None:
    """Put the files of a package, instead of those that were there."""
    session.execute(sa.delete(PackageFileRow).where(PackageFileRow.package_id == package_id))
    names = FileFacts.__dataclass_fields__
    session.add_all(
        PackageFileRow(package_id=package_id, agency_id=agency_id, **{n: getattr(f, n) for n in names}) for f in files
    )
    session.flush()


def set_checks(session: orm.Session, agency_id: str, package_id: str, checks: Iterable[CheckFacts]) -> None:
    """Put the rows of the report, instead of those that were there."""
    session.execute(sa.delete(PackageCheckRow).where(PackageCheckRow.package_id == package_id))
    names = CheckFacts.__dataclass_fields__
    session.add_all(
        PackageCheckRow(package_id=package_id, agency_id=agency_id, seq=n, **{k: getattr(c, k) for k in names})
        for n, c in enumerate(checks, 1)
    )
    session.flush()
