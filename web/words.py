"""Chinese words for the values that pages show; nothing is decided here."""

from collections.abc import Mapping

from casework.facts import CaseFacts, Procedure, ServiceMethod

PROCEDURES: Mapping[str, str] = {
    Procedure.GENERAL: "普通程序",
    Procedure.SUMMARY: "简易程序",
    Procedure.APPLICATION: "依申请程序",
    Procedure.INSPECTION: "行政检查",
}
METHODS: Mapping[str, str] = {
    ServiceMethod.DIRECT: "直接送达",
    ServiceMethod.LEAVING: "留置送达",
    ServiceMethod.EMS: "邮政特快专递",
    ServiceMethod.ENTRUSTED: "委托送达",
    ServiceMethod.FORWARDED: "转交送达",
    ServiceMethod.ELECTRONIC: "电子送达",
    ServiceMethod.ANNOUNCEMENT: "公告送达",
}
VOLUMES: Mapping[str, str] = {
    "main": "正卷",
    "side": "副卷",
    "both": "正卷、副卷",
    "ledger": "台账",
    "supervision": "监督材料",
}
SECRECY: Mapping[str, str] = {
    "normal": "一般",
    "internal": "内部",
    "privacy": "个人隐私",
    "business_secret": "商业秘密",
    "work_secret": "工作秘密",
    "informant": "举报人",
}
STATUSES: Mapping[str, str] = {
    "draft": "草稿",
    "signing": "签批中",
    "returned": "已退回",
    "issuing": "印发中",
    "issued": "已印发",
    "served": "已送达",
    "filed": "已归档",
    "void": "作废",
    "replaced": "已更正替换",
}
DOWNLOADS: Mapping[str, str] = {
    "sealed": "PDF（电子印章）",
    "pdf": "PDF",
    "docx": "Word",
    "signed_copy": "签收件",
}
"""Kinds of a paper's files that people may download, the best first."""


def number_of(case: CaseFacts) -> str:
    """Return what a case is called by: its number, else its working number."""
    return case.number or case.working_number or "未编号"
