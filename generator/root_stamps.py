"""The daily ledger's roots get a time-stamp: a token of RFC 3161 over the root, from the authority that seals use.

A worker's duty. While the authority does not answer, roots wait; the next round asks again. What talks to the authority
is loaded when a root waits for it.
"""

# mypy: disable-error-code="no-untyped-call"
# pyHanko says that it is typed, and many of its functions are not.

from pathlib import Path
from typing import TYPE_CHECKING

from foundation import ledger
from foundation.context import Context
from foundation.errors import Unavailable
from foundation.jobs import duty
from foundation.loops import in_own_loop

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

EVERY_S = 600.0


@duty("ledger-stamps", every_s=EVERY_S)
def stamp_roots(ctx: Context) -> int:
    """Have all roots stamped that wait for it; return how many were."""
    return ledger.stamp_missing(ctx, lambda digest: _token(ctx, digest))


def _token(ctx: Context, digest: bytes) -> bytes:
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError  # noqa: PLC0415 - loaded when a root waits

    try:
        token = in_own_loop(_stamper(ctx).async_timestamp(digest, "sha256"))
    except (TimestampRequestError, OSError) as error:
        raise Unavailable(
            "时间戳服务没有应答，总账根待补时间戳。", remedy="检查时间戳服务地址（ANJUAN_TSA_URL）。"
        ) from error
    encoded: bytes = token.dump()
    return encoded


def _stamper(ctx: Context) -> "TimeStamper":
    from generator.seal_keys import time_stamper  # noqa: PLC0415 - as above
    from generator.seal_signer import DemoTimeStamper  # noqa: PLC0415 - as above
    from generator.seal_times import HttpTimeStamper  # noqa: PLC0415 - as above

    if ctx.settings.tsa_url:
        return HttpTimeStamper(ctx.settings.tsa_url)
    demo = DemoTimeStamper(time_stamper(Path(ctx.keys.folder)))
    demo.fixed_dt = ctx.clock.now()
    return demo
