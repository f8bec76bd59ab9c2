"""Gates of investigation: two officers, certificates shown, recordings, preservation in time (G1, G2, G11, G20)."""

from collections.abc import Iterator

from casework.figures import figure, source
from casework.gates import duties
from casework.gates.api import CaseView, act_day, gate, rows
from catalogue.definitions import DocumentType
from foundation.errors import Finding


def _has_officers(definition: DocumentType) -> bool:
    named = any(definition.find_field(n) for n in ("officers", "assigned_officers"))
    signed = any(s.role == "handler" and s.count > 1 and s.part == "sign" for s in definition.slots)
    return named or signed


@gate("G1", "不少于两名持有效证件的执法人员", "A11.1", "罚42", "强18", applies=_has_officers)
def two_officers(view: CaseView) -> Iterator[Finding]:
    """Ask two different officers whose certificates are valid on the day of the act."""
    on = act_day(view)
    wanted = int(figure(view.settings, "officers", "other"))
    officers = {o.person_id: o for o in view.document.officers}
    if len(officers) < wanted:
        yield Finding(
            code="G1",
            article="A11.1",
            path="officers",
            message=f"执法人员只有{len(officers)}名，不得少于{wanted}名。",
            remedy=f"加派持证执法人员（{source('officers')}）。",
            who="承办机构负责人",
        )
    for officer in officers.values():
        starts, ends = officer.cert_from, officer.cert_to
        if officer.cert_no and starts and ends and starts <= on <= ends:
            continue
        state = "已过期或尚未生效" if officer.cert_no else "没有登记"
        yield Finding(
            code="G1",
            article="A11.1",
            path="officers",
            message=f"{officer.name}的执法证件在{on:%Y-%m-%d}{state}。",
            remedy="换派证件有效的人员，或由系统管理员登记证件有效期。",
            who="承办机构负责人",
        )


def _shows_certificates(definition: DocumentType) -> bool:
    field = definition.find_field("officers")
    return field is not None and any(c.name == "cert_shown" for c in field.columns)


@gate("G2", "执法时出示证件并记明", "A11.1", "罚55", applies=_shows_certificates)
def certificates_shown(view: CaseView) -> Iterator[Finding]:
    """Ask that each officer in the paper showed the certificate."""
    for at, row in enumerate(rows(view.value("officers"))):
        if row.get("cert_shown") is not True:
            yield Finding(
                code="G2",
                article="A11.1",
                path=f"officers[{at}].cert_shown",
                message=f"没有记明{row.get('name', '执法人员')}已出示执法证件。",
                remedy="出示证件后改为“是”。",
                who="承办人",
            )


@gate("G11", "应当音像记录的环节有覆盖全程的音像", "A14.1", "A11.2", "A22.2", "A23.1", "A25.1", "A27.1", "A29.1")
def recorded(view: CaseView) -> Iterator[Finding]:
    """Ask a recording that covers the act where it must be; where it may be, ask a reason when there is none."""
    duty = duties.recording_duty(view)
    if duty.level == duties.REQUIRED and not duties.covers_act(view):
        yield _not_recorded(view, duty)
    elif duty.level == duties.OPTIONAL and duty.article == "A11.2":
        yield from _no_reason(view)


def _not_recorded(view: CaseView, duty: duties.Duty) -> Finding:
    some = bool(duties.linked(view))
    other = "；不适宜记录的，报批《不适宜音像记录情况说明》" if duty.may_be_exempt else ""
    return Finding(
        code="G11",
        article=duty.article,
        path="av_ids",
        message="关联的音像没有覆盖从开始到结束的全过程。" if some else "这一环节必须音像记录，却没有关联的音像。",
        remedy=f"登记并关联当时的录像或录音{other}。",
        who="承办人",
    )


def _no_reason(view: CaseView) -> Iterator[Finding]:
    if duties.linked(view) or view.value("av_reason"):
        return
    yield Finding(
        code="G11",
        article="A11.2",
        path="av_reason",
        message="调查取证应当同步音像记录，没有记录的须写明理由。",
        remedy="关联音像，或填写“未记录（不适宜）理由”。",
        who="承办人",
        soft=str(view.settings.get("av.article11", "soft")) == "soft",
    )


@gate("G20", "先行登记保存在七个工作日内处理", "A15.1", "罚56", types=["preservation_disposal_decision"])
def preservation_in_time(view: CaseView) -> Iterator[Finding]:
    """Ask a written reason when the things kept are handled late: lateness is shown, never refused."""
    late = [d for d in view.deadlines_of("preservation_handle") if d.met_on is None and d.last_day < view.today]
    for deadline in late:
        yield Finding(
            code="G20",
            article="A15.1",
            message=f"先行登记保存的处理期限已于{deadline.last_day:%Y-%m-%d}届满，逾期处理须写明理由。",
            remedy="填写逾期理由；逾期的按规定解除并退还物品。",
            who="承办人",
            soft=True,
        )


GATES = (two_officers, certificates_shown, recorded, preservation_in_time)
