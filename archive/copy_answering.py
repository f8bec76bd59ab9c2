"""Carry out what was decided about a request: make the copy, issue the written answer (kind of job: `copy`).

Consent gives a copy; part consent a copy and a written answer with the reasons; refusal a written answer alone. Each
step may be run twice. Journal kind in `case:<id>`: `copy.answered` (and `copy.made` of `archive.copies`).
"""

from typing import Any

from access.actors import actor_of
from access.facts import Actor
from access.policy import Permission
from archive import copies, queries
from archive.casefile import office_of
from archive.copy_facts import CopyRequestFacts, CopyState
from archive.copy_requests import locked, note, request_facts, request_of
from archive.copy_screening import paper
from archive.copy_wishes import CONSENTS, answer_of, wish_of
from casework import queries as casework
from casework.gates.api import DONE
from casework.operations.common import require_on
from casework.prefill import reference
from foundation import jobs
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import Finding, Refused
from foundation.jobs import Task, job
from generator import issuing
from generator.press import Press

KIND, REPLY = "copy", "record_copy_reply"
OTHER_CHANNEL = "可以依法申请行政复议或者提起行政诉讼，也可以向本机关监督电话反映"


def ask_to_answer(ctx: Context, actor: Actor, request_id: str) -> CopyRequestFacts:
    """Ask a worker to carry out the decision; asked again while it runs, nothing more is asked.

    Raises:
        Refused: Nothing is decided yet, or all is done.
    """
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        require_on(at, actor, Permission.COPY_MAKE, case=casework.case_facts(session, row.case_id))
        facts = request_of(row)
        if facts.state is not CopyState.DECIDED:
            message = f"申请{facts.title}，现在不能制作。"
            raise Refused(message, findings=[Finding(code="STATE", article="A33.1", message=message)])
        if not row.job_id or jobs.job_facts(session, row.job_id).is_over:
            words: dict[str, Any] = {
                "kind": KIND,
                "subject": row.id,
                "by": actor.account_id,
                "agency_id": row.agency_id,
            }
            row.job_id = jobs.ask(session, ctx, **words)
        session.flush()
        return request_of(row)


@job(KIND, title="制作复制件和答复")
def copy_job(task: Task) -> dict[str, Any]:
    """Make copy and answer as long work."""
    with Press(task.ctx) as press:
        task.step("制作复制件", make, task.ctx, task.by, task.subject, press)
        task.step("制发答复书", answer, task.ctx, task.by, task.subject, press)
        task.step("登记结果", close, task.ctx, task.by, task.subject)
    return {"request": task.subject}


def make(ctx: Context, by: str, request_id: str, press: Press) -> str:
    """Make the copy when there was consent; return its id."""
    actor, facts = _now(ctx, by, request_id)
    if facts.decision not in CONSENTS:
        return ""
    made = copies.make_copy(ctx, actor, case_id=facts.case_id, wish=wish_of(facts), pool=press.pool)
    return made.id


def answer(ctx: Context, by: str, request_id: str, press: Press) -> str:
    """Issue the written answer when anything is withheld; return its id."""
    actor, facts = _now(ctx, by, request_id)
    if facts.decision == CONSENTS[0]:
        return ""
    with ctx.database.read() as session:
        application = casework.document_facts(session, facts.application_id)
        phone = office_of(ctx, session).settings_today(facts.agency_id).get("supervision_phone")
    data = {
        **answer_of(facts),
        "applicant": facts.applicant,
        "application_ref": reference(application),
        "received_at": legal_date(facts.asked_at),
        "other_channel": f"{OTHER_CHANNEL}{phone or ''}",
    }
    reply = paper(ctx, actor, facts, REPLY, target_id=facts.approval_id, data=data)
    return (reply if reply.status in DONE else issuing.issue(ctx, actor, reply.id, press)).id


def close(ctx: Context, by: str, request_id: str) -> str:
    """Write down what became of the request."""
    actor, facts = _now(ctx, by, request_id)
    with ctx.database.write() as session:
        at, row = locked(ctx, session, request_id)
        if row.state == CopyState.DECIDED:
            made = queries.copy_of_request(session, row.id)
            replies = [d for d in at.papers(row.case_id) if (d.type, d.reference) == (REPLY, f"copy:{row.id}")]
            row.copy_id = made.id if made else ""
            row.reply_id = next((d.id for d in replies if d.status in DONE), "")
            row.state = CopyState.READY if facts.decision in CONSENTS else CopyState.ANSWERED
            row.closed_at = ctx.clock.now()
            papers = {"document": row.reply_id} if row.reply_id else {}
            note(at, actor, row, "copy.answered", request=row.id, copy=row.copy_id, **papers)
        return str(row.state)


def _now(ctx: Context, by: str, request_id: str) -> tuple[Actor, CopyRequestFacts]:
    """Return who asked, with the rights of this moment, and the request as it stands."""
    with ctx.database.read() as session:
        return actor_of(session, by, ctx.clock.now()), request_facts(session, request_id)
