"""Papers: types, drafts, signatures, issuing, files; and services."""

import functools

from flask import Response

from access import masking
from access.permissions import Permission
from casework import queries, sealing
from casework.facts import DocumentFacts, SlotFill
from casework.operations import changing, missing, opening, services, signing
from casework.views import office
from catalogue.definitions import DocumentType, Field, Slot
from catalogue.loading import recent_catalogue
from foundation.canonical import plain
from foundation.errors import NotFound
from generator.issuing import issue
from web import blobs
from web.api import models_in as given
from web.api import models_out as out
from web.api.registry import Made, change, get
from web.lookup import Sight, file_of, files_of, sight
from web.press import the_press
from web.security import the_actor, the_context

READ = [Permission.DOCUMENT_READ]
TAG, TYPES, SERVING = "文书", "文书种类", "送达"


@get("/document-types", out.DocumentTypes, tag=TYPES, title="全部文书种类")
def list_document_types() -> out.DocumentTypes:
    """List the types of paper."""
    known = recent_catalogue(the_context().settings.templates_dir).types
    return out.DocumentTypes(items=[out.DocumentTypeHead.model_validate(d) for d in known.values()])


@get("/document-types/{type_id}", out.DocumentType, tag=TYPES, title="一种文书的字段和签批位")
def get_document_type(type_id: str) -> out.DocumentType:
    """Return a type of paper with what it holds."""
    found = recent_catalogue(the_context().settings.templates_dir).get(type_id)
    head = out.DocumentTypeHead.model_validate(found).model_dump()
    slots = [_type_slot(s) for s in found.slots]
    return out.DocumentType(**head, digest=found.digest, fields=[_field(f) for f in found.data_fields], slots=slots)


def _field(one: Field) -> out.DocumentField:
    columns = [_field(c) for c in one.columns]
    words = {"name": one.name, "label": one.label, "kind": one.kind, "secrecy": one.mask}
    return out.DocumentField(**words, options=list(one.options), columns=columns)


def _type_slot(one: Slot) -> out.DocumentSlot:
    known = {"id": one.id, "label": one.label, "part": one.part, "role": one.role, "when": one.when}
    return out.DocumentSlot(**known, fills=list(one.fills))


@get("/documents/{document_id}", out.Document, tag=TAG, title="一份文书", scopes=READ)
def get_document(document_id: str) -> out.Document:
    """Return a paper in its present version."""
    with sight() as see:
        return _document(see, see.document(document_id))


@get("/documents/{document_id}/findings", out.Findings, tag=TAG, title="为什么还不能制发", scopes=READ)
def list_findings(document_id: str) -> out.Findings:
    """Return what stands against issuing a paper."""
    with sight() as see:
        see.document(document_id)
    found = missing.why_not(the_context(), the_actor(), document_id)
    return out.Findings(items=[out.Finding.model_validate(f) for f in found])


@get("/documents/{document_id}/files/{kind}", None, tag=TAG, title="文书的一个文件；取走留有记录", scopes=READ)
def get_document_file(document_id: str, kind: str) -> Response:
    """Answer with a file of a paper."""
    with sight() as see:
        facts = see.document(document_id)
        if kind not in files_of(facts):
            raise NotFound("文书没有这种文件。", remedy="在文书的 files 中选择。")
        held = file_of(facts, kind, blobs.size_of(facts.blobs[kind], sealing.about_file(facts, kind)))
    return blobs.deliver(held, as_file=True)


@change(
    "POST",
    "/documents",
    out.Document,
    tag=TAG,
    title="起草文书，已知的内容自动填入",
    scopes=[Permission.DOCUMENT_DRAFT, *READ],
    body=given.NewDocument,
    status=201,
)
def draft_document(body: given.NewDocument) -> Made:
    """Open a paper."""
    return _made(opening.draft(the_context(), the_actor(), **dict(body)))


@change(
    "PATCH",
    "/documents/{document_id}",
    out.Document,
    tag=TAG,
    title="修改草稿，成为新的一版",
    scopes=[Permission.DOCUMENT_REVISE, *READ],
    body=given.RevisedDocument,
)
def revise_document(document_id: str, body: given.RevisedDocument) -> Made:
    """Save changed fields."""
    return _made(changing.revise(the_context(), the_actor(), document_id=document_id, **dict(body)))


@change(
    "POST",
    "/documents/{document_id}/signatures",
    out.Document,
    tag=TAG,
    title="在签批位签署",
    scopes=[Permission.DOCUMENT_SIGN, *READ],
    body=given.Signature,
)
def sign_document(document_id: str, body: given.Signature) -> Made:
    """Fill a slot."""
    return _made(signing.fill_slot(the_context(), the_actor(), document_id=document_id, **dict(body)))


@change(
    "POST",
    "/documents/{document_id}/return",
    out.Document,
    tag=TAG,
    title="退回文书，写明意见",
    scopes=[Permission.DOCUMENT_RETURN, *READ],
    body=given.Returned,
)
def return_document(document_id: str, body: given.Returned) -> Made:
    """Give a paper back."""
    returned = signing.return_document(the_context(), the_actor(), document_id=document_id, remarks=body.remarks)
    return _made(returned)


@change(
    "POST",
    "/documents/{document_id}/issue",
    out.Document,
    tag=TAG,
    title="制发文书：编号、成文、盖章",
    scopes=[Permission.DOCUMENT_ISSUE, *READ],
    body=given.Issue,
)
def issue_document(document_id: str, body: given.Issue) -> Made:
    """Issue a paper."""
    return _made(issue(the_context(), the_actor(), document_id, the_press(), reasons=body.reasons))


@change(
    "POST",
    "/services",
    out.Document,
    tag=SERVING,
    title="以一种方式送达文书；答复是待填写的送达回证",
    scopes=[Permission.SERVICE_RECORD, *READ],
    body=given.NewService,
    status=201,
)
def serve_documents(body: given.NewService) -> Made:
    """Open an attempt to serve papers."""
    known = dict(body) | {"witnesses": [w.model_dump() for w in body.witnesses]}
    return _made(services.serve(the_context(), the_actor(), **known))


def _made(facts: DocumentFacts) -> Made:
    with sight() as see:
        answer = _document(see, see.document(facts.id))
    return Made(answer=answer, by="get_document", ids={"document_id": facts.id})


def _document(see: Sight, facts: DocumentFacts) -> out.Document:
    definition = office(see.ctx, see.session).definition_of(facts)
    record = queries.document_record(facts)
    may_see = functools.partial(masking.sees, see.actor, record=record, viewer=see.viewer)
    data, covered = masking.masked(definition.fields, facts.data, may_see)
    slots = [_slot(definition, s, may_see) for s in facts.slots]
    head = out.DocumentHead.model_validate(facts).model_dump()
    return out.Document(**head, data=plain(data), covered=list(covered), slots=slots, files=files_of(facts))


def _slot(definition: DocumentType, fill: SlotFill, may_see: functools.partial[bool]) -> out.Slot:
    values, _ = masking.masked(definition.fields, fill.values, may_see)
    names = [n for n in out.Slot.model_fields if n != "values"]
    return out.Slot(**{n: getattr(fill, n) for n in names}, values=plain(values))
