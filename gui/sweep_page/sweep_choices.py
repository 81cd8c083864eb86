"""What an experiment can be swept over, with values to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from engine.experiment.experiment import Experiment
from engine.experiment.sized_experiment import sizes_of

# More would be a list to search, not to choose from; any other can be written in a project file.
_MOST_SIZES = 6
_SMALLEST_SIZE = 4
_REACH = 8


@dataclass(frozen=True)
class SweepChoice:
    """A parameter, its title, and values as a person would write them."""

    parameter: str
    title: str
    values: str


def sweep_choices(experiment: Experiment, devices: Sequence[str], threads: int) -> tuple[SweepChoice, ...]:
    """Return the parameters, the likeliest first. ``devices`` are those there are, ``threads`` the CPU's."""
    names = ", ".join(devices or ("cpu",))
    return (
        SweepChoice("batch", _tr("Batch: the first size of every input"), "1..1024"),
        *_size_choices(experiment),
        *_axis_choices(experiment),
        SweepChoice("dtype", _tr("Dtype"), "float32, bfloat16"),
        SweepChoice("compile", _tr("torch.compile"), "off, on"),
        SweepChoice("threads", _tr("CPU threads"), f"1..{max(2, threads)}"),
        SweepChoice("device", _tr("Device"), names),
    )


def _size_choices(experiment: Experiment) -> list[SweepChoice]:
    counted = sizes_of(experiment).most_common()
    sizes = [(size, count) for size, count in counted if size >= _SMALLEST_SIZE and count > 1]
    return [
        SweepChoice(
            f"size:{size}",
            _tr("Size {0}, wherever it stands ({1} times)").format(f"{size:,}", count),
            _around(size),
        )
        for size, count in sizes[:_MOST_SIZES]
    ]


def _axis_choices(experiment: Experiment) -> list[SweepChoice]:
    return [
        SweepChoice(
            f"input[{number}].shape[{axis}]",
            _tr("Input {0}, size {1} (now {2})").format(number + 1, axis + 1, f"{size:,}"),
            _around(size),
        )
        for number, spec in enumerate(experiment.inputs)
        for axis, size in enumerate(spec.shape)
        if axis > 0
    ]


def _around(size: int) -> str:
    return f"{max(1, size // _REACH)}..{max(1, size) * _REACH}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("SweepChoices", text)
