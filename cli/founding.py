"""`flask setup` and `flask person`: an office, its administrator and its people, outside the demo."""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import click

from access import accounts
from access.founding import found
from access.rulebook import rulebook
from cli.common import Result, command, the_context
from cli.people import actor_by_login
from cli.ready import ready_context
from foundation.errors import Refused


def _password(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the ways to give a password."""
    given = click.option("--password", envvar="ANJUAN_ADMIN_PASSWORD", help="口令；不给出时逐字输入。")
    return given(click.option("--random", "at_random", is_flag=True, help="生成口令并显示一次。")(function))


def _chosen(password: str | None, at_random: bool) -> str:
    if at_random:
        return secrets.token_urlsafe(12)
    asked: str = password or click.prompt("口令", hide_input=True, confirmation_prompt="再输入一次")
    return asked


@command("建立单位和它的系统管理员（正式使用的第一步；演示用 flask demo）。", name="setup")
@click.option("--name", prompt="单位名称", help="单位名称，如 清河镇人民政府。")
@click.option("--short-name", prompt="机关代字", help="文号中的机关代字，如 清政。")
@click.option("--fonds-no", prompt="全宗号", help="档案全宗号。")
@click.option("--admin", prompt="系统管理员姓名", help="系统管理员姓名；该人不兼其他职务，看不到案件。")
@click.option("--login", prompt="登录账号", help="系统管理员的登录账号。")
@_password
def setup(password: str | None, at_random: bool, **words: str) -> Result:
    """Make an agency and its administrator."""
    if the_context().settings.is_demo:
        raise Refused("这里是演示数据，不能建立正式单位。", remedy="设置 ANJUAN_DATA_DIR 指向一个空目录后再试。")
    secret = _chosen(password, at_random)
    ctx = ready_context()
    agency, account = found(ctx, **words, password=secret)
    lines = [
        f"已建立：{agency.name}（全宗号 {agency.fonds_no}），系统管理员账号 {account.login}。",
        *_shown(secret, at_random),
        "接着：",
        "  .venv/bin/gunicorn --worker-class gthread --threads 8 --bind 127.0.0.1:8000 wsgi:app   # 网页",
        "  .venv/bin/flask work                                                                  # 后台",
        f"  .venv/bin/flask person --as {account.login} --name 姓名 --role handler --login 账号   # 人员",
        "  .venv/bin/flask health                                                                # 检查环境",
    ]
    data = {"agency": agency, "account": {"id": account.id, "login": account.login}}
    return Result(data={**data, **({"password": secret} if at_random else {})}, lines=lines)


def _shown(secret: str, at_random: bool) -> Iterator[str]:
    if at_random:
        yield f"口令（只显示这一次）：{secret}"


@command("以系统管理员的身份添加一名人员、任职和账号。")
@click.option("--as", "login_of", required=True, help="系统管理员的账号。")
@click.option("--name", required=True, help="姓名，按文书上的写法。")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice(sorted(rulebook().roles)), help="职务，可重复。"
)
@click.option("--department", default="", help="部门。")
@click.option("--post", default="", help="职务名称，如 副镇长。")
@click.option("--cert-no", help="行政执法证件号。")
@click.option("--cert-from", type=click.DateTime(["%Y-%m-%d"]), help="证件有效期起。")
@click.option("--cert-to", type=click.DateTime(["%Y-%m-%d"]), help="证件有效期止。")
@click.option("--qualification", default="", help="法律职业资格证书号（法制审核人）。")
@click.option("--login", required=True, help="登录账号。")
@_password
def person(login_of: str, login: str, password: str | None, at_random: bool, **facts: Any) -> Result:
    """Add a person with roles and a login."""
    ctx = ready_context()
    admin = actor_by_login(ctx, login_of)
    secret = _chosen(password, at_random)
    dates = {k: _day(facts[k]) for k in ("cert_from", "cert_to")}
    made = accounts.add_person(ctx, agency_id=admin.agency_id, by=admin, **{**facts, **dates})
    account = accounts.add_account(ctx, person_id=made.id, login=login, password=secret, by=admin)
    titles = "、".join(rulebook().title(r) for r in sorted(made.roles))
    lines = [f"已添加：{made.name}（{titles}），账号 {account.login}。", *_shown(secret, at_random)]
    data = {"person": made.id, "account": account.id, "roles": sorted(made.roles)}
    return Result(data={**data, **({"password": secret} if at_random else {})}, lines=lines)


def _day(at: dt.datetime | None) -> dt.date | None:
    return at.date() if at else None
