"""Panels: the widgets that the window holds, each made from the same few objects."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.messages.log_panel import LogPanel
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.run.run_session import RunSession


@dataclass(frozen=True)
class Panels:
    palette: QWidget
    tree: QWidget
    form: QWidget
    inputs: QWidget
    plan: QWidget
    source: QWidget
    log: LogPanel
    live: QWidget
    layers: QWidget
    kernels: QWidget


def _load(module: str, name: str, *arguments: object) -> QWidget:
    try:
        return getattr(importlib.import_module(module), name)(*arguments)
    except (ImportError, AttributeError) as error:
        label = QLabel(f"{name}: {error}")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        return label


def make_panels(project: Project, inspection: Inspection, session: RunSession) -> Panels:
    return Panels(
        palette=_load("gui.palette.layer_palette", "LayerPalette", project, inspection),
        tree=_load("gui.model_tree.model_tree_panel", "ModelTreePanel", project, inspection, session),
        form=_load("gui.layer_form.layer_form", "LayerForm", project, inspection),
        inputs=_load("gui.inputs.inputs_editor", "InputsEditor", project),
        plan=_load("gui.plan.plan_editor", "PlanEditor", project, inspection),
        source=_load("gui.source_editor.source_editor", "SourceEditor", project, inspection),
        log=LogPanel(),
        live=_load("gui.live_page.live_page", "LivePage", session),
        layers=_load("gui.layers_page.layers_page", "LayersPage", session),
        kernels=_load("gui.kernels_page.kernels_page", "KernelsPage", session),
    )
