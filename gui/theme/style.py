"""LayerscopeStyle: Fusion, mended where a stylesheet can't."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QProxyStyle

# The text of a styled spin box begins at its very border, whatever padding the stylesheet asks for.
SPIN_BOX_INSET = 5


class LayerscopeStyle(QProxyStyle):
    """Give it to the application once; the stylesheet goes on top."""

    def __init__(self) -> None:
        super().__init__("Fusion")
        self.setObjectName("layerscope")

    def polish(self, target: Any) -> Any:
        """Set up a widget that is about to be shown (or the palette, or the application)."""
        if isinstance(target, QLineEdit) and isinstance(target.parent(), QAbstractSpinBox):
            target.setTextMargins(SPIN_BOX_INSET, 0, 0, 0)
        return super().polish(target)
