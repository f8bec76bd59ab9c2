"""Waiting for long work, or doing it here when no worker is alive."""

import time

from cli.common import Bar
from foundation import workflows
from foundation.context import Context
from foundation.errors import AnjuanError
from foundation.jobs import JobFacts, JobState

POLL_S = 0.5
"""How often a command looks how far the worker is."""


def wait(ctx: Context, job_id: str, label: str) -> JobFacts:
    """Wait until a job is over; do it in this process when no worker is alive.

    Raises:
        AnjuanError: It was parked; says why and what to do.
    """
    if not workflows.workers_alive(ctx):
        facts = workflows.run_in_process(ctx, job_id)
    with Bar(label) as bar:
        while True:
            with ctx.database.read() as session:
                facts = workflows.job_facts(session, job_id)
            bar(facts.done, facts.total, facts.message)
            if facts.is_over:
                break
            time.sleep(POLL_S)
    if facts.state is JobState.PARKED:
        raise AnjuanError(facts.error, remedy=facts.remedy)
    return facts
