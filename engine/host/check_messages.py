"""The messages of a worker that makes checks."""

from __future__ import annotations

import msgspec

from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckResult
from engine.wire.problem import Problem


class ChecksListed(msgspec.Struct, tag="checks_listed"):
    """The model was built and run once; these checks will be made, in this order."""

    checks: tuple[CheckDescription, ...]


class CheckMade(msgspec.Struct, tag="check_made"):
    """One check, made."""

    result: CheckResult


class ChecksEnded(msgspec.Struct, tag="checks_ended"):
    """The last message; ``problem`` says why there were no checks, or not all."""

    problem: Problem | None = None


CheckMessage = ChecksListed | CheckMade | ChecksEnded
