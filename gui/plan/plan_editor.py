"""The editor of the run plan, and of the settings in which variants differ from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGroupBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.experiment.checks import check_experiment
from engine.experiment.run_plan import DTYPES, RunPlan
from engine.host.inspection import Environment
from engine.wire.problem import ProblemError
from gui.fields.field_form import FIELD_WIDTH, FieldForm
from gui.plan.overrides_section import OverridesSection
from gui.plan.plan_fields import (
    OPTIMIZERS,
    CountField,
    NumberField,
    OptionalCountField,
    PercentField,
    SwitchField,
)
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.toolbar.choice_box import ChoiceBox
from gui.toolbar.device_box import DeviceBox
from gui.toolbar.length_box import LengthBox

Change = Callable[[RunPlan], RunPlan]


class PlanEditor(QScrollArea):
    """Every setting of ``project.experiment.plan``, grouped; each edit can be undone."""

    def __init__(self, project: Project, inspection: Inspection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._shows: list[Callable[[RunPlan], None]] = []
        self._page = QWidget(self)
        self._layout = QVBoxLayout(self._page)
        self.device = DeviceBox(self)
        self.length = LengthBox(self)
        self.fields: dict[str, QWidget] = {}
        self.problem = QLabel(self)
        self._make_groups()
        self.overrides = OverridesSection(project, self)
        self._layout.addWidget(self.overrides)
        self._layout.addStretch(1)
        self._set_up()
        inspection.environment_arrived.connect(self._show_environment)
        if inspection.environment is not None:
            self._show_environment(inspection.environment)
        project.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show the project's plan."""
        plan = self._project.experiment.plan
        for show in self._shows:
            show(plan)
        is_training = plan.phase == "training"
        self.training.setVisible(is_training)
        self.fields["gradients"].setEnabled(plan.phase != "forward")
        self.problem.hide()

    def _show_environment(self, environment: Environment) -> None:
        self.device.set_environment(environment)
        self.overrides.set_devices([device.name for device in environment.devices])

    # ---- groups

    def _make_groups(self) -> None:
        self._make_run_group()
        self._make_between_group()
        self._make_precision_group()
        self._make_training_group()
        self._make_kernels_group()

    def _make_run_group(self) -> None:
        form = self._group(self.tr("Run"))
        self._add(form, self.tr("Device"), "device", self.device)
        phase = self._choices(
            ("forward", self.tr("Forward")),
            ("backward", self.tr("Forward + backward")),
            ("training", self.tr("Training step")),
        )
        self._add(form, self.tr("Phase"), "phase", phase)
        mode = self._choices(("train", self.tr("Train")), ("eval", self.tr("Eval")))
        self._add(form, self.tr("Mode"), "mode", mode, self.tr("Dropout and batch norm work in train mode."))
        self.length.kind.setMinimumWidth(FIELD_WIDTH)
        self.length.amount.setFixedWidth(FIELD_WIDTH)
        self.length.length_chosen.connect(lambda change: self._edit(self.tr("Set length"), change))
        self._shows.append(self.length.show_plan)
        form.add_field(self.tr("Length"), self.length)
        self._add(
            form,
            self.tr("Warm-up"),
            "warmup",
            OptionalCountField(0, self.tr("until settled")),
            self.tr("Steps of each variant before measuring."),
        )
        self._add(form, self.tr("Seed"), "seed", CountField(), self.tr("Of weights and inputs."))
        self._add(
            form,
            self.tr("Profiling"),
            "budget_percent",
            PercentField(),
            self.tr("How much of the run's time profile windows may cost; 0 profiles nothing."),
        )

    def _make_between_group(self) -> None:
        form = self._group(self.tr("Between steps"))
        cache = self._choices(("warm", self.tr("Warm")), ("cold", self.tr("Cold")))
        tip = self.tr(
            "Cold: before each step a buffer twice the size of the cache is overwritten, so that "
            "parameters and inputs come from memory. Outside of the step's time."
        )
        self._add(form, self.tr("Cache"), "cache", cache, tip)
        gradients = self._choices(
            ("none", self.tr("Dropped")), ("zero", self.tr("Filled with zeros")), ("keep", self.tr("Kept"))
        )
        tip = self.tr(
            "What becomes of the last step's gradients. Kept: the next ones are added to them. "
            "Outside of the step's time; in a training step, part of it."
        )
        self._add(form, self.tr("Gradients"), "gradients", gradients, tip)
        fresh = SwitchField(self.tr("Fresh inputs"))
        tip = self.tr("New values of the same distribution before each step, outside of its time.")
        self._add(form, "", "fresh_inputs", fresh, tip)

    def _make_precision_group(self) -> None:
        form = self._group(self.tr("Precision"))
        self._add(form, self.tr("Dtype"), "dtype", self._choices(*((name, name) for name in DTYPES)))
        autocast = self._choices((None, self.tr("off")), *((n, n) for n in ("bfloat16", "float16")))
        self._add(form, self.tr("Autocast"), "autocast", autocast, self.tr("torch.autocast around the step."))
        tf32 = SwitchField(self.tr("Allow TF32"))
        self._add_backend(
            form, "allow_tf32", tf32, self.tr("Matrix products and convolutions with 10-bit mantissas.")
        )

    def _make_training_group(self) -> None:
        form = self._group(self.tr("Training"))
        self.training = cast(QGroupBox, form.parentWidget())
        optimizer = self._choices(*((name, name) for name in OPTIMIZERS))
        self._bind(
            "optimizer",
            optimizer,
            lambda plan: plan.optimizer.name,
            lambda plan, value: replace(plan, optimizer=replace(plan.optimizer, name=value)),
        )
        form.add_field(self.tr("Optimizer"), optimizer)
        rate = NumberField()
        self._bind(
            "learning_rate",
            rate,
            lambda plan: plan.optimizer.learning_rate,
            lambda plan, value: replace(plan, optimizer=replace(plan.optimizer, learning_rate=value)),
        )
        form.add_field(self.tr("Learning rate"), rate)
        loss = self._choices(
            ("mean", self.tr("Mean of the output")),
            ("mse", self.tr("Mean squared error")),
            ("cross_entropy", self.tr("Cross entropy")),
        )
        self._add(form, self.tr("Loss"), "loss", loss)

    def _make_kernels_group(self) -> None:
        form = self._group(self.tr("Kernels"))
        self._add(
            form, "", "channels_last", SwitchField(self.tr("Channels last")), self.tr("NHWC memory format.")
        )
        self._add(form, "", "compile", SwitchField(self.tr("torch.compile")))
        for name, text in (
            ("cudnn_enabled", self.tr("cuDNN")),
            ("cudnn_benchmark", self.tr("cuDNN benchmark")),
            ("cudnn_deterministic", self.tr("cuDNN deterministic")),
        ):
            self._add_backend(form, name, SwitchField(text))
        threads = OptionalCountField(1, self.tr("automatic"))
        self._add(form, self.tr("CPU threads"), "threads", threads)

    # ---- parts

    def _group(self, title: str) -> FieldForm:
        group = QGroupBox(title, self._page)
        form = FieldForm(group)
        self._layout.addWidget(group)
        return form

    def _choices(self, *choices: tuple[object, str]) -> ChoiceBox:
        box = ChoiceBox(self)
        for value, text in choices:
            box.add_choice(value, text)
        return box

    def _add(self, form: FieldForm, label: str, name: str, field: QWidget, tip: str = "") -> None:
        """Add the field of one plain field of the plan."""
        self._bind(
            name,
            field,
            lambda plan: getattr(plan, name),
            lambda plan, value: replace(plan, **{name: value}),
        )
        if tip:
            field.setToolTip(tip)
        field.setAccessibleName(label or name)
        form.add_field(label, field)

    def _add_backend(self, form: FieldForm, name: str, field: QWidget, tip: str = "") -> None:
        self._bind(
            name,
            field,
            lambda plan: getattr(plan.backends, name),
            lambda plan, value: replace(plan, backends=replace(plan.backends, **{name: value})),
        )
        field.setToolTip(tip)
        form.add_field("", field)

    def _bind(
        self, name: str, field: Any, read: Callable[[RunPlan], Any], write: Callable[[RunPlan, Any], RunPlan]
    ) -> None:
        self.fields[name] = field
        self._shows.append(lambda plan: field.show_value(read(plan)))
        title = self.tr("Set {}").format(name.replace("_", " "))
        field.chosen.connect(lambda value: self._edit(title, lambda plan: write(plan, value), name))

    def _edit(self, text: str, change: Change, key: str = "") -> None:
        experiment = self._project.experiment
        changed = replace(experiment, plan=change(experiment.plan))
        try:
            check_experiment(changed)
        except ProblemError as error:
            self.problem.setText(f"{error.problem.what} {error.problem.hint}")
            self.problem.show()
            return
        self._project.edit(text, changed, merge_key=f"plan {key}" if key else "")

    def _set_up(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.problem.setWordWrap(True)
        self.problem.setProperty("state", "error")
        self._layout.insertWidget(0, self.problem)
        self._layout.setContentsMargins(12, 6, 12, 12)
        self._layout.setSpacing(8)
        self.setWidget(self._page)
