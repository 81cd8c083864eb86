"""What a cell tells beyond Qt's own roles."""

from __future__ import annotations

from PySide6.QtCore import Qt

# A `CellLook`: all that painting needs.
LOOK_ROLE = int(Qt.ItemDataRole.UserRole) + 1
# The raw value, for files.
VALUE_ROLE = int(Qt.ItemDataRole.UserRole) + 2
# Column.name, from headerData.
NAME_ROLE = int(Qt.ItemDataRole.UserRole) + 3
