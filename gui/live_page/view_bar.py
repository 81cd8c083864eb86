"""ViewBar: pause the view, show everything, and what the view is not showing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gui.charts.time_link import TimeLink
from gui.theme.icons import set_icon


class ViewBar(QWidget):
    """Buttons and keys over a `TimeLink`: Space pauses and resumes, F fits, L links zooms."""

    fit_requested = Signal()

    def __init__(self, link: TimeLink, page: QWidget) -> None:
        super().__init__(page)
        self._link = link
        self.note = QLabel()
        self.pause = self._button("pause", self.tr("Hold the view still while capture goes on (Space)"))
        self.pause.setCheckable(True)
        self.linked = self._button("link", self.tr("Zoom all charts together (L)"))
        self.linked.setCheckable(True)
        self.newest = self._button("skip-forward", self.tr("Show all of the run and follow the newest"))
        self.fit = self._button("maximize", self.tr("Fit heights; again: with every outlier (F)"))
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in (self.linked, self.pause, self.newest, self.fit):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(buttons)
        # Below the buttons: beside them it would push the numbers about.
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.note)
        self.note.setProperty("muted", True)
        self.pause.clicked.connect(self._toggle_pause)
        self.linked.clicked.connect(link.set_linked)
        self.newest.clicked.connect(link.follow)
        self.fit.clicked.connect(self._fit)
        self._key("Space", page, self._toggle_pause)
        self._key("F", page, self._fit)
        self._key("L", page, self.linked.click)
        link.state_changed.connect(self._show_state)
        self._show_state()

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(button, name)
        return button

    def _key(self, key: str, page: QWidget, slot: object) -> None:
        shortcut = QShortcut(QKeySequence(key), page)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slot)

    def _toggle_pause(self) -> None:
        if self._link.is_paused:
            self._link.follow()
        else:
            self._link.set_paused(True)

    def _fit(self) -> None:
        # The first fit ends a zoom; outliers come in with the next.
        if self._link.is_zoomed:
            self._link.follow()
            return
        self.fit_requested.emit()

    def _show_state(self) -> None:
        link = self._link
        self.pause.setChecked(link.is_paused)
        self.linked.setChecked(link.is_linked)
        self.newest.setEnabled(link.is_paused or link.is_zoomed)
        if link.is_paused:
            self.note.setText(self.tr("Paused"))
        else:
            self.note.setText(self.tr("Zoomed") if link.is_zoomed else "")
