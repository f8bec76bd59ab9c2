"""Make an installation ready for a command: its tables as this version wants them."""

from foundation.context import Context


def migrate(ctx: Context) -> None:
    """Bring the database to this version's tables."""
    raise NotImplementedError
