"""Floors with a search engine: embedded with SQLite FTS5, scaled with Elasticsearch."""

import dataclasses
import uuid
from pathlib import Path

import pytest

from foundation.context import Context
from tests import servers


@pytest.fixture
def plain_ctx(ctx: Context, tmp_path: Path) -> Context:
    """Give the embedded floor, without the types of the templates folder (tests keep their own)."""
    return with_settings(ctx, templates_dir=tmp_path / "templates")


@pytest.fixture(params=["embedded", "scaled"])
def found_ctx(request: pytest.FixtureRequest, tmp_path: Path) -> Context:
    """Give a floor on each column of the design, with its engine."""
    if request.param == "embedded":
        plain: Context = request.getfixturevalue("plain_ctx")
        return plain
    given = {"search_url": servers.running("elastic")["url"], "search_prefix": f"test-{uuid.uuid4().hex}"}
    return with_settings(request.getfixturevalue("scaled_ctx"), templates_dir=tmp_path / "templates", **given)


def with_settings(ctx: Context, **changes: object) -> Context:
    return dataclasses.replace(ctx, settings=ctx.settings.model_copy(update=changes))
