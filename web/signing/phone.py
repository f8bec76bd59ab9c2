"""Signing on one's own phone: the officer shows a code, the signer reads the paper, draws the signature or declines."""

import base64
import io

import segno
from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from casework.facts import DocumentFacts
from casework.operations import phone_signing
from casework.operations.phone_signing import LinkFacts
from casework.views import office
from foundation.errors import AnjuanError, NotFound, Refused
from generator import drawing, preview
from web import blobs
from web.documents.views import drawn_of
from web.forms import Form
from web.lookup import sight
from web.press import the_press
from web.security import signed_in, the_actor, the_context
from web.signing.views import drawn_signature

phone = Blueprint("phone", __name__)

DPI = 110


@phone.post("/documents/<document_id>/sign/<slot>/code")
@signed_in
def offer(document_id: str, slot: str) -> ResponseReturnValue:
    """Show a code that opens the paper on the signer's phone; the link is nowhere to be read."""
    form = Form.posted()
    with sight() as see:
        facts = see.document(document_id)
    link, token = phone_signing.offer(
        the_context(), the_actor(), document_id=document_id, slot=slot, name=form.said("name")
    )
    address = url_for(".look", token=token, _external=True)
    if public := the_context().settings.public_url.rstrip("/"):
        address = public + url_for(".look", token=token)
    return render_template("sign_code.html", area="cases", document=facts, link=link, code=_picture(address))


def _picture(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=8, border=3)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@phone.get("/signing-links/<link_id>")
@signed_in
def outcome(link_id: str) -> ResponseReturnValue:
    """Tell the officer what became of a code, as JSON."""
    link = phone_signing.link_facts(the_context(), the_actor(), link_id)
    done = "declined" if link.declined else "signed" if link.used_at else "opened" if link.opened_at else "waiting"
    over = link.used_at is None and link.expires_at <= the_context().clock.now()
    return jsonify(state="expired" if over else done, reason=link.declined)


@phone.get("/s/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show the signer the paper."""
    try:
        return _page(token, Form(token=""))
    except (NotFound, Refused) as error:
        return render_template("sign_phone_over.html", message=error.message, remedy=error.remedy), 410


def _page(token: str, form: Form) -> str:
    link = phone_signing.link_of(the_context(), token)
    facts, pdf = _paper(link)
    with the_context().database.read() as session:
        definition = office(the_context(), session).definition_of(facts)
    slot = definition.slot(link.slot)
    return render_template(
        "sign_phone.html",
        token=token,
        link=link,
        document=facts,
        fields=[definition.field(n) for n in slot.fills],
        refusable=slot.refusable,
        form=form,
        pages=preview.count(pdf),
    )


@phone.get("/s/<token>/pages/<int:number>.png")
def look_page(token: str, number: int) -> ResponseReturnValue:
    """Answer with one page of the paper."""
    _, pdf = _paper(phone_signing.link_of(the_context(), token))
    return Response(preview.pages(pdf, DPI, only=number - 1)[0], mimetype="image/png")


@phone.post("/s/<token>")
def sign(token: str) -> ResponseReturnValue:
    """Take the signature, or the word that there will be none."""
    form = Form.posted()
    form.token = ""  # the link itself is good once
    values = {k.removeprefix("value."): form.said(k) for k in form.values if k.startswith("value.")}
    with form.attempt():
        if form.said("declined"):
            phone_signing.decline(the_context(), token, reason=form.said("reason"))
            return render_template("sign_phone_over.html", message="已告知执法人员您不签名及其原因。", remedy="")
        image = drawn_signature(form.said("image"))
        signed = phone_signing.sign(the_context(), token, image=image, values=values)
        return render_template("sign_phone_over.html", message=f"《{signed.title}》已签名。", remedy="可以关闭本页。")
    try:
        return _page(token, form), form.status
    except AnjuanError as error:
        return render_template("sign_phone_over.html", message=error.message, remedy=error.remedy), 410


def _paper(link: LinkFacts) -> tuple[DocumentFacts, bytes]:
    """Return the paper of a link and its pages: the issued ones, else the preview."""
    ctx = the_context()
    with ctx.database.read() as session:
        facts = office(ctx, session).document(link.document_id)
        if drawn := drawn_of(facts):
            return facts, blobs.read(drawn)
        return facts, drawing.preview(ctx, session, link.document_id, the_press().pool).pdf
