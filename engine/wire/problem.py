"""One clear description of what went wrong, in the shape every door of the app shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """What went wrong, where, and what to do about it.

    ``what`` and ``hint`` are whole sentences, ``where`` names a place a person can go to
    (a layer path such as ``encoder.0``, or ``file.py:12``) and may be empty.
    ``traceback`` is the full Python traceback or the worker's last words, or empty.
    """

    what: str
    where: str = ""
    hint: str = ""
    traceback: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f" {self.hint}" if self.hint else "")

    def to_json(self) -> dict[str, str]:
        """Return the four fields as a JSON object."""
        return asdict(self)


class ProblemError(Exception):
    """Raised for anything the person can mend; carries its `Problem`."""

    def __init__(self, what: str, where: str = "", hint: str = "", traceback: str = "") -> None:
        self.problem = Problem(what, where, hint, traceback)
        super().__init__(str(self.problem))
