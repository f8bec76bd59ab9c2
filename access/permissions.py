"""Words of the policy: what may be asked (`resource:action`), on which kinds of record, over which attributes."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """Everything that the policy is asked about: `resource:action`."""

    CASE_OPEN = "case:open"
    CASE_READ = "case:read"
    CASE_CHANGE = "case:change"
    CASE_ASSIGN = "case:assign"
    CASE_CLOSE = "case:close"
    PARTY_REGISTER = "party:register"
    PARTY_READ = "party:read"
    PARTY_ADMIT = "party:admit"
    DEVICE_REGISTER = "device:register"
    DEVICE_READ = "device:read"
    DOCUMENT_DRAFT = "document:draft"
    DOCUMENT_READ = "document:read"
    DOCUMENT_REVISE = "document:revise"
    DOCUMENT_SIGN = "document:sign"
    DOCUMENT_RETURN = "document:return"
    DOCUMENT_ISSUE = "document:issue"
    DOCUMENT_VOID = "document:void"
    RECORDING_ADD = "recording:add"
    RECORDING_READ = "recording:read"
    RECORDING_MARK = "recording:mark"
    RECORDING_KEEP = "recording:keep"
    SERVICE_RECORD = "service:record"
    SECRECY_MARK = "secrecy:mark"
    PACKAGE_MAKE = "package:make"
    PACKAGE_READ = "package:read"
    PACKAGE_CHECK = "package:check"
    ARCHIVE_MANAGE = "archive:manage"
    COPY_REQUEST = "copy:request"
    COPY_APPROVE = "copy:approve"
    COPY_MAKE = "copy:make"
    SEARCH = "search:ask"
    STATISTICS_READ = "statistics:read"
    RECTIFICATION_ISSUE = "rectification:issue"
    RECTIFICATION_ANSWER = "rectification:answer"
    TEMPLATE_PROPOSE = "template:propose"
    TEMPLATE_APPROVE = "template:approve"
    SUBSTITUTE_APPROVE = "substitute:approve"
    SETTING_READ = "setting:read"
    SETTING_MANAGE = "setting:manage"
    CALENDAR_MANAGE = "calendar:manage"
    ACCOUNT_MANAGE = "account:manage"
    APPROVAL_DELEGATE = "approval:delegate"
    JOURNAL_READ = "journal:read"
    BACKUP_MAKE = "backup:make"
    HEALTH_READ = "health:read"


KINDS: Mapping[str, frozenset[str]] = {
    "agency": frozenset(["agency_id"]),
    "case": frozenset(["id", "agency_id", "case_id"]),
    "document": frozenset(
        ["id", "agency_id", "case_id", "type", "stage", "secrecy", "volume", "status", "party_id", "author_id"]
    ),
    "recording": frozenset(["id", "agency_id", "case_id", "secrecy", "operator_id"]),
    "package": frozenset(["id", "agency_id", "case_id", "secrecy"]),
}
"""Kinds of record and the attributes that the policy may look at; every engine stores these."""

KINDS_OF: Mapping[str, frozenset[str]] = {
    "case": frozenset(["case"]),
    "document": frozenset(["document"]),
    "recording": frozenset(["recording"]),
    "package": frozenset(["package"]),
    "service": frozenset(["case"]),
    "secrecy": frozenset(["case"]),
    "copy": frozenset(["case", "agency"]),
}
"""Kinds that a resource's permissions are asked on; others are asked on the agency."""

EXCEPTIONS: Mapping[Permission, frozenset[str]] = {
    Permission.CASE_OPEN: frozenset(["agency"]),
    Permission.PARTY_ADMIT: frozenset(["case"]),
    Permission.RECORDING_ADD: frozenset(["case", "agency"]),
    Permission.PACKAGE_MAKE: frozenset(["case"]),
    Permission.RECTIFICATION_ISSUE: frozenset(["agency", "case"]),
}


def kinds_of(permission: Permission) -> frozenset[str]:
    """Return the kinds of record on which a permission is asked."""
    resource = permission.value.partition(":")[0]
    return EXCEPTIONS.get(permission) or KINDS_OF.get(resource, frozenset(["agency"]))
