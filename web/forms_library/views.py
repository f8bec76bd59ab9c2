"""The bench of templates in the browser: the list by stage, one type, one version beside the product's own.

Page images come from the true pipeline: the samples of a type, drawn with the product's template or with a version of
the agency. They hold fictitious data only, so they are kept by what was drawn.
"""

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import accounts
from access.permissions import Permission
from access.policy import may_anywhere
from catalogue.definitions import STAGES, DocumentType
from catalogue.loading import load_catalogue
from catalogue.samples import sample
from catalogue.word_templates import STATE_NAMES, TemplateFacts, TemplateState
from foundation.clock import legal_date
from foundation.errors import BadInput, NotFound
from generator import bench, preview
from generator.bench import SAMPLE_TITLES
from generator.uploads import MOST_BYTES
from web import blobs
from web.forms import Form
from web.lookup import DOCX
from web.press import the_press
from web.security import signed_in, the_actor, the_context

library = Blueprint("library", __name__, url_prefix="/templates")

DPI = 60
"""Small pages, many beside each other; a click opens one large."""
LARGE = 110
TIERS = {"core": "核心", "implied": "配套", "optional": "按权限启用", "computed": "系统生成"}
LOOKS = {"proposed": "wait", "approved": "ok", "rejected": "mute", "retired": "mute"}
PARTS = {
    "propose": "承办",
    "review": "审核",
    "approve": "批准",
    "opinion": "意见",
    "sign": "签名",
    "receive": "签收",
    "witness": "见证",
}


@library.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show every type by stage with what draws it today."""
    rows = bench.bench(the_context(), the_actor())
    groups = [(title, [r for r in rows if r.definition.stage == stage]) for stage, title in STAGES.items()]
    return render_template("library.html", area="library", groups=groups, total=len(rows), tiers=TIERS)


@library.get("/<type_id>")
@signed_in
def form_type(type_id: str) -> ResponseReturnValue:
    """Show one type: fields, samples as pages, versions, and the place to hand a Word template in."""
    return _type_page(type_id, Form())


def _type_page(type_id: str, form: Form) -> str:
    rows = bench.bench(the_context(), the_actor())
    row = next((r for r in rows if r.definition.id == type_id), None)
    if row is None:
        raise NotFound("没有这种文书。", remedy="返回文书模板页面选择。")
    known = bench.versions(the_context(), the_actor(), type_id)
    kind = _kind(request.args.get("sample", ""))
    blob = row.in_force.blob if row.in_force else ""
    return render_template(
        "library_type.html",
        area="library",
        row=row,
        definition=row.definition,
        versions=known,
        names=_names(known),
        states=STATE_NAMES,
        looks=LOOKS,
        parts=PARTS,
        tiers=TIERS,
        stage=STAGES[row.definition.stage],
        kinds=SAMPLE_TITLES,
        kind=kind,
        pages=_count(type_id, kind, blob),
        version=row.in_force.id if row.in_force else "product",
        data=_sample(row.definition, kind),
        form=form,
        may_propose=may_anywhere(the_actor(), Permission.TEMPLATE_PROPOSE),
        most=MOST_BYTES >> 20,
    )


def _kind(words: str) -> str:
    return words if words in SAMPLE_TITLES else "ordinary"


def _sample(definition: DocumentType, kind: str) -> list[tuple[str, Any]]:
    """Return the sample's values under their labels."""
    values = sample(load_catalogue(the_context().settings.templates_dir), definition.id, kind)
    return [(f.label, values[f.name]) for f in definition.fields if values.get(f.name) not in (None, "", [])]


@library.get("/<type_id>/word.docx")
@signed_in
def word(type_id: str) -> ResponseReturnValue:
    """Answer with a Word template to edit: the product's own, or the version that the address names."""
    template_id = request.args.get("version", "")
    content = bench.word_file(the_context(), the_actor(), type_id, template_id)
    response = Response(content, mimetype=DOCX)
    response.headers["Content-Disposition"] = blobs.disposition(f"{type_id}.docx", as_file=True)
    return response


@library.post("/<type_id>")
@signed_in
def propose(type_id: str) -> ResponseReturnValue:
    """Take a Word template in when it passes scan and trial."""
    form = Form.posted()
    with form.attempt():
        content, name = _uploaded()
        facts = bench.propose(
            the_context(),
            the_actor(),
            type_id=type_id,
            content=content,
            file_name=name,
            note=form.said("note"),
            pool=the_press().pool,
        )
        flash("模板已通过检查和三种样例试制，等待法制机构负责人批准。", "success")
        return form.done(url_for("library.version", type_id=type_id, template_id=facts.id))
    return _type_page(type_id, form), form.status


def _uploaded() -> tuple[bytes, str]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise BadInput("没有选择 Word 文件。", remedy="选择修改后的 .docx 文件。", path="file")
    return sent.stream.read(MOST_BYTES + 1), sent.filename


@library.get("/<type_id>/versions/<template_id>")
@signed_in
def version(type_id: str, template_id: str) -> ResponseReturnValue:
    """Show a version beside the product's own template, sample by sample."""
    today = legal_date(the_context().clock.now()).isoformat()
    return _version_page(type_id, template_id, Form(values={"valid_from": today, "retired_from": today}))


def _version_page(type_id: str, template_id: str, form: Form) -> str:
    facts = _facts(type_id, template_id)
    definition = load_catalogue(the_context().settings.templates_dir).get(type_id)
    kind = _kind(request.args.get("sample", ""))
    pages = (_count(type_id, kind, ""), _count(type_id, kind, facts.blob))
    return render_template(
        "library_version.html",
        area="library",
        definition=definition,
        facts=facts,
        names=_names([facts]),
        states=STATE_NAMES,
        looks=LOOKS,
        kinds=SAMPLE_TITLES,
        kind=kind,
        old=pages[0],
        new=pages[1],
        form=form,
        is_own=facts.proposed_by == the_actor().account_id,
        is_outdated=facts.definition_digest != definition.digest,
        may_approve=may_anywhere(the_actor(), Permission.TEMPLATE_APPROVE),
        is_waiting=facts.state is TemplateState.PROPOSED,
        approved=facts.state is TemplateState.APPROVED,
    )


def _facts(type_id: str, template_id: str) -> TemplateFacts:
    facts = bench.version(the_context(), the_actor(), template_id)
    if facts.type != type_id:
        raise NotFound("没有这个模板版本。", remedy="返回文书模板页面选择。")
    return facts


@library.post("/<type_id>/versions/<template_id>/approve")
@signed_in
def approve(type_id: str, template_id: str) -> ResponseReturnValue:
    """Let a version hold from a day on."""
    form, own = Form.posted(), _facts(type_id, template_id)
    with form.attempt():
        day = _day(form, "valid_from")
        bench.approve(the_context(), the_actor(), template_id=own.id, valid_from=day)
        flash(f"模板自 {day} 起用于新开的文书；已开的文书不变。", "success")
        return form.done(url_for("library.version", type_id=type_id, template_id=own.id))
    return _version_page(type_id, template_id, form), form.status


@library.post("/<type_id>/versions/<template_id>/reject")
@signed_in
def reject(type_id: str, template_id: str) -> ResponseReturnValue:
    """Turn a version down."""
    form, own = Form.posted(), _facts(type_id, template_id)
    with form.attempt():
        bench.reject(the_context(), the_actor(), template_id=own.id, reason=form.said("reason"))
        flash("模板没有采用，理由已记录。", "success")
        return form.done(url_for("library.form_type", type_id=type_id))
    return _version_page(type_id, template_id, form), form.status


@library.post("/<type_id>/versions/<template_id>/retire")
@signed_in
def retire(type_id: str, template_id: str) -> ResponseReturnValue:
    """Take a version out of use from a day on."""
    form, own = Form.posted(), _facts(type_id, template_id)
    with form.attempt():
        day, reason = _day(form, "retired_from"), form.said("reason")
        bench.retire(the_context(), the_actor(), template_id=own.id, retired_from=day, reason=reason)
        flash(f"模板自 {day} 起停用。", "success")
        return form.done(url_for("library.version", type_id=type_id, template_id=own.id))
    return _version_page(type_id, template_id, form), form.status


def _day(form: Form, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(form.said(name))
    except ValueError:
        raise BadInput("日期没有填写或不是日期。", remedy="选择日期。", path=name) from None


@library.get("/<type_id>/pages/<version_id>/<kind>/<int:number>.png")
@signed_in
def page_image(type_id: str, version_id: str, kind: str, number: int) -> ResponseReturnValue:
    """Answer with one page of a sample, drawn with the product's template (`product`) or with a version."""
    if kind not in SAMPLE_TITLES:
        raise NotFound("没有这种样例。", remedy="返回文书模板页面选择。")
    blob = "" if version_id == "product" else _facts(type_id, version_id).blob
    dpi = LARGE if request.args.get("large") else DPI
    return Response(_page(_drawn(type_id, kind, blob), number, dpi), mimetype="image/png")


def _count(type_id: str, kind: str, blob: str) -> int:
    return preview.count(_drawn(type_id, kind, blob))


def _drawn(type_id: str, kind: str, blob: str) -> bytes:
    """Return a sample's PDF; kept by type, definition, sample and template."""
    digest = load_catalogue(the_context().settings.templates_dir).get(type_id).digest
    return _kept(type_id, digest, kind, blob)


@functools.lru_cache(maxsize=64)
def _kept(type_id: str, _digest: str, kind: str, blob: str) -> bytes:
    return the_press().pool.make(bench.sample_job(the_context(), type_id, kind, blob=blob)).pdf


@functools.lru_cache(maxsize=256)
def _page(pdf: bytes, number: int, dpi: int) -> bytes:
    return preview.pages(pdf, dpi, only=number - 1)[0]


def _names(known: Sequence[TemplateFacts]) -> dict[str, str]:
    """Return who handed in and who decided, by account."""
    wanted = {i for t in known for i in (t.proposed_by, t.decided_by) if i}
    with the_context().database.read() as session:
        return accounts.names_of(session, wanted)
