from __future__ import annotations

import pytest

from engine.experiment.shipped import first_launch_project
from gui.main_window.file_kind import file_kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.layerscope", "recording"),
        ("a.py", "python"),
        ("a.JSON.GZ", "trace"),
        ("a.json.zst", "trace"),
        ("notes.txt", None),
        ("gone.json", "project"),
    ],
)
def test_that_a_name_tells_the_kind(tmp_path, name, kind) -> None:
    assert file_kind(tmp_path / name) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"schema": 1, "variants": []}', "project"),
        ('{"schemaVersion": 1, "traceEvents": []}', "trace"),
        ('\ufeff [{"ph": "X"}]', "trace"),
        ('{"displayTimeUnit": "ms"', "trace"),
        ("", "project"),
        ("no json", "project"),
    ],
)
def test_that_the_first_bytes_of_json_tell_project_from_trace(tmp_path, text, kind) -> None:
    file = tmp_path / "a.json"
    file.write_text(text, encoding="utf-8")
    assert file_kind(file) == kind


def test_that_the_shipped_projects_are_projects() -> None:
    assert file_kind(first_launch_project()) == "project"
