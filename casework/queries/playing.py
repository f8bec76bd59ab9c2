"""What is said in recordings: subtitles as they are now."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import orm

from casework import sealing
from casework.models import TranscriptRow
from casework.queries.base import rows_in
from casework.subtitles import Cue


@dataclass(frozen=True, kw_only=True)
class TranscriptFacts:
    """Subtitles of one recording."""

    recording_id: str
    version: int
    source: str
    """File that they came from."""
    cues: list[Any]
    """`[start, end, words]` each; closed where the recording could tell who an informant is."""
    person_id: str
    at: dt.datetime

    @property
    def lines(self) -> list[Cue]:
        """Return the cues; of closed ones none."""
        if isinstance(self.cues, sealing.Sealed):
            return []
        return [Cue(start_s=start, end_s=end, text=words) for start, end, words in self.cues]


def transcript_of(session: orm.Session, recording_id: str) -> TranscriptFacts | None:
    """Return the subtitles of a recording, None when it has none."""
    row = session.get(TranscriptRow, recording_id)
    return _facts(row) if row else None


def transcripts_of(session: orm.Session, recording_ids: Iterable[str]) -> dict[str, TranscriptFacts]:
    """Return the subtitles of recordings that have some."""
    found = rows_in(session, TranscriptRow, TranscriptRow.recording_id, list(recording_ids))
    return {row.recording_id: _facts(row) for row in found}


def _facts(row: TranscriptRow) -> TranscriptFacts:
    about = f"recording_transcript:{row.recording_id}"
    names = TranscriptFacts.__dataclass_fields__
    return TranscriptFacts(**{name: sealing.column(row, name, about) for name in names})
