"""Reads: from rows to frozen facts. A session comes in, facts go out; nothing is changed here.

Which rows a viewer may see is said by a policy predicate, compiled over the `*_COLUMNS` mappings and handed in as
`where`: it becomes part of the query.
"""

from casework.queries.cases import (
    CASE_COLUMNS,
    case_facts,
    cases_of_party,
    cases_of_person,
    devices,
    events_of,
    find_case_id,
    find_cases,
    find_device,
    flags_of,
    is_party_of,
    party_facts,
)
from casework.queries.documents import (
    DOCUMENT_COLUMNS,
    document_facts,
    documents_of,
    fills_of,
    find_documents,
    is_paper_of,
    remarks_of,
    version_facts,
    versions_of,
)
from casework.queries.playing import TranscriptFacts, transcript_of, transcripts_of
from casework.queries.records import (
    RECORDING_COLUMNS,
    batch_of,
    deadlines_of,
    find_recordings,
    marks_on,
    recording_facts,
    recordings_numbered,
    recordings_of,
    services_by_receipt,
    services_of,
    unbatched_recordings,
)
from casework.queries.viewing import case_record, document_record, record_to_be, recording_record, viewer_of

__all__ = [
    "CASE_COLUMNS",
    "DOCUMENT_COLUMNS",
    "RECORDING_COLUMNS",
    "TranscriptFacts",
    "batch_of",
    "case_facts",
    "case_record",
    "cases_of_party",
    "cases_of_person",
    "deadlines_of",
    "devices",
    "document_facts",
    "document_record",
    "documents_of",
    "events_of",
    "fills_of",
    "find_case_id",
    "find_cases",
    "find_device",
    "find_documents",
    "find_recordings",
    "flags_of",
    "is_paper_of",
    "is_party_of",
    "marks_on",
    "party_facts",
    "record_to_be",
    "recording_facts",
    "recording_record",
    "recordings_numbered",
    "recordings_of",
    "remarks_of",
    "services_by_receipt",
    "services_of",
    "transcript_of",
    "transcripts_of",
    "unbatched_recordings",
    "version_facts",
    "versions_of",
    "viewer_of",
]
