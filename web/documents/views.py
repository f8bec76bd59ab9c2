"""A paper as page images, with its facts, signatures, versions and downloads."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casework import comparing, queries, sealing
from casework.facts import DocumentFacts, Status
from casework.gates.api import DONE
from casework.operations import missing
from casework.operations.slots import slots_of
from casework.views import office
from foundation.errors import Finding, NotFound
from web import blobs
from web.blobs import Held
from web.documents.actions import OPEN, actions_of
from web.drafting import previews
from web.lookup import Sight, file_of, files_of, sight
from web.security import signed_in
from web.words import DOWNLOADS, VOLUMES

documents = Blueprint("documents", __name__)


@documents.get("/documents/<document_id>")
@signed_in
def document(document_id: str) -> ResponseReturnValue:
    """Show one paper."""
    with sight() as see:
        facts = see.document(document_id)
        drawn = drawn_of(facts)
        slots, why = slots_of(see.ctx, see.actor, document_id), _why(see, facts)
        return render_template(
            "document.html",
            area="cases",
            document=facts,
            slots=slots,
            actions=actions_of(see, facts, slots, why),
            definition=office(see.ctx, see.session).definition_of(facts),
            case=see.case_of(facts.case_id),
            volume=VOLUMES.get(facts.volume, facts.volume),
            pages=blobs.page_count(drawn) if drawn else 0,
            downloads=[{"kind": k, "label": DOWNLOADS[k]} for k in files_of(facts)],
            text=_text(facts),
            versions=queries.versions_of(see.session, document_id),
            remarks=[sealing.opened(see.ctx.keys, r) for r in queries.remarks_of(see.session, document_id)],
            recordings=_recordings(see, facts),
            why=why,
            preview=None
            if drawn or facts.status not in OPEN
            else previews.shown(see, facts, wait="drawn" in request.args),
        )


@documents.get("/documents/<document_id>/compare")
@signed_in
def compared(document_id: str) -> ResponseReturnValue:
    """Show what two versions of a paper hold differently; without a choice the last two."""
    with sight() as see:
        facts = see.document(document_id)
        versions = queries.versions_of(see.session, document_id)
        numbers = [v.version for v in versions]
        after = _chosen("after", numbers, numbers[-1])
        before = _chosen("before", numbers, max((n for n in numbers if n < after), default=after))
        old, new = (sealing.opened(see.ctx.keys, versions[numbers.index(n)]) for n in (before, after))
        return render_template(
            "compare.html",
            area="cases",
            document=facts,
            versions=versions,
            before=old,
            after=new,
            changes=comparing.compare(office(see.ctx, see.session).definition_of(facts), old, new),
        )


def _chosen(name: str, numbers: list[int], otherwise: int) -> int:
    """Return the version that the address names; any other word is answered with the usual one."""
    number = request.args.get(name, otherwise, type=int)
    return number if number in numbers else otherwise


@documents.get("/documents/<document_id>/pages/<int:number>.png")
@signed_in
def page_image(document_id: str, number: int) -> ResponseReturnValue:
    """Answer with one page."""
    with sight() as see:
        drawn = drawn_of(see.document(document_id))
    if drawn is None:
        raise NotFound("文书还没有版面。", remedy="制发后再看。")
    return blobs.page_image(drawn, number)


@documents.get("/documents/<document_id>/files/<kind>")
@signed_in
def download(document_id: str, kind: str) -> ResponseReturnValue:
    """Answer with a file of a paper."""
    with sight() as see:
        facts = see.document(document_id)
        if kind not in files_of(facts):
            raise NotFound("文书没有这种文件。", remedy="在文书页面选择下载。")
        held = _held(facts, kind)
    return blobs.deliver(held, as_file=True)


def _held(facts: DocumentFacts, kind: str) -> Held:
    return file_of(facts, kind, blobs.size_of(facts.blobs[kind], sealing.about_file(facts, kind)))


def drawn_of(facts: DocumentFacts) -> Held | None:
    """Return the PDF whose pages are shown, None before the paper is issued."""
    kind = next((k for k in ("sealed", "pdf") if k in facts.blobs), None)
    return _held(facts, kind) if kind else None


def _text(facts: DocumentFacts) -> list[str]:
    """Return the paper's text by paragraph: for reading aloud, copying and searching in the page."""
    if "text" not in facts.blobs:
        return []
    return blobs.read(_held(facts, "text")).decode().splitlines()


def _recordings(see: Sight, facts: DocumentFacts) -> list[Any]:
    if facts.case_id is None:
        return []
    linked = (r for r in queries.recordings_of(see.session, facts.case_id) if facts.id in r.document_ids)
    return see.seen(linked)


def _why(see: Sight, facts: DocumentFacts) -> list[Finding]:
    """Return what stands against issuing a paper that is still on its way."""
    over = DONE | {Status.VOID, Status.REPLACED}
    return [] if facts.status in over else missing.why_not(see.ctx, see.actor, facts.id)
