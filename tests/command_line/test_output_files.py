import os
from pathlib import Path

import pytest

from engine.command_line.output_files import TRACE_SUFFIXES, check_not_read, check_writable
from engine.wire.problem import ProblemError


def test_that_a_new_and_an_existing_file_pass_and_stay_untouched(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.json")
    assert list(tmp_path.iterdir()) == []
    old = tmp_path / "old.json"
    old.write_text("old")
    check_writable(old, TRACE_SUFFIXES)
    assert old.read_text() == "old"


def test_that_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="folder"):
        check_writable(tmp_path)


def test_that_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="not there"):
        check_writable(tmp_path / "gone" / "out.json")


def test_that_a_trace_without_its_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"\.json or \.json\.gz"):
        check_writable(tmp_path / "trace.txt", TRACE_SUFFIXES)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
def test_that_a_device_is_never_replaced_by_a_file() -> None:
    with pytest.raises(ProblemError, match="regular file"):
        check_writable(Path("/dev/null"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_that_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ProblemError, match="Nothing can be written"):
        check_writable(tmp_path / "out.json")


def test_that_no_result_is_written_over_what_it_is_made_from(tmp_path: Path) -> None:
    project = tmp_path / "project.json"
    project.write_text("{}")
    (tmp_path / "link.json").symlink_to(project)
    for name in ("project.json", "link.json"):
        with pytest.raises(ProblemError, match="another name"):
            check_not_read([tmp_path / name], [project])
    check_not_read([tmp_path / "other.json"], [project])
