"""The bench of Word templates: handed in, scanned, tried on samples, approved by legal affairs, dated, retired.

An agency edits the Word template of a type and hands it back. `propose` keeps it only when it passes the scan
(`generator.uploads`), holds every signature and required field that the product's own template holds, and draws all
three samples. `approve` lets it hold from a day on; papers opened before keep theirs. Whoever handed it in does not
approve it.

Journal kinds in `agency:<id>`: `template.proposed`, `template.approved`, `template.rejected`, `template.retired`.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import orm

from access import agencies
from access.agencies import require_in_agency
from access.facts import Actor
from access.policy import Permission
from casework.views import office
from catalogue import samples, word_templates
from catalogue.definitions import Catalogue, DocumentType
from catalogue.loading import load_catalogue
from catalogue.word_templates import TemplateFacts, TemplateState
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, Finding, Refused
from generator.compile import Template, compile_template
from generator.drawing import template_of
from generator.furniture import DIGEST_DIGITS, Furniture
from generator.job import Job
from generator.pool import Pool
from generator.uploads import TAGGED, accept
from generator.uploads_tags import names_used

LONGEST_NOTE = 500
SAMPLE_TITLES: Mapping[str, str] = {"ordinary": "一般样例", "minimal": "最少内容", "hard": "极端内容"}


@dataclass(frozen=True, kw_only=True)
class BenchRow:
    """One type on the bench."""

    definition: DocumentType
    is_on: bool
    """Its power is switched on, or it needs none."""
    in_force: TemplateFacts | None
    """The agency's own template that is used today."""
    waiting: int
    """Versions that wait for approval."""
    is_outdated: bool
    """An approved template was accepted for an older definition, so the product's own is used."""


def bench(ctx: Context, actor: Actor) -> list[BenchRow]:
    """Return every type with what draws it today, in the order of stages."""
    require_in_agency(actor, Permission.SETTING_READ, actor.agency_id)
    with ctx.database.read() as session:
        at = office(ctx, session)
        settings = at.settings_today(actor.agency_id)
        known = word_templates.templates_of(session, actor.agency_id)
        return [_row(d, settings, [t for t in known if t.type == d.id], at.today) for d in at.catalogue.types.values()]


def _row(
    definition: DocumentType, settings: Mapping[str, object], known: Sequence[TemplateFacts], day: dt.date
) -> BenchRow:
    holding = [t for t in known if t.holds_on(day)]
    used = [t for t in holding if t.definition_digest == definition.digest]
    latest = max(used, key=lambda t: (t.valid_from or day, t.decided_at or t.proposed_at), default=None)
    return BenchRow(
        definition=definition,
        is_on=all(settings.get(f"powers.{power}") for power in definition.powers),
        in_force=latest,
        waiting=sum(t.state is TemplateState.PROPOSED for t in known),
        is_outdated=bool(holding) and not used,
    )


def versions(ctx: Context, actor: Actor, type_id: str) -> Sequence[TemplateFacts]:
    """Return the agency's templates of a type, latest first."""
    require_in_agency(actor, Permission.SETTING_READ, actor.agency_id)
    with ctx.database.read() as session:
        return word_templates.templates_of(session, actor.agency_id, type_id)


def version(ctx: Context, actor: Actor, template_id: str) -> TemplateFacts:
    """Return one of the agency's templates."""
    require_in_agency(actor, Permission.SETTING_READ, actor.agency_id)
    with ctx.database.read() as session:
        return word_templates.template_facts(session, actor.agency_id, template_id)


def word_file(ctx: Context, actor: Actor, type_id: str, template_id: str = "") -> bytes:
    """Return a type's template as a Word file to edit: the product's own, or a version of the agency."""
    require_in_agency(actor, Permission.SETTING_READ, actor.agency_id)
    if template_id:
        return ctx.blobs.read(version(ctx, actor, template_id).blob)
    return compile_template(_catalogue(ctx).get(type_id)).docx


def sample_job(ctx: Context, type_id: str, kind: str, *, blob: str = "") -> Job:
    """Return the job that draws a sample of a type, with a template of an agency when its file is given."""
    catalogue = _catalogue(ctx)
    definition = catalogue.get(type_id)
    template = template_of(ctx, blob, definition)
    return _job(ctx, catalogue, definition, kind, template)


def _job(ctx: Context, catalogue: Catalogue, definition: DocumentType, kind: str, template: Template | None) -> Job:
    values = samples.sample(catalogue, definition.id, kind)
    return Job(
        definition=definition,
        values=values,
        furniture=_furniture(ctx, definition),
        fonts_dir=str(ctx.settings.fonts_dir),
        images=samples.pictures(catalogue, definition.id, values),
        template=template,
    )


def _furniture(ctx: Context, definition: DocumentType) -> Furniture:
    number = f"清政{definition.number_character}〔2026〕第3号" if definition.number_character else ""
    return Furniture(
        document_id="00000000-0000-7000-8000-000000000000",
        version=1,
        digest_prefix="0" * DIGEST_DIGITS,
        verify_url=f"{ctx.settings.public_url.rstrip('/')}/v",
        title=definition.title,
        number=number,
        agency_name="清河镇人民政府（虚构）",
        created_at="2026-01-06T00:00:00+00:00",
        contact="甲一 000-00000000",
        address="清河镇示例路1号（虚构）",
    )


def propose(
    ctx: Context, actor: Actor, *, type_id: str, content: bytes, file_name: str, note: str, pool: Pool
) -> TemplateFacts:
    """Take a Word template in, when it can stand: scan, signatures and required fields, three samples.

    Raises:
        BadInput: It cannot; every fault is named with part and paragraph.
    """
    require_in_agency(actor, Permission.TEMPLATE_PROPOSE, actor.agency_id)
    if not note.strip():
        raise BadInput("没有写明修改内容。", remedy="写明改了什么、依据什么。", path="note")
    definition = _catalogue(ctx).get(type_id)
    template = accept(content, definition)
    found = [*_lacking(template, definition), *_undrawn(ctx, definition, template, pool)]
    if found:
        message = f"《{definition.title}》的模板有{len(found)}处问题，没有保存。"
        raise BadInput(message, remedy="按下列各项修改后重新上传。", path="file", findings=found)
    blob = ctx.blobs.put(template.docx).sha256
    with ctx.database.write() as session:
        template_id = ctx.ids.new()
        _note(session, ctx, actor, "template.proposed", template_id, type=type_id, blob=blob)
        return word_templates.insert(
            session,
            id=template_id,
            agency_id=actor.agency_id,
            type=type_id,
            blob=blob,
            definition_digest=definition.digest,
            file_name=file_name[-200:],
            note=note.strip()[:LONGEST_NOTE],
            proposed_by=actor.account_id,
            proposed_at=ctx.clock.now(),
        )


def _lacking(template: Template, definition: DocumentType) -> Iterator[Finding]:
    """Yield what the product's own template prints and the law needs, and this one does not."""
    own, given = _names(compile_template(definition).docx), _names(template.docx)
    for slot in definition.slots:
        if f"sign.{slot.id}" in own - given:
            label = slot.label or slot.id
            yield _fault(f"缺少签名位“{label}”", f"把原模板中 aj.sign.{slot.id} 的一段放回去")
    for field in definition.fields:
        if field.required is True and field.name in own - given:
            yield _fault(f"缺少必填栏目“{field.label}”", f"在模板中写上 {{{{ {field.name} }}}}")


def _names(docx: bytes) -> frozenset[str]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        texts = [archive.read(n).decode("utf-8", "replace") for n in archive.namelist() if TAGGED.fullmatch(n)]
    return frozenset[str]().union(*(names_used(text) for text in texts))


def _fault(message: str, remedy: str) -> Finding:
    return Finding(code="TEMPLATE", path="word/document.xml", message=f"{message}。", remedy=f"{remedy}。")


def _undrawn(ctx: Context, definition: DocumentType, template: Template, pool: Pool) -> Iterator[Finding]:
    """Yield why samples cannot be drawn with it."""
    catalogue = _catalogue(ctx)
    for kind, title in SAMPLE_TITLES.items():
        try:
            pool.make(_job(ctx, catalogue, definition, kind, template))
        except AnjuanError as error:
            yield Finding(code="SAMPLE", path=title, message=f"用{title}试制失败：{error.message}", remedy=error.remedy)


def approve(ctx: Context, actor: Actor, *, template_id: str, valid_from: dt.date) -> TemplateFacts:
    """Let a version hold from a day on; papers opened before keep the template that they have.

    Raises:
        Refused: It is decided already, its type changed meanwhile, or the actor handed it in.
        BadInput: The day is past.
    """
    with ctx.database.write() as session:
        facts = _to_decide(session, actor, template_id)
        if facts.proposed_by == actor.account_id:
            raise _refused("提交人不能批准自己提交的模板。", "由另一名法制机构负责人批准。")
        if _catalogue(ctx).get(facts.type).digest != facts.definition_digest:
            raise _refused("提交以后文书定义已经更新。", "下载现在的模板，修改后重新提交。")
        if valid_from < legal_date(ctx.clock.now()):
            raise BadInput(
                "生效日期不能早于今天。", remedy="已制发的文书不受影响；选择今天或以后的日期。", path="valid_from"
            )
        _note(session, ctx, actor, "template.approved", template_id, type=facts.type, valid_from=valid_from.isoformat())
        return _decided(session, ctx, actor, template_id, state=TemplateState.APPROVED, valid_from=valid_from)


def reject(ctx: Context, actor: Actor, *, template_id: str, reason: str) -> TemplateFacts:
    """Turn a version down; it stays to be read, with the reason."""
    with ctx.database.write() as session:
        facts = _to_decide(session, actor, template_id)
        why = _reason(reason)
        _note(session, ctx, actor, "template.rejected", template_id, type=facts.type)
        return _decided(session, ctx, actor, template_id, state=TemplateState.REJECTED, reason=why)


def retire(ctx: Context, actor: Actor, *, template_id: str, retired_from: dt.date, reason: str) -> TemplateFacts:
    """Take an approved version out of use from a day on; new papers are drawn by what was before it.

    Raises:
        Refused: It is not approved.
        BadInput: No reason, or a day that is past.
    """
    with ctx.database.write() as session:
        require_in_agency(actor, Permission.TEMPLATE_APPROVE, actor.agency_id)
        facts = word_templates.template_facts(session, actor.agency_id, template_id)
        if facts.state is not TemplateState.APPROVED:
            raise _refused("只有已批准的模板可以停用。", "待批准的直接退回。")
        if retired_from < legal_date(ctx.clock.now()):
            raise BadInput("停用日期不能早于今天。", remedy="选择今天或以后的日期。", path="retired_from")
        why, day = _reason(reason), retired_from.isoformat()
        _note(session, ctx, actor, "template.retired", template_id, type=facts.type, retired_from=day)
        words = {"state": TemplateState.RETIRED.value, "retired_from": retired_from, "reason": why}
        return word_templates.change(session, template_id, **words)


def _to_decide(session: orm.Session, actor: Actor, template_id: str) -> TemplateFacts:
    require_in_agency(actor, Permission.TEMPLATE_APPROVE, actor.agency_id)
    facts = word_templates.template_facts(session, actor.agency_id, template_id)
    if facts.state is not TemplateState.PROPOSED:
        raise _refused(f"这个模板{word_templates.STATE_NAMES[facts.state]}，不再审批。", "如需变更，停用后重新提交。")
    return facts


def _decided(
    session: orm.Session, ctx: Context, actor: Actor, template_id: str, *, state: TemplateState, **fields: object
) -> TemplateFacts:
    known = {"state": state.value, "decided_by": actor.account_id, "decided_at": ctx.clock.now()}
    return word_templates.change(session, template_id, **known, **fields)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput("没有写明理由。", remedy="填写理由。", path="reason")
    return reason.strip()[:LONGEST_NOTE]


def _refused(message: str, remedy: str) -> Refused:
    finding = Finding(code="TEMPLATE", message=message, remedy=remedy, who="法制科负责人")
    return Refused(message, remedy=remedy, findings=[finding])


def _note(session: orm.Session, ctx: Context, actor: Actor, kind: str, template_id: str, **data: str) -> None:
    agencies.note(session, ctx, actor.agency_id, kind, actor, template=template_id, **data)


def _catalogue(ctx: Context) -> Catalogue:
    return load_catalogue(ctx.settings.templates_dir)
