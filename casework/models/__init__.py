"""Rows of casework; they never leave it: neighbours get frozen facts (`casework.facts`).

Every table holds `agency_id`, and every foreign key includes it. Versions, fills, remarks and events are added, never
changed. A case's row is locked before anything of the case is changed.
"""

from casework.models.base import Digest, Id, Word
from casework.models.batches import BatchItemRow, BatchRow
from casework.models.cases import (
    CaseAppointmentRow,
    CaseEventRow,
    CaseMemberRow,
    CasePartyRow,
    CaseRow,
    DeviceRow,
    FlagRow,
    PartyRow,
    PartyVersionRow,
)
from casework.models.documents import (
    DocumentBlobRow,
    DocumentOfficerRow,
    DocumentRow,
    DocumentVersionRow,
    RemarkRow,
    SlotFillRow,
)
from casework.models.numbers import (
    CalendarDayRow,
    CalendarYearRow,
    NumberHoldRow,
    NumberLedgerRow,
    NumberRow,
    NumberSeriesRow,
)
from casework.models.orders import CorrectionAnswerRow, CorrectionOrderRow
from casework.models.playing import MarkRow, TranscriptRow
from casework.models.printing import PrintKitRow
from casework.models.records import DeadlineRow, RecordingLinkRow, RecordingRow, ServiceRow
from casework.models.stacks import StackPageRow, StackRow
from casework.models.watching import FeedRow, ReminderRow

__all__ = [
    "BatchItemRow",
    "BatchRow",
    "CalendarDayRow",
    "CalendarYearRow",
    "CaseAppointmentRow",
    "CaseEventRow",
    "CaseMemberRow",
    "CasePartyRow",
    "CaseRow",
    "CorrectionAnswerRow",
    "CorrectionOrderRow",
    "DeadlineRow",
    "DeviceRow",
    "Digest",
    "DocumentBlobRow",
    "DocumentOfficerRow",
    "DocumentRow",
    "DocumentVersionRow",
    "FeedRow",
    "FlagRow",
    "Id",
    "MarkRow",
    "NumberHoldRow",
    "NumberLedgerRow",
    "NumberRow",
    "NumberSeriesRow",
    "PartyRow",
    "PartyVersionRow",
    "PrintKitRow",
    "RecordingLinkRow",
    "RecordingRow",
    "RemarkRow",
    "ReminderRow",
    "ServiceRow",
    "SlotFillRow",
    "StackPageRow",
    "StackRow",
    "TranscriptRow",
    "Word",
]
