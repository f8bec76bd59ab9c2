"""Run by Alembic: apply revisions over the connection that `foundation.migrating` (or the generating script) gives.

Upgrading needs no models; only the script that makes a revision sets `target` (see CONTRIBUTING).
"""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from foundation.database import UtcDateTime

OURS = {UtcDateTime: ("UtcDateTime", "UtcDateTime()"), sa.JSON: ("Json", "Json")}
"""Types of `foundation.database` and how a revision writes them."""


def render(kind: str, thing: object, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names; leave the rest to Alembic."""
    if kind != "type" or type(thing) not in OURS:
        return False
    name, text = OURS[type(thing)]
    autogen_context.imports.add(f"from foundation.database import {name}")
    return text


connection: sa.Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("target"),
    render_item=render,
    compare_server_default=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
