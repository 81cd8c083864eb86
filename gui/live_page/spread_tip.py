"""The spread of a variant's steps, as the tooltip of its median."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.analysis.results import StepStatistics
from engine.analysis.units import UNAVAILABLE, format_known, format_us


def spread_tip(spread: StepStatistics) -> str:
    """Return a small table that says what the ± means, and where the steps lie."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("spread_tip", text)

    rows = (
        (tr("Median"), format_known(spread.median_us, spread.interval_share)),
        (tr("95 % interval of the median"), _times(spread.median_interval_95_us or ())),
        (tr("Middle half of the steps"), _times((spread.p25_us, spread.p75_us))),
        (tr("98 of 100 steps"), _times((spread.p1_us, spread.p99_us))),
        (tr("Mean"), format_us(spread.mean_us)),
        (tr("Median absolute deviation"), format_us(spread.mad_us)),
    )
    cells = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td>{text}</td></tr>" for name, text in rows)
    return f"<table style='white-space: nowrap'>{cells}</table>"


def _times(values_us: tuple[float, ...]) -> str:
    return " – ".join(map(format_us, values_us)) or UNAVAILABLE
