"""Frozen facts of who acts and for whom: all that other floors see of persons, accounts and agencies."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from foundation.canonical import digest


@dataclass(frozen=True, kw_only=True)
class Acting:
    """A running delegation, as far as its holder needs it."""

    delegation_id: str
    role: str
    types: frozenset[str]
    principal_id: str
    principal: str
    """Name, for `甲代乙`."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does something, with the roles held at that instant; made anew for every request and every job step."""

    account_id: str
    person_id: str
    agency_id: str
    """The agency acted for; empty when nothing is held any more."""
    name: str
    roles: frozenset[str]
    """Keys of `access/rules/roles.yaml`, of this agency alone."""
    agencies: frozenset[str]
    """Agencies that the actor may look at: the own one, and those given to a supervising body."""
    departments: frozenset[str] = frozenset()
    party_ids: frozenset[str] = frozenset()
    """Parties for whom the account stands (role `party`)."""
    acting: tuple[Acting, ...] = ()
    """For whom the actor may sign at that instant (`access.delegations`)."""
    scopes: frozenset[str] | None = None
    """Permissions that a token is for, of those that the roles give; None for a person at a page."""

    @property
    def epoch(self) -> str:
        """Return a mark of all rights held: it changes when a role, department or agency does (old tabs notice)."""
        held = [self.roles, self.agencies, self.departments, self.party_ids, [a.delegation_id for a in self.acting]]
        return digest([self.account_id, self.agency_id, *(sorted(h) for h in held)])[:16]


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """A human of an office, as they stood on a day."""

    id: str
    name: str
    agency_id: str
    roles: frozenset[str]
    """Roles held on that day; empty before the first and after the last appointment."""
    department: str
    post: str = ""
    """Title of the post (镇长)."""
    qualification: str = ""
    """Number of the legal-profession qualification (罚58)."""
    cert_no: str | None = None
    cert_from: dt.date | None = None
    cert_to: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class AppointmentFacts:
    """A role in a department over a time."""

    id: str
    agency_id: str
    person_id: str
    role: str
    department: str
    valid_from: dt.date
    valid_to: dt.date | None
    ended_at: dt.datetime | None
    """When it was taken away before its time: from then on it gives nothing."""
    post: str = ""
    qualification: str = ""
    party_id: str = ""
    cert_no: str = ""
    cert_from: dt.date | None = None
    cert_to: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class DelegationFacts:
    """A delegation of approval."""

    id: str
    agency_id: str
    principal_id: str
    delegate_id: str
    role: str
    types: frozenset[str]
    valid_from: dt.date
    valid_to: dt.date
    basis: str
    given_by: str
    given_at: dt.datetime
    ended_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """A login."""

    id: str
    person_id: str
    login: str
    created_at: dt.datetime
    disabled_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AgencyFacts:
    """立档单位: a township, or a body that supervises several."""

    id: str
    name: str
    short_name: str
    fonds_no: str


@dataclass(frozen=True, kw_only=True)
class TokenFacts:
    """A token of a person's programs."""

    id: str
    account_id: str
    agency_id: str
    name: str
    beginning: str
    scopes: frozenset[str]
    made_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    used_at: dt.datetime | None
    used_from: str

    def is_valid_at(self, at: dt.datetime) -> bool:
        """Tell whether it opens anything at an instant."""
        return self.revoked_at is None and at < self.expires_at


@dataclass(frozen=True, kw_only=True)
class SettingFacts:
    """A value of a setting with the day from which it holds."""

    key: str
    seq: int
    valid_from: dt.date
    value: Any
    basis: str
    set_by: str
    """Account; empty when the agency was made with it."""
    set_at: dt.datetime
