"""Gates of the law that is applied: in force at the time of the act (G22), the fine in its range and band (G21).

The range is read from the provisions that the paper cites; where none of them is known with a range, nothing is said.
The level comes from the investigation report. Amounts outside are told with the limit and where it stands.
"""

from collections.abc import Iterator
from decimal import Decimal

from casework.gates.api import CaseView, day, gate, money
from catalogue.citations import Citation, citations
from catalogue.discretion import Band, Level, band_of, range_of, standard_of
from catalogue.provisions import begun_after, ended_of
from foundation.errors import Finding

TYPES = ("penalty_prior_notice", "hearing_rights_notice", "penalty_decision", "summary_penalty_decision")
BELOW = "减轻"


@gate("G21", "罚款在法定幅度和裁量档次之内", "A21.1", "罚5", "罚34", types=TYPES)
def fine_within_range(view: CaseView) -> Iterator[Finding]:
    """Refuse a fine outside the law's range; outside the level's band ask a written reason and a legal review."""
    amount = money(view.value("amount"))
    cited = citations(str(view.value("penalty_basis") or ""))
    found = range_of(cited, view.party_kind())
    if amount is None or found is None:
        return
    citation, fine = found
    level = _level(view, citation)
    if amount > fine.most:
        message = f"罚款{amount:,}元超过{citation}的上限{fine.most:,}元。"
        yield _finding(message, "降低罚款，或更正处罚依据。", article="罚5")
    elif amount < fine.least and (level is None or level.share is not None):
        message = f"罚款{amount:,}元低于{citation}的下限{fine.least:,}元。"
        yield _finding(message, "减轻处罚的，在调查终结报告中选“减轻”档次并写明法定情形。", article="罚32")
    elif level is not None:
        yield from _outside_band(view, amount, level, band_of(fine, level))


def _level(view: CaseView, citation: Citation) -> Level | None:
    report = view.latest("investigation_report")
    name = str(report.data.get("discretion_level") or "") if report else ""
    return standard_of(citation).level(name)


def _outside_band(view: CaseView, amount: Decimal, level: Level, band: Band) -> Iterator[Finding]:
    if band.holds(amount):
        return
    message = f"罚款{amount:,}元不在“{level.name}”档次{_words(band)}之内。"
    if view.type == "penalty_decision" and view.latest("legal_review_opinion") is None:
        yield _finding(message, "偏离裁量基准的，先经法制审核。", article="罚34", who="法制审核人")
        return
    remedy = "改在档次之内；确需偏离的，书面说明理由，并经法制审核。"
    yield _finding(message, remedy, article="罚34", soft=True)


@gate("G22", "引用的法律在行为发生时有效", "A21.1", "罚37", types=TYPES)
def law_in_force(view: CaseView) -> Iterator[Finding]:
    """Ask a written reason for a law that ended before the case began, or began after it (the milder is applied)."""
    began = day(view.value("illegal_time")) or (view.case and view.case.initiated_on) or view.today
    for name in ("violated", "penalty_basis"):
        for cited in citations(str(view.value(name) or "")):
            ended, begun = ended_of(cited, began), begun_after(cited, began)
            if ended:
                remedy = "改引现行法律；行为发生在终止之前的，写明发生的时间，并比较新旧规定的轻重。"
                yield _finding_of_time(name, f"{ended}，不适用于以后的行为。", remedy)
            if begun:
                remedy = "引用行为发生时的法律；新的规定处罚较轻或者不认为是违法的，写明比较的结果。"
                yield _finding_of_time(name, f"{begun}，案件在此之前开始。", remedy)


def _finding_of_time(path: str, message: str, remedy: str) -> Finding:
    return Finding(code="G22", article="罚37", path=path, message=message, remedy=remedy, who="承办人", soft=True)


def _words(band: Band) -> str:
    if band.open_end:
        return f"（低于{band.most:,.0f}元）"
    return f"（{band.least:,.0f}元至{band.most:,.0f}元）"


def _finding(message: str, remedy: str, *, article: str, who: str = "承办人", soft: bool = False) -> Finding:
    return Finding(code="G21", article=article, path="amount", message=message, remedy=remedy, who=who, soft=soft)


GATES = (fine_within_range, law_in_force)
