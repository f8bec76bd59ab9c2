"""Make an installation ready for a command: its tables as this version wants them."""

from access import agencies
from cli.common import the_context
from foundation.clock import legal_date
from foundation.context import Context
from foundation.migrating import upgrade


def ready_context() -> Context:
    """Return the application's context, its database as this version wants it."""
    ctx = the_context()
    migrate(ctx)
    return ctx


def migrate(ctx: Context) -> None:
    """Bring the database to this version's tables.

    Raises:
        Unavailable: It is of a later version, or cannot be changed.
    """
    upgrade(ctx.settings)


def is_used(ctx: Context) -> bool:
    """Tell whether somebody's office is in the database."""
    with ctx.database.read() as session:
        return bool(agencies.agencies(session, legal_date(ctx.clock.now())))
