"""LengthBox: how long to run, in steps, in seconds, or until step times settle."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QWidget

from engine.experiment.run_plan import DEFAULT_SECONDS, RunPlan
from gui.toolbar.choice_box import ChoiceBox

DEFAULT_STEPS = 1000


class LengthBox(QWidget):
    """``length_chosen`` carries a function from the old plan to the new one."""

    length_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = ChoiceBox()
        self.kind.describe(self.tr("Length"), self.tr("How long to measure, after the warm-up."))
        self.kind.add_choice("seconds", self.tr("Seconds"), self.tr("Measure for this long in all."))
        self.kind.add_choice("steps", self.tr("Steps"), self.tr("Measure this many steps of each variant."))
        self.kind.add_choice(
            "stable",
            self.tr("Until stable"),
            self.tr("Stop when every median step time is known within ±1 %; after a minute, give up."),
        )
        self.amount = QDoubleSpinBox()
        self.amount.setAccessibleName(self.tr("Length of the run"))
        self.amount.setFixedWidth(96)
        # Typing "100" must be one edit, not three.
        self.amount.setKeyboardTracking(False)
        self._seconds, self._steps = DEFAULT_SECONDS, DEFAULT_STEPS
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.kind)
        layout.addWidget(self.amount)
        self.kind.chosen.connect(self._choose_kind)
        self.amount.valueChanged.connect(lambda _value: self._announce())
        self._set_up_amount("seconds")

    def show_plan(self, plan: RunPlan) -> None:
        """Show the length of ``plan``."""
        if plan.until_stable:
            kind = "stable"
        elif plan.steps is not None:
            kind, self._steps = "steps", plan.steps
        else:
            kind, self._seconds = "seconds", plan.seconds or DEFAULT_SECONDS
        self.kind.show_value(kind)
        self._set_up_amount(kind)

    def _choose_kind(self, kind: str) -> None:
        self._set_up_amount(kind)
        self._announce()

    def _set_up_amount(self, kind: str) -> None:
        self.amount.blockSignals(True)
        self.amount.setVisible(kind != "stable")
        if kind == "steps":
            self.amount.setDecimals(0)
            self.amount.setRange(1, 1_000_000_000)
            self.amount.setSuffix("")
            self.amount.setValue(self._steps)
        else:
            self.amount.setDecimals(0 if self._seconds == int(self._seconds) else 1)
            self.amount.setRange(0.1, 1_000_000)
            self.amount.setSuffix(self.tr(" s"))
            self.amount.setValue(self._seconds)
        self.amount.blockSignals(False)

    def _announce(self) -> None:
        kind = self.kind.value
        if kind == "steps":
            self._steps = int(self.amount.value())
        elif kind == "seconds":
            self._seconds = self.amount.value()
        steps = self._steps if kind == "steps" else None
        seconds = self._seconds if kind == "seconds" else None
        stable = kind == "stable"

        def with_length(plan: RunPlan) -> RunPlan:
            return replace(plan, steps=steps, seconds=seconds, until_stable=stable)

        self.length_chosen.emit(with_length)
