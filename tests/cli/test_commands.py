"""Every command as a person runs it: result, exit code, and words when it does not work."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from foundation.context import Context
from foundation.settings import ROOT
from tests.cli.conftest import Run
from tests.web.conftest import Site
from web.zipping import zipped

SHORT = """
title: 短案
papers: none
settings: {name: 试验镇人民政府（虚构）, short_name: 试政, fonds_no: SY01}
people:
  甲一: {roles: [handler], department: 执法办, cert_no: S1, cert_from: 2024-01-01, cert_to: 2029-01-01}
  乙二: {roles: [handler], department: 执法办, cert_no: S2, cert_from: 2024-01-01, cert_to: 2029-01-01}
parties:
  某: {kind: 公民, name: 孙样例（虚构）, id_type: 居民身份证, id_no: "110101199001019984", address: 样例村（虚构）}
steps:
- at: 2026-05-12T08:12
  as: 甲一
  do: open_case
  data: {procedure: general, title: 试案, parties: [某], members: [甲一, 乙二]}
- at: 2026-05-12T09:00
  as: 甲一
  do: draft
  id: 告知
  doc: penalty_prior_notice
  data: {}
- {at: 2026-05-12T09:05, as: 甲一, do: issue, of: 告知, expect: {refused: %s}}
"""


def scenario(tmp_path: Path, code: str) -> Path:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT % code, encoding="utf-8")
    return path


def package_of(site: Site) -> Path:
    return next((site.ctx.settings.data_dir / "packages").glob("*/*/v1"))


# --- replay ----------------------------------------------------------------------------------------------------------


def test_a_scenario_is_carried_out_and_a_refusal_that_is_expected_is_no_fault(
    tmp_path: Path, empty: tuple[Run, Context]
) -> None:
    result = empty[0]("replay", scenario(tmp_path, "G3"), "--json")
    assert result.exit_code == 0, result.output
    body = json.loads(result.output)
    assert [codes.split("、")[0] for codes in body["refused"]] == ["G3"]
    assert body["steps"] == 3


def test_a_step_that_is_refused_otherwise_names_file_line_and_step(tmp_path: Path, empty: tuple[Run, Context]) -> None:
    result = empty[0]("replay", scenario(tmp_path, "G99"))
    assert result.exit_code == 1
    assert "short.yaml 第21行（第3步 issue" in result.output
    assert "程序启动尚未批准" in result.output


def test_a_file_that_is_not_there_is_wrong_use(empty: tuple[Run, Context]) -> None:
    assert empty[0]("replay", "nowhere.yaml").exit_code == 2


# --- render ----------------------------------------------------------------------------------------------------------


def test_a_type_is_drawn_from_its_sample(tmp_path: Path, empty: tuple[Run, Context]) -> None:
    result = empty[0]("render", "penalty_decision", "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["pages"] >= 1
    assert (tmp_path / "out/penalty_decision.pdf").read_bytes().startswith(b"%PDF-")
    assert zipfile.is_zipfile(tmp_path / "out/penalty_decision.docx")


def test_unknown_types_and_fields_are_refused_in_words(tmp_path: Path, empty: tuple[Run, Context]) -> None:
    data = tmp_path / "data.yaml"
    data.write_text("nonsense: 1\n", encoding="utf-8")
    unknown = empty[0]("render", "nonsense", "--out", tmp_path)
    assert (unknown.exit_code, "没有“nonsense”这种文书" in unknown.output) == (1, True)
    field = empty[0]("render", "penalty_decision", "--data", data, "--out", tmp_path)
    assert (field.exit_code, "没有这些栏目：nonsense" in field.output) == (1, True)


@pytest.mark.parametrize("text", ["a: [1\n", "- 1\n", "\x00"])
def test_a_data_file_that_cannot_be_read_is_refused(tmp_path: Path, empty: tuple[Run, Context], text: str) -> None:
    data = tmp_path / "data.yaml"
    data.write_text(text, encoding="utf-8")
    result = empty[0]("render", "penalty_decision", "--data", data, "--out", tmp_path)
    assert result.exit_code == 1
    assert "处理办法" in result.output


# --- pack and verify -------------------------------------------------------------------------------------------------


def test_a_kept_package_is_copied_by_the_number_of_its_case(site: Site, flask: Run, tmp_path: Path) -> None:
    result = flask("pack", "清案〔2026〕001号", "--out", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    copied = Path(json.loads(result.output)["path"])
    assert (copied / "bagit.txt").exists()
    assert flask("verify", copied).exit_code == 0


def test_a_case_that_is_not_there_cannot_be_packed(flask: Run, tmp_path: Path) -> None:
    result = flask("pack", "清案〔2026〕999号", "--out", tmp_path)
    assert result.exit_code == 1
    assert "没有这个案件" in result.output


@pytest.mark.article("A36.3")
def test_one_changed_byte_is_named(site: Site, flask: Run, tmp_path: Path) -> None:
    copied = shutil.copytree(package_of(site), tmp_path / "copy")
    victim = max((p for p in (copied / "data").rglob("*.docx")), key=lambda p: p.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(data)
    result = flask("verify", copied)
    assert result.exit_code == 1
    assert victim.name in result.output


def test_a_zipped_package_is_verified_too_and_a_broken_one_is_refused(site: Site, flask: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"".join(zipped(package_of(site), "a")))
    assert flask("verify", path).exit_code == 0
    (tmp_path / "b.zip").write_bytes(path.read_bytes()[:-2000])
    assert flask("verify", tmp_path / "b.zip").exit_code == 1


# --- search and index ------------------------------------------------------------------------------------------------


def test_search_finds_with_the_rights_of_an_account_alone(flask: Run) -> None:
    found = json.loads(flask("search", "垃圾", "--as", "甲一", "--json").output)
    assert found["total"] > 3
    assert json.loads(flask("search", "垃圾", "--as", "外人", "--json").output)["total"] == 0
    refused = flask("search", "垃圾", "--as", "管理员")
    assert (refused.exit_code, "没有这项权限" in refused.output) == (1, True)
    assert flask("search", "垃圾", "--as", "无此人").exit_code == 1
    assert flask("search", "垃圾").exit_code == 2


def test_the_index_is_rebuilt_and_compared(flask: Run) -> None:
    count = json.loads(flask("reindex", "--json").output)["entries"]
    assert count > 10
    compared = flask("reconcile")
    assert compared.exit_code == 0
    assert "与数据库一致" in compared.output


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_an_installation_is_backed_up_and_restored_into_an_empty_one(
    site: Site, flask: Run, empty: tuple[Run, Context], tmp_path: Path
) -> None:
    made = flask("backup", "--out", tmp_path / "b", "--passphrase", "河边草木深，四千七百一十一", "--json")
    assert made.exit_code == 0, made.output
    keys = json.loads(made.output)["keys"]
    run, ctx = empty
    shutil.rmtree(ctx.settings.keys)
    result = run("restore", tmp_path / "b", "--keys", keys, "--passphrase", "河边草木深，四千七百一十一")
    assert result.exit_code == 0, result.output
    assert "日志链" in result.output
    assert json.loads(run("search", "垃圾", "--as", "甲一", "--json").output)["total"] > 3


def test_a_restore_without_keys_says_what_is_lost(flask: Run, empty: tuple[Run, Context], tmp_path: Path) -> None:
    assert "未备份密钥" in flask("backup", "--out", tmp_path / "b").output
    result = empty[0]("restore", tmp_path / "b")
    assert result.exit_code == 0, result.output
    assert "没有密钥文件" in result.output


def test_a_backup_never_overwrites(flask: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    result = flask("backup", "--out", tmp_path)
    assert result.exit_code == 1
    assert "不是空的" in result.output


# --- health and requirements -----------------------------------------------------------------------------------------


def test_health_names_every_thing_with_its_remedy(flask: Run) -> None:
    body = json.loads(flask("health", "--json").output)
    by_name = {c["name"]: c for c in body["checks"]}
    assert {"database", "blobs", "disk", "clock", "keys", "ffmpeg", "worker", "calendar", "fonts"} <= set(by_name)
    assert all(c["remedy"] for c in body["checks"] if c["state"] != "ok")


def test_requirements_are_listed_with_their_tests(flask: Run) -> None:
    result = flask("articles", "A36.3", "--tests")
    assert result.exit_code == 0
    assert "test_one_changed_byte_is_named" in result.output


def test_the_whole_cases_lie_where_the_demo_looks_for_them() -> None:
    assert all((ROOT / f"tests/scenarios/case_{name}.yaml").exists() for name in ("general", "summary"))
