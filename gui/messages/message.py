"""Message: one thing the person should know, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.wire.problem import Problem

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Offer:
    """A button in a message: what it says, and what it does."""

    text: str
    act: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Message:
    """``problem`` in words, how grave it is, and at most one offer.

    ``key`` names the subject: a newer message with the same key replaces this one.
    """

    problem: Problem
    level: Level = "error"
    offer: Offer | None = None
    key: str = ""

    @property
    def subject(self) -> str:
        """What two messages must share to be about the same thing."""
        return self.key or f"{self.problem.what}\0{self.problem.where}"


def notice(what: str, hint: str = "", offer: Offer | None = None, key: str = "") -> Message:
    """Return a message about nothing bad."""
    return Message(problem=Problem(what, hint=hint), level="info", offer=offer, key=key)
