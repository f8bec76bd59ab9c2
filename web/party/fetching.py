"""The page behind a link to a copy: what it is in general, the PIN, the file. It names no person and no case."""

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from access.attempts import TooSoon
from access.policy import Record
from archive import copy_links
from archive.copy_links import OpenedLink
from archive.facts import CopyFacts
from foundation.errors import Forbidden, Refused
from foundation.paces import Pace, within
from web import blobs
from web.blobs import Held
from web.security import the_context

fetching = Blueprint("fetching", __name__, url_prefix="/c")

PACE = Pace(burst=30, refill_s=4.0)
"""Looks at links of one address."""
BUSY = "这个网络地址的访问太频繁，请过一分钟再试。"
GONE = 410


@fetching.get("/<token>")
def page(token: str) -> ResponseReturnValue:
    """Ask for the PIN, or say plainly why the link opens nothing any more."""
    if not _may_ask():
        return render_template("own_fetch.html", error=BUSY), 429
    found = copy_links.opened(the_context(), token)
    return render_template("own_fetch.html", found=found), GONE if found.why_not else 200


@fetching.post("/<token>")
def take(token: str) -> ResponseReturnValue:
    """Give out the copy, or one of its clips."""
    if not _may_ask():
        return render_template("own_fetch.html", error=BUSY), 429
    ctx, clip = the_context(), request.form.get("clip", "", type=str)
    which = int(clip) if clip.isascii() and clip.isdigit() and len(clip) < 4 else None  # noqa: PLR2004 - few clips
    words = {"pin": request.form.get("pin", ""), "address": request.remote_addr or ""}
    try:
        copy, size, pieces = copy_links.take(ctx, token, clip=which, **words)
    except TooSoon as error:
        return _again(token, f"{error.message}{error.remedy}", 429, wait=error.seconds)
    except Forbidden as error:
        return _again(token, f"{error.message}{error.remedy}", 401)
    except Refused:
        return _again(token, "", GONE)
    return blobs.deliver_pieces(_held(copy, which, size), pieces, as_file=True)


def _may_ask() -> bool:
    return within(the_context(), "link", request.remote_addr or "", PACE)


def _again(token: str, error: str, status: int, *, wait: int = 0) -> ResponseReturnValue:
    found: OpenedLink = copy_links.opened(the_context(), token)
    answer = make_response(
        render_template("own_fetch.html", found=found, error=error), GONE if found.why_not else status
    )
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _held(copy: CopyFacts, clip: int | None, size: int) -> Held:
    record = Record(kind="case", agency_id=copy.agency_id, id=copy.case_id, case_id=copy.case_id)
    if clip is None:
        return Held(record=record, name=f"{copy.number}.pdf", media_type="application/pdf", size=size)
    kind = str(copy.clips[clip].get("media_type") or "video/mp4")
    ending = "m4a" if kind.startswith("audio/") else "mp4"
    return Held(record=record, name=f"{copy.number}-音像{clip + 1}.{ending}", media_type=kind, size=size)
