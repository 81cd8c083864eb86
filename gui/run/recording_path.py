"""Where a new run is recorded."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import count
from pathlib import Path

from engine.experiment.experiment import Experiment
from engine.recording.recording import SUFFIX


def recording_path(directory: Path, experiment: Experiment, now: datetime) -> Path:
    """Return a path in ``directory`` that is not taken, named for the time and the variants."""
    names = "-vs-".join(variant.name for variant in experiment.variants)
    slug = re.sub(r"[^A-Za-z0-9_.-]+", "-", names)[:60].strip("-.") or "run"
    stem = f"{now:%Y-%m-%d_%H-%M-%S}_{slug}"
    for number in count(1):
        path = directory / f"{stem}{'' if number == 1 else f'_{number}'}{SUFFIX}"
        if not path.exists():
            return path
    raise AssertionError("count() does not end")
