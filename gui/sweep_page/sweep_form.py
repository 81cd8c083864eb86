"""SweepForm: what to sweep over, and what that will take."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.experiment.sweep import DEFAULT_POINT_SECONDS, Sweep
from engine.experiment.sweep_parameter import sweep_parameter
from engine.experiment.sweep_points import points
from engine.experiment.sweep_text import format_values, parse_values
from engine.wire.problem import ProblemError
from gui.fields.property_style import set_style_property
from gui.fields.wheel_guard import guard_wheel
from gui.project.project import Project
from gui.sweep_page.sweep_button import SweepButton
from gui.sweep_page.sweep_choices import SweepChoice, sweep_choices
from gui.sweep_page.value_axis import value_text
from gui.toolbar.choice_box import ChoiceBox
from gui.toolbar.progress_view import ElidedLabel, format_seconds

_SHOWN_VALUES = 5


class SweepForm(QWidget):
    """Edits the project's sweep. Values that are none stay as they were typed, with what is wrong below.

    ``run_requested`` carries the `Sweep`; ``stop_requested`` nothing.
    """

    run_requested = Signal(object)
    stop_requested = Signal()

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._devices: tuple[str, ...] = ("cpu",)
        self._start_seconds: float | None = None
        self._choices: tuple[SweepChoice, ...] = ()
        self.parameter = ChoiceBox()
        self.values = QLineEdit()
        self.seconds = QDoubleSpinBox()
        self.preview = ElidedLabel()
        self.button = SweepButton()
        self._lay_out()
        self._connect()
        self.follow()

    @property
    def sweep(self) -> Sweep:
        """What the fields say. Raises `ProblemError` if they say no sweep that could be run."""
        name = str(self.parameter.value)
        values = parse_values(self.values.text(), sweep_parameter(name))
        sweep = Sweep(parameter=name, values=values, seconds=self.seconds.value())
        points(self._project.experiment, sweep)
        return sweep

    # ---- what is shown

    def follow(self) -> None:
        """Show the project's sweep, or one to begin with."""
        experiment = self._project.experiment
        choices = sweep_choices(experiment, self._devices, os.cpu_count() or 1)
        if choices != self._choices:
            self._offer(choices)
        shown = experiment.sweep
        if shown is None:
            self.parameter.show_value(choices[0].parameter)
            self.values.setText(choices[0].values)
        else:
            self.parameter.show_value(shown.parameter)
            if not self._says(shown.values):
                self.values.setText(format_values(shown.values))
        with QSignalBlocker(self.seconds):
            self.seconds.setValue((shown.seconds if shown else None) or DEFAULT_POINT_SECONDS)
        self.show_preview()

    def set_devices(self, names: Sequence[str]) -> None:
        """Offer the devices that are there."""
        self._devices = tuple(names)
        self.follow()

    def set_start(self, seconds: float | None) -> None:
        """Take what a point of the last sweep took beside measuring."""
        self._start_seconds = seconds
        self.show_preview()

    def show_running(self, is_running: bool) -> None:
        """Forbid changes while a sweep runs: they would not reach it."""
        for field in (self.parameter, self.values, self.seconds):
            field.setEnabled(not is_running)
        self.button.show_running(is_running)
        self.show_preview()

    def show_preview(self) -> None:
        """Say how many points there are and how long they take, or what is wrong."""
        try:
            text, is_good = self._preview(self.sweep), True
        except ProblemError as error:
            text, is_good = f"{error.problem.what} {error.problem.hint}", False
        self.preview.setText(text)
        self.preview.setToolTip(text)
        self.preview.update()
        set_style_property(self.values, "invalid", not is_good)
        self.button.setEnabled(is_good or self.button.is_running)

    def _preview(self, sweep: Sweep) -> str:
        values = [value_text(value) for value in sweep.values]
        shown = ", ".join(values[:_SHOWN_VALUES])
        if len(values) > _SHOWN_VALUES:
            shown = f"{', '.join(values[: _SHOWN_VALUES - 1])} … {values[-1]}"
        count = self.tr("%n point(s)", "", len(sweep.values))
        return f"{count}: {shown} · {self._duration(sweep)}"

    def _duration(self, sweep: Sweep) -> str:
        count = len(sweep.values)
        measuring = count * (sweep.seconds or 0)
        if self._start_seconds is not None:
            return self.tr("about {0}").format(format_seconds(measuring + count * self._start_seconds))
        text = self.tr("{0} of measuring, and a worker's start for each")
        return text.format(format_seconds(measuring))

    def _offer(self, choices: tuple[SweepChoice, ...]) -> None:
        self._choices = choices
        self.parameter.clear()
        for choice in choices:
            self.parameter.add_choice(choice.parameter, choice.title)

    def _says(self, values: tuple[int | str, ...]) -> bool:
        """Whether the text means these values already: it is left as it was typed."""
        try:
            return parse_values(self.values.text(), sweep_parameter(str(self.parameter.value))) == values
        except ProblemError:
            return False

    # ---- edits

    def _choose(self, parameter: object) -> None:
        choice = next((each for each in self._choices if each.parameter == parameter), None)
        if choice is not None:
            self.values.setText(choice.values)
        self._edit("parameter")

    def _edit(self, what: str) -> None:
        try:
            sweep = self.sweep
        except ProblemError:
            self.show_preview()
            return
        experiment = replace(self._project.experiment, sweep=sweep)
        self._project.edit(self.tr("Change the sweep"), experiment, merge_key=f"sweep.{what}")
        self.show_preview()

    def _run(self) -> None:
        try:
            self.run_requested.emit(self.sweep)
        except ProblemError:
            self.show_preview()

    def _connect(self) -> None:
        self._project.changed.connect(self.follow)
        self.parameter.chosen.connect(self._choose)
        self.values.textEdited.connect(lambda _text: self._edit("values"))
        self.values.returnPressed.connect(self._run)
        self.seconds.valueChanged.connect(lambda _value: self._edit("seconds"))
        self.button.run_requested.connect(self._run)
        self.button.stop_requested.connect(self.stop_requested)

    # ---- looks

    def _lay_out(self) -> None:
        self.parameter.describe(self.tr("Parameter"), self.tr("What takes one value after the other."))
        self.parameter.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.parameter.setMinimumContentsLength(16)
        self.values.setMinimumWidth(96)
        self.seconds.setMaximumWidth(84)
        tip = self.tr("1..1024 doubles, 16..64+16 adds 16, commas separate")
        self.values.setToolTip(tip)
        self.values.setPlaceholderText(tip)
        self.values.setAccessibleName(self.tr("Values"))
        self.seconds.setRange(0.1, 3600)
        self.seconds.setDecimals(1)
        self.seconds.setSuffix(" s")
        self.seconds.setAccessibleName(self.tr("Seconds for each point"))
        self.seconds.setToolTip(self.tr("How long each point measures, all variants together"))
        guard_wheel(self.seconds)
        self.preview.setProperty("muted", "true")
        row = QHBoxLayout()
        row.addWidget(self.parameter, 3)
        row.addWidget(QLabel(self.tr("over")))
        row.addWidget(self.values, 2)
        row.addWidget(QLabel(self.tr("each")))
        row.addWidget(self.seconds)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.preview)
