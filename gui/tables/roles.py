"""What a cell tells beyond Qt's own roles."""

from __future__ import annotations

from PySide6.QtCore import Qt

# float 0 … 1 or None: the bar behind the text.
SHARE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
# The raw value, for files.
VALUE_ROLE = int(Qt.ItemDataRole.UserRole) + 2
# Column.name, from headerData.
NAME_ROLE = int(Qt.ItemDataRole.UserRole) + 3
