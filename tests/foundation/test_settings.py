"""Every setting is described, in the code and in docs/settings.md, and read from environment and file."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from foundation.settings import ROOT, Settings
from tests.conftest import settings_for

DOC = (ROOT / "docs/settings.md").read_text()


def default_of(name: str) -> str:
    value = Settings.model_fields[name].default
    if isinstance(value, Path):
        return str(value.relative_to(ROOT))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_in_the_docs_with_its_default_and_meaning(name: str) -> None:
    variable, default = f"ANJUAN_{name.upper()}", default_of(name)
    row = re.search(rf"^\| `{variable}` \| (.*?) \| (.*) \|$", DOC, re.MULTILINE)
    assert row, f"add to docs/settings.md: | `{variable}` | {f'`{default}`' if default else ''} | … |"
    assert row.group(1).strip().strip("`") == default
    assert row.group(2).startswith(Settings.model_fields[name].description or "?")


def test_the_docs_name_no_setting_that_is_gone() -> None:
    assert set(re.findall(r"^\| `ANJUAN_(\w+)`", DOC, re.MULTILINE)) == {name.upper() for name in Settings.model_fields}


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "anjuan.env"
    file.write_text("ANJUAN_RENDER_WORKERS=3\nANJUAN_SEARCH_PREFIX=from-file\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("ANJUAN_RENDER_WORKERS", "5")
    found = Settings(_env_file=str(file))  # type: ignore[call-arg] # pydantic-settings takes it
    assert (found.render_workers, found.search_prefix, found.demo) == (5, "from-file", False)


def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_RENDER_WORKERS", "0")
    with pytest.raises(ValidationError, match="render_workers"):
        Settings()


def test_empty_places_follow_the_data_folder(tmp_path: Path) -> None:
    plain = settings_for(tmp_path)
    assert plain.database == f"sqlite:///{tmp_path}/anjuan.sqlite"
    assert plain.keys == tmp_path / "keys"
    moved = settings_for(tmp_path, database_url="postgresql+psycopg://h/x", keys_dir=tmp_path / "safe")
    assert (moved.database, moved.keys) == ("postgresql+psycopg://h/x", tmp_path / "safe")
