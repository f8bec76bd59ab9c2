"""Puts cases and papers into the tables as operations do, with rows in the outbox, and makes viewers of them."""

from dataclasses import dataclass

import sqlalchemy as sa

from access.facts import Actor
from archive.models import PackageRow
from casework.models import (
    CasePartyRow,
    CaseRow,
    DeviceRow,
    DocumentBlobRow,
    DocumentRow,
    DocumentVersionRow,
    RecordingRow,
)
from catalogue import versions
from catalogue.definitions import Catalogue, DocumentType
from catalogue.loading import parse_definition
from foundation import outbox
from foundation.context import Context
from tests.access.office import a_person, an_actor, an_agency
from tests.access.records import a_case, a_paper, a_party

FIELDS = [
    {"name": "facts", "label": "事实", "kind": "long_text"},
    {"name": "amount", "label": "金额", "kind": "money"},
    {"name": "found_on", "label": "发现日期", "kind": "date"},
    {"name": "address", "label": "住址", "kind": "text", "mask": "privacy"},
    {"name": "birth_date", "label": "出生日期", "kind": "date", "mask": "privacy"},
    {"name": "secret", "label": "商业秘密", "kind": "long_text", "mask": "business_secret"},
    {"name": "informant", "label": "举报人", "kind": "text", "mask": "informant"},
    {
        "name": "goods",
        "label": "物品",
        "kind": "list",
        "columns": [{"name": "name", "label": "名称"}, {"name": "owner", "label": "所有人", "mask": "privacy"}],
    },
]

RAW = {
    "id": "inquiry_record",
    "title": "询问笔录",
    "stage": "investigation",
    "form": "record",
    "volume": "main",
    "secrecy": "normal",
    "fields": FIELDS,
    "slots": [],
    "body": {"layout": "record", "blocks": []},
}


@dataclass(frozen=True)
class Town:
    """An agency with two handlers, a head, and one case of the first handler."""

    ctx: Context
    agency_id: str
    handler: Actor
    other: Actor
    head: Actor
    case_id: str
    party_id: str

    def paper(self, text: str = "", **words: object) -> str:
        """Add a paper of the case; `text` is what was drawn, `data` what was typed, `case_id` another case."""
        data, case_id = words.pop("data", {}), words.pop("case_id", self.case_id)
        paper_id = a_paper(self.ctx, self.agency_id, case_id, self.handler.person_id, **words)  # type: ignore[arg-type]
        form = definition(self.ctx, str(words.get("type", RAW["id"])))
        with self.ctx.database.write() as session:
            session.get_one(DocumentRow, paper_id).definition_digest = form.digest
            session.get_one(DocumentVersionRow, (paper_id, 1)).data = data  # type: ignore[assignment]
            if text:
                blob = self.ctx.blobs.put(text.encode()).sha256
                facts = {"agency_id": self.agency_id, "version": 1, "at": self.ctx.clock.now()}
                session.add(DocumentBlobRow(document_id=paper_id, kind="text", blob=blob, **facts))
        self.touch("document", paper_id)
        return paper_id

    def recording(self, **words: object) -> str:
        """Add a recording of the case."""
        ctx, now = self.ctx, self.ctx.clock.now()
        facts: dict[str, object] = {"number": f"AV-20260105-{ctx.ids.new()[-2:]}", "kind": "录像", "scene": "现场检查"}
        facts |= {
            "operator": "甲一",
            "operator_id": self.handler.person_id,
            "place": "砂石场路",
            "party_informed": True,
        }
        with ctx.database.write() as session:
            device = session.scalars(sa.select(DeviceRow)).first()
            if device is None:
                words_of = {"kind": "执法记录仪", "holder": "甲一", "department": "", "use": "现场执法"}
                device = DeviceRow(
                    id=ctx.ids.new(), agency_id=self.agency_id, device_no="JLY-03", in_service=now.date(), **words_of
                )
                session.add(device)
                session.flush()
            row = RecordingRow(id=ctx.ids.new(), agency_id=self.agency_id, case_id=self.case_id, device_id=device.id)
            for name, value in {**facts, "started_at": now, "announced_at": now, **words}.items():
                setattr(row, name, value)
            session.add(row)
            recording_id = row.id
        self.touch("recording", recording_id)
        return recording_id

    def package(self, *, code: str, state: str) -> str:
        """Add a package of the case."""
        ctx, now = self.ctx, self.ctx.clock.now()
        number = 1 if state == "kept" else 2
        words = {
            "slug": code,
            "title": "砂石料场扬尘案",
            "retention": "D30",
            "retention_code": "D30",
            "secrecy": "internal",
        }
        words |= {"retention_rule": "", "retention_source": "", "filer_id": self.handler.person_id, "filer": "甲一"}
        with ctx.database.write() as session:
            row = PackageRow(id=ctx.ids.new(), agency_id=self.agency_id, case_id=self.case_id, generation=number)
            for name, value in {**words, "code": code, "state": state, "created_at": now, "kept_at": now}.items():
                setattr(row, name, value)
            session.add(row)
            package_id = row.id
        self.touch("package", package_id)
        return package_id

    def change(self, paper_id: str, **fields: object) -> None:
        """Change a paper as an operation does: the row, its version, the outbox, in one transaction."""
        with self.ctx.database.write() as session:
            row = session.get_one(DocumentRow, paper_id)
            for name, value in fields.items():
                setattr(row, name, value)
            row.index_version += 1
            outbox.add(session, topic="index", kind="document", subject=paper_id, at=self.ctx.clock.now())

    def touch(self, kind: str, subject: str) -> None:
        """Ask the index to look at a thing."""
        with self.ctx.database.write() as session:
            outbox.add(session, topic="index", kind=kind, subject=subject, at=self.ctx.clock.now())


def a_town(ctx: Context, name: str = "清河镇人民政府（虚构）") -> Town:
    """Make an agency with its people and a case."""
    agency = an_agency(ctx, name)
    people = [a_person(ctx, agency.id, "handler", name=n) for n in ("甲一", "乙二")]
    head = a_person(ctx, agency.id, "unit_head", name="丙三")
    case_id, party_id = a_case(ctx, agency.id, people[0]), a_party(ctx, agency.id, "阿依古丽·买买提")
    with ctx.database.write() as session:
        added = {"seq": 0, "added_at": ctx.clock.now()}
        session.add(CasePartyRow(case_id=case_id, party_id=party_id, agency_id=agency.id, **added))
        session.get_one(CaseRow, case_id).title = "砂石料场扬尘案"
        outbox.add(session, topic="index", kind="case", subject=case_id, at=ctx.clock.now())
    actors = [an_actor("handler", agency=agency.id, person=p) for p in people]
    return Town(ctx, agency.id, *actors, an_actor("unit_head", agency=agency.id, person=head), case_id, party_id)


def definition(ctx: Context, type_id: str) -> DocumentType:
    """Keep a small document type in the database and return it."""
    form = parse_definition({**RAW, "id": type_id})
    with ctx.database.write() as session:
        versions.store(session, Catalogue(root=ctx.settings.templates_dir, types={form.id: form}, samples={}))
    return form
