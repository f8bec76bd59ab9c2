"""Long work on the index for the worker: a rebuild and a comparison, each one step that may be run twice."""

from dataclasses import asdict
from typing import Any

from foundation.jobs import Task, job
from search import indexing

REBUILD, RECONCILE = "search.rebuild", "search.reconcile"


@job(REBUILD, title="重建检索索引")
def rebuild(task: Task) -> dict[str, Any]:
    """Build the index anew; when the worker died, from the beginning (the unfinished one is dropped)."""
    return {"entries": task.step("重建", lambda: indexing.rebuild(task.ctx, task.progress))}


@job(RECONCILE, title="核对检索索引")
def reconcile(task: Task) -> dict[str, Any]:
    """Compare the index with the records and repair it."""
    found: dict[str, Any] = task.step("核对", lambda: asdict(indexing.reconcile(task.ctx, task.progress)))
    return found
