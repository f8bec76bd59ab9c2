"""Check a package or PDF that somebody drops on the page: streamed to disk, checked as long work, thrown away."""

import functools
from collections.abc import Iterator
from typing import IO
from urllib.parse import unquote

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission, may_anywhere
from archive import rechecking
from archive.names import safe_name
from foundation.errors import BadInput, Forbidden, NotFound
from foundation.jobs import JobFacts, job_facts
from web.forms import Form
from web.security import signed_in, the_actor, the_context

checking = Blueprint("checking", __name__)

PIECE = 1 << 20
PLAIN_MIB = 64
"""What a form without script can send."""


@checking.get("/checks")
@signed_in
def page() -> ResponseReturnValue:
    """Show where to drop a file."""
    _allowed()
    return _shown(Form())


@checking.post("/checks")
@signed_in
def bring() -> ResponseReturnValue:
    """Take a file: as the body itself from script, as a form field without."""
    _allowed()
    if request.mimetype == "application/octet-stream":
        request.max_content_length = rechecking.MOST_SENT
        name = safe_name(unquote(request.headers.get("X-File-Name", "")) or "文件")
        return jsonify({"to": _asked(_pieces(request.stream), name, request.content_length)})
    form = Form.posted()
    with form.attempt():
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise BadInput("没有选择文件。", remedy="选择档案包（ZIP）或 PDF。", path="file")
        return form.done(_asked(_pieces(sent.stream), safe_name(sent.filename), None))
    return _shown(form)


@checking.get("/checks/<job_id>")
@signed_in
def result(job_id: str) -> ResponseReturnValue:
    """Show how far a check is and what it found, to whoever asked for it."""
    with the_context().database.read() as session:
        job = job_facts(session, job_id)
    if job.kind != rechecking.BROUGHT or job.by != the_actor().account_id:
        raise NotFound("没有这次核验。", remedy="重新选择文件核验。")
    return _shown(Form(), job)


def _shown(form: Form, job: JobFacts | None = None) -> ResponseReturnValue:
    words = {"plain": PLAIN_MIB, "most": rechecking.MOST_SENT >> 30}
    return render_template("checks.html", area="packages", form=form, job=job, **words), form.status


def _allowed() -> None:
    if not may_anywhere(the_actor(), Permission.PACKAGE_READ):
        raise Forbidden("您没有查看档案包的权限。", remedy="由档案管理员核验；任何人都可以用包内的 verify.py 核验。")


def _asked(pieces: Iterator[bytes], name: str, expected: int | None) -> str:
    ctx = the_context()
    subject = rechecking.bring(ctx, pieces, name, expected)
    return url_for("checking.result", job_id=rechecking.ask_brought(ctx, the_actor(), subject, name))


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    yield from iter(functools.partial(stream.read, PIECE), b"")
