"""Panels: the widgets that the window holds, each made from the same few objects."""

from __future__ import annotations

from dataclasses import dataclass

from gui.checks_page.check_session import CheckSession
from gui.checks_page.checks_page import ChecksPage
from gui.compare_page.compare_page import ComparePage
from gui.inputs.inputs_editor import InputsEditor
from gui.kernels_page.kernels_page import KernelsPage
from gui.layer_form.layer_form import LayerForm
from gui.layers_page.layers_page import LayersPage
from gui.live_page.live_page import LivePage
from gui.memory_page.memory_page import MemoryPage
from gui.messages.log_panel import LogPanel
from gui.model_tree.model_tree_panel import ModelTreePanel
from gui.palette.layer_palette import LayerPalette
from gui.plan.plan_editor import PlanEditor
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.settings.settings import Settings
from gui.source_editor.source_editor import SourceEditor
from gui.sweep_page.sweep_page import SweepPage
from gui.sweep_page.sweep_session import SweepSession


@dataclass(frozen=True)
class Panels:
    """What stands in the docks and tabs."""

    palette: LayerPalette
    tree: ModelTreePanel
    form: LayerForm
    inputs: InputsEditor
    plan: PlanEditor
    source: SourceEditor
    log: LogPanel
    live: LivePage
    layers: LayersPage
    kernels: KernelsPage
    memory: MemoryPage
    compare: ComparePage
    sweep: SweepPage
    checks: ChecksPage


def make_panels(
    project: Project,
    inspection: Inspection,
    session: RunSession,
    sweep: SweepSession,
    checks: CheckSession,
    settings: Settings,
) -> Panels:
    """Make every panel, empty until project, inspection and sessions have something to show."""
    tree = ModelTreePanel(project, inspection, session)
    for told in (checks.started, checks.changed):
        told.connect(lambda: tree.model.show_checks(checks))
    return Panels(
        palette=LayerPalette(project, inspection),
        tree=tree,
        form=LayerForm(project, inspection),
        inputs=InputsEditor(project),
        plan=PlanEditor(project, inspection),
        source=SourceEditor(project, inspection),
        log=LogPanel(),
        live=LivePage(session),
        layers=LayersPage(session),
        kernels=KernelsPage(session),
        memory=MemoryPage(session),
        compare=ComparePage(session, project, settings),
        checks=ChecksPage(project, session, checks),
        sweep=SweepPage(project, inspection, sweep),
    )
