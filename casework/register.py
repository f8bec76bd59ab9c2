"""Rows of the register of parties: written, found by number, found by names that are alike, with their versions.

A party belongs to one agency and is never merged with another: who looks is warned of names and former names that are
alike, and chooses. What issued papers say of a party stays in them; drafts take a change when they are refreshed.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from casework import parties
from casework.facts import PartyFacts, PartyVersion
from casework.identity import narrow
from casework.models import PartyRow, PartyVersionRow

ALIKE = 20
"""Names that are alike, shown at most."""
SHORTEST = 2
"""Characters below which one name within another says nothing."""


@dataclass(frozen=True, kw_only=True)
class PartyPage:
    """Some parties of a register."""

    parties: tuple[PartyFacts, ...]
    total: int


def insert(session: orm.Session, agency_id: str, facts: PartyFacts, at: dt.datetime, *, account_id: str) -> None:
    """Write a party into its agency's register."""
    session.add(PartyRow(agency_id=agency_id, registered_at=at, changed_at=at, **_columns(facts)))
    session.flush()
    _add_version(session, agency_id, facts, at, changed=[], reason="", account_id=account_id)


def change(session: orm.Session, facts: PartyFacts, at: dt.datetime, *, changed: list[str], **why: str) -> None:
    """Write a new version of a party; the earlier ones stay."""
    row = session.get_one(PartyRow, facts.id)
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    row.changed_at = at
    session.flush()
    _add_version(session, row.agency_id, facts, at, changed=changed, **why)


def _columns(facts: PartyFacts) -> dict[str, Any]:
    plain = {name: getattr(facts, name) for name in PartyFacts.__dataclass_fields__}
    return {**plain, "name_key": parties.name_key(facts.name), "alias_keys": parties.alias_keys(facts.aliases)}


def _add_version(
    session: orm.Session, agency_id: str, facts: PartyFacts, at: dt.datetime, *, changed: list[str], **why: str
) -> None:
    data = {name: str(getattr(facts, name) or "") for name in parties.FIELDS}
    row = PartyVersionRow(
        party_id=facts.id, version=facts.version, agency_id=agency_id, data=data, changed=changed, at=at, **why
    )
    session.add(row)
    session.flush()


def lock(session: orm.Session, party_id: str) -> None:
    """Lock a party's row until the transaction ends."""
    session.scalars(sa.select(PartyRow.id).where(PartyRow.id == party_id).with_for_update()).first()


def with_number(session: orm.Session, agency_id: str, id_type: str, id_no: str) -> str | None:
    """Return the id of the agency's party with this number, None when there is none."""
    query = sa.select(PartyRow.id).where(
        PartyRow.agency_id == agency_id, PartyRow.id_type == id_type, PartyRow.id_no == id_no
    )
    return session.scalars(query.order_by(PartyRow.id)).first()


def of_same_name(session: orm.Session, agency_id: str, name: str) -> list[str]:
    """Return the ids of the agency's parties of the same name: to warn, never to merge."""
    query = sa.select(PartyRow.id).where(PartyRow.agency_id == agency_id, PartyRow.name_key == parties.name_key(name))
    return list(session.scalars(query.order_by(PartyRow.id)))


def alike(session: orm.Session, agency_id: str, name: str, id_no: str = "") -> list[PartyFacts]:
    """Return the agency's parties that a new one may be: same number, same or similar name, former names too."""
    key, number = parties.name_key(name), narrow(id_no)
    short = parties.core(key)
    found: list[sa.ColumnElement[bool]] = []
    if number:
        found.append(PartyRow.id_no == number)
    if len(short) >= SHORTEST:
        found += [
            PartyRow.name_key.contains(short, autoescape=True),
            PartyRow.alias_keys.contains(short, autoescape=True),
            sa.and_(sa.func.length(PartyRow.name_key) > SHORTEST, sa.literal(key).contains(PartyRow.name_key)),
        ]
    elif key:
        found.append(PartyRow.name_key == key)
    if not found:
        return []
    query = sa.select(PartyRow).where(PartyRow.agency_id == agency_id, sa.or_(*found))
    first = sa.case((PartyRow.id_no == number, 0), (PartyRow.name_key == key, 1), else_=2)
    return [_facts(r) for r in session.scalars(query.order_by(first, PartyRow.name, PartyRow.id).limit(ALIKE))]


def page(session: orm.Session, agency_id: str, words: str, *, number: int, size: int) -> PartyPage:
    """Return one page of an agency's register by name; words are part of a name, former name, number or phone."""
    where = _conditions(agency_id, words)
    query = sa.select(PartyRow).where(*where).order_by(PartyRow.name, PartyRow.id)
    rows = session.scalars(query.limit(size).offset((number - 1) * size))
    total = session.scalar(sa.select(sa.func.count()).select_from(PartyRow).where(*where)) or 0
    return PartyPage(parties=tuple(_facts(r) for r in rows), total=total)


def after(
    session: orm.Session, agency_id: str, words: str, *, place: tuple[str, str] | None, size: int
) -> list[PartyFacts]:
    """Return an agency's parties by name from a place on: name and id of the last one seen; one more than wanted."""
    query = sa.select(PartyRow).where(*_conditions(agency_id, words))
    if place is not None:
        query = query.where(sa.tuple_(PartyRow.name, PartyRow.id) > sa.tuple_(*(sa.literal(word) for word in place)))
    return [_facts(r) for r in session.scalars(query.order_by(PartyRow.name, PartyRow.id).limit(size + 1))]


def _conditions(agency_id: str, words: str) -> list[sa.ColumnElement[bool]]:
    own: list[sa.ColumnElement[bool]] = [PartyRow.agency_id == agency_id]
    return [*own, _has(words)] if words.strip() else own


def _has(words: str) -> sa.ColumnElement[bool]:
    key, number = parties.name_key(words), narrow(words)
    return sa.or_(
        PartyRow.name_key.contains(key, autoescape=True),
        PartyRow.alias_keys.contains(key, autoescape=True),
        PartyRow.id_no.contains(number, autoescape=True),
        PartyRow.phone.contains(number, autoescape=True),
        PartyRow.representative.contains(words.strip(), autoescape=True),
    )


def versions(session: orm.Session, party_id: str) -> list[PartyVersion]:
    """Return what the register said of a party, latest first."""
    query = sa.select(PartyVersionRow).where(PartyVersionRow.party_id == party_id)
    rows = session.scalars(query.order_by(PartyVersionRow.version.desc()))
    names = [n for n in PartyVersion.__dataclass_fields__ if n != "changed"]
    return [PartyVersion(**{n: getattr(r, n) for n in names}, changed=tuple(r.changed)) for r in rows]


def _facts(row: PartyRow) -> PartyFacts:
    names: Mapping[str, Any] = PartyFacts.__dataclass_fields__
    return PartyFacts(**{name: getattr(row, name) for name in names})
