"""Operations on recordings, one transaction each: announce, end, store, link.

A recording is announced when the device starts, so that papers signed on the spot can name it; its file follows within
24 hours of the end (A31.2).
"""

from casework.operations.announcing import announce_recording, end_recording, link_recording
from casework.operations.storing import store_recording

__all__ = ["announce_recording", "end_recording", "link_recording", "store_recording"]
