"""Judges of what the product makes: veraPDF says whether files are the PDF/A that they claim to be."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import downloads
from tests.servers import java_home


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What veraPDF says of one file."""

    compliant: bool
    flavour: str
    faults: tuple[str, ...]
    """`6.3.5-2 (12 times): description`, one for each rule that is broken."""


def verapdf(files: Sequence[Path], flavour: str = "0") -> dict[Path, Verdict]:
    """Judge many files in one Java process (2 s and then some 50 files a second: ask for many at once).

    Args:
        files: The PDF files.
        flavour: `2a`, `3u` …; `0` takes what each file claims.
    """
    java = [str(java_home() / "bin/java"), "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    command = [*java, "-cp", f"{downloads.verapdf()}/*", "org.verapdf.apps.GreenfieldCliWrapper"]
    command += ["-f", flavour, "--format", "json", *(str(file.resolve()) for file in files)]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    assert done.stdout, done.stderr.decode()
    verdicts = dict(_verdict(job) for job in json.loads(done.stdout)["report"]["jobs"])
    return {file: verdicts[str(file.resolve())] for file in files}


def _verdict(job: dict[str, Any]) -> tuple[str, Verdict]:
    name = job["itemDetails"]["name"]
    if "validationResult" not in job:
        return name, Verdict(compliant=False, flavour="", faults=(str(job.get("taskException", job)),))
    result = job["validationResult"][0]
    rules = result["details"]["ruleSummaries"]
    faults = tuple(f"{r['clause']}-{r['testNumber']} ({r['failedChecks']} times): {r['description']}" for r in rules)
    return name, Verdict(compliant=result["compliant"], flavour=result["profileName"], faults=faults)
