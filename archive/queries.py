"""Reads of packages: from rows to frozen facts; which rows a viewer may see is a policy predicate in `where`."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from access.policy import Record
from archive.codes import Code
from archive.facts import CheckFacts, CopyFacts, FileFacts, ItemFacts, Move, PackageFacts, VolumeFacts
from archive.models import (
    ArrangementMoveRow,
    CopyRow,
    PackageCheckRow,
    PackageFileRow,
    PackageItemRow,
    PackageRow,
    PackageVolumeRow,
)
from foundation.database import Base
from foundation.errors import NotFound

PACKAGE_COLUMNS: Mapping[str, Any] = {
    "id": PackageRow.id,
    "agency_id": PackageRow.agency_id,
    "case_id": PackageRow.case_id,
    "secrecy": PackageRow.secrecy,
}
"""Names that a policy predicate may use over packages, for compiling it to SQL."""

KEPT = "kept"


def package_facts(session: orm.Session, package_id: str) -> PackageFacts:
    """Return a package.

    Raises:
        NotFound: There is no such package.
    """
    row = session.get(PackageRow, package_id)
    if row is None:
        raise NotFound("没有这个档案包。", remedy="检查档案包编号。")
    return _packages(session, [row])[0]


def find_package(session: orm.Session, package_id: str) -> PackageFacts | None:
    """Return a kept package by its id, None when there is none."""
    row = session.get(PackageRow, package_id)
    return _packages(session, [row])[0] if row is not None and row.state == KEPT else None


def packages_of(session: orm.Session, case_id: str, *, kept: bool = True) -> list[PackageFacts]:
    """Return a case's packages, latest generation first; those still being made only when asked for."""
    query = sa.select(PackageRow).where(PackageRow.case_id == case_id)
    if kept:
        query = query.where(PackageRow.state == KEPT)
    return _packages(session, session.scalars(query.order_by(PackageRow.generation.desc())).all())


def package_record(package: PackageFacts, volume: VolumeFacts | None = None) -> Record:
    """Return what the policy may know of a package, or of one of its volumes: each has a class of its own."""
    return Record(
        kind="package",
        id=package.id,
        agency_id=package.agency_id,
        case_id=package.case_id,
        secrecy=volume.secrecy if volume else package.secrecy,
    )


def volumes_with_blob(session: orm.Session, blob: str) -> list[tuple[PackageFacts, VolumeFacts]]:
    """Return the volumes of kept packages whose PDF has a digest."""
    query = (
        sa.select(PackageRow)
        .join(PackageVolumeRow, PackageVolumeRow.package_id == PackageRow.id)
        .where(PackageVolumeRow.blob == blob, PackageRow.state == KEPT)
    )
    return [(p, v) for p in _packages(session, session.scalars(query).all()) for v in p.volumes if v.blob == blob]


def find_packages(session: orm.Session, where: sa.ColumnElement[bool] | None = None) -> list[PackageFacts]:
    """Return kept packages that a condition over `PACKAGE_COLUMNS` holds for, latest first."""
    query = sa.select(PackageRow).where(PackageRow.state == KEPT)
    if where is not None:
        query = query.where(where)
    return _packages(session, session.scalars(query.order_by(PackageRow.kept_at.desc(), PackageRow.id.desc())).all())


def find_package_by_code(session: orm.Session, agency_id: str, code: str) -> PackageFacts | None:
    """Return the kept package with a volume of this archival code."""
    query = (
        sa.select(PackageRow)
        .join(PackageVolumeRow, PackageVolumeRow.package_id == PackageRow.id)
        .where(PackageVolumeRow.agency_id == agency_id, PackageVolumeRow.code == code, PackageRow.state == KEPT)
    )
    found = _packages(session, session.scalars(query).all())
    return found[0] if found else None


def items_of(session: orm.Session, package_id: str, volume: str | None = None) -> list[ItemFacts]:
    """Return the rows of the contents lists in order."""
    query = sa.select(PackageItemRow).where(PackageItemRow.package_id == package_id)
    if volume is not None:
        query = query.where(PackageItemRow.volume == volume)
    return [
        ItemFacts(**{**_named(r, ItemFacts), "recordings": tuple(r.recordings)})
        for r in session.scalars(query.order_by(PackageItemRow.volume, PackageItemRow.seq))
    ]


def arrangement_moves(session: orm.Session, case_id: str) -> list[Move]:
    """Return what was moved by hand in a case's volumes, in order."""
    query = sa.select(ArrangementMoveRow).where(ArrangementMoveRow.case_id == case_id).order_by(ArrangementMoveRow.seq)
    return [Move(**_named(r, Move)) for r in session.scalars(query)]


def files_of(session: orm.Session, package_id: str) -> list[FileFacts]:
    """Return the files of a package's payload by path."""
    query = sa.select(PackageFileRow).where(PackageFileRow.package_id == package_id).order_by(PackageFileRow.path)
    return [FileFacts(**_named(r, FileFacts)) for r in session.scalars(query)]


def checks_of(session: orm.Session, package_id: str) -> list[CheckFacts]:
    """Return the rows of the four-property report in order."""
    query = sa.select(PackageCheckRow).where(PackageCheckRow.package_id == package_id).order_by(PackageCheckRow.seq)
    return [CheckFacts(**_named(r, CheckFacts)) for r in session.scalars(query)]


def _packages(session: orm.Session, rows: Sequence[PackageRow]) -> list[PackageFacts]:
    ids = [r.id for r in rows]
    query = sa.select(PackageVolumeRow).where(PackageVolumeRow.package_id.in_(ids)).order_by(PackageVolumeRow.name)
    volumes = [VolumeFacts(**_named(r, VolumeFacts)) for r in session.scalars(query)] if ids else []
    return [
        PackageFacts(
            **{k: v for k, v in _named(row, PackageFacts).items() if k != "volumes"},
            volumes=tuple(v for v in volumes if v.package_id == row.id),
        )
        for row in rows
    ]


def _named(row: Base, facts: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in facts.__dataclass_fields__ if hasattr(row, name)}


def filer_of(session: orm.Session, package_id: str) -> str:
    """Return the name of who arranged a package."""
    return session.get_one(PackageRow, package_id).filer


def codes_of(session: orm.Session, package_id: str, *, fonds: str, year: int) -> dict[str, Code]:
    """Return the codes of a package by volume, the main one first."""
    query = sa.select(PackageVolumeRow).where(PackageVolumeRow.package_id == package_id).order_by(PackageVolumeRow.name)
    return {
        row.name: Code(
            text=row.code,
            fonds=fonds,
            year=year,
            catalogue_number=row.catalogue_number,
            file_number=row.file_number,
        )
        for row in session.scalars(query)
    }


def unfinished_ids(session: orm.Session) -> list[str]:
    """Return the packages that are being made: their unfinished folders stay."""
    return list(session.scalars(sa.select(PackageRow.id).where(PackageRow.state != KEPT)))


def codes_in_use(session: orm.Session, agency_id: str, *, besides: str) -> list[str]:
    """Return an agency's archival codes but those of one package."""
    query = sa.select(PackageVolumeRow.code).where(
        PackageVolumeRow.agency_id == agency_id, PackageVolumeRow.package_id != besides
    )
    return list(session.scalars(query))


def copies_of(session: orm.Session, case_id: str) -> list[CopyFacts]:
    """Return the copies made of a case, latest first."""
    query = sa.select(CopyRow).where(CopyRow.case_id == case_id).order_by(CopyRow.made_at.desc(), CopyRow.id.desc())
    return [copy_facts(row) for row in session.scalars(query)]


def copy_of_request(session: orm.Session, request_id: str) -> CopyFacts | None:
    """Return the copy that answers a request."""
    row = session.scalars(sa.select(CopyRow).where(CopyRow.request_id == request_id)).first()
    return copy_facts(row) if row else None


def find_copy(session: orm.Session, copy_id: str) -> CopyFacts | None:
    """Return a copy by its id, None when there is none."""
    row = session.get(CopyRow, copy_id)
    return copy_facts(row) if row else None


def copy_with_file(session: orm.Session, sha256: str) -> CopyFacts | None:
    """Return the copy whose bound file has these bytes, of whatever agency (the public page asks)."""
    row = session.scalars(sa.select(CopyRow).where(CopyRow.blob == sha256)).first()
    return copy_facts(row) if row else None


def copy_with_digest(session: orm.Session, agency_id: str, digest: str) -> CopyFacts | None:
    """Return the copy that a file is, by the digest of its bytes or of a clip's: whose hand it came from."""
    query = sa.select(CopyRow).where(CopyRow.agency_id == agency_id)
    for row in session.scalars(query.order_by(CopyRow.made_at.desc())):
        if digest in (row.blob, *(str(c.get("blob")) for c in row.clips)):
            return copy_facts(row)
    return None


def copy_facts(row: CopyRow) -> CopyFacts:
    """Return the facts of a copy's row."""
    return CopyFacts(**_named(row, CopyFacts))
