"""What a party must state, how it is read, and how names are compared (`casework.register` keeps the rows).

Four kinds with their own fields (reference: 公民, 个体工商户, 法人, 其他组织). Numbers are read as people type them and
checked by their check digit; birth date and gender of a citizen come from the identity card when they are not given.
A name has one key for all its spellings; names that are alike are a warning and never a merger.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from casework import identity
from casework.values import read_value
from catalogue.definitions import Field
from foundation.errors import BadInput, Finding

CITIZEN, TRADER, FIRM, OTHER = "公民", "个体工商户", "法人", "其他组织"
KINDS = (CITIZEN, TRADER, FIRM, OTHER)
ID_CARD = "居民身份证"
CREDIT = ("营业执照", "统一社会信用代码", "统一社会信用代码证书", "社会信用代码")
ID_LENGTH = 18

FIELDS: Mapping[str, Field] = {
    f.name: f
    for f in (
        Field(name="kind", label="当事人类型", kind="choice", required=True, options=KINDS),
        Field(name="name", label="姓名（名称）", kind="person", required=True),
        Field(name="id_type", label="证件类型", kind="text", required=True),
        Field(name="id_no", label="证件号码", kind="text", required=True, checks=(("id_no", None),)),
        Field(name="address", label="住址（住所）", kind="text", required=True),
        Field(name="phone", label="联系电话", kind="text", checks=(("phone", None),)),
        Field(name="gender", label="性别", kind="choice", options=("男", "女")),
        Field(name="birth_date", label="出生日期", kind="date"),
        Field(name="representative", label="法定代表人（负责人、经营者）", kind="person"),
        Field(name="representative_post", label="职务", kind="text"),
        Field(name="employer", label="工作单位", kind="text"),
        Field(name="guardian", label="监护人", kind="person"),
        Field(name="guardian_contact", label="监护人联系电话及住址", kind="text"),
        Field(name="aliases", label="曾用名（别名、字号）", kind="text"),
    )
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    CITIZEN: ("gender", "birth_date"),
    TRADER: ("representative",),
    FIRM: ("representative", "representative_post"),
    OTHER: ("representative", "representative_post"),
}
"""What a kind must state besides what all state."""

BRACKETS = re.compile(r"\(.*?\)")
FIRM_WORDS = re.compile("((股份|责任)?有限(责任)?公司|商行|经营部|店|厂|分?公司)$")
"""What many names share; two firms are not alike because both are 有限公司."""
LONGEST_KEYS = 600

USUAL: Mapping[str, str] = {CITIZEN: ID_CARD, TRADER: "营业执照", FIRM: "营业执照", OTHER: "统一社会信用代码证书"}
"""Kind of certificate that is meant when none is said."""

DOTS = re.compile("[·•・‧･．.\\s]")
"""Dots and spaces in names: 阿依古丽·买买提 is one name however it is dotted."""


def read_party(data: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Return a party's data as they are kept, every field of `PartyFacts` but the id.

    Raises:
        BadInput: Something is missing or wrong; every fault is named.
    """
    out: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, raw in data.items():
        if name not in FIELDS:
            findings.append(_fault(name, f"没有“{name}”这一项", f"可用：{'、'.join(FIELDS)}"))
            continue
        read = read_value(FIELDS[name], raw, name)
        findings += read.findings
        out[name] = read.value
    given = out if findings else _with_card(out)
    findings = findings or [*_missing(given), *_wrong(given, today)]
    if findings:
        first = findings[0]
        raise BadInput(first.message, remedy=first.remedy, path=first.path, findings=findings)
    return {name: given.get(name) or ("" if name != "birth_date" else None) for name in FIELDS}


def _fault(path: str, message: str, remedy: str) -> Finding:
    return Finding(code="FIELD", path=path, message=f"{message}。", remedy=f"{remedy}。")


def _with_card(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data with the usual certificate, the birth date as a date, and what the identity card says besides."""
    birth = dt.date.fromisoformat(data["birth_date"]) if data.get("birth_date") else None
    usual = USUAL.get(str(data.get("kind"))) if data.get("id_no") else None
    given = {**data, "birth_date": birth, "id_type": data.get("id_type") or usual}
    return {**given, **{k: v for k, v in _from_card(given).items() if not given.get(k)}}


def _from_card(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return birth date and gender that a valid identity card states."""
    number = str(data.get("id_no") or "")
    if data.get("id_type") != ID_CARD or len(number) != ID_LENGTH or identity.id_number_fault(number):
        return {}
    birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return {"birth_date": birth, "gender": "男" if int(number[16]) % 2 else "女"}


def _missing(data: Mapping[str, Any]) -> list[Finding]:
    kind = str(data.get("kind") or "")
    names = [n for n, f in FIELDS.items() if f.required] + list(REQUIRED.get(kind, ()))
    lacking = [n for n in names if not data.get(n)]
    return [_fault(n, f"“{FIELDS[n].label}”没有填写", f"填写{FIELDS[n].label}") for n in lacking]


def _wrong(data: Mapping[str, Any], today: dt.date) -> list[Finding]:
    found = []
    number, id_type = str(data.get("id_no") or ""), data.get("id_type")
    if number and id_type == ID_CARD and (fault := identity.id_number_fault(number)):
        found.append(_fault("id_no", f"“证件号码”{fault}", "核对身份证原件"))
    elif number and id_type in CREDIT and (fault := identity.credit_code_fault(number)):
        found.append(_fault("id_no", f"“证件号码”{fault}", "核对营业执照原件"))
    if data.get("phone") and (fault := identity.phone_fault(str(data["phone"]))):
        found.append(_fault("phone", f"“联系电话”{fault}", "核对号码"))
    for name, told in _from_card(data).items():
        if data.get(name) != told:
            label = FIELDS[name].label
            found.append(_fault(name, f"“{label}”与身份证号码不一致", f"身份证号码载明的是{told}，核对后更正"))
    if data.get("birth_date") and data["birth_date"] > today:
        found.append(_fault("birth_date", "“出生日期”晚于今天", "核对出生日期"))
    return found


def name_key(name: str) -> str:
    """Return one key for all spellings of a name: width, case, dots and spaces do not count."""
    return DOTS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def alias_keys(aliases: str) -> str:
    """Return the keys of several names, a bar before and behind each: `|key|key|`."""
    keys = [name_key(one) for one in re.split("[、，,；;/]", aliases)]
    return f"|{'|'.join(dict.fromkeys(k for k in keys if k))}|"[:LONGEST_KEYS] if any(keys) else ""


def core(key: str) -> str:
    """Return a name's key without the words that say only what kind of firm it is; may be empty."""
    return FIRM_WORDS.sub("", BRACKETS.sub("", key))
