"""A paper before one who signs it: its pages, what stands out, what changed, the slots; giving back; issuing."""

import base64
import binascii
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from access.policy import Permission
from casework import comparing, queries, sealing
from casework.comparing import FieldChange
from casework.facts import DocumentFacts
from casework.operations import documents, missing
from casework.operations.slots import slots_of
from casework.views import office
from foundation.errors import BadInput, Finding
from generator import issuing
from web import blobs
from web.documents.actions import OPEN
from web.documents.views import drawn_of
from web.drafting import previews
from web.forms import Form
from web.lookup import Sight, sight
from web.press import the_press
from web.security import signed_in, the_actor, the_context

signing = Blueprint("signing", __name__)

PNG_URL = "data:image/png;base64,"
MOST_DATA = 400_000
"""Characters of a drawn signature in a form."""


@signing.get("/documents/<document_id>/sign")
@signed_in
def page(document_id: str) -> ResponseReturnValue:
    """Show a paper to one who may sign it."""
    with sight() as see:
        return _page(see, document_id, Form())


@signing.post("/documents/<document_id>/sign/<slot>")
@signed_in
def sign(document_id: str, slot: str) -> ResponseReturnValue:
    """Sign a slot, or record a signature, or a refusal, of a person outside the office."""
    form = Form.posted()
    with form.attempt():
        signed = documents.fill_slot(
            the_context(),
            the_actor(),
            document_id=document_id,
            slot=slot,
            values={k.removeprefix("value."): form.said(k) for k in form.values if k.startswith("value.")},
            name=form.said("name"),
            method=form.said("method") or "screen",
            image=_pad(form),
            refused=form.said("refused"),
            witness=form.said("witness"),
            content_digest=form.said("digest"),
        )
        flash(f"《{signed.title}》已签署。", "success")
        return form.done(url_for("documents.document", document_id=document_id))
    form.values = {**form.values, "slot": slot}
    with sight() as see:
        return _page(see, document_id, form), form.status


def drawn_signature(sent: str) -> bytes:
    """Return the PNG of a drawn signature; nothing was drawn: nothing.

    Raises:
        BadInput: It is no picture, or too large.
    """
    if not sent:
        return b""
    try:
        if len(sent) > MOST_DATA or not sent.startswith(PNG_URL):
            raise BadInput("签名图片不完整。", remedy="清除后重新签名。", path="image")
        return base64.b64decode(sent.removeprefix(PNG_URL), validate=True)
    except binascii.Error as error:
        raise BadInput("签名图片不完整。", remedy="清除后重新签名。", path="image") from error


def _pad(form: Form) -> bytes:
    """Return what was drawn in the pad; who signs on this screen, and is not of the office, has to draw.

    Raises:
        BadInput: Nothing was drawn.
    """
    image = drawn_signature(form.said("image"))
    if not image and form.said("method") == "screen" and not form.said("refused"):
        remedy = "请对方在签名框内签名；已在纸上签的，选“已在纸质件上签”。"
        raise BadInput("还没有手写签名。", remedy=remedy, path="image")
    return image


def _page(see: Sight, document_id: str, form: Form) -> str:
    facts = see.document(document_id)
    definition = office(see.ctx, see.session).definition_of(facts)
    found = missing.why_not(see.ctx, see.actor, document_id)
    remarks = [sealing.opened(see.ctx.keys, r) for r in queries.remarks_of(see.session, document_id)]
    return render_template(
        "sign.html",
        area="cases",
        document=facts,
        definition=definition,
        case=see.case_of(facts.case_id),
        form=form,
        blank=Form(),
        slots=slots_of(see.ctx, see.actor, document_id),
        notable=[f for f in found if f.code != "SLOT"] if facts.status in OPEN else [],
        flags=queries.flags_of(see.session, facts.case_id) if facts.case_id else [],
        changes=_changes(see, facts, max((r.version for r in remarks), default=0)),
        remarks=remarks,
        **pages_of(see, facts),
    )


def pages_of(see: Sight, facts: DocumentFacts) -> dict[str, Any]:
    """Return the pages to look at: the issued ones, else the preview's, or what keeps them from being drawn."""
    if drawn := drawn_of(facts):
        return {"pages": blobs.page_count(drawn), "issued": True, "key": "", "undrawn": None}
    return {"issued": False, **previews.shown(see, facts)}


def _changes(see: Sight, facts: DocumentFacts, since: int) -> tuple[FieldChange, ...]:
    """Return what a paper holds differently since it was given back."""
    if not 0 < since < facts.version:
        return ()
    at = office(see.ctx, see.session)
    before, after = at.version(facts.id, since), at.version(facts.id, facts.version)
    return comparing.compare(at.definition_of(facts), before, after)


@signing.get("/documents/<document_id>/return")
@signed_in
def return_form(document_id: str) -> ResponseReturnValue:
    """Ask what is wrong, field by field."""
    with sight() as see:
        return _return_page(see, document_id, Form())


@signing.post("/documents/<document_id>/return")
@signed_in
def give_back(document_id: str) -> ResponseReturnValue:
    """Give a paper back to its author with remarks."""
    form = Form.posted()
    remarks = {
        k.removeprefix("remark.").removesuffix("*"): form.said(k) for k in form.values if k.startswith("remark.")
    }
    with form.attempt():
        given = documents.return_document(the_context(), the_actor(), document_id=document_id, remarks=remarks)
        flash(f"《{given.title}》已退回承办人。", "success")
        return form.done(url_for("documents.document", document_id=document_id))
    with sight() as see:
        return _return_page(see, document_id, form), form.status


def _return_page(see: Sight, document_id: str, form: Form) -> str:
    facts = see.document(document_id)
    see.require(Permission.DOCUMENT_RETURN, facts)
    definition = office(see.ctx, see.session).definition_of(facts)
    return render_template(
        "return.html", area="cases", document=facts, fields=definition.data_fields, form=form, **pages_of(see, facts)
    )


@signing.get("/documents/<document_id>/issue")
@signed_in
def issue_form(document_id: str) -> ResponseReturnValue:
    """Show what stands against issuing; soft findings ask for a written reason."""
    with sight() as see:
        return _issue_page(see, document_id, Form())


@signing.post("/documents/<document_id>/issue")
@signed_in
def issue(document_id: str) -> ResponseReturnValue:
    """Number, draw, seal and issue a paper."""
    form = Form.posted()
    reasons = {k.removeprefix("reason."): form.said(k) for k in form.values if k.startswith("reason.") and form.said(k)}
    with form.attempt():
        issued = issuing.issue(the_context(), the_actor(), document_id, the_press(), reasons=reasons)
        flash(f"《{issued.title}》已制发{f'，文号 {issued.number}' if issued.number else ''}。", "success")
        return form.done(url_for("documents.document", document_id=document_id))
    with sight() as see:
        return _issue_page(see, document_id, form), form.status


def _issue_page(see: Sight, document_id: str, form: Form) -> str:
    facts = see.document(document_id)
    see.require(Permission.DOCUMENT_ISSUE, facts)
    found: list[Finding] = missing.why_not(see.ctx, see.actor, document_id)
    return render_template(
        "issue.html",
        area="cases",
        document=facts,
        definition=office(see.ctx, see.session).definition_of(facts),
        form=form,
        hard=[f for f in found if not f.soft],
        soft=[f for f in found if f.soft],
        **pages_of(see, facts),
    )
