"""Schemathesis over the running interface: every check of its own, bounded examples; it finds nothing.

Ids of the replayed case stand in a part of the requests, so that what is behind the door is tried too. What the law
asks of a value (a check digit, a field of this type) is in no schema: 422 is an answer to a well-formed request.
"""

import threading
import warnings
from collections.abc import Iterator

import pytest
from schemathesis import openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from werkzeug.serving import make_server

from tests.web.conftest import Site
from tests.web.programs import Program
from web.api.registry import ENDPOINTS, ROOT

EXAMPLES = 12
"""Requests of each operation besides those that the document itself defines."""
IDS = {
    "case_id": "cases",
    "party_id": "parties",
    "document_id": "papers",
    "recording_id": "recordings",
    "package_id": "packages",
    "type_id": "types",
    "kind": "kinds",
    "name": "volumes",
}


def config_of(site: Site, clerk: Program) -> SchemathesisConfig:
    draft = clerk("POST", "/documents", json={"type": "service_receipt", "case_id": site.case_id}).json or {}
    known = {
        "cases": [site.case_id],
        "parties": [(clerk("GET", "/parties").json or {})["items"][0]["id"]],
        "papers": [draft["id"], site.documents["当罚"]],
        "recordings": list(site.recordings.values()),
        "packages": [(clerk("GET", "/packages").json or {})["items"][0]["id"]],
        "types": ["service_receipt"],
        "kinds": ["sealed", "docx"],
        "volumes": ["main"],
    }
    bound = {f"path.{name}": {"dictionary": one, "probability": 0.7} for name, one in IDS.items()}
    bound["body.case_id"] = {"dictionary": "cases", "probability": 0.5}
    bound["body.type"] = {"dictionary": "types", "probability": 0.5}
    return SchemathesisConfig.from_dict(
        {
            "seed": 4711,
            "headers": {"Authorization": f"Bearer {clerk.secret}"},
            "dictionaries": {name: {"values": words} for name, words in known.items()},
            "parameters": bound,
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422"]}},
            "warnings": False,
        }
    )


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Serve the application on a free port."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_schemathesis_finds_nothing(site: Site, address: str) -> None:
    found, tried = [], set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tool's own libraries
        config = config_of(site, Program(site, "甲一"))
        for event in from_schema(openapi.from_url(f"{address}{ROOT}/openapi.json", config=config)).execute():
            if isinstance(event, events.NonFatalError):
                found.append(f"{event.label}: {event.info}")
            elif isinstance(event, events.FatalError):
                found.append(str(event.exception))
            elif isinstance(event, events.ScenarioFinished):
                tried.add(event.recorder.label)
                found += faults(event)
    assert not found, "\n".join(found)
    assert tried >= {f"{e.method} {ROOT}{e.path}" for e in ENDPOINTS.values()}


def faults(event: events.ScenarioFinished) -> list[str]:
    """Return what was found in one operation, with the request that shows it."""
    recorder = event.recorder
    return [
        f"{recorder.label} {check.name}: {check.failure_info.failure} {recorder.cases[case_id].value.as_curl_command()}"
        for case_id, checks in recorder.checks.items()
        for check in checks
        if check.status == Status.FAILURE and check.failure_info
    ]
