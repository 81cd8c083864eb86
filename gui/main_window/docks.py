"""Docks: where the panels stand at first, and their toggles in the View menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from gui.main_window.panels import Panels

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


class Docks(QObject):
    """All docks of a window, in the order of the View menu."""

    def __init__(self, window: QMainWindow, panels: Panels) -> None:
        super().__init__(window)
        self._window = window
        self.palette = self._dock("palette", self.tr("Layers to add"), panels.palette)
        self.tree = self._dock("tree", self.tr("Model"), panels.tree)
        self.form = self._dock("form", self.tr("Parameters"), panels.form)
        self.source = self._dock("source", self.tr("Source"), panels.source)
        self.inputs = self._dock("inputs", self.tr("Inputs"), panels.inputs)
        self.plan = self._dock("plan", self.tr("Run plan"), panels.plan)
        self.log = self._dock("log", self.tr("Output"), panels.log)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        self.arrange()
        for dock in self.all:
            dock.dockLocationChanged.connect(self._title_later)
            dock.topLevelChanged.connect(self._title_later)
            dock.visibilityChanged.connect(self._title_later)

    @property
    def all(self) -> tuple[QDockWidget, ...]:
        """Every dock."""
        return (self.palette, self.tree, self.form, self.source, self.inputs, self.plan, self.log)

    def arrange(self) -> None:
        """Put every dock where it stands at first."""
        window = self._window
        for dock in self.all:
            dock.setFloating(False)
            window.removeDockWidget(dock)
        window.addDockWidget(LEFT, self.palette)
        window.addDockWidget(LEFT, self.tree)
        window.addDockWidget(RIGHT, self.form)
        window.tabifyDockWidget(self.form, self.source)
        window.addDockWidget(RIGHT, self.inputs)
        window.tabifyDockWidget(self.inputs, self.plan)
        window.addDockWidget(BOTTOM, self.log)
        for dock in self.all:
            dock.setVisible(dock is not self.log)
        self.form.raise_()
        self.inputs.raise_()
        self.resize()

    def resize(self) -> None:
        """Give every dock its first size: the middle of the window belongs to the charts."""
        window = self._window
        # Wide enough, where there is room, for the tree's time, share and kernel columns.
        left = max(290, min(470, window.width() * 24 // 100))
        right = 300 if window.width() < 1700 else 400
        window.resizeDocks([self.palette, self.form], [left, right], Qt.Orientation.Horizontal)
        height = max(400, window.height() - 120)
        window.resizeDocks(
            [self.palette, self.tree], [int(height * 0.4), int(height * 0.6)], Qt.Orientation.Vertical
        )
        window.resizeDocks(
            [self.form, self.inputs], [int(height * 0.5), int(height * 0.5)], Qt.Orientation.Vertical
        )
        window.resizeDocks([self.log], [160], Qt.Orientation.Vertical)

    def _title_later(self, *_: object) -> None:
        # Qt has not yet made its tab bars when it tells that a dock moved.
        QTimer.singleShot(0, self, self._show_titles)

    def _show_titles(self) -> None:
        """Leave out the title of a dock that has a tab: it would stand there twice."""
        for dock in self.all:
            others = self._window.tabifiedDockWidgets(dock)
            has_tab = not dock.isFloating() and any(other.isVisibleTo(self._window) for other in others)
            if has_tab != (dock.titleBarWidget() is not None):
                dock.setTitleBarWidget(QWidget() if has_tab else None)  # type: ignore[arg-type]

    def _dock(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"{name}_dock")
        dock.setWidget(panel)
        return dock
