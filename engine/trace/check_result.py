"""What the checks of a layer found, as the worker reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckStatus = Literal["pass", "fail", "unavailable"]
CheckGroup = Literal["parameters", "behaviour", "gradients", "precision", "speed", "saving"]
Severity = Literal["error", "warning", "advice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of evidence. ``layer``: qualified path; ``op``: such as ``aten::item``; ``line`` 0: unknown.

    ``saves_us``: the time per step that mending it would save, where that was measured or estimated;
    ``saves_basis`` says how.
    """

    what: str
    layer: str = ""
    parameter: str = ""
    op: str = ""
    file: str = ""
    line: int = 0
    saves_us: float | None = None
    saves_basis: str = ""

    @property
    def place(self) -> str:
        """The parameter's qualified name, else the layer's; empty: the whole model."""
        if not self.parameter or not self.layer or self.parameter.startswith(f"{self.layer}."):
            return self.parameter or self.layer
        return f"{self.layer}.{self.parameter}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check of one model. ``why`` it matters and how to ``mend`` it are whole sentences.

    ``findings`` are the evidence of a fail; ``reason`` says why it is unavailable ("Needs CUDA.").
    """

    name: str
    title: str
    group: CheckGroup
    severity: Severity
    status: CheckStatus
    why: str
    mend: str
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """All checks of one model, in the catalogue's order."""

    model: str
    results: tuple[CheckResult, ...]
