"""The daily ledger's roots get a time-stamp: a token of RFC 3161 over the root, from the authority that seals use.

A worker's duty. While the authority does not answer, roots wait; the next round asks again.
"""

# mypy: disable-error-code="no-untyped-call"
# pyHanko says that it is typed, and many of its functions are not.

from pathlib import Path

from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from foundation import ledger
from foundation.context import Context
from foundation.errors import Unavailable
from foundation.jobs import duty
from foundation.loops import in_own_loop
from generator.seal_keys import time_stamper
from generator.seal_signer import DemoTimeStamper
from generator.seal_times import HttpTimeStamper

EVERY_S = 600.0


@duty("ledger-stamps", every_s=EVERY_S)
def stamp_roots(ctx: Context) -> int:
    """Have all roots stamped that wait for it; return how many were."""
    return ledger.stamp_missing(ctx, lambda digest: _token(ctx, digest))


def _token(ctx: Context, digest: bytes) -> bytes:
    try:
        token = in_own_loop(_stamper(ctx).async_timestamp(digest, "sha256"))
    except (TimestampRequestError, OSError) as error:
        raise Unavailable(
            "时间戳服务没有应答，总账根待补时间戳。", remedy="检查时间戳服务地址（ANJUAN_TSA_URL）。"
        ) from error
    encoded: bytes = token.dump()
    return encoded


def _stamper(ctx: Context) -> TimeStamper:
    if ctx.settings.tsa_url:
        return HttpTimeStamper(ctx.settings.tsa_url)
    demo = DemoTimeStamper(time_stamper(Path(ctx.keys.folder)))
    demo.fixed_dt = ctx.clock.now()
    return demo
