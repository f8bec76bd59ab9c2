"""The tus server, and pages for people: what is not finished, what is wrong with one, plain forms without script.

Bytes and offsets are `foundation.uploads`; what becomes of a file is its purpose's. An upload is its beginner's alone:
to everybody else it does not exist. A phone that was let into a case sends to that case.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import recordings
from casework.media import KINDS
from casework.operations import receiving
from foundation import uploads as door
from foundation.errors import AnjuanError, BadInput, Conflict
from foundation.upload_parts import Busy, Checksum, Mismatch
from foundation.uploads import UploadFacts, Wanted
from web.phones import the_guest, the_sender
from web.security import csrf_token, the_context
from web.uploads import tus

uploads = Blueprint("uploads", __name__)

NO_CONTENT, CREATED = 204, 201
STATUS: Mapping[type[AnjuanError], int] = {Mismatch: tus.MISMATCH, Busy: 423}
"""What the protocol calls errors that have another number elsewhere."""


@uploads.before_request
def _same_version() -> ResponseReturnValue | None:
    """Refuse another version of the protocol; people's forms and looks name none."""
    said = request.headers.get("Tus-Resumable")
    is_tus = request.method in ("HEAD", "PATCH", "DELETE") or (
        request.method == "POST" and "Upload-Length" in request.headers
    )
    if is_tus and said != tus.VERSION:
        return Response(status=412, headers={"Tus-Version": tus.VERSION})
    return None


@uploads.after_request
def _versioned(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    return response


@uploads.errorhandler(Mismatch)
@uploads.errorhandler(Busy)
def _protocol_error(error: AnjuanError) -> ResponseReturnValue:
    body = {"error": error.code, "message": error.message, "remedy": error.remedy, "findings": []}
    return jsonify(body), STATUS[type(error)]


@uploads.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
def options() -> ResponseReturnValue:
    """Say what the server can do."""
    return Response(status=NO_CONTENT, headers=tus.offered(door.most(the_context())))


@uploads.post("/uploads", provide_automatic_options=False)
def begin() -> ResponseReturnValue:
    """Begin an upload."""
    told = tus.metadata(request.headers.get("Upload-Metadata", ""))
    actor = the_sender()
    wanted = Wanted(
        agency_id=actor.agency_id,
        by=actor.account_id,
        purpose=told.get("purpose", ""),
        subject=told.get("subject", ""),
        length=tus.number(request.headers, "Upload-Length"),
        file_name=told.get("filename", ""),
        sha256=told.get("sha256", "").lower(),
        words={name: text for name, text in told.items() if name not in tus.OWN},
    )
    _keep_to_case(wanted)
    upload = door.begin(the_context(), wanted)
    response = Response(status=CREATED, headers=tus.facts(upload, 0))
    response.headers["Location"] = url_for("uploads.upload", upload_id=upload.id)
    return response


def _keep_to_case(wanted: Wanted) -> None:
    if (guest := the_guest()) is not None:
        the_sender(wanted.subject or "-")
        if wanted.purpose != receiving.NEW or wanted.subject != guest.case_id:
            raise BadInput("手机只能向所连接的案件上传。", remedy="在电脑上办理。", path="purpose")


@uploads.get("/uploads", provide_automatic_options=False)
def index() -> ResponseReturnValue:
    """Show what one has begun and not finished."""
    ctx, actor = the_context(), the_sender()
    with ctx.database.read() as session:
        known = door.unfinished(session, actor.account_id)
    rows = [_state(u) for u in known if _is_within(u)]
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"csrf": csrf_token(), "uploads": rows})
    return render_template("uploads.html", area="uploads", rows=rows)


def _is_within(upload: UploadFacts) -> bool:
    guest = the_guest()
    return guest is None or upload.subject == guest.case_id


@uploads.get("/uploads/<upload_id>", provide_automatic_options=False)
def upload(upload_id: str) -> ResponseReturnValue:
    """Tell how far an upload is (HEAD), or show what is wrong with it."""
    one = _own(upload_id)
    if request.method == "HEAD":
        return Response(status=200, headers=tus.facts(one, door.offset(the_context(), one)))
    state = _state(one)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(state)
    if one.target:
        return redirect(_after(one), code=303)
    asks = one.purpose in (receiving.NEW, receiving.OF_ANNOUNCED)
    kinds = list(dict.fromkeys(KINDS))
    return render_template("upload.html", area="uploads", upload=one, state=state, asks=asks, kinds=kinds)


@uploads.patch("/uploads/<upload_id>", provide_automatic_options=False)
def write(upload_id: str) -> ResponseReturnValue:
    """Write a piece; the last one finishes the upload."""
    request.max_content_length = None
    one, ctx = _own(upload_id), the_context()
    if request.mimetype != tus.PIECE:
        return Response(status=415)
    at = tus.number(request.headers, "Upload-Offset")
    said = request.headers.get("Upload-Checksum")
    there = door.append(ctx, one, at, tus.Line(request.stream), Checksum.parse(said) if said else None)
    if there == one.length:
        _try_to_finish(one)
    return Response(status=NO_CONTENT, headers=tus.facts(one, there))


def _try_to_finish(one: UploadFacts) -> UploadFacts | None:
    """Finish an upload; what is wrong stays with it, for its page to tell."""
    try:
        return door.finish(the_context(), one.id)
    except AnjuanError:
        return None


@uploads.delete("/uploads/<upload_id>", provide_automatic_options=False)
def end(upload_id: str) -> ResponseReturnValue:
    """Give an upload up."""
    door.drop(the_context(), _own(upload_id))
    return Response(status=NO_CONTENT)


@uploads.post("/uploads/<upload_id>", provide_automatic_options=False)
def overridden(upload_id: str) -> ResponseReturnValue:
    """Do what `X-HTTP-Method-Override` says, where something between lets only GET and POST through."""
    done = {"PATCH": write, "DELETE": end}.get(request.headers.get("X-HTTP-Method-Override", "").upper())
    if done is None:
        return Response(status=405, headers={"Allow": "GET, HEAD, PATCH, DELETE"})
    return done(upload_id)


@uploads.post("/uploads/<upload_id>/finish")
def finish(upload_id: str) -> ResponseReturnValue:
    """Finish a whole upload, with answers to what was wrong."""
    one = _own(upload_id)
    words = {k: v.strip() for k, v in request.form.items() if k not in ("csrf", "once")}
    try:
        done = door.finish(the_context(), one.id, words)
    except (BadInput, Conflict) as error:
        return _still_wrong(one, error)
    return redirect(_after(done), code=303)


def _after(done: UploadFacts) -> str:
    """Return where to go on: a phone sees nothing but the page by which it sends."""
    guest = the_guest()
    return url_for("adding.capture", case_id=guest.case_id) if guest else done.target


def _still_wrong(one: UploadFacts, error: AnjuanError) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        raise error
    flash(f"{error.message}{error.remedy}", "danger")
    return redirect(url_for("uploads.upload", upload_id=one.id), code=303)


@uploads.post("/uploads/<upload_id>/drop")
def drop(upload_id: str) -> ResponseReturnValue:
    """Give an upload up, by a form."""
    door.drop(the_context(), _own(upload_id))
    flash("已放弃这次上传，已收到的部分已删除。", "success")
    return redirect(url_for("uploads.index"), code=303)


def _own(upload_id: str) -> UploadFacts:
    ctx, actor = the_context(), the_sender()
    with ctx.database.read() as session:
        found = door.upload_facts(session, upload_id, actor.account_id)
    if not _is_within(found):
        the_sender(found.subject or "-")
    return found


def _state(one: UploadFacts) -> dict[str, Any]:
    """Return an upload as pages and scripts need it."""
    there = door.offset(the_context(), one)
    name = "done" if one.finished_at else "fault" if one.fault else "whole" if there == one.length else "open"
    return {
        "id": one.id,
        "url": url_for("uploads.upload", upload_id=one.id),
        "state": name,
        "purpose": one.purpose,
        "title": door.PURPOSES[one.purpose].title if one.purpose in door.PURPOSES else one.purpose,
        "subject": one.subject,
        "file_name": recordings.display_name(one.file_name),
        "length": one.length,
        "offset": there,
        "target": one.target,
        "fault": dict(one.fault),
        "begun_at": one.begun_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
    }
