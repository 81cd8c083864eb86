"""CompareControl: does what the Compare page's commands ask for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from engine.recording.recording import Recording
from gui.compare_page.baseline_choice import BaselineChoice
from gui.compare_page.compare_page import ComparePage
from gui.compare_page.tolerances_dialog import TolerancesDialog
from gui.compare_page.weight_links_model import WeightLinksModel
from gui.compare_page.weights_dialog import WeightsDialog
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.settings.pinned_run import PinnedRun
from gui.settings.settings import Settings

_MOST_NAMES = 3


class CompareControl(QObject):
    """Dialogs, edits and pins of one page."""

    def __init__(self, page: ComparePage, project: Project, session: RunSession, settings: Settings) -> None:
        super().__init__(page)
        self._page, self._project = page, project
        self._session, self._settings = session, settings
        commands = page.commands
        commands.baseline_requested.connect(self.make_baseline)
        commands.weights_requested.connect(self.edit_weights)
        commands.tolerances_requested.connect(self.edit_tolerances)
        commands.copying_changed.connect(page.edits.set_copying)
        commands.pin_requested.connect(self.pin)
        commands.unpin_requested.connect(self.unpin)
        commands.file_requested.connect(self.choose_file)
        commands.duplicate_requested.connect(page.edits.duplicate)

    def make_baseline(self) -> None:
        """Compare with the variant that is chosen in the box from the next run on."""
        recording = self._session.recording
        if recording is not None and self._page.choice.file is None:
            self._page.edits.set_baseline(recording.experiment.variants[self._page.choice.variant].name)

    def edit_weights(self) -> None:
        """Ask where the chosen variant's tensors take their values from."""
        dialog = self.weights_dialog()
        if dialog is not None and dialog.exec() == WeightsDialog.DialogCode.Accepted:
            self._page.edits.set_weights(self._page.view.chosen_variant or "", dialog.weights)

    def weights_dialog(self) -> WeightsDialog | None:
        """Return the dialog for the comparison that shows; None if its tensors are not known."""
        view, recording = self._page.view, self._session.recording
        same, variant = view.chosen_work, view.chosen_variant or ""
        number = self._page.edits.number_of(variant)
        if same is None or number is None or recording is None:
            return None
        chosen = self._project.experiment.variants[number].weights
        model = WeightLinksModel(same.variant_tensors, same.baseline_tensors, same.weights, chosen)
        baseline = recording.experiment.variants[same.baseline].name
        return WeightsDialog(variant, baseline, model, self._page.window())

    def edit_tolerances(self) -> None:
        """Ask how close counts as equal."""
        dialog = TolerancesDialog(self._project.experiment.comparison.tolerances, self._page.window())
        if dialog.exec() == TolerancesDialog.DialogCode.Accepted:
            self._page.edits.set_tolerances(dialog.tolerances)

    def pin(self) -> None:
        """Remember the run that shows, for later ones to be compared with."""
        recording = self._session.recording
        if recording is not None and recording.path.exists():
            self._settings.pin_run(pin_of(recording))
            self._page.redraw()

    def unpin(self) -> None:
        """Forget the pinned run that is chosen."""
        file = self._page.choice.file
        if file is not None:
            self._settings.unpin_run(str(file))
            self._page.others.forget(file)
            self._page.choose(BaselineChoice())

    def choose_file(self) -> None:
        """Ask for a recording or trace to compare with."""
        recording = self._session.recording
        folder = recording.path.parent if recording else Path.home()
        filters = self.tr("Recordings and traces (*.layerscope *.json *.json.gz *.json.zst)")
        path, _ = QFileDialog.getOpenFileName(
            self._page.window(), self.tr("Compare with file"), str(folder), filters
        )
        if path:
            self._page.compare_with(Path(path))


def pin_of(recording: Recording) -> PinnedRun:
    """Return a recording as it is remembered."""
    names = [variant.name for variant in recording.experiment.variants]
    name = ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")
    made = datetime.fromtimestamp(recording.created_ns / 1e9)
    device = recording.environment.get("device_name") or (
        recording.models[0].device if recording.models else recording.experiment.plan.device
    )
    return PinnedRun(
        path=str(recording.path.absolute()), name=name, date=f"{made:%Y-%m-%d %H:%M}", device=str(device)
    )
