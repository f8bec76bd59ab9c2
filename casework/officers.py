"""Who acts in a case on a day: persons of the office with their roles and the certificate that is valid then.

The person register is `access`; here it becomes `OfficerFacts`. Whether two valid certificates are needed is a gate's
care (G1): this module only says what is known.
"""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import orm

from access import accounts
from access.facts import PersonFacts
from casework.facts import OfficerFacts
from foundation.errors import BadInput


def officer(session: orm.Session, person_id: str, day: dt.date) -> OfficerFacts:
    """Return a person of the office as they stood on a day.

    Raises:
        NotFound: There is no such person.
    """
    return _facts(accounts.person(session, person_id, day))


def officers(session: orm.Session, person_ids: Iterable[str], day: dt.date) -> tuple[OfficerFacts, ...]:
    """Return several persons in the given order, each once."""
    return tuple(officer(session, one, day) for one in dict.fromkeys(person_ids))


def handlers(session: orm.Session, person_ids: Iterable[str], day: dt.date) -> tuple[OfficerFacts, ...]:
    """Return persons who may handle a case on a day.

    Raises:
        BadInput: One of them is no handler then.
    """
    found = officers(session, person_ids, day)
    for one in found:
        if "handler" not in one.roles:
            raise BadInput(
                f"{one.name}在{day:%Y-%m-%d}不是执法人员，不能承办案件。",
                remedy="改派执法人员，或由系统管理员登记其职务。",
                path="member_ids",
            )
    return found


def handlers_of(session: orm.Session, agency_id: str, day: dt.date) -> list[OfficerFacts]:
    """Return everybody who may handle a case of an office on a day, in the order of joining."""
    found = (_facts(one) for one in accounts.persons_of(session, agency_id, day))
    return [one for one in found if "handler" in one.roles]


def people(session: orm.Session, agency_id: str, day: dt.date) -> dict[str, dict[str, str]]:
    """Return what papers say of the office's persons, by name; of two with one name nothing is said."""
    found: dict[str, dict[str, str]] = {}
    twice: set[str] = set()
    for one in accounts.persons_of(session, agency_id, day):
        twice |= {one.name} & set(found)
        found[one.name] = {"post": one.post, "department": one.department, "qualification": one.qualification}
    return {name: facts for name, facts in found.items() if name not in twice}


def has_valid_certificate(one: OfficerFacts, day: dt.date) -> bool:
    """Tell whether an officer's certificate is valid on a day."""
    return bool(one.cert_no and one.cert_from and one.cert_to and one.cert_from <= day <= one.cert_to)


def _facts(person: PersonFacts) -> OfficerFacts:
    return OfficerFacts(
        person_id=person.id,
        name=person.name,
        roles=tuple(sorted(person.roles)),
        department=person.department,
        cert_no=person.cert_no or "",
        cert_from=person.cert_from,
        cert_to=person.cert_to,
    )
