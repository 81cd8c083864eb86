"""Kinds, owners and phases of memory, in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def kind_word(kind: str) -> str:
    """Return what a kind of memory is called."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("MemoryPage", text)

    words = {
        "parameters": tr("parameters"),
        "buffers": tr("buffers"),
        "inputs": tr("inputs"),
        "gradients": tr("gradients"),
        "optimizer state": tr("optimizer state"),
        "outputs": tr("outputs"),
        "activations": tr("activations"),
        "temporaries": tr("temporaries"),
    }
    return words.get(kind, kind)


def phase_word(phase: str) -> str:
    """Return what a phase is called."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("MemoryPage", text)

    words = {
        "before the step": tr("before the step"),
        "forward": tr("forward"),
        "loss": tr("loss"),
        "backward": tr("backward"),
        "optimizer": tr("optimizer"),
        "between phases": tr("between phases"),
    }
    return words.get(phase, phase)


def owner_word(kind: str, path: str) -> str:
    """Return a layer's qualified name, or what belongs to no layer."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("MemoryPage", text)

    words = {
        "layer": path or tr("(model)"),
        "loss": tr("Loss"),
        "optimizer": tr("Optimizer"),
        "inputs": tr("Inputs"),
        "step before": tr("Step before"),
        "unattributed": tr("Unattributed"),
    }
    return words.get(kind, kind)
