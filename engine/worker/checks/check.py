"""The shape of a check, and of what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable

from engine.worker.checks.specimen import Specimen


class UnavailableError(Exception):
    """Raised by a check that can't be made here; its text, a whole sentence, says why."""


@dataclass(frozen=True)
class Finding:
    """One piece of evidence; see `engine.trace.check_result.Finding`."""

    what: str
    layer: str = ""
    parameter: str = ""
    op: str = ""
    file: str = ""
    line: int = 0
    saves_us: float | None = None
    saves_basis: str = ""


@dataclass(frozen=True)
class Check:
    """One check. ``examine`` yields a `Finding` for each fault, nothing for a sound model.

    It raises `UnavailableError` where it can't be made. Each check gets a `Specimen` and builds from it
    whatever it may break; no check sees what another one did.
    """

    name: str
    title: str
    group: str
    severity: str
    why: str
    mend: str
    examine: Callable[[Specimen], Iterable[Finding]]

    def describe(self) -> Dict[str, Any]:
        """Return what every result of this check says, as `engine.trace.check_result.CheckResult`."""
        return {name: getattr(self, name) for name in ("name", "title", "group", "severity", "why", "mend")}
