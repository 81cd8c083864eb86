"""The project speaks of itself alone: nothing of the machine or the work that it was made with."""

from __future__ import annotations

import re

from tests.architecture.source_files import PROJECT, text_files

# Each pattern holds a bracket so that this file does not match itself.
_FOREIGN = {
    "an absolute path of one machine": r"(?<![\w.])/(?:wor[k]|roo[t]|far[m])/|/hom[e]/\w+/",
    "a package registry's address": r"py[p]i\.org|pythonhoste[d]\.org|download\.pytorc[h]\.org",
    "a task number": r"\b[Ii]ssu[e] #?\d+",
    "a reminder left behind": r"\b(?:TOD[O]|FIXM[E]|XX[X])\b",
}


def test_that_no_file_speaks_of_the_machine_or_the_work_it_was_made_with() -> None:
    found = []
    for path in text_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for meaning, pattern in _FOREIGN.items():
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(PROJECT)}:{line}: {meaning}: {match[0]!r}")

    assert found == []
