"""The archivist's pages: closed cases with their light, the desk of a case, packing with its progress."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from archive import completeness, desk, rearranging
from archive.arranging import CaseFile
from archive.casefile import case_file
from archive.computing import ARCHIVE_PERIOD
from archive.facts import MAIN, SIDE, VOLUME_TITLES
from archive.review import review
from casework import queries
from casework.queries.lists import closed_cases
from casework.views import office
from web.forms import Form
from web.lookup import Sight, sight
from web.paging import Paging, page_number, page_url
from web.security import signed_in, the_actor, the_context

filing = Blueprint("filing", __name__)

SIZE = 10
"""Cases a page: each is looked through for its light."""
LIGHTS = {"ok": "齐全", "wait": "请核对", "bad": "还缺"}
STATES = {
    "done": ("ok", "可入卷"),
    "waiting": ("wait", "待制作"),
    "mend": ("bad", "人工处理"),
    "apart": ("mute", "另行存放"),
}


@filing.get("/filing")
@signed_in
def index() -> ResponseReturnValue:
    """Show the closed cases that wait to be filed, each with its light."""
    page = page_number()
    with sight() as see:
        where = see.where("case", queries.CASE_COLUMNS)
        found, total = closed_cases(see.session, where, page=page, size=SIZE)
        return render_template(
            "filing.html",
            area="filing",
            rows=[_row(see, case.id) for case in found],
            lights=LIGHTS,
            paging=Paging(page=page, size=SIZE, total=total),
            page_url=page_url(),
        )


def _row(see: Sight, case_id: str) -> dict[str, object]:
    at = office(see.ctx, see.session)
    file = case_file(at, case_id)
    rows = completeness.completeness(at, see.actor, file)
    gaps = sum(len(r.gaps) for r in rows)
    due = next((d for d in queries.deadlines_of(see.session, case_id) if d.kind == ARCHIVE_PERIOD), None)
    return {"case": file.case, "light": completeness.light(rows), "gaps": gaps, "due": due, "today": at.today}


@filing.get("/cases/<case_id>/filing")
@signed_in
def case(case_id: str) -> ResponseReturnValue:
    """Show a case file as it lies before the archivist."""
    return _shown(case_id, Form())


def _shown(case_id: str, form: Form) -> ResponseReturnValue:
    with sight() as see:
        facts = see.case(case_id)
        see.require(Permission.PACKAGE_MAKE, facts)
        at = office(see.ctx, see.session)
        file = case_file(at, case_id)
        shown = desk.desk(at, file)
        rows = completeness.completeness(at, see.actor, file)
        readable = {d.id for d in see.seen(file.documents)}
        return render_template(
            "filing_case.html",
            area="filing",
            case=facts,
            desk=shown,
            rows=rows,
            light=completeness.light(rows),
            lights=LIGHTS,
            review=review(rows, queries.flags_of(see.session, case_id), queries.deadlines_of(see.session, case_id)),
            states=STATES,
            readable=readable,
            moves=[{"move": m, "title": _title(file, m.document_id)} for m in file.moves],
            volumes=VOLUME_TITLES,
            may_move=shown.package is None and facts.archived_on is None,
            form=form,
        ), form.status


def _title(file: CaseFile, document_id: str) -> str:
    found = file.document(document_id)
    return found.title if found else ""


@filing.post("/cases/<case_id>/filing/move")
@signed_in
def move(case_id: str) -> ResponseReturnValue:
    """Put a paper in another place."""
    form = Form.posted()
    with form.attempt():
        place = form.said("place").partition(":")
        volume = place[0] if place[0] in (MAIN, SIDE) else form.said("origin")
        rearranging.move(
            the_context(),
            the_actor(),
            case_id=case_id,
            document_id=form.said("document"),
            origin=form.said("origin"),
            volume=volume,
            before_id=place[2],
            reason=form.said("reason"),
        )
        return form.done(url_for("filing.case", case_id=case_id, _anchor="volumes"))
    return _shown(case_id, form)


@filing.post("/cases/<case_id>/filing/reset")
@signed_in
def reset(case_id: str) -> ResponseReturnValue:
    """Let the order go back to the rule's."""
    form = Form.posted()
    with form.attempt():
        rearranging.reset(the_context(), the_actor(), case_id=case_id, reason=form.said("reset_reason"))
        return form.done(url_for("filing.case", case_id=case_id, _anchor="volumes"))
    return _shown(case_id, form)


@filing.post("/cases/<case_id>/filing/pack")
@signed_in
def pack(case_id: str) -> ResponseReturnValue:
    """Arrange, bind, check and keep a case as long work; what failed is taken up where it failed."""
    form = Form.posted()
    with form.attempt():
        desk.ask_pack(the_context(), the_actor(), case_id)
        return redirect(url_for("filing.case", case_id=case_id, _anchor="pack"), code=303)
    return _shown(case_id, form)
