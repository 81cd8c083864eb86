"""CheckDetail: the chosen row's evidence, why it matters and how to mend it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QTextBrowser, QWidget

from gui.checks_page.check_entry import CheckEntry
from gui.checks_page.check_html import CheckText
from gui.theme.theme import theme_notifier


class CheckDetail(QTextBrowser):
    """``place_activated`` carries what a link goes to: a layer of a variant, or a line of a file."""

    place_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places: list[str] = []
        self._entry: CheckEntry | None = None
        self._base_directory = Path()
        self.setAccessibleName(self.tr("The chosen check"))
        self.setOpenLinks(False)
        self.document().setDocumentMargin(12)
        self.anchorClicked.connect(self._activate)
        theme_notifier().theme_changed.connect(self._write)

    def show_entry(self, entry: CheckEntry | None, base_directory: Path) -> None:
        """Show another row, or newer findings of the same one."""
        if (entry, base_directory) == (self._entry, self._base_directory):
            return
        self._entry, self._base_directory = entry, base_directory
        self._write()

    def _write(self, *_: object) -> None:
        if self._entry is None:
            self.places = []
            self.clear()
            return
        text = CheckText(self._entry, self._base_directory)
        self.places = text.places
        self.setHtml(text.html)

    def _activate(self, link: QUrl) -> None:
        number = link.fragment()
        if number.isdigit() and int(number) < len(self.places):
            self.place_activated.emit(self.places[int(number)])
