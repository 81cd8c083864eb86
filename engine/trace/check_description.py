"""What is known of a check before it is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from engine.trace.check_result import CheckGroup, CheckResult, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDescription:
    """One check of the catalogue; the fields are those of `CheckResult`."""

    name: str
    title: str
    group: CheckGroup
    severity: Severity
    why: str
    mend: str

    def result(self, **found: Any) -> CheckResult:
        """Return this check's result with what was ``found``: at least ``status``."""
        return CheckResult(**asdict(self), **found)
