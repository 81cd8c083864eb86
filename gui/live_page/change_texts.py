"""What a tile says of the run before: its median, and by how much this one differs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.analysis.step_change import StepChange
from engine.analysis.units import format_share, format_us


def change_texts(change: StepChange | None) -> tuple[str, str, str]:
    """Return text, tooltip and the field of `Theme` that colours the text; all empty without a change."""
    if change is None:
        return "", "", ""

    def tr(text: str) -> str:
        return QCoreApplication.translate("change_texts", text)

    tip = tr(
        "The last run of this variant, under the same settings. Each run is a process of its own: where "
        "memory happens to lie moves its median by some percent. Small changes need two variants in one run."
    )
    before = format_us(change.before_us)
    if not change.is_told_apart:
        return tr("no clear change · last {0}").format(before), tip, ""
    percent = f"{'+' if change.share > 0 else '−'}{format_share(abs(change.share))}"
    last = tr("last {0}").format(before)
    return f"{percent} · {last}", tip, "warning" if change.share > 0 else "success"
