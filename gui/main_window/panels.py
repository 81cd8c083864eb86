"""Panels: the widgets that the window holds, each made from the same few objects."""

from __future__ import annotations

from dataclasses import dataclass

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
    sweep: SweepPage


def make_panels(project: Project, inspection: Inspection, session: RunSession, sweep: SweepSession) -> Panels:
    """Make every panel, empty until project, inspection and sessions have something to show."""
    return Panels(
        palette=LayerPalette(project, inspection),
        tree=ModelTreePanel(project, inspection, session),
        form=LayerForm(project, inspection),
        inputs=InputsEditor(project),
        plan=PlanEditor(project, inspection),
        source=SourceEditor(project, inspection),
        log=LogPanel(),
        live=LivePage(session),
        layers=LayersPage(session),
        kernels=KernelsPage(session),
        memory=MemoryPage(session),
        sweep=SweepPage(project, inspection, sweep),
    )
