"""Adding recordings: announced while the device runs, uploaded after it; from the desk, or from one's phone by a code.

Small files come with the plain form, large ones by `web.uploads` from the same page; both end at one door
(`casework.operations.receiving`). A file that is refused at the end stays, and its page asks what is missing.
"""

from urllib.parse import urlsplit

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from access import phones
from access.facts import Actor
from access.policy import Permission
from casework import queries
from casework.facts import CaseFacts
from casework.operations import receiving, recordings
from foundation import uploads
from foundation.errors import AnjuanError, BadInput, NotFound, Unavailable
from foundation.paces import Pace, within
from foundation.uploads import Wanted
from web.forms import Form
from web.lookup import Sight, sight
from web.phones import KEY, the_guest, the_sender
from web.recordings.showing import against, choices
from web.security import signed_in, the_actor, the_context

adding = Blueprint("adding", __name__)

WORDS = ("kind", "scene", "place", "operator_id", "device_no", "started_at", "ended_at", "summary", "secrecy")
MORE = ("late_reason", "party_informed", "interrupted", "twice")
PACE = Pace(burst=20, refill_s=3.0)
"""How often an address may try codes: a code has 59 bits."""
HERE = frozenset(["127.0.0.1", "localhost", "::1"])
"""Names by which no phone finds this server."""
INVITED = "invited"
"""Where the cookie keeps the code that is on the screen."""


@adding.get("/cases/<case_id>/recordings/new")
@signed_in
def new(case_id: str) -> ResponseReturnValue:
    """Show the form."""
    with sight() as see:
        return _page(see, see.case(case_id), Form(values={"party_informed": "1", **request.args}))


@adding.post("/cases/<case_id>/recordings/new")
@signed_in
def add(case_id: str) -> ResponseReturnValue:
    """Announce a recording, or take its file with it."""
    with sight() as see:
        see.case(case_id)
    form = Form.posted()
    with form.attempt():
        files = [f for f in request.files.getlist("file") if f.filename]
        return form.done(_received(case_id, form, files) if files else _announced(case_id, form))
    with sight() as see:
        return _page(see, see.case(case_id), form), form.status


def _page(see: Sight, case: CaseFacts, form: Form) -> str:
    papers = see.seen(queries.documents_of(see.session, case.id))
    return render_template(
        "recording_new.html",
        area="cases",
        case=case,
        form=form,
        papers=[(d.id, d.title) for d in papers],
        against=against(see, Permission.RECORDING_ADD, case),
        most=uploads.most(see.ctx),
        **choices(see, case),
    )


def _announced(case_id: str, form: Form) -> str:
    words = {name: form.said(name) for name in WORDS}
    now = the_context().clock.now()
    known = recordings.announce_recording(
        the_context(),
        the_actor(),
        **receiving.announcement(case_id, words, the_actor().person_id),
        started_at=receiving.moment_of(words, "started_at") or now,
        party_informed=bool(form.said("party_informed")),
        document_ids=form.all("documents"),
    )
    if ended := receiving.moment_of(words, "ended_at"):
        recordings.end_recording(the_context(), the_actor(), recording_id=known.id, ended_at=ended)
    return url_for("recordings.recording", recording_id=known.id)


def _received(case_id: str, form: Form, files: list[FileStorage]) -> str:
    words = {name: form.said(name) for name in (*WORDS, *MORE)}
    words["documents"] = " ".join(form.all("documents"))
    done = [take(the_actor(), receiving.NEW, case_id, file, words) for file in files]
    return done[0] if len(done) == 1 else url_for("cases.case", case_id=case_id) + "#recordings"


def take(actor: Actor, purpose: str, subject: str, file: FileStorage, words: dict[str, str]) -> str:
    """Take a file that came with a plain form as a finished upload; return the page of what became of it."""
    ctx = the_context()
    length = file.stream.seek(0, 2)
    file.stream.seek(0)
    name = file.filename or ""
    wanted = Wanted(
        agency_id=actor.agency_id,
        by=actor.account_id,
        purpose=purpose,
        subject=subject,
        length=length,
        file_name=name,
        words=words,
    )
    upload = uploads.begin(ctx, wanted)
    uploads.append(ctx, upload, 0, file.stream)
    try:
        return uploads.finish(ctx, upload.id).target
    except AnjuanError:
        return url_for("uploads.upload", upload_id=upload.id)


# --- a phone ----------------------------------------------------------------------------------------------------------


@adding.get("/cases/<case_id>/phone")
@signed_in
def phone(case_id: str) -> ResponseReturnValue:
    """Show the code that lets one's phone into a case, and the phones that are in."""
    with sight() as see:
        case = see.case(case_id)
        found = against(see, Permission.RECORDING_ADD, case)
        known = [p for p in phones.phones_of(see.session, see.actor, case_id) if p.is_open(see.ctx.clock.now())]
    held = session.get(INVITED) or {}
    code = held.get("code", "") if held.get("case") == case_id else ""
    url = f"{the_context().settings.public_url.rstrip('/')}{url_for('adding.scanned', code=code)}" if code else ""
    image = segno.make(url, error="m").svg_data_uri(scale=6, border=3) if url else ""
    return render_template(
        "phone.html",
        area="cases",
        case=case,
        url=url,
        image=image,
        phones=known,
        against=found,
        minutes=int(phones.OPENS.total_seconds()) // 60,
        is_far=urlsplit(the_context().settings.public_url).hostname not in HERE,
    )


@adding.post("/cases/<case_id>/phone")
@signed_in
def invite(case_id: str) -> ResponseReturnValue:
    """Make a new code; earlier ones open nothing any more."""
    with sight() as see:
        case = see.case(case_id)
        see.require(Permission.RECORDING_ADD, case)
    session[INVITED] = {"case": case_id, "code": phones.invite(the_context(), the_actor(), case_id)}
    return redirect(url_for("adding.phone", case_id=case_id), code=303)


@adding.post("/cases/<case_id>/phone/<phone_id>/end")
@signed_in
def put_out(case_id: str, phone_id: str) -> ResponseReturnValue:
    """Put a phone out."""
    phones.end(the_context(), the_actor(), phone_id)
    flash("已断开手机。", "success")
    return redirect(url_for("adding.phone", case_id=case_id), code=303)


@adding.get("/p/<code>")
def scanned(code: str) -> ResponseReturnValue:
    """Ask on the phone before the code is used: a preview of the link must not use it up."""
    return render_template("phone_open.html", code=code)


@adding.post("/p/<code>")
def let_in(code: str) -> ResponseReturnValue:
    """Use the code; the phone may add to its case from now on."""
    if not within(the_context(), "phone", request.remote_addr or "", PACE):
        raise Unavailable("尝试次数过多。", remedy="一分钟后再试。")
    try:
        token, case_id = phones.open_code(the_context(), code)
    except NotFound as error:
        raise BadInput(error.message, remedy=error.remedy) from error
    session[KEY] = token
    return redirect(url_for("adding.capture", case_id=case_id), code=303)


@adding.get("/cases/<case_id>/capture")
def capture(case_id: str) -> ResponseReturnValue:
    """Show the page of the phone: photo, video, sound, straight into the case."""
    with sight(the_sender(case_id)) as see:
        case = see.case(case_id)
        see.require(Permission.RECORDING_ADD, case)
        return render_template("capture.html", case=case, guest=the_guest(), sender=see.actor, **choices(see, case))


@adding.post("/cases/<case_id>/capture")
def captured(case_id: str) -> ResponseReturnValue:
    """Take files that came with the plain form of the phone's page."""
    actor = the_sender(case_id)
    words = {name: request.form.get(name, "").strip() for name in (*WORDS, *MORE)}
    files = [f for f in request.files.getlist("file") if f.filename]
    shown = [take(actor, receiving.NEW, case_id, f, words) for f in files]
    waits = [target for target in shown if target.startswith(url_for("uploads.index"))]
    return redirect(waits[0] if waits else url_for("adding.capture", case_id=case_id), code=303)
