"""Serving papers: an attempt opens its receipt, and the issued receipt says what it proves (`casework.services`).

Journal kinds: `service.opened`; and by effects `service.took_effect`, `service.without_effect`, `document.served`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from access.facts import Actor
from access.policy import Permission, absent
from casework import queries, sealing, services, shelf
from casework.cleaning import clean
from casework.facts import CaseFacts, DocumentFacts, ServiceMethod
from casework.gates.api import DONE
from casework.operations.common import readable, require_on
from casework.operations.opening import Opening, open_paper
from casework.sealing import INFORMANT, is_secret
from casework.views import Office, office
from catalogue.definitions import DocumentType
from foundation import journal
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput, Finding, Refused

RECEIPT = "service_receipt"
CONFIRMATION = "address_confirmation"
PROOF = ("sent_at", "delegate_reason", "ems_no", "remark", "witnesses")
"""What an attempt keeps besides who received it, when and where."""


def serve(
    ctx: Context,
    actor: Actor,
    *,
    document_ids: Sequence[str],
    method: str,
    received_at: dt.datetime | None = None,
    sent_at: dt.datetime | None = None,
    address: str = "",
    signer: str = "",
    signer_relation: str = "",
    refused: str = "",
    refuse_date: dt.date | None = None,
    witnesses: Sequence[Mapping[str, str]] = (),
    delegate_reason: str = "",
    ems_no: str = "",
    remark: str = "",
    recording_ids: Sequence[str] = (),
    officer_ids: Sequence[str] | None = None,
    reference: str = "",
) -> DocumentFacts:
    """Open one attempt to serve papers by one method, with its receipt filled; once issued, the receipt proves it.

    Args:
        ctx: The floor.
        actor: Who serves.
        document_ids: Issued papers of one case, to one addressee.
        method: direct, leaving, ems, entrusted, forwarded, electronic or announcement.
        received_at: When it was received (left, arrived).
        sent_at: When it was handed over, posted or sent.
        address: Where; left out, the place of the recordings, else the confirmed address, else the registered one.
        signer: Who received it; of a direct service the addressee, or who represents it, when left out.
        signer_relation: What they are to the addressee.
        refused: Why it was refused (service by leaving).
        refuse_date: Day of the refusal; the day of leaving when left out.
        witnesses: name, org and post of each.
        delegate_reason: Why another body serves or hands over.
        ems_no: Number of the posting (China Post EMS alone, A24.1).
        remark: What else is to be said.
        recording_ids: Recordings of the service.
        officer_ids: Who serves; the case's officers when left out.
        reference: Name by which a scenario calls the receipt.

    Returns:
        The receipt, a draft.

    Raises:
        BadInput: The method is unknown, or the papers are of different cases or addressees.
        Refused: A paper is not issued.
    """
    way = _method(method)
    typed = {
        "method": services.WORDS[way],
        "received_at": received_at,
        "sent_at": sent_at,
        "address": address,
        "signer": signer,
        "signer_relation": signer_relation if signer else "",
        "refuse_reason": refused,
        "refuse_date": refuse_date or _refused_on(way, received_at),
        "delegate_reason": delegate_reason,
        "ems_no": ems_no,
        "remark": remark,
    }
    with ctx.database.write() as session:
        at = office(ctx, session)
        case, papers = _papers(at, actor, document_ids)
        require_on(at, actor, Permission.SERVICE_RECORD, case=case)
        _refuse_unissued(papers)
        typed |= _addressee(at, case, papers[0], way, signed=bool(signer))
        typed["address"] = clean(address) or ("" if recording_ids else _usual_address(at, case, papers[0]))
        definition = at.catalogue.get(RECEIPT)
        data = {k: v for k, v in typed.items() if v not in (None, "")}
        data |= _lists(definition, papers, witnesses)
        opening = Opening(
            type=RECEIPT,
            case_id=case.id,
            data=data,
            party_id=papers[0].party_id,
            officer_ids=officer_ids,
            target_id=papers[0].id,
            recording_ids=recording_ids,
            reference=reference,
        )
        receipt = open_paper(at, actor, opening)
        for paper in papers:
            _attempt(at, actor, paper, receipt, {**typed, "way": way, "witnesses": [dict(w) for w in witnesses]})
        return receipt


REPRESENTS = {"法人": "法定代表人", "其他组织": "主要负责人"}
"""What the representative of a kind of party is to it; of others the addressee signs."""


def _addressee(
    at: Office, case: CaseFacts, paper: DocumentFacts, way: ServiceMethod, *, signed: bool
) -> dict[str, str]:
    """Return whom a receipt names: of an informant's paper the informant, and never the party of the case."""
    if paper.secrecy == INFORMANT:
        known = [f.name for f in at.definition_of(paper).fields if f.kind in ("text", "person") and is_secret(f)]
        return {"addressee": next((str(paper.data[n]) for n in known if paper.data.get(n)), "（另行存放）")}
    return _usual_signer(case, paper) if way is ServiceMethod.DIRECT and not signed else {}


def _usual_address(at: Office, case: CaseFacts, paper: DocumentFacts) -> str:
    """Return where a party's paper is served: the address that it confirmed, else the registered one."""
    own = [p for p in case.parties if p.id == paper.party_id or len(case.parties) == 1]
    if not own or paper.secrecy == INFORMANT:
        return ""
    signed = [
        d for d in at.papers(case.id) if d.type == CONFIRMATION and d.status in DONE and d.party_id in (None, own[0].id)
    ]
    confirmed = str(sealing.opened(at.ctx.keys, signed[-1]).data.get("service_address") or "") if signed else ""
    return confirmed or own[0].address


def _usual_signer(case: CaseFacts, paper: DocumentFacts) -> dict[str, str]:
    own = [p for p in case.parties if p.id == paper.party_id or len(case.parties) == 1]
    if not own:
        return {}
    relation = REPRESENTS.get(own[0].kind)
    signer = own[0].representative if relation else own[0].name
    return {"signer": signer, "signer_relation": relation or "本人"}


def _method(word: str) -> ServiceMethod:
    try:
        return ServiceMethod(word)
    except ValueError:
        known = "、".join(f"{m.value}（{name}）" for m, name in services.WORDS.items())
        raise BadInput(f"没有“{word}”这种送达方式。", remedy=f"可用：{known}。", path="method") from None


def _refused_on(way: ServiceMethod, received_at: dt.datetime | None) -> dt.date | None:
    return legal_date(received_at) if way is ServiceMethod.LEAVING and received_at else None


def _papers(at: Office, actor: Actor, document_ids: Sequence[str]) -> tuple[CaseFacts, list[DocumentFacts]]:
    wanted = list(dict.fromkeys(document_ids))
    if not wanted:
        raise BadInput("没有选择要送达的文书。", remedy="选择已制发的文书。", path="document_ids")
    known = [at.document(d) for d in wanted]
    if len(readable(at, actor, known)) < len(known):
        raise absent("document")
    case_id = known[0].case_id
    if case_id is None:
        raise BadInput("不属于案件的文书不用送达回证。", remedy="选择案件的文书。", path="document_ids")
    shelf.lock_case(at.session, case_id)
    papers = [at.document(d) for d in wanted]
    if {p.case_id for p in papers} != {case_id} or len({p.party_id for p in papers}) > 1:
        raise BadInput("一次送达的文书应属同一案件、同一受送达人。", remedy="分别送达。", path="document_ids")
    return queries.case_facts(at.session, case_id, at.today), papers


def _refuse_unissued(papers: Sequence[DocumentFacts]) -> None:
    found = [
        Finding(
            code="G12",
            article="A23.1",
            message=f"《{p.title}》还没有制发，不能送达。",
            remedy="先制发文书再送达。",
            who="承办人",
        )
        for p in papers
        if p.status not in DONE
    ]
    if found:
        raise Refused(found[0].message, remedy=found[0].remedy, findings=found)


def _lists(
    definition: DocumentType, papers: Sequence[DocumentFacts], witnesses: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Return the receipt's lists: papers by name and number, witnesses with as much as its columns hold."""
    docs = [{"name": p.title, "doc_no": p.number, "copies": 1} for p in papers]
    columns = _columns(definition, "witness")
    rows = [_witness(w, columns) for w in witnesses]
    return {"docs": docs, **({"witness": rows} if rows else {})}


def _witness(given: Mapping[str, str], columns: frozenset[str]) -> dict[str, str]:
    row = {k: v for k, v in given.items() if k in columns}
    if "post" not in columns and given.get("post"):
        row["org"] = f"{given.get('org', '')}{given['post']}"
    return row


def _columns(definition: DocumentType, name: str) -> frozenset[str]:
    known = definition.find_field(name)
    return frozenset(c.name for c in known.columns) if known else frozenset()


def _attempt(at: Office, actor: Actor, paper: DocumentFacts, receipt: DocumentFacts, typed: Mapping[str, Any]) -> None:
    service_id, way = at.ctx.ids.new(), typed["way"]
    shelf.insert_service(
        at.session,
        service_id,
        paper,
        at.ctx.keys,
        receipt_id=receipt.id,
        method=way.value,
        address=str(receipt.data.get("address") or ""),
        received_at=typed["received_at"],
        signer=str(typed["signer"]),
        signer_relation=str(typed["signer_relation"]),
        refused=str(typed["refuse_reason"]),
        proof={k: typed[k] for k in PROOF if typed[k]},
        opened_at=at.ctx.clock.now(),
    )
    event = {"service": service_id, "document": paper.id, "receipt": receipt.id, "method": way.value}
    stream = f"case:{paper.case_id}"
    journal.append(at.session, at.ctx.clock, stream=stream, kind="service.opened", actor=actor.account_id, data=event)
