"""Proof beside a receipt: photos, vouchers and return receipts as they came, by the form or as an upload.

They are files of the receipt (`proof_1`, `proof_2`, …), so its package holds them; what each shows stands with the
attempt. Journal kind: `service.proof_added`.
"""

import hashlib
from collections.abc import Mapping, Sequence

from access.actors import actor_of
from access.facts import Actor
from casework import proofs, queries, sealing, shelf
from casework.cleaning import clean
from casework.operations.attempts import Attempt, allowed, attempt_of, locked, note_attempt, refuse_closed
from casework.proofs import PROOF
from casework.views import Office, office
from foundation.canonical import plain
from foundation.context import Context
from foundation.errors import BadInput
from foundation.uploads import Arrived, Wanted, purpose

MOST_FILES = 30
"""Proofs of one receipt at most."""


def add_proof(ctx: Context, actor: Actor, receipt_id: str, *, what: str, data: bytes, name: str) -> Attempt:
    """Keep a photo or scan beside the receipt; the same bytes again change nothing.

    Args:
        ctx: The floor.
        actor: Who hands it in.
        receipt_id: The receipt.
        what: What it shows, as the method names its proofs.
        data: The file.
        name: Its name.

    Raises:
        BadInput: It is no file that may be kept, or too many are there.
        Refused: The attempt failed and is closed.
    """
    media_type = proofs.look_at(data, name)
    with ctx.database.read() as session:
        about = sealing.about_file(queries.document_facts(session, receipt_id), PROOF)
    blob = sealing.put(ctx, data, about)
    with ctx.database.write() as session:
        at = office(ctx, session)
        found = locked(at, actor, receipt_id)
        refuse_closed(found)
        _check_what(found, what)
        digest = hashlib.sha256(data).hexdigest()
        if any(f["digest"] == digest for f in found.files):
            return found
        if len(found.files) >= MOST_FILES:
            raise BadInput(f"凭证已有{MOST_FILES}件。", remedy="把多页扫成一个PDF后上传。", path="file")
        kind = f"{PROOF}{len(found.files) + 1}"
        shelf.attach(session, found.receipt, {kind: blob.sha256}, ctx.clock.now())
        row = {"kind": kind, "what": what, "name": clean(name)[:200], "media_type": media_type, "digest": digest}
        row |= {"size": str(len(data)), "at": ctx.clock.now().isoformat(), "by": actor.name}
        _keep(at, found, files=[*found.files, row])
        note_attempt(at, actor, found, "service.proof_added", what=what, blob=blob.sha256)
        return attempt_of(at, at.document(receipt_id))


def _may_begin(ctx: Context, wanted: Wanted) -> None:
    with ctx.database.read() as session:
        at, actor = office(ctx, session), actor_of(session, wanted.by, ctx.clock.now())
        found = allowed(at, actor, wanted.subject)
    refuse_closed(found)
    _check_what(found, wanted.words.get("what", ""))
    if wanted.length > proofs.MOST_PROOF:
        raise BadInput(f"文件超过{proofs.MOST_PROOF >> 20}MB。", remedy="降低扫描分辨率，或分几次上传。", path="file")


@purpose("service_proof", title="送达凭证", begin=_may_begin)
def receive_proof(ctx: Context, arrived: Arrived) -> str:
    """Keep an uploaded file as proof; run twice, the second changes nothing."""
    upload = arrived.upload
    with ctx.database.read() as session:
        actor = actor_of(session, upload.by, ctx.clock.now())
    data, what = arrived.part.path.read_bytes(), upload.words.get("what", "")
    add_proof(ctx, actor, upload.subject, what=what, data=data, name=upload.file_name)
    return f"/services/{upload.subject}"


def _check_what(found: Attempt, what: str) -> None:
    if what not in found.way.proofs:
        raise BadInput("没有写明凭证是什么。", remedy=f"选择：{'、'.join(found.way.proofs)}。", path="what")


def _keep(at: Office, found: Attempt, *, files: Sequence[Mapping[str, str]]) -> None:
    for one in found.services:
        proof = plain({**one.proof, "files": [dict(f) for f in files]})
        paper = queries.document_facts(at.session, one.document_id)
        shelf.change_service(at.session, one.id, paper, at.ctx.keys, proof=proof)
