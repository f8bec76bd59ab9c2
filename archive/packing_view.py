"""What the steps of packing look at: a package with its case, its chain, its files, its folders."""

import datetime as dt
from pathlib import Path

from archive import queries
from archive.casefile import case_file, office_of
from archive.checks_api import Payload
from archive.facts import FileFacts, PackageFacts
from archive.layout import REPORT_JSON, REPORT_PDF, incoming_folder, packages_folder, relative_folder
from archive.payload import Contents
from foundation import journal
from foundation.canonical import canonical
from foundation.context import Context
from foundation.journal import Event
from generator.seal_checking import seals_of


def contents_of(ctx: Context, package_id: str) -> Contents:
    """Return all that a package is made of; papers as they stand, which nothing changes any more."""
    with ctx.database.read() as session:
        package = queries.package_facts(session, package_id)
        file = case_file(office_of(ctx, session), package.case_id, filer=package.filer)
        return Contents(package=package, file=file, items=tuple(queries.items_of(session, package_id)))


def event_line(event: Event) -> bytes:
    """Return an event as canonical JSON, exactly what its hash is taken over, and the hash."""
    moments = {
        k: getattr(event, k).astimezone(dt.UTC).isoformat(timespec="microseconds") for k in ("at", "recorded_at")
    }
    return canonical({**vars(event), **moments})


def events_of(ctx: Context, package: PackageFacts) -> list[Event]:
    """Return the case's chain as far as the package carries it."""
    with ctx.database.read() as session:
        return [e for e in journal.events(session, f"case:{package.case_id}") if e.seq <= package.head_seq]


def work_folder(ctx: Context, package_id: str) -> Path:
    """Return where a package is put together."""
    return incoming_folder(ctx) / package_id


def final_folder(ctx: Context, package: PackageFacts) -> Path:
    """Return where a package will stand."""
    return packages_folder(ctx) / relative_folder(package)


def read_package(ctx: Context, package_id: str) -> PackageFacts:
    """Return a package as it stands."""
    with ctx.database.read() as session:
        return queries.package_facts(session, package_id)


def planned_files(ctx: Context, package_id: str) -> list[FileFacts]:
    """Return the files of a payload before its report."""
    with ctx.database.read() as session:
        files = queries.files_of(session, package_id)
    return [f for f in files if f.path not in (REPORT_JSON, REPORT_PDF)]


def being_made(ctx: Context) -> list[str]:
    """Return the packages whose unfinished folders stay."""
    with ctx.database.read() as session:
        return queries.unfinished_ids(session)


def payload_of(ctx: Context, contents: Contents, files: list[FileFacts], root: Path) -> Payload:
    """Return what the four-property checks look at."""
    with ctx.database.read() as session:
        codes = queries.codes_in_use(session, contents.package.agency_id, besides=contents.package.id)
    return Payload(
        contents=contents,
        files=files,
        root=root,
        events=events_of(ctx, contents.package),
        codes_in_use=codes,
        broken_seals=[f.what for f in files if f.what.endswith("（签章原件）") and not _is_whole(root / f.path)],
    )


def _is_whole(path: Path) -> bool:
    states = seals_of(path.read_bytes())
    return bool(states) and all(s.is_intact for s in states)
