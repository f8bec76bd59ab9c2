"""Packages with their volumes, reports and downloads."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from archive import queries, rechecking
from archive.facts import VOLUME_TITLES, CheckFacts
from archive.layout import folder_of
from foundation.errors import NotFound
from foundation.jobs import jobs_of
from web import blobs
from web.blobs import Held
from web.lookup import record_of, sight
from web.paging import Paging, page_number, page_url
from web.security import signed_in, the_actor, the_context
from web.zipping import zipped

packages = Blueprint("packages", __name__)

SIZE = 20
RESULTS = {
    "passed": ("ok", "合格"),
    "failed": ("bad", "不合格"),
    "manual": ("wait", "人工确认"),
    "not_done": ("mute", "未检测"),
}


@packages.get("/packages")
@signed_in
def index() -> ResponseReturnValue:
    """Show the packages that the viewer may see."""
    page = page_number()
    with sight() as see:
        found = queries.find_packages(see.session, see.where("package", queries.PACKAGE_COLUMNS))
    return render_template(
        "packages.html",
        area="packages",
        rows=found[(page - 1) * SIZE : page * SIZE],
        paging=Paging(page=page, size=SIZE, total=len(found)),
        page_url=page_url(),
    )


@packages.get("/packages/<package_id>")
@signed_in
def package(package_id: str) -> ResponseReturnValue:
    """Show one package, with the last check of it."""
    with sight() as see:
        facts = see.package(package_id)
        volumes = [v for v in facts.volumes if see.may_open(facts, v)]
        checking = jobs_of(see.session, kind=rechecking.CHECK, subject=package_id, limit=1)
        return render_template(
            "package.html",
            area="packages",
            package=facts,
            case=see.case_of(facts.case_id),
            volumes=[{"facts": v, "label": VOLUME_TITLES[v.name]} for v in volumes],
            items=queries.items_of(see.session, package_id),
            checks=_by_property(queries.checks_of(see.session, package_id)),
            results=RESULTS,
            checking=checking[0] if checking else None,
            may_check=see.may(Permission.PACKAGE_CHECK, facts),
        )


@packages.get("/packages/<package_id>/volumes/<name>.pdf")
@signed_in
def volume(package_id: str, name: str) -> ResponseReturnValue:
    """Answer with a volume's PDF."""
    with sight() as see:
        facts = see.package(package_id)
        found = see.volume(facts, name)
    if not found.blob:
        raise NotFound("没有这一卷。", remedy="返回档案包页面选择。")
    held = Held(
        record=queries.package_record(facts, found),
        name=f"{VOLUME_TITLES[name]} {found.code}.pdf",
        media_type="application/pdf",
        size=blobs.size_of(found.blob),
        blob=found.blob,
    )
    return blobs.deliver(held, as_file=False)


@packages.get("/packages/<package_id>/package.zip")
@signed_in
def whole(package_id: str) -> ResponseReturnValue:
    """Answer with the whole package as one file."""
    with sight() as see:
        facts = see.package(package_id)
    folder = folder_of(the_context(), facts)
    name = f"{facts.slug}_v{facts.generation}"
    held = Held(record=record_of(facts), name=f"{name}.zip", media_type="application/zip", size=facts.size)
    return blobs.deliver_stream(held, zipped(folder, name))


@packages.post("/packages/<package_id>/check")
@signed_in
def check(package_id: str) -> ResponseReturnValue:
    """Ask for every file of a package to be read again."""
    with sight() as see:
        see.require(Permission.PACKAGE_CHECK, see.package(package_id))
    rechecking.ask_check(the_context(), the_actor(), package_id)
    return redirect(url_for("packages.package", package_id=package_id, _anchor="check"), code=303)


def _by_property(checks: list[CheckFacts]) -> list[tuple[str, list[CheckFacts]]]:
    found: dict[str, list[CheckFacts]] = {}
    for one in checks:
        found.setdefault(one.property, []).append(one)
    return list(found.items())
