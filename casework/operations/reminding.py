"""Reminders by a duty of the worker: the officers of a case before a period ends, their head when it has passed.

Who is told is looked up anew each time; who reads a reminder is asked by the policy when it is read. Nothing here
changes a case, so nothing is journalled.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy import orm

from access.accounts import persons_of
from access.facts import Actor, PersonFacts
from access.policy import Permission, predicate
from access.predicates import to_sql
from casework import queries, reminders
from casework.facts import DeadlineFacts
from casework.figures import read
from casework.queries.periods import members_of
from casework.reminders import Reminder
from foundation.clock import legal_date
from foundation.context import Context
from foundation.jobs import duty

EVERY_S = 300


@duty("reminders", every_s=EVERY_S)
def remind(ctx: Context) -> int:
    """Say what is due to be said; return how many reminders were written."""
    now = ctx.clock.now()
    with ctx.database.read() as session:
        wanted = list(_wanted(session, now))
        known = reminders.said(session, (p.id for p, *_ in wanted))
    fresh = [w for w in wanted if (w[1], w[0].id, w[2], w[0].last_day) not in known]
    if not fresh:
        return 0
    with ctx.database.write() as session:
        for period, person_id, step, escalated in fresh:
            reminders.say(session, ctx.ids, period, person_id, step, escalated=escalated, at=now)
    return len(fresh)


def _wanted(session: orm.Session, now: dt.datetime) -> Iterator[tuple[DeadlineFacts, str, str, bool]]:
    """Yield period, person, step, and whether it went up."""
    near = [(p, reminders.due(p, now)) for p in reminders.nearing(session, reminders.horizon(now))]
    near = [(p, step) for p, step in near if step]
    members = members_of(session, (p.case_id for p, _ in near))
    offices: dict[str, Mapping[str, PersonFacts]] = {}
    for period, step in near:
        own = members.get(period.case_id, [])
        yield from ((period, person_id, step, False) for person_id in own)
        if reminders.escalates(step):
            agency_id = queries.case_facts(session, period.case_id).agency_id
            if agency_id not in offices:
                offices[agency_id] = {p.id: p for p in persons_of(session, agency_id, legal_date(now))}
            heads = heads_of(offices[agency_id], own)
            yield from ((period, person_id, step, True) for person_id in heads if person_id not in own)


def heads_of(office: Mapping[str, PersonFacts], members: list[str]) -> list[str]:
    """Return the heads of the departments of these members; all heads when none of their departments has one."""
    role = str(read("reminders")["escalate"]["role"])
    heads = [p for p in office.values() if role in p.roles]
    departments = {office[m].department for m in members if m in office}
    own = [p.id for p in heads if p.department in departments]
    return own or [p.id for p in heads]


def mine(ctx: Context, actor: Actor) -> list[Reminder]:
    """Return the actor's reminders, of cases that they may read now."""
    with ctx.database.read() as session:
        where = _readable(session, actor)
        return reminders.reminders_of(session, actor.person_id, where)


def unread(ctx: Context, actor: Actor) -> int:
    """Return how many periods the actor was reminded of and has not looked at."""
    with ctx.database.read() as session:
        return reminders.unread(session, actor.person_id, _readable(session, actor))


def seen(ctx: Context, actor: Actor) -> None:
    """Note that the actor has seen the reminders."""
    with ctx.database.write() as session:
        reminders.mark_read(session, actor.person_id, ctx.clock.now())


def _readable(session: orm.Session, actor: Actor) -> sa.ColumnElement[bool]:
    viewer = queries.viewer_of(session, actor)
    return to_sql(predicate(actor, Permission.CASE_READ, "case", viewer), queries.CASE_COLUMNS)
