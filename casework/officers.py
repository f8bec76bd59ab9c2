"""Who acts in a case on a day: persons of the office with their roles and the certificate that is valid then.

The person register is `access`; here it becomes `OfficerFacts`. Whether two valid certificates are needed is a gate's
care (G1): this module only says what is known.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from sqlalchemy import orm

from access import accounts
from access.facts import PersonFacts
from casework.facts import DocumentFacts, OfficerFacts
from casework.figures import read
from foundation.errors import BadInput

NAMES_APART = re.compile("[、，,；;]")
"""What stands between several names in one field."""


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


def appointed(session: orm.Session, paper: DocumentFacts, day: dt.date) -> Iterator[tuple[str, str]]:
    """Yield person and role of everybody whom a paper appoints to a part in its case (`rules/signers.yaml`).

    Who holds no such role on that day is somebody from elsewhere; of two holders with one name nobody is meant.
    """
    rule = read("signers")["appoints"].get(paper.type)
    if rule is None:
        return
    staff = [_facts(one) for one in accounts.persons_of(session, paper.agency_id, day)]
    for field, role in rule["fields"].items():
        for name in NAMES_APART.split(str(paper.data.get(field) or "")):
            meant = [one.person_id for one in staff if one.name == name.strip() and role in one.roles]
            if len(meant) == 1:
                yield meant[0], role


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
