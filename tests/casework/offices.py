"""A small office for tests of operations: people of every role, a device, a party, a case; and small definitions.

`Bureau(ctx)` stands on the real floors (agencies, persons, accounts). `small(ctx, folder)` gives the same floor with a
catalogue of a few short types, so that a test says everything that its paper needs.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from access import accounts, agencies, persons
from access.facts import Actor
from casework.facts import CaseFacts, DocumentFacts, PartyFacts
from casework.operations import cases, devices, documents, issuing, parties
from foundation.context import Context

CERTIFICATE = {"cert_from": dt.date(2024, 3, 1), "cert_to": dt.date(2029, 2, 28)}
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "甲一": {"roles": ["handler"], "cert_no": "SF-1", **CERTIFICATE},
    "乙二": {"roles": ["handler"], "cert_no": "SF-2", **CERTIFICATE},
    "丙三": {"roles": ["unit_head"]},
    "丁四": {"roles": ["legal_head"]},
    "己六": {"roles": ["agency_head"], "post": "副镇长"},
    "癸十": {"roles": ["av_custodian"]},
    "壬九": {"roles": ["archivist"]},
}
FIRM = {
    "kind": "法人",
    "name": "示例砂石料场有限公司（虚构）",
    "id_type": "营业执照",
    "id_no": "91110101MA0FAKE17Q",
    "representative": "钱样本",
    "representative_post": "执行董事",
    "address": "工业路0号（虚构）",
}


class Bureau:
    """One agency with its people."""

    def __init__(self, ctx: Context, fonds_no: str = "QH01", **settings: Any) -> None:
        self.ctx = ctx
        names = {"name": f"清河镇人民政府{fonds_no}（虚构）", "short_name": f"清政{fonds_no[2:]}", "fonds_no": fonds_no}
        self.agency_id = agencies.create_agency(ctx, **names, settings=settings).id
        self.ids: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        for name, facts in PEOPLE.items():
            self.join(name, **facts)

    def join(self, name: str, **facts: Any) -> str:
        """Add a person and return the id."""
        given = {"department": "综合执法办公室", "valid_from": dt.date(2020, 1, 1), **facts}
        person = persons.add_person(self.ctx, agency_id=self.agency_id, name=name, **given)
        login = f"{name}-{self.agency_id}"
        self._accounts[name] = accounts.add_account(self.ctx, person_id=person.id, login=login).id
        self.ids[name] = person.id
        return person.id

    def as_(self, name: str) -> Actor:
        """Return a person as actor at the clock's instant."""
        with self.ctx.database.read() as session:
            return accounts.actor_of(session, self._accounts[name], self.ctx.clock.now())

    def device(self, device_no: str = "JLY-03", **changes: Any) -> None:
        """Register a device that 乙二 holds."""
        facts = {"kind": "执法记录仪", "holder": "乙二", "department": "综合执法办公室", "use": "现场执法"}
        given = {**facts, "in_service": dt.date(2025, 6, 1), **changes}
        devices.register_device(self.ctx, self.as_("甲一"), device_no=device_no, **given)

    def party(self, **changes: Any) -> PartyFacts:
        """Register a party."""
        return parties.register_party(self.ctx, self.as_("甲一"), **{**FIRM, **changes})

    def case(self, procedure: str = "inspection", **changes: Any) -> CaseFacts:
        """Open a case of 甲一 and 乙二 with a party of its own."""
        given = {"title": "涉嫌扬尘", "member_ids": [self.ids["甲一"], self.ids["乙二"]], **changes}
        return cases.open_case(self.ctx, self.as_("甲一"), procedure=procedure, **given)

    def draft(self, type_id: str, case: CaseFacts | None, by: str = "甲一", **given: Any) -> DocumentFacts:
        """Open a paper."""
        case_id = case.id if case else None
        return documents.draft(self.ctx, self.as_(by), type=type_id, case_id=case_id, **given)

    def sign(self, document: DocumentFacts, slot: str, by: str = "甲一", **given: Any) -> DocumentFacts:
        """Sign a slot."""
        return documents.fill_slot(self.ctx, self.as_(by), document_id=document.id, slot=slot, **given)

    def issue(self, document: DocumentFacts, by: str = "甲一") -> DocumentFacts:
        """Issue a paper without drawing it."""
        actor = self.as_(by)
        issuing.reserve(self.ctx, actor, document_id=document.id)
        return issuing.commit(self.ctx, actor, document_id=document.id, blobs={})


LETTER = {
    "id": "letter",
    "title": "函",
    "number": {"character": "函"},
    "fields": [{"name": "text", "label": "内容", "kind": "text", "required": True}],
}
ORDER = {
    "id": "stop_order",
    "title": "责停通知书",
    "number": {"character": "责停"},
    "service": "receipt_required",
    "fields": [{"name": "amount", "label": "金额", "kind": "money"}],
}
FACTS = {
    "id": "facts",
    "title": "情况表",
    "number": {"character": "情"},
    "fields": [
        {"name": "text", "label": "内容", "kind": "text"},
        {"name": "amount", "label": "金额", "kind": "money"},
        {"name": "on", "label": "日期", "kind": "date"},
        {"name": "at", "label": "时间", "kind": "datetime"},
        {"name": "way", "label": "方式", "kind": "choice", "options": ["直接", "邮寄"]},
        {"name": "yes", "label": "是否", "kind": "bool"},
        {"name": "id_no", "label": "证件号码", "kind": "text", "checks": ["id_no"]},
        {"name": "rows", "label": "明细", "kind": "list", "columns": [{"name": "item", "label": "项目"}]},
    ],
}
MAIL = {
    "id": "ems_register",
    "title": "邮寄登记表",
    "fields": [{"name": "returned", "label": "退回", "kind": "bool"}],
}
HANDED = {
    "id": "handed_notice",
    "title": "当场告知书",
    "number": {"character": "告"},
    "service": "signed_on_document",
    "fields": [{"name": "text", "label": "内容"}, {"name": "party_sign", "label": "签名", "kind": "signature"}],
    "slots": [
        {
            "id": "party",
            "part": "receive",
            "role": "party",
            "when": "after_issue",
            "signs": "party_sign",
            "refusable": True,
        }
    ],
}
APPROVAL = {
    "id": "approval",
    "title": "审批表",
    "number": {"character": "审"},
    "fields": [
        {"name": "text", "label": "事项", "required": True},
        *({"name": n, "label": n, "kind": "signature"} for n in ("handler_sign", "legal_sign", "head_sign")),
    ],
    "slots": [
        {"id": "handler", "part": "propose", "role": "handler", "signs": "handler_sign"},
        {"id": "legal", "part": "review", "role": "legal_head", "signs": "legal_sign"},
        {"id": "head", "part": "approve", "role": "agency_head", "signs": "head_sign"},
    ],
}
CORRECTION = {
    "id": "correction_of_document",
    "title": "更正通知书",
    "number": {"character": "更"},
    "fields": [{"name": "text", "label": "内容"}],
}
RECEIPT = {
    "id": "service_receipt",
    "title": "送达回证",
    "number": {"character": "回"},
    "fields": [
        {
            "name": "method",
            "label": "方式",
            "kind": "choice",
            "options": ["直接", "留置", "邮寄", "委托", "转交", "电子", "公告"],
        },
        {"name": "received_at", "label": "收到时间", "kind": "datetime"},
        *({"name": n, "label": n} for n in ("signer", "signer_relation", "refuse_reason", "ems_no", "address")),
        {"name": "refuse_date", "label": "拒收日期", "kind": "date"},
        {
            "name": "docs",
            "label": "文书",
            "kind": "list",
            "columns": [{"name": n, "label": n} for n in ("name", "doc_no", "copies")],
        },
        *({"name": n, "label": n, "kind": "signature"} for n in ("received_sign", "server_sign", "witness_sign")),
    ],
    "slots": [
        {
            "id": "received",
            "part": "receive",
            "role": "party",
            "required": {"method": ["直接"]},
            "signs": "received_sign",
        },
        {"id": "witness", "part": "witness", "role": "witness", "required": False, "signs": "witness_sign"},
        {"id": "server", "part": "sign", "role": "handler", "count": 2, "signs": "server_sign"},
    ],
}
HEARING = {
    "id": "hearing_notice",
    "title": "听证通知书",
    "number": {"character": "听通"},
    "fields": [{"name": n, "label": n, "kind": "person"} for n in ("presider", "assessors", "clerk")],
}
SMALL: tuple[Mapping[str, Any], ...] = (LETTER, ORDER, FACTS, MAIL, HANDED, APPROVAL, CORRECTION, RECEIPT, HEARING)


def small(ctx: Context, folder: Path) -> Context:
    """Return the same floor with a catalogue of short types."""
    for raw in SMALL:
        target = folder / "decision" / str(raw["id"])
        target.mkdir(parents=True, exist_ok=True)
        full = {"purpose": "试", "stage": "decision", "form": "表格式", "volume": "main", "tier": "core", **raw}
        text = yaml.safe_dump(full, allow_unicode=True, sort_keys=False)
        (target / "definition.yaml").write_text(text, encoding="utf-8")
        sample = {"ordinary": {f["name"]: "试" for f in raw["fields"] if f["name"] == "text"}}
        (target / "sample.yaml").write_text(yaml.safe_dump(sample, allow_unicode=True), encoding="utf-8")
    return replace(ctx, settings=ctx.settings.model_copy(update={"templates_dir": folder}))
