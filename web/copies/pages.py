"""The page of one request, whichever form on it came back."""

from typing import Any

from flask import render_template

from access.policy import Permission, decide
from archive import copy_links, copy_screening, queries
from archive.copy_facts import CopyRequestFacts, CopyState
from archive.copy_items import HANDLED, WITHHELD, ScreenItem
from archive.copy_requests import missing, request_facts
from archive.copy_wishes import decisions_for
from archive.ruling import read
from casework import queries as casework
from casework.facts import CaseFacts
from foundation import jobs
from foundation.clock import legal_date
from web.forms import Form
from web.lookup import Sight, record_of, sight


def request_page(request_id: str, form: Form) -> str:
    """Return the page of a request that the viewer may work on.

    Raises:
        NotFound: There is none for this viewer.
    """
    with sight() as see:
        facts = request_facts(see.session, request_id)
        case = casework.case_facts(see.session, facts.case_id)
        may = {p: _may(see, p, case) for p in (Permission.COPY_MAKE, Permission.COPY_APPROVE)}
        if not any(may.values()):
            raise missing()
        today = legal_date(see.ctx.clock.now())
        return render_template(
            "copy_request.html",
            area="copies",
            form=form,
            request_=facts,
            case=case,
            left=(facts.due_on - today).days,
            may_make=may[Permission.COPY_MAKE],
            may_approve=may[Permission.COPY_APPROVE],
            screening=_screening(see, facts),
            decisions=decisions_for(facts.items) if facts.state is CopyState.DECIDING else (),
            job=jobs.job_facts(see.session, facts.job_id) if facts.job_id else None,
            words={"handled": HANDLED, "withheld": WITHHELD},
            screening_reasons=_reasons,
            covers_of=_covers,
            mutes_of=_mutes,
            **_copy(see, facts),
        )


def _may(see: Sight, permission: Permission, case: CaseFacts) -> bool:
    return decide(see.actor, permission, record_of(case), see.viewer).allowed


def _screening(see: Sight, facts: CopyRequestFacts) -> Any:
    if facts.state in (CopyState.ASKED, CopyState.WITHDRAWN):
        return None
    return copy_screening.screening(see.ctx, see.session, facts.id)


def _copy(see: Sight, facts: CopyRequestFacts) -> dict[str, Any]:
    copy = queries.find_copy(see.session, facts.copy_id) if facts.copy_id else None
    now = see.ctx.clock.now()
    links = copy_links.links_of(see.session, copy.id) if copy else []
    return {"copy": copy, "links": [(one, one.why_not(now)) for one in links]}


def _reasons() -> list[tuple[str, str]]:
    return [(code, row["title"]) for code, row in read("copying")["reasons"].items()]


def _covers(item: ScreenItem, blob: str) -> str:
    """Return areas as they are typed, one a line."""
    areas = item.said.get("covers", {}).get(blob, ())
    return "\n".join(", ".join(f"{n:g}" for n in area) for area in areas)


def _mutes(item: ScreenItem) -> str:
    return " ".join(f"{start:g}-{end:g}" for start, end in item.said.get("mutes", ()))
