"""PinnedRun: a recording that later runs are compared with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedRun:
    """``date`` is as it is shown; the file itself says everything else."""

    path: str
    name: str
    date: str
    device: str

    @property
    def file(self) -> Path:
        """The recording."""
        return Path(self.path)


def encode_pin(pin: PinnedRun) -> str:
    """Return a pin as one line of JSON."""
    return json.dumps(asdict(pin))


def decode_pin(text: str) -> PinnedRun | None:
    """Return the pin that a line holds; None if it holds none."""
    try:
        values = json.loads(text)
        return PinnedRun(**{name: str(values[name]) for name in ("path", "name", "date", "device")})
    except (ValueError, KeyError, TypeError):
        return None
