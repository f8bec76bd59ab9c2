"""Marks in recordings, and subtitles: who watches writes down where something is shown and what is said.

The recording itself never changes (A36.3). A mark may point to a line of a paper of the same case. Journal kinds:
`recording.marked`, `recording.unmarked`, `recording.transcribed`.
"""

from access.facts import Actor
from access.policy import Permission, absent
from casework import lines, queries, recordings, subtitles
from casework.cleaning import clean, damage
from casework.facts import MarkFacts, RecordingFacts
from casework.operations.announcing import locked_case, note
from casework.operations.common import readable, require_on
from casework.subtitles import Cue
from casework.views import Office, office
from foundation.canonical import digest
from foundation.context import Context
from foundation.errors import BadInput, Conflict, NotFound

LONGEST = 500
"""Characters of a mark."""
MOST = 500
"""Marks of one recording."""


def mark_recording(
    ctx: Context,
    actor: Actor,
    *,
    recording_id: str,
    at_s: float,
    text: str,
    document_id: str | None = None,
    path: str = "",
) -> MarkFacts:
    """Mark a place in a recording.

    Args:
        ctx: The floor.
        actor: Who marks it.
        recording_id: The recording.
        at_s: Seconds from its beginning.
        text: What is shown there.
        document_id: Paper that tells the same.
        path: Line of that paper (`casework.lines`).

    Raises:
        BadInput: No words, or a place beyond the end.
        NotFound: The paper is none of the case.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = _allowed(at, actor, recording_id)
        words = clean(text)
        _check(known, at_s, words)
        if document_id:
            _check_line(at, actor, known, document_id, path)
        mark = MarkFacts(
            id=ctx.ids.new(),
            recording_id=known.id,
            at_s=round(at_s, 2),
            text=words,
            document_id=document_id or None,
            path=path if document_id else "",
            person_id=actor.person_id,
            at=ctx.clock.now(),
        )
        note(at, actor, known, "recording.marked", mark=mark.id, paper=mark.document_id)
        recordings.add_mark(session, mark, known, ctx.keys)
        return mark


def unmark_recording(ctx: Context, actor: Actor, *, recording_id: str, mark_id: str) -> None:
    """Take a mark away.

    Raises:
        NotFound: It is not there.
    """
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = _allowed(at, actor, recording_id)
        note(at, actor, known, "recording.unmarked", mark=mark_id)
        if not recordings.remove_mark(session, recording_id, mark_id):
            raise NotFound("没有这个标记。", remedy="刷新页面查看。")


def put_subtitles(
    ctx: Context, actor: Actor, *, recording_id: str, cues: list[Cue], base_version: int, source: str = ""
) -> int:
    """Write the subtitles of a recording and return their version.

    Args:
        ctx: The floor.
        actor: Who writes.
        recording_id: The recording.
        cues: All of them, in order.
        base_version: The version that was changed; 0 when there was none.
        source: File that they came from; what it was when left out.

    Raises:
        BadInput: There are none, or a line lies beyond the end.
        Conflict: Somebody else changed them meanwhile.
    """
    kept = subtitles.checked(cues)
    with ctx.database.write() as session:
        at = office(ctx, session)
        known = _allowed(at, actor, recording_id)
        _check_within(known, kept)
        before = queries.transcript_of(session, recording_id)
        version = before.version if before else 0
        if version != base_version:
            raise Conflict(
                "字幕在您编辑时已被他人修改，您的改动没有保存。", remedy="复制您的改动，刷新后重新编辑。", path="text"
            )
        rows = [[c.start_s, c.end_s, c.text] for c in kept]
        note(at, actor, known, "recording.transcribed", version=version + 1, digest=digest(rows), lines=len(rows))
        recordings.put_transcript(
            session,
            known,
            ctx.keys,
            cues=rows,
            source=recordings.display_name(source) if source else (before.source if before else ""),
            version=version + 1,
            person_id=actor.person_id,
            at=ctx.clock.now(),
        )
        return version + 1


def _allowed(at: Office, actor: Actor, recording_id: str) -> RecordingFacts:
    """Lock the recording's row by its case and ask the policy."""
    first = queries.recording_facts(at.session, recording_id)
    case = locked_case(at, first.case_id)
    require_on(at, actor, Permission.RECORDING_MARK, case=case, recording=first)
    return at.recording(recording_id)


def _check(known: RecordingFacts, at_s: float, words: str) -> None:
    if known.stored_at is None:
        raise BadInput("音像文件还没有存入，不能标记。", remedy="先上传文件。", path="at_s")
    if not words:
        raise BadInput("没有写明标记的内容。", remedy="写一句这里拍到或录到了什么。", path="text")
    if len(words) > LONGEST:
        raise BadInput(f"标记超过{LONGEST}字。", remedy="缩短标记。", path="text")
    if fault := damage(words, "text", "标记"):
        raise BadInput(fault.message, remedy=fault.remedy, path="text")
    if not 0 <= at_s <= (known.duration_s or 0) + 1:
        raise BadInput("标记的时间不在音像的长度以内。", remedy="移动到要标记的位置后重试。", path="at_s")
    if len(known.marks) >= MOST:
        raise BadInput(f"一段音像最多{MOST}个标记。", remedy="删去不需要的标记。", path="text")


def _check_line(at: Office, actor: Actor, known: RecordingFacts, document_id: str, path: str) -> None:
    document = at.document(document_id)
    if (document.agency_id, document.case_id) != (known.agency_id, known.case_id):
        raise absent("document")
    if not readable(at, actor, [document]):
        raise absent("document")
    if path and not lines.is_line(at.definition_of(document), path):
        raise BadInput("文书没有所指的那一行。", remedy="重新选择笔录中的行。", path="line")


def _check_within(known: RecordingFacts, cues: list[Cue]) -> None:
    last = max((c.start_s for c in cues if c.start_s is not None), default=0.0)
    if known.duration_s and last > known.duration_s + 1:
        raise BadInput(
            f"字幕的时间（{subtitles.clock(last)}）超出音像的长度（{subtitles.clock(known.duration_s)}）。",
            remedy="核对字幕是否属于这段音像。",
            path="subtitles",
        )
