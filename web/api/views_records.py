"""Recordings, periods, search and packages."""

from flask import Response

from access.permissions import Permission
from archive import queries as packages
from casework import queries, sealing
from casework.queries.slices import DeadlineFilter, deadlines_after
from foundation.errors import NotFound
from search.asking import find
from web import blobs
from web.api import cursors
from web.api import models_in as given
from web.api import models_out as out
from web.api.kinds import Paged
from web.api.registry import get
from web.api.views_cases import recording_of
from web.blobs import Held
from web.lookup import sight
from web.security import the_actor, the_context

READ = [Permission.RECORDING_READ]
TAG, PERIODS, SEARCH, PACKAGES = "音像记录", "期限", "检索", "档案包"
FARTHEST = 200
"""Pages of a search; what lies farther is found by narrowing."""


@get("/recordings/{recording_id}", out.Recording, tag=TAG, title="一条音像记录", scopes=READ)
def get_recording(recording_id: str) -> out.Recording:
    """Return the facts of a recording."""
    with sight() as see:
        return recording_of(see.recording(recording_id))


@get("/recordings/{recording_id}/file", None, tag=TAG, title="原始文件；取走留有记录", scopes=READ)
def get_recording_file(recording_id: str) -> Response:
    """Answer with the original."""
    with sight() as see:
        facts = see.recording(recording_id)
    if not facts.blob:
        raise NotFound("文件还没有存入。", remedy="结束后 24 小时内上传。")
    about = sealing.about_recording(facts)
    held = Held(
        record=queries.recording_record(facts),
        name=f"{facts.number} {facts.file_name}",
        media_type=facts.media_type,
        size=blobs.size_of(facts.blob, about),
        blob=facts.blob,
        about=about,
    )
    return blobs.deliver(held, as_file=True)


@get(
    "/deadlines",
    out.Deadlines,
    tag=PERIODS,
    title="可以查看的案件的期限，先到的在前",
    scopes=[Permission.CASE_READ],
    query=given.DeadlineQuery,
)
def list_deadlines(query: given.DeadlineQuery) -> out.Deadlines:
    """List periods over all cases."""
    seen = cursors.read(query.after, 2)
    place = (cursors.instant(seen[0]), seen[1]) if seen else None
    wanted = DeadlineFilter(until=query.until, duty_of=query.duty_of, running=query.running)
    with sight() as see:
        where = see.where("case", queries.CASE_COLUMNS)
        found = deadlines_after(see.session, where, wanted, place=place, size=query.limit)
    rows, more = cursors.cut(found, query.limit, lambda d: cursors.written(d.end.isoformat(), d.id))
    return out.Deadlines(items=[out.Deadline.model_validate(d) for d in rows], next=more)


@get("/search", out.Found, tag=SEARCH, title="检索", scopes=[Permission.SEARCH], query=given.SearchQuery)
def ask_search(query: given.SearchQuery) -> out.Found:
    """Search what may be found."""
    results = find(the_context(), the_actor(), query.q, page=_page(query.after), size=query.limit)
    more = cursors.written(str(results.page + 1)) if results.page < results.pages else None
    items = [out.Hit(**{n: str(getattr(h, n)) for n in out.Hit.model_fields}) for h in results.hits]
    return out.Found(total=results.total, notice=results.notice, items=items, next=more)


def _page(after: str) -> int:
    seen = cursors.read(after, 1)
    if seen is None:
        return 1
    if not (seen[0].isascii() and seen[0].isdigit() and len(seen[0]) < 5 and 0 < int(seen[0]) <= FARTHEST):  # noqa: PLR2004 - digits
        raise cursors.unknown()
    return int(seen[0])


@get("/packages", out.Packages, tag=PACKAGES, title="档案包，新的在前", scopes=[Permission.PACKAGE_READ], query=Paged)
def list_packages(query: Paged) -> out.Packages:
    """List packages."""
    seen = cursors.read(query.after, 1)
    with sight() as see:
        found = packages.find_packages(see.session, see.where("package", packages.PACKAGE_COLUMNS))
    ids = [p.id for p in found]
    if seen and seen[0] not in ids:
        raise cursors.unknown()
    rest = found[ids.index(seen[0]) + 1 :] if seen else found
    rows, more = cursors.cut(rest, query.limit, lambda p: cursors.written(p.id))
    return out.Packages(items=[out.Package.model_validate(p) for p in rows], next=more)


@get("/packages/{package_id}", out.Package, tag=PACKAGES, title="一个档案包", scopes=[Permission.PACKAGE_READ])
def get_package(package_id: str) -> out.Package:
    """Return a package."""
    with sight() as see:
        return out.Package.model_validate(see.package(package_id))


@get(
    "/packages/{package_id}/volumes/{name}",
    None,
    tag=PACKAGES,
    title="一卷的 PDF；取走留有记录",
    scopes=[Permission.PACKAGE_READ],
)
def get_volume(package_id: str, name: str) -> Response:
    """Answer with a volume's PDF."""
    with sight() as see:
        facts = see.package(package_id)
        found = see.volume(facts, name)
    if not found.blob:
        raise NotFound("没有这一卷。", remedy="在档案包的 volumes 中选择。")
    size, kind, record = blobs.size_of(found.blob), "application/pdf", packages.package_record(facts, found)
    held = Held(record=record, name=f"{found.code}.pdf", media_type=kind, size=size, blob=found.blob)
    return blobs.deliver(held, as_file=True)
