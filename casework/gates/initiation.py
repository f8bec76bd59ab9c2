"""Gates of initiation: start approval first, prerequisites present, nothing after the end (G3, P, CLOSED)."""

from collections.abc import Iterable, Iterator

from casework.facts import Procedure
from casework.figures import read
from casework.gates.api import CaseView, gate, granted, name_of, rows
from catalogue.conditions import parse_condition
from foundation.errors import Finding

START = "case_initiation_approval"


@gate("P", "前置文书已经制发", "A6.1", "A37.1", applies=lambda definition: bool(definition.prerequisites))
def prerequisites(view: CaseView) -> Iterable[Finding]:
    """Ask one issued paper of every any-of list; an approval must say yes and be meant for this type."""
    if _is_exempt(view):
        return
    for options in view.definition.prerequisites:
        if not any(_is_met(view, option) for option in options):
            yield _missing(view, options)


@gate(
    "P",
    "代理人须有授权委托书",
    "A33.1",
    "罚45",
    types=["record_copy_application", "record_copy_approval"],
    acts=("issue", "approve"),
)
def agent_is_authorised(view: CaseView) -> Iterator[Finding]:
    """Ask the letter of authorisation that names the agent who asks for a copy."""
    asked = view.document if view.type == "record_copy_application" else view.target()
    agent = str((asked.data.get("agent") if asked else "") or "").strip()
    if not agent:
        return
    named = {str(r.get("name") or "") for d in view.done("authorization_letter") for r in rows(d.data.get("agents"))}
    if not any(name and name in agent for name in named):
        letter = name_of(view, "authorization_letter")
        yield Finding(
            code="P",
            article="A33.1",
            path="agent",
            message=f"代理人{agent}没有授权委托书，不能代为申请复制。",
            remedy=f"由当事人出具{letter}并登记；没有代理人的，删去“代理人”。",
            who="档案管理员",
        )


def _missing(view: CaseView, options: tuple[str, ...]) -> Finding:
    names = "或".join(name_of(view, o) for o in options)
    if options == ("matter_approval",):
        names = f"以{name_of(view, view.type)}为对象、已批准且未用过的{name_of(view, 'matter_approval')}"
    return Finding(
        code="P",
        article=view.definition.articles[0] if view.definition.articles else "A6.1",
        message=f"缺少前置文书：{names}。",
        remedy=f"先制发{names}。",
        who="承办人",
    )


def _is_exempt(view: CaseView) -> bool:
    for row in read("start")["exempt"]:
        by_procedure = "procedure" not in row or (view.case is not None and view.case.procedure in row["procedure"])
        by_value = "when" not in row or parse_condition(row["when"]).holds(view.values)
        if row["type"] == view.type and by_procedure and by_value:
            return True
    return False


def _is_met(view: CaseView, option: str) -> bool:
    if option == "matter_approval":
        return _free_approvals(view) > 0
    if option == "emergency_initiation_report" and view.case and view.case.emergency_started_at:
        return True  # settled answer 14: the journalled emergency start counts, its papers follow within 24 hours
    told = any((row["type"], row["approval"]) == (view.type, option) for row in read("start")["either_way"])
    return any(told or granted(d) for d in view.done(option))


def _free_approvals(view: CaseView) -> int:
    """Count the granted approvals for this type that no earlier paper of the type has used."""
    granted_for = [d for d in view.done("matter_approval") if d.data.get("target_doc") == view.type and granted(d)]
    return len(granted_for) - len(view.done(view.type))


@gate("G3", "启动审批之前不得制发一般程序文书", "A9.1", "A9.2", "罚54")
def start_approval(view: CaseView) -> Iterator[Finding]:
    """Refuse what belongs to the general procedure until the start form is approved."""
    case = view.case
    if case is None or case.procedure not in (Procedure.GENERAL, Procedure.INSPECTION) or _is_started(view):
        return
    rule = read("start")["before_start"]
    emergency = case.emergency_started_at and view.definition.stage in rule["emergency_stages"]
    if emergency or view.type in (*rule["clue"], *rule["inspection"], *rule["always"]):
        return
    yield Finding(
        code="G3",
        article="A9.1",
        message=f"程序启动尚未批准，不得制发{name_of(view, view.type)}。",
        remedy=f"先报批{name_of(view, START)}；情况紧急的先登记紧急启动，24小时内补报。",
        who="承办机构负责人",
    )


def _is_started(view: CaseView) -> bool:
    return any(granted(d) for d in view.done(START))


@gate("CLOSED", "结案后只制发归档、救济和更正文书", "A31.1", "A36.3")
def not_after_closing(view: CaseView) -> Iterator[Finding]:
    """Refuse ordinary papers once the case is closed, and every paper once it is archived."""
    case = view.case
    rule = read("start")["after_close"]
    if case is None or case.closed_on is None:
        return
    if view.definition.stage in rule["stages"] or view.type in rule["types"]:
        return
    yield Finding(
        code="CLOSED",
        article="A31.1",
        message=f"案件已于{case.closed_on:%Y-%m-%d}结案，不得再制发{name_of(view, view.type)}。",
        remedy="需要改变决定的，先报批撤销（变更）决定。",
        who="行政机关负责人",
    )


@gate("A8", "补正应一次告知", "A8.1", "许32", types=["supplement_notice"])
def supplement_once(view: CaseView) -> Iterator[Finding]:
    """Ask a written reason for a second notice to supplement (settled answer 15)."""
    if view.done("supplement_notice"):
        yield Finding(
            code="A8",
            article="A8.1",
            message="本案已发过一次补正告知，再次要求补正须写明理由。",
            remedy="填写再次补正的理由。",
            who="承办人",
            soft=str(view.settings.get("supplement.second", "soft")) == "soft",
        )


GATES = (prerequisites, agent_is_authorised, start_approval, not_after_closing, supplement_once)
