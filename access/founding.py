"""The first agency and the first administrator of an installation, by its own command (`flask setup`).

Everything is looked at before anything is made; broken off between two steps, the same call goes on where it stopped.
An agency that has an administrator is left alone: from then on the administrator does the rest.
"""

from sqlalchemy import orm

from access.accounts import account_of_person, add_account
from access.agencies import agencies, create_agency, today
from access.facts import AccountFacts, AgencyFacts
from access.passwords import checked_password
from access.persons import add_person, persons_of
from foundation.context import Context
from foundation.errors import BadInput, Refused

ADMINISTRATOR = "sysadmin"


def found(
    ctx: Context, *, name: str, short_name: str, fonds_no: str, admin: str, login: str, password: str
) -> tuple[AgencyFacts, AccountFacts]:
    """Make an agency with its administrator.

    Args:
        ctx: The floor.
        name: Name of the agency on papers.
        short_name: 机关代字.
        fonds_no: 全宗号.
        admin: Name of the administrator, who sees no case and holds no other role.
        login: Name to sign in with.
        password: First password.

    Raises:
        BadInput: A word is empty, or the password may not be used.
        Refused: The agency is there and has an administrator.
    """
    given = {"name": name, "short_name": short_name, "fonds_no": fonds_no, "admin": admin, "login": login}
    for path, word in given.items():
        if not word.strip():
            raise BadInput("有一项没有填写。", remedy="五项都要填写。", path=path)
    checked_password(password, login.strip())
    with ctx.database.read() as session:
        known = next((a for a in agencies(session, today(ctx)) if a.fonds_no == fonds_no.strip()), None)
        person_id = _administrator(ctx, session, known)
    agency = known or create_agency(ctx, name=name.strip(), short_name=short_name.strip(), fonds_no=fonds_no.strip())
    if not person_id:
        person_id = add_person(ctx, agency_id=agency.id, name=admin, roles=[ADMINISTRATOR]).id
    return agency, add_account(ctx, person_id=person_id, login=login, password=password)


def _administrator(ctx: Context, session: orm.Session, agency: AgencyFacts | None) -> str:
    """Return the administrator who has no account yet, empty when there is none.

    Raises:
        Refused: There is one who signs in.
    """
    people = persons_of(session, agency.id, today(ctx)) if agency else []
    for person in (p for p in people if ADMINISTRATOR in p.roles):
        if account_of_person(session, person.id) is None:
            return person.id
        raise Refused(
            f"全宗号为{agency.fonds_no if agency else ''}的单位已经有系统管理员，未作任何改动。",
            remedy="由该管理员登录后添加人员和账号；忘记口令的，由另一名管理员重设。",
        )
    return ""
