"""The journal of a case as a file that checks itself, for who files the case; written down like every download."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from access.policy import Permission
from archive.chain_export import chain_export
from web import blobs
from web.blobs import Held
from web.lookup import record_of, sight
from web.security import signed_in, the_context
from web.words import number_of

exporting = Blueprint("exporting", __name__)


@exporting.get("/cases/<case_id>/journal.zip")
@signed_in
def chain(case_id: str) -> ResponseReturnValue:
    """Answer with the chain of a case, the program that checks it, and how."""
    with sight() as see:
        case = see.case(case_id)
        see.require(Permission.PACKAGE_MAKE, case)
    data = chain_export(the_context(), case)
    name = f"{number_of(case)} 办案日志.zip"
    held = Held(record=record_of(case), name=name, media_type="application/zip", size=len(data))
    return blobs.deliver_stream(held, iter([data]))
