"""Names of files inside a package."""

from hypothesis import example, given
from hypothesis import strategies as st

from archive.names import FORBIDDEN, MOST_BYTES, RESERVED, cut, safe_name, slug


@given(st.text(max_size=400))
@example("../../etc/passwd")
@example("C:\\Windows\\x.exe")
@example("CON.txt")
@example("a" * 300 + ".mp4")
@example("名" * 300 + ".jpg")
@example("阿不都·热西提.wav")
@example("\u202egnp.exe")
@example("尾部. ")
@example("😀.mp4")
@example("100%.pdf")
@example("\ud800")
def test_any_name_becomes_one_that_every_system_takes(name: str) -> None:
    found = safe_name(name)
    assert 0 < len(found.encode()) <= MOST_BYTES
    assert not FORBIDDEN.search(found)
    assert found == found.strip(" .")
    assert ".." not in found
    assert "/" not in found
    assert found.split(".")[0].upper() not in RESERVED
    assert safe_name(found) == found


def test_the_extension_of_a_long_name_stays() -> None:
    assert safe_name("名" * 300 + ".mp4").endswith(".mp4")
    assert len(safe_name("名" * 300 + ".mp4").encode()) <= MOST_BYTES


def test_all_dots_of_names_become_one() -> None:
    assert {safe_name(f"阿{dot}不.wav") for dot in "·•・‧･"} == {"阿.不.wav"}


def test_an_archival_code_becomes_a_folder_name() -> None:
    assert slug("QH01-ZY·CF·2026-Y-005") == "QH01-ZY.CF.2026-Y-005"


def test_a_cut_never_splits_a_character() -> None:
    assert cut("清河镇", 7) == "清河"
