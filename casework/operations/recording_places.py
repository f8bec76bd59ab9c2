"""Where an act is recorded when nobody says so: papers and parties know it (`rules/recordings.yaml`, `places`)."""

from casework import prefill, queries
from casework.facts import CaseFacts
from casework.figures import read
from casework.gates.api import DONE
from casework.views import Office

PHOTO = "照相"


def place_of(at: Office, case: CaseFacts | None, *, scene: str, kind: str, operator_id: str) -> str:
    """Return the place that is known for a scene, empty when none is; a photo is taken where its operator records.

    Args:
        at: The office.
        case: The case, None for a recording of the agency.
        scene: The act.
        kind: Kind of the recording.
        operator_id: Who records.
    """
    if case is None:
        return ""
    if kind == PHOTO and (running := _running(at, case, operator_id)):
        return running
    found = (_known(at, case, path) for path in read("recordings")["places"].get(scene, ()))
    return next((place for place in found if place), "")


def _running(at: Office, case: CaseFacts, operator_id: str) -> str:
    own = [r for r in queries.recordings_of(at.session, case.id) if r.operator_id == operator_id and r.ended_at is None]
    return own[-1].place if own else ""


def _known(at: Office, case: CaseFacts, path: str) -> str:
    head, _, rest = path.partition(".")
    if head == "party":
        return str(getattr(case.parties[0], rest)) if len(case.parties) == 1 else ""
    type_id, _, name = rest.partition(".")
    papers = [d for d in at.papers(case.id) if d.type == type_id and d.status in DONE]
    return str(prefill.fact_of(papers[-1], name) or "") if papers else ""
